#include "common/admission.h"

#include <algorithm>
#include <iterator>

#include "absl/strings/str_cat.h"

namespace mpic {
namespace {

// What is in flight ends with checks, which take seconds at most.
constexpr absl::Duration kRetryInFlight = absl::Seconds(1);

}  // namespace

Admission::Ticket& Admission::Ticket::operator=(Ticket&& other) noexcept {
  std::swap(admission_, other.admission_);
  std::swap(entry_, other.entry_);
  std::swap(units_, other.units_);
  return *this;
}

Admission::Ticket::~Ticket() {
  if (admission_ != nullptr) admission_->Leave(*entry_, units_);
}

Admission::Admission(const Tenants& tenants, Options options) : options_(std::move(options)) {
  SetTenants(tenants);
}

void Admission::SetTenants(const Tenants& tenants) {
  const absl::MutexLock lock(&mutex_);
  share_ = options_.in_flight_max / 2 / std::max<std::size_t>(1, tenants.size());
  common_max_ = options_.in_flight_max - share_ * tenants.size();
  for (auto& [id, account] : accounts_) {
    account.present = false;
    // At the rate that held until now.
    Fill(account);
  }
  for (const auto& [id, limits] : tenants) {
    const auto [entry, is_new] = accounts_.try_emplace(id);
    Account& account = entry->second;
    const auto burst = static_cast<double>(limits.burst);
    const bool had_no_rate = is_new || account.limits.per_second <= 0;
    account.tokens = had_no_rate ? burst : std::min(account.tokens, burst);
    account.counted_at = options_.now();
    account.limits = limits;
    account.present = true;
  }
  beyond_shares_ = 0;
  for (auto entry = accounts_.begin(); entry != accounts_.end();) {
    const Account& account = entry->second;
    beyond_shares_ += Beyond(account, account.in_flight);
    const bool needed = account.present || account.in_flight > 0;
    entry = needed ? std::next(entry) : accounts_.erase(entry);
  }
}

std::variant<Admission::Ticket, Admission::Refusal> Admission::Enter(const std::string& tenant_id,
                                                                     std::size_t units) {
  const absl::MutexLock lock(&mutex_);
  const auto found = accounts_.find(tenant_id);
  if (found == accounts_.end() || !found->second.present) {
    return Refusal{.reason = Reason::kTenantGone,
                   .retry_after = absl::ZeroDuration(),
                   .sentence = absl::StrCat("tenant ", tenant_id, " is not configured any more")};
  }
  Account& account = found->second;
  if (std::optional<Refusal> refusal = WhyNot(account, units)) return *std::move(refusal);
  if (account.limits.per_second > 0) account.tokens -= static_cast<double>(units);
  SetInFlight(*found, account.in_flight + units);
  return Ticket(*this, *found, units);
}

std::optional<Admission::Refusal> Admission::WhyNot(Account& account, std::size_t units) {
  const std::size_t in_flight = account.in_flight + units;
  const std::size_t own_max = account.limits.in_flight_max;
  if (own_max > 0 && in_flight > own_max) {
    return Refusal{.reason = Reason::kTenantInFlight,
                   .retry_after = kRetryInFlight,
                   .sentence = absl::StrCat("over the tenant's limit of ", own_max, " in flight")};
  }
  const std::size_t beyond_shares =
      beyond_shares_ - Beyond(account, account.in_flight) + Beyond(account, in_flight);
  // The sum alone decides only while others still have what earlier shares admitted.
  if ((in_flight > share_ && beyond_shares > common_max_) ||
      in_flight_ + units > options_.in_flight_max) {
    return Refusal{
        .reason = Reason::kProcessInFlight,
        .retry_after = kRetryInFlight,
        .sentence = absl::StrCat("over the limit of ", options_.in_flight_max,
                                 " in flight, of which ", share_, " are each tenant's own")};
  }
  if (account.limits.per_second <= 0) return std::nullopt;
  const absl::Duration wait = WaitForTokens(account, units);
  if (wait <= absl::ZeroDuration()) return std::nullopt;
  return Refusal{.reason = Reason::kRate,
                 .retry_after = wait,
                 .sentence = absl::StrCat("over the tenant's rate of ", account.limits.per_second,
                                          " a second")};
}

void Admission::Leave(Entry& entry, std::size_t units) {
  const absl::MutexLock lock(&mutex_);
  const Account& account = entry.second;
  SetInFlight(entry, account.in_flight - units);
  if (!account.present && account.in_flight == 0) accounts_.erase(accounts_.find(entry.first));
}

std::size_t Admission::share() const {
  const absl::MutexLock lock(&mutex_);
  return share_;
}

std::size_t Admission::most() const {
  const absl::MutexLock lock(&mutex_);
  return share_ + common_max_;
}

std::size_t Admission::Beyond(const Account& account, std::size_t in_flight) const {
  const std::size_t share = account.present ? share_ : 0;
  return in_flight > share ? in_flight - share : 0;
}

void Admission::SetInFlight(Entry& entry, std::size_t in_flight) {
  Account& account = entry.second;
  beyond_shares_ = beyond_shares_ - Beyond(account, account.in_flight) + Beyond(account, in_flight);
  in_flight_ = in_flight_ - account.in_flight + in_flight;
  account.in_flight = in_flight;
  if (options_.on_change) options_.on_change(entry.first, in_flight);
}

void Admission::Fill(Account& account) {
  const Limits& limits = account.limits;
  const absl::Duration now = options_.now();
  account.tokens += absl::ToDoubleSeconds(now - account.counted_at) * limits.per_second;
  account.tokens = std::min(account.tokens, static_cast<double>(limits.burst));
  account.counted_at = now;
}

absl::Duration Admission::WaitForTokens(Account& account, std::size_t units) {
  // A hair less than a token is one: sums of fractions do not come out even.
  constexpr double kHair = 1e-6;
  Fill(account);
  const Limits& limits = account.limits;
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
    case Admission::Reason::kTenantGone:
      return "tenant_gone";
  }
  return "";
}

}  // namespace mpic
