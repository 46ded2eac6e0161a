#include "coordinator/audit/chain_line.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/sha.h>

#include "absl/strings/str_cat.h"
#include "tests/coordinator/audit/log_on_disk.h"

namespace mpic::coordinator {
namespace {

using ::testing::HasSubstr;

// printf '%s' RECORD, with 32 zero octets before it, through sha256sum.
constexpr char kFirstLine[] =
    R"({"previous_hash":"0000000000000000000000000000000000000000000000000000000000000000",)"
    R"("hash":"b8a4918c69b56c3b27de2be979dfdb58be267e4e22735bbe7cfec48327cdca1c",)"
    R"("record":{"schema_version":1,"sequence":"1","recorded_at":"2027-01-15T08:00:00Z",)"
    R"("request_id":"a"}})";

// Any record under a hash that is right.
std::string LineWithRecord(const std::string& record) {
  const std::string hashed = std::string(32, '\0') + record;
  ChainHash hash{};
  SHA256(reinterpret_cast<const unsigned char*>(hashed.data()), hashed.size(), hash.data());
  return absl::StrCat(R"({"previous_hash":")", ToHex(ChainHash()), R"(","hash":")", ToHex(hash),
                      R"(","record":)", record, "}");
}

std::string FirstLine() {
  std::string line = LinesOf({"a"}).front();
  line.pop_back();
  return line;
}

