#include "coordinator/remote_answers.h"

#include <string>

#include "common/rir.h"
#include "coordinator/policy/methods.h"
#include "coordinator/tally.h"

namespace mpic::coordinator {
namespace {

constexpr char kCorroborated[] = "corroborated";
constexpr char kDisagreed[] = "disagreed";
constexpr char kError[] = "error";
constexpr char kUnanswered[] = "unanswered";

const char* AnswerOf(const v1::RemoteResult& remote) {
  if (remote.corroborates()) return kCorroborated;
  if (IsOurFailure(remote.problem().kind()) || !remote.has_result()) return kUnanswered;
  return remote.result().outcome() == v1::ERROR ? kError : kDisagreed;
}

prometheus::Labels LabelsOf(const std::string& perspective_id, v1::Rir rir,
                            absl::string_view method, const char* answer) {
  return {{"perspective", perspective_id},
          {"rir", std::string(RirName(rir))},
          {"method", std::string(method)},
          {"answer", answer}};
}

}  // namespace

RemoteAnswers::RemoteAnswers(prometheus::Registry& registry)
    : family_(prometheus::BuildCounter()
                  .Name("mpic_coordinator_remote_answers_total")
                  .Help("Answers of the remotes to what the primary saw, by method.")
                  .Register(registry)) {}

void RemoteAnswers::Prepare(const ConfiguredPerspective& remote) {
  for (const MethodFacts& facts : AllMethods()) {
    for (const char* answer : {kCorroborated, kDisagreed, kError, kUnanswered}) {
      family_.Add(LabelsOf(remote.perspective_id, remote.rir, facts.name, answer));
    }
  }
}

void RemoteAnswers::Count(v1::Method method, const v1::Corroboration& corroboration) {
  const MethodFacts* const facts = FactsOf(method);
  if (facts == nullptr || corroboration.primary().outcome() != v1::PASSED) return;
  for (const v1::RemoteResult& remote : corroboration.remotes()) {
    // A series that is there already is found again.
    family_.Add(LabelsOf(remote.perspective_id(), remote.rir(), facts->name, AnswerOf(remote)))
        .Increment();
  }
}

}  // namespace mpic::coordinator
