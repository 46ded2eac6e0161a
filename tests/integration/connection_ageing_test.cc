// A coordinator's session with a whole perspective whose connections grow old: every check is
// answered, and a new certificate comes to bear without anybody being restarted.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <prometheus/registry.h>

#include <atomic>
#include <boost/asio/post.hpp>
#include <fstream>
#include <future>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/credentials.h"
#include "common/file_text.h"
#include "common/io_loops.h"
#include "common/log.h"
#include "common/proto_time.h"
#include "coordinator/grpc_perspective_session.h"
#include "tests/coordinator/coordinator_config.h"
#include "tests/support/hostile_dns_server.h"
#include "tests/support/perspective_under_test.h"
#include "tests/support/scripted_perspective.h"
#include "tests/support/test_certificates.h"

namespace mpic::testing {
namespace {

using coordinator::PerspectiveAnswer;
using coordinator::PerspectiveQuestion;

constexpr char kPerspective[] = "spiffe://test/ashburn";
constexpr char kOldName[] = "spiffe://test/coordinator-1";
constexpr char kNewName[] = "spiffe://test/coordinator-2";

coordinator::Settings CoordinatorSettings() {
  auto settings =
      coordinator::CheckSettings(coordinator::SoundConfig(), coordinator::Utc(2026, 1, 1));
  EXPECT_TRUE(settings.ok()) << settings.status();
  return *settings;
}

// One whose name is silent is answered only after all tries, two seconds later: longer than a
// stream of this test lives.
PerspectiveQuestion Caa(const std::string& name) {
  PerspectiveQuestion question;
  question.check.set_check_id("set by the session");
  question.check.mutable_identifier()->set_dns_name(name);
  *question.check.mutable_time_budget() = ToProtoDuration(absl::Seconds(60));
  question.check.mutable_caa()->add_issuer_domain_names("ca.example.com");
  return question;
}

class ConnectionAgeingTest : public ::testing::Test {
 protected:
  ConnectionAgeingTest() {
    InitLog("test", LogLevel::kInfo, [this](absl::string_view line) {
      if (absl::StrContains(line, "\"msg\":\"perspective connected\"")) ++streams_;
      if (absl::StrContains(line, kNewName)) saw_new_name_ = true;
    });
    dns_.Ignore("silent.example.com");
  }
  ~ConnectionAgeingTest() override { InitLog("mpic", LogLevel::kInfo); }

  config::v1::PerspectiveConfig PerspectiveConfig() {
    config::v1::PerspectiveConfig config = LoopbackPerspective(dns_.endpoint());
    const coordinator::Site& site = coordinator::kSites[1];
    config.set_perspective_id(site.id);
    config.set_region(site.id);
    config.set_rir(site.rir);
    config.mutable_location()->set_latitude(site.latitude);
    config.mutable_location()->set_longitude(site.longitude);
    *config.mutable_tls() = ca_.TlsFor(kPerspective, {kOldName, kNewName});
    *config.mutable_tls()->mutable_connection_age() = ToProtoDuration(absl::Seconds(1));
    *config.mutable_limits()->mutable_dns_timeout() = ToProtoDuration(absl::Milliseconds(500));
    config.mutable_limits()->set_dns_tries(4);
    return config;
  }

  test::TestCa ca_;
  HostileDnsServer dns_;
  std::atomic<int> streams_ = 0;
  std::atomic<bool> saw_new_name_ = false;
};

// A session on a loop of its own, as a coordinator has them.
class SessionUnderTest {
 public:
  SessionUnderTest(int port, const config::v1::Tls& tls,
                   const std::shared_ptr<RotatingCertificates>& certificates)
      : SessionUnderTest(absl::StrCat("127.0.0.1:", port), tls, certificates, {}) {}

