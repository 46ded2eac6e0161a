#include "common/public_suffix_list.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>

namespace mpic {
namespace {

using ::testing::HasSubstr;

class PublicSuffixListTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto list = PublicSuffixList::Load(MPIC_TEST_DATA "/test_public_suffix_list.dat");
    ASSERT_TRUE(list.ok()) << list.status();
    list_ = *std::move(list);
  }

  std::unique_ptr<const PublicSuffixList> list_;
};

struct Case {
  const char* name;
  const char* domain;
  bool public_suffix;
  const char* base;  // "": none
  bool known_tld;
};

constexpr Case kCases[] = {
    {"a TLD is a suffix", "com", true, "", true},
    {"one label below a TLD is a base", "example.com", false, "example.com", true},
    {"the base of a deep name", "a.b.shop.example.com", false, "example.com", true},
    {"vector 7: a suffix of three labels", "ps.example.com", true, "", true},
    {"vector 7: the base right below it", "x.ps.example.com", false, "x.ps.example.com", true},
    {"a name above a longer suffix", "example.com", false, "example.com", true},
    {"a suffix of two labels", "co.uk", true, "", true},
    {"below a suffix of two labels", "www.shop.co.uk", false, "shop.co.uk", true},
    {"next to a suffix of two labels", "www.gov.uk", false, "gov.uk", true},
    {"the owner of a wildcard rule", "ck", true, "", true},
    {"what a wildcard rule covers", "foo.ck", true, "", true},
    {"below what a wildcard rule covers", "a.b.foo.ck", false, "b.foo.ck", true},
    {"an exception to a wildcard rule", "www.ck", false, "www.ck", true},
    {"below an exception", "a.b.www.ck", false, "www.ck", true},
    {"a wildcard rule below a TLD", "x.kawasaki.jp", true, "", true},
    {"below it", "a.x.kawasaki.jp", false, "a.x.kawasaki.jp", true},
    {"its exception", "a.city.kawasaki.jp", false, "city.kawasaki.jp", true},
    {"a suffix written as U-label", "xn--p1ai", true, "", true},
    {"below a suffix written as U-label", "a.b.xn--p1ai", false, "b.xn--p1ai", true},
    {"the private section does not count", "github.io", false, "github.io", true},
    {"below a private rule", "a.github.io", false, "github.io", true},
    {"a TLD of the private section only is unknown", "a.private-only", false, "", false},
    {"an unknown TLD is a suffix", "corp", true, "", false},
    {"an Internal Name has no base", "www.host.corp", false, "", false},
};

TEST_F(PublicSuffixListTest, JudgesNames) {
  for (const Case& c : kCases) {
    SCOPED_TRACE(c.name);
    const DomainName name = *DomainName::ParseHost(c.domain);
    EXPECT_EQ(list_->IsPublicSuffix(name), c.public_suffix);
    EXPECT_EQ(list_->KnownTld(name), c.known_tld);
    const std::optional<DomainName> base = list_->BaseDomain(name);
    EXPECT_EQ(base.has_value() ? base->text() : "", c.base);
  }
}

TEST(PublicSuffixListLoadTest, MissingFileIsNotFound) {
  const auto list = PublicSuffixList::Load("/nonexistent/list.dat");
  EXPECT_EQ(list.status().code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(list.status().message(), HasSubstr("/nonexistent/list.dat"));
}

TEST(PublicSuffixListLoadTest, AnotherFileIsRefused) {
  const auto list = PublicSuffixList::Load(MPIC_TEST_DATA "/../CMakeLists.txt");
  EXPECT_EQ(list.status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(list.status().message(), HasSubstr("no rule for \"com\""));
}

}  // namespace
}  // namespace mpic
