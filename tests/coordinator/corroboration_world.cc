#include "tests/coordinator/corroboration_world.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "common/proto_time.h"
#include "common/steady_time.h"
#include "coordinator/audit/chain_line.h"

namespace mpic::coordinator {

boost::asio::awaitable<absl::StatusOr<v1::AuditReference>> FakeAuditLog::Append(std::string body) {
  if (!failure.ok()) co_return failure;
  const absl::StatusOr<v1::AuditRecord> record = DecodeRecord(body);
  if (!record.ok()) co_return record.status();
  records.push_back(*record);
  v1::AuditReference reference;
  reference.set_sequence(records.size());
  co_return reference;
}

namespace {

v1::CheckResult ResultOf(const ConfiguredPerspective& perspective, v1::Outcome outcome) {
  v1::CheckResult result;
  result.mutable_perspective()->set_perspective_id(perspective.perspective_id);
  result.mutable_perspective()->set_rir(perspective.rir);
  result.set_outcome(outcome);
  *result.mutable_started_at() = ToTimestamp(kToday);
  *result.mutable_finished_at() = ToTimestamp(kToday + absl::Milliseconds(20));
  return result;
}

CheckedInput InputFor(v1::Method method, const std::string& check_id) {
  CheckedInput input;
  input.method = method;
  input.check.set_check_id(check_id);
  input.check.mutable_identifier()->set_dns_name("shop.example.com");
  *input.check.mutable_time_budget() = ToProtoDuration(absl::Seconds(10));
  return input;
}

}  // namespace

PerspectiveAnswer Pass(const ConfiguredPerspective& perspective, const std::string& observed) {
  PerspectiveAnswer answer{.result = ResultOf(perspective, v1::PASSED), .problem = {}};
  answer.result->set_observed_value(observed);
  return answer;
}

PerspectiveAnswer Fail(const ConfiguredPerspective& perspective, v1::Problem::Kind kind) {
  PerspectiveAnswer answer{.result = ResultOf(perspective, v1::FAILED), .problem = {}};
  answer.result->mutable_problem()->set_kind(kind);
  answer.result->mutable_problem()->set_detail("as scripted");
  return answer;
}

PerspectiveAnswer PermitByCaa(const ConfiguredPerspective& perspective, absl::Time valid_until) {
  PerspectiveAnswer answer = Pass(perspective, "");
  *answer.result->mutable_caa()->mutable_valid_until() = ToTimestamp(valid_until);
  return answer;
}

PerspectiveAnswer NoResult(v1::Problem::Kind kind) {
  PerspectiveAnswer answer;
  answer.problem.set_kind(kind);
  answer.problem.set_detail("as scripted");
  return answer;
}

CheckedInput Dns01Input() {
  CheckedInput input = InputFor(v1::DNS_01, "dcv");
  input.method_reference = "BR 3.2.2.4.7";
  input.authorization_domain_name = "example.com";
  input.check.set_authorization_domain_name("example.com");
  input.check.mutable_dns_01()->set_key_authorization(
      "evaGxfADs6pSRb2LAv9IZf17Dt3juxGJ.9jg46WB3rR_AHD-EBXdN7cBkH1WOu0tA3M9fm21mqTI");
  return input;
}

CheckedInput CaaInput() {
  CheckedInput input = InputFor(v1::CAA, "caa");
  input.check.mutable_caa()->add_issuer_domain_names("ca.example.com");
  return input;
}

v1::PrimaryDetermination OwnDetermination() {
  v1::PrimaryDetermination own;
  v1::PerspectiveIdentity& perspective = *own.mutable_perspective();
  perspective.set_perspective_id("own-data-centre");
  perspective.set_rir(v1::RIPE_NCC);
  perspective.mutable_location()->set_latitude(50.11);
  perspective.mutable_location()->set_longitude(8.68);
  perspective.mutable_resolver()->set_rir(v1::RIPE_NCC);
  *perspective.mutable_resolver()->mutable_location() = perspective.location();
  own.set_outcome(v1::PASSED);
  own.set_observed_value(kSeen);
  *own.mutable_determined_at() = ToTimestamp(kToday);
  return own;
}

config::v1::CoordinatorConfig ConfigOf(const std::vector<Site>& sites) {
  config::v1::CoordinatorConfig config = SoundConfig();
  config.clear_perspectives();
  for (const Site& site : sites) AddSite(config, site);
  config.set_primary_perspective_id(sites.front().id);
  return config;
}

const Site& SiteOf(const std::string& id) {
  for (const Site& site : kSites) {
    if (id == site.id) return site;
  }
  throw std::logic_error("no site " + id);
}

config::v1::CoordinatorConfig FourRemotes() {
  return ConfigOf({SiteOf("frankfurt"), SiteOf("ashburn"), SiteOf("dublin"), SiteOf("singapore"),
                   SiteOf("saopaulo")});
}

CorroborationWorld::CorroborationWorld(const config::v1::CoordinatorConfig& config) {
  absl::StatusOr<Settings> checked = CheckSettings(config, kToday);
  if (!checked.ok()) throw std::logic_error(checked.status().ToString());
  settings = *std::move(checked);
  metrics_ = std::make_unique<Metrics>(registry_, settings);
  std::unique_ptr<PerspectiveSession> primary;
  if (settings.primary) primary = MakeSession(*settings.primary);
  std::vector<std::unique_ptr<PerspectiveSession>> remotes;
  for (const ConfiguredPerspective& remote : settings.remotes) {
    remotes.push_back(MakeSession(remote));
  }
  pool_ = std::make_unique<SessionPool>(std::move(primary), std::move(remotes));
  environment_ = std::make_unique<CorroborationEnvironment>(
      CorroborationEnvironment{.loop = loop,
                               .sessions = *pool_,
                               .settings = settings,
                               .suffixes = *suffixes_,
                               .clock = clock,
                               .random = [this] { return ++seed_; },
                               .audit = audit,
                               .metrics = *metrics_});
}

CorroborationWorld::~CorroborationWorld() {
  if (task_) task_->Cancel();
  loop.restart();
  loop.run();
}

std::unique_ptr<FakePerspectiveSession> CorroborationWorld::MakeSession(
    const ConfiguredPerspective& perspective) {
  auto session = std::make_unique<FakePerspectiveSession>(perspective);
  sessions_[perspective.perspective_id] = session.get();
  Passes(perspective.perspective_id);
  return session;
}

std::vector<FakePerspectiveSession*> CorroborationWorld::remotes() {
  std::vector<FakePerspectiveSession*> all;
  for (const ConfiguredPerspective& remote : settings.remotes) {
    all.push_back(sessions_.at(remote.perspective_id));
  }
  return all;
}

void CorroborationWorld::Passes(const std::string& id, const std::string& observed) {
  FakePerspectiveSession& session = *sessions_.at(id);
  session.ReplyWith([&session, observed](const PerspectiveQuestion&) {
    return Pass(session.perspective(), observed);
  });
}

void CorroborationWorld::Fails(const std::string& id, v1::Problem::Kind kind) {
  FakePerspectiveSession& session = *sessions_.at(id);
  session.ReplyWith(
      [&session, kind](const PerspectiveQuestion&) { return Fail(session.perspective(), kind); });
}

void CorroborationWorld::GivesNoResult(const std::string& id, v1::Problem::Kind kind) {
  sessions_.at(id)->ReplyWith([kind](const PerspectiveQuestion&) { return NoResult(kind); });
}

void CorroborationWorld::HoldAll() {
  for (const auto& [id, session] : sessions_) session->HoldReply();
}

void CorroborationWorld::Start(const CheckedInput& input, absl::Duration deadline) {
  input_ = input;
  result.reset();
  task_ = LoopTask::Start(loop, Corroborate(*environment_, origin_, input_, SteadyNow() + deadline),
                          [this](absl::StatusOr<v1::Corroboration> corroboration) {
                            result = std::move(corroboration);
                          });
  Poll();
}

void CorroborationWorld::Poll() {
  loop.restart();
  loop.poll();
}

void CorroborationWorld::Step(int steps) {
  loop.restart();
  for (int i = 0; i < steps && loop.poll_one() > 0; ++i) {
  }
}

void CorroborationWorld::Cancel() { task_->Cancel(); }

void CorroborationWorld::WaitForEnd() {
  loop.restart();
  while (!ended() && loop.run_one() > 0) {
  }
}

v1::Corroboration CorroborationWorld::Run(const CheckedInput& input, absl::Duration deadline) {
  Start(input, deadline);
  WaitForEnd();
  if (!ended()) {
    ADD_FAILURE() << "the corroboration never ended";
    return {};
  }
  EXPECT_TRUE(result->ok()) << result->status();
  return result->ok() ? **result : v1::Corroboration();
}

}  // namespace mpic::coordinator
