#include "perspective/rules/dns_change.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/challenge.h"
#include "perspective/rules/caa.h"
#include "perspective/rules/challenge_value.h"
#include "perspective/rules/txt_record.h"
#include "perspective/rules/wire_name.h"

namespace mpic::perspective {
namespace {

Problem BadRequest(absl::string_view field, absl::string_view rule) {
  return {v1::Problem::BAD_REQUEST, absl::StrCat("dns_change.", field, ": ", rule)};
}

bool IsCaaTagOctet(char c) {
  return absl::ascii_islower(static_cast<unsigned char>(c)) ||
         absl::ascii_isdigit(static_cast<unsigned char>(c));
}

std::optional<Problem> CheckExpectedValue(const v1::DnsChange& change) {
  const std::string& value = change.expected_value();
  if (const auto checked = CheckChallengeValue(value); !checked.ok()) {
    return BadRequest("expected_value", checked.message());
  }
  if (change.record_type() == v1::DnsChange::CNAME && !DomainName::ParseDns(value).ok()) {
    return BadRequest("expected_value", "for CNAME it must be a whole domain name");
  }
  return std::nullopt;
}

std::optional<Problem> CheckCaaTag(const std::string& tag) {
  if (tag.empty() || !std::all_of(tag.begin(), tag.end(), IsCaaTagOctet)) {
    return BadRequest("caa_tag", "for CAA a tag of [a-z0-9]+ is needed");
  }
  // A permission to issue must never double as a challenge.
  if (tag == "issue" || tag == "issuewild") {
    return BadRequest("caa_tag", "never \"issue\" or \"issuewild\"");
  }
  return std::nullopt;
}

OrProblem<std::vector<std::string>> CnameTargets(absl::Span<const std::string> rdata) {
  std::vector<std::string> targets;
  for (const std::string& record : rdata) {
    const absl::StatusOr<DomainName> target = WireNameToDomainName(record);
    if (!target.ok()) {
      return Problem{v1::Problem::RECORD_MALFORMED,
                     absl::StrCat("CNAME record: ", target.status().message())};
    }
    targets.push_back(target->text());
  }
  return targets;
}

OrProblem<std::vector<std::string>> CaaValues(const std::string& tag,
                                              absl::Span<const std::string> rdata) {
  std::vector<std::string> values;
  for (const std::string& record : rdata) {
    OrProblem<CaaRecord> property = ParseCaaRdata(record);
    if (!property.ok()) return std::move(property).problem();
    if (property->HasTag(tag)) values.push_back(property->value);
  }
  return values;
}

}  // namespace

std::optional<Problem> CheckDnsChangeParameters(const v1::DnsChange& change) {
  const v1::DnsChange::RecordType type = change.record_type();
  if (type != v1::DnsChange::TXT && type != v1::DnsChange::CNAME && type != v1::DnsChange::CAA) {
    return BadRequest("record_type", "TXT, CNAME or CAA is needed");
  }
  const std::string& prefix = change.prefix_label();
  if (!prefix.empty() && (prefix.front() != '_' || absl::StrContains(prefix, '.'))) {
    return BadRequest("prefix_label", "one label that starts with \"_\" (BR 3.2.2.4.7)");
  }
  if (std::optional<Problem> problem = CheckExpectedValue(change)) return problem;
  if (change.match() != v1::DnsChange::EXACT && change.match() != v1::DnsChange::CONTAINS_TOKEN) {
    return BadRequest("match", "EXACT or CONTAINS_TOKEN is needed");
  }
  if (change.match() == v1::DnsChange::CONTAINS_TOKEN && type == v1::DnsChange::CNAME) {
    return BadRequest("match", "CONTAINS_TOKEN is for TXT and CAA");
  }
  return type == v1::DnsChange::CAA ? CheckCaaTag(change.caa_tag()) : std::nullopt;
}

OrProblem<DomainName> DnsChangeName(const v1::DnsChange& change, const DomainName& adn) {
  if (change.prefix_label().empty()) return adn;
  absl::StatusOr<DomainName> name = adn.WithPrefix(change.prefix_label());
  if (!name.ok()) return BadRequest("prefix_label", name.status().message());
  return *std::move(name);
}

OrProblem<std::vector<std::string>> DnsChangeValues(const v1::DnsChange& change,
                                                    absl::Span<const std::string> rdata) {
  switch (change.record_type()) {
    case v1::DnsChange::TXT:
      return ParseTxtSet(rdata);
    case v1::DnsChange::CNAME:
      return CnameTargets(rdata);
    case v1::DnsChange::CAA:
      return CaaValues(change.caa_tag(), rdata);
    default:
      return BadRequest("record_type", "TXT, CNAME or CAA is needed");
  }
}

bool DnsChangeMatches(const v1::DnsChange& change, const std::string& value) {
  if (change.record_type() == v1::DnsChange::CNAME) {
    return DnsEquals(value, change.expected_value());
  }
  if (change.match() == v1::DnsChange::CONTAINS_TOKEN) {
    return ContainsToken(value, change.expected_value());
  }
  return value == change.expected_value();
}

}  // namespace mpic::perspective
