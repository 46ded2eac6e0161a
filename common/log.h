// Logging: one JSON object a line on stderr, for example
//   {"time":"2026-11-23T10:00:00.123Z","level":"info","logger":"mpic-coordinator",
//    "msg":"corroboration","request_id":"...","attempts":1}
//
//   Log(LogLevel::kInfo, "corroboration", {{"request_id", id}, {"attempts", 1}});
//
// Where stderr is systemd's journal (JOURNAL_STREAM says so) each line begins with its "<N>"
// priority. Before InitLog, lines of level info and above go to stderr as logger "mpic".
// Thread-safe.
#ifndef MPIC_COMMON_LOG_H_
#define MPIC_COMMON_LOG_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <string>
#include <type_traits>
#include <variant>
#include <vector>

#include "absl/strings/string_view.h"

namespace mpic {

enum class LogLevel { kDebug, kInfo, kWarning, kError };

// Longest message or value in octets; the rest is cut off and replaced by an ellipsis.
inline constexpr std::size_t kLogValueBytesMax = 1024;

using LogValue = std::variant<std::string, std::int64_t, std::uint64_t, double, bool>;

// A flat snake_case name, which must be a literal, and a text, number or boolean.
struct LogField {
  template <typename T>
  LogField(absl::string_view field_name, const T& field_value)
      : name(field_name), value(ToValue(field_value)) {}

  absl::string_view name;
  LogValue value;

 private:
  template <typename T>
  static LogValue ToValue(const T& v) {
    if constexpr (std::is_same_v<T, bool>) {
      return LogValue(std::in_place_type<bool>, v);
    } else if constexpr (std::is_integral_v<T> && std::is_unsigned_v<T>) {
      return LogValue(std::in_place_type<std::uint64_t>, v);
    } else if constexpr (std::is_integral_v<T>) {
      return LogValue(std::in_place_type<std::int64_t>, v);
    } else if constexpr (std::is_floating_point_v<T>) {
      return LogValue(std::in_place_type<double>, v);
    } else {
      return LogValue(std::in_place_type<std::string>, std::string(absl::string_view(v)));
    }
  }
};

// Receives each finished line without its newline, one call at a time.
using LogSink = std::function<void(absl::string_view line)>;

// Names the program and sets the level; call once at the start of main.
void InitLog(absl::string_view program, LogLevel level);
// The same with another destination than stderr (tests).
void InitLog(absl::string_view program, LogLevel level, LogSink sink);
void SetLogLevel(LogLevel level);

// Whether a line of this level would be written, for values that are costly to make.
bool LogEnabled(LogLevel level);

// Writes one line unless the level is below the configured one. Octets that are not UTF-8 become
// U+FFFD. Never secrets, never key authorizations.
void Log(LogLevel level, absl::string_view message, std::initializer_list<LogField> fields = {});
// For fields that were gathered along the way.
void Log(LogLevel level, absl::string_view message, const std::vector<LogField>& fields);

}  // namespace mpic

#endif  // MPIC_COMMON_LOG_H_
