// From a check to its result: method, time budget, evidence envelope.
#ifndef MPIC_PERSPECTIVE_CHECKER_H_
#define MPIC_PERSPECTIVE_CHECKER_H_

#include <boost/asio/awaitable.hpp>
#include <vector>

#include "absl/time/time.h"
#include "mpic/v1/check.pb.h"
#include "perspective/answer.h"
#include "perspective/methods/check_run.h"

namespace mpic::perspective {

// The methods that this perspective runs, as listed in Hello.
const std::vector<v1::Method>& SupportedMethods();

// The method that `check` asks for; METHOD_UNSPECIFIED when this perspective does not run it.
v1::Method RequestedMethod(const v1::Check& check);

// How much of its time budget a check may use; the answer must leave before all of it is spent.
absl::Duration TimeForWork(const v1::Check& check);

// Lives on one loop together with its senses.
class Checker {
 public:
  // `identity` is put into every result: evidence must stand alone.
  Checker(v1::PerspectiveIdentity identity, Senses senses);

  // Runs one check to its result. Never fails: what cannot be understood is BAD_REQUEST or
  // UNSUPPORTED_METHOD. Whoever runs it cancels it after TimeForWork: then it is TIMED_OUT with the
  // steps taken until then. Cancelled before, it throws operation_aborted.
  boost::asio::awaitable<AnswerPtr> Run(v1::Check check);

 private:
  boost::asio::awaitable<void> RunMethod(CheckRun& run);

  v1::PerspectiveIdentity identity_;
  Senses senses_;
};

}  // namespace mpic::perspective

#endif  // MPIC_PERSPECTIVE_CHECKER_H_
