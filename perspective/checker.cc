#include "perspective/checker.h"

#include <algorithm>
#include <exception>
#include <memory>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "common/loop_task.h"
#include "common/proto_time.h"
#include "common/steady_time.h"
#include "perspective/methods/caa.h"
#include "perspective/methods/contact.h"
#include "perspective/methods/dns_01.h"
#include "perspective/methods/dns_account_01.h"
#include "perspective/methods/dns_change.h"
#include "perspective/methods/dns_persist.h"
#include "perspective/methods/http_01.h"
#include "perspective/methods/reverse_lookup.h"
#include "perspective/methods/tls_alpn_01.h"
#include "perspective/methods/website_change.h"

namespace mpic::perspective {
namespace asio = boost::asio;
namespace {

using MethodCoroutine = asio::awaitable<void> (*)(CheckRun&);

struct MethodRow {
  v1::Check::MethodCase requested;
  v1::Method method;
  MethodCoroutine run;
};

// A method added later is one row here and one file in methods/.
constexpr MethodRow kMethods[] = {
    {v1::Check::kDnsChange, v1::DNS_CHANGE, &CheckDnsChange},
    {v1::Check::kDns01, v1::DNS_01, &CheckDns01},
    {v1::Check::kCaaEmailContact, v1::CAA_EMAIL_CONTACT, &CheckCaaEmailContact},
    {v1::Check::kTxtEmailContact, v1::TXT_EMAIL_CONTACT, &CheckTxtEmailContact},
    {v1::Check::kTxtPhoneContact, v1::TXT_PHONE_CONTACT, &CheckTxtPhoneContact},
    {v1::Check::kCaaPhoneContact, v1::CAA_PHONE_CONTACT, &CheckCaaPhoneContact},
    {v1::Check::kWebsiteChange, v1::WEBSITE_CHANGE, &CheckWebsiteChange},
    {v1::Check::kHttp01, v1::HTTP_01, &CheckHttp01},
    {v1::Check::kTlsAlpn01, v1::TLS_ALPN_01, &CheckTlsAlpn01},
    {v1::Check::kDnsAccount01, v1::DNS_ACCOUNT_01, &CheckDnsAccount01},
    {v1::Check::kDnsPersist, v1::DNS_PERSIST, &CheckDnsPersist},
    {v1::Check::kReverseLookup, v1::REVERSE_LOOKUP, &CheckReverseLookup},
    {v1::Check::kCaa, v1::CAA, &CheckCaa},
};

const MethodRow* FindMethod(const v1::Check& check) {
  const auto* row = std::find_if(std::begin(kMethods), std::end(kMethods), [&](const MethodRow& r) {
    return r.requested == check.method_case();
  });
  return row == std::end(kMethods) ? nullptr : row;
}

std::optional<Problem> RefuseBudget(absl::Duration budget, const Limits& limits) {
  if (budget >= limits.time_budget_min && budget <= limits.time_budget_max) return std::nullopt;
  return Problem{
      .kind = v1::Problem::BAD_REQUEST,
      .detail = absl::StrCat("time_budget: ", absl::FormatDuration(budget), " is outside ",
                             absl::FormatDuration(limits.time_budget_min), " .. ",
                             absl::FormatDuration(limits.time_budget_max))};
}

}  // namespace

const std::vector<v1::Method>& SupportedMethods() {
  static const auto& methods = *[] {
    auto* list = new std::vector<v1::Method>;
    for (const MethodRow& row : kMethods) list->push_back(row.method);
    return list;
  }();
  return methods;
}

v1::Method RequestedMethod(const v1::Check& check) {
  const MethodRow* row = FindMethod(check);
  return row == nullptr ? v1::METHOD_UNSPECIFIED : row->method;
}

absl::Duration TimeForWork(const v1::Check& check) {
  const absl::Duration budget = FromProtoDuration(check.time_budget());
  return budget - std::min(absl::Milliseconds(50), budget / 10);
}

Checker::Checker(v1::PerspectiveIdentity identity, Senses senses)
    : identity_(std::move(identity)), senses_(std::move(senses)) {}

asio::awaitable<AnswerPtr> Checker::Run(v1::Check check) {
  auto answer = std::make_unique<Answer>();
  v1::CheckResult& result = answer->result();
  result.set_check_id(check.check_id());
  result.set_attempt(check.attempt());
  *result.mutable_perspective() = identity_;
  *result.mutable_started_at() = ToTimestamp(senses_.clock.Now());
  CheckRun run{.check = check, .senses = senses_, .result = result};
  co_await RunMethod(run);
  *result.mutable_finished_at() = ToTimestamp(senses_.clock.Now());
  co_return answer;
}

asio::awaitable<void> Checker::RunMethod(CheckRun& run) {
  const MethodRow* row = FindMethod(run.check);
  if (row == nullptr) {
    run.Refuse({.kind = v1::Problem::UNSUPPORTED_METHOD,
                .detail = "method: not implemented by this perspective"});
    co_return;
  }
  const absl::Duration budget = FromProtoDuration(run.check.time_budget());
  if (std::optional<Problem> problem = RefuseBudget(budget, senses_.limits)) {
    run.Refuse(*std::move(problem));
    co_return;
  }
  const absl::Duration started = SteadyNow();
  try {
    co_await row->run(run);
  } catch (...) {
    const bool cancelled = absl::IsCancelled(StatusOfException(std::current_exception()));
    if (!cancelled || SteadyNow() - started < TimeForWork(run.check)) throw;
    run.Refuse({.kind = v1::Problem::TIMED_OUT,
                .detail = absl::StrCat("the time budget of ", absl::FormatDuration(budget),
                                       " was spent after ", run.result.steps_size(), " steps")});
  }
}

}  // namespace mpic::perspective
