// What an applicant runs for tls-alpn-01, for all names of the laboratory: a server that proves
// each by its certificate, and says nothing more.
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <algorithm>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <unordered_map>
#include <utility>

#include "common/challenge.h"
#include "tests/bench/perspective/bench_names.h"
#include "tests/support/acme_certificates.h"

namespace mpic::bench {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;

struct Proof {
  X509* certificate = nullptr;  // live as long as the process
  EVP_PKEY* key = nullptr;
};
using Proofs = std::unordered_map<std::string, Proof>;

Proofs MakeProofs() {
  const std::string digest = KeyAuthorization::Parse(kKeyAuthorization).value().Digest();
  Proofs proofs;
  for (std::uint64_t number = 0; number < kNames; ++number) {
    const testing::AcmeCertificate made =
        testing::GoodAcmeCertificate(digest, "DNS:" + NameOf(number));
    const auto* der = reinterpret_cast<const unsigned char*>(made.der.data());
    const auto* key = reinterpret_cast<const unsigned char*>(made.key_der.data());
    proofs[NameOf(number)] = {
        .certificate = d2i_X509(nullptr, &der, static_cast<long>(made.der.size())),
        .key = d2i_AutoPrivateKey(nullptr, &key, static_cast<long>(made.key_der.size()))};
  }
  return proofs;
}

int ShowProof(SSL* tls, void* proofs) {
  const char* name = SSL_get_servername(tls, TLSEXT_NAMETYPE_host_name);
  if (name == nullptr) return 0;
  const auto found = static_cast<const Proofs*>(proofs)->find(name);
  if (found == static_cast<const Proofs*>(proofs)->end()) return 0;
  return SSL_use_certificate(tls, found->second.certificate) == 1 &&
                 SSL_use_PrivateKey(tls, found->second.key) == 1
             ? 1
             : 0;
}

// NOLINTNEXTLINE(readability-function-size): the signature is OpenSSL's.
int SelectProtocol(SSL*, const unsigned char** selected, unsigned char* size,
                   const unsigned char* offered, unsigned offered_size, void*) {
  static constexpr unsigned char kProtocols[] =
      "\x0a"
      "acme-tls/1";
  const int found = SSL_select_next_proto(const_cast<unsigned char**>(selected), size, kProtocols,
                                          sizeof kProtocols - 1, offered, offered_size);
  return found == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_ALERT_FATAL;
}

asio::awaitable<void> Serve(tcp::socket socket, asio::ssl::context& context) {
  asio::ssl::stream<tcp::socket> stream(std::move(socket), context);
  boost::system::error_code error;
  co_await stream.async_handshake(asio::ssl::stream_base::server,
                                  asio::redirect_error(asio::use_awaitable, error));
  // The client closes.
  char octet = 0;
  co_await stream.next_layer().async_read_some(asio::buffer(&octet, 1),
                                               asio::redirect_error(asio::use_awaitable, error));
}

asio::awaitable<void> Listen(tcp::acceptor& acceptor, asio::ssl::context& context) {
  while (true) {
    tcp::socket socket = co_await acceptor.async_accept(asio::use_awaitable);
    asio::co_spawn(acceptor.get_executor(), Serve(std::move(socket), context), asio::detached);
  }
}

int Run(std::uint16_t port) {
  Proofs proofs = MakeProofs();
  asio::ssl::context context(asio::ssl::context::tls_server);
  SSL_CTX_set_cert_cb(context.native_handle(), &ShowProof, &proofs);
  SSL_CTX_set_alpn_select_cb(context.native_handle(), &SelectProtocol, nullptr);
  asio::io_context loop(1);
  tcp::acceptor acceptor(loop, {tcp::v4(), port});
  asio::co_spawn(loop, Listen(acceptor, context), asio::detached);
  std::puts("ready");
  std::fflush(stdout);
  loop.run();
  return 0;
}

}  // namespace
}  // namespace mpic::bench

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: mpic_bench_tls_target PORT\n");
    return 2;
  }
  return mpic::bench::Run(static_cast<std::uint16_t>(std::atoi(argv[1])));
}
