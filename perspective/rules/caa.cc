#include "perspective/rules/caa.h"

#include <algorithm>
#include <array>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "perspective/rules/issue_value.h"
#include "perspective/rules/issuer_names.h"

namespace mpic::perspective {
namespace {

constexpr std::size_t kQuotedOctetsMax = 100;  // of published text in a sentence
constexpr std::size_t kReasonsMax = 3;         // records that a sentence explains

bool IsAlphanumeric(char c) { return absl::ascii_isalnum(static_cast<unsigned char>(c)); }

Problem Malformed(absl::string_view what) {
  return {v1::Problem::RECORD_MALFORMED, absl::StrCat("CAA record: ", what)};
}

// Tags whose meaning we know: what they demand is done here, or concerns no TLS issuance. "auth",
// "path" and "policy" are reserved at IANA without a meaning.
bool IsKnown(const CaaRecord& record) {
  static constexpr std::array<const char*, 7> kKnownTags = {
      "issue", "issuewild", "iodef", "contactemail", "contactphone", "issuemail", "issuevmc"};
  return std::any_of(kKnownTags.begin(), kKnownTags.end(),
                     [&](const char* tag) { return record.HasTag(tag); });
}

std::vector<std::size_t> IndexesOf(absl::string_view tag, absl::Span<const CaaRecord> set) {
  std::vector<std::size_t> indexes;
  for (std::size_t i = 0; i < set.size(); ++i) {
    if (set[i].HasTag(tag)) indexes.push_back(i);
  }
  return indexes;
}

// "scheme:" and anything (RFC 3986 section 3); the rest is compared octet for octet anyway.
bool IsUri(absl::string_view text) {
  const std::size_t colon = text.find(':');
  if (colon == absl::string_view::npos || colon == 0) return false;
  const absl::string_view scheme = text.substr(0, colon);
  return absl::ascii_isalpha(static_cast<unsigned char>(scheme.front())) &&
         std::all_of(scheme.begin(), scheme.end(),
                     [](char c) { return IsAlphanumeric(c) || c == '+' || c == '-' || c == '.'; });
}

bool IsMethodLabel(absl::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(),
                                      [](char c) { return IsAlphanumeric(c) || c == '-'; });
}

bool Contains(const std::vector<std::string>& set, absl::string_view value) {
  return std::any_of(set.begin(), set.end(), [&](const std::string& s) { return s == value; });
}

// RFC 8657 section 3.
bool PermitsAccount(const IssueValue& value, const CaaRequest& request) {
  const std::vector<absl::string_view> uris = value.ValuesOf("accounturi");
  if (uris.empty()) return true;
  return uris.size() == 1 && IsUri(uris.front()) && Contains(request.account_uris, uris.front());
}

// RFC 8657 section 4.
bool PermitsMethod(const IssueValue& value, const CaaRequest& request) {
  const std::vector<absl::string_view> lists = value.ValuesOf("validationmethods");
  if (lists.empty()) return true;
  if (lists.size() > 1) return false;
  const std::vector<absl::string_view> labels = absl::StrSplit(lists.front(), ',');
  if (!std::all_of(labels.begin(), labels.end(), IsMethodLabel)) return false;
  return std::any_of(labels.begin(), labels.end(), [&](absl::string_view label) {
    return Contains(request.method_labels, label);
  });
}

// nullopt: the record authorises.
std::optional<std::string> WhyNotAuthorised(const CaaRecord& record, const CaaRequest& request) {
  const std::optional<IssueValue> value = ParseIssueValue(record.value);
  if (!value.has_value()) return "its value is off the grammar and authorises nobody";
  if (value->domain.empty()) return "it authorises nobody";
  if (!IsIssuerName(value->domain, request.issuer_domain_names)) {
    return absl::StrCat("it authorises ", value->domain.substr(0, kQuotedOctetsMax));
  }
  if (!PermitsAccount(*value, request)) return "its accounturi is not the requesting account";
  if (!PermitsMethod(*value, request)) {
    return absl::StrCat("its validationmethods do not permit the method used (",
                        absl::StrJoin(request.method_labels, ", ").substr(0, kQuotedOctetsMax),
                        ")");
  }
  return std::nullopt;
}

Problem Forbidden(absl::string_view tag, std::vector<std::string> reasons) {
  const std::size_t count = reasons.size();
  reasons.resize(std::min(count, kReasonsMax));
  return {v1::Problem::CAA_FORBIDS,
          absl::StrCat("none of ", count, " ", tag, " record(s) authorises this issuance: ",
                       absl::StrJoin(reasons, "; "), count > kReasonsMax ? "; ..." : "")};
}

}  // namespace

bool CaaRecord::HasTag(absl::string_view name) const { return absl::EqualsIgnoreCase(tag, name); }

OrProblem<CaaRecord> ParseCaaRdata(absl::string_view rdata) {
  if (rdata.size() < 2) return Malformed("shorter than flags and tag length");
  const auto flags = static_cast<std::uint8_t>(rdata[0]);
  const std::size_t tag_size = static_cast<unsigned char>(rdata[1]);
  rdata.remove_prefix(2);
  if (tag_size == 0) return Malformed("empty tag");
  if (tag_size > rdata.size()) return Malformed("tag overruns the record");
  const absl::string_view tag = rdata.substr(0, tag_size);
  if (!std::all_of(tag.begin(), tag.end(), IsAlphanumeric)) {
    return Malformed("tag has other octets than letters and digits");
  }
  return CaaRecord{
      .flags = flags, .tag = std::string(tag), .value = std::string(rdata.substr(tag_size))};
}

CaaDecision DecideCaa(absl::Span<const CaaRecord> set, const CaaRequest& request) {
  for (const CaaRecord& record : set) {
    if (record.critical() && !IsKnown(record)) {
      return {.problem = {v1::Problem::CAA_CRITICAL_UNKNOWN,
                          absl::StrCat("critical property \"",
                                       record.tag.substr(0, kQuotedOctetsMax), "\" is not known")},
              .matched_index = std::nullopt};
    }
  }
  absl::string_view tag = "issuewild";
  std::vector<std::size_t> restrictions;
  if (request.wildcard) restrictions = IndexesOf(tag, set);
  if (restrictions.empty()) {
    tag = "issue";
    restrictions = IndexesOf(tag, set);
  }
  std::vector<std::string> reasons;
  for (const std::size_t index : restrictions) {
    std::optional<std::string> reason = WhyNotAuthorised(set[index], request);
    if (!reason.has_value()) return {.problem = {}, .matched_index = index};
    reasons.push_back(*std::move(reason));
  }
  if (restrictions.empty()) return {.problem = {}, .matched_index = std::nullopt};
  return {.problem = Forbidden(tag, std::move(reasons)), .matched_index = std::nullopt};
}

}  // namespace mpic::perspective
