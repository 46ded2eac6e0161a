// What a program may take from its configuration while it runs.
#ifndef MPIC_COMMON_RELOAD_CHECK_H_
#define MPIC_COMMON_RELOAD_CHECK_H_

#include <google/protobuf/message.h>

#include <string>
#include <vector>

#include "absl/status/status.h"

namespace mpic {

// Where two configurations of the same message type differ, as they were read: "listen",
// "perspectives.address", "drain_timeout"; each once, without places in lists. A number or text
// that is not set is the same as one with its default; a message or duration that is not set is
// not the same as an empty one, which may mean something else.
std::vector<std::string> ChangedFields(const google::protobuf::Message& now,
                                       const google::protobuf::Message& next);

// FAILED_PRECONDITION when `next` differs from `now` in anything but the fields `reloadable`, given
// as "tenants" or "tls.allowed_peers": one line for each field that differs, saying that it takes
// effect on restart only.
absl::Status CheckReload(const google::protobuf::Message& now,
                         const google::protobuf::Message& next,
                         const std::vector<std::string>& reloadable);

}  // namespace mpic

#endif  // MPIC_COMMON_RELOAD_CHECK_H_
