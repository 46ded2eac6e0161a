// An HttpFetcher without a network: answers what a test registered and fails the test on every
// other request.
#ifndef MPIC_TESTS_SUPPORT_FAKE_HTTP_FETCHER_H_
#define MPIC_TESTS_SUPPORT_FAKE_HTTP_FETCHER_H_

#include <gtest/gtest.h>

#include <boost/asio/awaitable.hpp>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "perspective/net/http_fetcher.h"
#include "perspective/net/http_request_head.h"

namespace mpic::testing {

using perspective::HttpReply;
using perspective::HttpRequest;

class FakeHttpFetcher final : public perspective::HttpFetcher {
 public:
  // Answers every GET of `url` at `address` with `reply`; a body over the request's limit becomes
  // BODY_TOO_LARGE, as from any fetcher.
  void Reply(const std::string& url, const std::string& address, HttpReply reply) {
    replies_.insert_or_assign(absl::StrCat(url, " @", address), std::move(reply));
  }

  boost::asio::awaitable<HttpReply> Get(HttpRequest request) override {
    const std::string asked = absl::StrCat(request.url.text(), " @", request.address.text());
    requests_.push_back(asked);
    HttpReply reply;
    if (const auto found = replies_.find(asked); found != replies_.end()) {
      reply = found->second;
    } else {
      ADD_FAILURE() << "unexpected HTTP request: " << asked;
      reply.problem = {v1::Problem::INTERNAL_ERROR, "unexpected request " + asked};
    }
    if (reply.body.size() > request.body_octets_max) {
      reply.body.clear();
      reply.problem = {v1::Problem::BODY_TOO_LARGE, "over the limit by the test"};
    }
    co_return reply;
  }

  std::string RequestHead(const perspective::Url& url) const override {
    return perspective::RequestHead(url, "mpic-test-user-agent/1");
  }

  // Every request in order, as "http://shop.example.com/ @192.0.2.10".
  const std::vector<std::string>& requests() const { return requests_; }

 private:
  std::map<std::string, HttpReply> replies_;
  std::vector<std::string> requests_;
};

// -- Replies ----------------------------------------------------------------------------------

inline HttpReply Response(unsigned status, std::string body = {}) {
  HttpReply reply;
  reply.connected = true;
  reply.status = status;
  reply.body = std::move(body);
  return reply;
}

inline HttpReply Redirect(unsigned status, std::string location) {
  HttpReply reply = Response(status);
  reply.locations = {std::move(location)};
  return reply;
}

// No connection came about: CONN_REFUSED, CONN_TIMEOUT, CONN_UNREACHABLE.
inline HttpReply NoConnection(perspective::ProblemKind kind) {
  HttpReply reply;
  reply.problem = {kind, absl::StrCat(v1::Problem::Kind_Name(kind), " by the test")};
  return reply;
}

// The connection was there, and then something broke.
inline HttpReply BrokenConnection(perspective::ProblemKind kind) {
  HttpReply reply = NoConnection(kind);
  reply.connected = true;
  return reply;
}

}  // namespace mpic::testing

#endif  // MPIC_TESTS_SUPPORT_FAKE_HTTP_FETCHER_H_
