// A DnsClient without a network: answers what a test registered and fails the test on every other
// question, unless the test says what becomes of those.
#ifndef MPIC_TESTS_SUPPORT_FAKE_DNS_CLIENT_H_
#define MPIC_TESTS_SUPPORT_FAKE_DNS_CLIENT_H_

#include <gtest/gtest.h>

#include <boost/asio/awaitable.hpp>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "common/ip_address.h"
#include "perspective/net/dns_client.h"
#include "tests/support/rdata.h"

namespace mpic::testing {

using perspective::DnsAnswer;
using perspective::DnsQuestion;
using perspective::RecordType;

class FakeDnsClient final : public perspective::DnsClient {
 public:
  // Answers every question of that name and type with `answer`; a later call replaces it.
  void Answer(const std::string& name, RecordType type, DnsAnswer answer) {
    answers_.insert_or_assign(absl::StrCat(RecordTypeName(type), " ", name), std::move(answer));
  }

  // Answers every other question of that type.
  void Otherwise(RecordType type, DnsAnswer answer) {
    others_.insert_or_assign(type, std::move(answer));
  }

  boost::asio::awaitable<std::vector<DnsAnswer>> Ask(std::vector<DnsQuestion> questions) override {
    std::vector<DnsAnswer> answers;
    for (DnsQuestion& question : questions) answers.push_back(AnswerTo(std::move(question)));
    co_return answers;
  }

  // Every question in order, as "TXT _acme-challenge.shop.example.com".
  const std::vector<std::string>& questions() const { return questions_; }

 private:
  DnsAnswer AnswerTo(DnsQuestion question) {
    const std::string asked =
        absl::StrCat(RecordTypeName(question.type), " ", question.name.text());
    questions_.push_back(asked);
    DnsAnswer answer{.question = question};
    if (const auto found = answers_.find(asked); found != answers_.end()) {
      answer = found->second;
    } else if (const auto other = others_.find(question.type); other != others_.end()) {
      answer = other->second;
    } else {
      ADD_FAILURE() << "unexpected DNS question: " << asked;
      answer.problem = {v1::Problem::INTERNAL_ERROR, "unexpected question " + asked};
    }
    answer.question = std::move(question);
    if (answer.tries == 0) answer.tries = 1;
    return answer;
  }

  std::map<std::string, DnsAnswer> answers_;
  std::map<RecordType, DnsAnswer> others_;
  std::vector<std::string> questions_;
};

// -- Answers ----------------------------------------------------------------------------------

// Records as raw RDATA; the TTL is 300 seconds unless a test sets another.
inline DnsAnswer RdataAnswer(std::vector<std::string> rdata) {
  // Any name will do: the fake sets the real question.
  DnsAnswer answer{.question = {.name = DomainName::ParseDns("unset.test").value()}};
  answer.dnssec = v1::NOT_CHECKED;
  answer.rdata = std::move(rdata);
  answer.min_ttl_seconds = 300;
  return answer;
}

// One TXT record of one character-string per value.
inline DnsAnswer TxtAnswer(const std::vector<std::string>& values) {
  std::vector<std::string> rdata;
  rdata.reserve(values.size());
  for (const std::string& value : values) rdata.push_back(CharacterString(value));
  return RdataAnswer(std::move(rdata));
}

// A or AAAA records; all addresses of one family.
inline DnsAnswer AddressAnswer(const std::vector<std::string>& addresses) {
  std::vector<std::string> rdata;
  for (const std::string& text : addresses) {
    const IpAddress address = IpAddress::Parse(text).value();
    rdata.emplace_back(address.octets().begin(), address.octets().end());
  }
  return RdataAnswer(std::move(rdata));
}

inline DnsAnswer CaaAnswer(const std::vector<CaaRecordText>& records) {
  std::vector<std::string> rdata;
  rdata.reserve(records.size());
  for (const CaaRecordText& record : records) rdata.push_back(CaaRdata(record));
  return RdataAnswer(std::move(rdata));
}

inline DnsAnswer CnameAnswer(absl::string_view target) { return RdataAnswer({WireName(target)}); }

inline DnsAnswer NoData() {
  DnsAnswer answer = RdataAnswer({});
  answer.min_ttl_seconds = 0;
  return answer;
}

inline DnsAnswer NxDomain() {
  DnsAnswer answer = NoData();
  answer.rcode = 3;
  return answer;
}

// A lookup that gave nothing to rely on; `kind` is one of DNS_SERVFAIL .. DNSSEC_INDETERMINATE.
inline DnsAnswer LookupError(perspective::ProblemKind kind) {
  DnsAnswer answer = NoData();
  if (kind == v1::Problem::DNS_SERVFAIL) answer.rcode = 2;
  answer.problem = {kind, absl::StrCat(v1::Problem::Kind_Name(kind), " by the test")};
  return answer;
}

// `answer` as found at the end of an alias chain.
inline DnsAnswer ByAlias(const std::vector<std::string>& chain, DnsAnswer answer) {
  for (const std::string& name : chain) {
    answer.cname_chain.push_back(DomainName::ParseDns(name).value());
  }
  return answer;
}

}  // namespace mpic::testing

#endif  // MPIC_TESTS_SUPPORT_FAKE_DNS_CLIENT_H_
