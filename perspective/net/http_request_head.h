// The one HTTP request that a check ever sends.
#ifndef MPIC_PERSPECTIVE_NET_HTTP_REQUEST_HEAD_H_
#define MPIC_PERSPECTIVE_NET_HTTP_REQUEST_HEAD_H_

#include <string>

#include "absl/strings/string_view.h"
#include "perspective/net/url.h"

namespace mpic::perspective {

// A GET by HTTP/1.1 to the empty line: Host, User-Agent, Accept and Connection: close. No cookies,
// credentials, proxies or Accept-Encoding. `user_agent` is the operator's and holds no line break.
std::string RequestHead(const Url& url, absl::string_view user_agent);

}  // namespace mpic::perspective

#endif  // MPIC_PERSPECTIVE_NET_HTTP_REQUEST_HEAD_H_
