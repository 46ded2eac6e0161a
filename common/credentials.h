// Mutual TLS between the programs (BR 3.2.2.9: authenticated and encrypted). TLS 1.3 is negotiated,
// 1.2 the floor. Files are read and checked when credentials are made. Thread-safe.
#ifndef MPIC_COMMON_CREDENTIALS_H_
#define MPIC_COMMON_CREDENTIALS_H_

#include <grpcpp/security/auth_context.h>
#include <grpcpp/security/credentials.h>
#include <grpcpp/security/server_credentials.h>

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "mpic/config/v1/common.pb.h"

namespace mpic {

// For a server that listens on `listen` ("address:port"). Clients without a certificate from
// trusted_ca_file do not get through the handshake; who they are is AuthorizePeer's matter.
// FAILED_PRECONDITION names the field, the file and what is wrong: a field unset, a file that
// cannot be read or parsed, a key of another certificate, a certificate expired or not yet valid,
// no allowed_peers; for insecure_loopback, an address that is not a loopback literal or any other
// field.
absl::StatusOr<std::shared_ptr<grpc::ServerCredentials>> ServerCredentials(
    const config::v1::Tls& tls, const std::string& listen);

// For a client of `target` ("host:port"). The server's certificate must chain to trusted_ca_file
// and carry `peer_name` as URI or DNS SAN, exactly; the host of `target` does not matter.
// Errors as above, and an empty peer_name; allowed_peers is ignored.
absl::StatusOr<std::shared_ptr<grpc::ChannelCredentials>> ChannelCredentials(
    const config::v1::Tls& tls, const std::string& peer_name, const std::string& target);

// The name under which a caller is admitted: the entry of allowed_peers that its certificate
// carries as URI or DNS SAN; "loopback" under insecure_loopback. PERMISSION_DENIED names the SANs
// that were presented. Every RPC asks this before anything else.
absl::StatusOr<std::string> AuthorizePeer(const grpc::AuthContext& context,
                                          const config::v1::Tls& tls);

}  // namespace mpic

#endif  // MPIC_COMMON_CREDENTIALS_H_
