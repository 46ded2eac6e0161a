#include "perspective/methods/dns_persist.h"

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/challenge_name.h"
#include "common/proto_time.h"
#include "common/reverse_zone.h"
#include "perspective/methods/challenge_records.h"
#include "perspective/rules/identifier_address.h"
#include "perspective/rules/identifier_name.h"
#include "perspective/rules/issuer_names.h"
#include "perspective/rules/persistent_record.h"

namespace mpic::perspective {
namespace {

constexpr int kAccountUrisMax = 64;  // protos/mpic/v1/check.proto

struct Question {
  DomainName name;
  PersistRequest request;
};

Problem BadRequest(absl::string_view rule) { return {v1::Problem::BAD_REQUEST, std::string(rule)}; }

// Where the record stands, and what scope it needs.
struct Place {
  DomainName name;
  bool needs_wildcard_policy = false;
};

OrProblem<Place> PlaceOf(const DomainName& parent, absl::string_view label,
                         bool needs_wildcard_policy) {
  absl::StatusOr<DomainName> name = parent.WithPrefix(label);
  if (!name.ok()) return BadRequest(name.status().message());
  return Place{.name = *std::move(name), .needs_wildcard_policy = needs_wildcard_policy};
}

OrProblem<Place> FindPlace(const v1::Check& check) {
  if (check.identifier().has_ip_address()) {
    const OrProblem<IpAddress> address = IdentifierAddress(check);
    if (!address.ok()) return address.problem();
    return PlaceOf(ReverseZoneName(*address), kIpPersistLabel, /*needs_wildcard_policy=*/false);
  }
  const OrProblem<DomainName> adn = AuthorizationDomainName(check);
  if (!adn.ok()) return adn.problem();
  const OrProblem<CertificateName> identifier = IdentifierName(check.identifier());
  if (!identifier.ok()) return identifier.problem();
  const bool beyond_adn = identifier->wildcard || identifier->name != *adn;
  return PlaceOf(*adn, kPersistLabel, check.dns_persist().acme_scope() && beyond_adn);
}

OrProblem<std::vector<std::string>> ReadAccountUris(const v1::DnsPersist& persist) {
  const auto& uris = persist.acceptable_account_uris();
  // An empty one would accept a record that says "accounturi=".
  if (uris.empty() || uris.size() > kAccountUrisMax ||
      std::any_of(uris.begin(), uris.end(), [](const std::string& uri) { return uri.empty(); })) {
    return BadRequest(absl::StrCat("dns_persist.acceptable_account_uris: 1 to ", kAccountUrisMax,
                                   " are needed, none of them empty"));
  }
  return std::vector<std::string>(uris.begin(), uris.end());
}

OrProblem<Question> ReadQuestion(const v1::Check& check, absl::Time now) {
  OrProblem<Place> place = FindPlace(check);
  if (!place.ok()) return std::move(place).problem();
  const v1::DnsPersist& persist = check.dns_persist();
  OrProblem<std::vector<std::string>> issuers =
      ReadIssuerNames(persist.issuer_domain_names(), "dns_persist.issuer_domain_names");
  if (!issuers.ok()) return std::move(issuers).problem();
  OrProblem<std::vector<std::string>> uris = ReadAccountUris(persist);
  if (!uris.ok()) return std::move(uris).problem();
  return Question{.name = place->name,
                  .request = {.issuer_names = *std::move(issuers),
                              .acceptable_account_uris = *std::move(uris),
                              .needs_wildcard_policy = place->needs_wildcard_policy,
                              .reference_time = persist.has_reference_time()
                                                    ? FromTimestamp(persist.reference_time())
                                                    : now}};
}

void Decide(const std::vector<std::string>& values, const PersistRequest& request, CheckRun& run) {
  v1::PersistEvidence& evidence = *run.result.mutable_persist();
  for (const std::string& value : values) evidence.add_values(value);
  const PersistDecision decision = DecidePersist(values, request);
  if (!decision.accepted()) {
    run.Refuse(
        {decision.problem.kind, absl::StrCat("no acceptable record at ", evidence.queried_name(),
                                             "; ", decision.problem.detail)});
    return;
  }
  evidence.set_accepted_index(static_cast<std::uint32_t>(decision.accepted_index));
  evidence.set_account_uri(decision.account_uri);
  if (const auto until = ToTimestamp(decision.persist_until); IsValid(until)) {
    *evidence.mutable_persist_until() = until;
  }
  run.Pass(decision.account_uri);
}

}  // namespace

boost::asio::awaitable<void> CheckDnsPersist(CheckRun& run) {
  const OrProblem<Question> question = ReadQuestion(run.check, run.senses.clock.Now());
  if (!question.ok()) {
    run.Refuse(question.problem());
    co_return;
  }
  v1::PersistEvidence& evidence = *run.result.mutable_persist();
  evidence.set_queried_name(question->name.text());
  *evidence.mutable_reference_time() = ToTimestamp(question->request.reference_time);
  const OrProblem<std::vector<std::string>> values = co_await FetchTxtValues(question->name, run);
  if (!values.ok()) {
    run.Refuse(values.problem());
    co_return;
  }
  Decide(*values, question->request, run);
}

}  // namespace mpic::perspective
