#include "perspective/net/dns_message.h"

#include <algorithm>
#include <limits>
#include <optional>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "perspective/net/dns_denial.h"
#include "perspective/net/dns_reader.h"

namespace mpic::perspective {
namespace {

constexpr std::uint16_t kClassIn = 1;
constexpr std::uint16_t kTypeOpt = 41;
constexpr std::uint16_t kFlagDnssecOk = 0x8000;     // in the TTL of OPT (RFC 3225)
constexpr std::uint16_t kOptionExtendedError = 15;  // RFC 8914 section 2
constexpr std::size_t kExtraTextOctetsMax = 256;
constexpr std::size_t kExtendedErrorsMax = 16;  // resolvers send one or two

// Leaves room for the question before it and the tries after it within 512 octets.
constexpr std::size_t kDetailOctetsMax = 200;

constexpr std::size_t kQueryOctetsWithoutName = 12 + 2 + 4 + 11;  // header, name's ends, type, OPT

constexpr std::uint16_t kFlagResponse = 0x8000;
constexpr std::uint16_t kOpcodeBits = 0x7800;
constexpr std::uint16_t kFlagTruncated = 0x0200;
constexpr std::uint16_t kFlagRecursionDesired = 0x0100;
constexpr std::uint16_t kFlagRecursionAvailable = 0x0080;
constexpr std::uint16_t kFlagAuthenticData = 0x0020;
constexpr std::uint16_t kRcodeBits = 0x000F;
constexpr std::uint16_t kNoError = 0;
constexpr std::uint16_t kServfail = 2;
constexpr std::uint16_t kNxDomain = 3;

struct Record {
  std::string owner;  // wire form
  std::uint16_t type = 0;
  std::uint16_t record_class = 0;
  std::uint32_t ttl = 0;
  std::string rdata;
};

void AppendU16(std::uint16_t value, std::string& out) {
  out.push_back(static_cast<char>(value >> 8U));
  out.push_back(static_cast<char>(value & 0xFFU));
}

void AppendName(const DomainName& name, std::string& out) {
  for (const absl::string_view label : absl::StrSplit(name.text(), '.')) {
    out.push_back(static_cast<char>(label.size()));
    absl::StrAppend(&out, label);
  }
  out.push_back('\0');
}

std::string WireName(const DomainName& name) {
  std::string wire;
  wire.reserve(name.text().size() + 2);  // an octet for each dot, and one at both ends
  AppendName(name, wire);
  return wire;
}

Problem Malformed(absl::string_view what) {
  return {.kind = v1::Problem::DNS_MALFORMED, .detail = absl::StrCat("the reply ", what)};
}

// Names inside CNAME and PTR data may be compressed and mean nothing outside their message.
std::string ReadRdata(DnsReader& reader, std::uint16_t type, std::size_t length) {
  if (type == static_cast<std::uint16_t>(RecordType::kCname) ||
      type == static_cast<std::uint16_t>(RecordType::kPtr)) {
    return reader.Name();
  }
  return std::string(reader.Octets(length));
}

std::optional<Record> ReadRecord(DnsReader& reader) {
  Record record;
  record.owner = reader.Name();
  record.type = reader.U16();
  record.record_class = reader.U16();
  const std::uint32_t ttl = reader.U32();
  record.ttl = ttl > std::numeric_limits<std::int32_t>::max() ? 0 : ttl;  // RFC 2181 section 8
  if (record.type == kTypeOpt) record.ttl = ttl;                          // not a TTL there
  const std::size_t length = reader.U16();
  const std::size_t end = reader.position() + length;
  record.rdata = ReadRdata(reader, record.type, length);
  if (!reader.ok() || !reader.at(end)) return std::nullopt;
  return record;
}

bool IsDenial(const Record& record) {
  return record.type == kTypeNsec || record.type == kTypeNsec3;
}

void ReadOptions(const Record& opt, DnsReply& reply) {
  reply.rcode = static_cast<std::uint16_t>(reply.rcode | (opt.ttl >> 24U) << 4U);
  DnsReader options(opt.rdata);
  while (options.ok() && !options.at(opt.rdata.size())) {
    const std::uint16_t code = options.U16();
    const absl::string_view value = options.Octets(options.U16());
    if (!options.ok() || code != kOptionExtendedError || value.size() < 2) continue;
    if (reply.extended_errors.size() == kExtendedErrorsMax) return;
    DnsReader error(value);
    const std::uint16_t info_code = error.U16();
    reply.extended_errors.push_back(
        {.info_code = info_code, .extra_text = std::string(value.substr(2, kExtraTextOctetsMax))});
  }
}

bool SameName(absl::string_view a, absl::string_view b) { return absl::EqualsIgnoreCase(a, b); }

// What was asked, as it stands on the wire.
struct WireQuestion {
  std::string name;
  std::uint16_t type = 0;
};

// Follows the aliases of the answer section from the question's name, then takes the records there.
std::optional<Problem> TakeAnswer(std::vector<Record> answers, const WireQuestion& question,
                                  const DnsReplyBounds& bounds, DnsReply& reply) {
  constexpr auto kCname = static_cast<std::uint16_t>(RecordType::kCname);
  const std::uint16_t type = question.type;
  std::string owner = question.name;
  std::uint32_t min_ttl = std::numeric_limits<std::uint32_t>::max();
  const auto alias_at = [&](const Record& r) {
    return r.type == kCname && SameName(r.owner, owner);
  };
  while (type != kCname) {
    const auto alias = std::find_if(answers.begin(), answers.end(), alias_at);
    if (alias == answers.end()) break;
    const auto other = std::find_if(std::next(alias), answers.end(), alias_at);
    if (other != answers.end() && !SameName(other->rdata, alias->rdata)) {
      return Malformed("has two CNAME records at one name");
    }
    if (reply.cname_chain.size() == bounds.cname_chain_max) {
      return Problem{
          .kind = v1::Problem::DNS_LOOP,
          .detail = absl::StrCat("over ", bounds.cname_chain_max, " aliases in a chain")};
    }
    const std::optional<std::string> text = WireNameText(alias->rdata);
    const auto target = DomainName::ParseDns(text.value_or(""));
    if (!target.ok()) return Malformed("has an alias to a name outside letters, digits, '-', '_'");
    reply.cname_chain.push_back(*target);
    min_ttl = std::min(min_ttl, alias->ttl);
    owner = alias->rdata;
  }
  for (Record& record : answers) {
    if (record.type != type || !SameName(record.owner, owner)) continue;
    reply.rdata.push_back(std::move(record.rdata));
    min_ttl = std::min(min_ttl, record.ttl);
  }
  const bool any = !reply.rdata.empty() || !reply.cname_chain.empty();
  reply.min_ttl_seconds = any ? min_ttl : 0;
  return std::nullopt;
}

// NODATA for DS, and a denial that shows a delegation. Only the letter of it: whether it is valid
// is AD's to say.
bool IsDenialAtDelegation(const DnsReply& reply, const WireQuestion& question,
                          const std::vector<DenialRecord>& denial) {
  return question.type == static_cast<std::uint16_t>(RecordType::kDs) && reply.rcode == kNoError &&
         reply.rdata.empty() && reply.cname_chain.empty() &&
         ShowsInsecureDelegation(denial, question.name);
}

bool QuestionAgrees(DnsReader& reader, const WireQuestion& question) {
  const std::string name = reader.Name();
  const std::uint16_t type = reader.U16();
  const std::uint16_t question_class = reader.U16();
  return reader.ok() && SameName(name, question.name) && type == question.type &&
         question_class == kClassIn;
}

struct Header {
  std::uint16_t id, flags, questions, answers, authorities, additionals;
};

Header ReadHeader(DnsReader& reader) {
  // Members are initialised in the order in which the wire has them.
  return Header{.id = reader.U16(),
                .flags = reader.U16(),
                .questions = reader.U16(),
                .answers = reader.U16(),
                .authorities = reader.U16(),
                .additionals = reader.U16()};
}

// Extended DNS Errors by which a validating resolver says why an answer is not to be believed
// (RFC 8914 section 4; IANA registry).
std::optional<ProblemKind> DnssecFailure(const std::vector<ExtendedDnsError>& errors) {
  std::optional<ProblemKind> failure;
  for (const ExtendedDnsError& error : errors) {
    if (error.info_code >= 6 && error.info_code <= 12) return v1::Problem::DNSSEC_BOGUS;
    if (error.info_code == 5) failure = v1::Problem::DNSSEC_INDETERMINATE;
  }
  return failure;
}

// Errors by which a resolver says that an answer is not what the domain's own servers say now:
// stale (3, 19), forged (4), blocked, censored, filtered, prohibited (15 to 18).
bool Disowned(const std::vector<ExtendedDnsError>& errors) {
  return std::any_of(errors.begin(), errors.end(), [](const ExtendedDnsError& error) {
    return error.info_code == 3 || error.info_code == 4 ||
           (error.info_code >= 15 && error.info_code <= 19);
  });
}

// Why a reply is no answer; nullopt for NOERROR and NXDOMAIN that can be relied on.
std::optional<ProblemKind> LookupErrorOf(const DnsReply& reply) {
  const bool is_answer = reply.rcode == kNoError || reply.rcode == kNxDomain;
  if (is_answer || reply.rcode == kServfail) {
    if (const auto failure = DnssecFailure(reply.extended_errors)) return failure;
  }
  if (reply.rcode == kServfail) return v1::Problem::DNS_SERVFAIL;
  if (!is_answer) return v1::Problem::DNS_REFUSED;
  if (Disowned(reply.extended_errors)) return v1::Problem::DNS_SERVFAIL;
  // It does not recurse for us: what looks like NODATA is a referral.
  if (!reply.recursion_available) return v1::Problem::DNS_REFUSED;
  if (reply.rcode == kNxDomain && !reply.rdata.empty()) return v1::Problem::DNS_MALFORMED;
  return std::nullopt;
}

std::string DescribeErrors(const DnsReply& reply) {
  std::string text = RcodeName(reply.rcode);
  if (!reply.recursion_available) absl::StrAppend(&text, ", recursion not available");
  for (const ExtendedDnsError& error : reply.extended_errors) {
    absl::StrAppend(&text, ", extended error ", error.info_code);
    // The text is the resolver's own: what a protobuf string cannot hold must not get into one.
    if (!error.extra_text.empty()) {
      absl::StrAppend(&text, " (", absl::CHexEscape(error.extra_text), ")");
    }
  }
  return text.substr(0, kDetailOctetsMax);
}

v1::DnssecStatus StatusOf(const DnsAnswer& answer, bool resolver_validates,
                          bool shows_insecure_delegation) {
  if (!resolver_validates) return v1::NOT_CHECKED;
  if (answer.problem.kind == v1::Problem::DNSSEC_BOGUS) return v1::BOGUS;
  if (answer.problem.kind == v1::Problem::DNSSEC_INDETERMINATE) return v1::INDETERMINATE;
  if (answer.lookup_failed()) return v1::DNSSEC_STATUS_UNSPECIFIED;
  if (answer.authentic_data && shows_insecure_delegation) return v1::INSECURE;
  // The absence of AD proves nothing (spec 5.7): opt-out, an insecure delegation, a local zone.
  return answer.authentic_data ? v1::SECURE : v1::NOT_SECURE;
}

}  // namespace

std::string EncodeDnsQuery(const DnsQuestion& question, std::uint16_t id) {
  std::string query;
  query.reserve(kQueryOctetsWithoutName + question.name.text().size());
  AppendU16(id, query);
  AppendU16(kFlagRecursionDesired | kFlagAuthenticData, query);
  constexpr std::uint16_t kSectionCounts[] = {1, 0, 0, 1};  // question and OPT
  for (const std::uint16_t count : kSectionCounts) AppendU16(count, query);
  AppendName(question.name, query);
  AppendU16(static_cast<std::uint16_t>(question.type), query);
  AppendU16(kClassIn, query);
  // OPT must stay last and without options: c-ares cuts exactly these 11 octets off for a server
  // that answers FORMERR to EDNS.
  query.push_back('\0');
  AppendU16(kTypeOpt, query);
  AppendU16(kDnsUdpOctetsMax, query);
  AppendU16(0, query);  // extended rcode, version
  AppendU16(question.type == RecordType::kDs ? kFlagDnssecOk : std::uint16_t{0}, query);
  AppendU16(0, query);  // no options
  return query;
}

OrProblem<DnsReply> ParseDnsReply(absl::string_view message, const DnsQuestion& question,
                                  std::uint16_t id, const DnsReplyBounds& bounds) {
  DnsReader reader(message);
  const Header header = ReadHeader(reader);
  if (!reader.ok()) return Malformed("is shorter than a header");
  if (header.id != id) return Malformed("has another query id");
  if ((header.flags & kFlagResponse) == 0 || (header.flags & kOpcodeBits) != 0) {
    return Malformed("is not a response to a query");
  }
  DnsReply reply{.rcode = static_cast<std::uint16_t>(header.flags & kRcodeBits),
                 .truncated = (header.flags & kFlagTruncated) != 0,
                 .recursion_available = (header.flags & kFlagRecursionAvailable) != 0,
                 .authentic_data = (header.flags & kFlagAuthenticData) != 0};
  const WireQuestion asked{.name = WireName(question.name),
                           .type = static_cast<std::uint16_t>(question.type)};
  if (header.questions != 1 || !QuestionAgrees(reader, asked)) {
    return Malformed("repeats another question");
  }
  if (reply.truncated) return reply;
  const std::size_t count =
      std::size_t{0} + header.answers + header.authorities + header.additionals;
  if (count > bounds.records_max) return Malformed("has too many records");
  std::vector<Record> answers;
  std::vector<DenialRecord> denial;
  for (std::size_t i = 0; i < count; ++i) {
    std::optional<Record> record = ReadRecord(reader);
    if (!record) return Malformed("has a broken record");
    if (record->type == kTypeOpt && i >= std::size_t{0} + header.answers + header.authorities) {
      ReadOptions(*record, reply);
    }
    if (record->record_class != kClassIn) continue;
    if (i < header.answers) {
      answers.push_back(*std::move(record));
    } else if (i < std::size_t{0} + header.answers + header.authorities && IsDenial(*record)) {
      denial.push_back({std::move(record->owner), record->type, std::move(record->rdata)});
    }
  }
  if (std::optional<Problem> problem = TakeAnswer(std::move(answers), asked, bounds, reply)) {
    return *std::move(problem);
  }
  reply.shows_insecure_delegation = IsDenialAtDelegation(reply, asked, denial);
  return reply;
}

DnsAnswer InterpretReply(const DnsQuestion& question, OrProblem<DnsReply> reply,
                         bool resolver_validates) {
  DnsAnswer answer{.question = question};
  const bool shows_insecure_delegation = reply.ok() && reply->shows_insecure_delegation;
  if (!reply.ok()) {
    answer.problem = std::move(reply).problem();
  } else if (reply->truncated) {
    answer.problem = {.kind = v1::Problem::DNS_TRUNCATED, .detail = "the reply is truncated"};
  } else {
    DnsReply taken = *std::move(reply);
    answer.rcode = static_cast<std::uint8_t>(std::min<std::uint16_t>(taken.rcode, 255));
    answer.authentic_data = resolver_validates && taken.authentic_data;
    if (const auto error = LookupErrorOf(taken)) {
      answer.problem = {.kind = *error, .detail = DescribeErrors(taken)};
    } else {
      answer.rdata = std::move(taken.rdata);
      answer.min_ttl_seconds = taken.min_ttl_seconds;
    }
    answer.cname_chain = std::move(taken.cname_chain);
    answer.extended_errors = std::move(taken.extended_errors);
  }
  answer.dnssec = StatusOf(answer, resolver_validates, shows_insecure_delegation);
  return answer;
}

}  // namespace mpic::perspective
