// What the failures of sockets and of OpenSSL mean for a check.
#ifndef MPIC_PERSPECTIVE_NET_CONNECTION_PROBLEM_H_
#define MPIC_PERSPECTIVE_NET_CONNECTION_PROBLEM_H_

#include <boost/system/error_code.hpp>

#include "absl/strings/string_view.h"
#include "common/ip_address.h"
#include "perspective/problem.h"

namespace mpic::perspective {

// CONN_REFUSED, CONN_TIMEOUT, CONN_UNREACHABLE or, for what breaks or ends a connection,
// CONN_RESET. INTERNAL_ERROR when this process has run out of sockets or memory.
ProblemKind ConnectionProblemKind(const boost::system::error_code& error);

// For an error of OpenSSL's error queue: NOT_TLS when the peer speaks something else, TLS_VERSION
// when it speaks no version that we accept, TLS_ALERT for any other failure of the protocol, by the
// peer's alert or by ours.
ProblemKind TlsProblemKind(unsigned long openssl_error);

// The problem of an operation on a connection, by TCP or TLS, that ended in `error`; `attempt`
// names the operation. Beast's timeout is CONN_TIMEOUT.
Problem ConnectionProblem(absl::string_view attempt, const boost::system::error_code& error);

// ADDR_RESERVED: the guard forbids `address`.
Problem ReservedProblem(const IpAddress& address);

// OVERLOADED: as many connections are open to `address` as may be. Our failure, not the domain's.
Problem CrowdedProblem(const IpAddress& address);

}  // namespace mpic::perspective

#endif  // MPIC_PERSPECTIVE_NET_CONNECTION_PROBLEM_H_
