#include "common/certificate_files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/credentials.h"
#include "tests/support/test_certificates.h"

namespace mpic {
namespace {

using ::testing::HasSubstr;

class CertificateFilesTest : public ::testing::Test {
 protected:
  std::string Write(const std::string& name, const std::string& text) const {
    const std::string path = absl::StrCat(ca_.directory(), "/", name);
    std::ofstream(path) << text;
    return path;
  }

  // The complaint about `tls_`, which every test begins with a good one.
  std::string Complaint() const {
    const auto files = ReadCertificateFiles(tls_, absl::Now());
    EXPECT_EQ(files.status().code(), absl::StatusCode::kFailedPrecondition);
    return std::string(files.status().message());
  }

  test::TestCa ca_;
  config::v1::Tls tls_ = ca_.TlsFor("spiffe://test/a", {"spiffe://test/b"});
};

TEST_F(CertificateFilesTest, ReadsAMatchingSet) {
  const auto files = ReadCertificateFiles(tls_, absl::Now());
  ASSERT_TRUE(files.ok()) << files.status();
  EXPECT_THAT(files->certificate_chain, HasSubstr("BEGIN CERTIFICATE"));
  EXPECT_THAT(files->private_key, HasSubstr("PRIVATE KEY"));
  EXPECT_THAT(files->trusted_cas, HasSubstr("BEGIN CERTIFICATE"));
}

TEST_F(CertificateFilesTest, ListsEveryMissingField) {
  tls_ = config::v1::Tls();
  EXPECT_EQ(Complaint(),
            "certificate_file: must be set\nprivate_key_file: must be set\n"
            "trusted_ca_file: must be set");
}

TEST_F(CertificateFilesTest, NamesAFileThatIsNotThere) {
  tls_.set_private_key_file("/nonexistent/tls.key");
  EXPECT_THAT(Complaint(), HasSubstr("private_key_file: open /nonexistent/tls.key: "));
}

TEST_F(CertificateFilesTest, NamesAFileThatIsNotPem) {
  tls_.set_certificate_file(Write("junk.crt", "junk"));
  tls_.set_private_key_file(Write("junk.key", "junk"));
  tls_.set_trusted_ca_file(Write("junk.ca", "junk"));
  const std::string complaint = Complaint();
  EXPECT_THAT(complaint, HasSubstr("certificate_file: " + tls_.certificate_file() + ": no PEM"));
  EXPECT_THAT(complaint, HasSubstr("private_key_file: " + tls_.private_key_file() + ": no PEM"));
  EXPECT_THAT(complaint, HasSubstr("trusted_ca_file: " + tls_.trusted_ca_file() + ": no PEM"));
}

TEST_F(CertificateFilesTest, RefusesABrokenCertificateBehindAGoodOne) {
  std::ifstream good(ca_.certificate_file());
  const std::string text((std::istreambuf_iterator<char>(good)), {});
  tls_.set_trusted_ca_file(
      Write("half.ca", text + "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"));
  EXPECT_THAT(Complaint(), HasSubstr("trusted_ca_file: "));
}

TEST_F(CertificateFilesTest, RefusesAnEmptyFile) {
  tls_.set_trusted_ca_file(Write("empty.ca", ""));
  EXPECT_THAT(Complaint(), HasSubstr("trusted_ca_file: "));
}

TEST_F(CertificateFilesTest, RefusesTheKeyOfAnotherCertificate) {
  tls_.set_private_key_file(ca_.TlsFor("spiffe://test/other").private_key_file());
  EXPECT_THAT(Complaint(), HasSubstr(absl::StrCat("private_key_file: ", tls_.private_key_file(),
                                                  ": not the key of ", tls_.certificate_file())));
}

TEST_F(CertificateFilesTest, RefusesAKeyUnderPasswordWithoutAsking) {
  tls_.set_private_key_file(Write("locked.key",
                                  "-----BEGIN EC PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n"
                                  "DEK-Info: AES-128-CBC,00000000000000000000000000000000\n\nAAAA\n"
                                  "-----END EC PRIVATE KEY-----\n"));
  EXPECT_THAT(Complaint(), HasSubstr("no PEM private key without password"));
}

TEST_F(CertificateFilesTest, RefusesCertificatesOutsideTheirTime) {
  const test::TestCertificateFiles old = ca_.Issue(
      "old",
      {.uri_sans = {"spiffe://test/a"}, .starts = -absl::Hours(48), .ends = -absl::Hours(1)});
  tls_.set_certificate_file(old.certificate);
  tls_.set_private_key_file(old.private_key);
  EXPECT_THAT(Complaint(), HasSubstr("old.crt: expired at 20"));
  const test::TestCertificateFiles early =
      ca_.Issue("early", {.starts = absl::Hours(1), .ends = absl::Hours(2)});
  tls_.set_certificate_file(early.certificate);
  tls_.set_private_key_file(early.private_key);
  EXPECT_THAT(Complaint(), HasSubstr("early.crt: not valid before 20"));
}

TEST_F(CertificateFilesTest, TellsWhenACertificateExpires) {
  const auto not_after = CertificateNotAfter(tls_.certificate_file());
  ASSERT_TRUE(not_after.ok()) << not_after.status();
  EXPECT_LT(absl::AbsDuration(*not_after - absl::Now() - absl::Hours(24)), absl::Minutes(2));
  EXPECT_FALSE(CertificateNotAfter("/nonexistent").ok());
  EXPECT_FALSE(CertificateNotAfter(tls_.private_key_file()).ok());
}

// Credentials that are refused before any socket is opened.
TEST_F(CertificateFilesTest, ServersMustNameWhoMayCall) {
  EXPECT_TRUE(ServerCredentials(tls_, "0.0.0.0:8443").ok());
  tls_.clear_allowed_peers();
  EXPECT_THAT(std::string(ServerCredentials(tls_, "0.0.0.0:8443").status().message()),
              HasSubstr("allowed_peers: must name at least one peer"));
}

TEST_F(CertificateFilesTest, ClientsMustNameTheServer) {
  EXPECT_TRUE(ChannelCredentials(tls_, "spiffe://test/b", "eu.example:8443").ok());
  EXPECT_THAT(std::string(ChannelCredentials(tls_, "", "eu.example:8443").status().message()),
              HasSubstr("peer_name: must be set to the URI or DNS SAN of eu.example:8443"));
}

TEST_F(CertificateFilesTest, PlaintextIsForLoopbackLiteralsAlone) {
  config::v1::Tls plain;
  plain.set_insecure_loopback(true);
  struct Case {
    const char* address;
    bool accepted;
  };
  const Case cases[] = {
      {"127.0.0.1:8443", true},       {"127.8.9.1:0", true},   {"[::1]:8443", true},
      {"localhost:8443", false},      {"0.0.0.0:8443", false}, {"[::]:8443", false},
      {"192.0.2.1:8443", false},      {"127.0.0.1", false},    {"", false},
      {"127.0.0.1.example:1", false},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.address);
    EXPECT_EQ(ServerCredentials(plain, c.address).ok(), c.accepted);
    EXPECT_EQ(ChannelCredentials(plain, "", c.address).ok(), c.accepted);
  }
}

TEST_F(CertificateFilesTest, PlaintextSuffersNoOtherSetting) {
  tls_.set_insecure_loopback(true);
  EXPECT_FALSE(ServerCredentials(tls_, "127.0.0.1:8443").ok());
  EXPECT_FALSE(ChannelCredentials(tls_, "spiffe://test/b", "127.0.0.1:8443").ok());
  config::v1::Tls plain;
  plain.set_insecure_loopback(true);
  plain.add_allowed_peers("spiffe://test/b");
  EXPECT_FALSE(ServerCredentials(plain, "127.0.0.1:8443").ok());
}

}  // namespace
}  // namespace mpic
