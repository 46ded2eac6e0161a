#include "perspective/net/openssl_tls_prober.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/system/system_error.hpp>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "perspective/net/connection_problem.h"
#include "perspective/net/tcp_peer.h"
#include "perspective/net/tls_client_context.h"

namespace mpic::perspective {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
using boost::system::error_code;
using TlsStream = asio::ssl::stream<beast::tcp_stream>;

constexpr std::size_t kProtocolNameOctetsMax = 255;  // RFC 7301 section 3.1

// OpenSSL ends a handshake in which the server selects what was not offered, and forgets the name.
// NOLINTNEXTLINE(readability-function-size): the signature is OpenSSL's.
void NoteSelectedAlpn(SSL*, int, int extension, const unsigned char* octets, int size, void* name) {
  // A list of one name: its length in two octets, the name's in one (RFC 7301 section 3.1).
  if (extension != TLSEXT_TYPE_application_layer_protocol_negotiation) return;
  if (size <= 3 || octets[2] != size - 3) return;
  static_cast<std::string*>(name)->assign(reinterpret_cast<const char*>(octets + 3), octets[2]);
}

// What a server may still say. OpenSSL bounds each message and holds one at a time, but ignores
// some kinds of them without end.
struct OctetBudget {
  beast::tcp_stream& stream;
  std::size_t left = 0;
  bool overdrawn = false;
};

constexpr std::size_t kRecordHeaderOctets = 5;  // type, version, length in two octets

// NOLINTNEXTLINE(readability-function-size): the signature is OpenSSL's.
void SpendOnRecord(int sent, int, int content_type, const void* header, std::size_t size, SSL*,
                   void* octet_budget) {
  if (sent != 0 || content_type != SSL3_RT_HEADER || size != kRecordHeaderOctets) return;
  auto& budget = *static_cast<OctetBudget*>(octet_budget);
  const auto* octets = static_cast<const std::uint8_t*>(header);
  const std::size_t record = kRecordHeaderOctets + octets[3] * std::size_t{256} + octets[4];
  if (record <= budget.left) {
    budget.left -= record;
    return;
  }
  budget.overdrawn = true;
  budget.stream.close();  // whatever OpenSSL wants next ends the handshake
}

// False when OpenSSL does not take the values.
bool SetClientHello(SSL* tls, const TlsProbe& probe) {
  if (probe.alpn.empty() || probe.alpn.size() > kProtocolNameOctetsMax) return false;
  const std::string protocols = static_cast<char>(probe.alpn.size()) + probe.alpn;
  const auto* octets = reinterpret_cast<const unsigned char*>(protocols.data());
  // 0 is success here, and only here.
  return SSL_set_alpn_protos(tls, octets, static_cast<unsigned>(protocols.size())) == 0 &&
         SSL_set_tlsext_host_name(tls, probe.server_name.text().c_str()) == 1;
}

std::string LeafDer(SSL* tls) {
  const X509* leaf = SSL_get0_peer_certificate(tls);
  if (leaf == nullptr) return {};
  unsigned char* der = nullptr;
  const int size = i2d_X509(leaf, &der);
  if (size <= 0) return {};
  std::string octets(reinterpret_cast<const char*>(der), static_cast<std::size_t>(size));
  OPENSSL_free(der);
  return octets;
}

std::string SelectedAlpn(SSL* tls) {
  const unsigned char* name = nullptr;
  unsigned size = 0;
  SSL_get0_alpn_selected(tls, &name, &size);
  return name == nullptr ? std::string() : std::string(reinterpret_cast<const char*>(name), size);
}

bool RefusesAlpn(const error_code& error) {
  return error.category() == asio::error::get_ssl_category() &&
         ERR_GET_REASON(static_cast<unsigned long>(error.value())) ==
             SSL_R_TLSV1_ALERT_NO_APPLICATION_PROTOCOL;
}

Problem HandshakeProblem(const TlsProbe& probe, const std::string& selected_alpn,
                         const error_code& error) {
  const std::string attempt = absl::StrCat("TLS handshake with ", probe.address.text());
  if (!selected_alpn.empty() && selected_alpn != probe.alpn) {
    return {v1::Problem::ALPN_NOT_NEGOTIATED,
            absl::StrCat(attempt, ": the server selected a protocol that was not offered")};
  }
  Problem problem = ConnectionProblem(attempt, error);
  if (RefusesAlpn(error)) problem.kind = v1::Problem::ALPN_NOT_NEGOTIATED;
  return problem;
}

asio::awaitable<void> Handshake(TlsStream& stream, const TlsProbe& probe, std::size_t octets_max,
                                TlsProbeReply& reply) {
  SSL* const tls = stream.native_handle();
  if (!SetClientHello(tls, probe)) {
    reply.problem = {v1::Problem::INTERNAL_ERROR,
                     "OpenSSL does not take the server name or the protocol to offer"};
    co_return;
  }
  OctetBudget budget{.stream = stream.next_layer(), .left = octets_max};
  SSL_set_msg_callback(tls, SpendOnRecord);
  SSL_set_msg_callback_arg(tls, &budget);
  SSL_set_tlsext_debug_callback(tls, NoteSelectedAlpn);
  SSL_set_tlsext_debug_arg(tls, &reply.selected_alpn);
  error_code error;
  co_await stream.async_handshake(asio::ssl::stream_base::client, Into(error));
  reply.leaf_der = LeafDer(tls);
  if (budget.overdrawn) {
    reply.problem = {v1::Problem::TLS_ALERT,
                     absl::StrCat("TLS handshake with ", probe.address.text(),
                                  ": over the limit of ", octets_max, " octets")};
    co_return;
  }
  if (error) {
    reply.problem = HandshakeProblem(probe, reply.selected_alpn, error);
    co_return;
  }
  reply.selected_alpn = SelectedAlpn(tls);
  reply.tls_version = SSL_get_version(tls);
}

}  // namespace

