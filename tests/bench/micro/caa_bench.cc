// CAA records from the wire, and what they permit.
#include <benchmark/benchmark.h>

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "perspective/rules/caa.h"
#include "perspective/rules/issue_value.h"

namespace mpic::perspective {
namespace {

constexpr char kIssueValue[] =
    "ca.example.com; accounturi=https://ca.example.com/acme/acct/123456789; "
    "validationmethods=dns-01,http-01";

// Flags, the tag with its length, the value (RFC 8659 section 4.1).
std::string Rdata(const std::string& tag, const std::string& value) {
  return absl::StrCat(std::string(1, '\0'), std::string(1, static_cast<char>(tag.size())), tag,
                      value);
}

void ParseIssueValueOfThreeParts(benchmark::State& state) {
  for (auto _ : state) {
    auto value = ParseIssueValue(kIssueValue);
    if (!value) state.SkipWithError("off the grammar");
    benchmark::DoNotOptimize(value);
  }
}
BENCHMARK(ParseIssueValueOfThreeParts);

// As common sets are: a few issuers, a restricted one, an address for reports.
void ParseAndDecideSetOfFour(benchmark::State& state) {
  const std::vector<std::string> rdata = {
      Rdata("issue", "other-ca.example.net"), Rdata("issue", "third-ca.example.org"),
      Rdata("issue", kIssueValue), Rdata("iodef", "mailto:security@example.com")};
  const CaaRequest request{.issuer_domain_names = {"ca.example.com"},
                           .account_uris = {"https://ca.example.com/acme/acct/123456789"},
                           .method_labels = {"dns-01"}};
  for (auto _ : state) {
    std::vector<CaaRecord> set;
    for (const std::string& octets : rdata) {
      OrProblem<CaaRecord> record = ParseCaaRdata(octets);
      if (!record.ok()) return state.SkipWithError("malformed");
      set.push_back(*std::move(record));
    }
    const CaaDecision decision = DecideCaa(set, request);
    if (!decision.permitted()) return state.SkipWithError(decision.problem.detail.c_str());
    benchmark::DoNotOptimize(decision);
  }
}
BENCHMARK(ParseAndDecideSetOfFour);

}  // namespace
}  // namespace mpic::perspective
