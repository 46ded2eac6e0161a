// The perspective's sense of DNS: questions to its one resolver, an answer each.
#ifndef MPIC_PERSPECTIVE_NET_DNS_CLIENT_H_
#define MPIC_PERSPECTIVE_NET_DNS_CLIENT_H_

#include <boost/asio/awaitable.hpp>
#include <utility>
#include <vector>

#include "perspective/net/dns_answer.h"

namespace mpic::perspective {

// Lives on one loop and is used only there. Implementations are bounded in time by themselves
// (timeout times tries) and honour cancellation of the awaiting coroutine at once by throwing
// boost::system::system_error with operation_aborted, the way of every Asio operation.
class DnsClient {
 public:
  virtual ~DnsClient() = default;
  // Asks all of `questions`, of which there is at least one, at once, and waits for the last
  // answer. The answers are in the order of the questions.
  virtual boost::asio::awaitable<std::vector<DnsAnswer>> Ask(
      std::vector<DnsQuestion> questions) = 0;

  // Asks one question.
  boost::asio::awaitable<DnsAnswer> Query(DnsQuestion question) {
    std::vector<DnsQuestion> questions;
    questions.push_back(std::move(question));
    std::vector<DnsAnswer> answers = co_await Ask(std::move(questions));
    co_return std::move(answers.front());
  }
};

}  // namespace mpic::perspective

#endif  // MPIC_PERSPECTIVE_NET_DNS_CLIENT_H_
