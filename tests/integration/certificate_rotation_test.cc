// Certificates that change under running servers and channels: real handshakes on loopback.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/certificate_watch.h"
#include "common/file_text.h"
#include "tests/support/test_certificates.h"
#include "tests/support/tls_world.h"

namespace mpic {
namespace {

namespace fs = std::filesystem;
using testing::Call;
using testing::CallOn;
using testing::Outcome;
using testing::ShakeHands;
using testing::TlsServer;
using Reloaded = RotatingCertificates::Reloaded;

constexpr char kServer[] = "spiffe://test/server";
constexpr char kClient[] = "spiffe://test/client";
constexpr absl::Duration kPause = absl::Milliseconds(20);

// ctest bounds the wait.
void WaitUntil(const std::function<bool()>& condition) {
  while (!condition()) absl::SleepFor(kPause);
}

std::string TextOf(const std::string& path) { return ReadFileText(path, 1 << 20).value(); }

// A directory with the files of one program.
class Files {
 public:
  Files(const std::string& directory, const test::TestCertificateFiles& pair,
        const std::string& cas)
      : directory_(directory) {
    fs::create_directory(directory_);
    PutPair(pair);
    Put("ca.crt", cas);
  }

  void Put(const std::string& name, const std::string& text) const {
    std::ofstream(absl::StrCat(directory_, "/", name)) << text;
  }
  void PutPair(const test::TestCertificateFiles& pair) const {
    Put("tls.crt", TextOf(pair.certificate));
    Put("tls.key", TextOf(pair.private_key));
  }
  // Under `through`, which may be a link to it.
  config::v1::Tls Tls(const std::string& through = "") const {
    const std::string& directory = through.empty() ? directory_ : through;
    config::v1::Tls tls;
    tls.set_certificate_file(directory + "/tls.crt");
    tls.set_private_key_file(directory + "/tls.key");
    tls.set_trusted_ca_file(directory + "/ca.crt");
    tls.add_allowed_peers(kClient);
    tls.add_allowed_peers("spiffe://test/client-2");
    return tls;
  }

 private:
  const std::string directory_;
};

class CertificateRotationTest : public ::testing::Test {
 protected:
  std::string Path(const std::string& name) const {
    return absl::StrCat(ca_.directory(), "/", name);
  }
  static std::shared_ptr<RotatingCertificates> Load(const config::v1::Tls& tls, TlsRole role) {
    auto loaded = RotatingCertificates::Load(tls, role, absl::Now(), nullptr);
    EXPECT_TRUE(loaded.ok()) << loaded.status();
    return *loaded;
  }
  static Outcome CallAs(const config::v1::Tls& client, const TlsServer& server) {
    const auto credentials = ChannelCredentials(client, kServer, server.target());
    EXPECT_TRUE(credentials.ok()) << credentials.status();
    return Call(server.target(), *credentials);
  }

