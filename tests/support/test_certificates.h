// Certificates for tests, made with OpenSSL as needed and written as PEM files.
#ifndef MPIC_TESTS_SUPPORT_TEST_CERTIFICATES_H_
#define MPIC_TESTS_SUPPORT_TEST_CERTIFICATES_H_

#include <string>
#include <vector>

#include "absl/time/time.h"
#include "mpic/config/v1/common.pb.h"

struct evp_pkey_st;  // OpenSSL's EVP_PKEY
struct x509_st;      // OpenSSL's X509

namespace mpic::test {

// What a leaf says.
struct TestLeaf {
  std::vector<std::string> uri_sans;
  std::vector<std::string> dns_sans;
  std::vector<std::string> ip_sans;         // literals
  absl::Duration starts = -absl::Hours(1);  // relative to now
  absl::Duration ends = absl::Hours(24);
  std::string extended_key_usage = "serverAuth,clientAuth";
  int rsa_bits = 0;  // 0: ECDSA P-256
};

struct TestCertificateFiles {
  std::string certificate;  // paths
  std::string private_key;
};

// A CA of its own with a directory of its own under the system's temporary one, both gone with it.
// ECDSA P-256. A failure of OpenSSL or the file system ends the test program.
class TestCa {
 public:
  explicit TestCa(const std::string& common_name = "Test CA");
  // An intermediate CA under `issuer`; its leaves' files hold the chain.
  TestCa(const std::string& common_name, TestCa& issuer, const TestLeaf& times);
  ~TestCa();
  TestCa(const TestCa&) = delete;
  TestCa& operator=(const TestCa&) = delete;

  const std::string& directory() const { return directory_; }
  std::string certificate_file() const { return directory_ + "/ca.crt"; }

  // Issues a leaf into `name`.crt and `name`.key, which it replaces. The common name is `name`.
  TestCertificateFiles Issue(const std::string& name, const TestLeaf& leaf);

  // Puts the serial number of a certificate of this CA on its list.
  void Revoke(const std::string& certificate_file);
  // The list as PEM.
  std::string Crl(absl::Duration starts = -absl::Hours(1), absl::Duration ends = absl::Hours(24));
  // HASH.r0, the name of this CA's list in a directory of such.
  std::string CrlName() const;

  // A Tls whose certificate carries `uri_san` and that trusts this CA.
  config::v1::Tls TlsFor(const std::string& uri_san,
                         const std::vector<std::string>& allowed_peers = {});

 private:
  void MakeDirectory();

  std::string directory_;
  evp_pkey_st* key_ = nullptr;
  x509_st* certificate_ = nullptr;
  std::string chain_;  // PEM of what stands between leaves and root
  int issued_ = 0;
  std::vector<long> revoked_;
};

}  // namespace mpic::test

#endif  // MPIC_TESTS_SUPPORT_TEST_CERTIFICATES_H_
