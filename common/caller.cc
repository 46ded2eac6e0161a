#include "common/caller.h"

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "common/credentials.h"
#include "common/status_macros.h"

namespace mpic {

absl::StatusOr<Caller> AuthorizeCaller(const grpc::AuthContext& context, const config::v1::Tls& tls,
                                       const Tenants& tenants) {
  return AuthorizeAgain(AuthenticatedNames(context), tls, tenants);
}

absl::StatusOr<Caller> AuthorizeAgain(const std::vector<std::string>& names,
                                      const config::v1::Tls& tls, const Tenants& tenants) {
  Caller caller{.names = names};
  MPIC_ASSIGN_OR_RETURN(caller.peer, AuthorizePeer(names, tls));
  // Whoever reaches a port without TLS is the one tenant that there can be.
  if (tls.insecure_loopback()) {
    caller.tenant = tenants.all().front();
    return caller;
  }
  caller.tenant = tenants.Find(caller.peer);
  for (const std::string& name : names) {
    const TenantPtr another = tenants.Find(name);
    if (another && another != caller.tenant) {
      return absl::PermissionDeniedError(absl::StrCat(
          "the caller's certificate has names of two tenants: ", caller.peer, " and ", name));
    }
  }
  if (!caller.tenant) {
    return absl::PermissionDeniedError(absl::StrCat(caller.peer, " belongs to no tenant"));
  }
  return caller;
}

}  // namespace mpic
