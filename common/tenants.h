// Whom a program works for, as its configuration says: who belongs to which tenant, and what that
// one may ask for.
#ifndef MPIC_COMMON_TENANTS_H_
#define MPIC_COMMON_TENANTS_H_

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "common/admission.h"
#include "common/domain_name.h"
#include "mpic/v1/check.pb.h"

namespace mpic {

// Meaning and ranges of the fields: mpic/config/v1/common.proto.
struct Tenant {
  std::string tenant_id;
  std::vector<std::string> peer_names;
  std::set<v1::Method> methods;                     // empty: all
  std::vector<DomainName> caa_issuer_domain_names;  // empty: the program's
  Admission::Limits limits;                         // of checks
  std::map<std::string, std::string> labels;

  bool Permits(v1::Method method) const { return methods.empty() || methods.contains(method); }
  // Whether a perspective that knows it as `other` has told it what holds now: the same tenant,
  // methods and checks in flight.
  bool IsOfferedTheSameAs(const Tenant& other) const;
};

// Shared, so that what is under way may outlive a configuration.
using TenantPtr = std::shared_ptr<const Tenant>;

// The tenants of a program; a value that does not change.
class Tenants {
 public:
  // Of one tenant, "default", that everybody belongs to: without tenants in the configuration.
  Tenants() : Tenants(std::vector<std::string>()) {}
  explicit Tenants(const std::vector<std::string>& allowed_peers);
  // Their ids and names of peers are distinct (common/tenants_check.h).
  explicit Tenants(std::vector<Tenant> tenants);

  const std::vector<TenantPtr>& all() const { return all_; }
  // What each may have of the program's work.
  Admission::Tenants limits() const;
  // No limits of their own: what matters is that each has its share.
  Admission::Tenants without_limits() const;
  // Whose peer bears exactly this name; null: nobody's.
  TenantPtr Find(const std::string& peer_name) const;

 private:
  std::vector<TenantPtr> all_;
  std::map<std::string, TenantPtr> by_peer_name_;
};

}  // namespace mpic

#endif  // MPIC_COMMON_TENANTS_H_
