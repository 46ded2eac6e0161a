#include "perspective/net/http_request_head.h"

#include "absl/strings/str_cat.h"

namespace mpic::perspective {

std::string RequestHead(const Url& url, absl::string_view user_agent) {
  return absl::StrCat("GET ", url.target, " HTTP/1.1\r\nHost: ", url.host_header(),
                      "\r\nUser-Agent: ", user_agent,
                      "\r\nAccept: */*\r\nConnection: close\r\n\r\n");
}

}  // namespace mpic::perspective
