#include "common/proto_time.h"

#include <gtest/gtest.h>

#include "mpic/v1/check.pb.h"

namespace mpic {
namespace {

struct TimesCase {
  const char* name;
  void (*spoil)(v1::CheckResult&);
  bool valid;
};

const TimesCase kTimesCases[] = {
    {"none at all", [](v1::CheckResult&) {}, true},
    {"the first and the last instant",
     [](v1::CheckResult& r) {
       r.mutable_started_at()->set_seconds(-62'135'596'800);
       r.mutable_finished_at()->set_seconds(253'402'300'799);
       r.mutable_finished_at()->set_nanos(999'999'999);
     },
     true},
    {"a negative duration of one sign",
     [](v1::CheckResult& r) {
       r.add_steps()->mutable_dns()->mutable_elapsed()->set_seconds(-1);
       r.mutable_steps(0)->mutable_dns()->mutable_elapsed()->set_nanos(-1);
     },
     true},
    {"a year that no calendar has",
     [](v1::CheckResult& r) { r.mutable_finished_at()->set_seconds(std::int64_t{1} << 60); },
     false},
    {"nanoseconds before their second",
     [](v1::CheckResult& r) { r.mutable_started_at()->set_nanos(-1); }, false},
    {"a billion nanoseconds",
     [](v1::CheckResult& r) { r.mutable_started_at()->set_nanos(1'000'000'000); }, false},
    {"deep in a step",
     [](v1::CheckResult& r) {
       r.add_steps();
       r.add_steps()->mutable_http()->mutable_elapsed()->set_seconds(std::int64_t{1} << 60);
     },
     false},
    {"a duration of two signs",
     [](v1::CheckResult& r) {
       r.add_steps()->mutable_tls()->mutable_elapsed()->set_seconds(1);
       r.mutable_steps(0)->mutable_tls()->mutable_elapsed()->set_nanos(-1);
     },
     false},
    {"in the evidence",
     [](v1::CheckResult& r) { r.mutable_caa()->mutable_valid_until()->set_nanos(-5); }, false},
};

TEST(ProtoTimeTest, EveryTimeOfAMessageIsLookedAt) {
  for (const TimesCase& c : kTimesCases) {
    SCOPED_TRACE(c.name);
    v1::CheckResult result;
    c.spoil(result);
    EXPECT_EQ(AllTimesAreValid(result), c.valid);
  }
}

}  // namespace
}  // namespace mpic
