// What one reading of the configuration brings with it: settings, lists, keys, and the sessions to
// its perspectives on every loop.
#ifndef MPIC_COORDINATOR_GENERATION_H_
#define MPIC_COORDINATOR_GENERATION_H_

#include <atomic>
#include <cstddef>
#include <memory>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/clock.h"
#include "common/io_loops.h"
#include "common/live_count.h"
#include "common/public_suffix_list.h"
#include "common/rotating_certificates.h"
#include "coordinator/attestation_keys.h"
#include "coordinator/audit/audit_log.h"
#include "coordinator/availability.h"
#include "coordinator/corroboration.h"
#include "coordinator/metrics.h"
#include "coordinator/settings.h"

namespace mpic::coordinator {

// What all generations of a process work with. Outlives them.
struct GenerationGround {
  IoLoops& loops;
  const Clock& clock;
  AuditLog& audit;
  Metrics& metrics;
  std::shared_ptr<RotatingCertificates> certificates;  // towards perspectives; null: plaintext
  std::shared_ptr<LiveCount> live_streams;             // what a shutdown waits for
  std::shared_ptr<LiveCount> live_generations;         // and this
};

// Held by whatever works with it: the service, as long as it is the current one, and every call
// that was admitted under it. When the last of them lets go, on whichever thread, its sessions are
// stopped and destroyed, each on its loop, and at the end `live_generations` counts one less.
// Thread-safe.
class Generation {
 public:
  // Reads the files that the settings name. Errors name the field and what is wrong.
  static absl::StatusOr<std::shared_ptr<Generation>> Make(const Settings& settings,
                                                          const GenerationGround& ground);
  Generation(const Generation&) = delete;
  Generation& operator=(const Generation&) = delete;
  ~Generation();

  // Opens the streams; returns at once. Its perspectives have their series in the metrics.
  void StartSessions();
  // Waits until every session is up, for `patience` at most; whether they are.
  bool WaitForSessions(absl::Duration patience) const;

  const Settings& settings() const { return settings_; }
  const PublicSuffixList& suffixes() const { return *suffixes_; }
  const AuditLog& audit() const { return ground_.audit; }
  Availability& availability() { return availability_; }
  // Of the loops in turn.
  CorroborationEnvironment& NextEnvironment();

 private:
  struct Desk;

  Generation(const Settings& settings, const GenerationGround& ground);
  absl::Status OpenFiles();
  absl::Status AddDesk(boost::asio::io_context& loop);
  // The deleter.
  static void Retire(Generation* generation);

  const Settings settings_;
  const GenerationGround ground_;
  Availability availability_;
  std::unique_ptr<const PublicSuffixList> suffixes_;
  PerspectiveKeys attestation_keys_;
  std::vector<std::unique_ptr<Desk>> desks_;  // one a loop
  std::atomic<std::size_t> next_desk_ = 0;
};

}  // namespace mpic::coordinator

#endif  // MPIC_COORDINATOR_GENERATION_H_
