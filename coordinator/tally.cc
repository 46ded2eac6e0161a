#include "coordinator/tally.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "coordinator/policy/methods.h"

namespace mpic::coordinator {
namespace {

v1::Problem MakeProblem(v1::Problem::Kind kind, std::string detail) {
  v1::Problem problem;
  problem.set_kind(kind);
  problem.set_detail(std::move(detail));
  return problem;
}

bool ListsOneOf(const v1::CheckResult& remote, const std::vector<std::string>& values) {
  const auto& listed = ValuesIn(remote);
  return std::any_of(values.begin(), values.end(), [&](const std::string& value) {
    return std::find(listed.begin(), listed.end(), value) != listed.end();
  });
}

bool SameObservation(const Claim& claim, const v1::CheckResult& remote) {
  const MethodFacts* facts = FactsOf(claim.method);
  if (facts == nullptr) return false;
  if (claim.any_of) return ListsOneOf(remote, *claim.any_of);
  if (!facts->compares_observation) return true;
  const std::string& seen = claim.primary.observed_value();
  return !seen.empty() && seen == remote.observed_value();
}

// Why a remote that answered does not corroborate; nullopt when it does.
std::optional<v1::Problem> Objection(const PerspectiveAnswer& answer, const Claim& claim) {
  if (!answer.result) return answer.problem;
  if (answer.result->outcome() != v1::PASSED) return answer.result->problem();
  if (answer.problem.kind() != v1::Problem::KIND_UNSPECIFIED) return answer.problem;
  if (claim.primary.outcome() != v1::PASSED) {
    return MakeProblem(v1::Problem::PRIMARY_NOT_PASSED,
                       "it passed, but the primary did not: there is nothing to corroborate");
  }
  if (!SameObservation(claim, *answer.result)) {
    return MakeProblem(v1::Problem::OBSERVATION_DIFFERS,
                       "it passed, but saw another value than the primary");
  }
  return std::nullopt;
}

Standing StandingOf(const RemoteSeat& seat, const Claim& claim) {
  if (!seat.answer) return Standing::kPending;
  return Objection(*seat.answer, claim) ? Standing::kDoesNot : Standing::kCorroborates;
}

// Would the quorum hold if those that we failed to hear had corroborated?
bool OursDecided(const QuorumRules& rules, absl::Span<const RemoteSeat> seats, const Claim& claim) {
  std::vector<RemoteStanding> standings;
  standings.reserve(seats.size());
  for (const RemoteSeat& seat : seats) {
    const auto objection =
        seat.answer ? Objection(*seat.answer, claim) : std::optional<v1::Problem>();
    const bool against = objection && !IsOurFailure(objection->kind());
    standings.push_back({.rir = seat.perspective->rir,
                         .standing = against ? Standing::kDoesNot : Standing::kCorroborates});
  }
  return Assess(rules, standings).decision == Decision::kCorroborated;
}

}  // namespace

bool IsOurFailure(v1::Problem::Kind kind) {
  switch (kind) {
    case v1::Problem::PERSPECTIVE_UNREACHABLE:
    case v1::Problem::PERSPECTIVE_AUTH:
    case v1::Problem::PERSPECTIVE_IDENTITY:
    case v1::Problem::PERSPECTIVE_RESPONSE_INVALID:
    case v1::Problem::UNSUPPORTED_METHOD:
    case v1::Problem::TIMED_OUT:
    case v1::Problem::CANCELLED:
    case v1::Problem::OVERLOADED:
    case v1::Problem::INTERNAL_ERROR:
      return true;
    default:
      return false;
  }
}

const google::protobuf::RepeatedPtrField<std::string>& ValuesIn(const v1::CheckResult& result) {
  return result.has_reverse_lookup() ? result.reverse_lookup().names()
                                     : result.contact().usable_contacts();
}

v1::RemoteResult JudgeRemote(RemoteSeat seat, const Claim& claim) {
  v1::RemoteResult judged;
  judged.set_perspective_id(seat.perspective->perspective_id);
  judged.set_rir(seat.perspective->rir);
  judged.set_region(seat.perspective->region);
  if (!seat.answer) {
    *judged.mutable_problem() =
        MakeProblem(v1::Problem::TIMED_OUT, "no answer before the attempt was closed");
    return judged;
  }
  if (auto objection = Objection(*seat.answer, claim)) {
    *judged.mutable_problem() = *std::move(objection);
  } else {
    judged.set_corroborates(true);
  }
  if (seat.answer->result) *judged.mutable_result() = *std::move(seat.answer->result);
  if (seat.answer->attestation) {
    *judged.mutable_attestation() = *std::move(seat.answer->attestation);
  }
  return judged;
}

Assessment AssessSeats(const QuorumRules& rules, absl::Span<const RemoteSeat> seats,
                       const Claim& claim) {
  std::vector<RemoteStanding> standings;
  standings.reserve(seats.size());
  for (const RemoteSeat& seat : seats) {
    standings.push_back({.rir = seat.perspective->rir, .standing = StandingOf(seat, claim)});
  }
  return Assess(rules, standings);
}

v1::Quorum ToQuorum(const Assessment& assessment) {
  v1::Quorum quorum;
  quorum.set_corroborating(assessment.corroborating);
  quorum.set_attempted(assessment.attempted);
  quorum.set_non_corroborations_allowed(assessment.non_corroborations_allowed);
  for (const v1::Rir rir : assessment.corroborating_rirs) quorum.add_corroborating_rirs(rir);
  quorum.set_text(assessment.text);
  return quorum;
}

AttemptVerdict RefuseByPrimary(unsigned attempted, const v1::CheckResult& primary) {
  AttemptVerdict refused;
  refused.verdict =
      IsOurFailure(primary.problem().kind()) ? v1::NOT_COMPLETED : v1::NOT_CORROBORATED;
  refused.problem = primary.problem();
  if (refused.problem.kind() == v1::Problem::KIND_UNSPECIFIED) {
    refused.problem.set_kind(v1::Problem::PRIMARY_NOT_PASSED);
  }
  refused.problem.set_detail(absl::StrCat("the primary perspective did not pass",
                                          primary.problem().detail().empty() ? "" : ": ",
                                          primary.problem().detail()));
  refused.assessment.attempted = attempted;
  refused.assessment.text = absl::StrCat("0/", attempted);
  return refused;
}

AttemptVerdict Conclude(const QuorumRules& rules, absl::Span<const RemoteSeat> seats,
                        const Claim& claim) {
  if (claim.primary.outcome() != v1::PASSED) {
    return RefuseByPrimary(rules.remotes, claim.primary);
  }
  std::vector<RemoteStanding> standings;
  standings.reserve(seats.size());
  for (const RemoteSeat& seat : seats) {
    const bool corroborates = StandingOf(seat, claim) == Standing::kCorroborates;
    standings.push_back({.rir = seat.perspective->rir,
                         .standing = corroborates ? Standing::kCorroborates : Standing::kDoesNot});
  }
  AttemptVerdict concluded{.assessment = Assess(rules, standings)};
  if (concluded.assessment.decision == Decision::kCorroborated) {
    concluded.verdict = v1::CORROBORATED;
    return concluded;
  }
  concluded.verdict = OursDecided(rules, seats, claim) ? v1::NOT_COMPLETED : v1::NOT_CORROBORATED;
  concluded.problem = MakeProblem(concluded.assessment.problem, concluded.assessment.sentence);
  return concluded;
}

}  // namespace mpic::coordinator
