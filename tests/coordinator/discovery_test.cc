#include "coordinator/discovery.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/coordinator/coordinator_config.h"

namespace mpic::coordinator {
namespace {

using ::testing::ElementsAreArray;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

using Values = std::vector<std::string>;
constexpr v1::Rir kRirs[] = {v1::ARIN, v1::RIPE_NCC, v1::RIPE_NCC, v1::RIPE_NCC, v1::RIPE_NCC};

const PublicSuffixList& Suffixes() {
  static const auto* list =
      new auto(*PublicSuffixList::Load(MPIC_TEST_DATA "/test_public_suffix_list.dat"));
  return **list;
}

v1::CheckResult Listing(v1::Method method, const Values& values) {
  v1::CheckResult result;
  result.set_outcome(v1::PASSED);
  for (const std::string& value : values) {
    if (method == v1::REVERSE_LOOKUP) {
      result.mutable_reverse_lookup()->add_names(value);
    } else {
      result.mutable_contact()->add_usable_contacts(value);
    }
  }
  return result;
}

// Five remotes, the first in ARIN's region and four in RIPE's. A remote that lists nothing failed;
// one without a list was not heard.
struct World {
  World(v1::Method method, const Values& primary, std::vector<std::optional<Values>> remotes)
      : asked(method), primary_result(Listing(method, primary)) {
    for (std::size_t i = 0; i < remotes.size(); ++i) {
      places.emplace_back();
      places.back().perspective_id = absl::StrCat("remote-", i);
      places.back().rir = kRirs[i];
      seats.push_back({.perspective = &places.back(), .answer = std::nullopt});
      if (!remotes[i]) continue;
      seats.back().answer =
          PerspectiveAnswer{.result = Listing(method, *remotes[i]), .problem = {}};
      if (!remotes[i]->empty()) continue;
      seats.back().answer->result->set_outcome(v1::FAILED);
      seats.back().answer->result->mutable_problem()->set_kind(v1::Problem::CONTACT_NOT_FOUND);
    }
  }

  Discovery Conclude() const {
    const QuorumRules rules = RulesFor(PhaseAt(Utc(2026, 11, 24)), {}, 5);
    return ConcludeDiscovery(rules, seats, {.method = asked, .primary = primary_result},
                             Suffixes());
  }

