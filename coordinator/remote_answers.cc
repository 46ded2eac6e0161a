#include "coordinator/remote_answers.h"

#include <cstddef>

#include "common/rir.h"
#include "coordinator/policy/methods.h"
#include "coordinator/tally.h"

namespace mpic::coordinator {
namespace {

enum Answer : std::size_t { kCorroborated, kDisagreed, kError, kUnanswered };
constexpr const char* kAnswers[] = {"corroborated", "disagreed", "error", "unanswered"};

Answer AnswerOf(const v1::RemoteResult& remote) {
  if (remote.corroborates()) return kCorroborated;
  if (IsOurFailure(remote.problem().kind()) || !remote.has_result()) return kUnanswered;
  return remote.result().outcome() == v1::ERROR ? kError : kDisagreed;
}

}  // namespace

RemoteAnswers::RemoteAnswers(prometheus::Registry& registry)
    : family_(prometheus::BuildCounter()
                  .Name("mpic_coordinator_remote_answers_total")
                  .Help("Answers of the remotes to what the primary saw, by method.")
                  .Register(registry)) {}

void RemoteAnswers::Prepare(const ConfiguredPerspective& remote) {
  const absl::MutexLock lock(&mutex_);
  OfPerspective& of_remote = counters_[remote.perspective_id];
  for (const MethodFacts& facts : AllMethods()) {
    Counters& counters = of_remote[{remote.rir, facts.method}];
    for (std::size_t answer = 0; answer < counters.size(); ++answer) {
      counters[answer] = &family_.Add({{"perspective", remote.perspective_id},
                                       {"rir", std::string(RirName(remote.rir))},
                                       {"method", std::string(facts.name)},
                                       {"answer", kAnswers[answer]}});
    }
  }
}

void RemoteAnswers::Count(v1::Method method, const v1::Corroboration& corroboration) {
  if (corroboration.primary().outcome() != v1::PASSED) return;
  const absl::ReaderMutexLock lock(&mutex_);
  for (const v1::RemoteResult& remote : corroboration.remotes()) {
    const auto of_remote = counters_.find(remote.perspective_id());
    if (of_remote == counters_.end()) continue;
    const auto counters = of_remote->second.find({remote.rir(), method});
    if (counters != of_remote->second.end()) counters->second[AnswerOf(remote)]->Increment();
  }
}

}  // namespace mpic::coordinator
