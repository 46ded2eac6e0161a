#include "perspective/methods/dns_change.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "perspective/methods/authorization_domain.h"
#include "perspective/methods/challenge_records.h"
#include "perspective/rules/challenge_age.h"
#include "perspective/rules/dns_change.h"

namespace mpic::perspective {
namespace {

RecordType TypeToAsk(const v1::DnsChange& change) {
  switch (change.record_type()) {
    case v1::DnsChange::CNAME:
      return RecordType::kCname;
    case v1::DnsChange::CAA:
      return RecordType::kCaa;
    default:
      return RecordType::kTxt;
  }
}

OrProblem<DnsQuestion> ReadQuestion(const v1::Check& check, const DomainName& adn, absl::Time now) {
  const v1::DnsChange& change = check.dns_change();
  if (std::optional<Problem> bad = CheckDnsChangeParameters(change)) return *std::move(bad);
  OrProblem<DomainName> name = DnsChangeName(change, adn);
  if (!name.ok()) return std::move(name).problem();
  if (std::optional<Problem> stale = RefuseByAge(check, now)) return *std::move(stale);
  return DnsQuestion{.name = *std::move(name), .type = TypeToAsk(change)};
}

}  // namespace

boost::asio::awaitable<void> CheckDnsChange(CheckRun& run) {
  const OrProblem<DomainName> adn = co_await FindAuthorizationDomainName(run);
  if (!adn.ok()) {
    run.Refuse(adn.problem());
    co_return;
  }
  const OrProblem<DnsQuestion> question = ReadQuestion(run.check, *adn, run.senses.clock.Now());
  if (!question.ok()) {
    run.Refuse(question.problem());
    co_return;
  }
  run.result.mutable_dns_record()->set_queried_name(question->name.text());
  const OrProblem<DnsAnswer> answer = co_await FetchRecords(*question, run);
  if (!answer.ok()) {
    run.Refuse(answer.problem());
    co_return;
  }
  const v1::DnsChange& change = run.check.dns_change();
  const OrProblem<std::vector<std::string>> values = DnsChangeValues(change, answer->rdata);
  if (!values.ok()) {
    run.Refuse(values.problem());
    co_return;
  }
  ReportChallengeRecords(
      *values, [&](const std::string& value) { return DnsChangeMatches(change, value); },
      change.expected_value(), run);
}

}  // namespace mpic::perspective
