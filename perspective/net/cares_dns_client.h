// DnsClient over c-ares.
#ifndef MPIC_PERSPECTIVE_NET_CARES_DNS_CLIENT_H_
#define MPIC_PERSPECTIVE_NET_CARES_DNS_CLIENT_H_

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/ip_address.h"
#include "perspective/net/cares_channel.h"
#include "perspective/net/dns_client.h"
#include "perspective/net/dns_message.h"

namespace mpic::perspective {

// Asks one resolver by UDP, and by TCP when the reply is truncated. A lookup error is tried again,
// at once, up to `tries_max` times in all; a DNSSEC failure is not, because a validator remembers
// it. c-ares cannot cancel single queries: one whose asker was cancelled stays under way until it
// ends, and is not tried again. Destruction cancels whoever is not answered yet; whoever is must
// not ask again.
class CaresDnsClient final : public DnsClient {
 public:
  struct Options {
    IpEndpoint resolver;
    bool resolver_validates = false;
    absl::Duration timeout;  // of one try on one transport
    unsigned tries_max = 1;
    DnsReplyBounds bounds;
    std::function<std::uint16_t()> random_id;
  };

  // INVALID_ARGUMENT or INTERNAL when c-ares refuses the resolver or cannot start.
  static absl::StatusOr<std::unique_ptr<CaresDnsClient>> Create(boost::asio::io_context& loop,
                                                                Options options);
  ~CaresDnsClient() override;

  boost::asio::awaitable<std::vector<DnsAnswer>> Ask(std::vector<DnsQuestion> questions) override;

 private:
  // The way to the resolver by one transport. A channel keeps its socket while it is busy, so it is
  // changed for another after some queries: under load the source port must not stand still
  // (RFC 5452 section 4.5), nor a dead connection stay. The old one lives as long as its queries.
  struct Line {
    CaresChannel::Transport transport;
    std::unique_ptr<CaresChannel> channel;
    unsigned queries = 0;
  };
  // Questions that were asked together.
  struct Group;
  // How far one of them has come.
  struct Lookup;
  // Keeps its whole group.
  using LookupPtr = std::shared_ptr<Lookup>;

  CaresDnsClient(boost::asio::io_context& loop, Options options)
      : loop_(loop), options_(std::move(options)) {}
  absl::Status Renew(Line& line);
  void Send(const LookupPtr& lookup);
  // The same from the loop, for whoever is called by c-ares: a query may need another channel.
  void SendSoon(LookupPtr lookup);
  void TakeReply(const LookupPtr& lookup, const RawDnsReply& raw);
  DnsAnswer Read(const Lookup& lookup, const RawDnsReply& raw) const;
  Line& LineOf(const Lookup& lookup);

  boost::asio::io_context& loop_;
  Options options_;
  std::vector<LookupPtr> to_send_;                      // by SendSoon
  std::vector<std::unique_ptr<CaresChannel>> leaving_;  // changed for another, not yet idle
  Line udp_{.transport = CaresChannel::Transport::kUdp, .channel = nullptr};
  Line tcp_{.transport = CaresChannel::Transport::kTcp, .channel = nullptr};
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);  // gone: this is gone
};

}  // namespace mpic::perspective

#endif  // MPIC_PERSPECTIVE_NET_CARES_DNS_CLIENT_H_