  v1::Method asked;
  v1::CheckResult primary_result;
  std::deque<ConfiguredPerspective> places;
  std::vector<RemoteSeat> seats;
};

struct DiscoveryCase {
  const char* name;
  v1::Method method;
  Values primary;
  std::vector<std::optional<Values>> remotes;
  Values corroborated;
  v1::Verdict verdict;
  v1::Problem::Kind problem;
  const char* quorum;
  const char* judged;  // one letter a remote: + corroborates
};

constexpr auto kNone = v1::Problem::KIND_UNSPECIFIED;

const DiscoveryCase kCases[] = {
    {"everybody sees the same",
     v1::TXT_EMAIL_CONTACT,
     {"a@x", "b@x"},
     {Values{"a@x", "b@x"}, Values{"a@x", "b@x"}, Values{"a@x", "b@x"}, Values{"a@x", "b@x"},
      Values{"b@x", "a@x"}},
     {"a@x", "b@x"},
     v1::CORROBORATED,
     kNone,
     "5/5",
     "+++++"},
    {"one value has a quorum, the other has not",
     v1::CAA_EMAIL_CONTACT,
     {"a@x", "b@x"},
     {Values{"a@x"}, Values{"a@x"}, Values{"a@x"}, Values{"a@x", "b@x"}, Values{"b@x"}},
     {"a@x"},
     v1::CORROBORATED,
     kNone,
     "4/5",
     "++++-"},
    {"two quorums of different remotes",
     v1::CAA_EMAIL_CONTACT,
     {"a@x", "b@x"},
     {Values{"a@x", "b@x"}, Values{"a@x", "b@x"}, Values{"a@x", "b@x"}, Values{"a@x"},
      Values{"b@x"}},
     {"a@x", "b@x"},
     v1::CORROBORATED,
     kNone,
     "5/5",
     "+++++"},
    {"what the primary did not see does not count",
     v1::TXT_PHONE_CONTACT,
     {"+1"},
     {Values{"+1", "+2"}, Values{"+1", "+2"}, Values{"+1", "+2"}, Values{"+1", "+2"}, Values{"+2"}},
     {"+1"},
     v1::CORROBORATED,
     kNone,
     "4/5",
     "++++-"},
    {"no value has a quorum although all remotes see some",
     v1::CAA_EMAIL_CONTACT,
     {"a@x", "b@x"},
     {Values{"a@x"}, Values{"b@x"}, Values{"b@x"}, Values{"a@x"}, Values{"b@x"}},
     {},
     v1::NOT_CORROBORATED,
     v1::Problem::QUORUM_COUNT,
     "3/5",
     "-++-+"},
    {"enough remotes, of one region",
     v1::CAA_EMAIL_CONTACT,
     {"a@x"},
     {Values{"b@x"}, Values{"a@x"}, Values{"a@x"}, Values{"a@x"}, Values{"a@x"}},
     {},
     v1::NOT_CORROBORATED,
     v1::Problem::QUORUM_RIR,
     "4/5",
     "-++++"},
    {"vector 40: remotes see only another contact",
     v1::TXT_EMAIL_CONTACT,
     {"a@x"},
     {Values{"b@x"}, Values{"b@x"}, Values{"a@x"}, Values{"a@x"}, Values{"a@x"}},
     {},
     v1::NOT_CORROBORATED,
     v1::Problem::QUORUM_COUNT,
     "3/5",
     "--+++"},
    {"remotes that failed",
     v1::TXT_EMAIL_CONTACT,
     {"a@x"},
     {Values{}, Values{}, Values{"a@x"}, Values{"a@x"}, Values{"a@x"}},
     {},
     v1::NOT_CORROBORATED,
     v1::Problem::QUORUM_COUNT,
     "3/5",
     "--+++"},
    {"remotes that were not heard",
     v1::TXT_EMAIL_CONTACT,
     {"a@x"},
     {std::nullopt, std::nullopt, Values{"a@x"}, Values{"a@x"}, Values{"a@x"}},
     {},
     v1::NOT_COMPLETED,
     v1::Problem::QUORUM_COUNT,
     "3/5",
     "--+++"},
    {"undecided is closer than refused",
     v1::TXT_EMAIL_CONTACT,
     {"b@x", "a@x"},
     {std::nullopt, std::nullopt, Values{"a@x"}, Values{"a@x", "b@x"}, Values{"a@x"}},
     {},
     v1::NOT_COMPLETED,
     v1::Problem::QUORUM_COUNT,
     "3/5",
     "--+++"},
    {"a value that is listed twice, and an empty one",
     v1::TXT_EMAIL_CONTACT,
     {"a@x", "", "a@x"},
     {Values{"", "a@x"}, Values{"", "a@x"}, Values{"a@x"}, Values{"a@x"}, Values{"a@x"}},
     {"a@x"},
     v1::CORROBORATED,
     kNone,
     "5/5",
     "+++++"},
    {"names that no certificate may hold are dropped",
     v1::REVERSE_LOOKUP,
     {"host.corp", "mail.example.com", "*.example.com", "10.2.0.192.in-addr.arpa", "com",
      "abc.onion", "a..b", "Mail.Example.com"},
     {Values{"host.corp", "mail.example.com", "*.example.com"},
      Values{"host.corp", "mail.example.com", "*.example.com"},
      Values{"host.corp", "mail.example.com"}, Values{"mail.example.com"}, Values{"host.corp"}},
     {"mail.example.com"},
     v1::CORROBORATED,
     kNone,
     "4/5",
     "++++-"},
    {"only such names",
     v1::REVERSE_LOOKUP,
     {"host.corp"},
     {Values{"host.corp"}, Values{"host.corp"}, Values{"host.corp"}, Values{"host.corp"},
      Values{"host.corp"}},
     {},
     v1::NOT_CORROBORATED,
     v1::Problem::NAME_NOT_ALLOWED,
     "0/5",
     "-----"},
};

TEST(DiscoveryTest, ValuesOfThePrimaryThatAQuorumSaw) {
  for (const DiscoveryCase& c : kCases) {
    SCOPED_TRACE(c.name);
    const World world(c.method, c.primary, c.remotes);
    const Discovery discovery = world.Conclude();
    EXPECT_THAT(discovery.corroborated, ElementsAreArray(c.corroborated));
    EXPECT_EQ(discovery.verdict.verdict, c.verdict);
    EXPECT_EQ(discovery.verdict.problem.kind(), c.problem);
    EXPECT_EQ(discovery.verdict.problem.detail().empty(), c.verdict == v1::CORROBORATED);
    EXPECT_EQ(discovery.verdict.assessment.text, c.quorum);
    std::string judged;
    for (const RemoteSeat& seat : world.seats) {
      judged += JudgeRemote(seat, {.method = c.method,
                                   .primary = world.primary_result,
                                   .any_of = discovery.judged_by})
                        .corroborates()
                    ? '+'
                    : '-';
    }
    EXPECT_EQ(judged, c.judged);
  }
}

TEST(DiscoveryTest, APrimaryThatDidNotPassIsNotOutvoted) {
  World world(v1::TXT_EMAIL_CONTACT, {"a@x"}, std::vector<std::optional<Values>>(5, Values{"a@x"}));
  world.primary_result.set_outcome(v1::FAILED);
  world.primary_result.mutable_problem()->set_kind(v1::Problem::CONTACT_NOT_FOUND);
  const Discovery discovery = world.Conclude();
  EXPECT_EQ(discovery.verdict.verdict, v1::NOT_CORROBORATED);
  EXPECT_EQ(discovery.verdict.problem.kind(), v1::Problem::CONTACT_NOT_FOUND);
  EXPECT_THAT(discovery.corroborated, IsEmpty());
}

TEST(DiscoveryTest, NoMoreValuesAreWeighedThanTheLimit) {
  Values many;
  for (std::size_t i = 0; i < kDiscoveredValuesMax + 1; ++i) {
    many.push_back(absl::StrCat("contact-", i, "@x"));
  }
  const World world(v1::TXT_EMAIL_CONTACT, many, std::vector<std::optional<Values>>(5, many));
  const Discovery discovery = world.Conclude();
  EXPECT_EQ(discovery.verdict.verdict, v1::CORROBORATED);
  many.pop_back();
  EXPECT_EQ(discovery.corroborated, many);
}

}  // namespace
}  // namespace mpic::coordinator
