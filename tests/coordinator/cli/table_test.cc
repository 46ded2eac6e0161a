#include "coordinator/cli/table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "coordinator/cli/json.h"

namespace mpic::coordinator::cli {
namespace {

using ::testing::HasSubstr;

template <typename Message>
Message FromText(const std::string& json) {
  Message message;
  const absl::Status parsed = FromJson(json, message);
  EXPECT_TRUE(parsed.ok()) << parsed;
  return message;
}

std::string Table(const std::string& request, const std::string& response) {
  return ToTable(FromText<v1::CorroborateRequest>(request),
                 FromText<v1::CorroborateResponse>(response));
}

constexpr char kDns01[] =
    R"({"inputs": [{"check": {"identifier": {"dns_name": "Shop.Example.COM"}, "dns_01": {}}}]})";
constexpr char kCaa[] =
    R"({"inputs": [{"check": {"identifier": {"dns_name": "shop.example.com"}, "caa": {}}}]})";

TEST(TableTest, ACorroboratedCheck) {
  EXPECT_EQ(Table(kDns01, R"({"corroborations": [{
    "check_id": "1", "verdict": "CORROBORATED", "method_reference": "BR 3.2.2.4.7",
    "policy_phase": "2026-06-15", "attempts": 1, "audit": {"sequence": 42},
    "quorum": {"corroborating": 1, "attempted": 1, "text": "1/1"},
    "primary": {"outcome": "PASSED", "perspective": {
        "perspective_id": "frankfurt", "region": "eu-central-1", "rir": "RIPE_NCC"},
        "started_at": "2026-11-23T12:00:00Z", "finished_at": "2026-11-23T12:00:00.0004Z"},
    "remotes": [{"perspective_id": "tokyo", "region": "ap-northeast-1", "rir": "APNIC",
        "corroborates": true, "result": {"outcome": "PASSED",
            "started_at": "2026-11-23T12:00:00Z", "finished_at": "2026-11-23T12:00:00.1239Z"}}]
  }]})"),
            "shop.example.com  dns-01 (BR 3.2.2.4.7)  CORROBORATED  1/1\n"
            "  primary  frankfurt  eu-central-1    RIPE NCC  passed   <1 ms\n"
            "  remote   tokyo      ap-northeast-1  APNIC     passed  123 ms\n"
            "  attempt 1, phase 2026-06-15, record 42\n");
}

TEST(TableTest, ADiscoverySaysWhichValuesAreCorroborated) {
  EXPECT_EQ(Table(R"({"inputs": [{"check": {"identifier": {"dns_name": "shop.example.com"},
                "txt_email_contact": {}}}]})",
                  R"({"corroborations": [{
    "check_id": "1", "verdict": "CORROBORATED", "method_reference": "BR 3.2.2.4.14",
    "policy_phase": "2026-06-15", "attempts": 1, "audit": {"sequence": 42},
    "quorum": {"corroborating": 4, "attempted": 5, "text": "4/5"},
    "corroborated_values": ["a@shop.example.com", "b\u001b[2J@shop.example.com"]
  }]})"),
            "shop.example.com  txt-email-contact (BR 3.2.2.4.14)  CORROBORATED  4/5\n"
            "  corroborated values: a@shop.example.com, b\\x1b[2J@shop.example.com\n"
            "  attempt 1, phase 2026-06-15, record 42\n");
}

