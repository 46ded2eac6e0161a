// One remote's part of an answer.
#ifndef MPIC_TESTS_SUPPORT_REMOTE_OF_H_
#define MPIC_TESTS_SUPPORT_REMOTE_OF_H_

#include <stdexcept>
#include <string>

#include "mpic/v1/coordinator.pb.h"

namespace mpic::testing {

inline const v1::RemoteResult& RemoteOf(const v1::Corroboration& corroboration,
                                        const std::string& id) {
  for (const v1::RemoteResult& remote : corroboration.remotes()) {
    if (remote.perspective_id() == id) return remote;
  }
  throw std::out_of_range("no remote " + id + " in the answer");
}

}  // namespace mpic::testing

#endif  // MPIC_TESTS_SUPPORT_REMOTE_OF_H_
