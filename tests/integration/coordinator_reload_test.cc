// Another configuration for a coordinator that runs, over real gRPC: calls under way end under the
// one that they came under, and what is refused changes nothing.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/proto_time.h"
#include "tests/support/coordinator_under_test.h"
#include "tests/support/remote_of.h"
#include "tests/support/tcp_exchange.h"

namespace mpic::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;

constexpr char kRa[] = "spiffe://mpic.example/ra";  // whom CoordinatorUnderTest asks as
constexpr char kOtherRa[] = "spiffe://other.example/ra";

// Stockholm, the last one of the configuration.
config::v1::ConfiguredPerspective TakeOut(CoordinatorUnderTest& world) {
  const auto& all = world.config.perspectives();
  config::v1::ConfiguredPerspective last = all[all.size() - 1];
  EXPECT_EQ(last.perspective_id(), "stockholm");
  world.config.mutable_perspectives()->RemoveLast();
  return last;
}

double Reloads(CoordinatorUnderTest& world, const std::string& outcome) {
  return world.Metric(absl::StrCat("mpic_config_reloads_total{outcome=\"", outcome, "\"}"));
}

double Streams(CoordinatorUnderTest& world, const std::string& id) {
  return world.Metric(
      absl::StrCat("mpic_coordinator_perspective_streams{perspective=\"", id, "\""));
}

std::string Configuration(CoordinatorUnderTest& world) {
  return Exchange(world.server().admin_port(), "GET /configz HTTP/1.0\r\nHost: localhost\r\n\r\n");
}

void SetTenant(config::v1::Tenant& tenant, const std::string& id, const std::string& peer_name) {
  tenant.set_tenant_id(id);
  tenant.add_peer_names(peer_name);
}

TEST(CoordinatorReloadTest, ACallEndsUnderTheConfigurationThatItCameUnder) {
  CoordinatorUnderTest world;
  world.at("frankfurt").Hold();
  world.Start();
  PendingCall former(world.stub(), Dns01Request());
  EXPECT_TRUE(WaitUntil([&] { return world.at("frankfurt").held() == 1; }));
  TakeOut(world);
  ASSERT_TRUE(world.Reload().ok());
  // Up before anybody is asked.
  EXPECT_TRUE(world.Connected("oregon"));
  EXPECT_EQ(Streams(world, "stockholm"), -1);
  EXPECT_THAT(Configuration(world), Not(HasSubstr("stockholm")));
  PendingCall next(world.stub(), Dns01Request());
  EXPECT_TRUE(WaitUntil([&] { return world.at("frankfurt").held() == 2; }));
  while (world.at("frankfurt").ReleaseHeld()) {
  }
  ASSERT_TRUE(former.Wait().ok());
  ASSERT_TRUE(next.Wait().ok());
  EXPECT_EQ(former.response().corroborations(0).quorum().text(), "6/6");
  EXPECT_EQ(next.response().corroborations(0).quorum().text(), "5/5");
  // The last call takes its sessions along.
  EXPECT_TRUE(WaitUntil([&] { return world.at("stockholm").streams() == 0; }));
  EXPECT_TRUE(WaitUntil([&] { return world.at("oregon").streams() == 2; }));
  EXPECT_TRUE(world.Connected("oregon"));
  EXPECT_THAT(world.Records(), SizeIs(2));
  EXPECT_EQ(Reloads(world, "taken"), 1);
}

TEST(CoordinatorReloadTest, APerspectiveThatIsAddedIsAskedAtOnce) {
  CoordinatorUnderTest world;
  const config::v1::ConfiguredPerspective stockholm = TakeOut(world);
  world.Start({"frankfurt", "ashburn", "oregon", "dublin", "singapore", "saopaulo"});
  EXPECT_EQ(world.CorroborateOne(Dns01Request()).quorum().text(), "5/5");
  *world.config.add_perspectives() = stockholm;
  ASSERT_TRUE(world.Reload().ok());
  EXPECT_EQ(world.CorroborateOne(Dns01Request()).quorum().text(), "6/6");
  EXPECT_EQ(Streams(world, "stockholm"), 2);
}

