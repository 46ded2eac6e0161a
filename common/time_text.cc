#include "common/time_text.h"

#include <chrono>
#include <cstdint>
#include <cstdlib>

#include "absl/strings/str_cat.h"

namespace mpic {
namespace {

// Over the `count` octets at `to`.
void SetDigits(char* to, int count, std::uint32_t number) {
  for (; count > 0; number /= 10) to[--count] = static_cast<char>('0' + number % 10);
}

void AppendFraction(std::int32_t nanos, std::string& out) {
  if (nanos == 0) return;
  int digits = 9;
  for (; nanos % 1000 == 0; nanos /= 1000) digits -= 3;
  char text[] = ".000000000";
  SetDigits(text + 1, digits, static_cast<std::uint32_t>(nanos));
  out.append(text, static_cast<std::size_t>(digits) + 1);
}

}  // namespace

void AppendTimeText(const google::protobuf::Timestamp& time, std::string& out) {
  const std::chrono::sys_seconds second{std::chrono::seconds(time.seconds())};
  const auto day = std::chrono::floor<std::chrono::days>(second);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(second - day);
  char text[] = "0000-00-00T00:00:00";
  SetDigits(text, 4, static_cast<std::uint32_t>(static_cast<int>(date.year())));
  SetDigits(text + 5, 2, static_cast<unsigned>(date.month()));
  SetDigits(text + 8, 2, static_cast<unsigned>(date.day()));
  SetDigits(text + 11, 2, static_cast<std::uint32_t>(clock.hours().count()));
  SetDigits(text + 14, 2, static_cast<std::uint32_t>(clock.minutes().count()));
  SetDigits(text + 17, 2, static_cast<std::uint32_t>(clock.seconds().count()));
  out.append(text, sizeof text - 1);
  AppendFraction(time.nanos(), out);
  out += 'Z';
}

void AppendTimeText(const google::protobuf::Duration& duration, std::string& out) {
  const bool is_negative = duration.seconds() < 0 || duration.nanos() < 0;
  absl::StrAppend(&out, is_negative ? "-" : "", std::abs(duration.seconds()));
  AppendFraction(std::abs(duration.nanos()), out);
  out += 's';
}

}  // namespace mpic
