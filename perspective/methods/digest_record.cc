#include "perspective/methods/digest_record.h"

#include <optional>
#include <utility>
#include <vector>

#include "common/challenge.h"
#include "perspective/methods/challenge_records.h"
#include "perspective/rules/challenge_age.h"

namespace mpic::perspective {

OrProblem<DigestRecord> ExpectDigestRecord(const DomainName& adn, absl::string_view labels,
                                           absl::string_view key_authorization) {
  absl::StatusOr<DomainName> name = adn.WithPrefix(labels);
  if (!name.ok()) return Problem{v1::Problem::BAD_REQUEST, std::string(name.status().message())};
  const auto parsed = KeyAuthorization::Parse(key_authorization);
  if (!parsed.ok()) {
    return Problem{v1::Problem::BAD_REQUEST, std::string(parsed.status().message())};
  }
  return DigestRecord{.name = *std::move(name), .digest = parsed->DigestText()};
}

boost::asio::awaitable<void> CheckDigestRecord(OrProblem<DigestRecord> expected, CheckRun& run) {
  if (!expected.ok()) {
    run.Refuse(expected.problem());
    co_return;
  }
  if (std::optional<Problem> stale = RefuseByAge(run.check, run.senses.clock.Now())) {
    run.Refuse(*std::move(stale));
    co_return;
  }
  run.result.mutable_dns_record()->set_queried_name(expected->name.text());
  const OrProblem<std::vector<std::string>> values = co_await FetchTxtValues(expected->name, run);
  if (!values.ok()) {
    run.Refuse(values.problem());
    co_return;
  }
  ReportChallengeRecords(
      *values, [&](const std::string& value) { return value == expected->digest; },
      expected->digest, run);
}

}  // namespace mpic::perspective
