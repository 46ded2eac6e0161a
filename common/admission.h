// How much work a process takes on, and from whom: what is over a limit is refused at once, never
// queued, and nobody's load takes away what another is promised.
#ifndef MPIC_COMMON_ADMISSION_H_
#define MPIC_COMMON_ADMISSION_H_

#include <cstddef>
#include <functional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "common/steady_time.h"

namespace mpic {

// Thread-safe; one for the whole process. Tenants are known by their number.
//
// Fairness. Half of what may be in flight is promised to the tenants in equal shares, the rest is
// taken by whoever comes first. A tenant that stays within its share is refused by nobody's limit
// but its own.
//
// Rates. A token bucket, full at the start. Work of more units than the bucket holds is admitted
// when the bucket is full and leaves a debt, so that it is possible at all and the average holds.
class Admission {
 public:
  struct Limits {
    double per_second = 0;          // 0: no rate of its own
    std::size_t burst = 1;          // what the bucket holds
    std::size_t in_flight_max = 0;  // 0: none of its own
  };
  struct Options {
    std::size_t in_flight_max = 0;  // of the process
    TimeSource now = SteadyNow;
    // Told how much a tenant has in flight, at each change, one call at a time.
    std::function<void(std::size_t tenant, std::size_t in_flight)> on_change = nullptr;
  };

  enum class Reason { kRate, kTenantInFlight, kProcessInFlight };
  struct Refusal {
    Reason reason;
    absl::Duration retry_after;  // by the bucket; a guess for what is in flight
    std::string sentence;        // names the limit
  };

  // Work that was admitted; it ends with this object. One moved from is empty.
  class Ticket {
   public:
    Ticket() = default;
    Ticket(Ticket&& other) noexcept { *this = std::move(other); }
    Ticket& operator=(Ticket&& other) noexcept;
    ~Ticket();

   private:
    friend class Admission;
    Ticket(Admission& admission, std::size_t tenant, std::size_t units)
        : admission_(&admission), tenant_(tenant), units_(units) {}

    Admission* admission_ = nullptr;
    std::size_t tenant_ = 0;
    std::size_t units_ = 0;
  };

  // One of `tenants` for each number. Outlives its tickets.
  Admission(const std::vector<Limits>& tenants, Options options);

  // Takes on all `units` or nothing. Precondition: a tenant of the constructor's.
  std::variant<Ticket, Refusal> Enter(std::size_t tenant, std::size_t units);

  // What is promised to each tenant.
  std::size_t share() const { return share_; }

 private:
  struct Account {
    Limits limits;
    std::size_t in_flight = 0;
    double tokens = 0;  // negative: a debt
    absl::Duration counted_at;
  };

  void Leave(std::size_t tenant, std::size_t units);
  // Everything beyond their shares that the tenants would have if this one had `in_flight`.
  std::size_t BeyondShares(const Account& account, std::size_t in_flight) const
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void SetInFlight(std::size_t tenant, std::size_t in_flight) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // How long the bucket takes until it lets `units` pass; zero when it does now.
  absl::Duration WaitForTokens(Account& account, std::size_t units)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const Options options_;
  const std::size_t share_;
  const std::size_t common_max_;  // what is not promised
  absl::Mutex mutex_;
  std::vector<Account> accounts_ ABSL_GUARDED_BY(mutex_);
  std::size_t beyond_shares_ ABSL_GUARDED_BY(mutex_) = 0;
};

// "rate", "tenant_in_flight", "process_in_flight": a label for metrics.
absl::string_view NameOf(Admission::Reason reason);

}  // namespace mpic

#endif  // MPIC_COMMON_ADMISSION_H_
