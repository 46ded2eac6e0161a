// DNS messages as octets, for tests that write replies by hand.
#ifndef MPIC_TESTS_SUPPORT_DNS_WIRE_H_
#define MPIC_TESTS_SUPPORT_DNS_WIRE_H_

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "tests/support/fake_dns_client.h"

namespace mpic::testing {

inline std::string Wire16(unsigned value) {
  return {static_cast<char>(value >> 8U & 0xFFU), static_cast<char>(value & 0xFFU)};
}
inline std::string Wire32(std::uint32_t value) {
  return absl::StrCat(Wire16(value >> 16U), Wire16(value & 0xFFFFU));
}
// A compression pointer.
inline std::string PointerTo(unsigned offset) { return Wire16(0xC000U | offset); }
// Where the question's name begins in every message.
inline constexpr unsigned kQuestionNameOffset = 12;

struct WireRecord {
  std::string owner;  // in wire form: WireName(...) or PointerTo(...)
  unsigned type = 1;
  std::string rdata;
  std::uint32_t ttl = 300;
  unsigned record_class = 1;
  int length = -1;  // of the RDATA as claimed; -1: as it is

  std::string octets() const {
    const unsigned claimed =
        length < 0 ? static_cast<unsigned>(rdata.size()) : static_cast<unsigned>(length);
    return absl::StrCat(owner, Wire16(type), Wire16(record_class), Wire32(ttl), Wire16(claimed),
                        rdata);
  }
};

inline WireRecord Alias(absl::string_view owner, absl::string_view target) {
  return {.owner = WireName(owner), .type = 5, .rdata = WireName(target)};
}
inline WireRecord TxtRecord(absl::string_view owner, const std::string& value) {
  return {.owner = WireName(owner), .type = 16, .rdata = CharacterString(value)};
}
// An EDNS(0) record. `extended_rcode` is the upper eight bits of the whole rcode.
inline WireRecord Opt(std::string options = {}, std::uint32_t extended_rcode = 0) {
  return {.owner = std::string(1, '\0'),
          .type = 41,
          .rdata = std::move(options),
          .ttl = extended_rcode << 24U,
          .record_class = 1232};
}
// An Extended DNS Error option (RFC 8914 section 2).
inline std::string ExtendedErrorOption(unsigned code, absl::string_view text = {}) {
  return absl::StrCat(Wire16(15), Wire16(static_cast<unsigned>(text.size()) + 2), Wire16(code),
                      text);
}

inline constexpr unsigned kReplyFlags = 0x8180;  // QR, RD, RA
inline constexpr unsigned kAuthenticData = 0x0020;
inline constexpr unsigned kTruncated = 0x0200;

// A whole message. The counts are those of the content unless a test claims others.
struct WireMessage {
  unsigned id = 0x1234;
  unsigned flags = kReplyFlags;
  std::string question_name = WireName("www.example.com");
  unsigned question_type = 1;
  unsigned question_class = 1;
  unsigned questions = 1;  // as claimed; the one question always stands there
  std::vector<WireRecord> answers;
  std::vector<WireRecord> authorities;
  std::vector<WireRecord> additionals;
  int answers_claimed = -1;

  std::string octets() const {
    const auto count = [](const std::vector<WireRecord>& records) {
      return Wire16(static_cast<unsigned>(records.size()));
    };
    std::string out = absl::StrCat(
        Wire16(id), Wire16(flags), Wire16(questions),
        answers_claimed < 0 ? count(answers) : Wire16(static_cast<unsigned>(answers_claimed)),
        count(authorities), count(additionals));
    absl::StrAppend(&out, question_name, Wire16(question_type), Wire16(question_class));
    for (const auto* section : {&answers, &authorities, &additionals}) {
      for (const WireRecord& record : *section) out += record.octets();
    }
    return out;
  }
};

}  // namespace mpic::testing

#endif  // MPIC_TESTS_SUPPORT_DNS_WIRE_H_
