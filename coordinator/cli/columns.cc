#include "coordinator/cli/columns.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"

namespace mpic::coordinator::cli {
namespace {

std::string Line(const std::vector<std::string>& row, const std::vector<std::size_t>& widths,
                 std::size_t right) {
  std::string line;
  for (std::size_t i = 0; i < row.size(); ++i) {
    const std::string padding(widths[i] - row[i].size(), ' ');
    absl::StrAppend(&line, "  ", i == right ? padding : "", row[i], i == right ? "" : padding);
  }
  absl::StripTrailingAsciiWhitespace(&line);
  return line;
}

}  // namespace

std::string Aligned(const std::vector<std::vector<std::string>>& rows, std::size_t right) {
  std::vector<std::size_t> widths;
  for (const auto& row : rows) {
    widths.resize(std::max(widths.size(), row.size()));
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  }
  std::string lines;
  for (const auto& row : rows) absl::StrAppend(&lines, Line(row, widths, right), "\n");
  return lines;
}

}  // namespace mpic::coordinator::cli
