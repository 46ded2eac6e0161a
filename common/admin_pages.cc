#include "common/admin_pages.h"

#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

#include <iterator>
#include <memory>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace mpic {
namespace {

constexpr char kText[] = "text/plain; charset=utf-8";

struct Reply {
  const char* status = "200 OK";
  const char* type = kText;
  std::string body;
};

std::string Metrics(const std::vector<std::shared_ptr<prometheus::Collectable>>& collectables) {
  std::vector<prometheus::MetricFamily> families;
  for (const auto& collectable : collectables) {
    std::vector<prometheus::MetricFamily> collected = collectable->Collect();
    std::move(collected.begin(), collected.end(), std::back_inserter(families));
  }
  return prometheus::TextSerializer().Serialize(families);
}

Reply Readiness(const AdminServerOptions& options) {
  const absl::Status status = options.ready ? options.ready() : absl::OkStatus();
  if (status.ok()) return {.body = "ok\n"};
  return {"503 Service Unavailable", kText, absl::StrCat(status.message(), "\n")};
}

Reply Page(const AdminServerOptions& options, absl::string_view path) {
  if (path == "/metrics") {
    return {.type = "text/plain; version=0.0.4; charset=utf-8",
            .body = Metrics(options.collectables)};
  }
  if (path == "/healthz") return {.body = "ok\n"};
  if (path == "/readyz") return Readiness(options);
  if (path == "/configz") {
    return {.type = "application/json", .body = options.config_json ? options.config_json() : "{}"};
  }
  return {"404 Not Found", kText, "no such page; see /metrics /healthz /readyz /configz\n"};
}

std::string Write(const Reply& reply, absl::string_view more_headers, bool with_body) {
  return absl::StrCat("HTTP/1.1 ", reply.status, "\r\nContent-Type: ", reply.type,
                      "\r\nContent-Length: ", reply.body.size(),
                      "\r\nCache-Control: no-store\r\nConnection: close\r\n", more_headers, "\r\n",
                      with_body ? reply.body : "");
}

}  // namespace

std::string AnswerAdminRequest(const AdminServerOptions& options, absl::string_view head) {
  if (!absl::StrContains(head, "\r\n\r\n")) {
    return Write({"431 Request Header Fields Too Large", kText, "request too large\n"}, "", true);
  }
  const std::vector<absl::string_view> words =
      absl::StrSplit(head.substr(0, head.find("\r\n")), ' ');
  if (words.size() != 3 || !absl::StartsWith(words[1], "/") ||
      !absl::StartsWith(words[2], "HTTP/1.")) {
    return Write({"400 Bad Request", kText, "not an HTTP/1.1 request\n"}, "", true);
  }
  if (words[0] != "GET" && words[0] != "HEAD") {
    return Write({"405 Method Not Allowed", kText, "only GET and HEAD\n"}, "Allow: GET, HEAD\r\n",
                 true);
  }
  const absl::string_view path = words[1].substr(0, words[1].find('?'));
  return Write(Page(options, path), "", words[0] == "GET");
}

}  // namespace mpic