  struct Patience {
    absl::Duration reconnect_min = absl::Milliseconds(250);
    std::size_t leaving_streams_max = 128;
    coordinator::SessionCircuit::Options circuit = {};
  };
  SessionUnderTest(const std::string& address, const config::v1::Tls& tls,
                   const std::shared_ptr<RotatingCertificates>& certificates,
                   const Patience& patience) {
    coordinator::ConfiguredPerspective perspective = settings_.remotes.at(0);
    perspective.address = address;
    grpc::ChannelArguments arguments;
    arguments.SetInt(GRPC_ARG_ENABLE_RETRIES, 0);
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
    auto credentials = ChannelCredentials(tls, kPerspective, perspective.address, certificates);
    EXPECT_TRUE(credentials.ok()) << credentials.status();
    session_ = std::make_unique<coordinator::GrpcPerspectiveSession>(
        loops_.loop(0),
        coordinator::GrpcPerspectiveSession::Options{
            .perspective = perspective,
            .pin = {.lab_accepted = true, .must_validate = false},
            .attestation_keys = no_keys_,
            .channel = grpc::CreateCustomChannel(perspective.address, *credentials, arguments),
            .live_streams = live_streams_,
            .availability = availability_,
            .metrics = metrics_,
            .circuit = patience.circuit,
            .reconnect_min = patience.reconnect_min,
            .leaving_streams_max = patience.leaving_streams_max});
    boost::asio::post(loops_.loop(0), [this] { session_->Start(); });
  }
  ~SessionUnderTest() {
    std::promise<void> stopped;
    boost::asio::post(loops_.loop(0), [&] {
      session_->Stop();
      awaited_.clear();
      stopped.set_value();
    });
    stopped.get_future().wait();
    EXPECT_TRUE(live_streams_->WaitForNone(absl::Seconds(20)));
    loops_.Stop();
  }

  std::future<PerspectiveAnswer> Ask(const std::string& name) { return Ask(Caa(name)); }
  std::future<PerspectiveAnswer> Ask(const PerspectiveQuestion& question) {
    const auto answer = std::make_shared<std::promise<PerspectiveAnswer>>();
    boost::asio::post(loops_.loop(0), [this, question, answer] {
      awaited_.push_back(session_->Ask(
          question, [answer](PerspectiveAnswer&& given) { answer->set_value(std::move(given)); }));
    });
    return answer->get_future();
  }

