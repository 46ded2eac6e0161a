#include "perspective/methods/relevant_caa_set.h"

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "perspective/methods/dns_step.h"
#include "perspective/methods/levels.h"

namespace mpic::perspective {
namespace {

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

// What the answer of one level decides; nullopt: nothing, look at the next.
std::optional<OrProblem<RelevantCaaSet>> DecideLevel(const DnsAnswer& answer) {
  if (answer.lookup_failed()) return CaaLookupFailed(answer);
  if (!answer.rdata.empty()) return ReadSet(answer);
  // Names are checked before they get here: a TLD that is not there is a resolver's mistake.
  if (answer.question.name.label_count() == 1 && answer.nxdomain()) {
    return Problem{
        v1::Problem::CAA_LOOKUP_FAILED,
        absl::StrCat("CAA lookup at ", answer.question.name.text(), " failed: NXDOMAIN for a TLD")};
  }
  return std::nullopt;
}

}  // namespace

boost::asio::awaitable<OrProblem<RelevantCaaSet>> FindRelevantCaaSet(DomainName name,
                                                                     DnsClient& dns,
                                                                     v1::CheckResult& result,
                                                                     LookupFailureRule rule) {
  const std::vector<DomainName> levels = LevelsOf(std::move(name));
  std::vector<DnsAnswer> failed;
  for (std::size_t asked = 0; asked < levels.size(); asked += kLevelsAtOnce) {
    const std::vector<DnsAnswer> answers = co_await dns.Ask(
        QuestionsAt(absl::MakeConstSpan(levels).subspan(asked, kLevelsAtOnce), RecordType::kCaa));
    for (const DnsAnswer& answer : answers) AddDnsStep(answer, result);
    // Nearest first: what a level further up says or fails to say does not matter.
    for (const DnsAnswer& answer : answers) {
      if (answer.lookup_failed() && WhyNeverPermission(answer, rule).empty()) {
        failed.push_back(answer);
        continue;
      }
      std::optional<OrProblem<RelevantCaaSet>> decided = DecideLevel(answer);
      if (!decided) continue;
      if (!decided->ok()) co_return *std::move(decided);
      RelevantCaaSet set = **std::move(decided);
      set.failed = std::move(failed);
      co_return set;
    }
  }
  co_return RelevantCaaSet{.found_at = std::nullopt, .records = {}, .failed = std::move(failed)};
}

}  // namespace mpic::perspective
