#include "perspective/rules/persistent_record.h"

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <optional>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "perspective/rules/issue_value.h"
#include "perspective/rules/issuer_names.h"

namespace mpic::perspective {
namespace {

constexpr std::size_t kQuotedOctetsMax = 100;  // of published text in a sentence

constexpr char kAccountUri[] = "accounturi";
constexpr char kPersistUntil[] = "persistUntil";
constexpr char kPolicy[] = "policy";

// Why a record is not acceptable, from the least to the most informative: who came close wants to
// know what was missing.
constexpr ProblemKind kByInformation[] = {
    v1::Problem::ISSUER_NOT_RECOGNISED, v1::Problem::RECORD_MALFORMED,
    v1::Problem::PARAM_DUPLICATE,       v1::Problem::ACCOUNTURI_MISSING,
    v1::Problem::ACCOUNTURI_MISMATCH,   v1::Problem::PERSIST_EXPIRED,
    v1::Problem::POLICY_SCOPE,
};

std::ptrdiff_t InformationOf(const Problem& problem) {
  return std::find(std::begin(kByInformation), std::end(kByInformation), problem.kind) -
         std::begin(kByInformation);
}

std::string Quoted(absl::string_view text) {
  return absl::StrCat("\"", absl::CHexEscape(text.substr(0, kQuotedOctetsMax)), "\"");
}

// nullopt where a digit string is none or no number of 64 bits.
std::optional<std::int64_t> ReadSeconds(absl::string_view text) {
  const bool digits = !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return absl::ascii_isdigit(static_cast<unsigned char>(c));
  });
  std::int64_t seconds = 0;
  if (!digits || !absl::SimpleAtoi(text, &seconds)) return std::nullopt;
  return seconds;
}

std::optional<Problem> CheckForm(const IssueValue& value) {
  for (const char* tag : {kAccountUri, kPersistUntil, kPolicy}) {
    if (value.ValuesOf(tag).size() > 1) {
      return Problem{v1::Problem::PARAM_DUPLICATE, absl::StrCat(tag, " occurs more than once")};
    }
  }
  for (const absl::string_view until : value.ValuesOf(kPersistUntil)) {
    if (!ReadSeconds(until).has_value()) {
      return Problem{v1::Problem::RECORD_MALFORMED,
                     absl::StrCat(kPersistUntil, " ", Quoted(until), " is no count of seconds")};
    }
  }
  return std::nullopt;
}

std::optional<Problem> CheckAccount(const IssueValue& value, const PersistRequest& request) {
  const std::vector<absl::string_view> uris = value.ValuesOf(kAccountUri);
  if (uris.empty()) {
    return Problem{v1::Problem::ACCOUNTURI_MISSING, absl::StrCat("it has no ", kAccountUri)};
  }
  const auto& acceptable = request.acceptable_account_uris;
  if (std::find(acceptable.begin(), acceptable.end(), uris[0]) == acceptable.end()) {
    return Problem{v1::Problem::ACCOUNTURI_MISMATCH,
                   absl::StrCat(kAccountUri, " ", Quoted(uris[0]), " is not acceptable")};
  }
  return std::nullopt;
}

std::optional<Problem> CheckReach(const IssueValue& value, const PersistRequest& request) {
  for (const absl::string_view until : value.ValuesOf(kPersistUntil)) {
    if (request.reference_time > absl::FromUnixSeconds(*ReadSeconds(until))) {
      return Problem{v1::Problem::PERSIST_EXPIRED,
                     absl::StrCat(kPersistUntil, " ", until, " lies before ",
                                  absl::FormatTime(request.reference_time, absl::UTCTimeZone()))};
    }
  }
  const std::vector<absl::string_view> policies = value.ValuesOf(kPolicy);
  if (request.needs_wildcard_policy &&
      (policies.empty() || !absl::EqualsIgnoreCase(policies[0], "wildcard"))) {
    return Problem{v1::Problem::POLICY_SCOPE,
                   "without policy=wildcard it covers the name at which it stands alone"};
  }
  return std::nullopt;
}

struct Accepted {
  std::string account_uri;
  absl::Time persist_until = absl::InfiniteFuture();
};

// What an acceptable record says.
OrProblem<Accepted> Accept(absl::string_view text, const PersistRequest& request) {
  const std::optional<IssueValue> value = ParseIssueValue(text);
  if (!value.has_value()) {
    return Problem{v1::Problem::RECORD_MALFORMED,
                   absl::StrCat(Quoted(text), " is off the grammar of issue values (RFC 8659)")};
  }
  if (!IsIssuerName(value->domain, request.issuer_names)) {
    return Problem{v1::Problem::ISSUER_NOT_RECOGNISED,
                   absl::StrCat("issuer ", Quoted(value->domain), " is not this CA")};
  }
  if (std::optional<Problem> problem = CheckForm(*value)) return *std::move(problem);
  if (std::optional<Problem> problem = CheckAccount(*value, request)) return *std::move(problem);
  if (std::optional<Problem> problem = CheckReach(*value, request)) return *std::move(problem);
  Accepted accepted{.account_uri = std::string(value->ValuesOf(kAccountUri)[0])};
  for (const absl::string_view until : value->ValuesOf(kPersistUntil)) {
    accepted.persist_until = absl::FromUnixSeconds(*ReadSeconds(until));
  }
  return accepted;
}

}  // namespace

PersistDecision DecidePersist(absl::Span<const std::string> values, const PersistRequest& request) {
  const auto& acceptable = request.acceptable_account_uris;
  auto best_uri = acceptable.end();
  PersistDecision decision{.problem = {v1::Problem::RECORD_NOT_MATCHING, "no records"}};
  std::ptrdiff_t information = -1;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const OrProblem<Accepted> record = Accept(values[i], request);
    if (record.ok()) {
      const auto place = std::find(acceptable.begin(), acceptable.end(), record->account_uri);
      if (place > best_uri ||
          (place == best_uri && record->persist_until <= decision.persist_until)) {
        continue;
      }
      best_uri = place;
      decision = {.problem = {},
                  .accepted_index = i,
                  .account_uri = record->account_uri,
                  .persist_until = record->persist_until};
    } else if (!decision.accepted() && InformationOf(record.problem()) > information) {
      information = InformationOf(record.problem());
      decision.problem = {
          record.problem().kind,
          absl::StrCat("record ", i + 1, " of ", values.size(), ": ", record.problem().detail)};
    }
  }
  return decision;
}

}  // namespace mpic::perspective
