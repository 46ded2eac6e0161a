// IP addresses, prefixes, and the two IANA special-purpose registries.
#ifndef MPIC_COMMON_IP_ADDRESS_H_
#define MPIC_COMMON_IP_ADDRESS_H_

#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace mpic {

// An IPv4 or IPv6 address. A value; an IPv4-mapped IPv6 address stays IPv6.
class IpAddress {
 public:
  // Strict text form: dotted quad without leading zeros, or RFC 4291 IPv6; no zone id, no brackets.
  static absl::StatusOr<IpAddress> Parse(absl::string_view text);
  // From 4 or 16 octets in network order, as in A and AAAA records; else INVALID_ARGUMENT.
  static absl::StatusOr<IpAddress> FromOctets(absl::Span<const std::uint8_t> octets);

  bool is_v6() const { return size_ == 16; }
  absl::Span<const std::uint8_t> octets() const { return {octets_.data(), size_}; }
  std::string text() const;  // RFC 5952 for IPv6
  // As the host of a URL: IPv6 in brackets.
  std::string url_host() const;
  bool is_loopback() const;

  friend bool operator==(const IpAddress&, const IpAddress&) = default;

 private:
  std::array<std::uint8_t, 16> octets_{};
  std::size_t size_ = 4;
};

// "192.0.2.0/24".
struct IpPrefix {
  IpAddress address;
  unsigned bits = 0;

  static absl::StatusOr<IpPrefix> Parse(absl::string_view text);
  // Never across families: an IPv4-mapped IPv6 address lies in no IPv4 prefix.
  bool Contains(const IpAddress& candidate) const;
};

// The registry row that makes `address` a Reserved IP Address (BR 1.6.1): any row of the IANA IPv4
// or IPv6 Special-Purpose Address Registries, whatever its "globally reachable" column says,
// multicast and 240.0.0.0/4 included. nullopt: not reserved. The text is the row's prefix and name.
std::optional<absl::string_view> ReservedBlock(const IpAddress& address);

// "host:port" or "[v6]:port" with a literal address.
struct IpEndpoint {
  IpAddress address;
  std::uint16_t port = 0;

  static absl::StatusOr<IpEndpoint> Parse(absl::string_view text);
  std::string text() const;
};

}  // namespace mpic

#endif  // MPIC_COMMON_IP_ADDRESS_H_
