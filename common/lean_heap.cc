#include "common/lean_heap.h"

#include <malloc.h>

#include "absl/time/time.h"

namespace mpic {
namespace {

constexpr absl::Duration kInterval = absl::Seconds(10);

// Enough for the loop, the thread of gRPC that feeds it, and the log. One that all share costs a
// fifth of the throughput.
constexpr std::size_t kHeapsPerLoop = 3;

}  // namespace

LeanHeap::LeanHeap(std::size_t loops) : thread_(kInterval, [] { malloc_trim(0); }) {
  mallopt(M_ARENA_MAX, static_cast<int>(kHeapsPerLoop * loops));
}

}  // namespace mpic
