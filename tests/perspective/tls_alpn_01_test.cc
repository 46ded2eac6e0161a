#include "perspective/methods/tls_alpn_01.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "common/challenge.h"
#include "tests/support/acme_certificates.h"
#include "tests/support/web_world.h"

namespace mpic::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr char kV4[] = "192.0.2.10";
constexpr char kV6[] = "2001:db8::10";

std::string Digest() { return KeyAuthorization::Parse(KeyAuthorizationText())->Digest(); }
std::string DigestText() { return KeyAuthorization::Parse(KeyAuthorizationText())->DigestText(); }

// A certificate that proves control of shop.example.com.
const std::string& GoodLeaf() {
  static const auto& leaf = *new std::string(GoodAcmeCertificate(Digest()).der);
  return leaf;
}

struct TlsWorld : WebWorld {
  TlsWorld() { check.mutable_tls_alpn_01()->set_key_authorization(KeyAuthorizationText()); }
  explicit TlsWorld(const char* address) : TlsWorld() {
    check.mutable_identifier()->set_ip_address(address);
  }
  v1::CheckResult Run() {
    v1::CheckResult result = WebWorld::Run(perspective::CheckTlsAlpn01);
    // protobuf refuses strings that are not UTF-8.
    EXPECT_TRUE(v1::CheckResult().ParseFromString(result.SerializeAsString()));
    EXPECT_LE(result.problem().detail().size(), 512U);
    return result;
  }
};

TEST(TlsAlpn01Test, Vector64PassesWithEvidence) {
  TlsWorld world;
  const std::string leaf = GoodAcmeCertificate(Digest(), "DNS:Shop.Example.com").der;
  world.tls.Reply(kV4, Handshake(leaf));
  const v1::CheckResult result = world.Run();
  EXPECT_EQ(Verdict(result), "PASSED");
  EXPECT_EQ(result.observed_value(), DigestText());
  EXPECT_THAT(world.tls.probes(), ElementsAre("acme-tls/1 shop.example.com @192.0.2.10:443"));
  EXPECT_EQ(result.tls_alpn().leaf_der(), leaf);
  EXPECT_THAT(result.tls_alpn().subject_alt_names(), ElementsAre("DNS:Shop.Example.com"));
  EXPECT_EQ(result.tls_alpn().acme_identifier(), OctetString(Digest()));
  EXPECT_TRUE(result.tls_alpn().acme_identifier_critical());
  ASSERT_EQ(result.steps_size(), 3);
  EXPECT_EQ(result.steps(0).dns().qtype(), 28U);
  EXPECT_EQ(result.steps(1).dns().qtype(), 1U);
  const v1::TlsStep& step = result.steps(2).tls();
  EXPECT_EQ(step.address(), kV4);
  EXPECT_EQ(step.port(), 443U);
  EXPECT_EQ(step.server_name(), "shop.example.com");
  EXPECT_EQ(step.tls_version(), "TLSv1.3");
  EXPECT_EQ(step.selected_alpn(), "acme-tls/1");
  EXPECT_FALSE(step.has_problem());
}

