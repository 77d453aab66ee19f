// SPDX-License-Identifier: GPL-3.0-or-later
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>

#include "fuzz/reader_checks.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto outcome = synann::fuzz::check_png({data, size});
  if (outcome.complaint.empty()) return 0;
  std::fprintf(stderr, "%s\n", outcome.complaint.c_str());
  std::abort();
}
