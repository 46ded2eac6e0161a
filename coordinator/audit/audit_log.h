// Where the record of a corroboration goes before its verdict leaves.
#ifndef MPIC_COORDINATOR_AUDIT_AUDIT_LOG_H_
#define MPIC_COORDINATOR_AUDIT_AUDIT_LOG_H_

#include <boost/asio/awaitable.hpp>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "mpic/v1/audit.pb.h"

namespace mpic::coordinator {

// Thread-safe: shared by all loops.
class AuditLog {
 public:
  virtual ~AuditLog() = default;

  // `body` is a record as EncodeBody (audit/chain_line.h) prints it, on the caller's thread. Gives
  // it its sequence number and the time of recording, writes it, and answers once it is where the
  // implementation promises to keep it. On an error no verdict may leave.
  virtual boost::asio::awaitable<absl::StatusOr<v1::AuditReference>> Append(std::string body) = 0;

  // OK, or UNAVAILABLE with the reason while no record can be written, so that nobody begins what
  // would end without a verdict.
  virtual absl::Status Health() const = 0;
};

}  // namespace mpic::coordinator

#endif  // MPIC_COORDINATOR_AUDIT_AUDIT_LOG_H_
