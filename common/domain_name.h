// Names as the Baseline Requirements and DNS know them: A-labels, lower case, no trailing dot.
#ifndef MPIC_COMMON_DOMAIN_NAME_H_
#define MPIC_COMMON_DOMAIN_NAME_H_

#include <cstddef>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace mpic {

inline constexpr std::size_t kLabelOctetsMax = 63;  // RFC 1035 section 2.3.4
inline constexpr std::size_t kNameOctetsMax = 253;  // presentation form, no trailing dot
// CNAME hops from a name to its Authorization Domain Name (protos/mpic/v1/check.proto); longer
// chains are hardly ever resolved.
inline constexpr unsigned kAdnCnameStepsMax = 8;

// A domain name of at least one label: the host names of certificates, or (with underscores) the
// names at which challenges are published. A value, cheap to copy; compares by octets, which is DNS
// equality because it is always lower case.
class DomainName {
 public:
  // An FQDN for a certificate. Takes A-labels or U-labels in any case and an optional trailing dot;
  // U-labels become A-labels by IDNA 2008 (UTS 46 non-transitional). Letters, digits and inner
  // hyphens only. INVALID_ARGUMENT names the rule that is broken: empty, label or name too long,
  // forbidden character, all-numeric TLD (an IP address in disguise), bad IDNA.
  static absl::StatusOr<DomainName> ParseHost(absl::string_view text);

  // Any name that DNS can carry in plain ASCII, underscores included, for queries and answers.
  static absl::StatusOr<DomainName> ParseDns(absl::string_view text);

  const std::string& text() const { return text_; }
  std::vector<absl::string_view> labels() const;
  std::size_t label_count() const;

  // The name without its leftmost label. Precondition: label_count() > 1.
  DomainName Parent() const;
  // The name with `label` put before it ("_acme-challenge"); INVALID_ARGUMENT when too long.
  absl::StatusOr<DomainName> WithPrefix(absl::string_view label) const;
  // True for `ancestor` itself and every name below it.
  bool IsAtOrBelow(const DomainName& ancestor) const;

  friend bool operator==(const DomainName&, const DomainName&) = default;
  friend auto operator<=>(const DomainName&, const DomainName&) = default;

 private:
  explicit DomainName(std::string text) : text_(std::move(text)) {}
  std::string text_;
};

// ASCII case-insensitive comparison that ignores one trailing dot ("dns_eq").
bool DnsEquals(absl::string_view a, absl::string_view b);

// What a certificate's dNSName may be: an FQDN, or a Wildcard Domain Name ("*." and an FQDN).
struct CertificateName {
  DomainName name;  // without "*."
  bool wildcard = false;

  // As DomainName::ParseHost; "*" anywhere but as the whole leftmost label is refused.
  static absl::StatusOr<CertificateName> Parse(absl::string_view text);
  std::string text() const { return wildcard ? "*." + name.text() : name.text(); }
};

}  // namespace mpic

#endif  // MPIC_COMMON_DOMAIN_NAME_H_
