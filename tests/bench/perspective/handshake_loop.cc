// Baseline of tls-alpn-01: OpenSSL handshakes through asio::ssl, one connection each, as many at a
// time as are asked for. Looks at nothing but the protocol that was negotiated.
#include <openssl/ssl.h>

#include <CLI/CLI.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cstdint>
#include <exception>
#include <stdexcept>

#include "absl/strings/string_view.h"
#include "tests/bench/perspective/bench_names.h"
#include "tests/bench/perspective/load_report.h"

namespace mpic::bench {
namespace {

namespace asio = boost::asio;

struct Options {
  std::uint16_t port = 0;
  std::uint64_t operations = 1'000;
  std::uint64_t in_flight = 64;
};

// Throws what goes wrong.
asio::awaitable<void> Handshake(std::uint64_t number, const Options& options,
                                asio::ssl::context& context) {
  static constexpr unsigned char kProtocols[] =
      "\x0a"
      "acme-tls/1";
  asio::ssl::stream<asio::ip::tcp::socket> stream(co_await asio::this_coro::executor, context);
  SSL* const tls = stream.native_handle();
  SSL_set_alpn_protos(tls, kProtocols, sizeof kProtocols - 1);
  SSL_set_tlsext_host_name(tls, NameOf(number).c_str());
  const asio::ip::tcp::endpoint target(asio::ip::address_v4(AddressOf(number)), options.port);
  co_await stream.next_layer().async_connect(target, asio::use_awaitable);
  co_await stream.async_handshake(asio::ssl::stream_base::client, asio::use_awaitable);
  const unsigned char* protocol = nullptr;
  unsigned size = 0;
  SSL_get0_alpn_selected(tls, &protocol, &size);
  if (absl::string_view(reinterpret_cast<const char*>(protocol), size) != "acme-tls/1") {
    throw std::runtime_error("another protocol");
  }
}

// One of those at a time; the next begins when it ends.
asio::awaitable<void> Work(const Options& options, asio::ssl::context& context,
                           std::uint64_t& started, LoadReport& report) {
  while (started < options.operations) {
    try {
      co_await Handshake(started++, options, context);
      report.Succeeded();
    } catch (const std::exception& error) {
      report.Failed(error.what());
    }
  }
}

int Run(const Options& options) {
  asio::io_context loop(1);
  asio::ssl::context context(asio::ssl::context::tls_client);
  context.set_verify_mode(asio::ssl::verify_none);
  std::uint64_t started = 0;
  LoadReport report;
  for (std::uint64_t i = 0; i < options.in_flight; ++i) {
    asio::co_spawn(loop, Work(options, context, started, report), asio::detached);
  }
  loop.run();
  return report.Print();
}

}  // namespace
}  // namespace mpic::bench

int main(int argc, char** argv) {
  mpic::bench::Options options;
  CLI::App app{"Shakes hands with the challenge servers of the laboratory, over and over."};
  app.add_option("--port", options.port)->required();
  app.add_option("--operations", options.operations);
  app.add_option("--in-flight", options.in_flight);
  CLI11_PARSE(app, argc, argv);
  return mpic::bench::Run(options);
}
