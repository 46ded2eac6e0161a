#include "perspective/methods/dns_account_01.h"

#include <algorithm>
#include <cstddef>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "common/challenge_name.h"
#include "perspective/methods/digest_record.h"
#include "perspective/rules/identifier_name.h"

namespace mpic::perspective {
namespace {

constexpr std::size_t kAccountUrlOctetsMax = 2'000;  // protos/mpic/v1/check.proto

bool IsAccountUrl(const std::string& text) {
  return !text.empty() && text.size() <= kAccountUrlOctetsMax &&
         std::all_of(text.begin(), text.end(),
                     [](char c) { return absl::ascii_isgraph(static_cast<unsigned char>(c)); });
}

OrProblem<DigestRecord> ExpectedRecord(const v1::Check& check) {
  const OrProblem<DomainName> adn = AuthorizationDomainName(check);
  if (!adn.ok()) return adn.problem();
  const v1::DnsAccount01& challenge = check.dns_account_01();
  if (!IsAccountUrl(challenge.account_url())) {
    return Problem{v1::Problem::BAD_REQUEST,
                   "dns_account_01.account_url: 1 to 2000 octets of printable ASCII without space"};
  }
  const std::string labels =
      absl::StrCat(DnsAccountLabel(challenge.account_url()), ".", kAcmeChallengeLabel);
  return ExpectDigestRecord(*adn, labels, challenge.key_authorization());
}

// A client that publishes for another of its accounts finds no fault with its zone.
void NameAccountOfMissingRecord(CheckRun& run) {
  const v1::Problem problem = run.result.problem();
  if (problem.kind() != v1::Problem::DNS_NXDOMAIN && problem.kind() != v1::Problem::DNS_NODATA) {
    return;
  }
  run.Refuse(
      {problem.kind(), absl::StrCat(problem.detail(), "; its first label is that of account ",
                                    run.check.dns_account_01().account_url())});
}

}  // namespace

boost::asio::awaitable<void> CheckDnsAccount01(CheckRun& run) {
  co_await CheckDigestRecord(ExpectedRecord(run.check), run);
  NameAccountOfMissingRecord(run);
}

}  // namespace mpic::perspective
