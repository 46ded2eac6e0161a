#include "coordinator/policy/authorization_domain_name.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "coordinator/policy/methods.h"

namespace mpic::coordinator {
namespace {

using ::testing::HasSubstr;

const PublicSuffixList& Suffixes() {
  static const auto* list =
      new auto(*PublicSuffixList::Load(MPIC_TEST_DATA "/test_public_suffix_list.dat"));
  return **list;
}

struct CandidatesCase {
  const char* name;
  const char* certificate_name;
  v1::Method method;
  std::vector<std::string> expected;
};

const CandidatesCase kCandidates[] = {
    {"vector 1: down to the base, never the suffix",
     "a.b.shop.example.com",
     v1::DNS_CHANGE,
     {"a.b.shop.example.com", "b.shop.example.com", "shop.example.com", "example.com"}},
    {"vector 2: a wildcard loses its asterisk first",
     "*.shop.example.com",
     v1::DNS_01,
     {"shop.example.com", "example.com"}},
    {"http-01 looks at exactly the name",
     "www.shop.example.com",
     v1::HTTP_01,
     {"www.shop.example.com"}},
    {"vector 7: a base below a longer suffix",
     "x.ps.example.com",
     v1::DNS_PERSIST,
     {"x.ps.example.com"}},
    {"vector 8: a wildcard directly below a suffix", "*.ps.example.com", v1::DNS_01, {}},
    {"a public suffix itself", "co.uk", v1::DNS_01, {}},
    {"an Internal Name", "host.corp", v1::DNS_01, {}},
    {"a wildcard by http-01", "*.shop.example.com", v1::HTTP_01, {}},
    {"an onion name by DNS", "abc.onion", v1::DNS_01, {}},
    {"an onion name by http-01", "www.abc.onion", v1::HTTP_01, {"www.abc.onion"}},
    {"a method for addresses", "shop.example.com", v1::REVERSE_LOOKUP, {}},
    {"no method", "shop.example.com", v1::METHOD_UNSPECIFIED, {}},
    {"CAA does not prune", "*.shop.example.com", v1::CAA, {"shop.example.com"}},
    {"an exception of a wildcard rule is a base", "a.www.ck", v1::DNS_01, {"a.www.ck", "www.ck"}},
};

TEST(AdnCandidatesTest, Cases) {
  for (const CandidatesCase& c : kCandidates) {
    SCOPED_TRACE(c.name);
    std::vector<std::string> texts;
    for (const DomainName& name :
         AdnCandidates(*CertificateName::Parse(c.certificate_name), c.method, Suffixes())) {
      texts.push_back(name.text());
    }
    EXPECT_EQ(texts, c.expected);
  }
}

struct CheckCase {
  const char* name;
  const char* certificate_name;
  v1::Method method;
  const char* requested;
  const char* adn;      // "": refused
  const char* refusal;  // part of the sentence
};

constexpr CheckCase kChecks[] = {
    {"none requested: the name itself", "www.shop.example.com", v1::DNS_01, "",
     "www.shop.example.com", ""},
    {"none requested: a wildcard without its asterisk", "*.shop.example.com", v1::DNS_01, "",
     "shop.example.com", ""},
    {"vector 1: pruned to the base", "a.b.shop.example.com", v1::DNS_CHANGE, "example.com",
     "example.com", ""},
    {"vector 1: never the suffix", "a.b.shop.example.com", v1::DNS_CHANGE, "com", "",
     "above the Base Domain Name example.com"},
    {"vector 2: a wildcard pruned", "*.shop.example.com", v1::DNS_CHANGE, "example.com",
     "example.com", ""},
    {"vector 2: a wildcard never takes a CNAME target", "*.shop.example.com", v1::DNS_CHANGE,
     "edge.example.com", "", "reached by CNAME is not taken"},
    {"vector 4: pruned, then a CNAME target", "www.shop.example.com", v1::DNS_CHANGE,
     "edge.example.net", "", "reached by CNAME is not taken"},
    {"vector 5: http-01 above the name", "www.shop.example.com", v1::HTTP_01, "shop.example.com",
     "", "validates exactly the name (BR 3.2.2.4.19)"},
    {"vector 7: the base is the name", "x.ps.example.com", v1::DNS_PERSIST, "ps.example.com", "",
     "above the Base Domain Name x.ps.example.com"},
    {"vector 7: nor what is above the suffix", "x.ps.example.com", v1::DNS_PERSIST, "example.com",
     "", "above the Base Domain Name x.ps.example.com"},
    {"any case, U-labels and a trailing dot", "www.xn--bcher-kva.example.com", v1::DNS_01,
     "B\xc3\xbc"
     "cher.Example.COM.",
     "xn--bcher-kva.example.com", ""},
    {"a wildcard is no authorization domain name", "*.shop.example.com", v1::DNS_01,
     "*.shop.example.com", "", "must not be a wildcard"},
    {"a malformed one", "www.example.com", v1::DNS_01, "exa mple.com", "", "exa mple.com"},
    {"a name below is not above", "example.com", v1::DNS_01, "www.example.com", "",
     "neither the name itself nor above it"},
    {"a longer label is another name", "www.example.com", v1::DNS_01, "ww.example.com", "",
     "neither the name itself nor above it"},
    {"a wildcard by http-01", "*.shop.example.com", v1::HTTP_01, "", "",
     "cannot validate a Wildcard Domain Name"},
    {"an unknown method", "shop.example.com", v1::METHOD_UNSPECIFIED, "", "", "not known"},
};

TEST(CheckAdnTest, Cases) {
  for (const CheckCase& c : kChecks) {
    SCOPED_TRACE(c.name);
    const auto adn =
        CheckAdn(*CertificateName::Parse(c.certificate_name), c.method, c.requested, Suffixes());
    EXPECT_EQ(adn.ok() ? adn->text() : "", c.adn);
    EXPECT_THAT(adn.status().message(), HasSubstr(c.refusal));
    if (!adn.ok()) EXPECT_EQ(adn.status().code(), absl::StatusCode::kInvalidArgument);
  }
}

}  // namespace
}  // namespace mpic::coordinator
