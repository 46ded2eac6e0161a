#include "common/credentials.h"

#include <grpc/grpc_security_constants.h>
#include <grpcpp/security/tls_certificate_verifier.h>
#include <grpcpp/security/tls_credentials_options.h>

#include <algorithm>
#include <functional>
#include <optional>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/clock.h"
#include "common/ip_address.h"
#include "common/status_macros.h"

namespace mpic {
namespace {

namespace tls_api = grpc::experimental;

constexpr char kLoopbackPeer[] = "loopback";

// Judges a peer's certificate once more, with revocation and also after a session was resumed, and
// admits a server only if it carries one given name. gRPC's own check would want the name of the
// host, which says nothing about a perspective.
class PeerVerifier final : public tls_api::ExternalCertificateVerifier {
 public:
  // Clients come under any name; who they are is AuthorizePeer's matter.
  explicit PeerVerifier(std::shared_ptr<RotatingCertificates> certificates)
      : certificates_(std::move(certificates)) {}
  PeerVerifier(std::shared_ptr<RotatingCertificates> certificates, std::string peer_name)
      : certificates_(std::move(certificates)), peer_name_(std::move(peer_name)) {}

  bool Verify(tls_api::TlsCustomVerificationCheckRequest* request,
              std::function<void(grpc::Status)> /*callback*/, grpc::Status* sync_status) override {
    const auto text = [](const grpc::string_ref& from) {
      return std::string(from.data(), from.size());
    };
    const std::string why = certificates_->WhyPeerRefused(
        text(request->peer_cert()), text(request->peer_cert_full_chain()), absl::Now());
    if (!why.empty()) {
      *sync_status = grpc::Status(grpc::StatusCode::UNAUTHENTICATED, why);
    } else if (peer_name_ && !Carries(*request, *peer_name_)) {
      certificates_->NoteMisnamedPeer(*peer_name_);
      *sync_status = grpc::Status(
          grpc::StatusCode::UNAUTHENTICATED,
          absl::StrCat("the server's certificate does not carry the name ", *peer_name_));
    }
    return true;
  }

  void Cancel(tls_api::TlsCustomVerificationCheckRequest* /*request*/) override {}

 private:
  static bool Carries(const tls_api::TlsCustomVerificationCheckRequest& request,
                      const std::string& name) {
    std::vector<grpc::string_ref> names = request.uri_names();
    const std::vector<grpc::string_ref> dns_names = request.dns_names();
    names.insert(names.end(), dns_names.begin(), dns_names.end());
    return std::any_of(names.begin(), names.end(),
                       [&](const grpc::string_ref& one) { return one == grpc::string_ref(name); });
  }

