#include "perspective/methods/caa.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "common/caa_validity.h"
#include "common/proto_time.h"
#include "common/validation_method_labels.h"
#include "perspective/methods/relevant_caa_set.h"
#include "perspective/methods/tolerated_failure.h"
#include "perspective/rules/caa.h"
#include "perspective/rules/identifier_name.h"
#include "perspective/rules/issuer_names.h"

namespace mpic::perspective {
namespace {

// A method that the check leaves unspecified satisfies no validationmethods, whatever labels come
// with it.
std::vector<std::string> MethodLabels(const v1::CaaCheck& check) {
  if (check.validation_method() == v1::METHOD_UNSPECIFIED) return {};
  const auto known = ValidationMethodLabels(check.validation_method());
  std::vector<std::string> labels(known.begin(), known.end());
  labels.insert(labels.end(), check.validation_method_labels().begin(),
                check.validation_method_labels().end());
  return labels;
}

OrProblem<CaaRequest> ReadRequest(const v1::CaaCheck& check, bool wildcard) {
  OrProblem<std::vector<std::string>> issuers =
      ReadIssuerNames(check.issuer_domain_names(), "caa.issuer_domain_names");
  if (!issuers.ok()) return std::move(issuers).problem();
  return CaaRequest{.wildcard = wildcard,
                    .issuer_domain_names = *std::move(issuers),
                    .account_uris = {check.account_uris().begin(), check.account_uris().end()},
                    .method_labels = MethodLabels(check)};
}

bool IsPrintableAscii(absl::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return absl::ascii_isprint(static_cast<unsigned char>(c)); });
}

void FillEvidence(const RelevantCaaSet& set, v1::CaaEvidence& evidence) {
  evidence.set_matched_index(-1);
  if (set.found_at.has_value()) evidence.set_found_at(set.found_at->text());
  evidence.set_ttl(set.ttl_seconds);
  for (const CaaRecord& record : set.records) {
    v1::CaaProperty& property = *evidence.add_relevant_rrset();
    property.set_flags(record.flags);
    property.set_tag(record.tag);
    property.set_value(record.value);
    // A URI is ASCII, and anything else would make the result unreadable.
    if (record.HasTag("iodef") && IsPrintableAscii(record.value)) {
      evidence.add_iodef(record.value);
    }
  }
}

void Decide(const RelevantCaaSet& set, const CaaRequest& request, CheckRun& run) {
  v1::CaaEvidence& evidence = *run.result.mutable_caa();
  FillEvidence(set, evidence);
  const CaaDecision decision = DecideCaa(set.records, request);
  if (!decision.permitted()) {
    run.Refuse({decision.problem.kind,
                absl::StrCat("CAA at ", evidence.found_at(), ": ", decision.problem.detail)});
    return;
  }
  if (decision.matched_index.has_value()) {
    evidence.set_matched_index(static_cast<std::int32_t>(*decision.matched_index));
  }
  // What rests on a failure gets no more time than it must.
  const absl::Duration ttl = absl::Seconds(set.failed.empty() ? set.ttl_seconds : 0);
  *evidence.mutable_valid_until() =
      ToTimestamp(run.senses.clock.Now() + std::max(ttl, kCaaValidityMin));
  run.Pass();
}

void TellTolerated(const RelevantCaaSet& set, const DomainName& insecure_delegation,
                   CheckRun& run) {
  v1::CaaEvidence::ToleratedLookupFailure& tolerated =
      *run.result.mutable_caa()->mutable_tolerated_lookup_failure();
  for (const DnsAnswer& failed : set.failed) {
    tolerated.add_failed_names(failed.question.name.text());
  }
  tolerated.set_insecure_delegation(insecure_delegation.text());
}

}  // namespace

boost::asio::awaitable<void> CheckCaa(CheckRun& run) {
  const OrProblem<CertificateName> identifier = IdentifierName(run.check.identifier());
  if (!identifier.ok()) {
    run.Refuse(identifier.problem());
    co_return;
  }
  const OrProblem<CaaRequest> request = ReadRequest(run.check.caa(), identifier->wildcard);
  if (!request.ok()) {
    run.Refuse(request.problem());
    co_return;
  }
  const OrProblem<RelevantCaaSet> set = co_await FindRelevantCaaSet(
      identifier->name, run.senses.dns, run.result, run.check.caa().lookup_failure());
  if (!set.ok()) {
    run.Refuse(set.problem());
    // A record that cannot be decoded leaves open what it says: no answer, rather than a refusal.
    if (set.problem().kind == v1::Problem::RECORD_MALFORMED) run.result.set_outcome(v1::ERROR);
    co_return;
  }
  if (!set->failed.empty()) {
    const OrProblem<DomainName> insecure = co_await FindInsecureDelegation(set->failed, run);
    if (!insecure.ok()) {
      run.Refuse(insecure.problem());
      co_return;
    }
    Decide(*set, *request, run);
    if (run.result.outcome() == v1::PASSED) TellTolerated(*set, *insecure, run);
    co_return;
  }
  Decide(*set, *request, run);
}

}  // namespace mpic::perspective
