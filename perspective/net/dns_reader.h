// A cursor over the octets of one DNS message that never reads outside it.
#ifndef MPIC_PERSPECTIVE_NET_DNS_READER_H_
#define MPIC_PERSPECTIVE_NET_DNS_READER_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"

namespace mpic::perspective {

// Every read either succeeds or fails for good: after a failure ok() is false, and all further
// reads give zeros and empty strings.
class DnsReader {
 public:
  explicit DnsReader(absl::string_view message) : message_(message) {}

  bool ok() const { return ok_; }
  std::size_t position() const { return position_; }
  bool at(std::size_t position) const { return position_ == position; }

  std::uint8_t U8();
  std::uint16_t U16();
  std::uint32_t U32();
  absl::string_view Octets(std::size_t count);
  // A domain name, compression pointers followed backwards only, in uncompressed wire form.
  std::string Name();

 private:
  absl::string_view Fail() {
    ok_ = false;
    return {};
  }

  absl::string_view message_;
  std::size_t position_ = 0;
  bool ok_ = true;
};

// The labels of an uncompressed wire-form name joined by dots, octets as they are; nullopt when a
// label has a dot in it, when one is cut short, or for the root.
std::optional<std::string> WireNameText(absl::string_view wire);

}  // namespace mpic::perspective

#endif  // MPIC_PERSPECTIVE_NET_DNS_READER_H_
