// Metrics and availability while one configuration takes the place of another.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <prometheus/text_serializer.h>

#include <boost/asio/io_context.hpp>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/clock.h"
#include "coordinator/availability.h"
#include "coordinator/metrics.h"
#include "coordinator/session_circuit.h"
#include "tests/coordinator/coordinator_config.h"

namespace mpic::coordinator {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

Settings Sound(const config::v1::CoordinatorConfig& config) {
  auto settings = CheckSettings(config, Utc(2026, 11, 25));
  EXPECT_TRUE(settings.ok()) << settings.status();
  return *std::move(settings);
}

class ChangingMetricsTest : public ::testing::Test {
 protected:
  ChangingMetricsTest() {
    // SoundConfig's last one goes.
    auto fewer = SoundConfig();
    fewer.mutable_perspectives()->RemoveLast();
    without_stockholm_ = Sound(fewer);
    // And this one belongs to another registry.
    auto moved = SoundConfig();
    moved.mutable_perspectives(2)->set_rir("LACNIC");
    with_oregon_moved_ = Sound(moved);
  }
  std::string Text() { return prometheus::TextSerializer().Serialize(registry_.Collect()); }
  static std::string Streams(const std::string& id, const std::string& rir) {
    return absl::StrCat("mpic_coordinator_perspective_streams{perspective=\"", id, "\",rir=\"", rir,
                        "\"} ");
  }
  static std::string OpenCircuits(const std::string& id, const std::string& rir) {
    return absl::StrCat("mpic_coordinator_open_circuits{perspective=\"", id, "\",rir=\"", rir,
                        "\"} ");
  }

