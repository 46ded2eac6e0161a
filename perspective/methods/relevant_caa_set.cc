#include "perspective/methods/relevant_caa_set.h"

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "perspective/methods/dns_step.h"

namespace mpic::perspective {
namespace {

Problem LookupFailed(const DnsAnswer& answer) {
  const ProblemKind cause = answer.problem.kind;
  const std::string detail =
      absl::StrCat("CAA lookup at ", answer.question.name.text(),
                   " failed: ", v1::Problem::Kind_Name(cause), ": ", answer.problem.detail);
  if (cause == v1::Problem::DNSSEC_BOGUS || cause == v1::Problem::DNSSEC_INDETERMINATE) {
    return {cause, detail};
  }
  return {v1::Problem::CAA_LOOKUP_FAILED, detail};
}

OrProblem<RelevantCaaSet> ReadSet(const DnsAnswer& answer) {
  RelevantCaaSet set{
      .found_at = answer.question.name, .records = {}, .ttl_seconds = answer.min_ttl_seconds};
  for (const std::string& rdata : answer.rdata) {
    OrProblem<CaaRecord> record = ParseCaaRdata(rdata);
    if (!record.ok()) {
      return Problem{record.problem().kind,
                     absl::StrCat(record.problem().detail, ", at ", answer.question.name.text())};
    }
    set.records.push_back(*std::move(record));
  }
  return set;
}

}  // namespace

boost::asio::awaitable<OrProblem<RelevantCaaSet>> FindRelevantCaaSet(DomainName name,
                                                                     DnsClient& dns,
                                                                     v1::CheckResult& result) {
  while (true) {
    const DnsAnswer answer = co_await dns.Query({.name = name, .type = RecordType::kCaa});
    AddDnsStep(answer, result);
    if (answer.lookup_failed()) co_return LookupFailed(answer);
    if (!answer.rdata.empty()) co_return ReadSet(answer);
    if (name.label_count() == 1) {
      // Names are checked before they get here: a TLD that is not there is a resolver's mistake.
      if (answer.nxdomain()) {
        co_return Problem{
            v1::Problem::CAA_LOOKUP_FAILED,
            absl::StrCat("CAA lookup at ", name.text(), " failed: NXDOMAIN for a TLD")};
      }
      co_return RelevantCaaSet{.found_at = std::nullopt, .records = {}};
    }
    name = name.Parent();
  }
}

}  // namespace mpic::perspective
