#include "coordinator/policy/other_methods.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/strip.h"

namespace mpic::coordinator {
namespace {

struct OtherMethod {
  absl::string_view name;  // a section, or what people call it
  absl::string_view why;
};

constexpr absl::string_view kConstructedEmail =
    "email to a constructed address (BR 3.2.2.4.4) needs no corroboration: the CA sends it itself; "
    "it should not be used since 2026-03-15 and must not be from 2028-03-15. Contacts in DNS are "
    "caa-email-contact and txt-email-contact";
constexpr absl::string_view kPhone =
    "phone to a domain contact (BR 3.2.2.4.15) is retired since 2025-07-15; contacts in DNS are "
    "txt-phone-contact and caa-phone-contact";
constexpr absl::string_view kDomainContact =
    "email, fax, SMS or post to a domain contact (BR 3.2.2.4.2) is retired since 2025-07-15";
constexpr absl::string_view kRegistrar =
    "domain contact by the CA that is the registrar (BR 3.2.2.4.12) needs no corroboration: the CA "
    "knows its registrant itself";
constexpr absl::string_view kAddressEmail =
    "contact of an IP address by email, fax, SMS or post (BR 3.2.2.5.2) needs no corroboration; it "
    "should not be used since 2026-03-15 and must not be from 2027-03-15";
constexpr absl::string_view kAddressPhone =
    "phone to the contact of an IP address (BR 3.2.2.5.5) needs no corroboration; it should not be "
    "used since 2026-03-15 and must not be from 2027-03-15";
constexpr absl::string_view kOnionCsr =
    "a request signed by the hidden service (BR Appendix B.2.b) needs no corroboration: its key "
    "proves the name";

constexpr OtherMethod kOtherMethods[] = {
    {"email", kConstructedEmail},
    {"constructed-email", kConstructedEmail},
    {"3.2.2.4.4", kConstructedEmail},
    {"phone", kPhone},
    {"3.2.2.4.15", kPhone},
    {"domain-contact", kDomainContact},
    {"3.2.2.4.2", kDomainContact},
    {"registrar", kRegistrar},
    {"3.2.2.4.12", kRegistrar},
    {"3.2.2.5.2", kAddressEmail},
    {"3.2.2.5.5", kAddressPhone},
    {"onion-csr-01", kOnionCsr},
    {"onion-csr", kOnionCsr},
    {"3.2.2.4.1", "validating the applicant as a domain contact (BR 3.2.2.4.1) is retired"},
    {"3.2.2.4.3", "phone to a domain contact (BR 3.2.2.4.3) is retired"},
    {"3.2.2.4.5", "a domain authorization document (BR 3.2.2.4.5) is retired"},
    {"3.2.2.4.6",
     "agreed-upon change to a website (BR 3.2.2.4.6) is retired; its successors are "
     "website-change and http-01"},
    {"3.2.2.4.8", "the IP address of a name (BR 3.2.2.4.8) is retired since 2026-03-15"},
    {"3.2.2.4.9", "a test certificate (BR 3.2.2.4.9) is retired"},
    {"3.2.2.4.10",
     "TLS with a random value (BR 3.2.2.4.10) is retired; its successor is tls-alpn-01"},
    {"3.2.2.4.11", "any other method (BR 3.2.2.4.11) is retired"},
    {"3.2.2.5.4", "any other method for IP addresses (BR 3.2.2.5.4) is retired"},
};

}  // namespace

absl::string_view WhyNoMethod(absl::string_view name) {
  const absl::string_view section = absl::StripPrefix(name, "BR ");
  const auto* other =
      std::find_if(std::begin(kOtherMethods), std::end(kOtherMethods),
                   [&](const OtherMethod& m) { return absl::EqualsIgnoreCase(m.name, section); });
  return other == std::end(kOtherMethods) ? absl::string_view() : other->why;
}

}  // namespace mpic::coordinator
