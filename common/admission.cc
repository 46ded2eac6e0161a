#include "common/admission.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace mpic {
namespace {

// What is in flight ends with checks, which take seconds at most.
constexpr absl::Duration kRetryInFlight = absl::Seconds(1);

std::size_t Beyond(std::size_t in_flight, std::size_t share) {
  return in_flight > share ? in_flight - share : 0;
}

}  // namespace

Admission::Ticket& Admission::Ticket::operator=(Ticket&& other) noexcept {
  std::swap(admission_, other.admission_);
  std::swap(tenant_, other.tenant_);
  std::swap(units_, other.units_);
  return *this;
}

Admission::Ticket::~Ticket() {
  if (admission_ != nullptr) admission_->Leave(tenant_, units_);
}

Admission::Admission(const std::vector<Limits>& tenants, Options options)
    : options_(std::move(options)),
      share_(options_.in_flight_max / 2 / std::max<std::size_t>(1, tenants.size())),
      common_max_(options_.in_flight_max - share_ * tenants.size()) {
  for (const Limits& limits : tenants) {
    accounts_.push_back({.limits = limits,
                         .tokens = static_cast<double>(limits.burst),
                         .counted_at = options_.now()});
  }
}

std::variant<Admission::Ticket, Admission::Refusal> Admission::Enter(std::size_t tenant,
                                                                     std::size_t units) {
  const absl::MutexLock lock(&mutex_);
  Account& account = accounts_[tenant];
  const std::size_t in_flight = account.in_flight + units;
  const std::size_t own_max = account.limits.in_flight_max;
  if (own_max > 0 && in_flight > own_max) {
    return Refusal{.reason = Reason::kTenantInFlight,
                   .retry_after = kRetryInFlight,
                   .sentence = absl::StrCat("over the tenant's limit of ", own_max, " in flight")};
  }
  if (in_flight > share_ && BeyondShares(account, in_flight) > common_max_) {
    return Refusal{
        .reason = Reason::kProcessInFlight,
        .retry_after = kRetryInFlight,
        .sentence = absl::StrCat("over the limit of ", options_.in_flight_max,
                                 " in flight, of which ", share_, " are each tenant's own")};
  }
  if (account.limits.per_second > 0) {
    const absl::Duration wait = WaitForTokens(account, units);
    if (wait > absl::ZeroDuration()) {
      return Refusal{.reason = Reason::kRate,
                     .retry_after = wait,
                     .sentence = absl::StrCat("over the tenant's rate of ",
                                              account.limits.per_second, " a second")};
    }
    account.tokens -= static_cast<double>(units);
  }
  SetInFlight(tenant, in_flight);
  return Ticket(*this, tenant, units);
}

void Admission::Leave(std::size_t tenant, std::size_t units) {
  const absl::MutexLock lock(&mutex_);
  SetInFlight(tenant, accounts_[tenant].in_flight - units);
}

std::size_t Admission::BeyondShares(const Account& account, std::size_t in_flight) const {
  return beyond_shares_ - Beyond(account.in_flight, share_) + Beyond(in_flight, share_);
}

void Admission::SetInFlight(std::size_t tenant, std::size_t in_flight) {
  Account& account = accounts_[tenant];
  beyond_shares_ = BeyondShares(account, in_flight);
  account.in_flight = in_flight;
  if (options_.on_change) options_.on_change(tenant, in_flight);
}

absl::Duration Admission::WaitForTokens(Account& account, std::size_t units) {
  // A hair less than a token is one: sums of fractions do not come out even.
  constexpr double kHair = 1e-6;
  const Limits& limits = account.limits;
  const absl::Duration now = options_.now();
  account.tokens += absl::ToDoubleSeconds(now - account.counted_at) * limits.per_second;
  account.tokens = std::min(account.tokens, static_cast<double>(limits.burst));
  account.counted_at = now;
  const double missing = static_cast<double>(std::min(units, limits.burst)) - account.tokens;
  if (missing <= kHair) return absl::ZeroDuration();
  return absl::Seconds(missing / limits.per_second);
}

absl::string_view NameOf(Admission::Reason reason) {
  switch (reason) {
    case Admission::Reason::kRate:
      return "rate";
    case Admission::Reason::kTenantInFlight:
      return "tenant_in_flight";
    case Admission::Reason::kProcessInFlight:
      return "process_in_flight";
  }
  return "";
}

}  // namespace mpic
