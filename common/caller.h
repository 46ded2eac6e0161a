// From a peer's certificate to the tenant that it asks for.
#ifndef MPIC_COMMON_CALLER_H_
#define MPIC_COMMON_CALLER_H_

#include <grpcpp/security/auth_context.h>

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/tenants.h"
#include "mpic/config/v1/common.pb.h"

namespace mpic {

struct Caller {
  std::string peer;                // the name under which it was admitted
  TenantPtr tenant;                // never null
  std::vector<std::string> names;  // all of its certificate
};

// Who calls. PERMISSION_DENIED names the certificate's names: none of them may ask, or they belong
// to several tenants and nobody can say for whom it asks. `tls` and `tenants` are of one
// configuration (CheckTenants). Every RPC asks this before anything else.
absl::StatusOr<Caller> AuthorizeCaller(const grpc::AuthContext& context, const config::v1::Tls& tls,
                                       const Tenants& tenants);
// The same for somebody who was let in before and bears `names`, under another configuration.
absl::StatusOr<Caller> AuthorizeAgain(const std::vector<std::string>& names,
                                      const config::v1::Tls& tls, const Tenants& tenants);

}  // namespace mpic

#endif  // MPIC_COMMON_CALLER_H_