  SystemClock clock_;
  prometheus::Registry registry_;
  Settings sound_ = Sound(SoundConfig());
  Settings without_stockholm_;
  Settings with_oregon_moved_;
  Metrics metrics_{registry_, sound_};
};

TEST_F(ChangingMetricsTest, GaugesTellOfWhoStandsInTheConfiguration) {
  EXPECT_THAT(Text(), HasSubstr(Streams("stockholm", "RIPE NCC") + "0\n"));
  metrics_.CountUnexpectedResult("stockholm");
  metrics_.Prepare(without_stockholm_);
  EXPECT_THAT(Text(), HasSubstr(Streams("stockholm", "RIPE NCC")));
  metrics_.Publish(without_stockholm_);
  EXPECT_THAT(Text(), Not(HasSubstr(Streams("stockholm", "RIPE NCC"))));
  EXPECT_THAT(Text(), Not(HasSubstr(OpenCircuits("stockholm", "RIPE NCC"))));
  // What was counted stays, and calls that still work with it may go on counting.
  metrics_.CountUnexpectedResult("stockholm");
  metrics_.SetStreams("stockholm", 1);
  EXPECT_THAT(Text(), HasSubstr("mpic_coordinator_unexpected_results_total{perspective=\"stockholm"
                                "\",rir=\"RIPE NCC\"} 2\n"));
  EXPECT_THAT(Text(), Not(HasSubstr(Streams("stockholm", "RIPE NCC"))));
  metrics_.Prepare(sound_);
  metrics_.Publish(sound_);
  EXPECT_THAT(Text(), HasSubstr(Streams("stockholm", "RIPE NCC") + "0\n"));
}

TEST_F(ChangingMetricsTest, OpenCircuitsAreThoseOfAllThatStillRun) {
  metrics_.CountCircuit("stockholm", /*opened=*/true);
  metrics_.Publish(without_stockholm_);
  metrics_.CountCircuit("stockholm", /*opened=*/true);
  metrics_.Prepare(sound_);
  EXPECT_THAT(Text(), HasSubstr(OpenCircuits("stockholm", "RIPE NCC") + "2\n"));
  metrics_.CountCircuit("stockholm", /*opened=*/false);
  metrics_.CountCircuit("stockholm", /*opened=*/false);
  EXPECT_THAT(Text(), HasSubstr(OpenCircuits("stockholm", "RIPE NCC") + "0\n"));
}

TEST_F(ChangingMetricsTest, OnePerspectiveIsNotToldOfTwice) {
  metrics_.CountCircuit("oregon", /*opened=*/true);
  metrics_.Prepare(with_oregon_moved_);
  EXPECT_THAT(Text(), Not(HasSubstr(Streams("oregon", "ARIN"))));
  EXPECT_THAT(Text(), HasSubstr(Streams("oregon", "LACNIC") + "0\n"));
  EXPECT_THAT(Text(), HasSubstr(OpenCircuits("oregon", "LACNIC") + "1\n"));
  metrics_.CountCircuit("oregon", /*opened=*/false);
  EXPECT_THAT(Text(), HasSubstr(OpenCircuits("oregon", "LACNIC") + "0\n"));
}

TEST_F(ChangingMetricsTest, TenantsComeAndGo) {
  auto config = SoundConfig();
  config.mutable_tls()->clear_allowed_peers();
  auto& tenant = *config.add_tenants();
  tenant.set_tenant_id("one");
  tenant.add_peer_names("spiffe://one.example/ra");
  (*tenant.mutable_labels())["contract"] = "c-1";
  const Settings with_one = Sound(config);
  (*config.mutable_tenants(0)->mutable_labels())["contract"] = "c-2";
  const Settings with_another_contract = Sound(config);

  metrics_.Prepare(with_one);
  metrics_.tenants().SetTenants(with_one.tenants);
  EXPECT_THAT(Text(), Not(HasSubstr("mpic_tenant_info{tenant=\"default\"}")));
  EXPECT_THAT(Text(), HasSubstr("mpic_tenant_info{contract=\"c-1\",tenant=\"one\"} 1\n"));
  metrics_.CountRequest(with_one.tenants.all()[0].get(), "OK");
  metrics_.Prepare(with_another_contract);
  metrics_.tenants().SetTenants(with_another_contract.tenants);
  EXPECT_THAT(Text(), Not(HasSubstr("c-1")));
  EXPECT_THAT(Text(), HasSubstr("mpic_tenant_info{contract=\"c-2\",tenant=\"one\"} 1\n"));
  // A call of somebody who is gone still ends.
  metrics_.CountRequest(sound_.tenants.all()[0].get(), "OK");
  EXPECT_THAT(
      Text(),
      HasSubstr("mpic_coordinator_tenant_requests_total{code=\"OK\",tenant=\"default\"} 1\n"));
  EXPECT_THAT(Text(),
              HasSubstr("mpic_coordinator_tenant_requests_total{code=\"OK\",tenant=\"one\"} 1\n"));
}

TEST_F(ChangingMetricsTest, OnlyThePublishedAvailabilityTells) {
  Availability former(sound_, clock_, metrics_);
  Availability next(sound_, clock_, metrics_);
  int told = 0;
  former.Publish([&] { ++told; });
  former.StreamUp("oregon");
  EXPECT_EQ(told, 1);
  next.StreamUp("oregon");
  next.StreamUp("oregon");
  EXPECT_EQ(told, 1);
  EXPECT_THAT(Text(), HasSubstr(Streams("oregon", "ARIN") + "1\n"));
  former.Withdraw();
  next.Publish([&] { told += 100; });
  EXPECT_THAT(Text(), HasSubstr(Streams("oregon", "ARIN") + "2\n"));
  EXPECT_THAT(Text(), HasSubstr("mpic_coordinator_connected_rirs 1\n"));
  former.StreamDown("oregon");
  EXPECT_EQ(told, 1);
  EXPECT_THAT(Text(), HasSubstr(Streams("oregon", "ARIN") + "2\n"));
}

TEST_F(ChangingMetricsTest, APrimaryOfTheRasOwnIsNotToldOf) {
  auto config = SoundConfig();
  config.clear_primary_perspective_id();
  const Settings without_primary = Sound(config);
  Availability with(sound_, clock_, metrics_);
  with.Publish(nullptr);
  EXPECT_THAT(Text(), HasSubstr("mpic_coordinator_primary_connected 0\n"));
  with.Withdraw();
  Availability without(without_primary, clock_, metrics_);
  without.Publish(nullptr);
  EXPECT_THAT(Text(), Not(HasSubstr("\nmpic_coordinator_primary_connected ")));
  without.Withdraw();
  with.Publish(nullptr);
  EXPECT_THAT(Text(), HasSubstr("mpic_coordinator_primary_connected 0\n"));
}

TEST_F(ChangingMetricsTest, AllAreThereWhenEachHasItsStreams) {
  Availability availability(without_stockholm_, clock_, metrics_);
  for (int stream = 0; stream < 2; ++stream) {
    for (const ConfiguredPerspective& remote : without_stockholm_.remotes) {
      availability.StreamUp(remote.perspective_id);
    }
  }
  availability.StreamUp("frankfurt");
  EXPECT_TRUE(availability.WaitForAll(1, absl::ZeroDuration()));
  EXPECT_FALSE(availability.WaitForAll(2, absl::ZeroDuration()));
  availability.StreamUp("frankfurt");
  EXPECT_TRUE(availability.WaitForAll(2, absl::ZeroDuration()));
}

TEST_F(ChangingMetricsTest, ASessionThatEndsTakesItsOpenCircuitAlong) {
  boost::asio::io_context loop;
  SessionCircuit circuit(loop, {.circuit = {.failures_max = 2}}, "oregon", metrics_, [] {});
  circuit.Fail(1, "silence");
  circuit.Fail(2, "silence");
  EXPECT_THAT(Text(), HasSubstr(OpenCircuits("oregon", "ARIN") + "1\n"));
  circuit.Stop();
  EXPECT_THAT(Text(), HasSubstr(OpenCircuits("oregon", "ARIN") + "0\n"));
  circuit.Stop();
  EXPECT_THAT(Text(), HasSubstr(OpenCircuits("oregon", "ARIN") + "0\n"));
}

}  // namespace
}  // namespace mpic::coordinator
