#include "coordinator/cli/check_arguments.h"

#include <gmock/gmock.h>
#include <google/protobuf/util/message_differencer.h>
#include <gtest/gtest.h>

#include <sstream>

#include "absl/strings/str_split.h"
#include "coordinator/cli/corroborate.h"
#include "coordinator/cli/exit_code.h"
#include "coordinator/cli/json.h"

namespace mpic::coordinator::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

struct Parsed {
  std::variant<CheckArguments, int> arguments;
  Flags flags;
  std::string out;
  std::string err;
};

Parsed Parse(const std::string& line, Asked asked = Asked::kCoordinator) {
  const std::vector<std::string> words = absl::StrSplit(line, ' ', absl::SkipEmpty());
  Parsed parsed;
  std::ostringstream out;
  std::ostringstream err;
  parsed.arguments = ParseCheckArguments(asked, words, parsed.flags, out, err);
  parsed.out = out.str();
  parsed.err = err.str();
  return parsed;
}

struct AcceptedCase {
  const char* name;
  const char* line;
  const char* request;  // CorroborateRequest
};

constexpr AcceptedCase kAccepted[] = {
    {"dns-01", "dns-01 shop.example.com --key-authorization t.p",
     R"({"inputs": [{"check": {"identifier": {"dns_name": "shop.example.com"},
         "dns_01": {"key_authorization": "t.p"}}}]})"},
    {"a token may begin with a hyphen", "dns-01 a.example --key-authorization -t.p",
     R"({"inputs": [{"check": {"identifier": {"dns_name": "a.example"},
         "dns_01": {"key_authorization": "-t.p"}}}]})"},
    {"an IPv4 address as the name, method in any case", "HTTP-01 192.0.2.1 --key-authorization t.p",
     R"({"inputs": [{"check": {"identifier": {"ip_address": "192.0.2.1"},
         "http_01": {"key_authorization": "t.p"}}}]})"},
    {"an IPv6 address as the name", "tls-alpn-01 2001:db8::1 --key-authorization t.p",
     R"({"inputs": [{"check": {"identifier": {"ip_address": "2001:db8::1"},
         "tls_alpn_01": {"key_authorization": "t.p"}}}]})"},
    {"the common options",
     "dns-01 www.a.example --key-authorization t.p --adn a.example --budget 1500ms --check-id one "
     "--created-at 2026-11-23T12:00:00Z",
     R"({"inputs": [{"check": {"check_id": "one", "identifier": {"dns_name": "www.a.example"},
         "time_budget": "1.500s", "authorization_domain_name": "a.example",
         "challenge_created_at": "2026-11-23T12:00:00Z",
         "dns_01": {"key_authorization": "t.p"}}}]})"},
    {"CNAME steps", "dns-01 www.a.example --key-authorization t.p --adn b.example --cname-steps 2",
     R"({"inputs": [{"check": {"identifier": {"dns_name": "www.a.example"},
         "authorization_domain_name": "b.example", "adn_cname_steps": 2,
         "dns_01": {"key_authorization": "t.p"}}}]})"},
    {"a method by its section", "3.2.2.4.19 a.example --key-authorization t.p",
     R"({"inputs": [{"check": {"identifier": {"dns_name": "a.example"},
         "http_01": {"key_authorization": "t.p"}}}]})"},
    {"a method by its section for addresses", "3.2.2.5.3 192.0.2.1",
     R"({"inputs": [{"check": {"identifier": {"ip_address": "192.0.2.1"},
         "reverse_lookup": {}}}]})"},
    {"CAA for a method by its section", "caa a.example --method 3.2.2.4.20",
     R"({"inputs": [{"check": {"identifier": {"dns_name": "a.example"},
         "caa": {"validation_method": "TLS_ALPN_01"}}}]})"},
    {"dns-account-01", "dns-account-01 a.example --key-authorization t.p --account-url https://a/1",
     R"({"inputs": [{"check": {"identifier": {"dns_name": "a.example"},
         "dns_account_01": {"key_authorization": "t.p", "account_url": "https://a/1"}}}]})"},
    {"dns-change in a CAA property, contained",
     "dns-change a.example --type caa --value v --prefix _dcv --contains --caa-tag proof",
     R"({"inputs": [{"check": {"identifier": {"dns_name": "a.example"}, "dns_change": {
         "record_type": "CAA", "prefix_label": "_dcv", "expected_value": "v",
         "match": "CONTAINS_TOKEN", "caa_tag": "proof"}}}]})"},
    {"website-change is http unless told otherwise", "website-change a.example --file f --value v",
     R"({"inputs": [{"check": {"identifier": {"dns_name": "a.example"}, "website_change": {
         "scheme": "HTTP", "file": "f", "expected_value": "v"}}}]})"},
    {"website-change by https on a port, in a meta tag",
     "website-change 192.0.2.1 --file f --value v --scheme HTTPS --port 443 "
     "--require-meta-tag",
     R"({"inputs": [{"check": {"identifier": {"ip_address": "192.0.2.1"}, "website_change": {
         "scheme": "HTTPS", "port": 443, "file": "f", "expected_value": "v",
         "require_meta_tag": true}}}]})"},
    {"http-01 of an IPv6 address", "http-01 2620:FE::9 --key-authorization t.p",
     R"({"inputs": [{"check": {"identifier": {"ip_address": "2620:FE::9"},
         "http_01": {"key_authorization": "t.p"}}}]})"},
    {"CAA needs no option", "caa *.a.example",
     R"({"inputs": [{"check": {"identifier": {"dns_name": "*.a.example"}, "caa": {}}}]})"},
    {"CAA with everything, repeated options",
     "caa a.example --issuer ca.example --issuer ca.test --account-uri https://a/1 "
     "--account-uri https://a/2 --method HTTP-01 --method-label ca-tbr-19",
     R"({"inputs": [{"check": {"identifier": {"dns_name": "a.example"}, "caa": {
         "issuer_domain_names": ["ca.example", "ca.test"],
         "account_uris": ["https://a/1", "https://a/2"], "validation_method": "HTTP_01",
         "validation_method_labels": ["ca-tbr-19"]}}}]})"},
    {"dns-persist-01",
     "dns-persist-01 a.example --issuer ca.example --account-uri https://a/1 --acme-scope",
     R"({"inputs": [{"check": {"identifier": {"dns_name": "a.example"}, "dns_persist": {
         "issuer_domain_names": ["ca.example"], "acceptable_account_uris": ["https://a/1"],
         "acme_scope": true}}}]})"},
    {"dns-persist-01 of an address, several accounts, at an instant",
     "dns-persist-01 192.0.2.1 --issuer ca.example --account-uri https://a/1 "
     "--account-uri https://a/2 --reference-time 2026-11-23",
     R"({"inputs": [{"check": {"identifier": {"ip_address": "192.0.2.1"}, "dns_persist": {
         "issuer_domain_names": ["ca.example"],
         "acceptable_account_uris": ["https://a/1", "https://a/2"],
         "reference_time": "2026-11-23T00:00:00Z"}}}]})"},
    {"a contact", "txt-email-contact a.example --contact me@a.example",
     R"({"inputs": [{"check": {"identifier": {"dns_name": "a.example"},
         "txt_email_contact": {"selected_contact": "me@a.example"}}}]})"},
    {"an e-mail contact in CAA", "caa-email-contact *.a.example --contact me@a.example",
     R"({"inputs": [{"check": {"identifier": {"dns_name": "*.a.example"},
         "caa_email_contact": {"selected_contact": "me@a.example"}}}]})"},
    {"a phone contact at an ADN",
     "txt-phone-contact www.a.example --adn a.example --contact +1-555",
     R"({"inputs": [{"check": {"identifier": {"dns_name": "www.a.example"},
         "authorization_domain_name": "a.example",
         "txt_phone_contact": {"selected_contact": "+1-555"}}}]})"},
    {"a contact lookup that selects none", "caa-phone-contact a.example",
     R"({"inputs": [{"check": {"identifier": {"dns_name": "a.example"},
         "caa_phone_contact": {}}}]})"},
    {"a reverse lookup that expects none", "reverse-lookup 2001:db8::1",
     R"({"inputs": [{"check": {"identifier": {"ip_address": "2001:db8::1"},
         "reverse_lookup": {}}}]})"},
    {"reverse-lookup", "reverse-lookup 192.0.2.1 --expected-name a.example",
     R"({"inputs": [{"check": {"identifier": {"ip_address": "192.0.2.1"},
         "reverse_lookup": {"expected_name": "a.example"}}}]})"},
    {"several checks", "caa a.example + caa b.example --check-id b + caa c.example",
     R"({"inputs": [{"check": {"identifier": {"dns_name": "a.example"}, "caa": {}}},
         {"check": {"check_id": "b", "identifier": {"dns_name": "b.example"}, "caa": {}}},
         {"check": {"identifier": {"dns_name": "c.example"}, "caa": {}}}]})"},
    {"flags of every command, before and after",
     "--server a:1 caa a.example -o json --request-id 7",
     R"({"request_id": "7",
         "inputs": [{"check": {"identifier": {"dns_name": "a.example"}, "caa": {}}}]})"},
};

