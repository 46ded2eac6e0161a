// BR 3.2.2.4.7 in its non-ACME form.
#include <algorithm>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "common/challenge.h"
#include "common/domain_name.h"
#include "coordinator/request_check_methods.h"
#include "coordinator/request_check_values.h"

namespace mpic::coordinator {
namespace {

constexpr std::size_t kCaaTagOctetsMax = 255;  // RFC 8659 section 4.1: one length octet

void CheckPrefixLabel(v1::DnsChange& dns_change, const Field& field) {
  const std::string& label = dns_change.prefix_label();
  if (label.empty()) return;
  const absl::StatusOr<DomainName> parsed = DomainName::ParseDns(label);
  if (label.front() != '_' || label.size() < 2 || !parsed.ok() ||
      parsed->text() !=  // one label
          absl::AsciiStrToLower(label) ||
      parsed->label_count() != 1) {
    field["prefix_label"].Refuse(
        absl::StrCat(Quoted(label), " must be one label of at most ", kLabelOctetsMax,
                     " octets that begins with \"_\" and holds letters, digits, \"-\" and \"_\" "
                     "(BR 3.2.2.4.7)"));
    return;
  }
  dns_change.set_prefix_label(parsed->text());
}

void CheckExpectedValue(v1::DnsChange& dns_change, const Field& field) {
  const Field place = field["expected_value"];
  if (const auto value = CheckChallengeValue(dns_change.expected_value()); !value.ok()) {
    return place.Refuse(value.message());
  }
  if (dns_change.record_type() != v1::DnsChange::CNAME) return;
  const absl::StatusOr<DomainName> target = DomainName::ParseDns(dns_change.expected_value());
  if (target.ok()) {
    dns_change.set_expected_value(target->text());
  } else {
    place.Refuse(absl::StrCat("must be the CNAME's whole target: ", target.status().message()));
  }
}

void CheckMatch(const v1::DnsChange& dns_change, const Field& field) {
  if (dns_change.match() == v1::DnsChange::EXACT) return;
  if (dns_change.match() != v1::DnsChange::CONTAINS_TOKEN) {
    field["match"].Refuse(absl::StrCat(static_cast<int>(dns_change.match()), " is not known"));
  } else if (dns_change.record_type() == v1::DnsChange::CNAME) {
    field["match"].Refuse("CONTAINS_TOKEN is for TXT and CAA; a CNAME's target is compared whole");
  }
}

void CheckCaaTag(const v1::DnsChange& dns_change, const Field& field) {
  const std::string& tag = dns_change.caa_tag();
  const Field place = field["caa_tag"];
  if (dns_change.record_type() != v1::DnsChange::CAA) {
    if (!tag.empty()) place.Refuse("is for record_type CAA only");
    return;
  }
  const auto in_alphabet = [](char c) {
    return absl::ascii_islower(static_cast<unsigned char>(c)) ||
           absl::ascii_isdigit(static_cast<unsigned char>(c));
  };
  if (tag.empty() || tag.size() > kCaaTagOctetsMax ||
      !std::all_of(tag.begin(), tag.end(), in_alphabet)) {
    place.Refuse(absl::StrCat(Quoted(tag), " must be 1 to ", kCaaTagOctetsMax,
                              " octets [a-z0-9], the tag that carries the value"));
  } else if (tag == "issue" || tag == "issuewild") {
    place.Refuse(absl::StrCat(Quoted(tag), " authorises issuers and is never challenge data"));
  }
}

}  // namespace

void CheckDnsChange(v1::DnsChange& dns_change, const Field& field) {
  const auto type = dns_change.record_type();
  if (type != v1::DnsChange::TXT && type != v1::DnsChange::CNAME && type != v1::DnsChange::CAA) {
    field["record_type"].Refuse("must be TXT, CNAME or CAA");
  }
  CheckPrefixLabel(dns_change, field);
  CheckExpectedValue(dns_change, field);
  CheckMatch(dns_change, field);
  CheckCaaTag(dns_change, field);
}

}  // namespace mpic::coordinator
