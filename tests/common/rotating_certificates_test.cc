// What is taken and what is refused when the files change. How gRPC follows is shown by
// tests/integration/certificate_rotation_test.cc.
#include "common/rotating_certificates.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <prometheus/text_serializer.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/file_text.h"
#include "common/log.h"
#include "tests/support/test_certificates.h"

namespace mpic {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using Reloaded = RotatingCertificates::Reloaded;

class RotatingCertificatesTest : public ::testing::Test {
 protected:
  RotatingCertificatesTest() {
    Put("tls.crt", TextOf(first_.certificate));
    Put("tls.key", TextOf(first_.private_key));
    Put("ca.crt", TextOf(ca_.certificate_file()));
    InitLog("test", LogLevel::kInfo, [this](absl::string_view line) { lines_.emplace_back(line); });
    auto loaded =
        RotatingCertificates::Load(TlsOfFiles(), TlsRole::kServer, absl::Now(), registry_);
    EXPECT_TRUE(loaded.ok()) << loaded.status();
    certificates_ = *loaded;
  }
  ~RotatingCertificatesTest() override { InitLog("mpic", LogLevel::kInfo); }

  static std::string TextOf(const std::string& path) { return ReadFileText(path, 1 << 20).value(); }
  std::string Path(const std::string& name) const {
    return absl::StrCat(ca_.directory(), "/", name);
  }
  void Put(const std::string& name, const std::string& text) const {
    std::ofstream(Path(name)) << text;
  }
  void PutPair(const test::TestCertificateFiles& pair) const {
    Put("tls.crt", TextOf(pair.certificate));
    Put("tls.key", TextOf(pair.private_key));
  }
  config::v1::Tls TlsOfFiles() const {
    config::v1::Tls tls;
    tls.set_certificate_file(Path("tls.crt"));
    tls.set_private_key_file(Path("tls.key"));
    tls.set_trusted_ca_file(Path("ca.crt"));
    return tls;
  }
  Reloaded Reload() { return certificates_->Reload(absl::Now()); }
  std::string Metrics() const {
    std::ostringstream text;
    prometheus::TextSerializer().Serialize(text, registry_->Collect());
    return text.str();
  }
  // What the certificates say of a client of this CA.
  std::string WhyRefused(const std::string& certificate_file) {
    const std::string pem = TextOf(certificate_file);
    return certificates_->WhyPeerRefused(pem, pem, absl::Now());
  }

