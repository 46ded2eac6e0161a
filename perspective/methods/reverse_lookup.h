// Reverse address lookup (BR 3.2.2.5.3): the name of an IP address, which another method validates.
#ifndef MPIC_PERSPECTIVE_METHODS_REVERSE_LOOKUP_H_
#define MPIC_PERSPECTIVE_METHODS_REVERSE_LOOKUP_H_

#include <boost/asio/awaitable.hpp>

#include "perspective/methods/check_run.h"

namespace mpic::perspective {

// With an expected name, passes when a PTR record at the Reverse Zone Domain Name gives it; the
// name in lower case is the observed value. Without one it passes when any host name is given, and
// the observed value stays empty: the perspectives' names, which the evidence has either way, are
// for the asker to compare. BAD_REQUEST, DNS kinds; RECORD_MALFORMED: there are PTR records, but no
// host name in them (rules/reverse_names.h); RECORD_NOT_MATCHING: there are, but not the expected.
boost::asio::awaitable<void> CheckReverseLookup(CheckRun& run);

}  // namespace mpic::perspective

#endif  // MPIC_PERSPECTIVE_METHODS_REVERSE_LOOKUP_H_
