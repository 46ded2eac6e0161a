// What is counted about TLS, for one role of a program:
//   mpic_tls_certificate_not_before_timestamp_seconds{role}  the certificate in use
//   mpic_tls_certificate_not_after_timestamp_seconds{role}   its end
//   mpic_tls_reloads_total{role,result}                      taken, refused: looks at changed files
//   mpic_tls_peers_refused_total{role,reason}                after the handshake, by our own check
#ifndef MPIC_COMMON_TLS_METRICS_H_
#define MPIC_COMMON_TLS_METRICS_H_

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/registry.h>

#include "absl/time/time.h"
#include "common/certificate_path.h"

namespace mpic {

// "server" or "client".
const char* TlsRoleName(TlsRole role);

// Thread-safe. The registry must outlive it; all label sets exist from the start.
class TlsMetrics {
 public:
  TlsMetrics(prometheus::Registry& registry, TlsRole role);

  void SetValidity(absl::Time not_before, absl::Time not_after);
  void CountTaken() { taken_.Increment(); }
  void CountRefused() { refused_.Increment(); }
  // A peer with a fault, or a server of another name than was called.
  void CountPeer(PeerFault fault);
  void CountMisnamedPeer() { misnamed_.Increment(); }

 private:
  TlsMetrics(prometheus::Registry& registry, const prometheus::Labels& role);

  prometheus::Gauge& not_before_;
  prometheus::Gauge& not_after_;
  prometheus::Family<prometheus::Counter>& reloads_;
  prometheus::Counter& taken_;
  prometheus::Counter& refused_;
  prometheus::Family<prometheus::Counter>& peers_;
  prometheus::Counter& untrusted_;
  prometheus::Counter& revoked_;
  prometheus::Counter& revocation_unknown_;
  prometheus::Counter& misnamed_;
};

}  // namespace mpic

#endif  // MPIC_COMMON_TLS_METRICS_H_
