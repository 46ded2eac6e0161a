// The record of a corroboration with six remotes: made, encoded, and put into the chain.
#include <benchmark/benchmark.h>

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/proto_time.h"
#include "coordinator/audit/chain_line.h"
#include "coordinator/audit/record.h"

namespace mpic::coordinator {
namespace {

constexpr unsigned kRemotes = 6;
constexpr char kKeyAuthorization[] =
    "evaGxfADs6pSRb2LAv9IZf17Dt3juxGJ-PCt92wr-oA.9jg46WB3rR_AHD-EBXdN7cBkH1WOu0tA3M9fm21mqTI";
constexpr char kDigest[] = "LPsIwTo7o8BoG0-vjCyGQGBWSVIPxI-i_X336eUOQZo";
const absl::Time kNow = absl::FromUnixMillis(1'790'000'000'123);

// What a perspective reports of a dns-01 check that passes.
v1::CheckResult Dns01Result(const std::string& perspective_id) {
  v1::CheckResult result;
  result.set_check_id("c-1");
  result.set_attempt(1);
  v1::PerspectiveIdentity& identity = *result.mutable_perspective();
  identity.set_perspective_id(perspective_id);
  identity.set_region(perspective_id);
  identity.set_rir(v1::RIPE_NCC);
  identity.mutable_location()->set_latitude(50.11);
  identity.mutable_location()->set_longitude(8.68);
  identity.mutable_resolver()->set_resolver_id(perspective_id);
  identity.mutable_resolver()->set_rir(v1::RIPE_NCC);
  *identity.mutable_resolver()->mutable_location() = identity.location();
  identity.mutable_resolver()->set_validates_dnssec(true);
  identity.set_software("mpic-perspective/0.1.0");
  *result.mutable_started_at() = *result.mutable_finished_at() = ToTimestamp(kNow);
  result.set_outcome(v1::PASSED);
  result.set_observed_value(kDigest);
  v1::DnsStep& step = *result.add_steps()->mutable_dns();
  step.set_qname("_acme-challenge.shop.example.com");
  step.set_qtype(16);
  step.set_answered(true);
  step.set_authentic_data(true);
  step.set_dnssec(v1::SECURE);
  step.add_rdata(absl::StrCat("+", kDigest));
  step.set_min_ttl(60);
  step.set_tries(1);
  *step.mutable_elapsed() = ToProtoDuration(absl::Microseconds(734));
  result.mutable_dns_record()->set_queried_name(step.qname());
  result.mutable_dns_record()->add_values(kDigest);
  return result;
}

struct Corroborated {
  CheckedInput input;
  std::vector<AttemptResult> attempts;
  v1::Corroboration answer;
};

Corroborated Dns01Corroboration() {
  Corroborated done;
  done.input.method = v1::DNS_01;
  done.input.method_reference = "BR 3.2.2.4.7";
  done.input.authorization_domain_name = "shop.example.com";
  v1::Check& check = done.input.check;
  check.set_check_id("c-1");
  check.mutable_identifier()->set_dns_name("shop.example.com");
  check.mutable_dns_01()->set_key_authorization(kKeyAuthorization);
  AttemptResult attempt{.number = 1, .cohort_seed = 42, .phase = &AllPhases().back()};
  attempt.primary = Dns01Result("place-0");
  attempt.verdict.verdict = v1::CORROBORATED;
  *done.answer.mutable_primary() = attempt.primary;
  for (unsigned i = 1; i <= kRemotes; ++i) {
    v1::RemoteResult remote;
    remote.set_perspective_id(absl::StrCat("place-", i));
    remote.set_region(remote.perspective_id());
    remote.set_rir(v1::RIPE_NCC);
    remote.set_corroborates(true);
    *remote.mutable_result() = Dns01Result(remote.perspective_id());
    *done.answer.add_remotes() = remote;
    attempt.remotes.push_back(std::move(remote));
  }
  done.answer.set_verdict(v1::CORROBORATED);
  done.attempts.push_back(std::move(attempt));
  return done;
}

std::string Recorded(Corroborated& done) {
  std::vector<v1::AttemptRecord> attempts;
  for (const AttemptResult& attempt : done.attempts) attempts.push_back(RecordOf(attempt));
  return SerializedRecord({.request_id = "ra-1", .requested_by = "spiffe://mpic.example/ra"},
                          done.input, std::move(attempts), done.answer, ChallengeForm::kDigest);
}

void MakeAuditRecord(benchmark::State& state) {
  Corroborated done = Dns01Corroboration();
  for (auto _ : state) benchmark::DoNotOptimize(Recorded(done));
}
BENCHMARK(MakeAuditRecord);

void EncodeAuditRecord(benchmark::State& state) {
  Corroborated done = Dns01Corroboration();
  const std::string record = Recorded(done);
  std::size_t octets = 0;
  for (auto _ : state) {
    const absl::StatusOr<std::string> body = EncodeBody(record);
    if (!body.ok()) return state.SkipWithError(body.status().ToString().c_str());
    octets = body->size();
  }
  state.counters["octets"] = static_cast<double>(octets);
}
BENCHMARK(EncodeAuditRecord);

void ChainAuditLine(benchmark::State& state) {
  Corroborated done = Dns01Corroboration();
  const absl::StatusOr<std::string> body = EncodeBody(Recorded(done));
  if (!body.ok()) return state.SkipWithError(body.status().ToString().c_str());
  ChainHead head;
  for (auto _ : state) {
    std::string lines;
    AppendLine(*body, kNow, head, lines);
    benchmark::DoNotOptimize(lines);
  }
}
BENCHMARK(ChainAuditLine);

}  // namespace
}  // namespace mpic::coordinator
