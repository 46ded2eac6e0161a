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
    const auto files = ReadCertificateFiles(tls_, role_, absl::Now());
    EXPECT_EQ(files.status().code(), absl::StatusCode::kFailedPrecondition);
    return std::string(files.status().message());
  }

  test::TestCa ca_;
  void Present(const test::TestCertificateFiles& files) {
    tls_.set_certificate_file(files.certificate);
    tls_.set_private_key_file(files.private_key);
  }

  TlsRole role_ = TlsRole::kServer;
  config::v1::Tls tls_ = ca_.TlsFor("spiffe://test/a", {"spiffe://test/b"});
};

TEST_F(CertificateFilesTest, ReadsAMatchingSet) {
  const auto files = ReadCertificateFiles(tls_, TlsRole::kServer, absl::Now());
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
  const auto files = ReadCertificateFiles(tls_, role_, absl::Now());
  ASSERT_TRUE(files.ok()) << files.status();
  EXPECT_LT(absl::AbsDuration(files->not_after - absl::Now() - absl::Hours(24)), absl::Minutes(2));
}

TEST_F(CertificateFilesTest, HoldsNothingButWhatItChecked) {
  const auto plain = ReadCertificateFiles(tls_, role_, absl::Now());
  std::ifstream certificate(tls_.certificate_file());
  const std::string chain((std::istreambuf_iterator<char>(certificate)), {});
  std::ifstream key_file(tls_.private_key_file());
  const std::string key((std::istreambuf_iterator<char>(key_file)), {});
  tls_.set_certificate_file(Write("both.pem", absl::StrCat("# a comment\n", chain, key)));
  tls_.set_private_key_file(Write("both.key", absl::StrCat(chain, key)));
  const auto dressed_up = ReadCertificateFiles(tls_, role_, absl::Now());
  ASSERT_TRUE(plain.ok() && dressed_up.ok()) << dressed_up.status();
  EXPECT_TRUE(*plain == *dressed_up);
}

TEST_F(CertificateFilesTest, RefusesACertificateForTheOtherRole) {
  Present(ca_.Issue("client-only", {.extended_key_usage = "clientAuth"}));
  EXPECT_THAT(Complaint(), HasSubstr("/CN=client-only: unsuitable certificate purpose"));
  role_ = TlsRole::kClient;
  EXPECT_TRUE(ReadCertificateFiles(tls_, role_, absl::Now()).ok());
  Present(ca_.Issue("server-only", {.extended_key_usage = "serverAuth"}));
  EXPECT_THAT(Complaint(), HasSubstr("/CN=server-only: unsuitable certificate purpose"));
}

TEST_F(CertificateFilesTest, RefusesAKeyThatTlsFindsTooWeak) {
  Present(ca_.Issue("weak", {.rsa_bits = 1024}));
  EXPECT_THAT(Complaint(), HasSubstr("weak.crt: ee key too small"));
}

TEST_F(CertificateFilesTest, FollowsThePathThroughAnIntermediate) {
  test::TestCa intermediate("Intermediate", ca_, {});
  Present(intermediate.Issue("below", {}));
  EXPECT_TRUE(ReadCertificateFiles(tls_, role_, absl::Now()).ok());
  test::TestCa late("Late", ca_, {.starts = -absl::Hours(3), .ends = -absl::Hours(1)});
  Present(late.Issue("below-late", {}));
  EXPECT_THAT(Complaint(), HasSubstr("/CN=Late: certificate has expired"));
}

TEST_F(CertificateFilesTest, RefusesAPathWhoseSignaturesDoNotFit) {
  // Of the same name, so that only the signature tells.
  test::TestCa one("Intermediate", ca_, {});
  test::TestCa another("Intermediate", ca_, {});
  const test::TestCertificateFiles leaf = one.Issue("leaf", {});
  std::ifstream chain_file(leaf.certificate);
  const std::string chain((std::istreambuf_iterator<char>(chain_file)), {});
  std::ifstream another_file(another.certificate_file());
  const std::string wrong((std::istreambuf_iterator<char>(another_file)), {});
  tls_.set_private_key_file(leaf.private_key);
  tls_.set_certificate_file(Write("wrong.crt", chain.substr(0, chain.rfind("-----BEGIN")) + wrong));
  EXPECT_THAT(Complaint(), HasSubstr("/CN=leaf: certificate signature failure"));
}

TEST_F(CertificateFilesTest, PeersMayTrustAnotherCaThanWeDo) {
  test::TestCa other("Another CA");
  test::TestCa intermediate("Another intermediate", other, {});
  Present(other.Issue("elsewhere", {}));
  EXPECT_TRUE(ReadCertificateFiles(tls_, role_, absl::Now()).ok());
  Present(intermediate.Issue("further", {}));
  EXPECT_TRUE(ReadCertificateFiles(tls_, role_, absl::Now()).ok());
  test::TestCa namesake("Test CA");
  Present(namesake.Issue("namesake", {}));
  EXPECT_TRUE(ReadCertificateFiles(tls_, role_, absl::Now()).ok());
}

class CrlDirectoryTest : public CertificateFilesTest {
 protected:
  CrlDirectoryTest() {
    tls_.set_crl_directory(ca_.directory());
    Write("README", "junk");
    Write("ca.crl", "junk");
  }
  std::size_t Lists() const {
    const auto files = ReadCertificateFiles(tls_, role_, absl::Now());
    EXPECT_TRUE(files.ok()) << files.status();
    return files.ok() ? ParseCrls(files->crls).size() : 0;
  }
};

TEST_F(CrlDirectoryTest, ReadsFilesOfHashedNamesAlone) {
  EXPECT_EQ(Lists(), 0U);
  Write(ca_.CrlName(), ca_.Crl());
  EXPECT_EQ(Lists(), 1U);
  Write("0123abcd.r12", test::TestCa("Elsewhere").Crl());
  EXPECT_EQ(Lists(), 2U);
}

TEST_F(CrlDirectoryTest, RefusesWhatIsNoList) {
  Write(ca_.CrlName(), ca_.Crl().substr(0, 200));
  EXPECT_THAT(Complaint(), HasSubstr(ca_.CrlName() + ": no PEM CRL"));
  tls_.set_crl_directory("/nonexistent");
  EXPECT_THAT(Complaint(), HasSubstr("crl_directory: /nonexistent: No such file"));
}

TEST_F(CrlDirectoryTest, RefusesAListThatAnotherKeySigned) {
  Write(ca_.CrlName(), test::TestCa("Test CA").Crl());
  EXPECT_THAT(Complaint(), HasSubstr("not signed by the trusted CA that it names"));
}

TEST_F(CrlDirectoryTest, AnOutdatedListNeedsANewerOneBesideIt) {
  Write(ca_.CrlName(), ca_.Crl(-absl::Hours(3), -absl::Hours(1)));
  EXPECT_THAT(Complaint(), HasSubstr(ca_.CrlName() + ": outdated since 20"));
  Write("0123abcd.r1", ca_.Crl());
  EXPECT_EQ(Lists(), 2U);
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
