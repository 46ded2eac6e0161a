#include "perspective/metrics.h"

#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "perspective/checker.h"

namespace mpic::perspective {
namespace {

// Boundaries stand at the usual budgets, so that service level ratios are exact.
const prometheus::Histogram::BucketBoundaries kSeconds = {.01, .025, .05, .1, .25, .5, 1,
                                                          2,   3,    5,   8,  10,  15, 30};
constexpr v1::Outcome kOutcomes[] = {v1::PASSED, v1::FAILED, v1::ERROR};

std::string MethodLabel(v1::Method method) {
  return absl::AsciiStrToLower(v1::Method_Name(method));
}

std::string OutcomeLabel(v1::Outcome outcome) {
  return absl::AsciiStrToLower(v1::Outcome_Name(outcome));
}

std::string QtypeLabel(std::uint32_t qtype) {
  return std::string(RecordTypeName(static_cast<RecordType>(qtype)));
}

std::string ProblemLabel(v1::Problem::Kind kind) {
  return absl::AsciiStrToLower(v1::Problem::Kind_Name(kind));
}

// What came of a lookup, as a number. Kinds of problems stand for themselves.
constexpr int kRecords = -1;
constexpr int kNoData = -2;
constexpr int kNxDomain = -3;

int DnsResult(const v1::DnsStep& step) {
  if (step.has_problem()) return step.problem().kind();
  if (step.rcode() == 3) return kNxDomain;
  return step.rdata().empty() && step.rdata_omitted() == 0 ? kNoData : kRecords;
}

std::string DnsResultLabel(int result) {
  switch (result) {
    case kRecords:
      return "records";
    case kNoData:
      return "nodata";
    case kNxDomain:
      return "nxdomain";
    default:
      return ProblemLabel(static_cast<v1::Problem::Kind>(result));
  }
}

std::string HttpResultLabel(const v1::HttpStep& step) {
  if (step.status() == 0) {
    return ProblemLabel(step.problem().kind());
  }
  return absl::StrCat(step.status() / 100, "xx");
}

}  // namespace

Metrics::Metrics(prometheus::Registry& registry, const Tenants& tenants, bool lab)
    : tenants_(registry, tenants,
               {.prefix = "mpic_perspective",
                .result = "outcome",
                .results = {"passed", "failed", "error"}}),
      dns_queries_(prometheus::BuildCounter()
                       .Name("mpic_perspective_dns_queries_total")
                       .Help("DNS lookups by type, result and DNSSEC status.")
                       .Register(registry)),
      http_requests_(prometheus::BuildCounter()
                         .Name("mpic_perspective_http_requests_total")
                         .Help("HTTP requests by status class or problem.")
                         .Register(registry)),
      refused_peers_(prometheus::BuildCounter()
                         .Name("mpic_perspective_refused_peers_total")
                         .Help("Streams refused because the peer's certificate name is not listed.")
                         .Register(registry)
                         .Add({})),
      checks_in_flight_(prometheus::BuildGauge()
                            .Name("mpic_perspective_checks_in_flight")
                            .Help("Checks under way.")
                            .Register(registry)
                            .Add({})),
      streams_(prometheus::BuildGauge()
                   .Name("mpic_perspective_streams")
                   .Help("Open Check streams.")
                   .Register(registry)
                   .Add({})),
      dnssec_proven_(prometheus::BuildGauge()
                         .Name("mpic_perspective_dnssec_proven")
                         .Help("1 while the resolver shows that it validates DNSSEC, 0 while it "
                               "does not; absent where that is not claimed.")
                         .Register(registry)) {
  auto& checks = prometheus::BuildCounter()
                     .Name("mpic_perspective_checks_total")
                     .Help("Finished checks by method and outcome.")
                     .Register(registry);
  auto& durations = prometheus::BuildHistogram()
                        .Name("mpic_perspective_check_duration_seconds")
                        .Help("Time from a check's receipt to its result.")
                        .Register(registry);
  for (const v1::Method method : SupportedMethods()) {
    for (const v1::Outcome outcome : kOutcomes) {
      checks_[{method, outcome}] =
          &checks.Add({{"method", MethodLabel(method)}, {"outcome", OutcomeLabel(outcome)}});
    }
    durations_[method] = &durations.Add({{"method", MethodLabel(method)}}, kSeconds);
  }
  for (const char* qtype : {"A", "AAAA", "TXT", "CAA", "CNAME"}) {
    for (const char* result : {"records", "nodata", "nxdomain", "dns_timeout", "dnssec_bogus"}) {
      dns_queries_.Add({{"qtype", qtype}, {"result", result}});
    }
  }
  for (const char* result : {"2xx", "3xx", "4xx", "5xx", "conn_refused", "conn_timeout"}) {
    http_requests_.Add({{"result", result}});
  }
  prometheus::BuildGauge()
      .Name("mpic_perspective_lab")
      .Help("1 while a laboratory exemption is configured.")
      .Register(registry)
      .Add({})
      .Set(lab ? 1 : 0);
}

void Metrics::CountCheck(const Tenant& tenant, v1::Method method, const v1::CheckResult& result,
                         absl::Duration took) {
  const auto counter = checks_.find({method, result.outcome()});
  if (counter == checks_.end()) return;  // an unsupported method is no check of ours
  counter->second->Increment();
  tenants_.CountCheck(tenant, method, OutcomeLabel(result.outcome()));
  durations_[method]->Observe(absl::ToDoubleSeconds(took));
  CountSteps(result);
}

void Metrics::CountSteps(const v1::CheckResult& result) {
  for (const v1::Step& step : result.steps()) {
    if (step.has_dns()) {
      DnsQueries(step.dns().qtype(), DnsResult(step.dns())).Increment();
    } else if (step.has_http()) {
      http_requests_.Add({{"result", HttpResultLabel(step.http())}}).Increment();
    }
  }
}

// prometheus-cpp finds a series by all its labels as text, which takes longer than the lookup's
// record; both are few.
prometheus::Counter& Metrics::DnsQueries(std::uint32_t qtype, int result) {
  const absl::MutexLock lock(&mutex_);
  prometheus::Counter*& series = dns_series_[{qtype, result}];
  if (series == nullptr) {
    series = &dns_queries_.Add({{"qtype", QtypeLabel(qtype)}, {"result", DnsResultLabel(result)}});
  }
  return *series;
}

}  // namespace mpic::perspective
