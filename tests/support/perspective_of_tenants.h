// A whole perspective that works for tenants, with its resolver under the test's hand.
#ifndef MPIC_TESTS_SUPPORT_PERSPECTIVE_OF_TENANTS_H_
#define MPIC_TESTS_SUPPORT_PERSPECTIVE_OF_TENANTS_H_

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "common/credentials.h"
#include "common/proto_time.h"
#include "tests/support/fake_dns_client.h"
#include "tests/support/hostile_dns_server.h"
#include "tests/support/perspective_under_test.h"
#include "tests/support/tcp_exchange.h"
#include "tests/support/test_certificates.h"

namespace mpic::testing {

// shop.example.com proves control at once; about silentN.example.com the resolver says nothing. The
// perspective starts when it is first asked for, with `config_` as it is then.
class PerspectiveOfTenants : public ::testing::Test {
 protected:
  static constexpr char kPerspective[] = "spiffe://mpic.example/perspective";

  PerspectiveOfTenants() : config_(LoopbackPerspective(dns_.endpoint())) {
    constexpr unsigned kTxt = 16;
    dns_.Add("_dcv.shop.example.com", kTxt, CharacterString(kRandomValue));
    for (int i = 0; i < 10; ++i) dns_.Ignore(absl::StrCat("_dcv.silent", i, ".example.com"));
    *config_.mutable_limits()->mutable_dns_timeout() = ToProtoDuration(absl::Seconds(10));
    config_.mutable_limits()->set_dns_tries(5);
    *config_.mutable_drain_timeout() = ToProtoDuration(absl::Milliseconds(100));
    config_.set_admin_listen("127.0.0.1:0");
  }

  config::v1::Tenant& AddTenant(const std::string& id, const std::string& peer_name = "") {
    config::v1::Tenant& tenant = *config_.add_tenants();
    tenant.set_tenant_id(id);
    if (!peer_name.empty()) tenant.add_peer_names(peer_name);
    return tenant;
  }
  // Peers are known by certificates from now on.
  void DemandCertificates() { *config_.mutable_tls() = ca_.TlsFor(kPerspective); }
  PerspectiveUnderTest& perspective() {
    if (!perspective_) perspective_ = std::make_unique<PerspectiveUnderTest>(config_);
    return *perspective_;
  }
  // A channel for the bearer of this name, where certificates are demanded.
  std::shared_ptr<grpc::Channel> ChannelAs(const std::string& caller) {
    const std::string target = absl::StrCat("127.0.0.1:", perspective().server().port());
    return grpc::CreateChannel(
        target, ChannelCredentials(ca_.TlsFor(caller), kPerspective, target).value());
  }
  std::unique_ptr<v1::PerspectiveService::Stub> StubAs(const std::string& caller) {
    return v1::PerspectiveService::NewStub(ChannelAs(caller));
  }
  // Of the admin port.
  std::string Page(const std::string& path) {
    return Exchange(perspective().server().admin_port(),
                    absl::StrCat("GET ", path, " HTTP/1.0\r\nHost: localhost\r\n\r\n"));
  }

  static v1::Check DnsChange(const std::string& check_id, const std::string& name) {
    v1::Check check;
    check.set_check_id(check_id);
    check.mutable_identifier()->set_dns_name(name);
    *check.mutable_time_budget() = ToProtoDuration(absl::Seconds(100));
    check.mutable_dns_change()->set_record_type(v1::DnsChange::TXT);
    check.mutable_dns_change()->set_prefix_label("_dcv");
    check.mutable_dns_change()->set_expected_value(kRandomValue);
    return check;
  }
  static v1::Check Shop(const std::string& id) { return DnsChange(id, "shop.example.com"); }
  static v1::Check Silent(int number) {
    return DnsChange(absl::StrCat("silent-", number),
                     absl::StrCat("silent", number, ".example.com"));
  }

  test::TestCa ca_;
  HostileDnsServer dns_;
  config::v1::PerspectiveConfig config_;
  std::unique_ptr<PerspectiveUnderTest> perspective_;

 private:
  static constexpr char kRandomValue[] = "4f9c2a7be1d04c6f8a35b1e97d20c4aa";
};

}  // namespace mpic::testing

#endif  // MPIC_TESTS_SUPPORT_PERSPECTIVE_OF_TENANTS_H_
