#include "perspective/methods/host_addresses.h"

#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "perspective/methods/dns_step.h"

namespace mpic::perspective {
namespace {

bool IsDnssecProblem(const DnsAnswer& answer) {
  return answer.problem.kind == v1::Problem::DNSSEC_BOGUS ||
         answer.problem.kind == v1::Problem::DNSSEC_INDETERMINATE;
}

// False when a record is no address of its type.
bool AppendAddresses(const DnsAnswer& answer, std::vector<IpAddress>& addresses) {
  for (const std::string& rdata : answer.rdata) {
    const auto* octets = reinterpret_cast<const std::uint8_t*>(rdata.data());
    const auto address = IpAddress::FromOctets(absl::MakeConstSpan(octets, rdata.size()));
    if (!address.ok() || address->is_v6() != (answer.question.type == RecordType::kAaaa)) {
      return false;
    }
    addresses.push_back(*address);
  }
  return true;
}

Problem NoAddressProblem(const DnsAnswer& aaaa, const DnsAnswer& a) {
  if (aaaa.lookup_failed()) return aaaa.problem;
  if (a.lookup_failed()) return a.problem;
  const std::string& host = a.question.name.text();
  if (aaaa.nxdomain() || a.nxdomain()) {
    return {v1::Problem::DNS_NXDOMAIN, absl::StrCat("look up ", host, ": no such name")};
  }
  return {v1::Problem::ADDR_NONE, absl::StrCat("look up ", host, ": neither AAAA nor A records")};
}

OrProblem<std::vector<IpAddress>> AddressesOf(const DnsAnswer& aaaa, const DnsAnswer& a) {
  for (const DnsAnswer* answer : {&aaaa, &a}) {
    if (IsDnssecProblem(*answer)) return answer->problem;
  }
  std::vector<IpAddress> addresses;
  if (!AppendAddresses(aaaa, addresses) || !AppendAddresses(a, addresses)) {
    return Problem{v1::Problem::DNS_MALFORMED,
                   absl::StrCat("look up ", a.question.name.text(),
                                ": an address record of the wrong length")};
  }
  if (addresses.empty()) return NoAddressProblem(aaaa, a);
  return addresses;
}

}  // namespace

boost::asio::awaitable<OrProblem<std::vector<IpAddress>>> LookUpAddresses(DomainName host,
                                                                          CheckRun& run) {
  std::vector<DnsQuestion> questions = {{.name = host, .type = RecordType::kAaaa},
                                        {.name = host, .type = RecordType::kA}};
  const std::vector<DnsAnswer> answers = co_await run.senses.dns.Ask(std::move(questions));
  for (const DnsAnswer& answer : answers) AddDnsStep(answer, run.result);
  co_return AddressesOf(answers[0], answers[1]);
}

OrProblem<std::vector<IpAddress>> UsableAddresses(const std::vector<IpAddress>& resolved,
                                                  const Senses& senses) {
  std::vector<IpAddress> usable;
  for (const IpAddress& address : resolved) {
    if (senses.may_connect(address)) usable.push_back(address);
  }
  if (!usable.empty()) return usable;
  const IpAddress& first = resolved.front();
  return Problem{v1::Problem::ADDR_RESERVED,
                 absl::StrCat("connect to ", first.text(), ": reserved address, ",
                              ReservedBlock(first).value_or("refused by configuration"))};
}

}  // namespace mpic::perspective
