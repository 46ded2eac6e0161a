// A perspective with a valid certificate and signing key that lies:
//   mpic_lying_perspective --config FILE --fault NAME
// FILE is the configuration of the honest perspective in whose place it stands. It looks nowhere
// and says that everything passed; --fault is what else is wrong with its word. Ends with SIGTERM.
#include <CLI/CLI.hpp>
#include <cstdint>
#include <cstdio>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "common/config_file.h"
#include "common/process_signals.h"
#include "common/signing_key.h"
#include "common/status_macros.h"
#include "perspective/settings.h"
#include "tests/support/scripted_perspective.h"
#include "tests/support/test_attestations.h"

namespace mpic {
namespace {

using testing::PassingResult;
using testing::ScriptedPerspective;
using testing::ScriptedReply;

struct Liar {
  v1::PerspectiveIdentity identity;
  test::TestSigner signer;
  std::map<std::uint64_t, v1::AttestedResult> recorded = {};  // by the question's number
  std::uint64_t last_number = 0;
  std::optional<v1::CheckRequest> first = {};
  bool replays = false;
};
using Fault = std::function<ScriptedReply(Liar&, const v1::CheckRequest&)>;

v1::CheckResult Renamed(v1::CheckResult result, std::string check_id) {
  result.set_check_id(std::move(check_id));
  return result;
}

ScriptedReply Yes(Liar& liar, const v1::CheckRequest& request) {
  return {.results = {PassingResult(request.check(), liar.identity)}};
}

ScriptedReply AnotherId(Liar& liar, const v1::CheckRequest& request) {
  const std::string id = absl::StrCat(request.check().check_id(), "000000");
  return {.results = {Renamed(PassingResult(request.check(), liar.identity), id)}};
}

ScriptedReply Twice(Liar& liar, const v1::CheckRequest& request) {
  const v1::CheckResult result = PassingResult(request.check(), liar.identity);
  return {.results = {result, result}};
}

// Before its answer come some that nobody asked for.
ScriptedReply UnknownIds(Liar& liar, const v1::CheckRequest& request) {
  const v1::CheckResult result = PassingResult(request.check(), liar.identity);
  return {.results = {Renamed(result, ""), Renamed(result, "elsewhere"),
                      Renamed(result, "18446744073709551615"), result}};
}

ScriptedReply Garbage(Liar& liar, const v1::CheckRequest& request) {
  v1::CheckResponse response;
  v1::AttestedResult& attested = *response.mutable_attested_result();
  attested = test::Attested(liar.signer, request, PassingResult(request.check(), liar.identity));
  attested.set_result("\xff\xfe no message at all");
  return {.responses = {response}};
}

ScriptedReply AnotherRegion(Liar& liar, const v1::CheckRequest& request) {
  v1::PerspectiveIdentity elsewhere = liar.identity;
  elsewhere.set_region("atlantis");
  return {.results = {PassingResult(request.check(), elsewhere)}};
}

// Numbers of questions grow, and begin anew with each coordinator. What was signed for the first is
// played to the next one; where nothing was, the answer is signed for the very first question.
ScriptedReply Replay(Liar& liar, const v1::CheckRequest& request) {
  std::uint64_t number = 0;
  if (!absl::SimpleAtoi(request.check().check_id(), &number)) return {};
  if (!liar.first) liar.first = request;
  liar.replays |= number <= std::exchange(liar.last_number, number);
  const auto [entry, is_new] = liar.recorded.try_emplace(number);
  if (is_new) {
    entry->second = test::Attested(liar.signer, liar.replays ? *liar.first : request,
                                   PassingResult(request.check(), liar.identity));
  }
  v1::CheckResponse response;
  *response.mutable_attested_result() = entry->second;
  return {.responses = {response}};
}

const std::map<std::string, Fault>& Faults() {
  static const auto& faults = *new std::map<std::string, Fault>{
      {"yes", Yes},         {"another_id", AnotherId},         {"twice", Twice},
      {"garbage", Garbage}, {"another_region", AnotherRegion}, {"unknown_ids", UnknownIds},
      {"replay", Replay}};
  return faults;
}

absl::StatusOr<perspective::Settings> LoadSettings(const std::string& file) {
  config::v1::PerspectiveConfig config;
  MPIC_RETURN_IF_ERROR(LoadConfigFile(file, config));
  MPIC_ASSIGN_OR_RETURN(perspective::Settings settings, perspective::CheckSettings(config));
  if (!settings.attestation) return absl::FailedPreconditionError("attestation is missing");
  return settings;
}

int Lie(ProcessSignals& signals, const perspective::Settings& settings, const Fault& fault) {
  auto key = SigningKey::Load(settings.attestation->private_key_file);
  if (!key.ok()) {
    std::fprintf(stderr, "%s\n", key.status().ToString().c_str());
    return 1;
  }
  Liar liar{.identity = settings.identity,
            .signer = {.key_id = settings.attestation->key_id,
                       .key = std::make_shared<const SigningKey>(*std::move(key))}};
  ScriptedPerspective perspective(liar.identity, settings.tls, settings.listen);
  perspective.SignWith(liar.signer);
  perspective.ReplyToRequestWith(
      [&](const v1::CheckRequest& request) { return fault(liar, request); });
  perspective.Start();
  signals.Wait();
  perspective.Kill();
  return 0;
}

int Main(int argc, char** argv) {
  ProcessSignals signals;
  CLI::App app("A perspective that lies.");
  std::string config;
  std::string fault;
  app.add_option("--config", config)->required();
  app.add_option("--fault", fault)->required()->check([](const std::string& name) {
    return Faults().count(name) > 0 ? std::string() : absl::StrCat("no fault ", name);
  });
  CLI11_PARSE(app, argc, argv);
  const auto settings = LoadSettings(config);
  if (!settings.ok()) {
    std::fprintf(stderr, "%s\n", settings.status().ToString().c_str());
    return 2;
  }
  return Lie(signals, *settings, Faults().at(fault));
}

}  // namespace
}  // namespace mpic

int main(int argc, char** argv) { return mpic::Main(argc, argv); }
