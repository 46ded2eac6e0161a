#include "common/admission.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <map>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"

namespace mpic {
namespace {

using Limits = Admission::Limits;
using Refusal = Admission::Refusal;
using Ticket = Admission::Ticket;

// Tenants "0", "1" and so on.
Admission::Tenants Numbered(const std::vector<Limits>& tenants) {
  Admission::Tenants numbered;
  for (std::size_t i = 0; i < tenants.size(); ++i) numbered[absl::StrCat(i)] = tenants[i];
  return numbered;
}

// A process whose time a test moves, and the tickets that it has given.
class World {
 public:
  World(const std::vector<Limits>& tenants, std::size_t in_flight_max)
      : admission_(Numbered(tenants),
                   {.in_flight_max = in_flight_max,
                    .now = [this] { return now_; },
                    .on_change = [this](const std::string& tenant_id,
                                        std::size_t in_flight) { told_[tenant_id] = in_flight; }}) {
  }

  void SetTenants(const std::vector<Limits>& tenants) { admission_.SetTenants(Numbered(tenants)); }

  // "ok", or the reason of the refusal.
  std::string Ask(std::size_t tenant, std::size_t units) {
    auto entered = admission_.Enter(absl::StrCat(tenant), units);
    if (auto* ticket = std::get_if<Ticket>(&entered)) {
      tickets_[tenant].push_back(std::move(*ticket));
      return "ok";
    }
    refusal_ = std::get<Refusal>(entered);
    return std::string(NameOf(refusal_.reason));
  }
  // Ends the oldest work of a tenant.
  void End(std::size_t tenant) { tickets_[tenant].erase(tickets_[tenant].begin()); }
  void Pass(absl::Duration time) { now_ += time; }

  const Refusal& refusal() const { return refusal_; }
  std::size_t share() const { return admission_.share(); }
  std::size_t most() const { return admission_.most(); }
  std::size_t works(std::size_t tenant) { return tickets_[tenant].size(); }
  std::size_t told(std::size_t tenant) const { return told_.at(absl::StrCat(tenant)); }

 private:
  absl::Duration now_ = absl::Hours(1);
  std::map<std::string, std::size_t> told_;
  Admission admission_;
  Refusal refusal_;
  std::map<std::size_t, std::vector<Ticket>> tickets_;
};

// -- What is in flight --------------------------------------------------------------------------

TEST(AdmissionTest, OneTenantMayHaveAll) {
  World world({Limits()}, 3);
  EXPECT_EQ(world.Ask(0, 2), "ok");
  EXPECT_EQ(world.Ask(0, 2), "process_in_flight");
  EXPECT_THAT(world.refusal().sentence, ::testing::HasSubstr("limit of 3 in flight"));
  EXPECT_GT(world.refusal().retry_after, absl::ZeroDuration());
  EXPECT_EQ(world.Ask(0, 1), "ok");
  EXPECT_EQ(world.told(0), 3U);
  world.End(0);
  EXPECT_EQ(world.told(0), 1U);
  EXPECT_EQ(world.Ask(0, 2), "ok");
}

TEST(AdmissionTest, AShareIsThereHoweverLoudTheOthersAre) {
  World world({Limits(), Limits()}, 8);
  ASSERT_EQ(world.share(), 2U);
  for (int i = 0; i < 6; ++i) EXPECT_EQ(world.Ask(0, 1), "ok") << i;
  EXPECT_EQ(world.Ask(0, 1), "process_in_flight");
  EXPECT_EQ(world.Ask(1, 3), "process_in_flight");  // beyond its share
  EXPECT_EQ(world.Ask(1, 2), "ok");
  world.End(0);
  EXPECT_EQ(world.Ask(1, 1), "ok");  // whoever comes first
  EXPECT_EQ(world.Ask(0, 1), "process_in_flight");
}

TEST(AdmissionTest, ATenantsOwnLimitIsKeptAlsoWhereThereIsRoom) {
  World world({{.in_flight_max = 2}, Limits()}, 100);
  EXPECT_EQ(world.Ask(0, 3), "tenant_in_flight");
  EXPECT_EQ(world.Ask(0, 2), "ok");
  EXPECT_EQ(world.Ask(0, 1), "tenant_in_flight");
  EXPECT_EQ(world.Ask(1, 3), "ok");
}

TEST(AdmissionTest, ATicketThatIsMovedEndsOnce) {
  Admission admission(Numbered({Limits()}), {.in_flight_max = 1});
  Ticket ticket = std::get<Ticket>(admission.Enter("0", 1));
  Ticket moved = std::move(ticket);
  ticket = {};
  EXPECT_TRUE(std::holds_alternative<Refusal>(admission.Enter("0", 1)));
  moved = {};
  EXPECT_TRUE(std::holds_alternative<Ticket>(admission.Enter("0", 1)));
}

// The rule once more, by summing up what everybody has.
class NaiveRule {
 public:
  NaiveRule(std::size_t tenants, std::size_t in_flight_max)
      : in_flight_(tenants, 0), max_(in_flight_max), share_(in_flight_max / 2 / tenants) {}

