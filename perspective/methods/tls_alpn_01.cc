#include "perspective/methods/tls_alpn_01.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "common/challenge.h"
#include "common/reverse_zone.h"
#include "common/steady_time.h"
#include "perspective/methods/host_addresses.h"
#include "perspective/methods/tls_step.h"
#include "perspective/net/address_picker.h"
#include "perspective/rules/acme_certificate.h"
#include "perspective/rules/challenge_age.h"
#include "perspective/rules/exact_name.h"
#include "perspective/rules/identifier_address.h"

namespace mpic::perspective {
namespace {

constexpr char kProtocol[] = "acme-tls/1";  // RFC 8737 section 6.2
constexpr std::uint16_t kPort = 443;        // RFC 8737 section 3: no other

// The certificate itself keeps the rest; the one name of a proof is always there.
constexpr std::size_t kReportedNamesMax = 16;

struct TlsAlpn01Challenge {
  NameOrAddress identifier;
  KeyAuthorization key_authorization;

  // RFC 8738 section 6: SNI has no place for addresses.
  DomainName ServerName() const {
    if (const auto* name = std::get_if<DomainName>(&identifier)) return *name;
    return ReverseZoneName(std::get<IpAddress>(identifier));
  }
};

template <typename T>
OrProblem<NameOrAddress> Either(OrProblem<T> identifier) {
  if (!identifier.ok()) return std::move(identifier).problem();
  return NameOrAddress(*std::move(identifier));
}

OrProblem<TlsAlpn01Challenge> ReadChallenge(const v1::Check& check, absl::Time now) {
  OrProblem<NameOrAddress> identifier = check.identifier().has_ip_address()
                                            ? Either(IdentifierAddress(check))
                                            : Either(ExactName(check));
  if (!identifier.ok()) return std::move(identifier).problem();
  auto key_authorization = KeyAuthorization::Parse(check.tls_alpn_01().key_authorization());
  if (!key_authorization.ok()) {
    return Problem{v1::Problem::BAD_REQUEST,
                   absl::StrCat("tls_alpn_01: ", key_authorization.status().message())};
  }
  if (std::optional<Problem> stale = RefuseByAge(check, now)) return *std::move(stale);
  return TlsAlpn01Challenge{.identifier = *std::move(identifier),
                            .key_authorization = *std::move(key_authorization)};
}

// What the perspective may connect to; at least one.
boost::asio::awaitable<OrProblem<std::vector<IpAddress>>> AddressesOf(NameOrAddress identifier,
                                                                      CheckRun& run) {
  if (const auto* address = std::get_if<IpAddress>(&identifier)) {
    co_return UsableAddresses({*address}, run.senses);
  }
  const OrProblem<std::vector<IpAddress>> resolved =
      co_await LookUpAddresses(std::get<DomainName>(identifier), run);
  if (!resolved.ok()) co_return resolved.problem();
  co_return UsableAddresses(*resolved, run.senses);
}

// What the addresses of the identifier say, the last one tried.
boost::asio::awaitable<TlsProbeReply> ProbeAddresses(std::vector<IpAddress> usable,
                                                     DomainName server_name, CheckRun& run) {
  TlsProbeReply reply;
  for (const IpAddress& address : AddressesToTry(usable)) {
    const absl::Duration started = SteadyNow();
    const TlsProbe probe{
        .address = address, .port = kPort, .server_name = server_name, .alpn = kProtocol};
    reply = co_await run.senses.tls.Probe(probe);
    AddTlsStep(probe, reply, SteadyNow() - started, run.result);
    // What we did not look at must not be outweighed by what another address says.
    if (reply.connected || reply.problem.kind == v1::Problem::OVERLOADED) break;
  }
  co_return reply;
}

void RecordNames(const Certificate& certificate, v1::TlsAlpnEvidence& evidence) {
  const auto& names = certificate.subject_alt_names;
  for (std::size_t i = 0; i < std::min(names.size(), kReportedNamesMax); ++i) {
    evidence.add_subject_alt_names(names[i].text);
  }
  if (certificate.acme_identifiers.empty()) return;
  evidence.set_acme_identifier(certificate.acme_identifiers.front().value);
  evidence.set_acme_identifier_critical(certificate.acme_identifiers.front().critical);
}

// nullopt: the reply is the proof. A certificate is recorded whether or not it helps.
std::optional<Problem> RefuseReply(const TlsProbeReply& reply, const TlsAlpn01Challenge& challenge,
                                   v1::TlsAlpnEvidence& evidence) {
  evidence.set_leaf_der(reply.leaf_der);
  const OrProblem<Certificate> certificate = ParseCertificate(reply.leaf_der);
  if (certificate.ok()) RecordNames(*certificate, evidence);
  if (reply.failed()) return reply.problem;
  if (reply.selected_alpn != kProtocol) {
    return Problem{
        v1::Problem::ALPN_NOT_NEGOTIATED,
        absl::StrCat("the server selected ",
                     reply.selected_alpn.empty()
                         ? "no protocol"
                         : absl::StrCat("\"", absl::CHexEscape(reply.selected_alpn), "\""),
                     ", not \"", kProtocol, "\"")};
  }
  if (!certificate.ok()) return certificate.problem();
  return RefuseAcmeCertificate(*certificate, challenge.identifier,
                               challenge.key_authorization.Digest());
}

}  // namespace

boost::asio::awaitable<void> CheckTlsAlpn01(CheckRun& run) {
  const OrProblem<TlsAlpn01Challenge> challenge = ReadChallenge(run.check, run.senses.clock.Now());
  if (!challenge.ok()) {
    run.Refuse(challenge.problem());
    co_return;
  }
  const OrProblem<std::vector<IpAddress>> usable = co_await AddressesOf(challenge->identifier, run);
  if (!usable.ok()) {
    run.Refuse(usable.problem());
    co_return;
  }
  const TlsProbeReply reply = co_await ProbeAddresses(*usable, challenge->ServerName(), run);
  if (std::optional<Problem> problem =
          RefuseReply(reply, *challenge, *run.result.mutable_tls_alpn())) {
    run.Refuse(*std::move(problem));
    co_return;
  }
  run.Pass(challenge->key_authorization.DigestText());
}

}  // namespace mpic::perspective
