// A coordinator without network: fake perspectives, a fake audit log, a clock that stands still.
#ifndef MPIC_TESTS_COORDINATOR_CORROBORATION_WORLD_H_
#define MPIC_TESTS_COORDINATOR_CORROBORATION_WORLD_H_

#include <prometheus/registry.h>

#include <boost/asio/io_context.hpp>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "common/clock.h"
#include "common/loop_task.h"
#include "common/public_suffix_list.h"
#include "coordinator/corroboration.h"
#include "tests/coordinator/coordinator_config.h"
#include "tests/support/fake_perspective_session.h"

namespace mpic::coordinator {

// Within the phase of 2026-06-15: four remotes, two RIR regions.
inline const absl::Time kToday = Utc(2026, 11, 24);
inline constexpr char kSeen[] = "the value that was seen";

class FixedClock final : public Clock {
 public:
  absl::Time Now() const override { return now; }
  absl::Time now = kToday;
};

class FakeAuditLog final : public AuditLog {
 public:
  boost::asio::awaitable<absl::StatusOr<v1::AuditReference>> Append(std::string body) override;
  absl::Status Health() const override { return failure; }

  absl::Status failure;
  std::vector<v1::AuditRecord> records;
};

// What perspectives may answer.
PerspectiveAnswer Pass(const ConfiguredPerspective& perspective,
                       const std::string& observed = kSeen);
PerspectiveAnswer Fail(const ConfiguredPerspective& perspective,
                       v1::Problem::Kind kind = v1::Problem::RECORD_NOT_MATCHING);
PerspectiveAnswer PermitByCaa(const ConfiguredPerspective& perspective, absl::Time valid_until);
PerspectiveAnswer NoResult(v1::Problem::Kind kind);

CheckedInput Dns01Input();
CheckedInput CaaInput();
// The RA's own determination, made in Frankfurt.
v1::PrimaryDetermination OwnDetermination();

// SoundConfig with these sites alone; the first is the primary.
config::v1::CoordinatorConfig ConfigOf(const std::vector<Site>& sites);
const Site& SiteOf(const std::string& id);
// A primary in Frankfurt and as few remotes as the phase of 2026-06-15 allows.
config::v1::CoordinatorConfig FourRemotes();

// Everybody passes until told otherwise.
class CorroborationWorld {
 public:
  explicit CorroborationWorld(const config::v1::CoordinatorConfig& config = SoundConfig());
  ~CorroborationWorld();

  FakePerspectiveSession& primary() { return *sessions_.at(settings.primary->perspective_id); }
  FakePerspectiveSession& remote(const std::string& id) { return *sessions_.at(id); }
  std::vector<FakePerspectiveSession*> remotes();
  const ConfiguredPerspective& place(const std::string& id) {
    return sessions_.at(id)->perspective();
  }

  void Passes(const std::string& id, const std::string& observed = kSeen);
  void Fails(const std::string& id, v1::Problem::Kind kind = v1::Problem::RECORD_NOT_MATCHING);
  void GivesNoResult(const std::string& id, v1::Problem::Kind kind);
  void HoldAll();

  // Starts a corroboration, and runs the loop until it waits for replies or timers.
  void Start(const CheckedInput& input, absl::Duration deadline = absl::Seconds(30));
  void Poll();
  // Runs at most `steps` handlers.
  void Step(int steps);
  void Cancel();
  bool ended() const { return result.has_value(); }
  // Start, and wait for the end.
  v1::Corroboration Run(const CheckedInput& input, absl::Duration deadline = absl::Seconds(30));
  void WaitForEnd();

  boost::asio::io_context loop;
  Settings settings;
  FakeAuditLog audit;
  FixedClock clock;
  std::optional<absl::StatusOr<v1::Corroboration>> result;

 private:
  std::unique_ptr<FakePerspectiveSession> MakeSession(const ConfiguredPerspective& perspective);

  const std::unique_ptr<const PublicSuffixList> suffixes_ =
      PublicSuffixList::Load(MPIC_TEST_DATA "/test_public_suffix_list.dat").value();
  prometheus::Registry registry_;
  std::unique_ptr<Metrics> metrics_;
  std::map<std::string, FakePerspectiveSession*> sessions_;
  std::unique_ptr<SessionPool> pool_;
  std::unique_ptr<CorroborationEnvironment> environment_;
  const RequestOrigin origin_{.request_id = "ra-1",
                              .traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b71-01",
                              .requested_by = "spiffe://mpic.example/ra"};
  CheckedInput input_;
  std::shared_ptr<LoopTask> task_;
  std::uint64_t seed_ = 0;
};

}  // namespace mpic::coordinator

#endif  // MPIC_TESTS_COORDINATOR_CORROBORATION_WORLD_H_
