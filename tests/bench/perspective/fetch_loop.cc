// Baseline of HTTP: Beast coroutines, one connection a GET, as many at a time as are asked for.
#include <CLI/CLI.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <chrono>
#include <cstdint>
#include <exception>
#include <string>

#include "absl/strings/str_cat.h"
#include "tests/bench/perspective/bench_names.h"
#include "tests/bench/perspective/load_report.h"

namespace mpic::bench {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;

struct Options {
  std::uint16_t port = 0;
  std::uint64_t operations = 1'000;
  std::uint64_t in_flight = 64;
};

// Throws what goes wrong.
asio::awaitable<void> Fetch(std::uint64_t number, std::uint16_t port) {
  constexpr auto kTimeout = std::chrono::seconds(10);
  beast::tcp_stream stream(co_await asio::this_coro::executor);
  stream.expires_after(kTimeout);
  const asio::ip::tcp::endpoint target(asio::ip::address_v4(AddressOf(number)), port);
  co_await stream.async_connect(target, asio::use_awaitable);
  const std::string request = absl::StrCat(
      "GET /.well-known/acme-challenge/", kToken, " HTTP/1.1\r\nHost: ", NameOf(number),
      "\r\nUser-Agent: mpic-perspective/0.1.0\r\n", "Accept: */*\r\nConnection: close\r\n\r\n");
  co_await asio::async_write(stream, asio::buffer(request), asio::use_awaitable);
  beast::flat_buffer buffer;
  http::response<http::string_body> response;
  co_await http::async_read(stream, buffer, response, asio::use_awaitable);
  if (response.result() != http::status::ok || response.body() != kKeyAuthorization) {
    throw std::runtime_error("not the response that is expected");
  }
}

// One of those at a time; the next begins when it ends.
asio::awaitable<void> Work(const Options& options, std::uint64_t& started, LoadReport& report) {
  while (started < options.operations) {
    try {
      co_await Fetch(started++, options.port);
      report.Succeeded();
    } catch (const std::exception& error) {
      report.Failed(error.what());
    }
  }
}

int Run(const Options& options) {
  asio::io_context loop(1);
  std::uint64_t started = 0;
  LoadReport report;
  for (std::uint64_t i = 0; i < options.in_flight; ++i) {
    asio::co_spawn(loop, Work(options, started, report), asio::detached);
  }
  loop.run();
  return report.Print();
}

}  // namespace
}  // namespace mpic::bench

int main(int argc, char** argv) {
  mpic::bench::Options options;
  CLI::App app{"Fetches the challenge files of the laboratory, over and over."};
  app.add_option("--port", options.port)->required();
  app.add_option("--operations", options.operations);
  app.add_option("--in-flight", options.in_flight);
  CLI11_PARSE(app, argc, argv);
  return mpic::bench::Run(options);
}
