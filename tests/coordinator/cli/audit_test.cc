#include "coordinator/cli/audit.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <CLI/CLI.hpp>
#include <sstream>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "coordinator/audit/chain_line.h"
#include "coordinator/cli/csv.h"
#include "coordinator/cli/json.h"
#include "tests/coordinator/audit/log_on_disk.h"

namespace mpic::coordinator::cli {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;

// What mpicctl audit says to these words.
struct Said {
  int code = -1;
  std::string out;
  std::string err;
};

Said Mpicctl(const std::string& words) {
  CLI::App app;
  AuditArguments arguments;
  const AuditCommands commands = AddAudit(app, arguments);
  app.parse("audit " + words);
  std::ostringstream out;
  std::ostringstream err;
  const int code = RunAudit(commands, arguments, out, err);
  return {code, out.str(), err.str()};
}

v1::AuditRecord RecordFor(const std::string& identifier, v1::Verdict verdict) {
  v1::AuditRecord record;
  record.set_request_id("ra-1");
  record.set_requested_by("spiffe://mpic.example/ra");
  record.set_tenant_id(verdict == v1::CORROBORATED ? "one" : "two");
  record.set_identifier(identifier);
  record.set_method(v1::HTTP_01);
  record.mutable_corroboration()->set_verdict(verdict);
  record.mutable_corroboration()->mutable_quorum()->set_text("4/5");
  v1::AttemptRecord& attempt = *record.add_attempts();
  attempt.set_primary_perspective_id("frankfurt");
  attempt.set_primary_outcome(v1::PASSED);
  v1::RemoteSummary& remote = *attempt.add_remotes();
  remote.set_perspective_id("ashburn");
  remote.set_corroborates(true);
  v1::RemoteSummary& other = *attempt.add_remotes();
  other.set_perspective_id("tokyo");
  other.mutable_problem()->set_kind(v1::Problem::DNS_NXDOMAIN);
  return record;
}

// Records a minute apart from 2027-01-15T08:00:00Z.
class AuditTest : public ::testing::Test {
 protected:
  void Write(const std::vector<v1::AuditRecord>& records) {
    ChainHead head;
    std::string content;
    for (const v1::AuditRecord& record : records) {
      const absl::Time at = absl::FromUnixSeconds(1'800'000'000) +
                            absl::Minutes(static_cast<std::int64_t>(head.sequence));
      AppendLine(EncodeBody(record.SerializeAsString()).value(), at, head, content);
    }
    Overwrite(log_.segment(), content);
  }
  void SetUp() override {
    Write({RecordFor("shop.example.com", v1::CORROBORATED),
           RecordFor("*.example.com", v1::NOT_CORROBORATED),
           RecordFor("shop.example.com", v1::NOT_COMPLETED)});
  }
  // The sequence numbers that an export with these options gives.
  std::vector<std::string> Exported(const std::string& options) {
    const Said said =
        Mpicctl(absl::StrCat("export ", log_.directory(), " ", options, " --format csv"));
    EXPECT_EQ(said.code, 0) << said.err;
    std::vector<std::string> sequences;
    for (const absl::string_view row : absl::StrSplit(said.out, '\n', absl::SkipEmpty())) {
      sequences.emplace_back(row.substr(0, row.find(',')));
    }
    if (!sequences.empty()) sequences.erase(sequences.begin());
    return sequences;
  }

  LogOnDisk log_;
};

TEST_F(AuditTest, VerifyTellsWhatHolds) {
  const Said said = Mpicctl("verify " + log_.directory());
  EXPECT_EQ(said.code, 0) << said.err;
  EXPECT_THAT(said.out, AllOf(HasSubstr("records      3 in 1 segment\n"),
                              HasSubstr("first        1 at 2027-01-15 08:00:00Z\n"),
                              HasSubstr("last         3 at 2027-01-15 08:02:00Z\n"),
                              HasSubstr("signatures not looked at")));
}

TEST_F(AuditTest, VerifyTellsTheFirstFault) {
  std::string content = ContentOf(log_.segment());
  content[content.size() / 2] ^= 1;
  Overwrite(log_.segment(), content);
  const Said said = Mpicctl("verify " + log_.directory());
  EXPECT_EQ(said.code, 1);
  EXPECT_EQ(said.out, "");
  EXPECT_THAT(said.err, HasSubstr("audit-00000000000000000001.jsonl:2: the hash"));
}

TEST_F(AuditTest, WhatCannotBeReadIsUsage) {
  EXPECT_EQ(Mpicctl("verify /nonexistent").code, 2);
  EXPECT_EQ(Mpicctl("verify " + log_.directory() + " --public-key /nonexistent").code, 2);
  EXPECT_EQ(Mpicctl("verify " + log_.directory() + " --checkpoint /nonexistent").code, 2);
  EXPECT_EQ(Mpicctl("show /nonexistent 1").code, 2);
  EXPECT_EQ(Mpicctl("export /nonexistent").code, 2);
}

TEST_F(AuditTest, ShowGivesOneRecordInItsPlace) {
  const Said said = Mpicctl("show " + log_.directory() + " 2");
  EXPECT_EQ(said.code, 0) << said.err;
  EXPECT_THAT(said.out, AllOf(HasSubstr("audit-00000000000000000001.jsonl:2"),
                              HasSubstr("\"sequence\": \"2\""), HasSubstr("*.example.com"),
                              HasSubstr("\"hash\": \""), Not(HasSubstr("\"sequence\": \"1\""))));
  const Said nothing = Mpicctl("show " + log_.directory() + " 4");
  EXPECT_EQ(nothing.code, 1);
  EXPECT_THAT(nothing.err, HasSubstr("no record 4"));
}

TEST_F(AuditTest, ExportFilters) {
  struct Case {
    const char* options;
    std::vector<std::string> sequences;
  };
  const Case cases[] = {
      {"", {"\"1\"", "\"2\"", "\"3\""}},
      {"--identifier SHOP.example.com", {"\"1\"", "\"3\""}},
      {"--identifier *.example.com", {"\"2\""}},
      {"--identifier example.com", {}},
      {"--tenant two", {"\"2\"", "\"3\""}},
      {"--verdict corroborated", {"\"1\""}},
      {"--verdict NOT_COMPLETED", {"\"3\""}},
      {"--since 2027-01-15T08:01:00Z", {"\"2\"", "\"3\""}},
      {"--until 2027-01-15T08:01:00Z", {"\"1\""}},
      {"--since 2027-01-15 --until 2027-01-16 --tenant two --verdict not_corroborated", {"\"2\""}},
  };
  for (const Case& c : cases) EXPECT_EQ(Exported(c.options), c.sequences) << c.options;
}

TEST_F(AuditTest, JsonIsTheStoredLine) {
  EXPECT_EQ(Mpicctl("export " + log_.directory()).out, ContentOf(log_.segment()));
}

TEST_F(AuditTest, CsvHasTheElementsOfTheRecord) {
  const std::vector<std::string> rows =
      absl::StrSplit(Mpicctl("export " + log_.directory() + " --format csv").out, '\n');
  ASSERT_THAT(rows, SizeIs(5));
  EXPECT_THAT(rows[0], HasSubstr("\"sequence\",\"recorded_at\",\"request_id\""));
  EXPECT_THAT(
      rows[1],
      HasSubstr(R"("1","2027-01-15T08:00:00+00:00","ra-1","spiffe://mpic.example/ra","one",)"
                R"("shop.example.com","http_01","","","corroborated","","4/5","1",)"
                R"("frankfurt passed","ashburn corroborates; tokyo dns_nxdomain","",)"));
}

TEST_F(AuditTest, HostileTextReachesNeitherTerminalNorSpreadsheet) {
  v1::AuditRecord record = RecordFor("=HYPERLINK(\"http://evil\")", v1::CORROBORATED);
  record.set_request_id(
      "\x1b[2J\xc2\x9b"
      "31m\x7f\r\n\xe2\x80\xae");
  Write({record});
  for (const std::string& words : {"show " + log_.directory() + " 1", "export " + log_.directory(),
                                   "export " + log_.directory() + " --format csv"}) {
    const Said said = Mpicctl(words);
    EXPECT_EQ(said.code, 0) << said.err;
    for (const char* hostile : {"\x1b", "\xc2\x9b", "\x7f", "\r", "\xe2\x80\xae"}) {
      EXPECT_THAT(said.out, Not(HasSubstr(hostile))) << words;
    }
  }
  EXPECT_THAT(Mpicctl("export " + log_.directory() + " --format csv").out,
              HasSubstr(R"x(,"'=HYPERLINK(""http://evil"")",)x"));
}

TEST_F(AuditTest, WhatIsNotWholeYetIsNotExported) {
  const std::string content = ContentOf(log_.segment());
  Overwrite(log_.segment(), content.substr(0, content.size() - 1));
  EXPECT_THAT(Exported(""), SizeIs(2));
}

TEST(CsvTest, Cells) {
  struct Case {
    const char* name;
    const char* text;
    const char* cell;
  };
  const Case cases[] = {
      {"nothing", "", R"("")"},
      {"plain", "example.com", R"("example.com")"},
      {"quotes and commas", R"(a"b,c)", R"("a""b,c")"},
      {"line breaks", "a\r\nb", R"("a\x0d\x0ab")"},
      {"a formula", "=1+1", R"("'=1+1")"},
      {"a plus", "+1", R"("'+1")"},
      {"a minus", "-1", R"("'-1")"},
      {"an at", "@SUM(A1)", R"x("'@SUM(A1)")x"},
      {"a tab before a formula", "\t=1", R"("\x09=1")"},
  };
  for (const Case& c : cases) EXPECT_EQ(CsvCell(c.text), c.cell) << c.name;
  EXPECT_EQ(CsvRow({"a", "b"}), "\"a\",\"b\"\n");
}

}  // namespace
}  // namespace mpic::coordinator::cli
