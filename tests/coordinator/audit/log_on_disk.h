// A directory for an audit log, gone with the test, and what tests do to it.
#ifndef MPIC_TESTS_COORDINATOR_AUDIT_LOG_ON_DISK_H_
#define MPIC_TESTS_COORDINATOR_AUDIT_LOG_ON_DISK_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/clock.h"
#include "coordinator/audit/chain_line.h"
#include "coordinator/audit/segment_writer.h"

namespace mpic::coordinator {

std::string ContentOf(const std::string& path);
void Overwrite(const std::string& path, const std::string& content);

class SetClock final : public Clock {
 public:
  absl::Time Now() const override { return now; }
  absl::Time now = absl::FromUnixSeconds(1'800'000'000);
};

// Lines of records with these request ids, the first of which follows `head`.
std::vector<std::string> LinesOf(const std::vector<std::string>& request_ids, ChainHead head = {});

class LogOnDisk {
 public:
  LogOnDisk();
  ~LogOnDisk();
  LogOnDisk(const LogOnDisk&) = delete;
  LogOnDisk& operator=(const LogOnDisk&) = delete;

  const std::string& directory() const { return directory_; }
  std::string segment(std::uint64_t first_sequence = 1) const;
  // Names of the files that begin so, in order.
  std::vector<std::string> Files(const std::string& beginning) const;
  // The request ids of all records, each in its place in a chain without fault.
  std::vector<std::string> RequestIds() const;

 private:
  std::string directory_;
};

// Bodies of records with these request ids.
std::vector<std::string> BodiesOf(const std::vector<std::string>& request_ids);

}  // namespace mpic::coordinator

#endif  // MPIC_TESTS_COORDINATOR_AUDIT_LOG_ON_DISK_H_
