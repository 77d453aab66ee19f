// SPDX-License-Identifier: GPL-3.0-or-later
#include <cstdlib>
#include <string_view>

#include "engine/compute/eigen/kernels.h"

namespace synann::compute::eigen {

namespace baseline {
extern const Kernels table;
}
#if defined(SYNANN_X86_VARIANTS)
namespace avx2 {
extern const Kernels table;
}
namespace avx512 {
extern const Kernels table;
}
#endif

namespace {

// __builtin_cpu_supports asks CPUID and, for AVX and up, XGETBV: the operating system must save the registers
// as well.
const Kernels& choose() {
#if defined(SYNANN_X86_VARIANTS)
  __builtin_cpu_init();
  const bool has_avx2 =
      __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("bmi2");
  const bool has_avx512 = has_avx2 && __builtin_cpu_supports("avx512f") &&
                          __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512cd") &&
                          __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
  const char* forced = std::getenv("SYNANN_ISA");
  const std::string_view wish = forced ? forced : "avx512";
  if (wish == "x86-64") return baseline::table;
  if (has_avx512 && wish != "avx2") return avx512::table;
  if (has_avx2) return avx2::table;
#endif
  return baseline::table;
}

}  // namespace

const Kernels& kernels() {
  static const Kernels& chosen = choose();
  return chosen;
}

}  // namespace synann::compute::eigen
