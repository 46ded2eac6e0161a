#include "coordinator/expected_observation.h"

#include <algorithm>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "common/challenge.h"
#include "common/contact.h"
#include "common/domain_name.h"
#include "common/status_macros.h"

namespace mpic::coordinator {
namespace {

absl::Status Expect(bool holds, absl::string_view what) {
  if (holds) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat("must be ", what));
}

absl::Status CheckDigest(absl::string_view key_authorization, absl::string_view observed) {
  MPIC_ASSIGN_OR_RETURN(const KeyAuthorization parsed, KeyAuthorization::Parse(key_authorization));
  return Expect(observed == parsed.DigestText(), "the key authorization's digest in base64url");
}

absl::Status CheckDnsChange(const v1::DnsChange& dns_change, absl::string_view observed) {
  const bool equal = dns_change.record_type() == v1::DnsChange::CNAME
                         ? DnsEquals(observed, dns_change.expected_value())
                         : observed == dns_change.expected_value();
  return Expect(equal, "dns_change.expected_value");
}

absl::Status CheckEmail(const v1::ContactLookup& lookup, absl::string_view observed) {
  return Expect(SameEmailAddress(observed, lookup.selected_contact()), "the selected contact");
}

absl::Status CheckPhone(const v1::ContactLookup& lookup, absl::string_view observed) {
  return Expect(SamePhoneNumber(observed, lookup.selected_contact()), "the selected contact");
}

absl::Status CheckPersist(const v1::DnsPersist& persist, absl::string_view observed) {
  const auto& uris = persist.acceptable_account_uris();
  return Expect(std::find(uris.begin(), uris.end(), observed) != uris.end(),
                "one of acceptable_account_uris");
}

absl::Status CheckReverseLookup(const v1::ReverseLookup& lookup, absl::string_view observed) {
  return Expect(DnsEquals(observed, lookup.expected_name()), "reverse_lookup.expected_name");
}

}  // namespace

bool IsDiscovery(const v1::Check& check) {
  switch (check.method_case()) {
    case v1::Check::kCaaEmailContact:
      return check.caa_email_contact().selected_contact().empty();
    case v1::Check::kTxtEmailContact:
      return check.txt_email_contact().selected_contact().empty();
    case v1::Check::kTxtPhoneContact:
      return check.txt_phone_contact().selected_contact().empty();
    case v1::Check::kCaaPhoneContact:
      return check.caa_phone_contact().selected_contact().empty();
    case v1::Check::kReverseLookup:
      return check.reverse_lookup().expected_name().empty();
    default:
      return false;
  }
}

absl::Status CheckObservation(const v1::Check& check, absl::string_view observed) {
  if (IsDiscovery(check)) {
    return Expect(observed.empty(), "empty: in discovery the lists of the evidence are compared");
  }
  switch (check.method_case()) {
    case v1::Check::kDnsChange:
      return CheckDnsChange(check.dns_change(), observed);
    case v1::Check::kDns01:
      return CheckDigest(check.dns_01().key_authorization(), observed);
    case v1::Check::kDnsAccount01:
      return CheckDigest(check.dns_account_01().key_authorization(), observed);
    case v1::Check::kTlsAlpn01:
      return CheckDigest(check.tls_alpn_01().key_authorization(), observed);
    case v1::Check::kHttp01:
      return Expect(observed == check.http_01().key_authorization(), "the key authorization");
    case v1::Check::kWebsiteChange:
      return Expect(observed == check.website_change().expected_value(),
                    "website_change.expected_value");
    case v1::Check::kCaaEmailContact:
      return CheckEmail(check.caa_email_contact(), observed);
    case v1::Check::kTxtEmailContact:
      return CheckEmail(check.txt_email_contact(), observed);
    case v1::Check::kTxtPhoneContact:
      return CheckPhone(check.txt_phone_contact(), observed);
    case v1::Check::kCaaPhoneContact:
      return CheckPhone(check.caa_phone_contact(), observed);
    case v1::Check::kDnsPersist:
      return CheckPersist(check.dns_persist(), observed);
    case v1::Check::kReverseLookup:
      return CheckReverseLookup(check.reverse_lookup(), observed);
    case v1::Check::kCaa:
      return Expect(observed.empty(), "empty: CAA is compared by its meaning");
    case v1::Check::METHOD_NOT_SET:
      break;
  }
  return absl::InvalidArgumentError("has no method to belong to");
}

}  // namespace mpic::coordinator