TEST(TableTest, ARefusedCheckSaysWhyAndWhoDidNotCorroborate) {
  EXPECT_EQ(
      Table(R"({"inputs": [{"check": {"check_id": "web", "authorization_domain_name": "example.com",
                "identifier": {"dns_name": "*.example.com"}, "dns_01": {}}}]})",
            R"({"corroborations": [{
    "check_id": "web", "verdict": "NOT_CORROBORATED", "method_reference": "BR 3.2.2.4.7",
    "authorization_domain_name": "example.com",
    "policy_phase": "2026-06-15", "attempts": 2, "audit": {"sequence": 7},
    "problem": {"kind": "QUORUM_COUNT", "detail": "4 of 5 do not"},
    "quorum": {"corroborating": 1, "attempted": 5, "text": "1/5"},
    "primary": {"outcome": "PASSED", "perspective": {"perspective_id": "p", "region": "r"}},
    "remotes": [
      {"perspective_id": "a", "region": "r1", "rir": "ARIN", "corroborates": true,
       "result": {"outcome": "PASSED"}},
      {"perspective_id": "b", "region": "r2", "rir": "ARIN", "result": {"outcome": "FAILED"},
       "problem": {"kind": "DNS_NXDOMAIN", "detail": "no such name"}},
      {"perspective_id": "c", "region": "r3", "rir": "LACNIC", "result": {"outcome": "ERROR"},
       "problem": {"kind": "DNS_TIMEOUT"}},
      {"perspective_id": "d", "region": "r4", "rir": "APNIC", "result": {"outcome": "PASSED"},
       "problem": {"kind": "OBSERVATION_DIFFERS", "detail": "another value"}},
      {"perspective_id": "e", "region": "r5", "rir": "AFRINIC",
       "problem": {"kind": "PERSPECTIVE_UNREACHABLE", "detail": "no line"}}],
    "warnings": ["soon no longer"]
  }]})"),
      "*.example.com  dns-01 (BR 3.2.2.4.7)  NOT CORROBORATED  1/5\n"
      "  QUORUM_COUNT: 4 of 5 do not\n"
      "  primary  p  r   unknown  passed     -\n"
      "  remote   a  r1  ARIN     passed     -\n"
      "  remote   b  r2  ARIN     failed     -  DNS_NXDOMAIN: no such name\n"
      "  remote   c  r3  LACNIC   error      -  DNS_TIMEOUT\n"
      "  remote   d  r4  APNIC    differs    -  OBSERVATION_DIFFERS: another value\n"
      "  remote   e  r5  AFRINIC  no answer  -  PERSPECTIVE_UNREACHABLE: no line\n"
      "  warning: soon no longer\n"
      "  check web, at example.com, attempt 2, phase 2026-06-15, record 7\n");
}

TEST(TableTest, ThePrimarysReasonIsToldOnce) {
  EXPECT_EQ(Table(kCaa, R"({"corroborations": [{
    "verdict": "NOT_CORROBORATED", "method_reference": "BR 4.2.2.1", "quorum": {"text": "0/0"},
    "policy_phase": "2026-06-15", "attempts": 1, "audit": {"sequence": 3},
    "problem": {"kind": "CAA_FORBIDS", "detail": "the primary did not pass: only ca.test may"},
    "primary": {"outcome": "FAILED", "perspective": {"perspective_id": "p", "region": "r"},
      "problem": {"kind": "CAA_FORBIDS", "detail": "only ca.test may"},
      "caa": {"found_at": "example.com"}}
  }]})"),
            "shop.example.com  caa (BR 4.2.2.1)  NOT CORROBORATED  no remote was asked\n"
            "  CAA_FORBIDS: the primary did not pass: only ca.test may\n"
            "  primary  p  r  unknown  failed  -\n"
            "  CAA found at example.com\n"
            "  attempt 1, phase 2026-06-15, record 3\n");
}

TEST(TableTest, CaaSaysHowLongItHolds) {
  EXPECT_THAT(Table(kCaa, R"({"corroborations": [{"verdict": "CORROBORATED",
                "caa_valid_until": "2026-11-24T08:00:00Z", "primary": {"caa": {
                "found_at": "example.com", "valid_until": "2026-11-25T08:00:00Z"}}}]})"),
              HasSubstr("\n  CAA found at example.com, valid until 2026-11-24T08:00:00Z\n"));
  EXPECT_THAT(Table(kCaa, R"({"corroborations": [{"verdict": "CORROBORATED",
                "caa_valid_until": "2026-11-24T08:00:00Z", "primary": {"caa": {}}}]})"),
              HasSubstr("\n  no CAA found up to the TLD, valid until 2026-11-24T08:00:00Z\n"));
}

