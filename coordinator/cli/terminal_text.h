// Text that came from the network, made harmless for a terminal.
#ifndef MPIC_COORDINATOR_CLI_TERMINAL_TEXT_H_
#define MPIC_COORDINATOR_CLI_TERMINAL_TEXT_H_

#include <string>

#include "absl/strings/string_view.h"

namespace mpic::coordinator::cli {

// Printable ASCII as it is, "\" as "\\", every other octet as "\xNN": no escape sequence, line
// break or look-alike letter of an applicant reaches the terminal.
std::string ForTerminal(absl::string_view text);

}  // namespace mpic::coordinator::cli

#endif  // MPIC_COORDINATOR_CLI_TERMINAL_TEXT_H_
