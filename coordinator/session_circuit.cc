#include "coordinator/session_circuit.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/log.h"

namespace mpic::coordinator {

SessionCircuit::SessionCircuit(boost::asio::io_context& loop, Options options,
                               std::string perspective_id, Metrics& metrics,
                               std::function<void()> on_change)
    : options_(std::move(options)),
      perspective_id_(std::move(perspective_id)),
      metrics_(metrics),
      on_change_(std::move(on_change)),
      circuit_(options_.circuit),
      timer_(loop) {}

void SessionCircuit::Succeed() {
  circuit_.Succeed();
  if (reason_.empty()) return;
  reason_.clear();
  timer_.cancel();
  metrics_.CountCircuit(perspective_id_, /*opened=*/false);
  Log(LogLevel::kInfo, "circuit closed", {{"perspective_id", perspective_id_}});
  on_change_();
}

void SessionCircuit::Stop() {
  timer_.cancel();
  if (reason_.empty()) return;
  reason_.clear();
  metrics_.CountCircuit(perspective_id_, /*opened=*/false);
}

void SessionCircuit::Fail(std::uint64_t number, absl::string_view why) {
  const absl::Duration now = options_.now();
  const bool was_open = circuit_.IsOpen(now);
  circuit_.Fail(number, now);
  if (was_open || !circuit_.IsOpen(now)) return;
  if (reason_.empty()) metrics_.CountCircuit(perspective_id_, /*opened=*/true);
  reason_ = absl::StrCat("circuit open since ",
                         absl::FormatTime(absl::RFC3339_sec, absl::Now(), absl::UTCTimeZone()),
                         ": ", why);
  Log(LogLevel::kWarning, "circuit open",
      {{"perspective_id", perspective_id_},
       {"for_ms", absl::ToInt64Milliseconds(circuit_.open_for())},
       {"reason", why}});
  on_change_();
  timer_.expires_after(absl::ToChronoNanoseconds(circuit_.open_for()));
  timer_.async_wait([this](boost::system::error_code error) {
    if (!error) on_change_();
  });
}

}  // namespace mpic::coordinator
