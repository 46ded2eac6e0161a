#include "perspective/methods/relevant_caa_set.h"

#include <algorithm>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <iterator>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "perspective/methods/dns_step.h"

namespace mpic::perspective {
namespace {

// Most names are decided by one round trip; a name of 127 labels cannot ask 127 questions at once.
constexpr std::size_t kLevelsAtOnce = 8;

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

// The names that may hold the Relevant RRset, nearest first: `name` and its parents, TLD included.
std::vector<DomainName> Climb(DomainName name) {
  std::vector<DomainName> levels;
  levels.push_back(std::move(name));
  while (levels.back().label_count() > 1) levels.push_back(levels.back().Parent());
  return levels;
}

// The answers at `levels`, in their order, asked all at once.
boost::asio::awaitable<std::vector<DnsAnswer>> AskAll(absl::Span<const DomainName> levels,
                                                      DnsClient& dns) {
  using boost::asio::experimental::awaitable_operators::operator&&;
  std::vector<DnsAnswer> answers;
  const DnsQuestion first{.name = levels.front(), .type = RecordType::kCaa};
  if (levels.size() == 1) {
    answers.push_back(co_await dns.Query(first));
    co_return answers;
  }
  auto [nearest, others] = co_await (dns.Query(first) && AskAll(levels.subspan(1), dns));
  answers.push_back(std::move(nearest));
  std::move(others.begin(), others.end(), std::back_inserter(answers));
  co_return answers;
}

// What the answer of one level decides; nullopt: nothing, look at the next.
std::optional<OrProblem<RelevantCaaSet>> DecideLevel(const DnsAnswer& answer) {
  if (answer.lookup_failed()) return LookupFailed(answer);
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
                                                                     v1::CheckResult& result) {
  const std::vector<DomainName> levels = Climb(std::move(name));
  for (std::size_t asked = 0; asked < levels.size(); asked += kLevelsAtOnce) {
    const std::vector<DnsAnswer> answers =
        co_await AskAll(absl::MakeConstSpan(levels).subspan(asked, kLevelsAtOnce), dns);
    for (const DnsAnswer& answer : answers) AddDnsStep(answer, result);
    // Nearest first: what a level further up says or fails to say does not matter.
    for (const DnsAnswer& answer : answers) {
      if (auto decided = DecideLevel(answer)) co_return *std::move(decided);
    }
  }
  co_return RelevantCaaSet{.found_at = std::nullopt, .records = {}};
}

}  // namespace mpic::perspective
