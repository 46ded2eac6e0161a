// Rows of cells as aligned lines.
#ifndef MPIC_COORDINATOR_CLI_COLUMNS_H_
#define MPIC_COORDINATOR_CLI_COLUMNS_H_

#include <cstddef>
#include <string>
#include <vector>

namespace mpic::coordinator::cli {

// Two spaces before each line and between columns, none at the end. Column `right` (0-based), if
// there is one, is aligned at its right side.
std::string Aligned(const std::vector<std::vector<std::string>>& rows, std::size_t right);

}  // namespace mpic::coordinator::cli

#endif  // MPIC_COORDINATOR_CLI_COLUMNS_H_
