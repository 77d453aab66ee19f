// SPDX-License-Identifier: GPL-3.0-or-later
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

const Kernels& kernels([[maybe_unused]] Isa isa) {
#if defined(SYNANN_X86_VARIANTS)
  if (isa == Isa::Avx512) return avx512::table;
  if (isa == Isa::Avx2) return avx2::table;
#endif
  return baseline::table;
}

}  // namespace synann::compute::eigen
