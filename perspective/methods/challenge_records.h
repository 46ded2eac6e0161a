// The two ends that every method with a challenge in one DNS record shares: asking, and reporting.
#ifndef MPIC_PERSPECTIVE_METHODS_CHALLENGE_RECORDS_H_
#define MPIC_PERSPECTIVE_METHODS_CHALLENGE_RECORDS_H_

#include <boost/asio/awaitable.hpp>
#include <functional>
#include <string>
#include <vector>

#include "perspective/methods/check_run.h"

namespace mpic::perspective {

// Asks `question` and notes the step and the queried name. The answer holds at least one record;
// else DNS_NXDOMAIN, DNS_NODATA, or the kind of the lookup error.
boost::asio::awaitable<OrProblem<DnsAnswer>> FetchChallengeRecords(DnsQuestion question,
                                                                   CheckRun& run);

// Notes `values`, and passes the run with `observed_value` when one of them `matches`, the first
// that does; else refuses it with RECORD_NOT_MATCHING.
void ReportChallengeRecords(const std::vector<std::string>& values,
                            const std::function<bool(const std::string& value)>& matches,
                            const std::string& observed_value, CheckRun& run);

}  // namespace mpic::perspective

#endif  // MPIC_PERSPECTIVE_METHODS_CHALLENGE_RECORDS_H_
