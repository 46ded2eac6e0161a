// Names of certificates from what an RA writes to A-labels.
#include <benchmark/benchmark.h>

#include "common/domain_name.h"

namespace mpic {
namespace {

void Normalise(benchmark::State& state, const char* text) {
  for (auto _ : state) {
    auto name = DomainName::ParseHost(text);
    if (!name.ok()) return state.SkipWithError(name.status().ToString().c_str());
    benchmark::DoNotOptimize(name);
  }
}
BENCHMARK_CAPTURE(Normalise, lower_case, "www.shop.example.com");
BENCHMARK_CAPTURE(Normalise, mixed_case_with_dot, "WWW.Shop.Example.COM.");
BENCHMARK_CAPTURE(Normalise, a_labels, "xn--bcher-kva.example.xn--fiqs8s");
BENCHMARK_CAPTURE(Normalise, u_labels, "bücher.example.中国");

}  // namespace
}  // namespace mpic
