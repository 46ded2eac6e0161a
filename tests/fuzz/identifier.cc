// Names and addresses from text.
//   input: the text
#include <memory>
#include <optional>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/domain_name.h"
#include "common/ip_address.h"
#include "common/public_suffix_list.h"
#include "common/reverse_zone.h"
#include "tests/fuzz/fuzz_target.h"

namespace mpic::fuzz {
namespace {

const PublicSuffixList& Suffixes() {
  static const auto& list =
      *PublicSuffixList::Load("/usr/share/publicsuffix/public_suffix_list.dafsa")->release();
  return list;
}

void RequireSoundName(const DomainName& name) {
  Require(name.text().size() <= kNameOctetsMax && IsPrintableAscii(name.text(), kNameOctetsMax),
          "a name is at most 253 octets of ASCII");
  Require(Gives(DomainName::ParseDns(name.text()), name), "a name parses to itself");
  Require(name.labels().size() == name.label_count(), "labels are counted");
  Require(name.IsAtOrBelow(name) && DnsEquals(name.text() + ".", name.text()),
          "a name is at itself");
  for (const absl::string_view label : name.labels()) {
    Require(!label.empty() && label.size() <= kLabelOctetsMax, "a label has 1 to 63 octets");
  }
  if (name.label_count() == 1) return;
  Require(name.IsAtOrBelow(name.Parent()) && !name.Parent().IsAtOrBelow(name),
          "a name is below its parent");
  const auto again = name.Parent().WithPrefix(name.labels().front());
  Require(Gives(again, name), "a name is its first label before its parent");
}

void RequireSoundBaseDomain(const DomainName& name) {
  const std::optional<DomainName> base = Suffixes().BaseDomain(name);
  if (!base.has_value()) {
    Require(Suffixes().IsPublicSuffix(name) || !Suffixes().KnownTld(name),
            "only suffixes and Internal Names have no Base Domain Name");
    return;
  }
  Require(name.IsAtOrBelow(*base), "a name is at or below its Base Domain Name");
  Require(!Suffixes().IsPublicSuffix(*base) && Suffixes().IsPublicSuffix(base->Parent()),
          "a Base Domain Name is one label below a suffix");
  Require(Suffixes().BaseDomain(*base) == base, "a Base Domain Name is its own");
}

void TryNames(absl::string_view text) {
  const auto host = DomainName::ParseHost(text);
  if (host.ok()) {
    RequireSoundName(*host);
    Require(Gives(DomainName::ParseHost(host->text()), *host), "a host parses to itself");
    Require(!IpAddress::Parse(host->text()).ok(), "a host is no address");
    RequireSoundBaseDomain(*host);
  } else {
    Require(IsShowable(host.status().message()), "why a host is refused can be shown");
  }
  const auto dns = DomainName::ParseDns(text);
  if (dns.ok()) RequireSoundName(*dns);
  Require(dns.ok() || IsShowable(dns.status().message()), "why a name is refused can be shown");
  const auto certified = CertificateName::Parse(text);
  if (!certified.ok()) return;
  const auto again = CertificateName::Parse(certified->text());
  Require(again.ok() && again->name == certified->name && again->wildcard == certified->wildcard,
          "a name for a certificate parses to itself");
  Require(absl::StartsWith(text, "*.") == certified->wildcard, "a wildcard begins with \"*.\"");
}

void TryAddresses(absl::string_view text) {
  if (const auto prefix = IpPrefix::Parse(text); prefix.ok()) {
    Require(prefix->bits <= prefix->address.octets().size() * 8, "a prefix is not longer than all");
    Require(prefix->Contains(prefix->address), "a prefix contains its address");
  }
  if (const auto endpoint = IpEndpoint::Parse(text); endpoint.ok()) {
    Require(IpEndpoint::Parse(endpoint->text())->text() == endpoint->text(),
            "an endpoint parses to itself");
  }
  const auto address = IpAddress::Parse(text);
  if (!address.ok()) return;
  Require(Gives(IpAddress::Parse(address->text()), *address), "an address parses to itself");
  Require(Gives(IpAddress::FromOctets(address->octets()), *address), "an address is its octets");
  Require(!address->is_loopback() || ReservedBlock(*address).has_value(), "loopback is reserved");
  const DomainName reverse = ReverseZoneName(*address);
  RequireSoundName(reverse);
  Require(reverse.label_count() == (address->is_v6() ? 34 : 6), "a reverse name is a whole one");
}

}  // namespace

MPIC_FUZZ_TARGET(identifier) {
  const absl::string_view text = input.Rest();
  TryNames(text);
  TryAddresses(text);
}

}  // namespace mpic::fuzz
