#include "perspective/methods/dns_01.h"

#include "common/challenge_name.h"
#include "perspective/methods/authorization_domain.h"
#include "perspective/methods/digest_record.h"

namespace mpic::perspective {

boost::asio::awaitable<void> CheckDns01(CheckRun& run) {
  const OrProblem<DomainName> adn = co_await FindAuthorizationDomainName(run);
  if (!adn.ok()) {
    run.Refuse(adn.problem());
    co_return;
  }
  co_await CheckDigestRecord(
      ExpectDigestRecord(*adn, kAcmeChallengeLabel, run.check.dns_01().key_authorization()), run);
}

}  // namespace mpic::perspective
