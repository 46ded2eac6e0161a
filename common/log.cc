#include "common/log.h"

#include <spdlog/sinks/base_sink.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <memory>
#include <mutex>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "common/json_string.h"

namespace mpic {
namespace {

// Hands each line to a function, under the sink's lock.
class FunctionSink final : public spdlog::sinks::base_sink<std::mutex> {
 public:
  explicit FunctionSink(LogSink sink) : sink_(std::move(sink)) {}

 private:
  void sink_it_(const spdlog::details::log_msg& message) override {
    sink_(absl::string_view(message.payload.data(), message.payload.size()));
  }
  void flush_() override {}

  LogSink sink_;
};

struct Output {
  std::string program;
  bool journal = false;
  std::shared_ptr<spdlog::logger> logger;
};

// systemd.exec(5): the variable names device and inode of the journal's socket, and a child with
// another stderr inherits it.
bool StderrIsJournal() {
  const char* journal = std::getenv("JOURNAL_STREAM");
  struct stat file{};
  return journal != nullptr && ::fstat(STDERR_FILENO, &file) == 0 &&
         absl::StrCat(file.st_dev, ":", file.st_ino) == journal;
}

std::shared_ptr<const Output> MakeOutput(absl::string_view program, spdlog::sink_ptr sink,
                                         bool journal) {
  auto output = std::make_shared<Output>();
  output->program = std::string(program);
  output->journal = journal;
  output->logger = std::make_shared<spdlog::logger>(output->program, std::move(sink));
  output->logger->set_pattern("%v");
  output->logger->set_level(spdlog::level::trace);
  return output;
}

std::shared_ptr<const Output> MakeStderrOutput(absl::string_view program) {
  return MakeOutput(program, std::make_shared<spdlog::sinks::stderr_sink_mt>(), StderrIsJournal());
}

// Replaced as a whole, so that a line under way keeps the output it began with.
class CurrentOutput {
 public:
  std::shared_ptr<const Output> Get() {
    const absl::ReaderMutexLock lock(&mutex_);
    return output_;
  }
  void Set(std::shared_ptr<const Output> output) {
    const absl::MutexLock lock(&mutex_);
    output_ = std::move(output);
  }

 private:
  absl::Mutex mutex_;
  std::shared_ptr<const Output> output_ ABSL_GUARDED_BY(mutex_) = MakeStderrOutput("mpic");
};

// Never destroyed: threads may log until the very end.
CurrentOutput& Current() {
  static auto* const current = new CurrentOutput;
  return *current;
}

std::atomic<LogLevel> least_level{LogLevel::kInfo};

struct LevelWords {
  absl::string_view name;
  absl::string_view journal_priority;  // sd-daemon(3)
  spdlog::level::level_enum spdlog_level;
};

LevelWords WordsOf(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug:
      return {"debug", "<7>", spdlog::level::debug};
    case LogLevel::kInfo:
      return {"info", "<6>", spdlog::level::info};
    case LogLevel::kWarning:
      return {"warning", "<4>", spdlog::level::warn};
    case LogLevel::kError:
      return {"error", "<3>", spdlog::level::err};
  }
  std::abort();
}

// Room for most lines.
constexpr std::size_t kLineOctets = 768;

struct AppendValue {
  std::string& line;

  void operator()(const std::string& value) const {
    AppendJsonString(value, kLogValueBytesMax, line);
  }
  void operator()(std::int64_t value) const { absl::StrAppend(&line, value); }
  void operator()(std::uint64_t value) const { absl::StrAppend(&line, value); }
  void operator()(bool value) const { line += value ? "true" : "false"; }
  void operator()(double value) const {
    if (!std::isfinite(value)) {
      line += "null";
      return;
    }
    char digits[32];
    const auto end = std::to_chars(digits, digits + sizeof digits, value);
    line.append(digits, end.ptr);
  }
};

// "2026-11-23T10:00:00.123Z". The calendar is asked once a second: under load it takes longer than
// the rest of the line. Nothing of it is ever destroyed: gRPC logs when other statics are gone.
void AppendTime(absl::Time time, std::string& line) {
  thread_local std::int64_t known_second = -1;
  thread_local std::array<char, sizeof "2026-11-23T10:00:00." - 1> text;
  constexpr std::int64_t kMillisecondsPerSecond = 1'000;
  const std::int64_t milliseconds = absl::ToUnixMillis(time);
  const std::int64_t second = milliseconds / kMillisecondsPerSecond;
  if (second != known_second) {
    const std::string known = absl::FormatTime("%E4Y-%m-%dT%H:%M:%S.", time, absl::UTCTimeZone());
    known.copy(text.data(), text.size());
    known_second = second;
  }
  absl::StrAppend(&line, absl::string_view(text.data(), text.size()),
                  absl::Dec(milliseconds % kMillisecondsPerSecond, absl::kZeroPad3), "Z");
}

void Write(LogLevel level, absl::string_view message, absl::Span<const LogField> fields) {
  if (!LogEnabled(level)) return;
  const std::shared_ptr<const Output> output = Current().Get();
  const LevelWords words = WordsOf(level);

  std::string line;
  line.reserve(kLineOctets);
  if (output->journal) absl::StrAppend(&line, words.journal_priority);
  line += "{\"time\":\"";
  AppendTime(absl::Now(), line);
  absl::StrAppend(&line, "\",\"level\":\"", words.name, "\",\"logger\":");
  AppendJsonString(output->program, kLogValueBytesMax, line);
  line += ",\"msg\":";
  AppendJsonString(message, kLogValueBytesMax, line);
  for (const LogField& field : fields) {
    line += ",\"";
    line.append(field.name.data(), field.name.size());  // a literal of ours
    line += "\":";
    std::visit(AppendValue{line}, field.value);
  }
  line += '}';
  output->logger->log(words.spdlog_level, spdlog::string_view_t(line.data(), line.size()));
}

}  // namespace

void InitLog(absl::string_view program, LogLevel level) {
  SetLogLevel(level);
  Current().Set(MakeStderrOutput(program));
}

void InitLog(absl::string_view program, LogLevel level, LogSink sink) {
  SetLogLevel(level);
  Current().Set(MakeOutput(program, std::make_shared<FunctionSink>(std::move(sink)), false));
}

void SetLogLevel(LogLevel level) { least_level = level; }

bool LogEnabled(LogLevel level) { return level >= least_level; }

void Log(LogLevel level, absl::string_view message, std::initializer_list<LogField> fields) {
  Write(level, message, absl::MakeConstSpan(fields.begin(), fields.size()));
}

void Log(LogLevel level, absl::string_view message, const std::vector<LogField>& fields) {
  Write(level, message, fields);
}

}  // namespace mpic
