// Keys and signed results for tests.
#ifndef MPIC_TESTS_SUPPORT_TEST_ATTESTATIONS_H_
#define MPIC_TESTS_SUPPORT_TEST_ATTESTATIONS_H_

#include <functional>
#include <memory>
#include <string>

#include "common/signing_key.h"
#include "mpic/v1/check.pb.h"
#include "mpic/v1/perspective.pb.h"

namespace mpic::test {

// By "openssl genpkey"; they protect nothing.
inline constexpr char kEd25519Pem[] =
    "-----BEGIN PRIVATE KEY-----\n"
    "MC4CAQAwBQYDK2VwBCIEIF7f2ZLai+H50uFDsMBzk/G0Kj27nGpldNr/cOMkJpz8\n"
    "-----END PRIVATE KEY-----\n";
inline constexpr char kP256Pem[] =
    "-----BEGIN PRIVATE KEY-----\n"
    "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg9ySWukst6dwJyK3L\n"
    "Mm18Iub1xQ5tDieuTEOQ1GQe7w2hRANCAAQgIVfo6gbMRctHYiFKcHZCxe31Eavt\n"
    "EVVPHcxFl+wL2+OwZ6TQfm1iUIoSCyAVynhBXp/SsBqKhS3MdQko9nXc\n"
    "-----END PRIVATE KEY-----\n";

// An Ed25519 key of `name`'s own, the same each time.
std::string PemOf(const std::string& name);

// A file of its own in the test's temporary directory. A failure ends the test program.
std::string WriteTestFile(const std::string& text);

struct TestSigner {
  std::string key_id;
  std::shared_ptr<const SigningKey> key;

  VerifyingKey PublicKey() const;
};
TestSigner MakeTestSigner(const std::string& key_id, const char* pem = kEd25519Pem);

// `result` signed as an answer to `request`; `edit` changes the statement before it is signed.
v1::AttestedResult Attested(const TestSigner& signer, const v1::CheckRequest& request,
                            const v1::CheckResult& result,
                            const std::function<void(v1::ResultStatement&)>& edit = nullptr);
// Signs whatever octets as a statement.
v1::Attestation AttestationOver(const TestSigner& signer, const std::string& statement);

}  // namespace mpic::test

#endif  // MPIC_TESTS_SUPPORT_TEST_ATTESTATIONS_H_
