// What a validation method works with and fills in: the question, the senses, the growing result.
#ifndef MPIC_PERSPECTIVE_METHODS_CHECK_RUN_H_
#define MPIC_PERSPECTIVE_METHODS_CHECK_RUN_H_

#include <algorithm>
#include <cstddef>
#include <functional>
#include <utility>

#include "absl/time/time.h"
#include "common/clock.h"
#include "common/ip_address.h"
#include "perspective/limits.h"
#include "perspective/net/dns_client.h"
#include "perspective/net/http_fetcher.h"
#include "perspective/net/tls_prober.h"
#include "perspective/problem.h"

namespace mpic::perspective {

inline constexpr std::size_t kProblemDetailOctetsMax = 512;  // protos/mpic/v1/check.proto

// The senses and bounds of one worker loop. Outlives every check that runs on the loop.
struct Senses {
  DnsClient& dns;
  HttpFetcher& http;
  TlsProber& tls;
  const Clock& clock;
  const Limits& limits;
  // The reserved-address guard: true when a check may connect to `address`. Laboratories and tests
  // lift it for single prefixes.
  std::function<bool(const IpAddress& address)> may_connect;
  // A name with a TXT record that nobody has asked for before, so that no cache has it. Null: none
  // is known, and no lookup that fails can be shown not to fail on our side.
  std::function<DomainName()> uncached_name = nullptr;
};

// One check under way. Owned by the checker, used by one method's coroutine on one loop; a check
// owns all its state, so nothing here changes while a method waits, except by the method itself.
struct CheckRun {
  const v1::Check& check;
  Senses& senses;
  v1::CheckResult& result;  // steps, evidence and observed_value are filled in place

  void Pass(std::string observed_value = {}) {
    result.set_outcome(v1::PASSED);
    result.clear_problem();
    result.set_observed_value(std::move(observed_value));
  }
  // Takes back what a pass may have left.
  void Refuse(Problem problem) {
    result.clear_observed_value();
    if (result.has_caa()) result.mutable_caa()->clear_valid_until();
    result.set_outcome(OutcomeOf(problem.kind));
    result.mutable_problem()->set_kind(problem.kind);
    problem.detail.resize(std::min(problem.detail.size(), kProblemDetailOctetsMax));
    result.mutable_problem()->set_detail(std::move(problem.detail));
  }
};

}  // namespace mpic::perspective

#endif  // MPIC_PERSPECTIVE_METHODS_CHECK_RUN_H_
