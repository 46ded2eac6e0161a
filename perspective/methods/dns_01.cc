#include "perspective/methods/dns_01.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/challenge.h"
#include "common/challenge_name.h"
#include "perspective/methods/challenge_records.h"
#include "perspective/rules/challenge_age.h"
#include "perspective/rules/identifier_name.h"
#include "perspective/rules/txt_record.h"

namespace mpic::perspective {
namespace {

struct Dns01Challenge {
  DomainName name;
  std::string expected_value;
};

OrProblem<Dns01Challenge> ReadChallenge(const v1::Check& check, absl::Time now) {
  OrProblem<DomainName> adn = AuthorizationDomainName(check);
  if (!adn.ok()) return std::move(adn).problem();
  absl::StatusOr<DomainName> name = adn->WithPrefix(kAcmeChallengeLabel);
  if (!name.ok()) return Problem{v1::Problem::BAD_REQUEST, std::string(name.status().message())};
  const auto key_authorization = KeyAuthorization::Parse(check.dns_01().key_authorization());
  if (!key_authorization.ok()) {
    return Problem{v1::Problem::BAD_REQUEST,
                   absl::StrCat("dns_01: ", key_authorization.status().message())};
  }
  if (std::optional<Problem> stale = RefuseByAge(check, now)) return *std::move(stale);
  return Dns01Challenge{.name = *std::move(name),
                        .expected_value = key_authorization->DigestText()};
}

}  // namespace

boost::asio::awaitable<void> CheckDns01(CheckRun& run) {
  const OrProblem<Dns01Challenge> challenge = ReadChallenge(run.check, run.senses.clock.Now());
  if (!challenge.ok()) {
    run.Refuse(challenge.problem());
    co_return;
  }
  const OrProblem<DnsAnswer> answer =
      co_await FetchChallengeRecords({.name = challenge->name, .type = RecordType::kTxt}, run);
  if (!answer.ok()) {
    run.Refuse(answer.problem());
    co_return;
  }
  const OrProblem<std::vector<std::string>> values = ParseTxtSet(answer->rdata);
  if (!values.ok()) {
    run.Refuse(values.problem());
    co_return;
  }
  ReportChallengeRecords(
      *values, [&](const std::string& value) { return value == challenge->expected_value; },
      challenge->expected_value, run);
}

}  // namespace mpic::perspective