TEST(TableTest, AValidationSaysHowLongItMayBeUsed) {
  EXPECT_THAT(Table(kDns01, R"({"corroborations": [{"verdict": "CORROBORATED",
                "reusable_until": "2027-03-15T00:00:00Z"}]})"),
              HasSubstr("\n  may support certificates issued before 2027-03-15T00:00:00Z\n"));
}

TEST(TableTest, CaaSaysWhenFailedLookupsWereTolerated) {
  EXPECT_THAT(
      Table(kCaa, R"({"corroborations": [{"verdict": "CORROBORATED", "primary": {"caa": {
                "tolerated_lookup_failure": {"insecure_delegation": "example.com"}}}}]})"),
      HasSubstr("\n  no CAA found up to the TLD, ** failed lookups tolerated below the insecure "
                "delegation example.com **\n"));
}

TEST(TableTest, RelaxedRulesAreLoud) {
  const std::string table = Table(kDns01, R"({"corroborations": [{"verdict": "CORROBORATED",
      "report_only": true, "lab": true, "problem": {"kind": "QUORUM_RIR", "detail": "one RIR"}}]})");
  EXPECT_THAT(table, HasSubstr("  ** REPORT-ONLY: the quorum is not enforced **"));
  EXPECT_THAT(table, HasSubstr("  ** LABORATORY: never issue on this **\n  QUORUM_RIR: one RIR\n"));
}

TEST(TableTest, VerdictsThatAreNotCorroborated) {
  EXPECT_THAT(Table(kDns01, R"({"corroborations": [{"verdict": "NOT_COMPLETED"}]})"),
              HasSubstr("  NOT COMPLETED  "));
  EXPECT_THAT(Table(kDns01, R"({"corroborations": [{}]})"), HasSubstr("  NOT CORROBORATED  "));
}

TEST(TableTest, BlocksStandApartAndNameWhatWasAsked) {
  const std::string table = Table(
      R"({"inputs": [{"check": {"identifier": {"ip_address": "2001:db8::1"}, "http_01": {}}},
                     {"check": {"identifier": {"dns_name": "bücher.example"}, "caa": {}}}]})",
      R"({"corroborations": [{"verdict": "CORROBORATED"}, {"verdict": "CORROBORATED"}]})");
  EXPECT_THAT(table, ::testing::StartsWith("2001:db8::1  http-01  CORROBORATED"));
  EXPECT_THAT(table, HasSubstr("\n\nxn--bcher-kva.example  caa  CORROBORATED"));
}

TEST(TableTest, OctetsOfTheNetworkDoNotReachTheTerminal) {
  const std::string table =
      Table(R"({"inputs": [{"check": {"identifier": {"dns_name": "a\u001b[2J"}, "dns_01": {}}}]})",
            R"({"corroborations": [{"verdict": "NOT_CORROBORATED", "method_reference": "\u001b",
          "problem": {"kind": "BODY_MISMATCH", "detail": "\u001b]0;CORROBORATED\u0007\n\u009b\\"},
          "primary": {"perspective": {"perspective_id": "\u001b", "region": "\r"},
              "problem": {"detail": "\b"}, "caa": {"found_at": "\u001b"}},
          "remotes": [{"perspective_id": "\u001b", "region": "\u202e", "problem": {"detail": "\t"}}],
          "warnings": ["\u001b"], "quorum": {"attempted": 1, "text": "\u001b"},
          "policy_phase": "\u001b"}]})");
  EXPECT_THAT(table, HasSubstr("BODY_MISMATCH: \\x1b]0;CORROBORATED\\x07\\x0a\\xc2\\x9b\\\\\n"));
  for (const char c : table) EXPECT_TRUE((c >= ' ' && c <= '~') || c == '\n') << table;
}

}  // namespace
}  // namespace mpic::coordinator::cli