TEST(CheckArgumentsTest, Accepts) {
  for (const AcceptedCase& c : kAccepted) {
    SCOPED_TRACE(c.name);
    const Parsed parsed = Parse(c.line);
    ASSERT_TRUE(std::holds_alternative<CheckArguments>(parsed.arguments)) << parsed.err;
    const auto request = RequestOf(std::get<CheckArguments>(parsed.arguments), parsed.flags);
    ASSERT_TRUE(request.ok()) << request.status();
    v1::CorroborateRequest expected;
    ASSERT_TRUE(FromJson(c.request, expected).ok());
    EXPECT_TRUE(google::protobuf::util::MessageDifferencer::Equals(*request, expected))
        << ToJson(*request);
    EXPECT_THAT(parsed.err, IsEmpty());
  }
}

TEST(CheckArgumentsTest, StoresFlagsOfEveryCommand) {
  const Parsed parsed = Parse(
      "--server a:1 caa a.example -o json --timeout 2s --peer-name spiffe://x --insecure-loopback "
      "--certificate-file c --private-key-file k --trusted-ca-file t "
      "--traceparent 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
  EXPECT_EQ(parsed.flags.server, "a:1");
  EXPECT_EQ(parsed.flags.output, OutputFormat::kJson);
  EXPECT_EQ(parsed.flags.timeout, absl::Seconds(2));
  EXPECT_EQ(parsed.flags.peer_name, "spiffe://x");
  EXPECT_TRUE(parsed.flags.tls.insecure_loopback());
  EXPECT_EQ(parsed.flags.tls.certificate_file(), "c");
  EXPECT_EQ(parsed.flags.tls.private_key_file(), "k");
  EXPECT_EQ(parsed.flags.tls.trusted_ca_file(), "t");
  EXPECT_EQ(parsed.flags.traceparent, "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
}

struct RefusedCase {
  const char* name;
  const char* line;
  const char* error;  // stands in stderr
};

constexpr RefusedCase kRefused[] = {
    {"nothing to ask", "", "METHOD NAME is missing"},
    {"only flags", "-o json", "METHOD NAME is missing"},
    {"nothing behind a +", "caa a.example +", "METHOD NAME is missing"},
    {"nothing before a +", "+ caa a.example", "METHOD NAME is missing"},
    {"unknown method", "dns-02 a.example", "method \"dns-02\" is not known; there are "},
    {"a retired method", "3.2.2.4.6 a.example", "(BR 3.2.2.4.6) is retired"},
    {"a method that needs no perspective", "email a.example",
     "(BR 3.2.2.4.4) needs no corroboration"},
    {"CAA for a method that needs none", "caa a.example --method onion-csr-01",
     "(BR Appendix B.2.b) needs no corroboration"},
    {"method without a name", "caa", "NAME is required"},
    {"two names", "caa a.example b.example", "not expected: b.example"},
    {"no account URL", "dns-account-01 a.example --key-authorization t.p",
     "--account-url is required"},
    {"bad reference time", "dns-persist-01 a.example --reference-time soon", "soon is no date"},
    {"no key authorization", "http-01 a.example", "--key-authorization is required"},
    {"option of another method", "caa a.example --key-authorization t.p", "--key-authorization"},
    {"unknown record type", "dns-change a.example --type MX --value v", "--type"},
    {"unknown scheme", "website-change a.example --file f --value v --scheme ftp", "--scheme"},
    {"port out of range", "website-change a.example --file f --value v --port 65536", "--port"},
    {"unknown method of CAA", "caa a.example --method dns-02", "method \"dns-02\" is not known"},
    {"budget without a unit", "caa a.example --budget 5", "5 is no time span"},
    {"negative budget", "caa a.example --budget -5s", "-5s is no time span"},
    {"endless timeout", "caa a.example --timeout inf", "inf is no time span"},
    {"bad date", "caa a.example --created-at yesterday", "yesterday is no date"},
    {"bad trace context", "caa a.example --traceparent 00-1-2-3", "00-1-2-3 is no W3C traceparent"},
    {"unknown output", "caa a.example -o xml", "--output"},
    {"an option twice", "caa a.example --check-id a --check-id b", "--check-id is given 2 times"},
    {"a request file and a method", "--request f caa a.example", "--request excludes"},
    {"a request file and a further check", "--request f + caa a.example", "--request excludes"},
};

TEST(CheckArgumentsTest, Refuses) {
  for (const RefusedCase& c : kRefused) {
    SCOPED_TRACE(c.name);
    const Parsed parsed = Parse(c.line);
    ASSERT_TRUE(std::holds_alternative<int>(parsed.arguments));
    EXPECT_EQ(std::get<int>(parsed.arguments), kExitUsage);
    EXPECT_THAT(parsed.err, HasSubstr(c.error));
    EXPECT_THAT(parsed.out, IsEmpty());
  }
}

TEST(CheckArgumentsTest, ACoordinatorVerifiesSignaturesItself) {
  const std::string line = "--attestation-key k.pub caa a.example";
  const Parsed parsed = Parse(line, Asked::kPerspective);
  ASSERT_TRUE(std::holds_alternative<CheckArguments>(parsed.arguments));
  EXPECT_EQ(std::get<CheckArguments>(parsed.arguments).attestation_key_file, "k.pub");
  const Parsed refused = Parse(line);
  ASSERT_TRUE(std::holds_alternative<int>(refused.arguments));
  EXPECT_EQ(std::get<int>(refused.arguments), kExitUsage);
}

TEST(CheckArgumentsTest, HelpIsAnAnswer) {
  const Parsed parsed = Parse("dns-change --help");
  ASSERT_TRUE(std::holds_alternative<int>(parsed.arguments));
  EXPECT_EQ(std::get<int>(parsed.arguments), kExitCorroborated);
  EXPECT_THAT(parsed.out, HasSubstr("--caa-tag"));
  EXPECT_THAT(parsed.err, IsEmpty());
}

TEST(CheckArgumentsTest, HelpShowsWhatTheServerTakes) {
  const std::string coordinator = Parse("--help").out;
  EXPECT_THAT(coordinator, HasSubstr("--request "));
  EXPECT_THAT(coordinator, HasSubstr("A lone +"));
  const std::string perspective = Parse("--help", Asked::kPerspective).out;
  EXPECT_THAT(perspective, Not(HasSubstr("--request ")));
  EXPECT_THAT(perspective, HasSubstr("one check a call"));
  EXPECT_THAT(Parse("--request f", Asked::kPerspective).err, HasSubstr("--request"));
  EXPECT_THAT(Parse("dns-01 --help").out, Not(HasSubstr("IP address")));
  EXPECT_THAT(Parse("http-01 --help").out, HasSubstr("Domain name or IP address"));
  EXPECT_THAT(Parse("reverse-lookup --help").out, Not(HasSubstr("Domain name or")));
}

}  // namespace
}  // namespace mpic::coordinator::cli