TEST(CoordinatorReloadTest, NoCallIsDroppedHoweverOftenItHappens) {
  CoordinatorUnderTest world;
  world.Start();
  const config::v1::ConfiguredPerspective stockholm = TakeOut(world);
  std::atomic<bool> over = false;
  std::atomic<int> wrong = 0;
  std::atomic<int> calls = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      while (!over) {
        PendingCall call(world.stub(), Dns01Request());
        const bool right =
            call.Wait().ok() && call.response().corroborations(0).verdict() == v1::CORROBORATED;
        ++calls;
        if (!right) ++wrong;
      }
    });
  }
  for (int i = 0; i < 10; ++i) {
    ASSERT_TRUE(world.Reload().ok()) << i;
    if (i % 2 == 0) {
      *world.config.add_perspectives() = stockholm;
    } else {
      TakeOut(world);
    }
  }
  over = true;
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong, 0);
  EXPECT_GT(calls, 0);
  EXPECT_THAT(world.Records(), SizeIs(calls.load()));
  // The last one is the one with stockholm; the sessions of all others have ended.
  EXPECT_TRUE(WaitUntil(
      [&] { return world.at("oregon").streams() == 2 && world.at("stockholm").streams() == 2; }));
}

TEST(CoordinatorReloadTest, WhatIsRefusedChangesNothing) {
  CoordinatorUnderTest world;
  world.Start();
  const config::v1::CoordinatorConfig sound = world.config;
  // A field that takes effect on restart, beside one that could be taken over.
  TakeOut(world);
  world.config.mutable_limits()->set_checks_in_flight(77);
  absl::Status status = world.Reload();
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(status.message(), "limits.checks_in_flight: takes effect on restart only");
  // Unsound: the rules of BR 3.2.2.9.
  world.config = sound;
  while (world.config.perspectives_size() > 3) {
    world.config.mutable_perspectives()->RemoveLast();
  }
  status = world.Reload();
  EXPECT_THAT(std::string(status.message()), HasSubstr("perspectives: 2 remote perspectives"));
  // A file that is not there.
  world.config = sound;
  world.config.set_public_suffix_list_file("/nowhere/suffixes");
  EXPECT_THAT(std::string(world.Reload().message()), HasSubstr("/nowhere/suffixes"));

  EXPECT_EQ(Reloads(world, "refused"), 3);
  EXPECT_EQ(Reloads(world, "taken"), 0);
  EXPECT_EQ(world.Metric("mpic_config_last_reload_successful"), 0);
  EXPECT_THAT(Configuration(world), HasSubstr("stockholm"));
  EXPECT_EQ(world.CorroborateOne(Dns01Request()).quorum().text(), "6/6");
  EXPECT_EQ(world.at("oregon").streams_opened(), 2U);
  world.config = sound;
  EXPECT_TRUE(world.Reload().ok());
  EXPECT_EQ(world.Metric("mpic_config_last_reload_successful"), 1);
}

TEST(CoordinatorReloadTest, TenantsComeAndGo) {
  test::TestCa ca;
  CoordinatorUnderTest world(&ca);
  world.config.mutable_tls()->clear_allowed_peers();
  SetTenant(*world.config.add_tenants(), "one", kRa);
  world.at("frankfurt").Hold();
  world.Start();
  PendingCall under_way(world.stub(), Dns01Request());
  EXPECT_TRUE(WaitUntil([&] { return world.at("frankfurt").held() == 1; }));
  const auto other = v1::MpicService::NewStub(world.ChannelAs(kOtherRa));
  EXPECT_EQ(PendingCall(*other, Dns01Request()).Wait().error_code(),
            grpc::StatusCode::PERMISSION_DENIED);

  world.config.clear_tenants();
  SetTenant(*world.config.add_tenants(), "two", kOtherRa);
  ASSERT_TRUE(world.Reload().ok());
  EXPECT_EQ(PendingCall(world.stub(), Dns01Request()).Wait().error_code(),
            grpc::StatusCode::PERMISSION_DENIED);
  PendingCall of_the_other(*other, Dns01Request());
  EXPECT_TRUE(WaitUntil([&] { return world.at("frankfurt").held() == 2; }));
  const std::string in_flight = "mpic_coordinator_tenant_checks_in_flight{tenant=";
  EXPECT_EQ(world.Metric(in_flight + "\"one\"}"), 1);
  EXPECT_EQ(world.Metric(in_flight + "\"two\"}"), 1);
  EXPECT_EQ(world.Metric("mpic_tenant_info{tenant=\"one\"}"), -1);
  EXPECT_EQ(world.Metric("mpic_tenant_info{tenant=\"two\"}"), 1);
  while (world.at("frankfurt").ReleaseHeld()) {
  }
  EXPECT_TRUE(under_way.Wait().ok());
  EXPECT_EQ(under_way.response().corroborations(0).tenant_id(), "one");
  EXPECT_TRUE(of_the_other.Wait().ok());
  EXPECT_EQ(of_the_other.response().corroborations(0).tenant_id(), "two");
  EXPECT_TRUE(WaitUntil([&] { return world.Metric(in_flight + "\"one\"}") == 0; }));
}

