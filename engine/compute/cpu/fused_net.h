// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// The networks that the fused tier is compiled for: every file of it once for each, in a namespace of that
// name, so that all shapes are constants and tiles live in registers. SYNANN_NET names the one; outside of
// the tier it is SynaCNN.
#if !defined(SYNANN_NET)
#define SYNANN_NET syna_cnn
#endif

namespace synann::compute::fused {

// conv 5 × 5 to maps1 – max pool 2 – ReLU – conv 5 × 5 to maps2 – [dropout2d] – max pool 2 – ReLU – linear to
// 64 – ReLU – [dropout] – [softmax] – [synapse layer] – batch norm – linear to the classes – log-softmax, on
// images of 28 × 28. maps1 is at most 16, maps2 a multiple of four and at most 32.
struct Net {
  int maps1, maps2;
  bool dropout, softmax;
};

namespace nets {
inline constexpr Net syna_cnn{.maps1 = 10, .maps2 = 20, .dropout = true, .softmax = true};
inline constexpr Net syna_fast{.maps1 = 16, .maps2 = 32, .dropout = false, .softmax = false};
}  // namespace nets

namespace SYNANN_NET {}
using namespace SYNANN_NET;

}  // namespace synann::compute::fused
