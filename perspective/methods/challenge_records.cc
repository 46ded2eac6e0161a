#include "perspective/methods/challenge_records.h"

#include <algorithm>
#include <cstdint>
#include <utility>

#include "absl/strings/str_cat.h"
#include "perspective/methods/dns_step.h"
#include "perspective/rules/txt_record.h"

namespace mpic::perspective {

boost::asio::awaitable<OrProblem<DnsAnswer>> FetchRecords(DnsQuestion question, CheckRun& run) {
  const std::string name = question.name.text();
  DnsAnswer answer = co_await run.senses.dns.Query(std::move(question));
  AddDnsStep(answer, run.result);
  if (answer.lookup_failed()) co_return answer.problem;
  if (!answer.rdata.empty()) co_return answer;
  if (answer.nxdomain()) {
    co_return Problem{v1::Problem::DNS_NXDOMAIN,
                      absl::StrCat(name, " or the end of its alias chain does not exist")};
  }
  co_return Problem{v1::Problem::DNS_NODATA,
                    absl::StrCat(name, " has no records of the type asked for")};
}

boost::asio::awaitable<OrProblem<std::vector<std::string>>> FetchTxtValues(DomainName name,
                                                                           CheckRun& run) {
  const OrProblem<DnsAnswer> answer =
      co_await FetchRecords({.name = std::move(name), .type = RecordType::kTxt}, run);
  if (!answer.ok()) co_return answer.problem();
  co_return ParseTxtSet(answer->rdata);
}

void ReportChallengeRecords(const std::vector<std::string>& values,
                            const std::function<bool(const std::string& value)>& matches,
                            const std::string& observed_value, CheckRun& run) {
  v1::DnsRecordEvidence& evidence = *run.result.mutable_dns_record();
  for (const std::string& value : values) evidence.add_values(value);
  const auto match = std::find_if(values.begin(), values.end(), matches);
  if (match == values.end()) {
    run.Refuse({v1::Problem::RECORD_NOT_MATCHING,
                absl::StrCat("none of ", values.size(), " record(s) seen at ",
                             evidence.queried_name(), " is the expected value")});
    return;
  }
  evidence.set_matched_index(static_cast<std::uint32_t>(match - values.begin()));
  run.Pass(observed_value);
}

}  // namespace mpic::perspective
