// The sessions of one loop: one to every configured perspective.
#ifndef MPIC_COORDINATOR_SESSION_POOL_H_
#define MPIC_COORDINATOR_SESSION_POOL_H_

#include <memory>
#include <vector>

#include "coordinator/cohort.h"
#include "coordinator/perspective_session.h"

namespace mpic::coordinator {

// Lives on one loop and is used only there. Sessions stay for the life of the pool.
class SessionPool {
 public:
  // `primary` may be null: then RAs supply the primary's determination.
  SessionPool(std::unique_ptr<PerspectiveSession> primary,
              std::vector<std::unique_ptr<PerspectiveSession>> remotes);

  PerspectiveSession* primary() { return primary_.get(); }
  PerspectiveSession& remote(std::size_t index) { return *remotes_[index]; }
  // The remotes as they stand now, in the configuration's order.
  std::vector<Candidate> Candidates() const;

 private:
  std::unique_ptr<PerspectiveSession> primary_;
  std::vector<std::unique_ptr<PerspectiveSession>> remotes_;
};

}  // namespace mpic::coordinator

#endif  // MPIC_COORDINATOR_SESSION_POOL_H_
