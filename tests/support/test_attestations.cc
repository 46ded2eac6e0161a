#include "tests/support/test_attestations.h"

#include <gtest/gtest.h>
#include <stdlib.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "common/result_statement.h"
#include "common/sha256.h"

namespace mpic::test {
namespace {

[[noreturn]] void Give(const std::string& what) {
  std::fprintf(stderr, "test attestations: %s\n", what.c_str());
  std::abort();
}

}  // namespace

std::string PemOf(const std::string& name) {
  // RFC 8410: all of a PrivateKeyInfo but the 32 octets of the key.
  constexpr char kBeginning[] = "302e020100300506032b657004220420";
  return absl::StrCat(
      "-----BEGIN PRIVATE KEY-----\n",
      absl::Base64Escape(absl::StrCat(absl::HexStringToBytes(kBeginning), Sha256(name))),
      "\n-----END PRIVATE KEY-----\n");
}

std::string WriteTestFile(const std::string& text) {
  std::string path = ::testing::TempDir() + "/mpic-key-XXXXXX";
  const int fd = mkstemp(path.data());
  if (fd < 0) Give("mkstemp " + path);
  close(fd);
  std::ofstream(path) << text;
  return path;
}

VerifyingKey TestSigner::PublicKey() const {
  auto parsed = VerifyingKey::Parse(key->PublicKeyPem());
  if (!parsed.ok()) Give(parsed.status().ToString());
  return *std::move(parsed);
}

TestSigner MakeTestSigner(const std::string& key_id, const char* pem) {
  const std::string file = WriteTestFile(pem);
  auto key = SigningKey::Load(file);
  unlink(file.c_str());
  if (!key.ok()) Give(key.status().ToString());
  return {.key_id = key_id, .key = std::make_shared<const SigningKey>(*std::move(key))};
}

v1::Attestation AttestationOver(const TestSigner& signer, const std::string& statement) {
  const auto signature = signer.key->Sign(StatementSigningInput(statement));
  if (!signature.ok()) Give(signature.status().ToString());
  v1::Attestation attestation;
  attestation.set_statement(statement);
  attestation.set_key_id(signer.key_id);
  attestation.set_signature(*signature);
  return attestation;
}

v1::AttestedResult Attested(const TestSigner& signer, const v1::CheckRequest& request,
                            const v1::CheckResult& result,
                            const std::function<void(v1::ResultStatement&)>& edit) {
  v1::AttestedResult attested;
  attested.set_result(result.SerializeAsString());
  v1::ResultStatement statement = StatementOfQuestion(request);
  AddAnswer(result, attested.result(), statement);
  if (edit) edit(statement);
  *attested.mutable_attestation() = AttestationOver(signer, statement.SerializeAsString());
  return attested;
}

}  // namespace mpic::test
