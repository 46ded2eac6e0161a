// Corroborations whose answer is more than a verdict about one value: discovery, and the pruning
// that follows CNAME hops.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "common/proto_time.h"
#include "coordinator/corroboration.h"
#include "tests/coordinator/corroboration_world.h"
#include "tests/support/remote_of.h"

namespace mpic::coordinator {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::RemoteOf;

CheckedInput ContactsInput() {
  CheckedInput input = Dns01Input();
  input.method = v1::TXT_EMAIL_CONTACT;
  input.method_reference = "BR 3.2.2.4.14";
  input.check.mutable_txt_email_contact();
  return input;
}

PerspectiveAnswer Lists(const ConfiguredPerspective& perspective,
                        const std::vector<std::string>& contacts) {
  PerspectiveAnswer answer = Pass(perspective, "");
  for (const std::string& contact : contacts) {
    answer.result->mutable_contact()->add_usable_contacts(contact);
  }
  return answer;
}

void AllList(CorroborationWorld& world, const std::vector<std::string>& contacts) {
  const auto list = [contacts](FakePerspectiveSession& session) {
    session.ReplyWith([&session, contacts](const PerspectiveQuestion&) {
      return Lists(session.perspective(), contacts);
    });
  };
  list(world.primary());
  for (FakePerspectiveSession* remote : world.remotes()) list(*remote);
}

TEST(DiscoveryCorroborationTest, TheAnswerAndTheRecordListTheValues) {
  CorroborationWorld world;
  AllList(world, {"a@example.com", "b@example.com"});
  for (const char* id : {"dublin", "ashburn", "oregon"}) {
    world.remote(id).ReplyWith([&world, id](const PerspectiveQuestion&) {
      return Lists(world.place(id), {"a@example.com"});
    });
  }
  const v1::Corroboration answer = world.Run(ContactsInput());
  EXPECT_EQ(answer.verdict(), v1::CORROBORATED);
  EXPECT_EQ(answer.quorum().text(), "6/6");
  EXPECT_THAT(answer.corroborated_values(), ElementsAre("a@example.com"));
  EXPECT_TRUE(RemoteOf(answer, "dublin").corroborates());
  ASSERT_EQ(world.audit.records.size(), 1U);
  EXPECT_THAT(world.audit.records[0].corroboration().corroborated_values(),
              ElementsAre("a@example.com"));
}

TEST(DiscoveryCorroborationTest, ARefusalListsNothing) {
  CorroborationWorld world(FourRemotes());
  AllList(world, {"a@example.com"});
  for (const char* id : {"dublin", "ashburn"}) {
    world.remote(id).ReplyWith([&world, id](const PerspectiveQuestion&) {
      return Lists(world.place(id), {"b@example.com"});
    });
  }
  const v1::Corroboration answer = world.Run(ContactsInput());
  EXPECT_EQ(answer.verdict(), v1::NOT_CORROBORATED);
  EXPECT_EQ(answer.problem().kind(), v1::Problem::QUORUM_COUNT);
  EXPECT_EQ(answer.quorum().text(), "2/4");
  EXPECT_THAT(answer.corroborated_values(), IsEmpty());
  EXPECT_EQ(RemoteOf(answer, "dublin").problem().kind(), v1::Problem::OBSERVATION_DIFFERS);
}

// A verdict that cannot change any more can still gain a value.
TEST(DiscoveryCorroborationTest, StragglersAreWaitedFor) {
  config::v1::CoordinatorConfig config = SoundConfig();
  *config.mutable_policy()->mutable_straggler_grace() = ToProtoDuration(absl::ZeroDuration());
  CorroborationWorld world(config);
  AllList(world, {"a@example.com", "b@example.com"});
  for (const char* id : {"dublin", "ashburn", "oregon"}) {
    world.remote(id).ReplyWith([&world, id](const PerspectiveQuestion&) {
      return Lists(world.place(id), {"a@example.com"});
    });
  }
  world.remote("oregon").HoldReply();
  world.Start(ContactsInput());
  EXPECT_FALSE(world.ended());
  world.remote("oregon").Release(Lists(world.place("oregon"), {"a@example.com", "b@example.com"}));
  world.WaitForEnd();
  ASSERT_TRUE(world.ended() && world.result->ok());
  EXPECT_THAT((*world.result)->corroborated_values(),
              ElementsAre("a@example.com", "b@example.com"));
}

TEST(DiscoveryCorroborationTest, AnAttemptThatEndsWithoutStragglersListsWhatItHas) {
  CorroborationWorld world;
  AllList(world, {"a@example.com"});
  world.remote("oregon").HoldReply();
  const v1::Corroboration answer = world.Run(ContactsInput(), absl::Milliseconds(150));
  EXPECT_EQ(answer.verdict(), v1::CORROBORATED);
  EXPECT_EQ(answer.quorum().text(), "5/6");
  EXPECT_THAT(answer.corroborated_values(), ElementsAre("a@example.com"));
  EXPECT_EQ(RemoteOf(answer, "oregon").problem().kind(), v1::Problem::TIMED_OUT);
}

TEST(DiscoveryCorroborationTest, ReportOnlyListsWhatThePrimarySaw) {
  config::v1::CoordinatorConfig config = SoundConfig();
  config.mutable_policy()->set_report_only(true);
  CorroborationWorld world(config);
  AllList(world, {"b@example.com"});
  world.primary().ReplyWith([&world](const PerspectiveQuestion&) {
    return Lists(world.primary().perspective(), {"a@example.com"});
  });
  const v1::Corroboration answer = world.Run(ContactsInput());
  EXPECT_EQ(answer.verdict(), v1::CORROBORATED);
  EXPECT_EQ(answer.problem().kind(), v1::Problem::QUORUM_COUNT);
  EXPECT_THAT(answer.corroborated_values(), ElementsAre("a@example.com"));
}

// -- CNAME hops -------------------------------------------------------------------------------

CheckedInput HopsInput(const std::string& adn) {
  CheckedInput input = Dns01Input();
  input.authorization_domain_name = adn;
  input.check.set_authorization_domain_name(adn);
  input.check.set_adn_cname_steps(1);
  return input;
}

PerspectiveAnswer LedTo(const ConfiguredPerspective& perspective, const std::string& target) {
  PerspectiveAnswer answer = Pass(perspective);
  answer.result->add_adn_cname_targets(target);
  return answer;
}

void AllAreLedTo(CorroborationWorld& world, const std::string& target) {
  const auto lead = [target](FakePerspectiveSession& session) {
    session.ReplyWith([&session, target](const PerspectiveQuestion&) {
      return LedTo(session.perspective(), target);
    });
  };
  lead(world.primary());
  for (FakePerspectiveSession* remote : world.remotes()) lead(*remote);
}

TEST(AdnHopsCorroborationTest, PrunedDownToTheBaseOfWhereCnameLeads) {
  CorroborationWorld world;
  AllAreLedTo(world, "edge.cdn.example.net");
  const v1::Corroboration answer = world.Run(HopsInput("example.net"));
  EXPECT_EQ(answer.verdict(), v1::CORROBORATED);
  EXPECT_EQ(answer.authorization_domain_name(), "example.net");
  EXPECT_EQ(world.primary().questions()[0].check.adn_cname_steps(), 1U);
  EXPECT_THAT(world.audit.records[0].corroboration().primary().adn_cname_targets(),
              ElementsAre("edge.cdn.example.net"));
}

// Only the coordinator knows that "ps.example.com" is a public suffix (vector 7).
TEST(AdnHopsCorroborationTest, AboveThatBaseThePrimaryDoesNotCount) {
  CorroborationWorld world;
  AllAreLedTo(world, "edge.x.ps.example.com");
  const v1::Corroboration answer = world.Run(HopsInput("example.com"));
  EXPECT_EQ(answer.verdict(), v1::NOT_CORROBORATED);
  EXPECT_EQ(answer.problem().kind(), v1::Problem::RECORD_NOT_MATCHING);
  EXPECT_THAT(answer.problem().detail(), HasSubstr("above the Base Domain Name"));
  EXPECT_EQ(answer.primary().outcome(), v1::FAILED);
}

TEST(AdnHopsCorroborationTest, AboveThatBaseARemoteDoesNotCorroborate) {
  CorroborationWorld world(FourRemotes());
  AllAreLedTo(world, "edge.example.com");
  for (const char* id : {"dublin", "ashburn"}) {
    world.remote(id).ReplyWith([&world, id](const PerspectiveQuestion&) {
      return LedTo(world.place(id), "edge.x.ps.example.com");
    });
  }
  const v1::Corroboration answer = world.Run(HopsInput("example.com"));
  EXPECT_EQ(answer.verdict(), v1::NOT_CORROBORATED);
  EXPECT_EQ(answer.quorum().text(), "2/4");
  EXPECT_EQ(RemoteOf(answer, "dublin").problem().kind(), v1::Problem::RECORD_NOT_MATCHING);
  EXPECT_EQ(RemoteOf(answer, "dublin").result().outcome(), v1::PASSED);
}

TEST(AdnHopsCorroborationTest, WithoutTheTargetThereIsNoProof) {
  CorroborationWorld world;  // everybody passes and tells of no hop
  const v1::Corroboration answer = world.Run(HopsInput("example.com"));
  EXPECT_NE(answer.verdict(), v1::CORROBORATED);
}

}  // namespace
}  // namespace mpic::coordinator
