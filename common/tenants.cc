#include "common/tenants.h"

#include <utility>

namespace mpic {

Tenants::Tenants(const std::vector<std::string>& allowed_peers)
    : Tenants(std::vector<Tenant>{{.tenant_id = "default", .peer_names = allowed_peers}}) {}

Tenants::Tenants(std::vector<Tenant> tenants) {
  for (Tenant& tenant : tenants) {
    tenant.number = all_.size();
    all_.push_back(std::make_shared<const Tenant>(std::move(tenant)));
    for (const std::string& name : all_.back()->peer_names) by_peer_name_[name] = all_.back();
  }
}

std::vector<Admission::Limits> Tenants::limits() const {
  std::vector<Admission::Limits> limits;
  for (const TenantPtr& tenant : all_) limits.push_back(tenant->limits);
  return limits;
}

TenantPtr Tenants::Find(const std::string& peer_name) const {
  const auto found = by_peer_name_.find(peer_name);
  return found == by_peer_name_.end() ? nullptr : found->second;
}

}  // namespace mpic
