// How much work a process takes on, and from whom: what is over a limit is refused at once, never
// queued, and nobody's load takes away what another is promised.
#ifndef MPIC_COMMON_ADMISSION_H_
#define MPIC_COMMON_ADMISSION_H_

#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <variant>

#include "absl/base/thread_annotations.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "common/steady_time.h"

namespace mpic {

// Thread-safe; one for the whole process. Tenants are known by their id.
//
// Fairness. Half of what may be in flight is promised to the tenants in equal shares, the rest is
// taken by whoever comes first. A tenant that stays within its share is refused by nobody's limit
// but its own; only after SetTenants has made the shares anew may it have to wait until work that
// was admitted before has ended.
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
    std::function<void(const std::string& tenant_id, std::size_t in_flight)> on_change = nullptr;
  };
  // By tenant id.
  using Tenants = std::map<std::string, Limits>;

  enum class Reason { kRate, kTenantInFlight, kProcessInFlight, kTenantGone };
  struct Refusal {
    Reason reason;
    absl::Duration retry_after;  // by the bucket; a guess for what is in flight
    std::string sentence;        // names the limit
  };

  // Work that was admitted; it ends with this object. One moved from is empty.
  class Ticket;

  // Outlives its tickets.
  Admission(const Tenants& tenants, Options options);

  // From now on these are the tenants. Who stays keeps what it has in flight and what is left in
  // its bucket; whoever goes still counts in the process with what it has in flight.
  void SetTenants(const Tenants& tenants);

  // Takes on all `units` or nothing. Who is no tenant is refused with kTenantGone.
  std::variant<Ticket, Refusal> Enter(const std::string& tenant_id, std::size_t units);

  // What is promised to each tenant.
  std::size_t share() const;
  // What one tenant gets when nobody else asks: all but the others' shares.
  std::size_t most() const;

 private:
  struct Account {
    Limits limits;
    bool present = false;  // a tenant; else one that is gone and has something in flight
    std::size_t in_flight = 0;
    double tokens = 0;  // negative: a debt
    absl::Duration counted_at;
  };
  // Places in it stay where they are, so that tickets may point there.
  using Accounts = std::map<std::string, Account>;
  using Entry = Accounts::value_type;

  void Leave(Entry& entry, std::size_t units);
  std::optional<Refusal> WhyNot(Account& account, std::size_t units)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // Beyond the account's share, if it had this in flight.
  std::size_t Beyond(const Account& account, std::size_t in_flight) const
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void SetInFlight(Entry& entry, std::size_t in_flight) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // Fills the bucket for the time that has passed.
  void Fill(Account& account) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // How long the bucket takes until it lets `units` pass; zero when it does now.
  absl::Duration WaitForTokens(Account& account, std::size_t units)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const Options options_;
  mutable absl::Mutex mutex_;
  Accounts accounts_ ABSL_GUARDED_BY(mutex_);
  std::size_t share_ ABSL_GUARDED_BY(mutex_) = 0;
  std::size_t common_max_ ABSL_GUARDED_BY(mutex_) = 0;  // what is not promised
  std::size_t in_flight_ ABSL_GUARDED_BY(mutex_) = 0;
  std::size_t beyond_shares_ ABSL_GUARDED_BY(mutex_) = 0;
};

class Admission::Ticket {
 public:
  Ticket() = default;
  Ticket(Ticket&& other) noexcept { *this = std::move(other); }
  Ticket& operator=(Ticket&& other) noexcept;
  ~Ticket();

 private:
  friend class Admission;
  Ticket(Admission& admission, Entry& entry, std::size_t units)
      : admission_(&admission), entry_(&entry), units_(units) {}

  Admission* admission_ = nullptr;
  Entry* entry_ = nullptr;
  std::size_t units_ = 0;
};

// "rate", "tenant_in_flight", "process_in_flight", "tenant_gone": a label for metrics.
absl::string_view NameOf(Admission::Reason reason);

}  // namespace mpic

#endif  // MPIC_COMMON_ADMISSION_H_
