// Early return for absl::Status and absl::StatusOr, in plain functions.
#ifndef MPIC_COMMON_STATUS_MACROS_H_
#define MPIC_COMMON_STATUS_MACROS_H_

#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

#define MPIC_CONCAT_INNER_(a, b) a##b
#define MPIC_CONCAT_(a, b) MPIC_CONCAT_INNER_(a, b)

#define MPIC_RETURN_IF_ERROR(expression)                                                   \
  do {                                                                                     \
    if (absl::Status mpic_status_ = (expression); !mpic_status_.ok()) return mpic_status_; \
  } while (false)

#define MPIC_ASSIGN_OR_RETURN_(result, declaration, expression) \
  auto result = (expression);                                   \
  if (!result.ok()) return std::move(result).status();          \
  declaration = *std::move(result)

#define MPIC_ASSIGN_OR_RETURN(declaration, expression) \
  MPIC_ASSIGN_OR_RETURN_(MPIC_CONCAT_(mpic_result_, __LINE__), declaration, expression)

#endif  // MPIC_COMMON_STATUS_MACROS_H_
