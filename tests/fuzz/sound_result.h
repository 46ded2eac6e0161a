// What every result of a check must be, whatever was asked and found.
#ifndef MPIC_TESTS_FUZZ_SOUND_RESULT_H_
#define MPIC_TESTS_FUZZ_SOUND_RESULT_H_

#include "mpic/v1/check.pb.h"

namespace mpic::fuzz {

// Ends the program when `result` cannot be an answer to `check` by the contract
// (protos/mpic/v1/check.proto): it can be read back, its outcome, problem, evidence, steps and
// value go together and with the method.
void RequireSoundResult(const v1::Check& check, const v1::CheckResult& result);

}  // namespace mpic::fuzz

#endif  // MPIC_TESTS_FUZZ_SOUND_RESULT_H_