  bool Admits(std::size_t tenant, std::size_t units) const {
    std::vector<std::size_t> then = in_flight_;
    then[tenant] += units;
    if (then[tenant] <= share_) return true;
    std::size_t needed = share_ * then.size();
    for (const std::size_t one : then) needed += one > share_ ? one - share_ : 0;
    return needed <= max_;
  }
  void Add(std::size_t tenant, std::size_t units) { in_flight_[tenant] += units; }
  void Remove(std::size_t tenant, std::size_t units) { in_flight_[tenant] -= units; }
  std::size_t of(std::size_t tenant) const { return in_flight_[tenant]; }
  std::size_t total() const {
    std::size_t total = 0;
    for (const std::size_t one : in_flight_) total += one;
    return total;
  }

 private:
  std::vector<std::size_t> in_flight_;
  std::size_t max_;
  std::size_t share_;
};

TEST(AdmissionTest, NobodysLoadTakesAwayAShareAndNothingGoesOverTheLimit) {
  std::mt19937 random(20261125);
  const auto below = [&](std::size_t bound) { return static_cast<std::size_t>(random() % bound); };
  for (int round = 0; round < 200; ++round) {
    const std::size_t tenants = 1 + below(6);
    const std::size_t in_flight_max = 2 * tenants + below(60);
    SCOPED_TRACE(absl::StrCat("round ", round, ": ", tenants, " tenants, ", in_flight_max));
    World world(std::vector<Limits>(tenants), in_flight_max);
    NaiveRule rule(tenants, in_flight_max);
    std::vector<std::vector<std::size_t>> works(tenants);  // the units of each, oldest first
    for (int step = 0; step < 300; ++step) {
      // The first tenant is louder than all others together.
      const std::size_t tenant = below(2) == 0 ? 0 : below(tenants);
      if (below(3) == 0) {
        if (works[tenant].empty()) continue;
        world.End(tenant);
        rule.Remove(tenant, works[tenant].front());
        works[tenant].erase(works[tenant].begin());
        continue;
      }
      const std::size_t units = 1 + below(8);
      const bool within_share = rule.of(tenant) + units <= world.share();
      const bool admitted = world.Ask(tenant, units) == "ok";
      ASSERT_EQ(admitted, rule.Admits(tenant, units));
      ASSERT_TRUE(admitted || !within_share);
      if (!admitted) continue;
      rule.Add(tenant, units);
      works[tenant].push_back(units);
      ASSERT_LE(rule.total(), in_flight_max);
    }
    // Nothing is left behind.
    for (std::size_t tenant = 0; tenant < tenants; ++tenant) {
      while (world.works(tenant) > 0) world.End(tenant);
    }
    EXPECT_EQ(world.most(), in_flight_max - world.share() * (tenants - 1));
    EXPECT_EQ(world.Ask(0, world.most() + 1), "process_in_flight");
    EXPECT_EQ(world.Ask(0, world.most()), "ok");
  }
}

TEST(AdmissionTest, ManyThreadsLeaveNothingBehind) {
  Admission admission(Numbered(std::vector<Limits>(3)), {.in_flight_max = 12});
  std::vector<std::thread> threads;
  for (std::size_t number = 0; number < 6; ++number) {
    threads.emplace_back([&admission, number] {
      for (int i = 0; i < 5'000; ++i) {
        const auto first = admission.Enter(absl::StrCat(number % 3), 1);
        const auto second = admission.Enter(absl::StrCat(number % 3), 2);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_TRUE(std::holds_alternative<Ticket>(admission.Enter("0", 8)));
}

// -- Rates --------------------------------------------------------------------------------------

TEST(AdmissionTest, ABucketFillsWithTimeAndNeverOverflows) {
  World world({{.per_second = 2, .burst = 3}}, 1'000);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(world.Ask(0, 1), "ok") << i;
  EXPECT_EQ(world.Ask(0, 1), "rate");
  EXPECT_EQ(world.refusal().retry_after, absl::Milliseconds(500));
  EXPECT_THAT(world.refusal().sentence, ::testing::HasSubstr("2 a second"));
  world.Pass(absl::Milliseconds(400));
  EXPECT_EQ(world.Ask(0, 1), "rate");
  EXPECT_LE(world.refusal().retry_after, absl::Milliseconds(101));
  world.Pass(absl::Milliseconds(100));
  EXPECT_EQ(world.Ask(0, 1), "ok");
  world.Pass(absl::Hours(24));
  for (int i = 0; i < 3; ++i) EXPECT_EQ(world.Ask(0, 1), "ok") << i;
  EXPECT_EQ(world.Ask(0, 1), "rate");
}

TEST(AdmissionTest, WhoComesBackWhenToldIsAdmitted) {
  for (const double per_second : {0.3, 1.0, 7.0, 999.0}) {
    for (const std::size_t burst : {1U, 5U, 100U}) {
      for (const std::size_t units : {1U, 3U, 50U, 1'000U}) {
        SCOPED_TRACE(absl::StrCat(per_second, "/s, burst ", burst, ", ", units, " units"));
        World world({{.per_second = per_second, .burst = burst}}, 1'000'000);
        for (int i = 0; i < 20; ++i) {
          while (world.Ask(0, units) == "ok") {
          }
          world.Pass(world.refusal().retry_after);
          ASSERT_EQ(world.Ask(0, units), "ok");
        }
      }
    }
  }
}

TEST(AdmissionTest, MoreThanTheBucketHoldsLeavesADebt) {
  World world({{.per_second = 10, .burst = 20}}, 1'000);
  EXPECT_EQ(world.Ask(0, 100), "ok");
  EXPECT_EQ(world.Ask(0, 1), "rate");
  EXPECT_EQ(world.refusal().retry_after, absl::Milliseconds(8'100));
  // The average holds: a second request as large waits for a full bucket.
  EXPECT_EQ(world.Ask(0, 100), "rate");
  EXPECT_EQ(world.refusal().retry_after, absl::Seconds(10));
}

TEST(AdmissionTest, WhatIsRefusedForOtherReasonsCostsNoToken) {
  World world({{.per_second = 1, .burst = 2, .in_flight_max = 1}}, 10);
  EXPECT_EQ(world.Ask(0, 1), "ok");
  for (int i = 0; i < 5; ++i) EXPECT_EQ(world.Ask(0, 1), "tenant_in_flight");
  world.End(0);
  EXPECT_EQ(world.Ask(0, 1), "ok");
  world.End(0);
  EXPECT_EQ(world.Ask(0, 1), "rate");
}

TEST(AdmissionTest, OneTenantsRateIsNotAnothers) {
  World world({{.per_second = 1, .burst = 1}, Limits()}, 1'000);
  EXPECT_EQ(world.Ask(0, 1), "ok");
  EXPECT_EQ(world.Ask(0, 1), "rate");
  for (int i = 0; i < 100; ++i) EXPECT_EQ(world.Ask(1, 1), "ok");
}

// -- Other tenants --------------------------------------------------------------------------------

TEST(AdmissionTest, WhoStaysKeepsItsBucketAndWhatItHasInFlight) {
  World world({{.per_second = 1, .burst = 3, .in_flight_max = 5}}, 100);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(world.Ask(0, 1), "ok") << i;
  world.SetTenants({{.per_second = 1, .burst = 3, .in_flight_max = 5}, Limits()});
  EXPECT_EQ(world.Ask(0, 1), "rate");
  world.Pass(absl::Seconds(3));
  EXPECT_EQ(world.Ask(0, 3), "tenant_in_flight");
  EXPECT_EQ(world.Ask(0, 2), "ok");
  EXPECT_EQ(world.told(0), 5U);
}

TEST(AdmissionTest, ABucketIsFilledAtTheRateThatHeld) {
  World world({{.per_second = 1, .burst = 10}}, 1'000);
  EXPECT_EQ(world.Ask(0, 10), "ok");
  world.Pass(absl::Seconds(2));
  world.SetTenants({{.per_second = 100, .burst = 100}});
  EXPECT_EQ(world.Ask(0, 3), "rate");
  EXPECT_EQ(world.refusal().retry_after, absl::Milliseconds(10));
  EXPECT_EQ(world.Ask(0, 2), "ok");
}

TEST(AdmissionTest, ABucketHoldsNoMoreThanItNowMay) {
  World world({{.per_second = 1, .burst = 10}}, 1'000);
  world.SetTenants({{.per_second = 1, .burst = 2}});
  EXPECT_EQ(world.Ask(0, 2), "ok");
  EXPECT_EQ(world.Ask(0, 1), "rate");
}

TEST(AdmissionTest, ARateThatIsNewBeginsWithAFullBucket) {
  World world({Limits()}, 1'000);
  world.Pass(absl::Hours(1));
  world.SetTenants({{.per_second = 1, .burst = 2}});
  EXPECT_EQ(world.Ask(0, 2), "ok");
  EXPECT_EQ(world.Ask(0, 1), "rate");
}

TEST(AdmissionTest, ADebtIsNotForgiven) {
  World world({{.per_second = 1, .burst = 1}}, 1'000);
  EXPECT_EQ(world.Ask(0, 100), "ok");
  world.SetTenants({{.per_second = 1, .burst = 50}});
  EXPECT_EQ(world.Ask(0, 1), "rate");
  EXPECT_EQ(world.refusal().retry_after, absl::Seconds(100));
}

TEST(AdmissionTest, WhoIsGoneIsRefusedAndItsWorkEndsInPeace) {
  World world({Limits(), Limits()}, 8);
  for (int i = 0; i < 5; ++i) EXPECT_EQ(world.Ask(1, 1), "ok") << i;
  world.SetTenants({Limits()});
  EXPECT_EQ(world.share(), 4U);
  EXPECT_EQ(world.Ask(1, 1), "tenant_gone");
  EXPECT_THAT(world.refusal().sentence, ::testing::HasSubstr("tenant 1 is not configured"));
  // What it has in flight still counts in the process.
  EXPECT_EQ(world.Ask(0, 4), "process_in_flight");
  EXPECT_EQ(world.Ask(0, 3), "ok");
  for (int i = 0; i < 5; ++i) world.End(1);
  EXPECT_EQ(world.told(1), 0U);
  EXPECT_EQ(world.Ask(0, 5), "ok");
  EXPECT_EQ(world.Ask(1, 1), "tenant_gone");
}

TEST(AdmissionTest, WhoComesBackMeetsItsOwnWorkAgain) {
  World world({Limits(), {.in_flight_max = 3}}, 100);
  EXPECT_EQ(world.Ask(1, 2), "ok");
  world.SetTenants({Limits()});
  world.SetTenants({Limits(), {.in_flight_max = 3}});
  EXPECT_EQ(world.Ask(1, 2), "tenant_in_flight");
  EXPECT_EQ(world.Ask(1, 1), "ok");
}

TEST(AdmissionTest, TheProcessIsNeverOverItsLimitWhoeverTheTenantsAre) {
  std::mt19937 random(20261126);
  const auto below = [&](std::size_t bound) { return static_cast<std::size_t>(random() % bound); };
  for (int round = 0; round < 200; ++round) {
    const std::size_t in_flight_max = 12 + below(40);
    SCOPED_TRACE(absl::StrCat("round ", round, ": ", in_flight_max));
    World world(std::vector<Limits>(1 + below(6)), in_flight_max);
    std::map<std::size_t, std::vector<std::size_t>> works;
    std::size_t total = 0;
    for (int step = 0; step < 300; ++step) {
      const std::size_t tenant = below(6);
      if (below(20) == 0) world.SetTenants(std::vector<Limits>(1 + below(6)));
      if (below(3) == 0) {
        if (works[tenant].empty()) continue;
        world.End(tenant);
        total -= works[tenant].front();
        works[tenant].erase(works[tenant].begin());
        continue;
      }
      const std::size_t units = 1 + below(8);
      if (world.Ask(tenant, units) != "ok") continue;
      works[tenant].push_back(units);
      total += units;
      ASSERT_LE(total, in_flight_max);
    }
    // Nothing is left behind, and the promises hold once the old work has ended.
    for (std::size_t tenant = 0; tenant < 6; ++tenant) {
      while (world.works(tenant) > 0) world.End(tenant);
    }
    world.SetTenants({Limits(), Limits()});
    const std::size_t share = in_flight_max / 4;
    EXPECT_EQ(world.Ask(0, in_flight_max - share), "ok");
    EXPECT_EQ(world.Ask(0, 1), "process_in_flight");
    EXPECT_EQ(world.Ask(1, share), "ok");
  }
}

}  // namespace
}  // namespace mpic
