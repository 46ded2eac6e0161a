#include "perspective/methods/website_change.h"

#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/challenge.h"
#include "perspective/methods/web_fetch.h"
#include "perspective/rules/challenge_age.h"
#include "perspective/rules/challenge_value.h"
#include "perspective/rules/exact_name.h"
#include "perspective/rules/website_change.h"

namespace mpic::perspective {
namespace {

OrProblem<Url> ReadChallenge(const v1::Check& check, absl::Time now) {
  OrProblem<DomainName> name = ExactName(check);
  if (!name.ok()) return std::move(name).problem();
  OrProblem<Url> url = WebsiteChangeUrl(check.website_change(), *std::move(name));
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

}  // namespace

boost::asio::awaitable<void> CheckWebsiteChange(CheckRun& run) {
  const OrProblem<Url> url = ReadChallenge(run.check, run.senses.clock.Now());
  if (!url.ok()) {
    run.Refuse(url.problem());
    co_return;
  }
  const std::string& value = run.check.website_change().expected_value();
  const OrProblem<std::string> body = co_await FetchBody(
      {.start = *url,
       .body_octets_max = run.senses.limits.website_body_octets_max,
       .refuse_request =
           [&](const Url& next) { return ValueInRequest(value, next, run.senses.http); }},
      run);
  if (!body.ok()) {
    run.Refuse(body.problem());
    co_return;
  }
  std::size_t offset = 0;
  if (!ContainsToken(*body, value, &offset)) {
    run.Refuse(
        {v1::Problem::BODY_MISMATCH,
         absl::StrCat("the expected value is not in the file of ", body->size(), " octets")});
    co_return;
  }
  run.result.mutable_http()->set_match_offset(static_cast<std::uint32_t>(offset));
  run.Pass(value);
}

}  // namespace mpic::perspective
