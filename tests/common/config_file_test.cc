#include "common/config_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <string>
#include <vector>

#include "mpic/config/v1/coordinator.pb.h"
#include "mpic/config/v1/perspective.pb.h"

namespace mpic {
namespace {

using ::testing::HasSubstr;

TEST(ConfigFileTest, ReadsEveryKindOfField) {
  config::v1::CoordinatorConfig config;
  const absl::Status status = LoadConfigText(R"(# a comment
listen: 127.0.0.1:8443
tls: {certificate_file: /etc/mpic/tls.crt, allowed_peers: ["spiffe://ca/ra", ra.example]}
perspectives:
  - perspective_id: eu-1
    region: no
    location: {latitude: 50.1, longitude: -8}
  - perspective_id: "us-1"
policy:
  dispatch: parallel
  non_corroborations_max: 0
  attempts_max: 3
  check_budget: 1.5s
  retry_delay: 250ms
  straggler_grace: 2m
  report_only: True
limits:
log_level: WARNING
threads: 4
)",
                                             "c.yaml", config);
  ASSERT_TRUE(status.ok()) << status;
  EXPECT_EQ(config.listen(), "127.0.0.1:8443");
  ASSERT_EQ(config.tls().allowed_peers_size(), 2);
  EXPECT_EQ(config.tls().allowed_peers(1), "ra.example");
  ASSERT_EQ(config.perspectives_size(), 2);
  EXPECT_EQ(config.perspectives(0).region(), "no") << "the schema says text, so no is no boolean";
  EXPECT_EQ(config.perspectives(0).location().longitude(), -8);
  EXPECT_EQ(config.policy().dispatch(), config::v1::Policy::PARALLEL);
  EXPECT_TRUE(config.policy().has_non_corroborations_max());
  EXPECT_EQ(config.policy().check_budget().seconds(), 1);
  EXPECT_EQ(config.policy().check_budget().nanos(), 500'000'000);
  EXPECT_EQ(config.policy().retry_delay().nanos(), 250'000'000);
  EXPECT_EQ(config.policy().straggler_grace().seconds(), 120);
  EXPECT_TRUE(config.policy().report_only());
  EXPECT_FALSE(config.has_limits()) << "a key without a value keeps the default";
  EXPECT_EQ(config.log_level(), config::v1::warning);
  EXPECT_EQ(config.threads(), 4u);
}

TEST(ConfigFileTest, ReadsMaps) {
  config::v1::CoordinatorConfig config;
  const absl::Status status =
      LoadConfigText("tenants:\n  - tenant_id: one\n    labels: {contract: c-17, \"no\": 'yes'}\n",
                     "c.yaml", config);
  ASSERT_TRUE(status.ok()) << status;
  ASSERT_EQ(config.tenants(0).labels_size(), 2);
  EXPECT_EQ(config.tenants(0).labels().at("contract"), "c-17");
  EXPECT_EQ(config.tenants(0).labels().at("no"), "yes");
}

TEST(ConfigFileTest, RefusesWhatIsNoMap) {
  const auto refusal = [](const std::string& labels) {
    config::v1::CoordinatorConfig config;
    const absl::Status status =
        LoadConfigText("tenants: [{labels: " + labels + "}]", "c.yaml", config);
    return std::string(status.message());
  };
  EXPECT_EQ(refusal("[a, b]"), "c.yaml:1: tenants[0].labels: must be a mapping of keys to values");
  EXPECT_EQ(refusal("c-17"), "c.yaml:1: tenants[0].labels: must be a mapping of keys to values");
  EXPECT_EQ(refusal("{a: b, a: c}"), "c.yaml:1: tenants[0].labels.a: duplicate key");
  EXPECT_EQ(refusal("{[a]: b}"), "c.yaml:1: tenants[0].labels: keys must be plain text");
  EXPECT_EQ(refusal("{a: {b: c}}"), "c.yaml:1: tenants[0].labels.a: must be a single value");
  EXPECT_EQ(refusal("{a: }"), "c.yaml:1: tenants[0].labels.a: must not be empty");
}

TEST(ConfigFileTest, AcceptsEmptyFilesAndJson) {
  config::v1::PerspectiveConfig config;
  config.set_region("old");
  EXPECT_TRUE(LoadConfigText("# nothing\n", "p.yaml", config).ok());
  EXPECT_EQ(config.region(), "") << "cleared first";
  EXPECT_TRUE(LoadConfigText(R"({"region": "eu", "threads": 2})", "p.yaml", config).ok());
  EXPECT_EQ(config.threads(), 2u);
}

struct Refusal {
  const char* name;
  const char* text;
  const char* message;
};

class ConfigRefusalTest : public ::testing::TestWithParam<Refusal> {};

TEST_P(ConfigRefusalTest, NamesLinePathAndRule) {
  config::v1::CoordinatorConfig config;
  const absl::Status status = LoadConfigText(GetParam().text, "c.yaml", config);
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(status.message()), HasSubstr(GetParam().message));
}

