#include "perspective/net/cares_dns_client.h"

#include <boost/asio/post.hpp>
#include <cstddef>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/await_callback.h"
#include "common/log.h"
#include "common/status_macros.h"
#include "common/steady_time.h"

namespace mpic::perspective {
namespace asio = boost::asio;
namespace {

constexpr unsigned kQueriesPerChannel = 100;

bool WorthAnotherTry(const DnsAnswer& answer) {
  return answer.lookup_failed() && answer.problem.kind != v1::Problem::DNSSEC_BOGUS &&
         answer.problem.kind != v1::Problem::DNSSEC_INDETERMINATE &&
         answer.problem.kind != v1::Problem::DNS_LOOP;
}

// After one FORMERR c-ares believes for good that the server knows no EDNS, and cuts UDP replies at
// 512 octets (RFC 1035 section 2.3.4) without a word.
bool CutShort(const RawDnsReply& raw, const OrProblem<DnsReply>& reply) {
  constexpr std::size_t kUdpOctetsWithoutEdns = 512;
  return raw.message.size() == kUdpOctetsWithoutEdns && !reply.ok();
}

Problem NoReply(int ares_status) {
  return {.kind = v1::Problem::DNS_TIMEOUT,
          .detail = absl::StrCat("no reply from the resolver: ", ares_strerror(ares_status))};
}

using Waiter = std::shared_ptr<Completion<std::vector<DnsAnswer>>>;

}  // namespace

struct CaresDnsClient::Lookup {
  Group& group;
  DnsAnswer& answer;                      // of the last try; until then it holds the question alone
  bool by_tcp = false;                    // the try under way goes on by TCP
  const CaresChannel* channel = nullptr;  // of the query under way; not looked into
  std::uint16_t id = 0;                   // the same
  unsigned tries = 0;
  bool tries_differed = false;

  // Takes what a try brought.
  void Tried(DnsAnswer next);
  // Completes the answer.
  void Tell(absl::Duration elapsed);
};

struct CaresDnsClient::Group {
  Group(std::vector<DnsQuestion> questions, Waiter waits)
      : waiter(std::move(waits)), unanswered(questions.size()) {
    answers.reserve(questions.size());
    lookups.reserve(questions.size());
    for (DnsQuestion& question : questions) {
      answers.push_back({.question = std::move(question)});
      lookups.push_back({.group = *this, .answer = answers.back()});
    }
  }

