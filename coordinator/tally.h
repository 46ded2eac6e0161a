// From answers to a verdict: who corroborates, what the quorum says, how it is told. Pure.
#ifndef MPIC_COORDINATOR_TALLY_H_
#define MPIC_COORDINATOR_TALLY_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/types/span.h"
#include "coordinator/configured_perspective.h"
#include "coordinator/perspective_session.h"
#include "coordinator/policy/quorum.h"
#include "google/protobuf/repeated_ptr_field.h"
#include "mpic/v1/coordinator.pb.h"

namespace mpic::coordinator {

// One member of an attempt's cohort and its answer, once there is one.
struct RemoteSeat {
  const ConfiguredPerspective* perspective = nullptr;  // never null
  std::optional<PerspectiveAnswer> answer;
};

// What the remotes are held against. The primary's result must outlive it.
struct Claim {
  v1::Method method = v1::METHOD_UNSPECIFIED;
  const v1::CheckResult& primary;
  // Discovery: a remote must list one of these. Else it must have seen what the primary saw.
  std::optional<std::vector<std::string>> any_of = std::nullopt;
};

// What an attempt has come to.
struct AttemptVerdict {
  v1::Verdict verdict = v1::VERDICT_UNSPECIFIED;
  v1::Problem problem;  // why not, unless CORROBORATED
  Assessment assessment;
};

// What a result lists in discovery: usable contacts, or the names of a reverse lookup.
const google::protobuf::RepeatedPtrField<std::string>& ValuesIn(const v1::CheckResult& result);

// The remote's part of the answer: it corroborates when it passed, nothing else speaks against it
// and, for methods that compare (BR 3.2.2.9), it saw what the claim says. A missing answer is
// TIMED_OUT.
v1::RemoteResult JudgeRemote(RemoteSeat seat, const Claim& claim);

// The quorum as it stands while answers come in; a missing answer is pending.
Assessment AssessSeats(const QuorumRules& rules, absl::Span<const RemoteSeat> seats,
                       const Claim& claim);

// The tally as it is answered and recorded.
v1::Quorum ToQuorum(const Assessment& assessment);

// True for problems that lie on our side of the looking: nobody was reached, time ran out, a
// perspective misbehaved. They never corroborate, but do not speak against the domain either.
bool IsOurFailure(v1::Problem::Kind kind);

// The verdict of a primary that did not pass, after `attempted` remotes were asked (none, as a
// rule): no remote can outvote it. NOT_COMPLETED when it could not look.
AttemptVerdict RefuseByPrimary(unsigned attempted, const v1::CheckResult& primary);

// The verdict when all seats are closed: a missing answer is a non-corroboration. NOT_COMPLETED
// when the seats that our own failures left empty would have decided.
AttemptVerdict Conclude(const QuorumRules& rules, absl::Span<const RemoteSeat> seats,
                        const Claim& claim);

}  // namespace mpic::coordinator

#endif  // MPIC_COORDINATOR_TALLY_H_