TEST(TlsAlpn01Test, Handshakes) {
  const std::string other = GoodAcmeCertificate(std::string(32, 'x')).der;
  const struct {
    const char* name;
    TlsProbeReply reply;
    const char* verdict;
  } cases[] = {
      {"no protocol selected", Handshake(GoodLeaf(), ""), "FAILED ALPN_NOT_NEGOTIATED"},
      {"another protocol selected", Handshake(GoodLeaf(), "h2"), "FAILED ALPN_NOT_NEGOTIATED"},
      {"another case", Handshake(GoodLeaf(), "ACME-TLS/1"), "FAILED ALPN_NOT_NEGOTIATED"},
      {"more than it", Handshake(GoodLeaf(), "acme-tls/1.1"), "FAILED ALPN_NOT_NEGOTIATED"},
      {"octets that are no text", Handshake(GoodLeaf(), "\xff\n"), "FAILED ALPN_NOT_NEGOTIATED"},
      {"no certificate", Handshake(""), "FAILED CERT_NONE"},
      {"octets that are no certificate", Handshake("\x30\x80"), "FAILED CERT_NONE"},
      {"vector 68: another digest", Handshake(other), "FAILED CERT_DIGEST_MISMATCH"},
      {"broken after the right certificate", BrokenHandshake(v1::Problem::CONN_RESET, GoodLeaf()),
       "FAILED CONN_RESET"},
      {"alert after the right certificate", BrokenHandshake(v1::Problem::TLS_ALERT, GoodLeaf()),
       "FAILED TLS_ALERT"},
      {"no TLS", BrokenHandshake(v1::Problem::NOT_TLS), "FAILED NOT_TLS"},
      {"TLS 1.1", BrokenHandshake(v1::Problem::TLS_VERSION), "FAILED TLS_VERSION"},
      {"vector 76: listener on 8443 only", NoTlsConnection(v1::Problem::CONN_REFUSED),
       "FAILED CONN_REFUSED"},
      {"a defect of ours", BrokenHandshake(v1::Problem::INTERNAL_ERROR, GoodLeaf()),
       "ERROR INTERNAL_ERROR"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    TlsWorld world;
    world.tls.Reply(kV4, c.reply);
    const v1::CheckResult result = world.Run();
    EXPECT_EQ(Verdict(result), c.verdict);
    EXPECT_EQ(result.observed_value(), "");
    EXPECT_EQ(result.tls_alpn().leaf_der(), c.reply.leaf_der);
  }
}

TEST(TlsAlpn01Test, QuestionsThatAreRefusedBeforeAnyTraffic) {
  struct Case {
    const char* name;
    void (*change)(v1::Check& check);
    const char* verdict;
  };
  const Case cases[] = {
      {"another ADN", [](v1::Check& c) { c.set_authorization_domain_name("example.com"); },
       "ERROR BAD_REQUEST"},
      {"wildcard", [](v1::Check& c) { c.mutable_identifier()->set_dns_name("*.shop.example.com"); },
       "ERROR BAD_REQUEST"},
      {"onion", [](v1::Check& c) { c.mutable_identifier()->set_dns_name("abc.onion"); },
       "ERROR BAD_REQUEST"},
      {"no identifier", [](v1::Check& c) { c.clear_identifier(); }, "ERROR BAD_REQUEST"},
      {"not an address", [](v1::Check& c) { c.mutable_identifier()->set_ip_address("192.0.2"); },
       "ERROR BAD_REQUEST"},
      {"address with an ADN",
       [](v1::Check& c) {
         c.mutable_identifier()->set_ip_address(kV4);
         c.set_authorization_domain_name("shop.example.com");
       },
       "ERROR BAD_REQUEST"},
      {"no key authorization", [](v1::Check& c) { c.clear_tls_alpn_01(); }, "ERROR BAD_REQUEST"},
      {"key authorization without thumbprint",
       [](v1::Check& c) { c.mutable_tls_alpn_01()->set_key_authorization(kToken); },
       "ERROR BAD_REQUEST"},
      {"challenge of 31 days",
       [](v1::Check& c) {
         c.mutable_challenge_created_at()->set_seconds(1795435200 - std::int64_t{31} * 86400);
       },
       "FAILED TOKEN_EXPIRED"},
      {"challenge of tomorrow",
       [](v1::Check& c) { c.mutable_challenge_created_at()->set_seconds(1795435200 + 86400); },
       "FAILED TOKEN_EXPIRED"},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.name);
    TlsWorld world;
    c.change(world.check);
    EXPECT_EQ(Verdict(world.Run()), c.verdict);
    EXPECT_THAT(world.dns.questions(), IsEmpty());
    EXPECT_THAT(world.tls.probes(), IsEmpty());
  }
}

