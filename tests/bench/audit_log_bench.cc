// Records a second of the audit log on a real disk, by how many callers wait at the same time; one
// caller alone is one sync a record.
//   mpic_audit_log_bench DIRECTORY [RECORD_OCTETS]
#include <atomic>
#include <cstdio>
#include <filesystem>
#include <string>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/blocking_counter.h"
#include "absl/time/clock.h"
#include "common/io_loops.h"
#include "common/loop_task.h"
#include "coordinator/audit/chain_line.h"
#include "coordinator/audit/chained_audit_log.h"

namespace mpic::coordinator {
namespace {

constexpr absl::Duration kRun = absl::Seconds(3);

// Its task has to have a value.
boost::asio::awaitable<absl::StatusOr<bool>> Caller(ChainedAuditLog& log, std::string body,
                                                    absl::Time end,
                                                    std::atomic<std::uint64_t>& done) {
  while (absl::Now() < end) {
    const auto reference = co_await log.Append(body);
    if (!reference.ok()) co_return reference.status();
    ++done;
  }
  co_return true;
}

bool Measure(const std::string& directory, int callers, const std::string& body) {
  std::filesystem::remove_all(directory);
  const SystemClock clock;
  prometheus::Registry registry;
  AuditMetrics metrics(registry);
  auto log = ChainedAuditLog::Open({.settings = {.directory = directory}}, clock, metrics);
  if (!log.ok()) {
    std::fprintf(stderr, "%s\n", log.status().ToString().c_str());
    return false;
  }
  IoLoops loops(2);
  std::atomic<std::uint64_t> done = 0;
  std::atomic<bool> failed = false;
  absl::BlockingCounter running(callers);
  const absl::Time end = absl::Now() + kRun;
  for (int i = 0; i < callers; ++i) {
    LoopTask::Start(loops.loop(static_cast<std::size_t>(i) % loops.size()),
                    Caller(**log, body, end, done), [&](const absl::StatusOr<bool>& ended) {
                      if (!ended.ok()) {
                        std::fprintf(stderr, "%s\n", ended.status().ToString().c_str());
                        failed = true;
                      }
                      running.DecrementCount();
                    });
  }
  running.Wait();
  const prometheus::ClientMetric::Histogram batches = metrics.batch_records.Collect().histogram;
  std::printf("%5d callers  %8.0f records/s  %6.0f syncs/s\n", callers,
              static_cast<double>(done) / absl::ToDoubleSeconds(kRun),
              static_cast<double>(batches.sample_count) / absl::ToDoubleSeconds(kRun));
  (*log)->Close();
  loops.Stop();
  std::filesystem::remove_all(directory);
  return !failed;
}

int Run(int argc, char** argv) {
  std::size_t octets = 10'000;
  if (argc < 2 || (argc > 2 && !absl::SimpleAtoi(argv[2], &octets))) {
    std::fprintf(stderr, "usage: mpic_audit_log_bench DIRECTORY [RECORD_OCTETS]\n");
    return 2;
  }
  v1::AuditRecord record;
  record.set_identifier(std::string(octets, 'x'));
  const absl::StatusOr<std::string> body = EncodeBody(record.SerializeAsString());
  if (!body.ok()) return 1;
  for (const int callers : {1, 10, 100, 1000}) {
    if (!Measure(absl::StrCat(argv[1], "/audit"), callers, *body)) return 1;
  }
  return 0;
}

}  // namespace
}  // namespace mpic::coordinator

int main(int argc, char** argv) { return mpic::coordinator::Run(argc, argv); }
