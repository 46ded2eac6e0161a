// The certificates of one role of a program, which follow the files that they come from: a new
// pair, new trusted CAs or new revocation lists are taken when all of them are sound together;
// until then everything stays as it was.
//
// gRPC's own FileWatcherCertificateProvider takes whatever it finds and breaks every handshake
// while key and certificate do not match (half of a pair was written). So that it only ever finds
// what has been checked, it watches memory files of ours instead of the operator's; the private key
// is nowhere on a disk that it was not on before.
#ifndef MPIC_COMMON_ROTATING_CERTIFICATES_H_
#define MPIC_COMMON_ROTATING_CERTIFICATES_H_

#include <grpcpp/security/tls_certificate_provider.h>
#include <prometheus/registry.h>

#include <memory>
#include <optional>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "common/certificate_files.h"
#include "common/log_limit.h"
#include "common/memory_file.h"
#include "common/tls_metrics.h"
#include "mpic/config/v1/common.pb.h"

namespace mpic {

// Thread-safe. Shared by the credentials made with it, which keep it for as long as gRPC uses them.
class RotatingCertificates {
 public:
  enum class Reloaded { kUnchanged, kTaken, kRefused };

  // Reads the files for the first time; errors as ReadCertificateFiles, UNAVAILABLE without memory
  // files. `registry` gets TlsMetrics; null: nothing is counted.
  static absl::StatusOr<std::shared_ptr<RotatingCertificates>> Load(
      const config::v1::Tls& tls, TlsRole role, absl::Time now,
      std::shared_ptr<prometheus::Registry> registry);

  // Looks at the files. What is taken comes to bear on handshakes within kGrpcLag, connections that
  // stand are left alone. A refusal is logged once for each new reason.
  Reloaded Reload(absl::Time now);

  // gRPC looks at the memory files this often.
  static constexpr absl::Duration kGrpcLag = absl::Seconds(1);
  const std::shared_ptr<grpc::experimental::CertificateProviderInterface>& provider() const {
    return provider_;
  }

  // Judges a peer after the handshake, PEM as gRPC has it; counts a fault, and logs it within
  // LogLimit. The reason, or empty.
  std::string WhyPeerRefused(const std::string& leaf, const std::string& chain, absl::Time now);
  // The same for a server whose certificate does not carry `name`.
  void NoteMisnamedPeer(absl::string_view name);

 private:
  RotatingCertificates(const config::v1::Tls& tls, TlsRole role,
                       std::shared_ptr<prometheus::Registry> registry);
  absl::Status Take(CertificateFiles files) ABSL_EXCLUSIVE_LOCKS_REQUIRED(reload_mutex_);
  void Refuse(const absl::Status& status) ABSL_EXCLUSIVE_LOCKS_REQUIRED(reload_mutex_);

  const config::v1::Tls tls_;
  const TlsRole role_;
  // Shared, since gRPC may let go of credentials after their server is gone.
  const std::shared_ptr<prometheus::Registry> registry_;
  std::optional<TlsMetrics> metrics_;
  LogLimit refused_peers_;
  absl::Mutex reload_mutex_;
  CertificateFiles in_use_ ABSL_GUARDED_BY(reload_mutex_);
  std::string refusal_ ABSL_GUARDED_BY(reload_mutex_);  // the last one logged
  absl::Mutex judge_mutex_ ABSL_ACQUIRED_AFTER(reload_mutex_);
  std::shared_ptr<const PeerJudge> judge_ ABSL_GUARDED_BY(judge_mutex_);
  // Key and chain in one file, so that nobody reads the key of one and the chain of another.
  std::unique_ptr<MemoryFile> identity_;
  std::unique_ptr<MemoryFile> trusted_cas_;
  std::shared_ptr<grpc::experimental::CertificateProviderInterface> provider_;
};

}  // namespace mpic

#endif  // MPIC_COMMON_ROTATING_CERTIFICATES_H_
