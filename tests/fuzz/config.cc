// Configuration files onto both schemas, and the checks of settings.
//   input: the file
#include <algorithm>
#include <set>
#include <string>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "common/config_file.h"
#include "coordinator/policy/phases.h"
#include "coordinator/settings.h"
#include "mpic/config/v1/coordinator.pb.h"
#include "mpic/config/v1/perspective.pb.h"
#include "perspective/settings.h"
#include "tests/fuzz/fuzz_target.h"

namespace mpic::fuzz {
namespace {

const absl::Time kNow = absl::FromUnixSeconds(1'795'435'200);  // 2026-11-23T12:00:00Z

// One violation a line, and none without words.
void RequireSoundRefusal(const absl::Status& status) {
  Require(!status.message().empty(), "a refusal says why");
  for (const absl::string_view line : absl::StrSplit(status.message(), '\n')) {
    Require(IsShowable(line), absl::StrCat("a violation can be shown: ", absl::CHexEscape(line)));
  }
}

void RequireSound(const coordinator::Settings& settings) {
  const coordinator::Phase& phase = coordinator::PhaseAt(kNow);
  Require(settings.remotes.size() >= phase.remotes_min, "there are remotes as the phase has it");
  Require(settings.policy.remotes_per_attempt >= phase.remotes_min &&
              settings.policy.remotes_per_attempt <= settings.remotes.size(),
          "an attempt asks as many as the phase has it and there are");
  Require(settings.policy.stricter.rir_regions_min == 0 ||
              settings.policy.stricter.rir_regions_min >= phase.rir_regions_min,
          "no RIR region less than the phase has it");
  Require(settings.policy.stricter.non_corroborations_max.value_or(0) <= 2,
          "no non-corroboration more than the table has it");
  std::set<std::string> ids;
  for (const auto& remote : settings.remotes) {
    Require(ids.insert(remote.perspective_id).second, "remotes have ids of their own");
    Require(remote.rir == remote.resolver_rir && remote.rir != v1::RIR_UNSPECIFIED,
            "a resolver stands in its perspective's region");
  }
  Require(!settings.primary.has_value() || ids.insert(settings.primary->perspective_id).second,
          "a primary is no remote");
  Require(!settings.audit.directory.empty(), "no verdict without a record");
  Require(settings.policy.check_budget >= absl::Milliseconds(100) &&
              settings.policy.check_budget <= settings.limits.request_timeout,
          "a check has time");
  Require(settings.threads >= 1 && settings.threads <= 64, "there are threads");
  Require(!settings.config_json.empty() &&
              IsShowable(absl::StrJoin(absl::StrSplit(settings.config_json, '\n'), "")),
          "a configuration can be shown");
}

void RequireSound(const perspective::Settings& settings) {
  Require(
      settings.identity.lab() || (settings.allowed_reserved_prefixes.empty() &&
                                  settings.lab_ports.http == 0 && settings.lab_ports.https == 0),
      "only a laboratory has exemptions");
  Require(settings.identity.rir() != v1::RIR_UNSPECIFIED &&
              settings.identity.rir() == settings.identity.resolver().rir(),
          "a resolver stands in its perspective's region");
  Require(settings.resolver.port != 0, "a resolver has a port");
  Require(settings.dnssec_watch.has_value() == settings.identity.resolver().validates_dnssec(),
          "what is claimed of a resolver is watched");
  Require(IsPrintableAscii(settings.user_agent, 256) && !settings.user_agent.empty(),
          "a user agent is one line");
  Require(settings.limits.dns_timeout > absl::ZeroDuration() &&
              settings.limits.http_timeout <= absl::Seconds(60) &&
              settings.limits.dns_tries_max >= 1 && settings.limits.dns_tries_max <= 5,
          "limits are in their ranges");
  Require(settings.threads >= 1 && settings.threads <= 256, "there are threads");
  Require(IsShowable(absl::StrJoin(absl::StrSplit(settings.config_json, '\n'), "")),
          "a configuration can be shown");
}

// JSON is YAML: what /configz shows is the configuration.
template <typename Config>
void RequireShown(const Config& config) {
  Config shown;
  const absl::Status read = LoadConfigText(ConfigToJson(config), "shown", shown);
  Require(read.ok() && shown.SerializeAsString() == config.SerializeAsString(),
          "what is shown of a configuration is the configuration");
}

}  // namespace

MPIC_FUZZ_TARGET(config) {
  const std::string text(input.Rest());
  config::v1::CoordinatorConfig coordinator;
  if (const absl::Status read = LoadConfigText(text, "fuzz.yaml", coordinator); read.ok()) {
    RequireShown(coordinator);
    const auto settings = coordinator::CheckSettings(coordinator, kNow);
    settings.ok() ? RequireSound(*settings) : RequireSoundRefusal(settings.status());
  } else {
    RequireSoundRefusal(read);
  }
  config::v1::PerspectiveConfig perspective;
  if (const absl::Status read = LoadConfigText(text, "fuzz.yaml", perspective); read.ok()) {
    RequireShown(perspective);
    const auto settings = perspective::CheckSettings(perspective);
    settings.ok() ? RequireSound(*settings) : RequireSoundRefusal(settings.status());
  } else {
    RequireSoundRefusal(read);
  }
}

}  // namespace mpic::fuzz