OpensslTlsProber::OpensslTlsProber(OpensslTlsProberOptions options)
    : options_(std::move(options)), tls_(MakeTlsClientContext()) {
  SSL_CTX_set_max_cert_list(tls_->native_handle(),
                            static_cast<long>(options_.certificate_list_octets_max));
}

OpensslTlsProber::~OpensslTlsProber() = default;

asio::awaitable<void> OpensslTlsProber::Connect(const TlsProbe& probe, TlsProbeReply& reply) {
  beast::tcp_stream stream(co_await asio::this_coro::executor);
  stream.expires_after(absl::ToChronoNanoseconds(options_.connect_timeout));
  const std::uint16_t port = options_.lab_ports.StandInFor(probe.port);
  error_code error;
  co_await stream.async_connect(ToEndpoint(probe.address, port), Into(error));
  if (error) {
    reply.problem =
        ConnectionProblem(absl::StrCat("connect to ", probe.address.url_host(), ":", port), error);
    co_return;
  }
  reply.connected = true;
  if (std::optional<Problem> problem = RefusePeer(stream.socket(), options_.may_connect)) {
    reply.problem = *std::move(problem);
    co_return;
  }
  stream.expires_after(absl::ToChronoNanoseconds(options_.handshake_timeout));
  TlsStream tls(std::move(stream), *tls_);
  co_await Handshake(tls, probe, options_.handshake_octets_max, reply);
}

asio::awaitable<TlsProbeReply> OpensslTlsProber::Probe(TlsProbe probe) {
  TlsProbeReply reply;
  if (!options_.may_connect(probe.address)) {
    reply.problem = ReservedProblem(probe.address);
    co_return reply;
  }
  // Kept until the connection is closed.
  const std::optional<TargetLimit::Place> place = TakePlace(options_.take_place, probe.address);
  if (!place) {
    reply.problem = CrowdedProblem(probe.address);
    co_return reply;
  }
  try {
    co_await Connect(probe, reply);
  } catch (const boost::system::system_error& error) {
    if (error.code() == asio::error::operation_aborted) throw;
    reply.problem = {v1::Problem::INTERNAL_ERROR, error.what()};
  }
  co_await ThrowIfCancelled();
  co_return reply;
}

}  // namespace mpic::perspective