TEST(TlsAlpn01Test, Ipv4IsTriedOnlyWhenNoIpv6ConnectionCameAbout) {
  const struct {
    const char* name;
    TlsProbeReply v6_reply;
    bool fallback;
    const char* verdict;
  } cases[] = {
      {"refused", NoTlsConnection(v1::Problem::CONN_REFUSED), true, "PASSED"},
      {"no IPv6 here", NoTlsConnection(v1::Problem::CONN_UNREACHABLE), true, "PASSED"},
      {"connect timeout", NoTlsConnection(v1::Problem::CONN_TIMEOUT), true, "PASSED"},
      {"handshake timeout", BrokenHandshake(v1::Problem::CONN_TIMEOUT), false,
       "FAILED CONN_TIMEOUT"},
      {"alert", BrokenHandshake(v1::Problem::TLS_ALERT), false, "FAILED TLS_ALERT"},
      {"no protocol", Handshake(GoodLeaf(), ""), false, "FAILED ALPN_NOT_NEGOTIATED"},
      {"no certificate", Handshake(""), false, "FAILED CERT_NONE"},
      {"proof", Handshake(GoodLeaf()), false, "PASSED"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    TlsWorld world;
    world.Host("shop.example.com", {kV6, "2001:db8::11"}, {kV4, "192.0.2.11"});
    world.tls.Reply(kV6, c.v6_reply);
    if (c.fallback) world.tls.Reply(kV4, Handshake(GoodLeaf()));
    const v1::CheckResult result = world.Run();
    EXPECT_EQ(Verdict(result), c.verdict);
    EXPECT_THAT(world.tls.probes(), SizeIs(c.fallback ? 2 : 1));
    EXPECT_EQ(result.steps_size(), c.fallback ? 4 : 3);
  }
}

TEST(TlsAlpn01Test, Lookups) {
  const struct {
    const char* name;
    DnsAnswer aaaa;
    DnsAnswer a;
    const char* verdict;
  } cases[] = {
      {"no addresses", NoData(), NoData(), "FAILED ADDR_NONE"},
      {"no such name", NxDomain(), NxDomain(), "FAILED DNS_NXDOMAIN"},
      {"bogus AAAA, address by A", LookupError(v1::Problem::DNSSEC_BOGUS), AddressAnswer({kV4}),
       "FAILED DNSSEC_BOGUS"},
      {"nothing by AAAA, SERVFAIL for A", NoData(), LookupError(v1::Problem::DNS_SERVFAIL),
       "ERROR DNS_SERVFAIL"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    TlsWorld world;
    world.dns.Answer("shop.example.com", RecordType::kAaaa, c.aaaa);
    world.dns.Answer("shop.example.com", RecordType::kA, c.a);
    EXPECT_EQ(Verdict(world.Run()), c.verdict);
    EXPECT_THAT(world.tls.probes(), IsEmpty());
  }
}

TEST(TlsAlpn01Test, ReservedAddressesAreNeverProbed) {
  TlsWorld world;
  world.guard_lifted = false;
  world.Host("shop.example.com", {"::1", "2606:4700::1"}, {"10.0.0.1"});
  world.tls.Reply("2606:4700::1", Handshake(GoodLeaf()));
  EXPECT_EQ(Verdict(world.Run()), "PASSED");

  TlsWorld reserved;
  reserved.guard_lifted = false;
  EXPECT_EQ(Verdict(reserved.Run()), "FAILED ADDR_RESERVED");
  EXPECT_THAT(reserved.tls.probes(), IsEmpty());

  TlsWorld address("127.0.0.1");
  address.guard_lifted = false;
  EXPECT_EQ(Verdict(address.Run()), "FAILED ADDR_RESERVED");
  EXPECT_THAT(address.tls.probes(), IsEmpty());
}

TEST(TlsAlpn01Test, Vector73AddressIsAskedForByItsReverseName) {
  const struct {
    const char* address;
    const char* subject_alt_name;
    const char* probe;
  } cases[] = {
      {kV4, "IP:192.0.2.10", "acme-tls/1 10.2.0.192.in-addr.arpa @192.0.2.10:443"},
      {"2001:db8::1", "IP:2001:db8::1",
       "acme-tls/1 1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa "
       "@[2001:db8::1]:443"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.address);
    TlsWorld world(c.address);
    world.tls.Reply(c.address, Handshake(GoodAcmeCertificate(Digest(), c.subject_alt_name).der));
    const v1::CheckResult result = world.Run();
    EXPECT_EQ(Verdict(result), "PASSED") << result.problem().detail();
    EXPECT_EQ(result.observed_value(), DigestText());
    EXPECT_THAT(world.tls.probes(), ElementsAre(c.probe));
    EXPECT_THAT(world.dns.questions(), IsEmpty());
    EXPECT_EQ(result.steps_size(), 1);
  }
}

TEST(TlsAlpn01Test, Vector74CertificatesThatAreNotForTheAddress) {
  const struct {
    const char* subject_alt_name;
    const char* verdict;
  } cases[] = {
      {"IP:::ffff:192.0.2.10", "FAILED CERT_SAN_VALUE"},
      {"DNS:192.0.2.10", "FAILED CERT_SAN_TYPE"},
      {"DNS:10.2.0.192.in-addr.arpa", "FAILED CERT_SAN_TYPE"},
      {"IP:192.0.2.11", "FAILED CERT_SAN_VALUE"},
  };
  for (const auto& c : cases) {
    TlsWorld world(kV4);
    world.tls.Reply(kV4, Handshake(GoodAcmeCertificate(Digest(), c.subject_alt_name).der));
    EXPECT_EQ(Verdict(world.Run()), c.verdict) << c.subject_alt_name;
  }
}

TEST(TlsAlpn01Test, EvidenceOfManyNamesIsBounded) {
  std::string names = "DNS:n0.example";
  for (int i = 1; i < 100; ++i) absl::StrAppend(&names, ",DNS:n", i, ".example");
  TlsWorld world;
  world.tls.Reply(kV4, Handshake(GoodAcmeCertificate(Digest(), names).der));
  const v1::CheckResult result = world.Run();
  EXPECT_EQ(Verdict(result), "FAILED CERT_SAN_COUNT");
  EXPECT_THAT(result.tls_alpn().subject_alt_names(), SizeIs(16));
}

}  // namespace
}  // namespace mpic::testing
