// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/compute/isa.h"

#include <cstdlib>
#include <string_view>

namespace synann::compute {
namespace {

Isa choose() {
  const char* forced = std::getenv("SYNANN_ISA");
  const std::string_view wish = forced ? forced : "avx512";
  Isa chosen = Isa::Baseline;
  for (const Isa isa : available_isas()) {
    if (isa == Isa::Avx2 && wish == "x86-64") break;
    if (isa == Isa::Avx512 && wish == "avx2") break;
    chosen = isa;
  }
  return chosen;
}

}  // namespace

// __builtin_cpu_supports asks CPUID and, for AVX and up, XGETBV: the operating system must save the registers
// as well.
std::vector<Isa> available_isas() {
  std::vector<Isa> found = {Isa::Baseline};
#if defined(SYNANN_X86_VARIANTS)
  __builtin_cpu_init();
  if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma") || !__builtin_cpu_supports("bmi2"))
    return found;
  found.push_back(Isa::Avx2);
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
      __builtin_cpu_supports("avx512cd") && __builtin_cpu_supports("avx512dq") &&
      __builtin_cpu_supports("avx512vl")) {
    found.push_back(Isa::Avx512);
  }
#endif
  return found;
}

Isa chosen_isa() {
  static const Isa chosen = choose();
  return chosen;
}

}  // namespace synann::compute