  const absl::Duration started = SteadyNow();
  const Waiter waiter;
  std::vector<DnsAnswer> answers;
  std::vector<Lookup> lookups;
  std::size_t unanswered;
};

void CaresDnsClient::Lookup::Tried(DnsAnswer next) {
  next.tcp = by_tcp;
  // A truncated reply is never used, also when TCP brings none (spec 2.3 item 4).
  if (by_tcp && next.problem.kind == v1::Problem::DNS_TIMEOUT) {
    next.problem.kind = v1::Problem::DNS_TRUNCATED;
    next.problem.detail = absl::StrCat("truncated by UDP, and by TCP ", next.problem.detail);
  }
  tries_differed = tries_differed || (tries > 0 && !next.FailedLike(answer));
  answer = std::move(next);
  by_tcp = false;
  ++tries;
}

void CaresDnsClient::Lookup::Tell(absl::Duration elapsed) {
  answer.tries = tries;
  answer.tries_differed = tries_differed && answer.lookup_failed();
  answer.elapsed = elapsed;
  if (answer.lookup_failed()) {
    answer.problem.detail = absl::StrCat("query ", RecordTypeName(answer.question.type), " ",
                                         answer.question.name.text(), ": ", answer.problem.detail,
                                         " after ", tries, tries == 1 ? " try" : " tries");
  }
}

absl::StatusOr<std::unique_ptr<CaresDnsClient>> CaresDnsClient::Create(asio::io_context& loop,
                                                                       Options options) {
  auto client = std::unique_ptr<CaresDnsClient>(new CaresDnsClient(loop, std::move(options)));
  MPIC_RETURN_IF_ERROR(client->Renew(client->udp_));
  MPIC_RETURN_IF_ERROR(client->Renew(client->tcp_));
  return client;
}

CaresDnsClient::~CaresDnsClient() {
  // Those in a channel are told by it.
  for (const LookupPtr& lookup : to_send_) lookup->group.waiter->Abort();
}

absl::Status CaresDnsClient::Renew(Line& line) {
  MPIC_ASSIGN_OR_RETURN(auto channel, CaresChannel::Create(loop_, {.resolver = options_.resolver,
                                                                   .transport = line.transport,
                                                                   .timeout = options_.timeout}));
  std::erase_if(leaving_, [](const auto& left) { return left->idle(); });
  if (line.channel) leaving_.push_back(std::move(line.channel));
  line.channel = std::move(channel);
  line.queries = 0;
  return absl::OkStatus();
}

asio::awaitable<std::vector<DnsAnswer>> CaresDnsClient::Ask(std::vector<DnsQuestion> questions) {
  return AwaitCallback<std::vector<DnsAnswer>>(
      loop_, [this, questions = std::move(questions)](Waiter waiter) mutable {
        const auto group = std::make_shared<Group>(std::move(questions), std::move(waiter));
        for (Lookup& lookup : group->lookups) Send(LookupPtr(group, &lookup));
      });
}

CaresDnsClient::Line& CaresDnsClient::LineOf(const Lookup& lookup) {
  return lookup.by_tcp ? tcp_ : udp_;
}

void CaresDnsClient::Send(const LookupPtr& lookup) {
  Line& line = LineOf(*lookup);
  if (line.queries >= kQueriesPerChannel) {
    const absl::Status renewed = Renew(line);
    // Rather an old port than no answer; the next query tries again.
    if (!renewed.ok()) Log(LogLevel::kWarning, "dns channel", {{"reason", renewed.message()}});
  }
  ++line.queries;
  lookup->channel = line.channel.get();
  lookup->id = options_.random_id();
  line.channel->Send(EncodeDnsQuery(lookup->answer.question, lookup->id),
                     [this, lookup](const RawDnsReply& raw) { TakeReply(lookup, raw); });
}

void CaresDnsClient::SendSoon(LookupPtr lookup) {
  to_send_.push_back(std::move(lookup));
  if (to_send_.size() > 1) return;
  asio::post(loop_, [this, alive = std::weak_ptr<bool>(alive_)] {
    if (alive.expired()) return;
    for (const LookupPtr& next : std::exchange(to_send_, {})) {
      if (!next->group.waiter->abandoned()) Send(next);
    }
  });
}

void CaresDnsClient::TakeReply(const LookupPtr& lookup, const RawDnsReply& raw) {
  Group& group = lookup->group;
  // The client is about to be gone.
  if (raw.ares_status == ARES_EDESTRUCTION) return group.waiter->Abort();
  Line& line = LineOf(*lookup);
  if (raw.ares_status != ARES_SUCCESS && lookup->channel == line.channel.get()) {
    line.queries = kQueriesPerChannel;  // it may be dead
  }
  if (group.waiter->abandoned()) return;
  DnsAnswer answer = Read(*lookup, raw);
  if (!lookup->by_tcp && answer.problem.kind == v1::Problem::DNS_TRUNCATED) {
    lookup->by_tcp = true;
    return SendSoon(lookup);
  }
  lookup->Tried(std::move(answer));
  if (WorthAnotherTry(lookup->answer) && lookup->tries < options_.tries_max) {
    return SendSoon(lookup);
  }
  lookup->Tell(SteadyNow() - group.started);
  if (--group.unanswered == 0) (*group.waiter)(std::move(group.answers));
}

DnsAnswer CaresDnsClient::Read(const Lookup& lookup, const RawDnsReply& raw) const {
  const DnsQuestion& question = lookup.answer.question;
  if (raw.ares_status != ARES_SUCCESS) {
    return InterpretReply(question, NoReply(raw.ares_status), options_.resolver_validates);
  }
  OrProblem<DnsReply> reply = ParseDnsReply(raw.message, question, lookup.id, options_.bounds);
  if (!lookup.by_tcp && CutShort(raw, reply)) reply = DnsReply{.truncated = true};
  return InterpretReply(question, std::move(reply), options_.resolver_validates);
}

}  // namespace mpic::perspective
