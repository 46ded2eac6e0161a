#include "perspective/net/dns_denial.h"

#include <openssl/sha.h>

#include <optional>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "perspective/net/dns_reader.h"

namespace mpic::perspective {
namespace {

constexpr unsigned kTypeNs = 2;
constexpr unsigned kTypeRrsig = 46;
constexpr std::uint8_t kHashSha1 = 1;
constexpr std::uint8_t kFlagOptOut = 0x01;  // says nothing about a name that has a record

// The type bitmaps that end at `end` (RFC 4034 section 4.1.2): those of a delegation hold what the
// parent has at the name, NS and, for a secure one, DS.
bool AreOfInsecureDelegation(DnsReader& bitmaps, std::size_t end) {
  bool has_ns = false;
  int window_before = -1;
  while (!bitmaps.at(end)) {
    const int window = bitmaps.U8();
    const std::size_t length = bitmaps.U8();
    const absl::string_view octets = bitmaps.Octets(length);
    if (!bitmaps.ok() || window <= window_before || length == 0 || length > 32) return false;
    window_before = window;
    for (unsigned bit = 0; bit < octets.size() * 8; ++bit) {
      if ((static_cast<std::uint8_t>(octets[bit / 8]) & 0x80U >> bit % 8) == 0) continue;
      const unsigned type = static_cast<unsigned>(window) << 8U | bit;
      has_ns |= type == kTypeNs;
      if (type != kTypeNs && type != kTypeRrsig && type != kTypeNsec) return false;
    }
  }
  return has_ns;
}

std::string Base32Hex(absl::string_view octets) {
  constexpr char kDigits[] = "0123456789abcdefghijklmnopqrstuv";
  std::string text;
  unsigned bits = 0;
  unsigned count = 0;
  for (const char octet : octets) {
    bits = bits << 8U | static_cast<std::uint8_t>(octet);
    for (count += 8; count >= 5; count -= 5) text.push_back(kDigits[bits >> (count - 5) & 0x1FU]);
  }
  return text;  // SHA-1 has 160 bits: nothing is left over
}

// RFC 5155 section 5.
std::string HashOf(absl::string_view name, absl::string_view salt, unsigned iterations) {
  std::string digest(name);
  for (unsigned round = 0; round <= iterations; ++round) {
    const std::string salted = absl::StrCat(digest, salt);
    digest.resize(SHA_DIGEST_LENGTH);
    SHA1(reinterpret_cast<const unsigned char*>(salted.data()), salted.size(),
         reinterpret_cast<unsigned char*>(digest.data()));
  }
  return digest;
}

// nullopt: the record stands for another name.
std::optional<bool> JudgeNsec(const DenialRecord& record, absl::string_view name) {
  if (!absl::EqualsIgnoreCase(record.owner, name)) return std::nullopt;
  DnsReader reader(record.rdata);
  (void)reader.Name();  // the next name; that it is whole shows in ok()
  return reader.ok() && AreOfInsecureDelegation(reader, record.rdata.size());
}

// True when `owner` is `hash` in a zone that `name` lies below.
bool IsHashOf(absl::string_view owner, absl::string_view hash, absl::string_view name) {
  const std::string label = Base32Hex(hash);
  if (owner.size() < label.size() + 1 || static_cast<std::size_t>(owner[0]) != label.size() ||
      !absl::EqualsIgnoreCase(owner.substr(1, label.size()), label)) {
    return false;
  }
  const absl::string_view zone = owner.substr(label.size() + 1);
  while (!name.empty() && name[0] != 0) {
    name.remove_prefix(static_cast<std::size_t>(name[0]) + 1);
    if (absl::EqualsIgnoreCase(name, zone)) return true;
  }
  return false;
}

std::optional<bool> JudgeNsec3(const DenialRecord& record, absl::string_view name) {
  DnsReader reader(record.rdata);
  const std::uint8_t algorithm = reader.U8();
  const std::uint8_t flags = reader.U8();
  const unsigned iterations = reader.U16();
  const absl::string_view salt = reader.Octets(reader.U8());
  (void)reader.Octets(reader.U8());  // the next hash
  // RFC 5155 section 8.1 and 8.2: records with others must be ignored. A denial that has them is
  // not for us to read.
  if (!reader.ok() || algorithm != kHashSha1 || (flags & ~kFlagOptOut) != 0 ||
      iterations > kNsec3IterationsMax) {
    return false;
  }
  if (!IsHashOf(record.owner, HashOf(name, salt, iterations), name)) return std::nullopt;
  return AreOfInsecureDelegation(reader, record.rdata.size());
}

}  // namespace

bool ShowsInsecureDelegation(absl::Span<const DenialRecord> records, absl::string_view name) {
  if (records.size() > kDenialRecordsMax) return false;
  bool shown = false;
  for (const DenialRecord& record : records) {
    const std::optional<bool> judged =
        record.type == kTypeNsec ? JudgeNsec(record, name) : JudgeNsec3(record, name);
    if (judged == false) return false;
    shown |= judged.has_value();
  }
  return shown;
}

}  // namespace mpic::perspective
