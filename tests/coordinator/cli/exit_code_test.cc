#include "coordinator/cli/exit_code.h"

#include <gtest/gtest.h>

#include <vector>

namespace mpic::coordinator::cli {
namespace {

struct VerdictCase {
  const char* name;
  std::vector<v1::Verdict> verdicts;
  std::size_t checks;
  int code;
};

TEST(ExitCodeTest, OfVerdicts) {
  constexpr auto kUnknown = static_cast<v1::Verdict>(99);
  const VerdictCase kCases[] = {
      {"all corroborated", {v1::CORROBORATED, v1::CORROBORATED}, 2, 0},
      {"one is not", {v1::CORROBORATED, v1::NOT_CORROBORATED}, 2, 1},
      {"one was not completed", {v1::CORROBORATED, v1::NOT_COMPLETED}, 2, 3},
      {"a refusal outweighs", {v1::NOT_COMPLETED, v1::NOT_CORROBORATED}, 2, 1},
      {"an unset verdict is a refusal", {v1::VERDICT_UNSPECIFIED}, 1, 1},
      {"an unknown verdict is a refusal", {kUnknown}, 1, 1},
      {"a verdict is missing", {v1::CORROBORATED}, 2, 3},
      {"one too many", {v1::CORROBORATED, v1::CORROBORATED}, 1, 3},
      {"a refusal among too few", {v1::NOT_CORROBORATED}, 2, 1},
      {"nothing asked, nothing answered", {}, 0, 3},
  };
  for (const VerdictCase& c : kCases) {
    SCOPED_TRACE(c.name);
    v1::CorroborateResponse response;
    for (const v1::Verdict verdict : c.verdicts) {
      response.add_corroborations()->set_verdict(verdict);
    }
    EXPECT_EQ(ExitCodeOf(response, c.checks), c.code);
  }
}

TEST(ExitCodeTest, WhatReportOnlyLetsThroughIsNoYesForAScript) {
  v1::CorroborateResponse response;
  response.add_corroborations()->set_verdict(v1::CORROBORATED);
  response.mutable_corroborations(0)->mutable_problem()->set_kind(v1::Problem::QUORUM_COUNT);
  EXPECT_EQ(ExitCodeOf(response, 1), 1);
}

TEST(ExitCodeTest, OfOnePerspective) {
  const std::pair<v1::Outcome, int> kCases[] = {
      {v1::PASSED, 0}, {v1::FAILED, 1}, {v1::ERROR, 3}, {v1::OUTCOME_UNSPECIFIED, 3}};
  for (const auto& [outcome, code] : kCases) {
    SCOPED_TRACE(v1::Outcome_Name(outcome));
    v1::CheckResult result;
    result.set_outcome(outcome);
    EXPECT_EQ(ExitCodeOf(result), code);
  }
  v1::CheckResult refused;
  refused.set_outcome(v1::ERROR);
  refused.mutable_problem()->set_kind(v1::Problem::BAD_REQUEST);
  EXPECT_EQ(ExitCodeOf(refused), 2);
}

TEST(ExitCodeTest, OfFailedCalls) {
  const std::pair<grpc::StatusCode, int> kCases[] = {
      {grpc::StatusCode::INVALID_ARGUMENT, 2},   {grpc::StatusCode::PERMISSION_DENIED, 4},
      {grpc::StatusCode::UNAUTHENTICATED, 4},    {grpc::StatusCode::UNAVAILABLE, 3},
      {grpc::StatusCode::DEADLINE_EXCEEDED, 3},  {grpc::StatusCode::RESOURCE_EXHAUSTED, 3},
      {grpc::StatusCode::UNIMPLEMENTED, 3},      {grpc::StatusCode::INTERNAL, 3},
      {grpc::StatusCode::FAILED_PRECONDITION, 3}};
  for (const auto& [status, code] : kCases) {
    SCOPED_TRACE(status);
    EXPECT_EQ(ExitCodeOf(grpc::Status(status, "")), code);
  }
}

}  // namespace
}  // namespace mpic::coordinator::cli
