#include "perspective/methods/authorization_domain.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "perspective/methods/dns_step.h"
#include "perspective/rules/identifier_name.h"
#include "perspective/rules/wire_name.h"

namespace mpic::perspective {
namespace {

Problem NoCname(const DnsAnswer& answer) {
  const std::string& name = answer.question.name.text();
  if (answer.nxdomain()) {
    return {v1::Problem::DNS_NXDOMAIN, absl::StrCat("CNAME step at ", name, ": no such name")};
  }
  return {v1::Problem::DNS_NODATA, absl::StrCat("CNAME step at ", name, ": no CNAME record")};
}

OrProblem<DomainName> TargetOf(const DnsAnswer& answer) {
  const std::string& name = answer.question.name.text();
  if (answer.lookup_failed()) {
    return Problem{answer.problem.kind,
                   absl::StrCat("CNAME step at ", name, ": ", answer.problem.detail)};
  }
  if (answer.rdata.empty()) return NoCname(answer);
  if (answer.rdata.size() > 1) {
    return Problem{v1::Problem::RECORD_MALFORMED,
                   absl::StrCat("CNAME step at ", name, ": ", answer.rdata.size(),
                                " CNAME records, there may be one (RFC 2181 section 10.1)")};
  }
  absl::StatusOr<DomainName> target = WireNameToDomainName(answer.rdata.front());
  if (!target.ok()) {
    return Problem{v1::Problem::RECORD_MALFORMED,
                   absl::StrCat("CNAME step at ", name, ": ", target.status().message())};
  }
  // Such a name must never go to DNS, and none below it can be an ADN of this method.
  if (target->labels().back() == "onion") {
    return Problem{v1::Problem::RECORD_NOT_MATCHING,
                   absl::StrCat("CNAME step at ", name, ": leads to an Onion Domain Name")};
  }
  return *std::move(target);
}

}  // namespace

boost::asio::awaitable<OrProblem<DomainName>> FindAuthorizationDomainName(CheckRun& run) {
  const OrProblem<AdnClaim> claim = ReadAdnClaim(run.check);
  if (!claim.ok()) co_return claim.problem();
  std::vector<DomainName> path = {claim->name};
  for (unsigned step = 0; step < claim->cname_steps; ++step) {
    const DnsAnswer answer =
        co_await run.senses.dns.Query({.name = path.back(), .type = RecordType::kCname});
    AddDnsStep(answer, run.result);
    const OrProblem<DomainName> target = TargetOf(answer);
    if (!target.ok()) co_return target.problem();
    run.result.add_adn_cname_targets(target->text());
    if (std::find(path.begin(), path.end(), *target) != path.end()) {
      co_return Problem{v1::Problem::DNS_LOOP, absl::StrCat("CNAME step at ", path.back().text(),
                                                            ": leads back to ", target->text())};
    }
    path.push_back(*target);
  }
  if (path.back().IsAtOrBelow(claim->adn)) co_return claim->adn;
  co_return Problem{
      v1::Problem::RECORD_NOT_MATCHING,
      absl::StrCat(claim->cname_steps, " CNAME step(s) from ", claim->name.text(), " lead to ",
                   path.back().text(), ", which is not at or below the authorization domain name ",
                   claim->adn.text())};
}

}  // namespace mpic::perspective
