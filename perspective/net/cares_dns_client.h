// DnsClient over c-ares.
#ifndef MPIC_PERSPECTIVE_NET_CARES_DNS_CLIENT_H_
#define MPIC_PERSPECTIVE_NET_CARES_DNS_CLIENT_H_

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <cstdint>
#include <functional>
#include <memory>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/ip_address.h"
#include "perspective/net/cares_channel.h"
#include "perspective/net/dns_client.h"
#include "perspective/net/dns_message.h"

namespace mpic::perspective {

// Asks one resolver by UDP, and by TCP when the reply is truncated. A lookup error is tried again,
// at once, up to `tries_max` times in all; a DNSSEC failure is not, because a validator remembers
// it. Destruction cancels the queries under way.
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

  boost::asio::awaitable<DnsAnswer> Query(DnsQuestion question) override;

 private:
  explicit CaresDnsClient(Options options) : options_(std::move(options)) {}
  // One try: UDP, then TCP if it must be.
  boost::asio::awaitable<DnsAnswer> TryOnce(const DnsQuestion& question);
  boost::asio::awaitable<DnsAnswer> Exchange(CaresChannel& channel, const DnsQuestion& question);

  Options options_;
  std::unique_ptr<CaresChannel> udp_;
  std::unique_ptr<CaresChannel> tcp_;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);  // gone: this is gone
};

}  // namespace mpic::perspective

#endif  // MPIC_PERSPECTIVE_NET_CARES_DNS_CLIENT_H_
