// The part of both programs' configuration that says who may ask.
#ifndef MPIC_COMMON_TENANTS_CHECK_H_
#define MPIC_COMMON_TENANTS_CHECK_H_

#include <google/protobuf/repeated_ptr_field.h>

#include "common/config_violations.h"
#include "common/tenants.h"
#include "mpic/config/v1/common.pb.h"

namespace mpic {

// Each of them is promised a share of the work and has series of its own in the metrics.
inline constexpr int kTenantsMax = 100;

struct TenantRules {
  unsigned checks_in_flight = 0;   // of the process; as the field is called
  bool issuers_permitted = false;  // caa_issuer_domain_names means something to this program
};

// The tenants of `config`, each wrong field noted in `violations` ("tenants[1].methods[0]: ...").
// Names of peers are listed either there or in `tls`, which is given the names of all tenants: TLS
// admits them. Nobody at all is a violation, too. Under tls.insecure_loopback nobody has a name, so
// that there can be one tenant only.
Tenants CheckTenants(const google::protobuf::RepeatedPtrField<config::v1::Tenant>& config,
                     const TenantRules& rules, config::v1::Tls& tls, ConfigViolations& violations);

}  // namespace mpic

#endif  // MPIC_COMMON_TENANTS_CHECK_H_
