#include "common/signing_key.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <string>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "tests/support/test_certificates.h"

namespace mpic {
namespace {

using ::testing::HasSubstr;

// The keys of RFC 8032 section 7.1, TEST 2, and RFC 6979 appendix A.2.5, in PKCS #8 and SPKI.
constexpr char kEd25519Private[] =
    "-----BEGIN PRIVATE KEY-----\n"
    "MC4CAQAwBQYDK2VwBCIEIEzNCJso/5banbbDRuwRTg9bijGfNaumJNqM9u1PuKb7\n"
    "-----END PRIVATE KEY-----\n";
constexpr char kEd25519Public[] =
    "-----BEGIN PUBLIC KEY-----\n"
    "MCowBQYDK2VwAyEAPUAXw+hDiVqStwqnTRt+vJyYLM8uxJaMwM1V8Sr0Zgw=\n"
    "-----END PUBLIC KEY-----\n";
constexpr char kP256Public[] =
    "-----BEGIN PUBLIC KEY-----\n"
    "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEYP7UuiVanTHJYet0xjVtaMBJuJI7\n"
    "Yfps5mliLmDyn7Z5A/4QCLi8maQa6elWKLxk8vGyDC1+n1F3o8KU1EYimQ==\n"
    "-----END PUBLIC KEY-----\n";

class SigningKeyTest : public ::testing::Test {
 protected:
  std::string Write(const std::string& name, const std::string& text) const {
    const std::string path = absl::StrCat(ca_.directory(), "/", name);
    std::ofstream(path) << text;
    return path;
  }

  test::TestCa ca_;
};

TEST_F(SigningKeyTest, SignsEd25519AsTheRfcDoes) {
  const auto key = SigningKey::Load(Write("ed25519.key", kEd25519Private));
  ASSERT_TRUE(key.ok()) << key.status();
  EXPECT_EQ(key->PublicKeyPem(), kEd25519Public);
  const auto signature = key->Sign("\x72");
  ASSERT_TRUE(signature.ok());
  EXPECT_EQ(absl::BytesToHexString(*signature),
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
            "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00");
}

TEST_F(SigningKeyTest, NamesAKeyByTheDigestOfItsPublicKey) {
  const auto private_key = SigningKey::Load(Write("ed25519.key", kEd25519Private));
  const auto public_key = VerifyingKey::Load(Write("ed25519.pub", kEd25519Public));
  ASSERT_TRUE(private_key.ok() && public_key.ok());
  EXPECT_EQ(private_key->id(), "deb2ded39dc26fce");  // openssl pkey -pubin -outform DER | sha256sum
  EXPECT_EQ(public_key->id(), private_key->id());
}

TEST_F(SigningKeyTest, VerifiesEcdsaOfTheRfc) {
  const auto key = VerifyingKey::Parse(kP256Public);
  ASSERT_TRUE(key.ok()) << key.status();
  const std::string signature = absl::HexStringToBytes(
      "3046022100efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716"
      "022100f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8");
  EXPECT_TRUE(key->Verifies("sample", signature));
  EXPECT_FALSE(key->Verifies("Sample", signature));
}

TEST_F(SigningKeyTest, OnlyTheSignedMessageVerifiesUnderTheSigningKey) {
  const std::string other = ca_.TlsFor("spiffe://test/other").private_key_file();
  for (const std::string& file :
       {Write("ed25519.key", kEd25519Private), ca_.TlsFor("spiffe://test/a").private_key_file()}) {
    SCOPED_TRACE(file);
    const auto key = SigningKey::Load(file);
    ASSERT_TRUE(key.ok()) << key.status();
    const auto signature = key->Sign("a message");
    const auto verifying = VerifyingKey::Parse(key->PublicKeyPem());
    ASSERT_TRUE(signature.ok() && verifying.ok());
    EXPECT_TRUE(verifying->Verifies("a message", *signature));
    EXPECT_FALSE(verifying->Verifies("another message", *signature));
    EXPECT_FALSE(verifying->Verifies("a message", ""));
    EXPECT_FALSE(verifying->Verifies("a message", *signature + "x"));
    const auto stranger = VerifyingKey::Parse(SigningKey::Load(other)->PublicKeyPem());
    EXPECT_FALSE(stranger->Verifies("a message", *signature));
    for (std::size_t at = 0; at < signature->size(); ++at) {
      std::string changed = *signature;
      changed[at] = static_cast<char>(changed[at] ^ 1);
      EXPECT_FALSE(verifying->Verifies("a message", changed)) << at;
    }
  }
}

TEST_F(SigningKeyTest, RefusesWhatIsNoKeyOfItsKinds) {
  struct Case {
    const char* name;
    std::string text;
    const char* complaint;
  };
  const Case cases[] = {
      {"junk", "junk", "no PEM"},
      {"nothing", "", "no PEM"},
      {"P-384",
       "-----BEGIN PRIVATE "
       "KEY-----\nMIG2AgEAMBAGByqGSM49AgEGBSuBBAAiBIGeMIGbAgEBBDBfXvlaTbdE5tHA2rQy\n"
       "eb6jDPxi44EJivscdgRHC+z2IqfvlCHHTrzVL+gRn/tkN0yhZANiAAToQ4Bja5En\n"
       "z2WiJalBnF/I+8pkQHZiz02jT/OyG28AAJ6urjashtTDpqaCqG834g5KM8IvF2nT\n"
       "wjGdw0P+x41/bpGuqbMIhayKzNYxbW6d+oRV5SxFWLuk2BN107SslzY=\n"
       "-----END PRIVATE KEY-----\n"
       "-----BEGIN PUBLIC "
       "KEY-----\nMHYwEAYHKoZIzj0CAQYFK4EEACIDYgAE6EOAY2uRJ89loiWpQZxfyPvKZEB2Ys9N\n"
       "o0/zshtvAACerq42rIbUw6amgqhvN+IOSjPCLxdp08IxncND/seNf26RrqmzCIWs\n"
       "iszWMW1unfqEVeUsRVi7pNgTddO0rJc2\n"
       "-----END PUBLIC KEY-----\n",
       "neither an Ed25519 nor a P-256 key"},
      {"under password",
       "-----BEGIN EC PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n"
       "DEK-Info: AES-128-CBC,00000000000000000000000000000000\n\nAAAA\n"
       "-----END EC PRIVATE KEY-----\n",
       "no PEM"},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.name);
    const std::string file = Write("refused.pem", c.text);
    for (const absl::Status& status :
         {SigningKey::Load(file).status(), VerifyingKey::Load(file).status()}) {
      EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
      EXPECT_THAT(std::string(status.message()), HasSubstr(file));
      EXPECT_THAT(std::string(status.message()), HasSubstr(c.complaint));
    }
  }
}

TEST_F(SigningKeyTest, NamesAFileThatIsNotThere) {
  for (const absl::Status& status : {SigningKey::Load("/nonexistent/key.pem").status(),
                                     VerifyingKey::Load("/nonexistent/key.pem").status()}) {
    EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
    EXPECT_THAT(std::string(status.message()), HasSubstr("/nonexistent/key.pem"));
  }
}

TEST_F(SigningKeyTest, APrivateKeyIsNoPublicOneAndTheOtherWayRound) {
  EXPECT_FALSE(VerifyingKey::Load(Write("ed25519.key", kEd25519Private)).ok());
  EXPECT_FALSE(SigningKey::Load(Write("ed25519.pub", kEd25519Public)).ok());
}

}  // namespace
}  // namespace mpic
