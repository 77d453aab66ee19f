// SPDX-License-Identifier: GPL-3.0-or-later
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>

#include "engine/exports/foreign_curve.h"

// A table of another program's run: its curves rise in x and are finite; what is refused has one sentence.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace synann;
  const auto run = exports::parse_foreign_table({data, size}, "table.csv");
  if (!run) {
    const std::string sentence = run.error().sentence();
    if (!sentence.empty() && sentence.find('\n') == std::string::npos) return 0;
    std::fprintf(stderr, "not one sentence: %s\n", sentence.c_str());
    std::abort();
  }
  if (run->curves.empty()) std::abort();
  for (const exports::ForeignCurve& curve : run->curves) {
    if (curve.x.empty() || curve.y.size() != curve.x.size()) std::abort();
    if (!curve.wall.empty() && curve.wall.size() != curve.x.size()) std::abort();
    for (std::size_t k = 0; k < curve.x.size(); ++k) {
      if (!std::isfinite(curve.x[k]) || !std::isfinite(curve.y[k])) std::abort();
      if (k > 0 && !(curve.x[k] > curve.x[k - 1])) std::abort();
    }
  }
  return 0;
}
