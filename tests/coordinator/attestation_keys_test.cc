#include "coordinator/attestation_keys.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <string>

#include "coordinator/settings.h"
#include "tests/coordinator/coordinator_config.h"
#include "tests/support/test_attestations.h"

namespace mpic::coordinator {
namespace {

using config::v1::CoordinatorConfig;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

const absl::Time kNow = Utc(2026, 11, 23);

void AddKey(CoordinatorConfig& config, int perspective, const std::string& id,
            const std::string& file) {
  auto& key = *config.mutable_perspectives(perspective)->add_attestation_keys();
  key.set_key_id(id);
  key.set_public_key_file(file);
}

struct KeyCase {
  const char* name;
  void (*set)(CoordinatorConfig& config);
  const char* violation;  // part of it; "": accepted
};

constexpr KeyCase kCases[] = {
    {"no keys at all", [](auto&) {}, ""},
    {"two keys of one perspective",
     [](auto& c) {
       AddKey(c, 1, "old", "a.pub");
       AddKey(c, 1, "new", "b.pub");
     },
     ""},
    {"the same key id at two perspectives",
     [](auto& c) {
       AddKey(c, 1, "k1", "a.pub");
       AddKey(c, 2, "k1", "b.pub");
     },
     ""},
    {"a key id in upper case", [](auto& c) { AddKey(c, 1, "K1", "a.pub"); },
     "perspectives[1].attestation_keys[0].key_id: "},
    {"no key id", [](auto& c) { AddKey(c, 1, "", "a.pub"); },
     "perspectives[1].attestation_keys[0].key_id: "},
    {"no file", [](auto& c) { AddKey(c, 1, "k1", ""); },
     "perspectives[1].attestation_keys[0].public_key_file: must be set"},
    {"a key id twice",
     [](auto& c) {
       AddKey(c, 1, "k1", "a.pub");
       AddKey(c, 1, "k1", "b.pub");
     },
     "perspectives[1].attestation_keys[1].key_id: \"k1\" is there twice"},
    {"a key of two perspectives",
     [](auto& c) {
       AddKey(c, 1, "k1", "a.pub");
       AddKey(c, 2, "k2", "a.pub");
     },
     "perspectives[2].attestation_keys[0].public_key_file: \"a.pub\" is a key of ashburn"},
    {"signatures required of all, and one has no key",
     [](auto& c) {
       c.mutable_policy()->set_require_attestation(true);
       for (int i = 0; i < 6; ++i) AddKey(c, i, "k1", std::string(1, static_cast<char>('a' + i)));
     },
     "perspectives[6].attestation_keys: must be set: policy.require_attestation"},
    {"signatures required of all, and all have keys",
     [](auto& c) {
       c.mutable_policy()->set_require_attestation(true);
       for (int i = 0; i < 7; ++i) AddKey(c, i, "k1", std::string(1, static_cast<char>('a' + i)));
     },
     ""},
};

TEST(AttestationKeysTest, ConfigurationsAreChecked) {
  for (const KeyCase& c : kCases) {
    SCOPED_TRACE(c.name);
    CoordinatorConfig config = SoundConfig();
    c.set(config);
    const auto settings = CheckSettings(config, kNow);
    EXPECT_EQ(settings.ok(), c.violation[0] == '\0') << settings.status();
    if (!settings.ok()) EXPECT_THAT(settings.status().message(), HasSubstr(c.violation));
  }
}

TEST(AttestationKeysTest, EveryPerspectiveGetsItsKeys) {
  const std::string first =
      test::WriteTestFile(test::MakeTestSigner("", test::kEd25519Pem).key->PublicKeyPem());
  const std::string second =
      test::WriteTestFile(test::MakeTestSigner("", test::kP256Pem).key->PublicKeyPem());
  CoordinatorConfig config = SoundConfig();
  AddKey(config, 0, "k1", first);  // frankfurt, the primary
  AddKey(config, 1, "k1", second);
  const auto settings = CheckSettings(config, kNow);
  ASSERT_TRUE(settings.ok()) << settings.status();
  const auto keys = LoadAttestationKeys(*settings);
  ASSERT_TRUE(keys.ok()) << keys.status();
  EXPECT_THAT(*keys, SizeIs(7));
  EXPECT_EQ(keys->at("frankfurt").at("k1").id(),
            test::MakeTestSigner("", test::kEd25519Pem).key->id());
  EXPECT_EQ(keys->at("ashburn").at("k1").id(), test::MakeTestSigner("", test::kP256Pem).key->id());
  EXPECT_THAT(keys->at("dublin"), IsEmpty());
  unlink(first.c_str());
  unlink(second.c_str());
}

TEST(AttestationKeysTest, ACopyOfAnothersKeyIsNoKeyOfItsOwn) {
  const std::string text = test::MakeTestSigner("", test::kEd25519Pem).key->PublicKeyPem();
  const std::string file = test::WriteTestFile(text);
  const std::string copy = test::WriteTestFile(text);
  CoordinatorConfig config = SoundConfig();
  AddKey(config, 1, "k1", file);
  // One perspective may call its key by two names.
  AddKey(config, 1, "k2", copy);
  const auto own = CheckSettings(config, kNow);
  ASSERT_TRUE(own.ok()) << own.status();
  EXPECT_TRUE(LoadAttestationKeys(*own).ok());
  config.mutable_perspectives(1)->mutable_attestation_keys()->RemoveLast();
  AddKey(config, 3, "k1", copy);
  const auto shared = CheckSettings(config, kNow);
  ASSERT_TRUE(shared.ok()) << shared.status();
  const auto keys = LoadAttestationKeys(*shared);
  EXPECT_EQ(keys.status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(keys.status().message(), HasSubstr("attestation_keys of dublin"));
  EXPECT_THAT(keys.status().message(), HasSubstr("a key of ashburn"));
  unlink(file.c_str());
  unlink(copy.c_str());
}

TEST(AttestationKeysTest, AFileThatHoldsNoPublicKeyIsNamed) {
  for (const std::string& text : {std::string("nothing"), std::string(test::kEd25519Pem)}) {
    const std::string file = test::WriteTestFile(text);
    CoordinatorConfig config = SoundConfig();
    AddKey(config, 3, "k1", file);
    const auto settings = CheckSettings(config, kNow);
    ASSERT_TRUE(settings.ok()) << settings.status();
    const auto keys = LoadAttestationKeys(*settings);
    EXPECT_EQ(keys.status().code(), absl::StatusCode::kFailedPrecondition);
    EXPECT_THAT(keys.status().message(), HasSubstr("attestation_keys of dublin"));
    EXPECT_THAT(keys.status().message(), HasSubstr(file));
    unlink(file.c_str());
  }
}

}  // namespace
}  // namespace mpic::coordinator
