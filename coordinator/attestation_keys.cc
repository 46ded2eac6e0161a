#include "coordinator/attestation_keys.h"

#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/status_macros.h"
#include "coordinator/settings.h"

namespace mpic::coordinator {
namespace {

// Of one perspective. `files` is whose each file is, of those before.
void CheckKeysOf(const std::string& path, const config::v1::ConfiguredPerspective& perspective,
                 std::map<std::string, std::string>& files, ConfigViolations& violations) {
  std::set<std::string> ids;
  for (int i = 0; i < perspective.attestation_keys_size(); ++i) {
    const config::v1::AttestationKey& key = perspective.attestation_keys(i);
    const std::string field = absl::StrCat(path, ".attestation_keys[", i, "]");
    violations.CheckId(field + ".key_id", key.key_id());
    if (!ids.insert(key.key_id()).second) {
      violations.Add(field + ".key_id", absl::StrCat("\"", key.key_id(), "\" is there twice"));
    }
    if (key.public_key_file().empty()) {
      violations.Add(field + ".public_key_file", "must be set");
      continue;
    }
    const auto [seen, added] = files.emplace(key.public_key_file(), perspective.perspective_id());
    if (!added && seen->second != perspective.perspective_id()) {
      violations.Add(field + ".public_key_file",
                     absl::StrCat("\"", key.public_key_file(), "\" is a key of ", seen->second,
                                  ": each perspective signs with a key of its own"));
    }
  }
}

// `owners` is whose each key is, of those before: files may be copies of one.
absl::Status LoadKeysOf(const ConfiguredPerspective& perspective,
                        std::map<std::string, std::string>& owners, PerspectiveKeys& keys) {
  AttestationKeys& of_perspective = keys[perspective.perspective_id];
  for (const AttestationKeyFile& key : perspective.attestation_keys) {
    absl::StatusOr<VerifyingKey> loaded = VerifyingKey::Load(key.public_key_file);
    if (!loaded.ok()) {
      return absl::FailedPreconditionError(absl::StrCat("perspectives: attestation_keys of ",
                                                        perspective.perspective_id, ": ",
                                                        loaded.status().message()));
    }
    const auto [owner, added] = owners.emplace(loaded->id(), perspective.perspective_id);
    if (!added && owner->second != perspective.perspective_id) {
      return absl::FailedPreconditionError(
          absl::StrCat("perspectives: attestation_keys of ", perspective.perspective_id, ": ",
                       key.public_key_file, " holds a key of ", owner->second,
                       ": each perspective signs with a key of its own"));
    }
    of_perspective.emplace(key.key_id, *std::move(loaded));
  }
  return absl::OkStatus();
}

}  // namespace

void CheckAttestationKeys(const config::v1::CoordinatorConfig& config,
                          ConfigViolations& violations) {
  std::map<std::string, std::string> files;
  for (int i = 0; i < config.perspectives_size(); ++i) {
    const std::string path = absl::StrCat("perspectives[", i, "]");
    CheckKeysOf(path, config.perspectives(i), files, violations);
    if (config.policy().require_attestation() &&
        config.perspectives(i).attestation_keys().empty()) {
      violations.Add(path + ".attestation_keys", "must be set: policy.require_attestation");
    }
  }
}

absl::StatusOr<PerspectiveKeys> LoadAttestationKeys(const Settings& settings) {
  PerspectiveKeys keys;
  std::map<std::string, std::string> owners;
  if (settings.primary) MPIC_RETURN_IF_ERROR(LoadKeysOf(*settings.primary, owners, keys));
  for (const ConfiguredPerspective& remote : settings.remotes) {
    MPIC_RETURN_IF_ERROR(LoadKeysOf(remote, owners, keys));
  }
  return keys;
}

}  // namespace mpic::coordinator
