#include "common/credentials.h"

#include <grpc/grpc_security_constants.h>
#include <grpcpp/security/tls_certificate_provider.h>
#include <grpcpp/security/tls_certificate_verifier.h>
#include <grpcpp/security/tls_credentials_options.h>

#include <algorithm>
#include <functional>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/clock.h"
#include "common/certificate_files.h"
#include "common/ip_address.h"
#include "common/status_macros.h"

namespace mpic {
namespace {

namespace tls_api = grpc::experimental;

constexpr char kLoopbackPeer[] = "loopback";

// Admits a server whose certificate, already verified up to a trusted CA, carries one given name.
// gRPC's own check would want the name of the host, which says nothing about a perspective.
class PeerNameVerifier final : public tls_api::ExternalCertificateVerifier {
 public:
  explicit PeerNameVerifier(std::string peer_name) : peer_name_(std::move(peer_name)) {}

  bool Verify(tls_api::TlsCustomVerificationCheckRequest* request,
              std::function<void(grpc::Status)> /*callback*/, grpc::Status* sync_status) override {
    std::vector<grpc::string_ref> names = request->uri_names();
    const std::vector<grpc::string_ref> dns_names = request->dns_names();
    names.insert(names.end(), dns_names.begin(), dns_names.end());
    const bool named = std::any_of(
        names.begin(), names.end(),
        [this](const grpc::string_ref& name) { return name == grpc::string_ref(peer_name_); });
    if (!named) {
      *sync_status = grpc::Status(
          grpc::StatusCode::UNAUTHENTICATED,
          absl::StrCat("the server's certificate does not carry the name ", peer_name_));
    }
    return true;
  }

  void Cancel(tls_api::TlsCustomVerificationCheckRequest* /*request*/) override {}

 private:
  std::string peer_name_;
};

bool IsLoopback(const std::string& address) {
  const absl::StatusOr<IpEndpoint> endpoint = IpEndpoint::Parse(address);
  return endpoint.ok() && endpoint->address.is_loopback();
}

absl::Status CheckInsecure(const config::v1::Tls& tls, const std::string& address) {
  if (!tls.certificate_file().empty() || !tls.private_key_file().empty() ||
      !tls.trusted_ca_file().empty() || tls.allowed_peers_size() > 0) {
    return absl::FailedPreconditionError(
        "insecure_loopback: no other TLS setting may stand beside it");
  }
  if (!IsLoopback(address)) {
    return absl::FailedPreconditionError(
        absl::StrCat("insecure_loopback: \"", address,
                     "\" is not a loopback address and port, such as 127.0.0.1:8443"));
  }
  return absl::OkStatus();
}

std::shared_ptr<tls_api::CertificateProviderInterface> Provider(const CertificateFiles& files) {
  const tls_api::IdentityKeyCertPair identity{files.private_key, files.certificate_chain};
  return std::make_shared<tls_api::StaticDataCertificateProvider>(
      files.trusted_cas, std::vector<tls_api::IdentityKeyCertPair>{identity});
}

std::vector<std::string> PresentedNames(const grpc::AuthContext& context) {
  std::vector<std::string> names;
  for (const char* property : {"peer_uri", "peer_dns"}) {
    for (const grpc::string_ref& value : context.FindPropertyValues(property)) {
      names.emplace_back(value.data(), value.size());
    }
  }
  return names;
}

}  // namespace

absl::StatusOr<std::shared_ptr<grpc::ServerCredentials>> ServerCredentials(
    const config::v1::Tls& tls, const std::string& listen) {
  if (tls.insecure_loopback()) {
    MPIC_RETURN_IF_ERROR(CheckInsecure(tls, listen));
    return grpc::InsecureServerCredentials();
  }
  MPIC_ASSIGN_OR_RETURN(const CertificateFiles files, ReadCertificateFiles(tls, absl::Now()));
  if (tls.allowed_peers().empty()) {
    return absl::FailedPreconditionError("allowed_peers: must name at least one peer");
  }
  tls_api::TlsServerCredentialsOptions options(Provider(files));
  options.watch_root_certs();
  options.watch_identity_key_cert_pairs();
  options.set_cert_request_type(GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY);
  return tls_api::TlsServerCredentials(options);
}

absl::StatusOr<std::shared_ptr<grpc::ChannelCredentials>> ChannelCredentials(
    const config::v1::Tls& tls, const std::string& peer_name, const std::string& target) {
  if (tls.insecure_loopback()) {
    MPIC_RETURN_IF_ERROR(CheckInsecure(tls, target));
    return grpc::InsecureChannelCredentials();
  }
  if (peer_name.empty()) {
    return absl::FailedPreconditionError(
        absl::StrCat("peer_name: must be set to the URI or DNS SAN of ", target));
  }
  MPIC_ASSIGN_OR_RETURN(const CertificateFiles files, ReadCertificateFiles(tls, absl::Now()));
  tls_api::TlsChannelCredentialsOptions options;
  options.set_certificate_provider(Provider(files));
  options.watch_root_certs();
  options.watch_identity_key_cert_pairs();
  // gRPC keeps its own reference for as long as the channel lives.
  options.set_certificate_verifier(
      tls_api::ExternalCertificateVerifier::Create<PeerNameVerifier>(peer_name));
  options.set_check_call_host(false);
  return tls_api::TlsCredentials(options);
}

absl::StatusOr<std::string> AuthorizePeer(const grpc::AuthContext& context,
                                          const config::v1::Tls& tls) {
  if (tls.insecure_loopback()) return kLoopbackPeer;
  const std::vector<std::string> names = PresentedNames(context);
  if (context.IsPeerAuthenticated()) {
    for (const std::string& allowed : tls.allowed_peers()) {
      if (std::find(names.begin(), names.end(), allowed) != names.end()) return allowed;
    }
  }
  return absl::PermissionDeniedError(
      absl::StrCat("none of the caller's names is in allowed_peers: ",
                   names.empty() ? "none presented" : absl::StrJoin(names, ", ")));
}

}  // namespace mpic
