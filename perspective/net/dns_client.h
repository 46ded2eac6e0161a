// The perspective's sense of DNS: one question to its one resolver, one answer.
#ifndef MPIC_PERSPECTIVE_NET_DNS_CLIENT_H_
#define MPIC_PERSPECTIVE_NET_DNS_CLIENT_H_

#include <boost/asio/awaitable.hpp>

#include "perspective/net/dns_answer.h"

namespace mpic::perspective {

// Lives on one loop and is used only there. Implementations are bounded in time by themselves
// (timeout times tries) and honour cancellation of the awaiting coroutine at once by throwing
// boost::system::system_error with operation_aborted, the way of every Asio operation.
class DnsClient {
 public:
  virtual ~DnsClient() = default;
  virtual boost::asio::awaitable<DnsAnswer> Query(DnsQuestion question) = 0;
};

}  // namespace mpic::perspective

#endif  // MPIC_PERSPECTIVE_NET_DNS_CLIENT_H_
