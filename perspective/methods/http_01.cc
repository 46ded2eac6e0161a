#include "perspective/methods/http_01.h"

#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/challenge.h"
#include "common/well_known_path.h"
#include "perspective/methods/web_fetch.h"
#include "perspective/rules/challenge_age.h"
#include "perspective/rules/challenge_value.h"
#include "perspective/rules/exact_host.h"

namespace mpic::perspective {
namespace {

struct Http01Challenge {
  Url url;
  std::string key_authorization;
};

OrProblem<Http01Challenge> ReadChallenge(const v1::Check& check, absl::Time now) {
  auto host = ExactHost(check);
  if (!host.ok()) return std::move(host).problem();
  const auto value = KeyAuthorization::Parse(check.http_01().key_authorization());
  if (!value.ok()) {
    return Problem{v1::Problem::BAD_REQUEST, absl::StrCat("http_01: ", value.status().message())};
  }
  if (std::optional<Problem> stale = RefuseByAge(check, now)) {
    return *std::move(stale);
  }
  return Http01Challenge{.url = {.scheme = Url::Scheme::kHttp,
                                 .host = *std::move(host),
                                 .target = absl::StrCat(kAcmeChallengeDirectory, value->token())},
                         .key_authorization = value->text()};
}

// The token stands in every request by design; the key authorization does not, because its
// thumbprint never leaves the CA.
std::optional<Problem> AnyRequest(const Url&) { return std::nullopt; }

}  // namespace

boost::asio::awaitable<void> CheckHttp01(CheckRun& run) {
  const OrProblem<Http01Challenge> challenge = ReadChallenge(run.check, run.senses.clock.Now());
  if (!challenge.ok()) {
    run.Refuse(challenge.problem());
    co_return;
  }
  const OrProblem<std::string> body =
      co_await FetchBody({.start = challenge->url,
                          .body_octets_max = run.senses.limits.http_01_body_octets_max,
                          .refuse_request = AnyRequest},
                         run);
  if (!body.ok()) {
    run.Refuse(body.problem());
    co_return;
  }
  if (TrimTrailingWhitespace(*body) != challenge->key_authorization) {
    run.Refuse({v1::Problem::BODY_MISMATCH,
                absl::StrCat("the body of ", body->size(),
                             " octets is not the key authorization of the challenge")});
    co_return;
  }
  run.Pass(challenge->key_authorization);
}

}  // namespace mpic::perspective
