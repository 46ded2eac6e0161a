// tls-alpn-01 by a whole perspective: from a Check stream to a TLS server on the loopback.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "common/challenge.h"
#include "common/proto_time.h"
#include "tests/support/hostile_dns_server.h"
#include "tests/support/hostile_tls_server.h"
#include "tests/support/perspective_under_test.h"

namespace mpic::testing {
namespace {

constexpr char kKeyAuthorization[] =
    "evaGxfADs6pSRb2LAv9IZf17Dt3juxGJ-PCt92wr-oA.NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs";

KeyAuthorization Challenge() { return KeyAuthorization::Parse(kKeyAuthorization).value(); }

struct Seen {
  v1::CheckResult result;
  std::vector<TlsClient> clients;
};

// Asks about `identifier`, at 127.0.0.1, where the certificate is for `subject_alt_name`.
Seen Ask(const v1::Identifier& identifier, const std::string& subject_alt_name) {
  HostileTlsServer server(
      {.certificate = GoodAcmeCertificate(Challenge().Digest(), subject_alt_name)});
  HostileDnsServer dns;
  dns.Add("shop.example.com", 1, std::string("\x7f\x00\x00\x01", 4));
  config::v1::PerspectiveConfig config = LoopbackPerspective(dns.endpoint());
  config.mutable_lab()->set_https_port(server.port());
  v1::Check check;
  check.set_check_id("a");
  *check.mutable_identifier() = identifier;
  *check.mutable_time_budget() = ToProtoDuration(absl::Seconds(100));
  check.mutable_tls_alpn_01()->set_key_authorization(kKeyAuthorization);
  PerspectiveUnderTest perspective(config);
  v1::CheckResult result = perspective.Run(check);
  return {.result = std::move(result), .clients = server.Clients()};
}

v1::Identifier Name() {
  v1::Identifier identifier;
  identifier.set_dns_name("shop.example.com");
  return identifier;
}

v1::Identifier Address() {
  v1::Identifier identifier;
  identifier.set_ip_address("127.0.0.1");
  return identifier;
}

TEST(TlsAlpn01PerspectiveTest, NamesAndAddresses) {
  const struct {
    const char* name;
    v1::Identifier identifier;
    const char* subject_alt_name;
    const char* verdict;
    const char* server_name;
  } cases[] = {
      {"name", Name(), "DNS:shop.example.com", "PASSED", "shop.example.com"},
      {"another name", Name(), "DNS:www.example.com", "FAILED CERT_SAN_VALUE", "shop.example.com"},
      {"address", Address(), "IP:127.0.0.1", "PASSED", "1.0.0.127.in-addr.arpa"},
      {"another address", Address(), "IP:127.0.0.2", "FAILED CERT_SAN_VALUE",
       "1.0.0.127.in-addr.arpa"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    const Seen seen = Ask(c.identifier, c.subject_alt_name);
    EXPECT_EQ(VerdictOf(seen.result), c.verdict) << seen.result.problem().detail();
    const bool passed = seen.result.outcome() == v1::PASSED;
    EXPECT_EQ(seen.result.observed_value(), passed ? Challenge().DigestText() : "");
    EXPECT_THAT(seen.result.tls_alpn().subject_alt_names(),
                ::testing::ElementsAre(c.subject_alt_name));
    ASSERT_EQ(seen.clients.size(), 1U);
    EXPECT_EQ(seen.clients[0].server_name, c.server_name);
    const v1::TlsStep& step = seen.result.steps(seen.result.steps_size() - 1).tls();
    EXPECT_EQ(step.port(), 443U) << "the stand-in stays out of the report";
    EXPECT_EQ(step.server_name(), c.server_name);
    EXPECT_EQ(step.selected_alpn(), "acme-tls/1");
  }
}

}  // namespace
}  // namespace mpic::testing