  test::TestCa ca_;
  test::TestCertificateFiles first_ = ca_.Issue("first", {});
  test::TestCertificateFiles second_ = ca_.Issue("second", {.ends = absl::Hours(48)});
  std::shared_ptr<prometheus::Registry> registry_ = std::make_shared<prometheus::Registry>();
  std::vector<std::string> lines_;
  std::shared_ptr<RotatingCertificates> certificates_;
};

TEST_F(RotatingCertificatesTest, WhatIsTheSameIsNotTaken) {
  EXPECT_EQ(Reload(), Reloaded::kUnchanged);
  Put("tls.crt", absl::StrCat("another comment\n", TextOf(first_.certificate)));
  EXPECT_EQ(Reload(), Reloaded::kUnchanged);
  EXPECT_THAT(lines_, IsEmpty());
}

TEST_F(RotatingCertificatesTest, ASoundPairIsTakenOnce) {
  PutPair(second_);
  EXPECT_EQ(Reload(), Reloaded::kTaken);
  EXPECT_EQ(Reload(), Reloaded::kUnchanged);
  EXPECT_THAT(lines_, ElementsAre(HasSubstr("\"certificates taken\",\"role\":\"server\"")));
  EXPECT_THAT(Metrics(), HasSubstr("mpic_tls_reloads_total{result=\"taken\",role=\"server\"} 1"));
}

TEST_F(RotatingCertificatesTest, LinksThatChangeAreFollowed) {
  namespace fs = std::filesystem;
  const auto publish = [this](const std::string& version, const test::TestCertificateFiles& pair) {
    fs::create_directory(Path(version));
    Put(version + "/tls.crt", TextOf(pair.certificate));
    Put(version + "/tls.key", TextOf(pair.private_key));
    Put(version + "/ca.crt", TextOf(ca_.certificate_file()));
    fs::create_symlink(version, Path("..data_tmp"));
    fs::rename(Path("..data_tmp"), Path("..data"));
  };
  publish("..v1", first_);
  for (const char* name : {"tls.crt", "tls.key", "ca.crt"}) {
    fs::remove(Path(name));
    fs::create_symlink(absl::StrCat("..data/", name), Path(name));
  }
  EXPECT_EQ(Reload(), Reloaded::kUnchanged);
  publish("..v2", second_);
  EXPECT_EQ(Reload(), Reloaded::kTaken);
}

TEST_F(RotatingCertificatesTest, MetricsExistFromTheStart) {
  const std::string metrics = Metrics();
  for (const char* series : {"mpic_tls_reloads_total{result=\"taken\",role=\"server\"} 0",
                             "mpic_tls_reloads_total{result=\"refused\",role=\"server\"} 0",
                             "mpic_tls_peers_refused_total{reason=\"untrusted\",role=\"server\"} 0",
                             "mpic_tls_peers_refused_total{reason=\"revoked\",role=\"server\"} 0",
                             "{reason=\"revocation_unknown\",role=\"server\"} 0",
                             "mpic_tls_peers_refused_total{reason=\"name\",role=\"server\"} 0"}) {
    EXPECT_THAT(metrics, HasSubstr(series));
  }
}

TEST_F(RotatingCertificatesTest, TheValidityFollows) {
  const auto gauge = [this](const char* name) {
    for (const auto& family : registry_->Collect()) {
      if (family.name == name) return family.metric.at(0).gauge.value;
    }
    return 0.0;
  };
  const auto begin = [&] { return gauge("mpic_tls_certificate_not_before_timestamp_seconds"); };
  const auto end = [&] { return gauge("mpic_tls_certificate_not_after_timestamp_seconds"); };
  const double before = end();
  EXPECT_LE(begin(), absl::ToUnixSeconds(absl::Now()));
  EXPECT_NEAR(end() - begin(), 24 * 3600, 7200);
  PutPair(second_);
  EXPECT_EQ(Reload(), Reloaded::kTaken);
  EXPECT_NEAR(end() - before, 24 * 3600, 60);
  EXPECT_NEAR(end() - begin(), 48 * 3600, 7200);
}

struct Files {
  std::string certificate;
  std::string key;
  std::string cas;
};
struct RefusalCase {
  const char* name;
  void (*spoil)(Files&, test::TestCa&);
  const char* reason;
};

void Take(Files& files, const test::TestCertificateFiles& pair) {
  files.certificate = ReadFileText(pair.certificate, 1 << 20).value();
  files.key = ReadFileText(pair.private_key, 1 << 20).value();
}

const RefusalCase kRefusalCases[] = {
    {"the new certificate with the old key",
     [](Files& f, test::TestCa& ca) {
       const std::string key = f.key;
       Take(f, ca.Issue("x", {}));
       f.key = key;
     },
     "not the key of"},
    {"the new key with the old certificate",
     [](Files& f, test::TestCa& ca) {
       const std::string certificate = f.certificate;
       Take(f, ca.Issue("x", {}));
       f.certificate = certificate;
     },
     "not the key of"},
    {"expired",
     [](Files& f, test::TestCa& ca) {
       Take(f, ca.Issue("x", {.starts = -absl::Hours(2), .ends = -absl::Hours(1)}));
     },
     "expired at"},
    {"not yet valid",
     [](Files& f, test::TestCa& ca) {
       Take(f, ca.Issue("x", {.starts = absl::Hours(1), .ends = absl::Hours(2)}));
     },
     "not valid before"},
    {"for clients alone",
     [](Files& f, test::TestCa& ca) {
       Take(f, ca.Issue("x", {.extended_key_usage = "clientAuth"}));
     },
     "unsuitable certificate purpose"},
    {"below an intermediate that has expired",
     [](Files& f, test::TestCa& ca) {
       test::TestCa late("Late", ca, {.starts = -absl::Hours(2), .ends = -absl::Hours(1)});
       Take(f, late.Issue("x", {}));
     },
     "/CN=Late: certificate has expired"},
    {"garbage for a certificate", [](Files& f, test::TestCa&) { f.certificate = "garbage"; },
     "no PEM certificates"},
    {"garbage for a key", [](Files& f, test::TestCa&) { f.key = "garbage"; }, "no PEM private key"},
    {"half of a certificate",
     [](Files& f, test::TestCa&) { f.certificate.resize(f.certificate.size() / 2); },
     "no PEM certificates"},
    {"half of a key", [](Files& f, test::TestCa&) { f.key.resize(f.key.size() / 2); },
     "no PEM private key"},
    {"half of the second trusted CA",
     [](Files& f, test::TestCa&) { f.cas += f.cas.substr(0, f.cas.size() / 2); },
     "no PEM certificates"},
    {"an empty certificate", [](Files& f, test::TestCa&) { f.certificate.clear(); }, ": empty"},
    {"an empty key", [](Files& f, test::TestCa&) { f.key.clear(); }, ": empty"},
    {"no trusted CA", [](Files& f, test::TestCa&) { f.cas.clear(); }, ": empty"},
};

TEST_F(RotatingCertificatesTest, WhatIsUnsoundIsRefusedAndTheLastGoodStays) {
  for (const RefusalCase& c : kRefusalCases) {
    SCOPED_TRACE(c.name);
    lines_.clear();
    Files files{TextOf(first_.certificate), TextOf(first_.private_key),
                TextOf(ca_.certificate_file())};
    c.spoil(files, ca_);
    const std::string good_cas = TextOf(Path("ca.crt"));
    Put("tls.crt", files.certificate);
    Put("tls.key", files.key);
    Put("ca.crt", files.cas);
    EXPECT_EQ(Reload(), Reloaded::kRefused);
    EXPECT_EQ(Reload(), Reloaded::kRefused);
    EXPECT_THAT(lines_, ElementsAre(::testing::AllOf(HasSubstr("\"certificates refused\""),
                                                     HasSubstr(c.reason))))
        << "one line for a reason, however often it is met";
    EXPECT_EQ(WhyRefused(second_.certificate), "");
    // The same as before is not taken again: it never went out of use.
    PutPair(first_);
    Put("ca.crt", good_cas);
    EXPECT_EQ(Reload(), Reloaded::kUnchanged);
  }
  EXPECT_THAT(Metrics(), HasSubstr(absl::StrCat("{result=\"refused\",role=\"server\"} ",
                                                2 * std::size(kRefusalCases))));
}

TEST_F(RotatingCertificatesTest, AReasonIsLoggedAgainWhenItComesBack) {
  const auto spoil_and_mend = [this] {
    Put("tls.key", "garbage");
    EXPECT_EQ(Reload(), Reloaded::kRefused);
    PutPair(first_);
    EXPECT_EQ(Reload(), Reloaded::kUnchanged);
  };
  spoil_and_mend();
  spoil_and_mend();
  EXPECT_EQ(lines_.size(), 2U);
}

TEST_F(RotatingCertificatesTest, MissingFilesAreNoNewOnes) {
  for (const char* name : {"tls.crt", "tls.key", "ca.crt"}) std::filesystem::remove(Path(name));
  EXPECT_EQ(Reload(), Reloaded::kRefused);
  EXPECT_EQ(WhyRefused(second_.certificate), "");
}

TEST_F(RotatingCertificatesTest, ACertificateOfTomorrowIsTakenTomorrow) {
  PutPair(ca_.Issue("tomorrow", {.starts = absl::Hours(10), .ends = absl::Hours(40)}));
  EXPECT_EQ(Reload(), Reloaded::kRefused);
  EXPECT_EQ(certificates_->Reload(absl::Now() + absl::Hours(20)), Reloaded::kTaken);
}

TEST_F(RotatingCertificatesTest, TrustedCasOverlap) {
  test::TestCa next("Next CA");
  const test::TestCertificateFiles client = next.Issue("client", {});
  EXPECT_THAT(WhyRefused(client.certificate), HasSubstr("unable to get local issuer"));
  Put("ca.crt", TextOf(ca_.certificate_file()) + TextOf(next.certificate_file()));
  EXPECT_EQ(Reload(), Reloaded::kTaken);
  EXPECT_EQ(WhyRefused(client.certificate), "");
  EXPECT_EQ(WhyRefused(second_.certificate), "");
  Put("ca.crt", TextOf(next.certificate_file()));
  EXPECT_EQ(Reload(), Reloaded::kTaken);
  EXPECT_EQ(WhyRefused(client.certificate), "");
  EXPECT_THAT(WhyRefused(second_.certificate), HasSubstr("unable to get local issuer"));
  EXPECT_THAT(Metrics(),
              HasSubstr("mpic_tls_peers_refused_total{reason=\"untrusted\",role=\"server\"} 2"));
}

TEST_F(RotatingCertificatesTest, PeersAreJudgedByPurposeAndTime) {
  const auto client =
      ca_.Issue("client", {.ends = absl::Hours(2), .extended_key_usage = "clientAuth"});
  const std::string pem = TextOf(client.certificate);
  EXPECT_EQ(certificates_->WhyPeerRefused(pem, "", absl::Now()), "");
  EXPECT_THAT(certificates_->WhyPeerRefused(pem, "", absl::Now() + absl::Hours(3)),
              HasSubstr("certificate has expired"));
  const auto server = ca_.Issue("server", {.extended_key_usage = "serverAuth"});
  EXPECT_THAT(WhyRefused(server.certificate), HasSubstr("certificate purpose"));
  EXPECT_EQ(certificates_->WhyPeerRefused("", "", absl::Now()), "no certificate");
}

class RevocationTest : public RotatingCertificatesTest {
 protected:
  RevocationTest() {
    std::filesystem::create_directory(Path("crls"));
    config::v1::Tls tls = TlsOfFiles();
    tls.set_crl_directory(Path("crls"));
    auto loaded = RotatingCertificates::Load(tls, TlsRole::kServer, absl::Now(), nullptr);
    EXPECT_TRUE(loaded.ok()) << loaded.status();
    certificates_ = *loaded;
  }
  void PutCrl(const std::string& pem) { Put("crls/" + ca_.CrlName(), pem); }
};

TEST_F(RevocationTest, AListThatAppearsLaterCounts) {
  EXPECT_EQ(WhyRefused(first_.certificate), "") << "without a list nobody is revoked";
  ca_.Revoke(first_.certificate);
  PutCrl(ca_.Crl());
  EXPECT_EQ(Reload(), Reloaded::kTaken);
  EXPECT_THAT(WhyRefused(first_.certificate), HasSubstr("/CN=first: certificate revoked"));
  EXPECT_EQ(WhyRefused(second_.certificate), "");
}

TEST_F(RevocationTest, AListOfTheSameNameIsReadAgain) {
  PutCrl(ca_.Crl());
  EXPECT_EQ(Reload(), Reloaded::kTaken);
  EXPECT_EQ(WhyRefused(first_.certificate), "");
  ca_.Revoke(first_.certificate);
  PutCrl(ca_.Crl());
  EXPECT_EQ(Reload(), Reloaded::kTaken);
  EXPECT_THAT(WhyRefused(first_.certificate), HasSubstr("revoked"));
}

TEST_F(RevocationTest, ABrokenListLeavesTheLastGoodOne) {
  ca_.Revoke(first_.certificate);
  PutCrl(ca_.Crl());
  EXPECT_EQ(Reload(), Reloaded::kTaken);
  PutCrl("garbage");
  EXPECT_EQ(Reload(), Reloaded::kRefused);
  EXPECT_THAT(WhyRefused(first_.certificate), HasSubstr("revoked"));
  EXPECT_EQ(WhyRefused(second_.certificate), "");
}

TEST_F(RevocationTest, AnOutdatedListVouchesForNobody) {
  PutCrl(ca_.Crl(-absl::Hours(1), absl::Hours(1)));
  EXPECT_EQ(Reload(), Reloaded::kTaken);
  const std::string pem = TextOf(second_.certificate);
  EXPECT_EQ(certificates_->WhyPeerRefused(pem, "", absl::Now()), "");
  EXPECT_THAT(certificates_->WhyPeerRefused(pem, "", absl::Now() + absl::Hours(2)),
              HasSubstr("CRL has expired"));
}

TEST_F(RevocationTest, ARevokedIntermediateTakesItsLeavesAlong) {
  test::TestCa intermediate("Intermediate", ca_, {});
  const auto leaf = intermediate.Issue("leaf", {});
  PutCrl(ca_.Crl());
  EXPECT_EQ(Reload(), Reloaded::kTaken);
  EXPECT_EQ(WhyRefused(leaf.certificate), "") << "the intermediate itself has no list";
  ca_.Revoke(intermediate.certificate_file());
  PutCrl(ca_.Crl());
  EXPECT_EQ(Reload(), Reloaded::kTaken);
  EXPECT_THAT(WhyRefused(leaf.certificate), HasSubstr("/CN=Intermediate: certificate revoked"));
}

}  // namespace
}  // namespace mpic
