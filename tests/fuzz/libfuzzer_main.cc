// libFuzzer's way into the one target that is linked into the program.
#include <google/protobuf/stubs/logging.h>

#include <cstddef>
#include <cstdint>

#include "tests/fuzz/fuzz_target.h"

extern "C" int LLVMFuzzerInitialize(int* /*argc*/, char*** /*argv*/) {
  // protobuf prints a line for every text that it refuses.
  google::protobuf::SetLogHandler(nullptr);
  return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  mpic::fuzz::Targets().front().run(
      mpic::fuzz::FuzzInput({reinterpret_cast<const char*>(data), size}));
  return 0;
}
