// What the administration port answers, apart from its sockets.
#ifndef MPIC_COMMON_ADMIN_PAGES_H_
#define MPIC_COMMON_ADMIN_PAGES_H_

#include <cstddef>
#include <string>

#include "absl/strings/string_view.h"
#include "common/admin_server.h"

namespace mpic {

// Longest request head; a longer one is answered as cut off here (431).
inline constexpr std::size_t kAdminRequestBytesMax = 8192;

// The whole HTTP/1.1 response, after which the connection is closed, to a request whose head is
// `head`. Anything that is not a request is answered with 400.
std::string AnswerAdminRequest(const AdminServerOptions& options, absl::string_view head);

}  // namespace mpic

#endif  // MPIC_COMMON_ADMIN_PAGES_H_
