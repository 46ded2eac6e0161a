#include "perspective/methods/dns_01.h"

#include "common/challenge_name.h"
#include "perspective/methods/digest_record.h"
#include "perspective/rules/identifier_name.h"

namespace mpic::perspective {
namespace {

OrProblem<DigestRecord> ExpectedRecord(const v1::Check& check) {
  const OrProblem<DomainName> adn = AuthorizationDomainName(check);
  if (!adn.ok()) return adn.problem();
  return ExpectDigestRecord(*adn, kAcmeChallengeLabel, check.dns_01().key_authorization());
}

}  // namespace

boost::asio::awaitable<void> CheckDns01(CheckRun& run) {
  return CheckDigestRecord(ExpectedRecord(run.check), run);
}

}  // namespace mpic::perspective
