// DNS replies: octets to a DnsAnswer, and its RDATA to what methods read out of it.
//   input: one octet (question type, whether the resolver validates, bounds), the message
#include <algorithm>
#include <array>
#include <optional>
#include <string>

#include "perspective/net/dns_message.h"
#include "perspective/net/dns_reader.h"
#include "perspective/rules/caa.h"
#include "perspective/rules/reverse_names.h"
#include "perspective/rules/txt_record.h"
#include "perspective/rules/wire_name.h"
#include "tests/fuzz/fuzz_target.h"

namespace mpic::fuzz {
namespace {

using perspective::DnsAnswer;
using perspective::DnsQuestion;
using perspective::DnsReply;
using perspective::DnsReplyBounds;
using perspective::OrProblem;
using perspective::RecordType;

constexpr std::uint16_t kId = 0x4D50;
constexpr std::size_t kWireNameOctetsMax = 255;
constexpr std::array kTypes = {RecordType::kA,   RecordType::kCname, RecordType::kPtr,
                               RecordType::kTxt, RecordType::kAaaa,  RecordType::kDs,
                               RecordType::kCaa, RecordType::kTxt};

// The header, read a second time and by hand: what no answer may contradict.
struct Flags {
  explicit Flags(absl::string_view message) {
    const auto octet = [&](std::size_t i) { return static_cast<unsigned char>(message[i]); };
    if (message.size() < 12) return;
    is_reply_to_ours =
        octet(0) == kId >> 8U && octet(1) == (kId & 0xFFU) && (octet(2) & 0xF8U) == 0x80;
    truncated = (octet(2) & 0x02U) != 0;
    recursion_available = (octet(3) & 0x80U) != 0;
    authentic_data = (octet(3) & 0x20U) != 0;
    rcode = octet(3) & 0x0FU;
  }
  bool is_reply_to_ours = false, truncated = false, recursion_available = false;
  bool authentic_data = false;
  unsigned rcode = 0;
};

void RequireSoundReply(const DnsReply& reply, const Flags& flags, const DnsReplyBounds& bounds,
                       std::size_t message_size) {
  Require(flags.is_reply_to_ours, "a reply has our id, QR and opcode QUERY");
  Require(reply.truncated == flags.truncated, "TC is told");
  Require(!reply.truncated || (reply.rdata.empty() && reply.cname_chain.empty()),
          "nothing is taken out of a truncated reply");
  Require(reply.cname_chain.size() <= bounds.cname_chain_max, "the chain is bounded");
  Require(reply.rdata.size() <= bounds.records_max, "records are bounded");
  Require(reply.min_ttl_seconds <= 0x7FFFFFFFU, "a TTL has 31 bits");
  Require(!reply.rdata.empty() || !reply.cname_chain.empty() || reply.min_ttl_seconds == 0,
          "no record, no TTL");
  for (const DomainName& name : reply.cname_chain) {
    Require(Gives(DomainName::ParseDns(name.text()), name), "an alias's target parses to itself");
  }
  Require(reply.extended_errors.size() <= 16, "extended errors are bounded");
  for (const auto& error : reply.extended_errors) {
    Require(error.extra_text.size() <= 256, "an extended error's text is bounded");
  }
  for (const std::string& rdata : reply.rdata) {
    Require(rdata.size() <= std::max(message_size, kWireNameOctetsMax),
            "RDATA lies in the message");
  }
}

// The bitmap of a delegation without DS, somewhere in the octets (RFC 4034 section 4.1.2): of the
// types below 64 NS is there, and none but RRSIG and NSEC with it.
bool HasBitmapOfInsecureDelegation(absl::string_view message) {
  constexpr std::array<unsigned, 8> kAllowed = {0x20, 0, 0, 0, 0, 0x03, 0, 0};
  for (std::size_t i = 0; i + 2 < message.size(); ++i) {
    const auto octet = [&](std::size_t at) { return static_cast<unsigned char>(message[i + at]); };
    const std::size_t length = octet(1);
    if (octet(0) != 0 || length == 0 || i + 2 + length > message.size()) continue;
    bool fits = (octet(2) & 0x20U) != 0;
    for (std::size_t at = 0; at < length; ++at) {
      fits = fits && (octet(2 + at) & ~(at < kAllowed.size() ? kAllowed.at(at) : 0U)) == 0;
    }
    if (fits) return true;
  }
  return false;
}

// INSECURE may turn a failed lookup into a permission (BR 4.2.2.1), so nothing may look like it.
void RequireProofOfInsecurity(const DnsAnswer& answer, const Flags& flags, bool validates,
                              absl::string_view message) {
  Require(validates && flags.authentic_data, "insecure is proven by a resolver that validated it");
  Require(answer.question.type == RecordType::kDs, "insecure is said of DS alone");
  Require(flags.is_reply_to_ours && !flags.truncated && flags.rcode == 0 && answer.rcode == 0 &&
              !answer.lookup_failed(),
          "insecure is a whole NOERROR");
  Require(answer.rdata.empty() && answer.cname_chain.empty(),
          "insecure is a denial at the name itself");
  Require(HasBitmapOfInsecureDelegation(message), "insecure is a delegation");
}

bool IsDisowned(const DnsAnswer& answer) {
  return std::ranges::any_of(answer.extended_errors, [](const auto& error) {
    const unsigned code = error.info_code;
    return (code >= 3 && code <= 12) || (code >= 15 && code <= 19);
  });
}

void RequireSoundAnswer(const DnsAnswer& answer, const Flags& flags, bool validates) {
  if (answer.lookup_failed()) {
    RequireSound(answer.problem);
    Require(answer.rdata.empty() && answer.min_ttl_seconds == 0, "a failed lookup has no records");
  } else {
    Require(flags.is_reply_to_ours && !flags.truncated && flags.recursion_available &&
                (flags.rcode == 0 || flags.rcode == 3),
            "only a whole NOERROR or NXDOMAIN of a recursive resolver is an answer");
    Require(!IsDisowned(answer), "what the resolver disowns is no answer");
    Require(answer.rcode == flags.rcode, "no extended rcode is an answer");
    Require(answer.rdata.empty() || answer.rcode == 0, "NXDOMAIN has no records");
  }
  Require((answer.dnssec == v1::NOT_CHECKED) == !validates, "who does not validate did not check");
  Require(
      answer.dnssec != v1::SECURE || (validates && flags.authentic_data && !answer.lookup_failed()),
      "secure means AD from a resolver that validates");
}

void ReadAsMethodsDo(const DnsAnswer& answer) {
  for (const std::string& rdata : answer.rdata) {
    const auto text = perspective::ParseTxtRdata(rdata);
    Require(!text.ok() || text->size() < rdata.size(), "TXT has its lengths beside its text");
    const auto caa = perspective::ParseCaaRdata(rdata);
    Require(!caa.ok() || caa->tag.size() + caa->value.size() + 2 == rdata.size(),
            "CAA is flags, tag and value");
    const auto name = perspective::WireNameToDomainName(rdata);
    if (!name.ok()) continue;
    Require(Gives(DomainName::ParseDns(name->text()), *name), "a name in RDATA parses to itself");
    Require(rdata.size() == name->text().size() + 2, "a name is all of its RDATA");
  }
  const auto names = perspective::ReverseNames(answer.rdata);
  Require(names.size() <= answer.rdata.size() && std::ranges::is_sorted(names),
          "reverse names are sorted and no more than records");
  for (const DomainName& name : names) {
    Require(Gives(DomainName::ParseHost(name.text()), name), "a reverse name is a host name");
  }
}

}  // namespace

MPIC_FUZZ_TARGET(dns_reply) {
  const unsigned choice = input.U8();
  const absl::string_view message = input.Rest();
  const DnsQuestion question{.name = DomainName::ParseDns("shop.example.com").value(),
                             .type = kTypes.at(choice & 7U)};
  const bool validates = (choice & 8U) != 0;
  const DnsReplyBounds bounds = (choice & 16U) != 0
                                    ? DnsReplyBounds{.records_max = 4, .cname_chain_max = 2}
                                    : DnsReplyBounds{};
  const Flags flags(message);
  const OrProblem<DnsReply> reply = ParseDnsReply(message, question, kId, bounds);
  if (reply.ok()) {
    RequireSoundReply(*reply, flags, bounds, message.size());
  } else {
    RequireSound(reply.problem());
    Require(reply.problem().kind == v1::Problem::DNS_MALFORMED ||
                reply.problem().kind == v1::Problem::DNS_LOOP,
            "a reply that cannot be read is malformed or loops");
  }
  const DnsAnswer answer = InterpretReply(question, reply, validates);
  RequireSoundAnswer(answer, flags, validates);
  if (answer.dnssec == v1::INSECURE) RequireProofOfInsecurity(answer, flags, validates, message);
  ReadAsMethodsDo(answer);
}

}  // namespace mpic::fuzz
