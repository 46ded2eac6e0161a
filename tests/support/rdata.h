// Records as raw RDATA, for fakes and for replies written by hand.
#ifndef MPIC_TESTS_SUPPORT_RDATA_H_
#define MPIC_TESTS_SUPPORT_RDATA_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace mpic::testing {

inline std::string CharacterString(absl::string_view octets) {
  return absl::StrCat(std::string(1, static_cast<char>(octets.size())), octets);
}

// RDATA of one TXT record that is made of several character-strings, each of at most 255 octets.
inline std::string TxtRdata(const std::vector<std::string>& strings) {
  std::string rdata;
  for (const std::string& octets : strings) absl::StrAppend(&rdata, CharacterString(octets));
  return rdata;
}

struct CaaRecordText {
  std::uint8_t flags = 0;
  std::string tag;
  std::string value;
};

inline std::string CaaRdata(const CaaRecordText& record) {
  return absl::StrCat(std::string(1, static_cast<char>(record.flags)), CharacterString(record.tag),
                      record.value);
}

// A name in uncompressed wire form (RFC 1035 section 3.1), letters as written.
inline std::string WireName(absl::string_view name) {
  std::string wire;
  while (!name.empty()) {
    const auto dot = name.find('.');
    absl::StrAppend(&wire, CharacterString(name.substr(0, dot)));
    name.remove_prefix(dot == absl::string_view::npos ? name.size() : dot + 1);
  }
  wire.push_back('\0');
  return wire;
}

}  // namespace mpic::testing

#endif  // MPIC_TESTS_SUPPORT_RDATA_H_
