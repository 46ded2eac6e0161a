// What would prove a check, from the contract of each method.
#include <cstdint>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "common/challenge.h"
#include "common/domain_name.h"
#include "common/ip_address.h"
#include "common/validation_method_labels.h"
#include "tests/fuzz/world.h"
#include "tests/support/acme_certificates.h"
#include "tests/support/rdata.h"

namespace mpic::fuzz {
namespace {

using testing::CaaRdata;
using testing::WireName;

constexpr std::size_t kCharacterStringOctetsMax = 255;

std::string Txt(absl::string_view text) {
  std::vector<std::string> strings;
  do {
    strings.emplace_back(text.substr(0, kCharacterStringOctetsMax));
    text.remove_prefix(strings.back().size());
  } while (!text.empty());
  return testing::TxtRdata(strings);
}

std::string OrElse(const std::string& text, const std::string& otherwise) {
  return text.empty() ? otherwise : text;
}

template <typename Strings>
std::string FirstOf(const Strings& strings) {
  return strings.empty() ? std::string() : std::string(strings[0]);
}

World WithDigest(const std::string& key_authorization) {
  const auto parsed = KeyAuthorization::Parse(key_authorization);
  return {.txt = {Txt(parsed.ok() ? parsed->DigestText() : key_authorization)}};
}

World WithRecord(const v1::DnsChange& change) {
  const std::string& value = change.expected_value();
  return {.txt = {Txt(value)},
          .caa = {CaaRdata({.flags = 0, .tag = change.caa_tag(), .value = value})},
          .cname = {WireName(value)}};
}

World WithContact(const std::string& tag, const std::string& contact) {
  return {.txt = {Txt(contact)}, .caa = {CaaRdata({.flags = 0, .tag = tag, .value = contact})}};
}

World WithPage(const v1::WebsiteChange& change) {
  if (!change.require_meta_tag()) return {.body = change.expected_value()};
  const std::string value = absl::StrReplaceAll(change.expected_value(),
                                                {{"&", "&amp;"}, {"\"", "&quot;"}, {"<", "&lt;"}});
  return {.body = absl::StrCat("<!DOCTYPE html><meta name=\"ca\" content=\"", value, "\">")};
}

World WithCertificate(const v1::Check& check) {
  const v1::Identifier& identifier = check.identifier();
  const auto name = DomainName::ParseHost(identifier.dns_name());
  const auto address = IpAddress::Parse(identifier.ip_address());
  const auto key_authorization = KeyAuthorization::Parse(check.tls_alpn_01().key_authorization());
  if ((!name.ok() && !address.ok()) || !key_authorization.ok()) return {};
  const std::string subject_alt_name =
      name.ok() ? absl::StrCat("DNS:", name->text()) : absl::StrCat("IP:", address->text());
  return {.certificate =
              testing::GoodAcmeCertificate(key_authorization->Digest(), subject_alt_name).der};
}

World WithPersistentRecord(const v1::DnsPersist& persist) {
  return {.txt = {Txt(absl::StrCat(FirstOf(persist.issuer_domain_names()),
                                   "; accounturi=", FirstOf(persist.acceptable_account_uris()),
                                   "; policy=wildcard"))}};
}

World WithPermission(const v1::CaaCheck& caa) {
  std::string value = FirstOf(caa.issuer_domain_names());
  if (const std::string label = FirstOf(ValidationMethodLabels(caa.validation_method()));
      !label.empty()) {
    absl::StrAppend(&value, "; validationmethods=", label);
  }
  return {.caa = {CaaRdata({.flags = 0x80, .tag = "issue", .value = std::move(value)})}};
}

World ForMethod(const v1::Check& check) {
  switch (check.method_case()) {
    case v1::Check::kDnsChange:
      return WithRecord(check.dns_change());
    case v1::Check::kDns01:
      return WithDigest(check.dns_01().key_authorization());
    case v1::Check::kDnsAccount01:
      return WithDigest(check.dns_account_01().key_authorization());
    case v1::Check::kCaaEmailContact:
      return WithContact("contactemail",
                         OrElse(check.caa_email_contact().selected_contact(), "dns@example.com"));
    case v1::Check::kTxtEmailContact:
      return WithContact("",
                         OrElse(check.txt_email_contact().selected_contact(), "dns@example.com"));
    case v1::Check::kCaaPhoneContact:
      return WithContact("contactphone",
                         OrElse(check.caa_phone_contact().selected_contact(), "+15550100"));
    case v1::Check::kTxtPhoneContact:
      return WithContact("", OrElse(check.txt_phone_contact().selected_contact(), "+15550100"));
    case v1::Check::kWebsiteChange:
      return WithPage(check.website_change());
    case v1::Check::kHttp01:
      return {.body = check.http_01().key_authorization()};
    case v1::Check::kTlsAlpn01:
      return WithCertificate(check);
    case v1::Check::kDnsPersist:
      return WithPersistentRecord(check.dns_persist());
    case v1::Check::kReverseLookup:
      return {
          .ptr = {WireName(OrElse(check.reverse_lookup().expected_name(), "mail.example.com"))}};
    case v1::Check::kCaa:
      return WithPermission(check.caa());
    case v1::Check::METHOD_NOT_SET:
      break;
  }
  return {};
}

}  // namespace

World ProvenWorld(const v1::Check& check) {
  World world = ForMethod(check);
  // Each hop leads to another name of the Authorization Domain Name, the last to itself.
  for (std::uint32_t left = std::min(check.adn_cname_steps(), 16U); left > 0; --left) {
    const std::string prefix = left == 1 ? "" : absl::StrCat("hop-", left, ".");
    world.hops.push_back(WireName(absl::StrCat(prefix, check.authorization_domain_name())));
  }
  return world;
}

World SayingWorld(absl::string_view octets) {
  const std::string said(octets);
  return {.txt = {said},
          .caa = {said},
          .cname = {said},
          .ptr = {said},
          .location = absl::StrContains(octets, "://") ? said : "",
          .body = said,
          .certificate = said};
}

}  // namespace mpic::fuzz
