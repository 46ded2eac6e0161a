#include "perspective/methods/reverse_lookup.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/reverse_zone.h"
#include "perspective/methods/challenge_records.h"
#include "perspective/rules/identifier_address.h"
#include "perspective/rules/reverse_names.h"

namespace mpic::perspective {
namespace {

struct Question {
  DomainName name;
  std::optional<DomainName> expected;
};

OrProblem<Question> ReadQuestion(const v1::Check& check) {
  const OrProblem<IpAddress> address = IdentifierAddress(check);
  if (!address.ok()) return address.problem();
  Question question{.name = ReverseZoneName(*address), .expected = std::nullopt};
  const std::string& expected = check.reverse_lookup().expected_name();
  if (expected.empty()) return question;
  absl::StatusOr<DomainName> name = DomainName::ParseHost(expected);
  if (!name.ok()) {
    return Problem{v1::Problem::BAD_REQUEST,
                   absl::StrCat("reverse_lookup.expected_name: ", name.status().message())};
  }
  if (name->labels().back() == "onion") {
    return Problem{v1::Problem::BAD_REQUEST,
                   "reverse_lookup.expected_name: Onion Domain Names are never looked up in DNS"};
  }
  question.expected = *std::move(name);
  return question;
}

void Report(absl::Span<const std::string> rdata, const Question& question, CheckRun& run) {
  const std::vector<DomainName> names = ReverseNames(rdata);
  v1::ReverseLookupEvidence& evidence = *run.result.mutable_reverse_lookup();
  for (const DomainName& name : names) evidence.add_names(name.text());
  if (names.empty()) {
    run.Refuse(
        {v1::Problem::RECORD_MALFORMED, absl::StrCat("none of ", rdata.size(), " PTR record(s) at ",
                                                     question.name.text(), " gives a host name")});
    return;
  }
  if (!question.expected.has_value()) {
    run.Pass();
  } else if (std::binary_search(names.begin(), names.end(), *question.expected)) {
    run.Pass(question.expected->text());
  } else {
    run.Refuse({v1::Problem::RECORD_NOT_MATCHING,
                absl::StrCat("none of ", names.size(), " name(s) at ", question.name.text(),
                             " is the expected ", question.expected->text())});
  }
}

}  // namespace

boost::asio::awaitable<void> CheckReverseLookup(CheckRun& run) {
  const OrProblem<Question> question = ReadQuestion(run.check);
  if (!question.ok()) {
    run.Refuse(question.problem());
    co_return;
  }
  run.result.mutable_reverse_lookup()->set_queried_name(question->name.text());
  const OrProblem<DnsAnswer> answer =
      co_await FetchRecords({.name = question->name, .type = RecordType::kPtr}, run);
  if (!answer.ok()) {
    run.Refuse(answer.problem());
    co_return;
  }
  Report(answer->rdata, *question, run);
}

}  // namespace mpic::perspective
