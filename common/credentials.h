// Mutual TLS between the programs (BR 3.2.2.9: authenticated and encrypted). TLS 1.3 is negotiated,
// 1.2 the floor. Files are read and checked when credentials are made, and where they are made with
// RotatingCertificates, whenever those look at them. Thread-safe.
#ifndef MPIC_COMMON_CREDENTIALS_H_
#define MPIC_COMMON_CREDENTIALS_H_

#include <grpcpp/security/auth_context.h>
#include <grpcpp/security/credentials.h>
#include <grpcpp/security/server_credentials.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/rotating_certificates.h"
#include "mpic/config/v1/common.pb.h"

namespace mpic {

// The certificates of `tls`, for credentials that follow the files; null for plaintext. Errors as
// RotatingCertificates::Load.
absl::StatusOr<std::shared_ptr<RotatingCertificates>> LoadCertificates(
    const config::v1::Tls& tls, TlsRole role, std::shared_ptr<prometheus::Registry> registry);

// For a server that listens on `listen` ("address:port"). Clients without a certificate from
// trusted_ca_file, or with a revoked one, do not get through the handshake; who they are is
// AuthorizePeer's matter. FAILED_PRECONDITION names the field, the file and what is wrong: what
// ReadCertificateFiles finds, no allowed_peers; for insecure_loopback, an address that is not a
// loopback literal or any other field. The first form reads the files now and never again; the
// second is given what LoadCertificates made of the same `tls`.
absl::StatusOr<std::shared_ptr<grpc::ServerCredentials>> ServerCredentials(
    const config::v1::Tls& tls, const std::string& listen);
absl::StatusOr<std::shared_ptr<grpc::ServerCredentials>> ServerCredentials(
    const config::v1::Tls& tls, const std::string& listen,
    std::shared_ptr<RotatingCertificates> certificates);

// For a client of `target` ("host:port"). The server's certificate must chain to trusted_ca_file,
// not be revoked, and carry `peer_name` as URI or DNS SAN, exactly; the host of `target` does not
// matter. Errors and forms as above, and an empty peer_name; allowed_peers is ignored.
absl::StatusOr<std::shared_ptr<grpc::ChannelCredentials>> ChannelCredentials(
    const config::v1::Tls& tls, const std::string& peer_name, const std::string& target);
absl::StatusOr<std::shared_ptr<grpc::ChannelCredentials>> ChannelCredentials(
    const config::v1::Tls& tls, const std::string& peer_name, const std::string& target,
    std::shared_ptr<RotatingCertificates> certificates);

// The name under which a caller is admitted: the entry of allowed_peers that its certificate
// carries as URI or DNS SAN; "loopback" under insecure_loopback. PERMISSION_DENIED names the SANs
// that were presented. Servers ask AuthorizeCaller (common/caller.h), which asks this.
absl::StatusOr<std::string> AuthorizePeer(const grpc::AuthContext& context,
                                          const config::v1::Tls& tls);
// The same for whoever bears `names`.
absl::StatusOr<std::string> AuthorizePeer(const std::vector<std::string>& names,
                                          const config::v1::Tls& tls);

// The URI and DNS SANs of a peer's certificate, whether or not they mean anything; none of a peer
// that has not shown that the certificate is its own.
std::vector<std::string> AuthenticatedNames(const grpc::AuthContext& context);

}  // namespace mpic

#endif  // MPIC_COMMON_CREDENTIALS_H_