TEST(ChainLineTest, TheFormIsTheDocumentedOne) {
  EXPECT_EQ(FirstLine(), kFirstLine);
  const auto line = ParseLine(kFirstLine);
  ASSERT_TRUE(line.ok()) << line.status();
  EXPECT_EQ(line->sequence, 1U);
  EXPECT_EQ(line->recorded_at, absl::FromUnixSeconds(1'800'000'000));
  EXPECT_EQ(line->previous_hash, ChainHash());
  EXPECT_EQ(DecodeRecord(line->record)->request_id(), "a");
}

TEST(ChainLineTest, EachLineNamesTheHashOfTheOneBefore) {
  ChainHead head;
  const std::vector<std::string> lines = LinesOf({"a", "b", "c"});
  for (const std::string& text : lines) {
    const auto line = ParseLine(absl::string_view(text).substr(0, text.size() - 1));
    ASSERT_TRUE(line.ok()) << line.status();
    EXPECT_TRUE(CheckFollows(*line, head).ok());
    head = line->head();
  }
  EXPECT_EQ(head.sequence, 3U);
}

TEST(ChainLineTest, LinesOfABatchAreTheSameAsLinesAlone) {
  const std::vector<std::string> alone = LinesOf({"a", "b", "c"});
  ChainHead head;
  std::string lines;
  for (const std::string& body : BodiesOf({"a", "b", "c"})) {
    AppendLine(body, absl::FromUnixSeconds(1'800'000'000), head, lines);
  }
  EXPECT_EQ(lines, absl::StrCat(alone[0], alone[1], alone[2]));
}

TEST(ChainLineTest, WhatDoesNotFollowIsRefused) {
  const auto line = ParseLine(kFirstLine);
  ASSERT_TRUE(line.ok());
  EXPECT_THAT(std::string(CheckFollows(*line, {.sequence = 4}).message()),
              HasSubstr("sequence 1 where 5 is expected"));
  EXPECT_THAT(std::string(CheckFollows(*line, {.sequence = 0, .hash = {1}}).message()),
              HasSubstr("previous_hash is not the hash of record 0"));
}

TEST(ChainLineTest, OurFieldsAreTheLogsOwn) {
  for (void (*set)(v1::AuditRecord&) : {+[](v1::AuditRecord& r) { r.set_schema_version(7); },
                                        +[](v1::AuditRecord& r) { r.set_sequence(99); },
                                        +[](v1::AuditRecord& r) { r.mutable_recorded_at(); }}) {
    v1::AuditRecord record;
    record.set_request_id("a");
    set(record);
    EXPECT_TRUE(absl::IsInternal(EncodeBody(record.SerializeAsString()).status()));
  }
  ChainHead head;
  std::string text;
  AppendLine("{}", absl::FromUnixMillis(1'800'000'000'123), head, text);
  const auto line = ParseLine(absl::string_view(text).substr(0, text.size() - 1));
  ASSERT_TRUE(line.ok()) << line.status();
  const auto decoded = DecodeRecord(line->record);
  ASSERT_TRUE(decoded.ok()) << decoded.status();
  EXPECT_EQ(decoded->schema_version(), 1U);
  EXPECT_EQ(decoded->sequence(), 1U);
  EXPECT_EQ(line->recorded_at, absl::FromUnixMillis(1'800'000'000'123));
}

// What protobuf gives for a record that is too long for it.
TEST(ChainLineTest, AnEmptyRecordIsNone) { EXPECT_TRUE(absl::IsInternal(EncodeBody("").status())); }

TEST(ChainLineTest, HostileTextStaysWithinItsLine) {
  ChainHead head;
  v1::AuditRecord record;
  record.set_identifier("a\"}}\n{\"previous_hash\":\"\x1b[2J\r\xe2\x80\xa8");
  std::string text;
  AppendLine(EncodeBody(record.SerializeAsString()).value(), absl::UnixEpoch(), head, text);
  EXPECT_EQ(text.find('\n'), text.size() - 1);
  EXPECT_EQ(text.find('\x1b'), std::string::npos);
  const auto line = ParseLine(absl::string_view(text).substr(0, text.size() - 1));
  ASSERT_TRUE(line.ok()) << line.status();
  EXPECT_EQ(DecodeRecord(line->record)->identifier(), record.identifier());
}

TEST(ChainLineTest, NoBitMayChange) {
  const std::string good = FirstLine();
  for (std::size_t at = 0; at < good.size(); ++at) {
    for (int bit = 0; bit < 8; ++bit) {
      std::string changed = good;
      changed[at] = static_cast<char>(changed[at] ^ (1 << bit));
      EXPECT_TRUE(absl::IsDataLoss(ParseLine(changed).status())) << at << ' ' << changed;
    }
  }
}

TEST(ChainLineTest, NoOctetMayBeMissingOrAdded) {
  const std::string good = FirstLine();
  for (std::size_t size = 0; size < good.size(); ++size) {
    EXPECT_FALSE(ParseLine(good.substr(0, size)).ok()) << size;
    EXPECT_FALSE(ParseLine(good.substr(0, size) + " " + good.substr(size)).ok()) << size;
  }
  EXPECT_FALSE(ParseLine(good + " ").ok());
  EXPECT_FALSE(ParseLine(good + "}").ok());
}

// A forger who recomputes the hash must still keep to the form.
TEST(ChainLineTest, TheRecordBeginsAsTheLogWritesIt) {
  struct Case {
    const char* name;
    const char* record;
    const char* complaint;
  };
  const Case cases[] = {
      {"another schema version", R"({"schema_version":2,"sequence":"1"})", "schema_version 1"},
      {"no sequence", R"({"schema_version":1,"sequence":""})", "sequence"},
      {"sequence 0", R"({"schema_version":1,"sequence":"0","recorded_at":""})", "sequence"},
      {"sequence with a leading zero", R"({"schema_version":1,"sequence":"01"})", "sequence"},
      {"sequence beyond 64 bits", R"({"schema_version":1,"sequence":"99999999999999999999"})",
       "sequence"},
      {"no time", R"({"schema_version":1,"sequence":"1"})", "recorded_at"},
      {"a time that is none", R"({"schema_version":1,"sequence":"1","recorded_at":"now"})",
       "recorded_at is no time"},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.name);
    const absl::Status status = ParseLine(LineWithRecord(c.record)).status();
    EXPECT_TRUE(absl::IsDataLoss(status));
    EXPECT_THAT(std::string(status.message()), HasSubstr(c.complaint));
  }
}

}  // namespace
}  // namespace mpic::coordinator
