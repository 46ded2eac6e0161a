#include "coordinator/session_pool.h"

#include <utility>

namespace mpic::coordinator {

SessionPool::SessionPool(std::unique_ptr<PerspectiveSession> primary,
                         std::vector<std::unique_ptr<PerspectiveSession>> remotes)
    : primary_(std::move(primary)), remotes_(std::move(remotes)) {}

std::vector<Candidate> SessionPool::Candidates() const {
  std::vector<Candidate> candidates;
  candidates.reserve(remotes_.size());
  for (const auto& session : remotes_) {
    candidates.push_back({.perspective = &session->perspective(),
                          .healthy = session->healthy(),
                          .in_flight = session->in_flight()});
  }
  return candidates;
}

}  // namespace mpic::coordinator
