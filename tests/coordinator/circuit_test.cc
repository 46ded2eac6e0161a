#include "coordinator/circuit.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"

namespace mpic::coordinator {
namespace {

constexpr Circuit::Options kOptions{
    .failures_max = 3, .open_min = absl::Seconds(1), .open_max = absl::Seconds(4)};

// One event, at a second of the test's own, and what the circuit is like afterwards.
struct Step {
  int at;
  enum { kAsk, kRefused, kAnswer, kFail, kGiveUp, kLook } event;
  std::uint64_t number;
  const char* then;  // "passes", "open", "probing": nothing passes while the probe is under way
};

struct Case {
  const char* name;
  std::vector<Step> steps;
};

const std::vector<Step> kOpened = {{0, Step::kAsk, 1, "passes"},  {0, Step::kAsk, 2, "passes"},
                                   {0, Step::kAsk, 3, "passes"},  {0, Step::kFail, 1, "passes"},
                                   {0, Step::kFail, 2, "passes"}, {0, Step::kFail, 3, "open"}};

std::vector<Step> AfterOpening(const std::vector<Step>& steps) {
  std::vector<Step> all = kOpened;
  all.insert(all.end(), steps.begin(), steps.end());
  return all;
}

const Case kCases[] = {
    {"failures in a row open it", kOpened},
    {"an answer in between begins anew",
     {{0, Step::kFail, 1, "passes"},
      {0, Step::kFail, 2, "passes"},
      {0, Step::kAnswer, 3, "passes"},
      {0, Step::kFail, 4, "passes"},
      {0, Step::kFail, 5, "passes"},
      {0, Step::kFail, 6, "open"}}},
    {"what is given up is no failure",
     {{0, Step::kFail, 1, "passes"},
      {0, Step::kFail, 2, "passes"},
      {0, Step::kGiveUp, 3, "passes"},
      {0, Step::kAsk, 4, "passes"}}},
    {"while it is open nothing passes", AfterOpening({{0, Step::kRefused, 4, "open"}})},
    {"then one may pass", AfterOpening({{1, Step::kLook, 0, "passes"},
                                        {1, Step::kAsk, 4, "probing"},
                                        {1, Step::kRefused, 5, "probing"}})},
    {"the probe's answer closes it", AfterOpening({{1, Step::kAsk, 4, "probing"},
                                                   {2, Step::kAnswer, 4, "passes"},
                                                   {2, Step::kAsk, 5, "passes"},
                                                   {2, Step::kAsk, 6, "passes"}})},
    {"the probe's failure opens it for twice as long",
     AfterOpening({{1, Step::kAsk, 4, "probing"},
                   {1, Step::kFail, 4, "open"},
                   {2, Step::kRefused, 5, "open"},
                   {3, Step::kAsk, 6, "probing"}})},
    {"never for longer than the most",
     AfterOpening({{1, Step::kAsk, 4, "probing"},
                   {1, Step::kFail, 4, "open"},
                   {3, Step::kAsk, 5, "probing"},
                   {3, Step::kFail, 5, "open"},  // for four seconds
                   {7, Step::kAsk, 6, "probing"},
                   {7, Step::kFail, 6, "open"},  // for four again
                   {10, Step::kRefused, 7, "open"},
                   {11, Step::kAsk, 8, "probing"}})},
    {"a success forgets how long it was open", AfterOpening({{1, Step::kAsk, 4, "probing"},
                                                             {1, Step::kFail, 4, "open"},
                                                             {3, Step::kAsk, 5, "probing"},
                                                             {3, Step::kAnswer, 5, "passes"},
                                                             {3, Step::kFail, 6, "passes"},
                                                             {3, Step::kFail, 7, "passes"},
                                                             {3, Step::kFail, 8, "open"},
                                                             {4, Step::kLook, 0, "passes"}})},
    {"a probe that is given up makes room for the next",
     AfterOpening({{1, Step::kAsk, 4, "probing"},
                   {1, Step::kGiveUp, 4, "passes"},
                   {1, Step::kAsk, 5, "probing"}})},
    {"failures from before change nothing", AfterOpening({{0, Step::kFail, 9, "open"},
                                                          {1, Step::kAsk, 10, "probing"},
                                                          {1, Step::kFail, 8, "probing"},
                                                          {1, Step::kGiveUp, 7, "probing"}})},
    {"a late answer closes it as well", AfterOpening({{0, Step::kAnswer, 2, "passes"}})},
};

TEST(CircuitTest, States) {
  for (const Case& c : kCases) {
    Circuit circuit(kOptions);
    for (std::size_t i = 0; i < c.steps.size(); ++i) {
      const Step& step = c.steps[i];
      SCOPED_TRACE(absl::StrCat(c.name, ", step ", i));
      const absl::Duration now = absl::Hours(5) + absl::Seconds(step.at);
      switch (step.event) {
        case Step::kAsk:
          EXPECT_TRUE(circuit.Admits(step.number, now));
          break;
        case Step::kRefused:
          EXPECT_FALSE(circuit.Admits(step.number, now));
          break;
        case Step::kAnswer:
          circuit.Succeed();
          break;
        case Step::kFail:
          circuit.Fail(step.number, now);
          break;
        case Step::kGiveUp:
          circuit.GiveUp(step.number);
          break;
        case Step::kLook:
          break;
      }
      const std::string state = circuit.IsOpen(now)       ? "open"
                                : circuit.WouldAdmit(now) ? "passes"
                                                          : "probing";
      EXPECT_EQ(state, step.then);
    }
  }
}

}  // namespace
}  // namespace mpic::coordinator
