#include "perspective/methods/website_change.h"

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>

#include "absl/strings/str_cat.h"
#include "common/challenge.h"
#include "perspective/methods/web_fetch.h"
#include "perspective/rules/challenge_age.h"
#include "perspective/rules/challenge_value.h"
#include "perspective/rules/exact_host.h"
#include "perspective/rules/html_meta.h"
#include "perspective/rules/website_change.h"

namespace mpic::perspective {
namespace {

OrProblem<Url> ReadChallenge(const v1::Check& check, absl::Time now) {
  auto host = ExactHost(check);
  if (!host.ok()) return std::move(host).problem();
  OrProblem<Url> url = WebsiteChangeUrl(check.website_change(), *std::move(host));
  if (!url.ok()) return url;
  if (std::optional<Problem> stale = RefuseByAge(check, now)) return *std::move(stale);
  return url;
}

std::optional<Problem> ValueInRequest(const std::string& value, const Url& url,
                                      const HttpFetcher& http) {
  if (!OccursInRequest(http.RequestHead(url), value) && !OccursInRequest(url.fragment, value)) {
    return std::nullopt;
  }
  return Problem{v1::Problem::TOKEN_IN_REQUEST,
                 absl::StrCat("the expected value stands in the request to ", url.host_header())};
}

// Redirects of addresses: the BR's section says nothing of them, so that none is the safe reading.
WebResource FileAt(Url url, const v1::WebsiteChange& change, const Senses& senses) {
  const Limits& limits = senses.limits;
  const bool of_address = std::holds_alternative<IpAddress>(url.host);
  return {.start = std::move(url),
          .body_octets_max = change.require_meta_tag() ? limits.html_body_octets_max
                                                       : limits.website_body_octets_max,
          .follow_redirects = !of_address,
          .refuse_request = [&change, &senses](const Url& next) {
            return ValueInRequest(change.expected_value(), next, senses.http);
          }};
}

// Where the value is, as HttpEvidence.match_offset has it.
OrProblem<std::size_t> FindValue(const v1::WebsiteChange& change, const std::string& body) {
  if (change.require_meta_tag()) return FindInMetaTag(body, change.expected_value());
  std::size_t offset = 0;
  if (ContainsToken(body, change.expected_value(), &offset)) return offset;
  return Problem{v1::Problem::BODY_MISMATCH,
                 absl::StrCat("the expected value is not in the file of ", body.size(), " octets")};
}

}  // namespace

boost::asio::awaitable<void> CheckWebsiteChange(CheckRun& run) {
  const OrProblem<Url> url = ReadChallenge(run.check, run.senses.clock.Now());
  if (!url.ok()) {
    run.Refuse(url.problem());
    co_return;
  }
  const v1::WebsiteChange& change = run.check.website_change();
  const OrProblem<std::string> body = co_await FetchBody(FileAt(*url, change, run.senses), run);
  if (!body.ok()) {
    run.Refuse(body.problem());
    co_return;
  }
  const OrProblem<std::size_t> offset = FindValue(change, *body);
  if (!offset.ok()) {
    run.Refuse(offset.problem());
    co_return;
  }
  v1::HttpEvidence& evidence = *run.result.mutable_http();
  evidence.set_match_offset(static_cast<std::uint32_t>(*offset));
  evidence.set_in_meta_tag(change.require_meta_tag());
  run.Pass(change.expected_value());
}

}  // namespace mpic::perspective
