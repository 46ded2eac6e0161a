#include "perspective/methods/tolerated_failure.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "perspective/methods/dns_step.h"
#include "perspective/methods/levels.h"
#include "perspective/rules/caa_lookup_failure.h"

namespace mpic::perspective {
namespace {

bool IsDnssecFailure(const Problem& problem) {
  return problem.kind == v1::Problem::DNSSEC_BOGUS ||
         problem.kind == v1::Problem::DNSSEC_INDETERMINATE;
}

Problem NotProven(const std::string& why) { return {v1::Problem::CAA_LOOKUP_FAILED, why}; }

// A lookup of the proof that failed itself.
Problem FailedToo(const DnsAnswer& answer) {
  return {IsDnssecFailure(answer.problem) ? answer.problem.kind : v1::Problem::CAA_LOOKUP_FAILED,
          answer.problem.detail};
}

// Walks down the chain of trust until it ends at a delegation that is proven insecure.
boost::asio::awaitable<OrProblem<DomainName>> WalkDown(DomainName name, CheckRun& run) {
  std::vector<DomainName> levels = LevelsOf(std::move(name));
  std::reverse(levels.begin(), levels.end());
  for (const DomainName& level : levels) {
    const DnsAnswer answer =
        co_await run.senses.dns.Query({.name = level, .type = RecordType::kDs});
    AddDnsStep(answer, run.result);
    if (answer.lookup_failed()) co_return FailedToo(answer);
    if (answer.dnssec == v1::INSECURE) co_return level;
    // Unsigned or opted out of: whatever lies below, no denial of it can be validated.
    if (answer.dnssec != v1::SECURE) {
      co_return NotProven(absl::StrCat("DS at ", level.text(), " was answered without a proof"));
    }
    if (answer.nxdomain() || !answer.cname_chain.empty()) {
      co_return NotProven(absl::StrCat(level.text(), " is not on a path of delegations"));
    }
  }
  co_return NotProven("no delegation on the path is proven insecure");
}

// KIND_UNSPECIFIED: no alias. A name whose CNAME cannot be asked for either is as good: the failure
// is that of its own zone.
Problem ProblemOfAlias(const DnsAnswer& answer, LookupFailureRule rule) {
  if (answer.lookup_failed()) {
    return WhyNeverPermission(answer, rule).empty() ? Problem() : FailedToo(answer);
  }
  if (answer.rdata.empty() && answer.cname_chain.empty()) return {};
  return NotProven(absl::StrCat(answer.question.name.text(), " is an alias of another name"));
}

boost::asio::awaitable<Problem> LookForAliases(const std::vector<DnsAnswer>& failed,
                                               CheckRun& run) {
  std::vector<DomainName> names;
  for (const DnsAnswer& answer : failed) names.push_back(answer.question.name);
  const std::vector<DnsAnswer> answers =
      co_await AskAtLevels(names, RecordType::kCname, run.senses.dns);
  for (const DnsAnswer& answer : answers) AddDnsStep(answer, run.result);
  for (const DnsAnswer& answer : answers) {
    Problem problem = ProblemOfAlias(answer, run.check.caa().lookup_failure());
    if (problem.kind != v1::Problem::KIND_UNSPECIFIED) co_return problem;
  }
  co_return Problem();
}

// Whether our resolver reaches anybody: what it knows of the domain may all stand in its cache.
// Says why not.
boost::asio::awaitable<std::string> WhyOutOfReach(CheckRun& run) {
  if (!run.senses.uncached_name) co_return "this perspective has no resolver.uncached_name to ask";
  const DnsAnswer answer =
      co_await run.senses.dns.Query({.name = run.senses.uncached_name(), .type = RecordType::kTxt});
  AddDnsStep(answer, run.result);
  if (answer.lookup_failed()) co_return answer.problem.detail;
  if (answer.rdata.empty()) co_return absl::StrCat("no TXT at ", answer.question.name.text());
  // A resolver may make names below a signed wildcard by itself (RFC 8198 section 5.3).
  if (answer.dnssec == v1::SECURE) {
    co_return absl::StrCat(answer.question.name.text(), " is signed, and may come from a cache");
  }
  co_return "";
}

// What the check says in the end: the failure, and why it stands.
Problem Standing(const DnsAnswer& failed, const Problem& reason) {
  Problem problem = CaaLookupFailed(failed);
  if (IsDnssecFailure(reason)) problem.kind = reason.kind;
  absl::StrAppend(&problem.detail, "; not tolerated: ", reason.detail);
  return problem;
}

}  // namespace

boost::asio::awaitable<OrProblem<DomainName>> FindInsecureDelegation(std::vector<DnsAnswer> failed,
                                                                     CheckRun& run) {
  // At or above the highest of them is at or above them all.
  const OrProblem<DomainName> insecure = co_await WalkDown(failed.back().question.name, run);
  if (!insecure.ok()) co_return Standing(failed.front(), insecure.problem());
  const Problem alias = co_await LookForAliases(failed, run);
  if (alias.kind != v1::Problem::KIND_UNSPECIFIED) co_return Standing(failed.front(), alias);
  const std::string out_of_reach = co_await WhyOutOfReach(run);
  if (!out_of_reach.empty()) {
    co_return Standing(failed.front(),
                       NotProven(absl::StrCat("the failure may be our own: ", out_of_reach)));
  }
  co_return *insecure;
}

}  // namespace mpic::perspective
