#include "perspective/methods/tls_step.h"

#include "absl/strings/escaping.h"
#include "common/proto_time.h"

namespace mpic::perspective {

void AddTlsStep(const TlsProbe& probe, const TlsProbeReply& reply, absl::Duration elapsed,
                v1::CheckResult& result) {
  v1::TlsStep& step = *result.add_steps()->mutable_tls();
  step.set_address(probe.address.text());
  step.set_port(probe.port);
  step.set_server_name(probe.server_name.text());
  step.set_tls_version(reply.tls_version);
  step.set_selected_alpn(absl::CHexEscape(reply.selected_alpn));
  *step.mutable_elapsed() = ToProtoDuration(elapsed);
  if (reply.failed()) {
    step.mutable_problem()->set_kind(reply.problem.kind);
    step.mutable_problem()->set_detail(reply.problem.detail);
  }
}

}  // namespace mpic::perspective
