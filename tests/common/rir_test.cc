#include "common/rir.h"

#include <gtest/gtest.h>

#include <string>

namespace mpic {
namespace {

TEST(RirTest, ReadsTheNamesThatOperatorsWrite) {
  struct Case {
    const char* text;
    v1::Rir rir;
  };
  const Case cases[] = {
      {"ARIN", v1::ARIN},         {"RIPE NCC", v1::RIPE_NCC}, {"RIPE", v1::RIPE_NCC},
      {"ripe_ncc", v1::RIPE_NCC}, {"Apnic", v1::APNIC},       {"lacnic", v1::LACNIC},
      {"AfriNIC", v1::AFRINIC},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.text);
    EXPECT_EQ(ParseRir(c.text).value_or(v1::RIR_UNSPECIFIED), c.rir);
  }
}

TEST(RirTest, RefusesOthersWithTheList) {
  for (const char* text : {"", "RIPE-NCC", " ARIN", "JPNIC", "RIR_UNSPECIFIED"}) {
    SCOPED_TRACE(text);
    EXPECT_EQ(ParseRir(text).status().code(), absl::StatusCode::kInvalidArgument);
  }
  EXPECT_EQ(ParseRir("JPNIC").status().message(),
            "unknown RIR \"JPNIC\"; must be ARIN, RIPE NCC, APNIC, LACNIC or AFRINIC");
}

TEST(RirTest, NamesEachRegistry) {
  EXPECT_EQ(RirName(v1::RIPE_NCC), "RIPE NCC");
  EXPECT_EQ(RirName(v1::AFRINIC), "AFRINIC");
  EXPECT_EQ(RirName(v1::RIR_UNSPECIFIED), "unknown");
}

}  // namespace
}  // namespace mpic