  const std::shared_ptr<RotatingCertificates> certificates_;
  const std::optional<std::string> peer_name_;
};

bool IsLoopback(const std::string& address) {
  const absl::StatusOr<IpEndpoint> endpoint = IpEndpoint::Parse(address);
  return endpoint.ok() && endpoint->address.is_loopback();
}

absl::Status CheckInsecure(const config::v1::Tls& tls, const std::string& address) {
  if (!tls.certificate_file().empty() || !tls.private_key_file().empty() ||
      !tls.trusted_ca_file().empty() || tls.allowed_peers_size() > 0 ||
      !tls.crl_directory().empty() || tls.has_refresh_interval() || tls.has_connection_age()) {
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

}  // namespace

absl::StatusOr<std::shared_ptr<RotatingCertificates>> LoadCertificates(
    const config::v1::Tls& tls, TlsRole role, std::shared_ptr<prometheus::Registry> registry) {
  if (tls.insecure_loopback()) return nullptr;
  return RotatingCertificates::Load(tls, role, absl::Now(), std::move(registry));
}

absl::StatusOr<std::shared_ptr<grpc::ServerCredentials>> ServerCredentials(
    const config::v1::Tls& tls, const std::string& listen) {
  MPIC_ASSIGN_OR_RETURN(auto certificates, LoadCertificates(tls, TlsRole::kServer, nullptr));
  return ServerCredentials(tls, listen, std::move(certificates));
}

absl::StatusOr<std::shared_ptr<grpc::ServerCredentials>> ServerCredentials(
    const config::v1::Tls& tls, const std::string& listen,
    std::shared_ptr<RotatingCertificates> certificates) {
  if (tls.insecure_loopback()) {
    MPIC_RETURN_IF_ERROR(CheckInsecure(tls, listen));
    return grpc::InsecureServerCredentials();
  }
  if (tls.allowed_peers().empty()) {
    return absl::FailedPreconditionError("allowed_peers: must name at least one peer");
  }
  tls_api::TlsServerCredentialsOptions options(certificates->provider());
  options.watch_root_certs();
  options.watch_identity_key_cert_pairs();
  options.set_cert_request_type(GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY);
  // gRPC keeps its own reference for as long as the server lives.
  options.set_certificate_verifier(
      tls_api::ExternalCertificateVerifier::Create<PeerVerifier>(std::move(certificates)));
  return tls_api::TlsServerCredentials(options);
}

absl::StatusOr<std::shared_ptr<grpc::ChannelCredentials>> ChannelCredentials(
    const config::v1::Tls& tls, const std::string& peer_name, const std::string& target) {
  MPIC_ASSIGN_OR_RETURN(auto certificates, LoadCertificates(tls, TlsRole::kClient, nullptr));
  return ChannelCredentials(tls, peer_name, target, std::move(certificates));
}

absl::StatusOr<std::shared_ptr<grpc::ChannelCredentials>> ChannelCredentials(
    const config::v1::Tls& tls, const std::string& peer_name, const std::string& target,
    std::shared_ptr<RotatingCertificates> certificates) {
  if (tls.insecure_loopback()) {
    MPIC_RETURN_IF_ERROR(CheckInsecure(tls, target));
    return grpc::InsecureChannelCredentials();
  }
  if (peer_name.empty()) {
    return absl::FailedPreconditionError(
        absl::StrCat("peer_name: must be set to the URI or DNS SAN of ", target));
  }
  tls_api::TlsChannelCredentialsOptions options;
  options.set_certificate_provider(certificates->provider());
  options.watch_root_certs();
  options.watch_identity_key_cert_pairs();
  // gRPC keeps its own reference for as long as the channel lives.
  options.set_certificate_verifier(tls_api::ExternalCertificateVerifier::Create<PeerVerifier>(
      std::move(certificates), peer_name));
  options.set_check_call_host(false);
  return tls_api::TlsCredentials(options);
}

std::vector<std::string> AuthenticatedNames(const grpc::AuthContext& context) {
  std::vector<std::string> names;
  if (!context.IsPeerAuthenticated()) return names;
  for (const char* property : {"peer_uri", "peer_dns"}) {
    for (const grpc::string_ref& value : context.FindPropertyValues(property)) {
      names.emplace_back(value.data(), value.size());
    }
  }
  return names;
}

absl::StatusOr<std::string> AuthorizePeer(const grpc::AuthContext& context,
                                          const config::v1::Tls& tls) {
  return AuthorizePeer(AuthenticatedNames(context), tls);
}

absl::StatusOr<std::string> AuthorizePeer(const std::vector<std::string>& names,
                                          const config::v1::Tls& tls) {
  if (tls.insecure_loopback()) return kLoopbackPeer;
  for (const std::string& allowed : tls.allowed_peers()) {
    if (std::find(names.begin(), names.end(), allowed) != names.end()) return allowed;
  }
  return absl::PermissionDeniedError(
      absl::StrCat("none of the caller's names is in allowed_peers: ",
                   names.empty() ? "none presented" : absl::StrJoin(names, ", ")));
}

}  // namespace mpic
