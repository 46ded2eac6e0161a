// What a perspective saw instead of the proof: the second plane of failure (ARCHITECTURE.md).
#ifndef MPIC_PERSPECTIVE_PROBLEM_H_
#define MPIC_PERSPECTIVE_PROBLEM_H_

#include <string>
#include <utility>
#include <variant>

#include "mpic/v1/check.pb.h"

namespace mpic::perspective {

using ProblemKind = v1::Problem::Kind;

// A stable kind and one sentence for a person.
struct Problem {
  ProblemKind kind = v1::Problem::KIND_UNSPECIFIED;
  std::string detail;
};

// ERROR where the perspective could not decide (lookup errors, time spent, our own defects); FAILED
// where it looked and the domain does not prove control. Neither corroborates.
v1::Outcome OutcomeOf(ProblemKind kind);

// A value or the problem that stood in its way.
template <typename T>
class [[nodiscard]] OrProblem {
 public:
  // NOLINTNEXTLINE(google-explicit-constructor): a function may return either.
  OrProblem(T value) : content_(std::move(value)) {}
  // NOLINTNEXTLINE(google-explicit-constructor): a function may return either.
  OrProblem(Problem problem) : content_(std::move(problem)) {}

  bool ok() const { return std::holds_alternative<T>(content_); }
  // Precondition: ok().
  const T& value() const& { return std::get<T>(content_); }
  T&& value() && { return std::get<T>(std::move(content_)); }
  const T* operator->() const { return &value(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(*this).value(); }
  // Precondition: !ok().
  const Problem& problem() const& { return std::get<Problem>(content_); }
  Problem&& problem() && { return std::get<Problem>(std::move(content_)); }

 private:
  std::variant<T, Problem> content_;
};

}  // namespace mpic::perspective

#endif  // MPIC_PERSPECTIVE_PROBLEM_H_
