#include "common/target_limit.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/strip.h"
#include "common/domain_name.h"

namespace mpic {

TargetLimit::Place& TargetLimit::Place::operator=(Place&& other) noexcept {
  std::swap(limit_, other.limit_);
  std::swap(target_, other.target_);
  return *this;
}

TargetLimit::Place::~Place() {
  if (limit_ != nullptr) limit_->Leave(target_);
}

std::optional<TargetLimit::Place> TargetLimit::Enter(const std::string& target) {
  const absl::MutexLock lock(&mutex_);
  const auto [entry, is_new] = under_way_.try_emplace(target, 0);
  if (entry->second >= per_target_max_) {
    if (is_new) under_way_.erase(entry);
    return std::nullopt;
  }
  ++entry->second;
  return Place(*this, target);
}

std::size_t TargetLimit::size() const {
  const absl::MutexLock lock(&mutex_);
  return under_way_.size();
}

void TargetLimit::Leave(const std::string& target) {
  const absl::MutexLock lock(&mutex_);
  const auto entry = under_way_.find(target);
  if (--entry->second == 0) under_way_.erase(entry);
}

namespace {

std::string TargetOfDnsName(absl::string_view name) {
  absl::ConsumePrefix(&name, "*.");
  absl::ConsumeSuffix(&name, ".");
  // The same name may be written in full-width letters, for one; what is none is left as it is.
  const bool is_ascii =
      std::all_of(name.begin(), name.end(), [](char c) { return (c & 0x80) == 0; });
  if (!is_ascii) {
    if (const auto host = DomainName::ParseHost(name); host.ok()) return host->text();
  }
  return absl::AsciiStrToLower(name);
}

}  // namespace

std::string TargetOfName(absl::string_view name) {
  // Most names are seen at once to be no address: the end of an IPv4 address is a digit, and all
  // others have a colon.
  const bool may_be_address =
      !name.empty() && (absl::ascii_isdigit(static_cast<unsigned char>(name.back())) ||
                        absl::StrContains(name, ':'));
  if (!may_be_address) return TargetOfDnsName(name);
  if (const absl::StatusOr<IpAddress> address = IpAddress::Parse(name); address.ok()) {
    return address->text();
  }
  return TargetOfDnsName(name);
}

std::string TargetOfAddress(const IpAddress& address) {
  constexpr std::size_t kPrefixOctets = 8;  // a /64
  const auto octets = address.octets();
  const std::size_t size = address.is_v6() ? kPrefixOctets : octets.size();
  return {reinterpret_cast<const char*>(octets.data()), size};
}

}  // namespace mpic
