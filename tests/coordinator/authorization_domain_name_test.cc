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
  unsigned cname_steps = 0;
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
     "edge.example.com", "", "neither the name itself nor above it"},
    {"vector 2: nor when it says how", "*.shop.example.com", v1::DNS_CHANGE, "edge.example.com", "",
     "a Wildcard Domain Name takes no CNAME step", 1},
    {"vector 2: nor an ancestor by that way", "*.shop.example.com", v1::DNS_CHANGE, "example.com",
     "", "a Wildcard Domain Name takes no CNAME step", 1},
    {"vector 4: pruned, then a CNAME target", "www.shop.example.com", v1::DNS_CHANGE,
     "edge.example.net", "", "needs adn_cname_steps"},
    {"a CNAME target", "www.shop.example.com", v1::DNS_CHANGE, "Edge.example.net.",
     "edge.example.net", "", 1},
    {"eight hops", "www.shop.example.com", v1::DNS_01, "example.net", "example.net", "", 8},
    {"nine hops", "www.shop.example.com", v1::DNS_01, "example.net", "", "at most 8", 9},
    {"hops without a goal", "www.shop.example.com", v1::DNS_01, "", "",
     "need the authorization domain name", 1},
    {"hops to a public suffix", "www.shop.example.com", v1::DNS_01, "co.uk", "",
     "co.uk is a public suffix", 1},
    {"hops to an Internal Name", "www.shop.example.com", v1::DNS_01, "edge.corp", "",
     "edge.corp is an Internal Name", 1},
    {"hops to an onion name", "www.shop.example.com", v1::DNS_01, "abc.onion", "",
     "Onion Domain Name", 1},
    {"hops to a wildcard", "www.shop.example.com", v1::DNS_01, "*.example.net", "",
     "must not be a wildcard", 1},
    {"hops by a contact method", "www.shop.example.com", v1::CAA_EMAIL_CONTACT, "example.net",
     "example.net", "", 2},
    {"hops by http-01", "www.shop.example.com", v1::HTTP_01, "example.net", "",
     "method http-01 takes no CNAME step (BR 3.2.2.4.19)", 1},
    {"hops by dns-account-01", "www.shop.example.com", v1::DNS_ACCOUNT_01, "example.net", "",
     "takes no CNAME step (BR 3.2.2.4.21)", 1},
    {"hops by dns-persist-01", "www.shop.example.com", v1::DNS_PERSIST, "example.net", "",
     "takes no CNAME step (BR 3.2.2.4.22)", 1},
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
    const auto adn = CheckAdn(*CertificateName::Parse(c.certificate_name), c.method,
                              {.name = c.requested, .cname_steps = c.cname_steps}, Suffixes());
    EXPECT_EQ(adn.ok() ? adn->text() : "", c.adn);
    EXPECT_THAT(adn.status().message(), HasSubstr(c.refusal));
    if (!adn.ok()) EXPECT_EQ(adn.status().code(), absl::StatusCode::kInvalidArgument);
  }
}

TEST(CheckPruningTest, NeverAboveTheBaseOfWhereCnameLeads) {
  constexpr struct {
    const char* name;
    const char* target;
    const char* adn;
    bool ok;
  } kCases[] = {
      {"the target itself", "edge.example.net", "edge.example.net", true},
      {"down to its base", "a.edge.example.net", "example.net", true},
      {"an underscore below", "_x.edge.example.net", "edge.example.net", true},
      {"another name", "edge.example.net", "example.org", false},
      {"a name below", "example.net", "edge.example.net", false},
      {"a suffix", "edge.example.net", "net", false},
      {"vector 7: above a suffix of three labels", "a.x.ps.example.com", "example.com", false},
      {"vector 7: that suffix", "a.x.ps.example.com", "ps.example.com", false},
      {"vector 7: the base below it", "a.x.ps.example.com", "x.ps.example.com", true},
      {"a suffix of its own has no base", "ps.example.com", "example.com", false},
      {"an Internal Name", "a.host.corp", "host.corp", false},
  };
  for (const auto& c : kCases) {
    SCOPED_TRACE(c.name);
    const absl::Status status =
        CheckPruning(*DomainName::ParseDns(c.target), *DomainName::ParseHost(c.adn), Suffixes());
    EXPECT_EQ(status.ok(), c.ok) << status;
    EXPECT_TRUE(c.ok || absl::IsInvalidArgument(status));
  }
}

}  // namespace
}  // namespace mpic::coordinator
