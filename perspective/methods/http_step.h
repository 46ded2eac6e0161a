// The record of HTTP requests in a check's result.
#ifndef MPIC_PERSPECTIVE_METHODS_HTTP_STEP_H_
#define MPIC_PERSPECTIVE_METHODS_HTTP_STEP_H_

#include <optional>
#include <vector>

#include "absl/time/time.h"
#include "perspective/methods/check_run.h"

namespace mpic::perspective {

// The requests for one URL. Refers to `run` and lives in the coroutine that makes the requests.
class HttpStepRecord {
 public:
  HttpStepRecord(const Url& url, std::vector<IpAddress> resolved, CheckRun& run);

  // A request begins; its duration counts from here.
  void Start();
  // Appends the step of a request to `address`; nullopt: to none of the resolved addresses. Texts
  // from the wire are escaped to printable ASCII, as a protobuf string must be.
  void Add(std::optional<IpAddress> address, const HttpReply& reply);

 private:
  const Url url_;
  const std::vector<IpAddress> resolved_;
  CheckRun& run_;
  absl::Duration started_;  // of SteadyNow
};

}  // namespace mpic::perspective

#endif  // MPIC_PERSPECTIVE_METHODS_HTTP_STEP_H_
