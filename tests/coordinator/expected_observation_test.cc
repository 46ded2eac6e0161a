#include "coordinator/expected_observation.h"

#include <gtest/gtest.h>

#include "tests/coordinator/request_check_cases.h"

namespace mpic::coordinator {
namespace {

TEST(ExpectedObservationTest, ByMethod) {
  struct Case {
    const char* name;
    v1::CorroborateRequest (*good)();
    const char* observed;
    bool ok;
  };
  const Case cases[] = {
      {"dns-01: the digest", Dns01, kDigestText, true},
      {"dns-01: the key authorization", Dns01, kKeyAuthorization, false},
      {"dns-account-01: the digest", DnsAccount01, kDigestText, true},
      {"tls-alpn-01: the digest", TlsAlpn01, kDigestText, true},
      {"http-01: the key authorization", Http01, kKeyAuthorization, true},
      {"http-01: the digest", Http01, kDigestText, false},
      {"website: the value", WebsiteChange, kRandomValue, true},
      {"website: nothing", WebsiteChange, "", false},
      {"dns-change: the value", DnsChange, kRandomValue, true},
      {"dns-change: capitals in TXT", DnsChange, "4F9C2A7BE1D04C6F8A35B1E97D20C4AA", false},
      {"email: another case in the domain", CaaEmailContact, "a@SHOP.example.com", true},
      {"email: another case in the local part", CaaEmailContact, "A@shop.example.com", false},
      {"vector 40: another contact", TxtEmailContact, "b@shop.example.com", false},
      {"vector 43: other separators", CaaPhoneContact, "+1-555-123-4567", true},
      {"phone: another number", TxtPhoneContact, "+1-555-123-4568", false},
      {"phone: nothing", TxtPhoneContact, "", false},
      {"persist: an acceptable account", DnsPersist, kAccountUrl, true},
      {"persist: other capitals", DnsPersist, "HTTPS://ca.example.com/acme/acct/1", false},
      {"reverse lookup: the name", ReverseLookup, "Shop.example.com.", true},
      {"reverse lookup: another name", ReverseLookup, "www.example.com", false},
      {"CAA: nothing", Caa, "", true},
      {"CAA: something", Caa, "ca.example.com", false},
  };
  for (const Case& c : cases) {
    v1::CorroborateRequest request = c.good();
    EXPECT_EQ(CheckObservation(CheckOf(request), c.observed).ok(), c.ok) << c.name;
  }
}

TEST(ExpectedObservationTest, DiscoveryComparesListsAndShowsNoValue) {
  void (*const discoveries[])(v1::Check&) = {
      [](v1::Check& c) { c.mutable_caa_email_contact(); },
      [](v1::Check& c) { c.mutable_txt_email_contact(); },
      [](v1::Check& c) { c.mutable_txt_phone_contact(); },
      [](v1::Check& c) { c.mutable_caa_phone_contact(); },
      [](v1::Check& c) { c.mutable_reverse_lookup(); },
  };
  for (const auto set : discoveries) {
    v1::Check check;
    set(check);
    EXPECT_TRUE(IsDiscovery(check));
    EXPECT_TRUE(CheckObservation(check, "").ok());
    EXPECT_FALSE(CheckObservation(check, "a@x.example.com").ok());
    EXPECT_FALSE(CheckObservation(check, "shop.example.com").ok());
  }
}

TEST(ExpectedObservationTest, OnlyWhatExpectsNothingIsDiscovery) {
  for (const auto good :
       {Dns01, DnsChange, Http01, TlsAlpn01, WebsiteChange, DnsAccount01, DnsPersist,
        CaaEmailContact, TxtEmailContact, TxtPhoneContact, CaaPhoneContact, ReverseLookup, Caa}) {
    v1::CorroborateRequest request = good();
    EXPECT_FALSE(IsDiscovery(CheckOf(request))) << CheckOf(request).ShortDebugString();
  }
  EXPECT_FALSE(IsDiscovery(v1::Check()));
  EXPECT_FALSE(CheckObservation(v1::Check(), "x").ok());
  v1::CorroborateRequest selected = TxtEmailContact();
  EXPECT_FALSE(CheckObservation(CheckOf(selected), "").ok());
}

}  // namespace
}  // namespace mpic::coordinator
