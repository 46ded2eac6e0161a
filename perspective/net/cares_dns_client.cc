#include "perspective/net/cares_dns_client.h"

#include <boost/asio/error.hpp>
#include <boost/system/system_error.hpp>
#include <utility>

#include "absl/strings/str_cat.h"
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

}  // namespace

absl::StatusOr<std::unique_ptr<CaresDnsClient>> CaresDnsClient::Create(asio::io_context& loop,
                                                                       Options options) {
  auto client = std::unique_ptr<CaresDnsClient>(new CaresDnsClient(loop, std::move(options)));
  MPIC_RETURN_IF_ERROR(client->Renew(client->udp_));
  MPIC_RETURN_IF_ERROR(client->Renew(client->tcp_));
  return client;
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

asio::awaitable<DnsAnswer> CaresDnsClient::Query(DnsQuestion question) {
  const absl::Duration started = SteadyNow();
  DnsAnswer answer{.question = question};
  unsigned tries = 0;
  bool differed = false;
  do {
    DnsAnswer next = co_await TryOnce(question);
    differed = differed || (tries > 0 && !next.FailedLike(answer));
    answer = std::move(next);
    ++tries;
  } while (WorthAnotherTry(answer) && tries < options_.tries_max);
  answer.tries = tries;
  answer.tries_differed = differed && answer.lookup_failed();
  answer.elapsed = SteadyNow() - started;
  if (answer.lookup_failed()) {
    answer.problem.detail =
        absl::StrCat("query ", RecordTypeName(question.type), " ", question.name.text(), ": ",
                     answer.problem.detail, " after ", tries, tries == 1 ? " try" : " tries");
  }
  co_return answer;
}

asio::awaitable<DnsAnswer> CaresDnsClient::TryOnce(const DnsQuestion& question) {
  DnsAnswer answer = co_await Exchange(udp_, question);
  if (answer.problem.kind != v1::Problem::DNS_TRUNCATED) co_return answer;
  DnsAnswer whole = co_await Exchange(tcp_, question);
  whole.tcp = true;
  // A truncated reply is never used, also when TCP brings none (spec 2.3 item 4).
  if (whole.problem.kind == v1::Problem::DNS_TIMEOUT) {
    whole.problem.kind = v1::Problem::DNS_TRUNCATED;
    whole.problem.detail = absl::StrCat("truncated by UDP, and by TCP ", whole.problem.detail);
  }
  co_return whole;
}

asio::awaitable<DnsAnswer> CaresDnsClient::Exchange(Line& line, const DnsQuestion& question) {
  if (line.queries >= kQueriesPerChannel) {
    const absl::Status renewed = Renew(line);
    // Rather an old port than no answer; the next query tries again.
    if (!renewed.ok()) Log(LogLevel::kWarning, "dns channel", {{"reason", renewed.message()}});
  }
  ++line.queries;
  const CaresChannel* const channel = line.channel.get();
  const std::uint16_t id = options_.random_id();
  const std::weak_ptr<bool> alive = alive_;
  const RawDnsReply raw = co_await line.channel->Send(EncodeDnsQuery(question, id));
  // The reply may have been on its way through the loop when the client was destroyed.
  if (alive.expired()) throw boost::system::system_error(asio::error::operation_aborted);
  if (raw.ares_status != ARES_SUCCESS) {
    if (channel == line.channel.get()) line.queries = kQueriesPerChannel;  // it may be dead
    co_return InterpretReply(question, NoReply(raw.ares_status), options_.resolver_validates);
  }
  OrProblem<DnsReply> reply = ParseDnsReply(raw.message, question, id, options_.bounds);
  if (&line == &udp_ && CutShort(raw, reply)) reply = DnsReply{.truncated = true};
  co_return InterpretReply(question, std::move(reply), options_.resolver_validates);
}

}  // namespace mpic::perspective
