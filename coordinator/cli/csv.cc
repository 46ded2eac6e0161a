#include "coordinator/cli/csv.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "coordinator/cli/terminal_text.h"

namespace mpic::coordinator::cli {

std::string CsvCell(absl::string_view text) {
  const bool is_formula =
      !text.empty() && absl::string_view("=+-@").find(text[0]) != absl::string_view::npos;
  return absl::StrCat("\"", is_formula ? "'" : "",
                      absl::StrReplaceAll(ForTerminal(text), {{"\"", "\"\""}}), "\"");
}

std::string CsvRow(const std::vector<std::string>& cells) {
  return absl::StrCat(absl::StrJoin(cells, ",",
                                    [](std::string* out, const std::string& cell) {
                                      absl::StrAppend(out, CsvCell(cell));
                                    }),
                      "\n");
}

}  // namespace mpic::coordinator::cli
