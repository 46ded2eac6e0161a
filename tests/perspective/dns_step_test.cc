#include "perspective/methods/dns_step.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/support/fake_dns_client.h"

namespace mpic::perspective {
namespace {

using ::testing::ElementsAre;

TEST(DnsStepTest, TellsEverythingThatTheResolverAnswered) {
  testing::DnsAnswer answer = testing::ByAlias({"a.example.net", "b.example.net"},
                                               testing::RdataAnswer({std::string("\x01\xff", 2)}));
  answer.question = {.name = DomainName::ParseDns("_x.example.com").value(),
                     .type = RecordType::kTxt};
  answer.authentic_data = true;
  answer.dnssec = v1::SECURE;
  answer.tcp = true;
  answer.tries = 2;
  answer.elapsed = absl::Milliseconds(1500);
  v1::CheckResult result;
  AddDnsStep(answer, result);
  ASSERT_EQ(result.steps_size(), 1);
  const v1::DnsStep& step = result.steps(0).dns();
  EXPECT_EQ(step.qname(), "_x.example.com");
  EXPECT_EQ(step.qtype(), 16U);
  EXPECT_TRUE(step.answered());
  EXPECT_TRUE(step.authentic_data());
  EXPECT_EQ(step.dnssec(), v1::SECURE);
  EXPECT_THAT(step.cname_chain(), ElementsAre("a.example.net", "b.example.net"));
  EXPECT_THAT(step.rdata(), ElementsAre(std::string("\x01\xff", 2)));
  EXPECT_EQ(step.min_ttl(), 300U);
  EXPECT_TRUE(step.tcp());
  EXPECT_EQ(step.tries(), 2U);
  EXPECT_EQ(step.elapsed().seconds(), 1);
  EXPECT_EQ(step.elapsed().nanos(), 500'000'000);
  EXPECT_FALSE(step.has_problem());
}

TEST(DnsStepTest, AReplyWithAnErrorIsAnsweredAndSilenceIsNot) {
  v1::CheckResult result;
  AddDnsStep(testing::LookupError(v1::Problem::DNS_SERVFAIL), result);
  AddDnsStep(testing::LookupError(v1::Problem::DNS_TIMEOUT), result);
  AddDnsStep(testing::NxDomain(), result);
  ASSERT_EQ(result.steps_size(), 3);
  EXPECT_TRUE(result.steps(0).dns().answered());
  EXPECT_EQ(result.steps(0).dns().rcode(), 2U);
  EXPECT_EQ(result.steps(0).dns().problem().kind(), v1::Problem::DNS_SERVFAIL);
  EXPECT_FALSE(result.steps(1).dns().answered());
  EXPECT_EQ(result.steps(1).dns().problem().kind(), v1::Problem::DNS_TIMEOUT);
  EXPECT_TRUE(result.steps(2).dns().answered());
  EXPECT_EQ(result.steps(2).dns().rcode(), 3U);
  EXPECT_FALSE(result.steps(2).dns().has_problem());
}

TEST(DnsStepTest, NoZoneMakesTheResultLarge) {
  v1::CheckResult result;
  AddDnsStep(testing::RdataAnswer(std::vector<std::string>(990, "0123456789abcdef")), result);
  EXPECT_EQ(result.steps(0).dns().rdata_size(), 32);
  EXPECT_EQ(result.steps(0).dns().rdata_omitted(), 958U);
  AddDnsStep(testing::RdataAnswer({std::string(3000, 'a'), std::string(6000, 'b'), "c"}), result);
  EXPECT_EQ(result.steps(1).dns().rdata_size(), 1);
  EXPECT_EQ(result.steps(1).dns().rdata_omitted(), 2U);
}

TEST(DnsStepTest, TextFromTheWireCannotMakeTheResultUnreadable) {
  testing::DnsAnswer answer = testing::LookupError(v1::Problem::DNSSEC_BOGUS);
  answer.extended_errors = {{.info_code = 6, .extra_text = "\xff\xfe signature"},
                            {.info_code = 9, .extra_text = std::string(5000, 'x')}};
  v1::CheckResult result;
  AddDnsStep(answer, result);
  EXPECT_TRUE(v1::CheckResult().ParseFromString(result.SerializeAsString()));
  const v1::DnsStep& step = result.steps(0).dns();
  ASSERT_EQ(step.extended_errors_size(), 2);
  EXPECT_EQ(step.extended_errors(0).info_code(), 6U);
  EXPECT_EQ(step.extended_errors(0).extra_text(), "\\xff\\xfe signature");
  EXPECT_EQ(step.extended_errors(1).extra_text().size(), 256U);
}

}  // namespace
}  // namespace mpic::perspective
