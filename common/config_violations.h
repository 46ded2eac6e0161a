// Collects what is wrong with a configuration, so that an operator sees all of it at once.
#ifndef MPIC_COMMON_CONFIG_VIOLATIONS_H_
#define MPIC_COMMON_CONFIG_VIOLATIONS_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/ip_address.h"
#include "google/protobuf/duration.pb.h"

namespace mpic {

// Each entry is "field.path: the rule that is broken". Not thread-safe.
class ConfigViolations {
 public:
  void Add(absl::string_view field, absl::string_view rule);

  // The value, or nullopt-like default after noting why not.
  template <typename T>
  T Take(absl::string_view field, absl::StatusOr<T> value, T otherwise) {
    if (value.ok()) return *std::move(value);
    Add(field, value.status().message());
    return otherwise;
  }

  // 1..64 of [a-z0-9-]: ids and regions.
  void CheckId(absl::string_view field, absl::string_view value);
  // "address:port" with a literal address; `optional` lets it be empty.
  void CheckEndpoint(absl::string_view field, absl::string_view value, bool optional);
  // A number in low..high; 0 stands for `otherwise`.
  unsigned Number(absl::string_view field, unsigned value, unsigned low, unsigned high,
                  unsigned otherwise);
  // A duration in `range`; `given` false stands for `otherwise`.
  struct DurationRange {
    absl::Duration low;
    absl::Duration high;
  };
  absl::Duration Duration(absl::string_view field, bool given,
                          const google::protobuf::Duration& value, const DurationRange& range,
                          absl::Duration otherwise);

  bool empty() const { return entries_.empty(); }
  // OK, or FAILED_PRECONDITION with one violation a line.
  absl::Status ToStatus() const;

 private:
  std::vector<std::string> entries_;
};

}  // namespace mpic

#endif  // MPIC_COMMON_CONFIG_VIOLATIONS_H_