constexpr Refusal kRefusals[] = {
    {"UnknownKey", "listen: a\npolicy:\n  dispatsh: PARALLEL\n",
     "c.yaml:3: policy.dispatsh: unknown key; known here: remotes_per_attempt, "},
    {"UnknownKeyInList", "perspectives:\n- region: a\n- regio: b\n",
     "c.yaml:3: perspectives[1].regio: unknown key"},
    {"DuplicateKey", "listen: a\nlisten: b\n", "c.yaml:2: listen: duplicate key"},
    {"DuplicateKeyOfAList", "perspectives: []\nperspectives: []\n",
     "c.yaml:2: perspectives: duplicate key"},
    {"KeyThatIsAMapping", "? {a: b}\n: c\n", "c.yaml:1: keys must be plain text"},
    {"JsonNameOfAField", "logLevel: info\n", "c.yaml:1: logLevel: unknown key"},
    {"TextForNumber", "threads: many\n", "c.yaml:1: threads: must be an integer"},
    {"FractionForInteger", "threads: 1.5\n", "c.yaml:1: threads: must be an integer"},
    {"NegativeUnsigned", "threads: -1\n",
     "c.yaml:1: threads: out of range, must be 0 .. 4294967295"},
    {"TooLargeUnsigned", "threads: 4294967296\n",
     "c.yaml:1: threads: out of range, must be 0 .. 4294967295"},
    {"NumberInQuotes", "threads: \"4\"\n", "c.yaml:1: threads: must not be in quotes"},
    {"BooleanYes", "lab: yes\n", "c.yaml:1: lab: must be true or false"},
    {"DoubleNotANumber", "perspectives: [{location: {latitude: nan}}]\n",
     "c.yaml:1: perspectives[0].location.latitude: must be a finite number"},
    {"UnknownEnum", "log_level: loud\n",
     "c.yaml:1: log_level: must be one of debug, info, warning, error"},
    {"DurationWithoutUnit", "drain_timeout: 30\n",
     "c.yaml:1: drain_timeout: must be a duration with its unit"},
    {"NegativeDuration", "drain_timeout: -3s\n", "c.yaml:1: drain_timeout: must not be negative"},
    {"InfiniteDuration", "drain_timeout: inf\n", "c.yaml:1: drain_timeout: out of range"},
    {"ListForScalar", "listen: [a, b]\n", "c.yaml:1: listen: must be a single value"},
    {"ScalarForList", "perspectives: eu-1\n", "c.yaml:1: perspectives: must be a list"},
    {"EmptyListElement", "caa_issuer_domain_names:\n- a\n-\n",
     "caa_issuer_domain_names[1]: must not be empty"},
    {"ScalarForMessage", "tls: on\n", "c.yaml:1: tls: must be a mapping"},
    {"TopLevelList", "- listen: a\n", "c.yaml:1: must be a mapping"},
    {"TwoDocuments", "listen: a\n---\nlisten: b\n", "only one document is allowed"},
    {"Alias", "policy: &p {attempts_max: 1}\ntls: *p\n", "c.yaml:2: aliases (*name)"},
    {"AliasOfItself", "perspectives: &a [*a]\n", "aliases (*name)"},
    {"MergeKey", "<<: {listen: a}\n", "c.yaml:1: <<: unknown key"},
    {"Tag", "listen: !!str a\n", "c.yaml:1: tags (tag:yaml.org,2002:str) are not allowed"},
    {"TagOfControlCharacters", "%TAG !e! \x1b[31m\n---\nlisten: !e!x a\n",
     "c.yaml:3: tags (\\x1b[31mx) are not allowed"},
    {"SyntaxError", "listen: a\ntls: {certificate_file\n", "not YAML: "},
    {"TabIndentation", "tls:\n\tcertificate_file: a\n", "c.yaml:2: not YAML: "},
    {"UndefinedAlias", "listen: *nowhere\n", "c.yaml:1: not YAML: "},
};

