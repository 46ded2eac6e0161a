// How much may be under way at once against one target, so that nobody can use us against a victim.
#ifndef MPIC_COMMON_TARGET_LIMIT_H_
#define MPIC_COMMON_TARGET_LIMIT_H_

#include <cstddef>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "common/ip_address.h"

namespace mpic {

// Thread-safe; one for the whole process. Remembers only targets with something under way. Outlives
// the places that it gives.
class TargetLimit {
 public:
  // Something under way; it ends with this object. Moved, not copied; one moved from is empty.
  class Place {
   public:
    Place() = default;
    Place(Place&& other) noexcept { *this = std::move(other); }
    Place& operator=(Place&& other) noexcept;
    ~Place();

   private:
    friend class TargetLimit;
    Place(TargetLimit& limit, const std::string& target) : limit_(&limit), target_(target) {}

    TargetLimit* limit_ = nullptr;
    std::string target_;
  };

  explicit TargetLimit(std::size_t per_target_max) : per_target_max_(per_target_max) {}

  // nullopt when `target` has as many places as there may be.
  std::optional<Place> Enter(const std::string& target);
  std::size_t per_target_max() const { return per_target_max_; }
  // Targets with something under way.
  std::size_t size() const;

 private:
  void Leave(const std::string& target);

  const std::size_t per_target_max_;
  mutable absl::Mutex mutex_;
  std::unordered_map<std::string, std::size_t> under_way_ ABSL_GUARDED_BY(mutex_);
};

// The target of a check on `name`, however it is written: lower case, without "*." and without the
// dot at the end, in A-labels; IP addresses in their canonical form.
std::string TargetOfName(absl::string_view name);

// The target of a connection: the address; of IPv6 its /64, for whoever has one has them all.
std::string TargetOfAddress(const IpAddress& address);

}  // namespace mpic

#endif  // MPIC_COMMON_TARGET_LIMIT_H_
