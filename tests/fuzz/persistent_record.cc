// Persistent TXT records and their judgement.
//   input: a line of options ("w" the wildcard policy is needed, "t" TXT RDATA instead of values),
//          then records, one a line
#include "perspective/rules/persistent_record.h"

#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/strip.h"
#include "perspective/rules/issue_value.h"
#include "perspective/rules/txt_record.h"
#include "tests/fuzz/fuzz_target.h"

namespace mpic::fuzz {
namespace {

using perspective::PersistDecision;
using perspective::PersistRequest;

constexpr char kIssuer[] = "ca.example.com";
constexpr std::int64_t kNowSeconds = 1'795'435'200;

// Every property that an accepted record must have, without the rules' own helpers.
void RequireProof(const std::string& record, const PersistDecision& decision,
                  const PersistRequest& request) {
  Require(std::ranges::count(request.acceptable_account_uris, decision.account_uri) == 1,
          "the account is acceptable");
  Require(absl::StrContains(record, decision.account_uri), "the account stands in the record");
  Require(absl::EqualsIgnoreCase(
              absl::StripAsciiWhitespace(absl::string_view(record).substr(0, record.find(';'))),
              kIssuer),
          "the record names the issuer");
  const auto value = perspective::ParseIssueValue(record);
  Require(value.has_value(), "the record is on the grammar");
  Require(value->ValuesOf("ACCOUNTURI").size() == 1, "there is one accounturi");
  for (const absl::string_view until : value->ValuesOf("persistuntil")) {
    std::int64_t seconds = 0;
    Require(absl::SimpleAtoi(until, &seconds) && seconds >= kNowSeconds, "it is not past");
  }
  Require(!request.needs_wildcard_policy ||
              absl::StrContains(absl::AsciiStrToLower(record), "wildcard"),
          "the wildcard policy stands where it is needed");
  Require(DecidePersist({record}, request).accepted(), "the record proves by itself");
}

std::vector<std::string> ReadValues(FuzzInput& input, bool rdata) {
  std::vector<std::string> lines = input.Lines(16);
  if (!rdata) return lines;
  auto values = perspective::ParseTxtSet(lines);
  if (values.ok()) return *std::move(values);
  RequireSound(values.problem());
  return {};
}

}  // namespace

MPIC_FUZZ_TARGET(persistent_record) {
  const absl::string_view options = input.Line();
  const PersistRequest request{
      .issuer_names = {kIssuer},
      .acceptable_account_uris = {"https://ca.example.com/acme/acct/1", "https://ca.example.com/2"},
      .needs_wildcard_policy = absl::StrContains(options, 'w'),
      .reference_time = absl::FromUnixSeconds(kNowSeconds)};
  const std::vector<std::string> values = ReadValues(input, absl::StrContains(options, 't'));
  const PersistDecision decision = DecidePersist(values, request);
  const std::vector<std::string> reversed(values.rbegin(), values.rend());
  const PersistDecision backwards = DecidePersist(reversed, request);
  Require(backwards.problem.kind == decision.problem.kind &&
              backwards.account_uri == decision.account_uri,
          "the order of records does not matter");
  if (!decision.accepted()) return RequireSound(decision.problem);
  Require(decision.accepted_index < values.size(), "what is accepted was there");
  RequireProof(values[decision.accepted_index], decision, request);
}

}  // namespace mpic::fuzz
