#include "common/tenants.h"

#include <utility>

namespace mpic {

bool Tenant::IsOfferedTheSameAs(const Tenant& other) const {
  return tenant_id == other.tenant_id && methods == other.methods &&
         limits.in_flight_max == other.limits.in_flight_max;
}

Tenants::Tenants(const std::vector<std::string>& allowed_peers)
    : Tenants(std::vector<Tenant>{{.tenant_id = "default", .peer_names = allowed_peers}}) {}

Tenants::Tenants(std::vector<Tenant> tenants) {
  for (Tenant& tenant : tenants) {
    all_.push_back(std::make_shared<const Tenant>(std::move(tenant)));
    for (const std::string& name : all_.back()->peer_names) by_peer_name_[name] = all_.back();
  }
}

Admission::Tenants Tenants::limits() const {
  Admission::Tenants limits;
  for (const TenantPtr& tenant : all_) limits[tenant->tenant_id] = tenant->limits;
  return limits;
}

Admission::Tenants Tenants::without_limits() const {
  Admission::Tenants limits;
  for (const TenantPtr& tenant : all_) limits[tenant->tenant_id] = {};
  return limits;
}

TenantPtr Tenants::Find(const std::string& peer_name) const {
  const auto found = by_peer_name_.find(peer_name);
  return found == by_peer_name_.end() ? nullptr : found->second;
}

}  // namespace mpic
