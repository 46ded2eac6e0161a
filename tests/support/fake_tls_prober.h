// A TlsProber without a network: answers what a test registered and fails the test on every other
// probe.
#ifndef MPIC_TESTS_SUPPORT_FAKE_TLS_PROBER_H_
#define MPIC_TESTS_SUPPORT_FAKE_TLS_PROBER_H_

#include <gtest/gtest.h>

#include <boost/asio/awaitable.hpp>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "perspective/net/tls_prober.h"

namespace mpic::testing {

using perspective::TlsProbe;
using perspective::TlsProbeReply;

class FakeTlsProber final : public perspective::TlsProber {
 public:
  // Answers every probe of `address` with `reply`.
  void Reply(const std::string& address, TlsProbeReply reply) {
    replies_.insert_or_assign(address, std::move(reply));
  }

  boost::asio::awaitable<TlsProbeReply> Probe(TlsProbe probe) override {
    probes_.push_back(absl::StrCat(probe.alpn, " ", probe.server_name.text(), " @",
                                   probe.address.url_host(), ":", probe.port));
    if (const auto found = replies_.find(probe.address.text()); found != replies_.end()) {
      co_return found->second;
    }
    ADD_FAILURE() << "unexpected TLS probe: " << probes_.back();
    TlsProbeReply reply;
    reply.problem = {v1::Problem::INTERNAL_ERROR, "unexpected probe " + probes_.back()};
    co_return reply;
  }

  // Every probe in order, as "acme-tls/1 shop.example.com @192.0.2.10:443".
  const std::vector<std::string>& probes() const { return probes_; }

 private:
  std::map<std::string, TlsProbeReply> replies_;
  std::vector<std::string> probes_;
};

// -- Replies ----------------------------------------------------------------------------------

inline TlsProbeReply Handshake(std::string leaf_der, std::string selected_alpn = "acme-tls/1") {
  TlsProbeReply reply;
  reply.connected = true;
  reply.tls_version = "TLSv1.3";
  reply.selected_alpn = std::move(selected_alpn);
  reply.leaf_der = std::move(leaf_der);
  return reply;
}

// The connection was there; the handshake ended in `kind`, after `leaf_der` if there is one.
inline TlsProbeReply BrokenHandshake(perspective::ProblemKind kind, std::string leaf_der = {}) {
  TlsProbeReply reply;
  reply.connected = true;
  reply.leaf_der = std::move(leaf_der);
  reply.problem = {kind, absl::StrCat(v1::Problem::Kind_Name(kind), " by the test")};
  return reply;
}

// No connection came about: CONN_REFUSED, CONN_TIMEOUT, CONN_UNREACHABLE.
inline TlsProbeReply NoTlsConnection(perspective::ProblemKind kind) {
  TlsProbeReply reply = BrokenHandshake(kind);
  reply.connected = false;
  return reply;
}

}  // namespace mpic::testing

#endif  // MPIC_TESTS_SUPPORT_FAKE_TLS_PROBER_H_
