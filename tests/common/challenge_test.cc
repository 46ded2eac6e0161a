#include "common/challenge.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "absl/strings/escaping.h"
#include "common/challenge_name.h"
#include "common/well_known_path.h"

namespace mpic {
namespace {

const std::string kToken = "evaGxfADs6pSRb2LAv9IZf17Dt3juxGJ-PCt92wr-oA";
const std::string kThumbprint = "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs";

TEST(KeyAuthorizationTest, ParsesAndDigests) {
  const auto parsed = KeyAuthorization::Parse(kToken + "." + kThumbprint);
  ASSERT_TRUE(parsed.ok()) << parsed.status();
  EXPECT_EQ(parsed->token(), kToken);
  EXPECT_EQ(parsed->text(), kToken + "." + kThumbprint);
  // D64 and Dhex of the vectors.
  EXPECT_EQ(parsed->DigestText(), "ZTRx1Ckl1-tM05o5zaizTTA0yUy5AGereMgSNWC6Ll8");
  EXPECT_EQ(absl::BytesToHexString(parsed->Digest()),
            "653471d42925d7eb4cd39a39cda8b34d3034c94cb90067ab78c8123560ba2e5f");
}

TEST(KeyAuthorizationTest, NamesTheBrokenRuleAndNotTheValue) {
  struct Case {
    const char* name;
    std::string text;
    const char* rule;
  };
  const Case cases[] = {
      {"nothing", "", "token \".\" thumbprint"},
      {"no dot", kToken, "token \".\" thumbprint"},
      {"a token of 21 characters", kToken.substr(0, 21) + "." + kThumbprint, "under 22"},
      {"a padded token", kToken + "=." + kThumbprint, "outside base64url"},
      {"a slash in the token", "a/" + kToken + "." + kThumbprint, "outside base64url"},
      {"dots before the token", "../" + kToken + "." + kThumbprint, "under 22"},
      {"a plus in the token", "+" + kToken + "." + kThumbprint, "outside base64url"},
      {"a token over 128 characters", std::string(129, 'a') + "." + kThumbprint, "over 128"},
      {"a short thumbprint", kToken + "." + kThumbprint.substr(1), "thumbprint must be 43"},
      {"a long thumbprint", kToken + "." + kThumbprint + "A", "thumbprint must be 43"},
      {"a second dot", kToken + "." + kThumbprint.substr(1) + ".", "thumbprint must be 43"},
      {"a newline at the end", kToken + "." + kThumbprint + "\n", "thumbprint must be 43"},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.name);
    const auto parsed = KeyAuthorization::Parse(c.text);
    ASSERT_FALSE(parsed.ok());
    EXPECT_THAT(std::string(parsed.status().message()), ::testing::HasSubstr(c.rule));
    EXPECT_THAT(std::string(parsed.status().message()),
                ::testing::Not(::testing::HasSubstr(kThumbprint.substr(1))));
  }
  EXPECT_TRUE(KeyAuthorization::Parse(kToken.substr(0, 22) + "." + kThumbprint).ok());
}

TEST(OccursInRequestTest, DecodedAndInAnyCase) {
  const char* value = "4f9c2a7be1d04c6f";
  struct Case {
    const char* name;
    std::string request;
    bool occurs;
  };
  const Case cases[] = {
      {"as it is", "/p/4f9c2a7be1d04c6f.txt", true},
      {"upper case", "/p/4F9C2A7BE1D04C6F", true},
      {"percent-encoded", "/p/%34f9c2a7be1d04c6%66", true},
      {"percent-encoded twice", "/p/%2534f9c2a7be1d04c6f", true},
      {"upper-case letter behind the encoding", "/p/4f9c2a7be1d04c6%46", true},
      {"part of it", "/p/4f9c2a7be1d04c6", false},
      {"a broken encoding", "/p/%4f9c2a7be1d04c6f%", true},
      {"nothing", "", false},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(OccursInRequest(c.request, value), c.occurs) << c.name;
  }
  EXPECT_FALSE(OccursInRequest("/p", ""));
}

TEST(ChallengeAgeTest, ThirtyDaysAndNotFromTheFuture) {
  const absl::Time now = absl::FromUnixSeconds(1'795'435'200);
  EXPECT_TRUE(CheckChallengeAge(now - absl::Hours(30 * 24), now).ok());
  EXPECT_FALSE(CheckChallengeAge(now - absl::Hours(30 * 24) - absl::Seconds(1), now).ok());
  EXPECT_TRUE(CheckChallengeAge(now + kClockSkewMax, now).ok());
  EXPECT_FALSE(CheckChallengeAge(now + kClockSkewMax + absl::Milliseconds(1), now).ok());
}

TEST(DnsAccountLabelTest, OfTheExactUrl) {
  // Vectors 29 and 31.
  EXPECT_EQ(DnsAccountLabel("https://ca.example.com/acme/acct/1"), "_djkdhsixkea3ceco");
  EXPECT_EQ(DnsAccountLabel("https://example.com/acme/acct/ExampleAccount"), "_ujmmovf2vn55tgye");
  EXPECT_NE(DnsAccountLabel("https://ca.example.com/acme/acct/1/"), "_djkdhsixkea3ceco");
}

TEST(PkiValidationFileTest, StaysBelowTheDirectory) {
  struct Case {
    const char* file;
    const char* expected;  // the normal form, or what the error says
    bool ok;
  };
  const Case cases[] = {
      {"fileauth.txt", "fileauth.txt", true},
      {"a/b/c.html", "a/b/c.html", true},
      {"a/./b", "a/b", true},
      {"a/../b", "b", true},
      {"a/%2e%2E/b", "b", true},
      {".hidden", ".hidden", true},
      {"...", "...", true},
      {"a%20b", "a%20b", true},
      {"", "is required", false},
      {".", "names nothing below", false},
      {"a/..", "names nothing below", false},
      {"../x", "leads out of", false},  // vector 50
      {"%2e%2e/x", "leads out of", false},
      {".%2E/x", "leads out of", false},
      {"a/../../pki-validation/x", "leads out of", false},
      {"/x", "empty segment", false},
      {"a//x", "empty segment", false},
      {"a/", "empty segment", false},
      {"..%2fx", "encoded slash", false},
      {"..%5Cx", "encoded slash", false},
      {"x?y", "may not hold", false},
      {"x#y", "may not hold", false},
      {"x y", "may not hold", false},
      {"x\\y", "may not hold", false},
      {"x\r\nHost: y", "may not hold", false},
      {"x%", "broken percent-encoding", false},
      {"x%2", "broken percent-encoding", false},
      {"x%2g", "broken percent-encoding", false},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.file);
    const auto file = NormalizePkiValidationFile(c.file);
    ASSERT_EQ(file.ok(), c.ok) << file.status();
    if (c.ok) {
      EXPECT_EQ(*file, c.expected);
    } else {
      EXPECT_THAT(std::string(file.status().message()), ::testing::HasSubstr(c.expected));
    }
  }
  EXPECT_TRUE(NormalizePkiValidationFile(std::string(256, 'x')).ok());
  EXPECT_FALSE(NormalizePkiValidationFile(std::string(257, 'x')).ok());
}

}  // namespace
}  // namespace mpic
