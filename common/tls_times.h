// The durations of a Tls and how long connections live by them.
#ifndef MPIC_COMMON_TLS_TIMES_H_
#define MPIC_COMMON_TLS_TIMES_H_

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/config_violations.h"
#include "mpic/config/v1/common.pb.h"

namespace mpic {

// Notes refresh_interval and connection_age under `field` when they are out of range.
void CheckTlsTimes(absl::string_view field, const config::v1::Tls& tls,
                   ConfigViolations& violations);

// How often the files are looked at.
absl::Duration RefreshInterval(const config::v1::Tls& tls);

// How connections of a server age. gRPC says GOAWAY on a connection at `age`, a tenth more or less,
// and cuts it off after a further `grace`. Streams that would stay longer must end by themselves.
struct ConnectionAgeing {
  absl::Duration age;
  // A stream of this age asks its peer for another one. By then its connection, which is older, has
  // said GOAWAY, so the other one comes on a new connection.
  absl::Duration stream_age;
  absl::Duration grace;
};

// `longest_work` is what a call, or what is under way on a stream that ends, may take. Whenever a
// stream was opened on a connection, it is over with all its work before the connection is cut off.
// Plaintext does not age.
ConnectionAgeing AgeingOf(const config::v1::Tls& tls, absl::Duration longest_work);

}  // namespace mpic

#endif  // MPIC_COMMON_TLS_TIMES_H_
