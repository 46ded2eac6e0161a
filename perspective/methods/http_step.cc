#include "perspective/methods/http_step.h"

#include <utility>

#include "absl/strings/escaping.h"
#include "common/proto_time.h"
#include "common/steady_time.h"
#include "perspective/rules/redirect.h"

namespace mpic::perspective {
namespace {

// A result goes over a stream that others share: no zone and no server may make it large
// (protos/mpic/v1/check.proto).
constexpr int kResolvedAddressesMax = 32;
constexpr std::size_t kLocationOctetsMax = 2048;

}  // namespace

HttpStepRecord::HttpStepRecord(const Url& url, std::vector<IpAddress> resolved, CheckRun& run)
    : url_(url), resolved_(std::move(resolved)), run_(run), started_(SteadyNow()) {}

void HttpStepRecord::Start() { started_ = SteadyNow(); }

void HttpStepRecord::Add(std::optional<IpAddress> address, const HttpReply& reply) {
  v1::HttpStep& step = *run_.result.add_steps()->mutable_http();
  step.set_url(url_.text());
  for (const IpAddress& resolved : resolved_) {
    if (step.resolved_addresses_size() == kResolvedAddressesMax) break;
    step.add_resolved_addresses(resolved.text());
  }
  if (address) step.set_used_address(address->text());
  step.set_port(url_.port);
  step.set_status(reply.status);
  if (IsRedirect(reply.status) && !reply.locations.empty()) {
    step.set_location(absl::CHexEscape(reply.locations.front()).substr(0, kLocationOctetsMax));
  }
  step.set_tls_version(reply.tls_version);
  *step.mutable_elapsed() = ToProtoDuration(SteadyNow() - started_);
  if (reply.failed()) {
    step.mutable_problem()->set_kind(reply.problem.kind);
    step.mutable_problem()->set_detail(reply.problem.detail);
  }
}

}  // namespace mpic::perspective
