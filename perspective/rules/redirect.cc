#include "perspective/rules/redirect.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"

namespace mpic::perspective {
namespace {

bool IsFollowed(unsigned status) {
  return status == 301 || status == 302 || status == 307 || status == 308;
}

std::optional<Problem> TargetProblem(const Url& target, const std::vector<Url>& requested,
                                     const Limits& limits) {
  if (target.port != 80 && target.port != 443) {
    return Problem{v1::Problem::REDIRECT_PORT, absl::StrCat("redirect to port ", target.port,
                                                            "; only 80 and 443 are followed")};
  }
  const DomainName* name = std::get_if<DomainName>(&target.host);
  if (name != nullptr && (name->label_count() < 2 || name->labels().back() == "onion")) {
    return Problem{v1::Problem::REDIRECT_HOST,
                   absl::StrCat("redirect host ", name->text(), " is not a name of public DNS")};
  }
  if (target.target.size() > limits.redirect_path_octets_max) {
    return Problem{v1::Problem::REDIRECT_LOCATION,
                   absl::StrCat("path and query of the redirect target have ", target.target.size(),
                                " octets; at most ", limits.redirect_path_octets_max)};
  }
  const std::string text = target.text();
  if (std::ranges::any_of(requested, [&](const Url& url) { return url.text() == text; })) {
    return Problem{v1::Problem::REDIRECT_LOOP,
                   absl::StrCat("redirect to ", text.substr(0, 200), ", requested before")};
  }
  return std::nullopt;
}

}  // namespace

bool IsRedirect(unsigned status) { return status >= 300 && status <= 399; }

OrProblem<Url> FollowRedirect(const std::vector<Url>& requested, unsigned status,
                              const std::vector<std::string>& locations, const Limits& limits) {
  if (!IsFollowed(status)) {
    return Problem{v1::Problem::REDIRECT_STATUS,
                   absl::StrCat("status ", status, "; only 301, 302, 307 and 308 are followed")};
  }
  if (requested.size() > limits.redirects_max) {
    return Problem{v1::Problem::REDIRECT_LIMIT,
                   absl::StrCat("more than ", limits.redirects_max, " redirects")};
  }
  if (locations.size() != 1) {
    return Problem{v1::Problem::REDIRECT_LOCATION,
                   absl::StrCat("a redirect with ", locations.size(),
                                " Location headers; exactly one is needed")};
  }
  OrProblem<Url> target = ResolveReference(requested.back(), locations.front());
  if (!target.ok()) return target;
  std::optional<Problem> problem = TargetProblem(*target, requested, limits);
  if (problem) return *std::move(problem);
  return target;
}

}  // namespace mpic::perspective
