#include "common/trace_context.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

namespace mpic {
namespace {

using ::testing::MatchesRegex;

constexpr char kGood[] = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

TEST(TraceContextTest, ReadsAndWritesATraceparent) {
  const std::optional<TraceContext> context = ParseTraceparent(kGood);
  ASSERT_TRUE(context.has_value());
  EXPECT_EQ(context->trace_id, "4bf92f3577b34da6a3ce929d0e0e4736");
  EXPECT_EQ(context->span_id, "00f067aa0ba902b7");
  EXPECT_EQ(context->flags, 1);
  EXPECT_EQ(context->traceparent(), kGood);
}

TEST(TraceContextTest, JudgesTraceparentsByTheStandard) {
  struct Case {
    const char* name;
    const char* text;
    bool valid;
  };
  const Case cases[] = {
      {"not sampled", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00", true},
      {"a later version", "cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", true},
      {"a later version with more", "cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-what",
       true},
      {"a later version with more but no dash",
       "cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01.what", false},
      {"version 00 with more", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-what",
       false},
      {"version ff", "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", false},
      {"upper case", "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01", false},
      {"zero trace id", "00-00000000000000000000000000000000-00f067aa0ba902b7-01", false},
      {"zero span id", "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01", false},
      {"not hexadecimal", "00-4bf92f3577b34da6a3ce929d0e0e473g-00f067aa0ba902b7-01", false},
      {"flags not hexadecimal", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-0x", false},
      {"version not hexadecimal", ".0-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", false},
      {"wrong separators", "00_4bf92f3577b34da6a3ce929d0e0e4736_00f067aa0ba902b7_01", false},
      {"too short", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-0", false},
      {"empty", "", false},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.name);
    EXPECT_EQ(ParseTraceparent(c.text).has_value(), c.valid);
  }
}

TEST(TraceContextTest, DropsFlagsThatHaveNoMeaningYet) {
  EXPECT_EQ(ParseTraceparent("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-ff")->flags, 1);
  EXPECT_EQ(ParseTraceparent("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-fe")->flags, 0);
}

TEST(TraceContextTest, DerivesSpans) {
  std::uint64_t next = 0;
  const RandomSource counter = [&next] { return next++; };
  const TraceContext root = NewTrace(counter);
  EXPECT_EQ(root.traceparent(), "00-00000000000000010000000000000002-0000000000000003-00")
      << "a zero id is never used";
  const TraceContext parent = *ParseTraceparent(kGood);
  EXPECT_EQ(ChildSpan(parent, counter).traceparent(),
            "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000004-01");
  EXPECT_EQ(ContinueTrace(kGood, counter).trace_id, parent.trace_id);
  EXPECT_NE(ContinueTrace("garbage", counter).trace_id, parent.trace_id);
  EXPECT_TRUE(ParseTraceparent(NewTrace().traceparent()).has_value());
}

TEST(RandomTest, MakesVersion4Uuids) {
  EXPECT_EQ(RequestId([] { return ~std::uint64_t{0}; }), "ffffffff-ffff-4fff-bfff-ffffffffffff");
  EXPECT_EQ(RequestId([] { return std::uint64_t{0}; }), "00000000-0000-4000-8000-000000000000");
  std::set<std::string> ids;
  for (int i = 0; i < 1000; ++i) {
    const std::string id = RequestId();
    EXPECT_THAT(id, MatchesRegex("[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-"
                                 "[0-9a-f]{12}"));
    ids.insert(id);
  }
  EXPECT_EQ(ids.size(), 1000u);
}

TEST(RandomTest, MakesAsManyOctetsAsAreWanted) {
  const RandomSource source = [] { return std::uint64_t{0x0807060504030201}; };
  EXPECT_EQ(RandomOctets(0, source), "");
  EXPECT_EQ(RandomOctets(11, source), "\x1\x2\x3\x4\x5\x6\x7\x8\x1\x2\x3");
  std::set<std::string> nonces;
  for (int i = 0; i < 1000; ++i) nonces.insert(RandomOctets(16));
  EXPECT_EQ(nonces.size(), 1000u);
}

}  // namespace
}  // namespace mpic
