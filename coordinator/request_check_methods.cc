#include "coordinator/request_check_methods.h"

#include <string>
#include <variant>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "common/challenge.h"
#include "common/challenge_name.h"
#include "common/domain_name.h"
#include "coordinator/request_check_values.h"

namespace mpic::coordinator {
namespace {

void CheckKeyAuthorization(absl::string_view text, const Field& field) {
  if (const auto parsed = KeyAuthorization::Parse(text); !parsed.ok()) {
    field["key_authorization"].Refuse(parsed.status().message());
  }
}

void CheckReverseLookup(v1::ReverseLookup& lookup, const RequestRules& rules, const Field& field) {
  if (lookup.expected_name().empty()) return;
  const Field place = field["expected_name"];
  const auto name = CheckCertificateName(lookup.expected_name(), rules.suffixes, place);
  if (!name.has_value()) return;
  if (name->wildcard) place.Refuse("a reverse lookup gives no Wildcard Domain Name");
  lookup.set_expected_name(name->text());
}

// The labels before the Authorization Domain Name; empty for methods that look at the name itself.
std::string ChallengePrefix(const v1::Check& check) {
  switch (check.method_case()) {
    case v1::Check::kDnsChange:
      return check.dns_change().prefix_label();
    case v1::Check::kDns01:
      return std::string(kAcmeChallengeLabel);
    case v1::Check::kDnsAccount01:
      return absl::StrCat(DnsAccountLabel(check.dns_account_01().account_url()), ".",
                          kAcmeChallengeLabel);
    case v1::Check::kDnsPersist:
      return std::string(kPersistLabel);
    case v1::Check::kTxtEmailContact:
      return std::string(kContactEmailLabel);
    case v1::Check::kTxtPhoneContact:
      return std::string(kContactPhoneLabel);
    default:
      return "";
  }
}

}  // namespace

bool MethodContext::is_ip() const {
  return identifier.has_value() && std::holds_alternative<IpAddress>(*identifier);
}

bool MethodContext::is_wildcard() const {
  return identifier.has_value() && !is_ip() && std::get<CertificateName>(*identifier).wildcard;
}

void CheckMethodFits(const MethodContext& context, const Field& field,
                     std::vector<std::string>& warnings) {
  const MethodFacts& facts = context.facts;
  if (!context.identifier.has_value()) return;
  if (ReferenceOf(facts, context.is_ip()).empty()) {
    field.Refuse(facts.method == v1::CAA ? "there is no CAA for IP addresses (BR 4.2.2.1)"
                 : context.is_ip()
                     ? absl::StrCat(facts.name, " cannot validate IP addresses (BR 3.2.2.5)")
                     : absl::StrCat(facts.name, " validates IP addresses only"));
    return;
  }
  if (context.is_wildcard() && !facts.wildcard) {
    field.Refuse(absl::StrCat(facts.name, " cannot validate a Wildcard Domain Name (",
                              facts.name_reference, ")"));
  }
  MethodStatus status = MethodStatusAt(facts, context.is_ip(), context.now);
  if (status.permission == Permission::kSunset) {
    field.Refuse(v1::Problem::METHOD_SUNSET, status.sentence);
  } else if (!status.sentence.empty()) {
    warnings.push_back(std::move(status.sentence));
  }
}

void CheckMethod(v1::Check& check, const MethodContext& context, const Field& field) {
  switch (check.method_case()) {
    case v1::Check::kDnsChange:
      return CheckDnsChange(*check.mutable_dns_change(), field);
    case v1::Check::kDns01:
      return CheckKeyAuthorization(check.dns_01().key_authorization(), field);
    case v1::Check::kCaaEmailContact:
      return CheckContactLookup(*check.mutable_caa_email_contact(), context.facts.method, field);
    case v1::Check::kTxtEmailContact:
      return CheckContactLookup(*check.mutable_txt_email_contact(), context.facts.method, field);
    case v1::Check::kTxtPhoneContact:
      return CheckContactLookup(*check.mutable_txt_phone_contact(), context.facts.method, field);
    case v1::Check::kCaaPhoneContact:
      return CheckContactLookup(*check.mutable_caa_phone_contact(), context.facts.method, field);
    case v1::Check::kWebsiteChange:
      return CheckWebsiteChange(*check.mutable_website_change(), context, field);
    case v1::Check::kHttp01:
      return CheckKeyAuthorization(check.http_01().key_authorization(), field);
    case v1::Check::kTlsAlpn01:
      return CheckKeyAuthorization(check.tls_alpn_01().key_authorization(), field);
    case v1::Check::kDnsAccount01:
      CheckKeyAuthorization(check.dns_account_01().key_authorization(), field);
      CheckUri(field["account_url"], check.dns_account_01().account_url());
      return;
    case v1::Check::kDnsPersist:
      return CheckDnsPersist(*check.mutable_dns_persist(), context, field);
    case v1::Check::kReverseLookup:
      return CheckReverseLookup(*check.mutable_reverse_lookup(), context.rules, field);
    case v1::Check::kCaa:
      return CheckCaa(*check.mutable_caa(), context, field);
    case v1::Check::METHOD_NOT_SET:
      return;
  }
}

void CheckChallengeName(const v1::Check& check, const Field& field) {
  const std::string prefix = ChallengePrefix(check);
  if (prefix.empty()) return;
  const std::size_t octets = prefix.size() + 1 + check.authorization_domain_name().size();
  if (octets <= kNameOctetsMax) return;
  field.Refuse(absl::StrCat("the challenge name \"", prefix,
                            ".\" and the Authorization Domain Name ", "has ", octets, " octets, ",
                            kNameOctetsMax, " are allowed"));
}

}  // namespace mpic::coordinator