  test::TestCa ca_;
  test::TestCertificateFiles first_ = ca_.Issue("first", {.uri_sans = {kServer}});
  test::TestCertificateFiles second_ = ca_.Issue("second", {.uri_sans = {kServer}});
  config::v1::Tls client_ = ca_.TlsFor(kClient);
  const std::string cas_ = TextOf(ca_.certificate_file());
};

TEST_F(CertificateRotationTest, ServersFollowALinkAndStandingConnectionsStay) {
  const Files v1(Path("..v1"), first_, cas_);
  const Files v2(Path("..v2"), second_, cas_);
  fs::create_symlink("..v1", Path("..data"));
  const config::v1::Tls tls = v1.Tls(Path("..data"));
  const auto certificates = Load(tls, TlsRole::kServer);
  const TlsServer server(tls, certificates);
  CertificateWatch watch(certificates, kPause);
  EXPECT_EQ(ShakeHands(server.port(), client_).common_name, "first");

  const auto credentials = ChannelCredentials(client_, kServer, server.target());
  ASSERT_TRUE(credentials.ok());
  const auto standing =
      v1::MpicService::NewStub(grpc::CreateChannel(server.target(), *credentials));
  EXPECT_TRUE(CallOn(*standing).status.ok());
  fs::create_symlink("..v2", Path("..data_tmp"));
  fs::rename(Path("..data_tmp"), Path("..data"));
  WaitUntil([&] { return ShakeHands(server.port(), client_).common_name == "second"; });
  EXPECT_TRUE(CallOn(*standing).status.ok());
  EXPECT_TRUE(CallAs(client_, server).status.ok());
}

TEST_F(CertificateRotationTest, AHalfWrittenPairBreaksNoHandshake) {
  const Files files(Path("server"), first_, cas_);
  const auto certificates = Load(files.Tls(), TlsRole::kServer);
  const TlsServer server(files.Tls(), certificates);
  CertificateWatch watch(certificates, kPause);
  files.Put("tls.key", TextOf(second_.private_key));
  // Longer than gRPC takes to look at what it is given, so that it would have taken the mismatch.
  const absl::Time enough = absl::Now() + RotatingCertificates::kGrpcLag * 1.5;
  while (absl::Now() < enough) {
    ASSERT_EQ(ShakeHands(server.port(), client_).common_name, "first");
    absl::SleepFor(kPause);
  }
  files.Put("tls.crt", TextOf(second_.certificate));
  WaitUntil([&] {
    const std::string presented = ShakeHands(server.port(), client_).common_name;
    EXPECT_TRUE(presented == "first" || presented == "second") << presented;
    return presented != "first";
  });
  EXPECT_TRUE(CallAs(client_, server).status.ok());
}

TEST_F(CertificateRotationTest, ClientsPresentTheNewCertificateOnNewConnections) {
  const TlsServer server(Files(Path("server"), first_, cas_).Tls());
  const Files files(Path("client"), ca_.Issue("client-1", {.uri_sans = {kClient}}), cas_);
  const auto certificates = Load(files.Tls(), TlsRole::kClient);
  CertificateWatch watch(certificates, kPause);
  const auto credentials = ChannelCredentials(files.Tls(), kServer, server.target(), certificates);
  ASSERT_TRUE(credentials.ok()) << credentials.status();
  EXPECT_EQ(Call(server.target(), *credentials).peer, kClient);
  files.PutPair(ca_.Issue("client-2", {.uri_sans = {"spiffe://test/client-2"}}));
  WaitUntil([&] {
    const Outcome outcome = Call(server.target(), *credentials);
    EXPECT_TRUE(outcome.status.ok()) << outcome.status.error_message();
    return outcome.peer == "spiffe://test/client-2";
  });
}

TEST_F(CertificateRotationTest, TrustMovesToAnotherCaWithoutAGap) {
  const Files files(Path("server"), first_, cas_);
  const auto certificates = Load(files.Tls(), TlsRole::kServer);
  const TlsServer server(files.Tls(), certificates);
  test::TestCa next("Next CA");
  config::v1::Tls moved = next.TlsFor(kClient);
  moved.set_trusted_ca_file(ca_.certificate_file());  // the server's own has not moved
  EXPECT_EQ(CallAs(moved, server).status.error_code(), grpc::StatusCode::UNAVAILABLE);

  files.Put("ca.crt", cas_ + TextOf(next.certificate_file()));
  EXPECT_EQ(certificates->Reload(absl::Now()), Reloaded::kTaken);
  WaitUntil([&] {
    EXPECT_TRUE(CallAs(client_, server).status.ok());
    return CallAs(moved, server).status.ok();
  });
  files.Put("ca.crt", TextOf(next.certificate_file()));
  EXPECT_EQ(certificates->Reload(absl::Now()), Reloaded::kTaken);
  WaitUntil([&] {
    EXPECT_TRUE(CallAs(moved, server).status.ok());
    return !CallAs(client_, server).status.ok();
  });
}

TEST_F(CertificateRotationTest, RevokedClientsAreRefusedAlsoWithASessionToResume) {
  const Files files(Path("server"), first_, cas_);
  fs::create_directory(Path("crls"));
  config::v1::Tls tls = files.Tls();
  tls.set_crl_directory(Path("crls"));
  const auto certificates = Load(tls, TlsRole::kServer);
  const TlsServer server(tls, certificates);
  const config::v1::Tls other = ca_.TlsFor(kClient);
  EXPECT_TRUE(CallAs(client_, server).status.ok());
  SSL_SESSION* session = nullptr;
  EXPECT_EQ(ShakeHands(server.port(), client_, TLS1_2_VERSION, &session).common_name, "first");

  ca_.Revoke(client_.certificate_file());
  std::ofstream(Path("crls/" + ca_.CrlName())) << ca_.Crl();
  EXPECT_EQ(certificates->Reload(absl::Now()), Reloaded::kTaken);
  EXPECT_EQ(CallAs(client_, server).status.error_code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_EQ(ShakeHands(server.port(), client_, TLS1_2_VERSION, &session).common_name, "");
  EXPECT_TRUE(CallAs(other, server).status.ok());
  SSL_SESSION_free(session);
}

TEST_F(CertificateRotationTest, RevokedServersAreRefused) {
  const TlsServer server(Files(Path("server"), first_, cas_).Tls());
  const TlsServer other(Files(Path("other"), second_, cas_).Tls());
  fs::create_directory(Path("crls"));
  client_.set_crl_directory(Path("crls"));
  EXPECT_TRUE(CallAs(client_, server).status.ok());
  ca_.Revoke(first_.certificate);
  std::ofstream(Path("crls/" + ca_.CrlName())) << ca_.Crl();
  EXPECT_EQ(CallAs(client_, server).status.error_code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_TRUE(CallAs(client_, other).status.ok());
}

}  // namespace
}  // namespace mpic
