// The two ends that methods with a proof in DNS records share: asking, and reporting.
#ifndef MPIC_PERSPECTIVE_METHODS_CHALLENGE_RECORDS_H_
#define MPIC_PERSPECTIVE_METHODS_CHALLENGE_RECORDS_H_

#include <boost/asio/awaitable.hpp>
#include <functional>
#include <string>
#include <vector>

#include "perspective/methods/check_run.h"

namespace mpic::perspective {

// Asks `question` and notes the step. The answer holds at least one record; else DNS_NXDOMAIN,
// DNS_NODATA, or the kind of the lookup error.
boost::asio::awaitable<OrProblem<DnsAnswer>> FetchRecords(DnsQuestion question, CheckRun& run);

// The same for TXT records at `name`, each joined (rules/txt_record.h); RECORD_MALFORMED besides.
boost::asio::awaitable<OrProblem<std::vector<std::string>>> FetchTxtValues(DomainName name,
                                                                           CheckRun& run);

// Notes `values`, and passes the run with `observed_value` when one of them `matches`, the first
// that does; else refuses it with RECORD_NOT_MATCHING. The evidence has the queried name already.
void ReportChallengeRecords(const std::vector<std::string>& values,
                            const std::function<bool(const std::string& value)>& matches,
                            const std::string& observed_value, CheckRun& run);

}  // namespace mpic::perspective

#endif  // MPIC_PERSPECTIVE_METHODS_CHALLENGE_RECORDS_H_
