// Rows for spreadsheets (RFC 4180).
#ifndef MPIC_COORDINATOR_CLI_CSV_H_
#define MPIC_COORDINATOR_CLI_CSV_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace mpic::coordinator::cli {

// The cell in quotes. What is not printable ASCII is escaped as ForTerminal does, so that a row is
// a line; an apostrophe stands before a leading = + - @, which a spreadsheet would take for a
// formula.
std::string CsvCell(absl::string_view text);

// The cells with commas between them and a line break at the end.
std::string CsvRow(const std::vector<std::string>& cells);

}  // namespace mpic::coordinator::cli

#endif  // MPIC_COORDINATOR_CLI_CSV_H_
