#include "common/ip_address.h"

#include <arpa/inet.h>

#include <algorithm>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/status_macros.h"

namespace mpic {
namespace {

struct ReservedRow {
  const char* prefix;
  const char* name;
};

// IANA IPv4 and IPv6 Special-Purpose Address Registries, plus multicast and the class E block,
// which their registries reserve as a whole. A narrower row is left out where a wider one covers
// it.
constexpr ReservedRow kReservedRows[] = {
    {"0.0.0.0/8", "0.0.0.0/8 this network"},
    {"10.0.0.0/8", "10.0.0.0/8 private use"},
    {"100.64.0.0/10", "100.64.0.0/10 shared address space"},
    {"127.0.0.0/8", "127.0.0.0/8 loopback"},
    {"169.254.0.0/16", "169.254.0.0/16 link local"},
    {"172.16.0.0/12", "172.16.0.0/12 private use"},
    {"192.0.0.0/24", "192.0.0.0/24 IETF protocol assignments"},
    {"192.0.2.0/24", "192.0.2.0/24 documentation"},
    {"192.31.196.0/24", "192.31.196.0/24 AS112-v4"},
    {"192.52.193.0/24", "192.52.193.0/24 AMT"},
    {"192.88.99.0/24", "192.88.99.0/24 deprecated 6to4 relay anycast"},
    {"192.168.0.0/16", "192.168.0.0/16 private use"},
    {"192.175.48.0/24", "192.175.48.0/24 direct delegation AS112 service"},
    {"198.18.0.0/15", "198.18.0.0/15 benchmarking"},
    {"198.51.100.0/24", "198.51.100.0/24 documentation"},
    {"203.0.113.0/24", "203.0.113.0/24 documentation"},
    {"224.0.0.0/4", "224.0.0.0/4 multicast"},
    {"240.0.0.0/4", "240.0.0.0/4 reserved, limited broadcast"},
    {"::/128", "::/128 unspecified address"},
    {"::1/128", "::1/128 loopback"},
    {"::ffff:0:0/96", "::ffff:0:0/96 IPv4-mapped"},
    {"64:ff9b::/96", "64:ff9b::/96 IPv4-IPv6 translation"},
    {"64:ff9b:1::/48", "64:ff9b:1::/48 IPv4-IPv6 translation"},
    {"100::/64", "100::/64 discard-only"},
    {"100:0:0:1::/64", "100:0:0:1::/64 dummy prefix"},
    {"2001::/23", "2001::/23 IETF protocol assignments"},
    {"2001:db8::/32", "2001:db8::/32 documentation"},
    {"2002::/16", "2002::/16 6to4"},
    {"2620:4f:8000::/48", "2620:4f:8000::/48 direct delegation AS112 service"},
    {"3fff::/20", "3fff::/20 documentation"},
    {"5f00::/16", "5f00::/16 segment routing SIDs"},
    {"fc00::/7", "fc00::/7 unique local"},
    {"fe80::/10", "fe80::/10 link local"},
    {"ff00::/8", "ff00::/8 multicast"},
    {"::/96", "::/96 deprecated IPv4-compatible"},
    {"fec0::/10", "fec0::/10 deprecated site local"},
};

// Strangers write it: printable, and cut to a readable length.
std::string Quoted(absl::string_view text) {
  return absl::StrCat("\"", absl::CHexEscape(text.substr(0, 64)), "\"");
}

struct ReservedPrefix {
  IpPrefix prefix;
  absl::string_view name;
};

const std::vector<ReservedPrefix>& ReservedPrefixes() {
  static const auto& table = *[] {
    auto* rows = new std::vector<ReservedPrefix>;
    for (const ReservedRow& row : kReservedRows) {
      rows->push_back({.prefix = IpPrefix::Parse(row.prefix).value(), .name = row.name});
    }
    return rows;
  }();
  return table;
}

}  // namespace

absl::StatusOr<IpAddress> IpAddress::Parse(absl::string_view text) {
  const std::string terminated(text);
  IpAddress address;
  // inet_pton would stop at an embedded NUL and accept what stands before it.
  if (terminated.find('\0') == std::string::npos) {
    if (inet_pton(AF_INET, terminated.c_str(), address.octets_.data()) == 1) {
      address.size_ = 4;
      return address;
    }
    if (inet_pton(AF_INET6, terminated.c_str(), address.octets_.data()) == 1) {
      address.size_ = 16;
      return address;
    }
  }
  return absl::InvalidArgumentError(absl::StrCat(Quoted(text), " is not an IPv4 or IPv6 address"));
}

absl::StatusOr<IpAddress> IpAddress::FromOctets(absl::Span<const std::uint8_t> octets) {
  if (octets.size() != 4 && octets.size() != 16) {
    return absl::InvalidArgumentError(
        absl::StrCat("an IP address has 4 or 16 octets, not ", octets.size()));
  }
  IpAddress address;
  address.size_ = octets.size();
  std::copy(octets.begin(), octets.end(), address.octets_.begin());
  return address;
}

std::string IpAddress::text() const {
  std::array<char, INET6_ADDRSTRLEN> buffer{};
  inet_ntop(is_v6() ? AF_INET6 : AF_INET, octets_.data(), buffer.data(), buffer.size());
  return buffer.data();
}

std::string IpAddress::url_host() const {
  return is_v6() ? absl::StrCat("[", text(), "]") : text();
}

bool IpAddress::is_loopback() const {
  static const IpAddress v6_loopback = IpAddress::Parse("::1").value();
  return is_v6() ? *this == v6_loopback : octets_[0] == 127;
}

absl::StatusOr<IpPrefix> IpPrefix::Parse(absl::string_view text) {
  const std::pair<absl::string_view, absl::string_view> parts =
      absl::StrSplit(text, absl::MaxSplits('/', 1));
  MPIC_ASSIGN_OR_RETURN(const IpAddress address, IpAddress::Parse(parts.first));
  unsigned bits = 0;
  if (!absl::SimpleAtoi(parts.second, &bits) || bits > address.octets().size() * 8) {
    return absl::InvalidArgumentError(absl::StrCat(Quoted(text), " is not an address prefix"));
  }
  return IpPrefix{.address = address, .bits = bits};
}

bool IpPrefix::Contains(const IpAddress& candidate) const {
  if (candidate.is_v6() != address.is_v6()) return false;
  for (unsigned bit = 0; bit < bits; ++bit) {
    const unsigned mask = 0x80U >> (bit % 8);
    if ((candidate.octets()[bit / 8] & mask) != (address.octets()[bit / 8] & mask)) return false;
  }
  return true;
}

std::optional<absl::string_view> ReservedBlock(const IpAddress& address) {
  for (const ReservedPrefix& row : ReservedPrefixes()) {
    if (row.prefix.Contains(address)) return row.name;
  }
  return std::nullopt;
}

absl::StatusOr<IpEndpoint> IpEndpoint::Parse(absl::string_view text) {
  const std::size_t colon = text.rfind(':');
  int port = 0;
  if (colon == absl::string_view::npos || !absl::SimpleAtoi(text.substr(colon + 1), &port) ||
      port < 0 || port > 65535) {
    return absl::InvalidArgumentError(absl::StrCat(Quoted(text), " is not \"address:port\""));
  }
  absl::string_view host = text.substr(0, colon);
  const bool bracketed = host.size() > 1 && host.front() == '[' && host.back() == ']';
  if (bracketed) host = host.substr(1, host.size() - 2);
  MPIC_ASSIGN_OR_RETURN(const IpAddress address, IpAddress::Parse(host));
  if (address.is_v6() != bracketed) {
    return absl::InvalidArgumentError(
        absl::StrCat(Quoted(text), ": an IPv6 address stands in brackets, IPv4 does not"));
  }
  return IpEndpoint{.address = address, .port = static_cast<std::uint16_t>(port)};
}

std::string IpEndpoint::text() const { return absl::StrCat(address.url_host(), ":", port); }

}  // namespace mpic