 private:
  coordinator::Settings settings_ = CoordinatorSettings();
  prometheus::Registry registry_;
  SystemClock clock_;
  coordinator::Metrics metrics_{registry_, settings_};
  coordinator::Availability availability_{settings_, clock_, metrics_};
  const coordinator::AttestationKeys no_keys_;
  std::shared_ptr<LiveCount> live_streams_ = std::make_shared<LiveCount>();
  IoLoops loops_{1};
  std::unique_ptr<coordinator::GrpcPerspectiveSession> session_;
  std::vector<coordinator::AwaitedAnswer> awaited_;  // touched on the loop
};

// Its own words count as an answer, whatever they say of the domain.
void ExpectAnswer(std::future<PerspectiveAnswer>& pending) {
  const PerspectiveAnswer answer = pending.get();
  EXPECT_TRUE(answer.result.has_value()) << answer.problem.detail();
}

TEST_F(ConnectionAgeingTest, NoCheckIsLostWhileTheCoordinatorsCertificateRotates) {
  PerspectiveUnderTest perspective(PerspectiveConfig());
  config::v1::Tls tls = ca_.TlsFor(kOldName);
  auto certificates =
      RotatingCertificates::Load(tls, TlsRole::kClient, absl::Now(), /*registry=*/nullptr);
  ASSERT_TRUE(certificates.ok()) << certificates.status();
  SessionUnderTest session(perspective.server().port(), tls, *certificates);
  while (streams_ == 0) absl::SleepFor(absl::Milliseconds(5));

  const config::v1::Tls next = ca_.TlsFor(kNewName);
  std::ofstream(tls.certificate_file()) << ReadFileText(next.certificate_file(), 1 << 20).value();
  std::ofstream(tls.private_key_file()) << ReadFileText(next.private_key_file(), 1 << 20).value();
  EXPECT_EQ((*certificates)->Reload(absl::Now()), RotatingCertificates::Reloaded::kTaken);

  std::vector<std::future<PerspectiveAnswer>> slow;
  int asked = 0;
  // Until the new name has been seen and some streams have come and gone; ctest bounds it.
  while (!saw_new_name_ || streams_ < 4) {
    slow.push_back(session.Ask("silent.example.com"));
    std::vector<std::future<PerspectiveAnswer>> quick;
    for (int i = 0; i < 5; ++i) quick.push_back(session.Ask("shop.example.com"));
    for (auto& one : quick) ExpectAnswer(one);
    asked += 6;
    absl::SleepFor(absl::Milliseconds(20));
  }
  for (auto& one : slow) ExpectAnswer(one);
  RecordProperty("asked", asked);
  RecordProperty("streams", streams_.load());
}

TEST_F(ConnectionAgeingTest, WhoGoesAwayAgainAndAgainKeepsNoStreamForEver) {
  config::v1::CoordinatorConfig config = coordinator::SoundConfig();
  config::v1::Tls plaintext;
  plaintext.set_insecure_loopback(true);
  config::v1::ConfiguredPerspective& place = *config.mutable_perspectives(1);
  ScriptedPerspective perspective(place, plaintext);
  perspective.Hold();
  SessionUnderTest session(place.address(), plaintext, /*certificates=*/nullptr,
                           {.reconnect_min = absl::ZeroDuration(), .leaving_streams_max = 1});
  EXPECT_TRUE(WaitUntil([&] { return streams_ == 1; }));
  std::future<PerspectiveAnswer> first = session.Ask("shop.example.com");
  EXPECT_TRUE(WaitUntil([&] { return perspective.held() == 1; }));
  perspective.GoAway();
  EXPECT_TRUE(WaitUntil([&] { return streams_ == 2; }));
  std::future<PerspectiveAnswer> second = session.Ask("shop.example.com");
  EXPECT_TRUE(WaitUntil([&] { return perspective.held() == 2; }));
  perspective.GoAway();
  EXPECT_THAT(first.get().problem.detail(), ::testing::HasSubstr("went away too often"));
  EXPECT_TRUE(WaitUntil([&] { return perspective.held() == 1; }));
  EXPECT_TRUE(perspective.ReleaseHeld());
  ExpectAnswer(second);
}

TEST_F(ConnectionAgeingTest, AProbeThatIsNotEvenSentGivesItsPlaceUp) {
  config::v1::CoordinatorConfig config = coordinator::SoundConfig();
  config::v1::Tls plaintext;
  plaintext.set_insecure_loopback(true);
  config::v1::ConfiguredPerspective& place = *config.mutable_perspectives(1);
  ScriptedPerspective perspective(place, plaintext);
  perspective.Kill();
  perspective.hello.clear_supported_methods();
  perspective.hello.add_supported_methods(v1::CAA);
  perspective.Start();
  perspective.Hang();
  std::atomic<int> hour = 0;
  SessionUnderTest session(place.address(), plaintext, /*certificates=*/nullptr,
                           {.circuit = {.circuit = {.failures_max = 1},
                                        .now = [&] { return absl::Hours(hour.load()); }}});
  EXPECT_TRUE(WaitUntil([&] { return streams_ == 1; }));
  PerspectiveQuestion unanswered = Caa("shop.example.com");
  *unanswered.check.mutable_time_budget() = ToProtoDuration(absl::Milliseconds(1));
  EXPECT_EQ(session.Ask(unanswered).get().problem.kind(), v1::Problem::TIMED_OUT);
  EXPECT_THAT(session.Ask("shop.example.com").get().problem.detail(),
              ::testing::HasSubstr("circuit open"));
  ++hour;  // half open
  perspective.Pass();
  PerspectiveQuestion unsupported = Caa("shop.example.com");
  unsupported.check.mutable_dns_01();
  EXPECT_EQ(session.Ask(unsupported).get().problem.kind(), v1::Problem::UNSUPPORTED_METHOD);
  std::future<PerspectiveAnswer> next = session.Ask("shop.example.com");
  ExpectAnswer(next);
}

}  // namespace
}  // namespace mpic::testing
