#include "perspective/net/dns_reader.h"

#include "absl/strings/str_cat.h"

namespace mpic::perspective {
namespace {

constexpr std::size_t kWireNameOctetsMax = 255;  // RFC 1035 section 2.3.4
constexpr std::uint8_t kPointerBits = 0xC0;
// Honest messages need one pointer a name; without a bound, 64 KiB of pointers to pointers would
// hold up the loop for every record that ends in them.
constexpr int kPointersMax = 127;

}  // namespace

absl::string_view DnsReader::Octets(std::size_t count) {
  if (!ok_ || count > message_.size() - position_) return Fail();
  const absl::string_view octets = message_.substr(position_, count);
  position_ += count;
  return octets;
}

std::uint8_t DnsReader::U8() {
  const absl::string_view octet = Octets(1);
  return octet.empty() ? std::uint8_t{0} : static_cast<std::uint8_t>(octet[0]);
}

std::uint16_t DnsReader::U16() {
  const absl::string_view octets = Octets(2);
  if (octets.empty()) return 0;
  const unsigned high = static_cast<std::uint8_t>(octets[0]);
  return static_cast<std::uint16_t>(high << 8U | static_cast<std::uint8_t>(octets[1]));
}

std::uint32_t DnsReader::U32() {
  const std::uint32_t high = U16();
  return high << 16U | U16();
}

std::string DnsReader::Name() {
  // Put together here, so that the string takes one allocation, and none for a short name.
  char wire[kWireNameOctetsMax];
  std::size_t size = 0;
  std::optional<std::size_t> after_first_pointer;
  std::size_t pointer_limit = position_;  // a pointer must aim before where the name began
  int pointers = 0;
  while (ok_) {
    const std::uint8_t length = U8();
    if ((length & kPointerBits) == kPointerBits) {
      const std::size_t target = static_cast<std::size_t>(length & ~kPointerBits) << 8U | U8();
      if (!after_first_pointer) after_first_pointer = position_;
      if (target >= pointer_limit || ++pointers > kPointersMax) break;
      pointer_limit = target;
      position_ = target;
      continue;
    }
    if (length > 63 || size + length + 1 > kWireNameOctetsMax) break;
    wire[size++] = static_cast<char>(length);
    if (length == 0) {
      if (after_first_pointer) position_ = *after_first_pointer;
      return ok_ ? std::string(wire, size) : std::string();
    }
    size += Octets(length).copy(wire + size, length);
  }
  Fail();
  return {};
}

std::optional<std::string> WireNameText(absl::string_view wire) {
  std::string text;
  while (!wire.empty() && wire[0] != 0) {
    const std::size_t length = static_cast<std::uint8_t>(wire[0]);
    if (wire.size() < length + 1) return std::nullopt;
    const absl::string_view label = wire.substr(1, length);
    // A dot inside a label would read as two labels.
    if (label.find('.') != absl::string_view::npos) return std::nullopt;
    absl::StrAppend(&text, text.empty() ? "" : ".", label);
    wire.remove_prefix(length + 1);
  }
  if (text.empty()) return std::nullopt;
  return text;
}

}  // namespace mpic::perspective