INSTANTIATE_TEST_SUITE_P(All, ConfigRefusalTest, ::testing::ValuesIn(kRefusals),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(ConfigFileTest, ListsAllViolationsInTheOrderOfTheirLines) {
  config::v1::CoordinatorConfig config;
  const absl::Status status = LoadConfigText("lisn: a\nthreads: x\nlab: 1\n", "c.yaml", config);
  const std::string message(status.message());
  const std::size_t first = message.find("c.yaml:1: lisn: unknown key");
  const std::size_t second = message.find("\nc.yaml:2: threads: must be an integer");
  const std::size_t third = message.find("\nc.yaml:3: lab: must be true or false");
  ASSERT_NE(first, std::string::npos) << message;
  ASSERT_NE(second, std::string::npos) << message;
  ASSERT_NE(third, std::string::npos) << message;
  EXPECT_LT(first, second);
  EXPECT_LT(second, third);
}

TEST(ConfigFileTest, RefusesDeepNesting) {
  config::v1::CoordinatorConfig config;
  for (const char* open : {"[", "{a: ", "- "}) {
    std::string text = "listen: ";
    if (open[0] == '-') text.clear();
    for (int i = 0; i < 2000; ++i) text += open;
    EXPECT_EQ(LoadConfigText(text, "c.yaml", config).code(), absl::StatusCode::kInvalidArgument);
  }
}

TEST(ConfigFileTest, RefusesDocumentsWithoutEnd) {
  for (const char* text : {",", ",listen: x\n", "listen: x\n---\n,\n", ",a: 1\n---\nb\n"}) {
    config::v1::CoordinatorConfig config;
    EXPECT_THAT(std::string(LoadConfigText(text, "c.yaml", config).message()),
                HasSubstr("only one document"))
        << text;
  }
}

TEST(ConfigFileTest, TextsAreUtf8WithoutControlCharacters) {
  const struct {
    const char* name;
    std::string value;
    bool accepted;
  } cases[] = {{"beyond ASCII", "\"caf\xc3\xa9\"", true},
               {"beyond ASCII by escape", R"("caf\u00e9")", true},
               {"Latin-1", "\"caf\xe9\"", false},
               {"cut short", "caf\xc3", false},
               {"a NUL, behind which a file name would end", R"("/var/a\0b")", false},
               {"a line feed", R"("a\nb")", false},
               {"a control character beyond ASCII", R"("a\u009b2Jb")", false}};
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    config::v1::CoordinatorConfig config;
    const absl::Status status = LoadConfigText("listen: " + c.value + "\n", "c.yaml", config);
    EXPECT_EQ(status.ok(), c.accepted) << status;
    if (!c.accepted) {
      EXPECT_EQ(status.message(), "c.yaml:1: listen: must be UTF-8 without control characters");
    }
  }
}

TEST(ConfigFileTest, WhatIsRefusedIsShownInPrintableAscii) {
  const struct {
    const char* name;
    std::string text;
  } cases[] = {{"an unknown key", "\"\\e[2J\xff\": 1\n"},
               {"an unknown key below another", "tls: {\"a\\r\": 1}\n"},
               {"an unknown escape", std::string("listen: \"\\\0\"\n", 13)}};
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    config::v1::CoordinatorConfig config;
    const std::string message(LoadConfigText(c.text, "c.yaml", config).message());
    EXPECT_NE(message, "");
    EXPECT_TRUE(std::ranges::all_of(message, [](char x) { return x >= ' ' && x <= '~'; }))
        << message;
  }
}

TEST(ConfigFileTest, RefusesALaughingFileAtOnce) {
  std::string text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 30; ++i) {
    const std::string below = "*a" + std::to_string(i - 1);
    text += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [" + below;
    for (int j = 0; j < 9; ++j) text += ", " + below;
    text += "]\n";
  }
  config::v1::CoordinatorConfig config;
  EXPECT_THAT(std::string(LoadConfigText(text, "c.yaml", config).message()), HasSubstr("aliases"));
}

TEST(ConfigFileTest, SurvivesEveryTruncationAndMangledOctet) {
  const std::string whole =
      "listen: \"a\\u00e9\"\ntls: {allowed_peers: [a, 'b']}\npolicy:\n  check_budget: 1s\n";
  config::v1::CoordinatorConfig config;
  for (std::size_t i = 0; i < whole.size(); ++i) {
    (void)LoadConfigText(whole.substr(0, i), "c.yaml", config);  // any status, but no exception
    for (const char octet : {'\0', '\xff', '\xc3', '{', ':', '&'}) {
      std::string mangled = whole;
      mangled[i] = octet;
      (void)LoadConfigText(mangled, "c.yaml", config);
    }
  }
}

class TemporaryFile {
 public:
  explicit TemporaryFile(const std::string& text)
      : path_(::testing::TempDir() + "/config_file_test_" + std::to_string(::getpid())) {
    std::ofstream(path_) << text;
  }
  ~TemporaryFile() { std::remove(path_.c_str()); }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

TEST(ConfigFileTest, ReadsFilesAndNamesThemInErrors) {
  config::v1::PerspectiveConfig config;
  const TemporaryFile good("region: eu\n");
  EXPECT_TRUE(LoadConfigFile(good.path(), config).ok());
  EXPECT_EQ(config.region(), "eu");

  const absl::Status missing = LoadConfigFile("/nonexistent/p.yaml", config);
  EXPECT_EQ(missing.code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(std::string(missing.message()), HasSubstr("/nonexistent/p.yaml"));
  EXPECT_FALSE(LoadConfigFile("/", config).ok()) << "a directory";
}

TEST(ConfigFileTest, RefusesHugeFiles) {
  config::v1::PerspectiveConfig config;
  const TemporaryFile huge("#" + std::string(kConfigBytesMax, 'x'));
  const absl::Status status = LoadConfigFile(huge.path(), config);
  EXPECT_EQ(status.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_THAT(std::string(status.message()), HasSubstr(huge.path()));
}

}  // namespace
}  // namespace mpic
