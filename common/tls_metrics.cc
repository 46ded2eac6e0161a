#include "common/tls_metrics.h"

#include <prometheus/family.h>

#include <string>

namespace mpic {
namespace {

prometheus::Labels With(prometheus::Labels role, const std::string& name,
                        const std::string& value) {
  role[name] = value;
  return role;
}

}  // namespace

const char* TlsRoleName(TlsRole role) { return role == TlsRole::kServer ? "server" : "client"; }

TlsMetrics::TlsMetrics(prometheus::Registry& registry, TlsRole role)
    : TlsMetrics(registry, {{"role", TlsRoleName(role)}}) {}

TlsMetrics::TlsMetrics(prometheus::Registry& registry, const prometheus::Labels& role)
    : not_before_(prometheus::BuildGauge()
                      .Name("mpic_tls_certificate_not_before_timestamp_seconds")
                      .Help("Since when the certificate that this program presents is valid.")
                      .Register(registry)
                      .Add(role)),
      not_after_(prometheus::BuildGauge()
                     .Name("mpic_tls_certificate_not_after_timestamp_seconds")
                     .Help("When the certificate that this program presents expires.")
                     .Register(registry)
                     .Add(role)),
      reloads_(prometheus::BuildCounter()
                   .Name("mpic_tls_reloads_total")
                   .Help("Looks at TLS files that differ from those in use: taken, or refused as "
                         "unsound and looked at again.")
                   .Register(registry)),
      taken_(reloads_.Add(With(role, "result", "taken"))),
      refused_(reloads_.Add(With(role, "result", "refused"))),
      peers_(prometheus::BuildCounter()
                 .Name("mpic_tls_peers_refused_total")
                 .Help("Peers that were turned away after the handshake for their certificate.")
                 .Register(registry)),
      untrusted_(peers_.Add(With(role, "reason", "untrusted"))),
      revoked_(peers_.Add(With(role, "reason", "revoked"))),
      revocation_unknown_(peers_.Add(With(role, "reason", "revocation_unknown"))),
      misnamed_(peers_.Add(With(role, "reason", "name"))) {}

void TlsMetrics::SetValidity(absl::Time not_before, absl::Time not_after) {
  not_before_.Set(static_cast<double>(absl::ToUnixSeconds(not_before)));
  not_after_.Set(static_cast<double>(absl::ToUnixSeconds(not_after)));
}

void TlsMetrics::CountPeer(PeerFault fault) {
  switch (fault) {
    case PeerFault::kNone:
      return;
    case PeerFault::kUntrusted:
      return untrusted_.Increment();
    case PeerFault::kRevoked:
      return revoked_.Increment();
    case PeerFault::kRevocationUnknown:
      return revocation_unknown_.Increment();
  }
}

}  // namespace mpic
