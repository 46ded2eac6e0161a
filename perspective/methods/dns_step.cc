#include "perspective/methods/dns_step.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/escaping.h"
#include "common/proto_time.h"

namespace mpic::perspective {
namespace {

constexpr std::size_t kExtraTextOctetsMax = 256;  // protos/mpic/v1/check.proto

// A result goes over a stream that others share: no zone may make it large.
constexpr int kRdataMax = 32;
constexpr std::size_t kRdataOctetsMax = 8 * 1024;

void AddRdata(const std::vector<std::string>& records, v1::DnsStep& step) {
  std::size_t octets = 0;
  for (const std::string& rdata : records) {
    octets += rdata.size();
    if (step.rdata_size() == kRdataMax || octets > kRdataOctetsMax) break;
    step.add_rdata(rdata);
  }
  step.set_rdata_omitted(static_cast<std::uint32_t>(records.size()) -
                         static_cast<std::uint32_t>(step.rdata_size()));
}

}  // namespace

void AddDnsStep(const DnsAnswer& answer, v1::CheckResult& result) {
  v1::DnsStep& step = *result.add_steps()->mutable_dns();
  step.set_qname(answer.question.name.text());
  step.set_qtype(static_cast<std::uint32_t>(answer.question.type));
  step.set_rcode(answer.rcode);
  step.set_answered(!answer.lookup_failed() || answer.rcode != 0);
  step.set_authentic_data(answer.authentic_data);
  step.set_dnssec(answer.dnssec);
  for (const ExtendedDnsError& error : answer.extended_errors) {
    v1::DnsStep::ExtendedError& added = *step.add_extended_errors();
    added.set_info_code(error.info_code);
    added.set_extra_text(absl::CHexEscape(error.extra_text).substr(0, kExtraTextOctetsMax));
  }
  for (const DomainName& name : answer.cname_chain) step.add_cname_chain(name.text());
  AddRdata(answer.rdata, step);
  step.set_min_ttl(answer.min_ttl_seconds);
  step.set_tcp(answer.tcp);
  step.set_tries(answer.tries);
  step.set_tries_differed(answer.tries_differed);
  *step.mutable_elapsed() = ToProtoDuration(answer.elapsed);
  if (answer.lookup_failed()) {
    step.mutable_problem()->set_kind(answer.problem.kind);
    step.mutable_problem()->set_detail(answer.problem.detail);
  }
}

}  // namespace mpic::perspective