TEST(CoordinatorReloadTest, OnlySoManyConfigurationsHaveCalls) {
  CoordinatorUnderTest world;
  world.config.set_threads(1);
  world.at("frankfurt").Hold();
  world.Start();
  std::vector<std::unique_ptr<PendingCall>> calls;
  const auto hold_one_more = [&] {
    calls.push_back(std::make_unique<PendingCall>(world.stub(), Dns01Request()));
    EXPECT_TRUE(WaitUntil([&] { return world.at("frankfurt").held() == calls.size(); }));
  };
  hold_one_more();
  for (int i = 0; i < 7; ++i) {
    ASSERT_TRUE(world.Reload().ok()) << i;
    hold_one_more();
  }
  const absl::Status refused = world.Reload();
  EXPECT_EQ(refused.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_THAT(std::string(refused.message()), HasSubstr("7 former configurations"));
  // The oldest configuration has had its last call.
  EXPECT_TRUE(world.at("frankfurt").ReleaseHeld());
  EXPECT_TRUE(calls.front()->Wait().ok());
  EXPECT_TRUE(WaitUntil([&] { return world.Reload().ok(); }));
  while (world.at("frankfurt").ReleaseHeld()) {
  }
  calls.erase(calls.begin());
  for (const auto& call : calls) EXPECT_TRUE(call->Wait().ok());
}

TEST(CoordinatorReloadTest, APerspectiveThatIsAwayHoldsNobodyUpForEver) {
  CoordinatorUnderTest world;
  world.Start();
  world.at("singapore").Kill();
  EXPECT_TRUE(WaitUntil([&] { return !world.Connected("singapore"); }));
  // Whoever ends the process does not wait for it; everybody else for a few seconds.
  bool oregon_is_there = false;
  const auto hurry = [&] {
    oregon_is_there = world.at("oregon").streams() == 4;
    return oregon_is_there;
  };
  ASSERT_TRUE(world.Reload(hurry).ok());
  EXPECT_TRUE(oregon_is_there);
  for (const auto& place : world.config.perspectives()) {
    const std::string& id = place.perspective_id();
    EXPECT_TRUE(id == "singapore" || WaitUntil([&] { return world.Connected(id); })) << id;
  }
  EXPECT_EQ(world.CorroborateOne(Dns01Request()).quorum().text(), "5/6");
  world.at("singapore").Start();
  EXPECT_TRUE(WaitUntil([&] { return world.Connected("singapore"); }));
  EXPECT_EQ(world.CorroborateOne(Dns01Request()).quorum().text(), "6/6");
}

TEST(CoordinatorReloadTest, HealthIsThatOfTheConfigurationInForce) {
  CoordinatorUnderTest world;
  world.Start();
  EXPECT_TRUE(world.Serving("mpic.v1.MpicService"));
  world.config.mutable_policy()->set_report_only(true);
  ASSERT_TRUE(world.Reload().ok());
  EXPECT_EQ(world.Metric("mpic_coordinator_report_only"), 1);
  EXPECT_TRUE(world.CorroborateOne(Dns01Request()).report_only());
  EXPECT_TRUE(world.Serving("mpic.v1.MpicService"));
  world.at("frankfurt").Kill();
  EXPECT_TRUE(WaitUntil([&] { return !world.Serving("mpic.v1.MpicService"); }));
  world.at("frankfurt").Start();
  EXPECT_TRUE(WaitUntil([&] { return world.Serving("mpic.v1.MpicService"); }));
}

TEST(CoordinatorReloadTest, AShutdownWaitsForCallsOfFormerConfigurations) {
  CoordinatorUnderTest world;
  world.at("frankfurt").Hold();
  world.Start();
  PendingCall former(world.stub(), Dns01Request());
  EXPECT_TRUE(WaitUntil([&] { return world.at("frankfurt").held() == 1; }));
  TakeOut(world);
  ASSERT_TRUE(world.Reload().ok());
  PendingCall next(world.stub(), Dns01Request());
  EXPECT_TRUE(WaitUntil([&] { return world.at("frankfurt").held() == 2; }));
  std::thread shutdown([&] { world.server().Shutdown(); });
  EXPECT_TRUE(WaitUntil([&] { return !world.Serving("mpic.v1.MpicService"); }));
  while (world.at("frankfurt").ReleaseHeld()) {
  }
  EXPECT_TRUE(former.Wait().ok());
  EXPECT_TRUE(next.Wait().ok());
  shutdown.join();
  EXPECT_EQ(former.response().corroborations(0).quorum().text(), "6/6");
  EXPECT_EQ(next.response().corroborations(0).quorum().text(), "5/5");
  EXPECT_THAT(world.Records(), SizeIs(2));
}

}  // namespace
}  // namespace mpic::testing
