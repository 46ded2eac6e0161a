#include "common/handshake_failures.h"

#include <openssl/err.h>
#include <openssl/sslerr.h>

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"

namespace mpic {
namespace {

enum Reason : std::size_t {
  kNoCertificate,
  kUntrusted,
  kProtocolVersion,
  kPlaintext,
  kRefusedByPeer,
  kOther,
  kReasons
};
constexpr std::array<const char*, kReasons> kNames = {
    "no_certificate", "untrusted", "protocol_version", "plaintext", "refused_by_peer", "other"};

// OpenSSL's reasons from here on are alerts that came in: SSL_AD_REASON_OFFSET of ssl.h.
constexpr int kAlertsFrom = 1000;

std::array<std::atomic<std::uint64_t>, kReasons> counts{};

Reason ReasonOf(std::uint32_t openssl_error) {
  const int reason = ERR_GET_REASON(openssl_error);
  switch (reason) {
    case SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE:
      return kNoCertificate;
    case SSL_R_CERTIFICATE_VERIFY_FAILED:
      return kUntrusted;
    case SSL_R_UNSUPPORTED_PROTOCOL:
    case SSL_R_VERSION_TOO_LOW:
      return kProtocolVersion;
    case SSL_R_WRONG_VERSION_NUMBER:
    case SSL_R_HTTP_REQUEST:
    case SSL_R_HTTPS_PROXY_REQUEST:
      return kPlaintext;
    default:
      return reason >= kAlertsFrom ? kRefusedByPeer : kOther;
  }
}

}  // namespace

absl::string_view NoteHandshakeFailure(absl::string_view grpc_message) {
  // "Handshake failed with fatal error SSL_ERROR_SSL: error:0A000086:SSL routines::..."
  constexpr absl::string_view kBeginning = "Handshake failed with fatal error ";
  constexpr absl::string_view kCode = ": error:";
  constexpr std::size_t kCodeDigits = 8;
  if (!absl::StartsWith(grpc_message, kBeginning)) return "";
  const std::size_t code = grpc_message.find(kCode);
  std::uint32_t error = 0;
  const bool known =
      code != absl::string_view::npos &&
      absl::SimpleHexAtoi(grpc_message.substr(code + kCode.size(), kCodeDigits), &error);
  const Reason reason = known ? ReasonOf(error) : kOther;
  ++counts[reason];
  return kNames[reason];
}

std::vector<prometheus::MetricFamily> HandshakeFailures::Collect() const {
  prometheus::MetricFamily family{"mpic_tls_handshake_failures_total",
                                  "TLS handshakes that failed, in either direction.",
                                  prometheus::MetricType::Counter,
                                  {}};
  for (std::size_t i = 0; i < kReasons; ++i) {
    prometheus::ClientMetric metric;
    metric.label = {{"reason", kNames[i]}};
    metric.counter.value = static_cast<double>(counts[i].load());
    family.metric.push_back(metric);
  }
  return {family};
}

}  // namespace mpic
