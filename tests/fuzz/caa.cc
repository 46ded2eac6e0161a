// CAA RDATA, the issue-value grammar and the decision.
//   input: a line of options ("w" wildcard, "a" account, "m" method), then RDATA, one a line
#include "perspective/rules/caa.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"
#include "perspective/rules/issue_value.h"
#include "tests/fuzz/fuzz_target.h"

namespace mpic::fuzz {
namespace {

using perspective::CaaDecision;
using perspective::CaaRecord;
using perspective::CaaRequest;
using perspective::IssueValue;

constexpr char kIssuer[] = "ca.example.com";
constexpr char kAccount[] = "https://ca.example.com/acme/acct/1";
constexpr char kMethod[] = "http-01";
constexpr std::array kKnownTags = {"issue",        "issuewild", "iodef",   "contactemail",
                                   "contactphone", "issuemail", "issuevmc"};

// What must stand in a value for it to be read as it was.
std::string Render(const IssueValue& value) {
  std::string text = value.domain;
  const char* separator = ";";
  for (const auto& parameter : value.parameters) {
    absl::StrAppend(&text, separator, parameter.tag, "=", parameter.value);
  }
  return text;
}

void RequireSoundIssueValue(absl::string_view text) {
  const std::optional<IssueValue> value = perspective::ParseIssueValue(text);
  if (!value.has_value()) return;
  const std::optional<IssueValue> again = perspective::ParseIssueValue(Render(*value));
  Require(again.has_value() && Render(*again) == Render(*value) &&
              again->parameters.size() == value->parameters.size(),
          "an issue-value that is written down again means the same");
  Require(IsPrintableAscii(value->domain, text.size()), "a domain is printable");
  for (const auto& parameter : value->parameters) {
    Require(!parameter.tag.empty() && IsPrintableAscii(parameter.tag, text.size()) &&
                IsPrintableAscii(parameter.value, text.size()),
            "a parameter is printable");
    Require(!absl::StrContains(parameter.value, ';') && !absl::StrContains(parameter.value, ' '),
            "a parameter's value ends before blanks and semicolons");
  }
}

std::vector<CaaRecord> ReadSet(const std::vector<std::string>& lines) {
  std::vector<CaaRecord> set;
  for (const std::string& rdata : lines) {
    auto record = perspective::ParseCaaRdata(rdata);
    if (!record.ok()) {
      RequireSound(record.problem());
      continue;
    }
    Require(absl::StrCat(std::string(1, static_cast<char>(record->flags)),
                         std::string(1, static_cast<char>(record->tag.size())), record->tag,
                         record->value) == rdata,
            "a record holds all of its RDATA");
    RequireSoundIssueValue(record->value);
    set.push_back(*std::move(record));
  }
  return set;
}

bool HasAny(const std::vector<CaaRecord>& set, absl::string_view tag) {
  return std::ranges::any_of(set, [&](const CaaRecord& record) { return record.HasTag(tag); });
}

// The domain of an authorising value, found without the grammar.
absl::string_view DomainOf(absl::string_view value) {
  return absl::StripAsciiWhitespace(value.substr(0, value.find(';')));
}

void RequireAuthorised(const std::vector<CaaRecord>& set, std::size_t index,
                       const CaaRequest& request) {
  const CaaRecord& record = set.at(index);
  const bool by_issuewild = request.wildcard && HasAny(set, "issuewild");
  Require(record.HasTag(by_issuewild ? "issuewild" : "issue"),
          "issuewild alone speaks of wildcards where there is one, and of nothing else");
  Require(absl::EqualsIgnoreCase(DomainOf(record.value), kIssuer), "who issues is authorised");
  // Values hold neither blanks nor semicolons, so nothing but a parameter looks like this.
  const std::string parameters =
      absl::StrReplaceAll(absl::AsciiStrToLower(record.value), {{" ", ""}, {"\t", ""}});
  Require(!absl::StrContains(parameters, ";accounturi=") ||
              (!request.account_uris.empty() && absl::StrContains(record.value, kAccount)),
          "an accounturi is that of the requesting account");
  Require(!absl::StrContains(parameters, ";validationmethods=") ||
              (!request.method_labels.empty() && absl::StrContains(record.value, kMethod)),
          "validationmethods hold the method used");
}

void RequirePermission(const std::vector<CaaRecord>& set, const CaaDecision& decision,
                       const CaaRequest& request) {
  for (const CaaRecord& record : set) {
    Require(
        !record.critical() ||
            std::ranges::any_of(kKnownTags, [&](const char* tag) { return record.HasTag(tag); }),
        "an unknown critical property forbids");
  }
  if (decision.matched_index.has_value())
    return RequireAuthorised(set, *decision.matched_index, request);
  Require(!HasAny(set, "issue") && !(request.wildcard && HasAny(set, "issuewild")),
          "where there are issue records, one of them authorises or nobody may issue");
}

void RequireNoLooser(std::vector<CaaRecord> set, const CaaDecision& decision,
                     const CaaRequest& request) {
  CaaRequest nobody = request;
  nobody.issuer_domain_names.clear();
  Require(!DecideCaa(set, nobody).matched_index.has_value(), "nobody is never authorised");
  std::vector<CaaRecord> reversed(set.rbegin(), set.rend());
  Require(DecideCaa(reversed, request).permitted() == decision.permitted(),
          "the order of records does not matter");
  set.push_back({.flags = 0x80, .tag = "tbs", .value = "Unknown"});
  Require(!DecideCaa(set, request).permitted(), "an unknown critical property beats everything");
}

}  // namespace

MPIC_FUZZ_TARGET(caa) {
  const absl::string_view options = input.Line();
  CaaRequest request{.wildcard = absl::StrContains(options, 'w'),
                     .issuer_domain_names = {kIssuer},
                     .account_uris = {},
                     .method_labels = {}};
  if (absl::StrContains(options, 'a')) request.account_uris = {kAccount};
  if (absl::StrContains(options, 'm')) request.method_labels = {kMethod};
  const std::vector<CaaRecord> set = ReadSet(input.Lines(16));
  const CaaDecision decision = DecideCaa(set, request);
  if (decision.permitted()) {
    RequirePermission(set, decision, request);
  } else {
    RequireSound(decision.problem);
    Require(!decision.matched_index.has_value(), "a refusal names no authorising record");
  }
  RequireNoLooser(set, decision, request);
}

}  // namespace mpic::fuzz
