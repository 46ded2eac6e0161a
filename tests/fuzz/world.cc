#include "tests/fuzz/world.h"

#include <boost/asio/awaitable.hpp>
#include <utility>

#include "common/proto_time.h"
#include "perspective/checker.h"
#include "perspective/net/http_request_head.h"
#include "tests/fuzz/fuzz_target.h"
#include "tests/fuzz/sound_result.h"
#include "tests/support/rdata.h"
#include "tests/support/run_awaitable.h"

namespace mpic::fuzz {
namespace {

using boost::asio::awaitable;
using perspective::DnsAnswer;
using perspective::DnsQuestion;
using perspective::HttpReply;
using perspective::HttpRequest;
using perspective::Problem;
using perspective::RecordType;
using perspective::TlsProbe;
using perspective::TlsProbeReply;

constexpr absl::string_view kHostOctets("\xC0\x00\x02\x0A", 4);

const IpAddress& Host() {
  static const auto& host = *new IpAddress(IpAddress::Parse("192.0.2.10").value());
  return host;
}

// The guard of operation, but for the one address that names lead to.
bool MayConnect(const IpAddress& address) {
  return address == Host() || !ReservedBlock(address).has_value();
}

// No check leads there: what lies below a method's label is a host name.
DomainName UncachedName() { return DomainName::ParseDns("0f._probe.example").value(); }

class FixedClock final : public Clock {
 public:
  absl::Time Now() const override { return kNow; }
};

class WorldDns final : public perspective::DnsClient {
 public:
  explicit WorldDns(World& world) : world_(world) {}

  awaitable<std::vector<DnsAnswer>> Ask(std::vector<DnsQuestion> questions) override {
    std::vector<DnsAnswer> answers;
    for (const DnsQuestion& question : questions) answers.push_back(AnswerTo(question));
    co_return answers;
  }

 private:
  DnsAnswer AnswerTo(const DnsQuestion& question) {
    Require(question.name.labels().back() != "onion",
            "Onion Domain Names are never looked up in DNS");
    DnsAnswer answer{.question = question, .dnssec = v1::NOT_CHECKED, .tries = 2};
    if (question.type == RecordType::kDs && world_.delegations_insecure) {
      answer.dnssec = v1::INSECURE;
    } else if (question.name == UncachedName() && world_.delegations_insecure) {
      answer.rdata = {testing::TxtRdata({"here"})};
    } else if (world_.answers) {
      answer.rdata = Records(question.type);
      answer.min_ttl_seconds = answer.rdata.empty() ? 0 : 300;
    } else {
      answer.rcode = 2;
      answer.problem = {v1::Problem::DNS_SERVFAIL, "nobody answers"};
    }
    return answer;
  }

  std::vector<std::string> Records(RecordType type) {
    switch (type) {
      case RecordType::kA:
        return {std::string(kHostOctets)};
      case RecordType::kCname:
        return world_.hops.empty() ? world_.cname : NextHop();
      case RecordType::kPtr:
        return world_.ptr;
      case RecordType::kTxt:
        return world_.txt;
      case RecordType::kCaa:
        return world_.caa;
      case RecordType::kAaaa:
      case RecordType::kDs:
        break;
    }
    return {};
  }

  std::vector<std::string> NextHop() {
    std::vector<std::string> next = {world_.hops.front()};
    world_.hops.erase(world_.hops.begin());
    return next;
  }

  World& world_;
};

class WorldHttp final : public perspective::HttpFetcher {
 public:
  explicit WorldHttp(const World& world) : world_(world) {}

  awaitable<HttpReply> Get(HttpRequest request) override {
    Require(MayConnect(request.address), "nobody connects to a reserved address");
    HttpReply reply;
    reply.connected = world_.answers;
    if (!world_.answers) {
      reply.problem = {v1::Problem::CONN_TIMEOUT, "nobody answers"};
    } else if (!world_.location.empty()) {
      reply.status = 302;
      reply.locations = {world_.location};
    } else if (world_.body.size() > request.body_octets_max) {
      reply.problem = {v1::Problem::BODY_TOO_LARGE, "over the limit"};
    } else {
      reply.status = world_.body.empty() ? 404 : 200;
      reply.body = world_.body;
    }
    co_return reply;
  }

  std::string RequestHead(const perspective::Url& url) const override {
    return perspective::RequestHead(url, "mpic-fuzz-user-agent/1");
  }

 private:
  const World& world_;
};

class WorldTls final : public perspective::TlsProber {
 public:
  explicit WorldTls(const World& world) : world_(world) {}

  awaitable<TlsProbeReply> Probe(TlsProbe probe) override {
    Require(MayConnect(probe.address), "nobody connects to a reserved address");
    TlsProbeReply reply;
    reply.connected = world_.answers;
    if (world_.answers) {
      reply.tls_version = "TLSv1.3";
      reply.selected_alpn = probe.alpn;
      reply.leaf_der = world_.certificate;
    } else {
      reply.problem = {v1::Problem::CONN_TIMEOUT, "nobody answers"};
    }
    co_return reply;
  }

 private:
  const World& world_;
};

const v1::PerspectiveIdentity& Identity() {
  static const auto& identity = *[] {
    auto* made = new v1::PerspectiveIdentity;
    made->set_perspective_id("fuzz-1");
    return made;
  }();
  return identity;
}

// A time that may be given becomes the longest: nothing here rests on the speed of the machine.
v1::Check WithoutHurry(v1::Check check, const perspective::Limits& limits) {
  const absl::Duration budget = FromProtoDuration(check.time_budget());
  if (budget >= limits.time_budget_min && budget <= limits.time_budget_max) {
    *check.mutable_time_budget() = ToProtoDuration(limits.time_budget_max);
  }
  return check;
}

}  // namespace

v1::CheckResult RunCheck(const v1::Check& check, World world) {
  WorldDns dns(world);
  WorldHttp http(world);
  WorldTls tls(world);
  const FixedClock clock;
  const perspective::Limits limits;
  perspective::Checker checker(Identity(), {.dns = dns,
                                            .http = http,
                                            .tls = tls,
                                            .clock = clock,
                                            .limits = limits,
                                            .may_connect = MayConnect,
                                            .uncached_name = UncachedName});
  const perspective::AnswerPtr answer =
      testing::RunAwaitable(checker.Run(WithoutHurry(check, limits)));
  v1::CheckResult result = answer->result();
  Require(result.perspective().SerializeAsString() == Identity().SerializeAsString(),
          "a result names its perspective");
  RequireSoundResult(check, result);
  return result;
}

}  // namespace mpic::fuzz
