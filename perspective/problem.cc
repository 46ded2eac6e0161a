#include "perspective/problem.h"

namespace mpic::perspective {

v1::Outcome OutcomeOf(ProblemKind kind) {
  switch (kind) {
    case v1::Problem::BAD_REQUEST:
    case v1::Problem::UNSUPPORTED_METHOD:
    case v1::Problem::DNS_SERVFAIL:
    case v1::Problem::DNS_REFUSED:
    case v1::Problem::DNS_TIMEOUT:
    case v1::Problem::DNS_TRUNCATED:
    case v1::Problem::DNS_MALFORMED:
    case v1::Problem::DNS_LOOP:
    case v1::Problem::DNSSEC_INDETERMINATE:
    case v1::Problem::CAA_LOOKUP_FAILED:
    case v1::Problem::TIMED_OUT:
    case v1::Problem::CANCELLED:
    case v1::Problem::OVERLOADED:
    case v1::Problem::INTERNAL_ERROR:
      return v1::ERROR;
    default:
      return v1::FAILED;
  }
}

}  // namespace mpic::perspective
