// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "engine/exports/tensorboard/event_file.h"
#include "engine/exports/tensorboard/event_scalars.h"

namespace {

namespace board = synann::exports::tensorboard;

// Series are whole, and counted; what is refused has one sentence.
void read(std::span<const std::uint8_t> bytes) {
  board::EventScalars scalars;
  const auto status = board::add_event_scalars(bytes, "events", scalars);
  if (!status) {
    const std::string sentence = status.error().sentence();
    if (!sentence.empty() && sentence.find('\n') == std::string::npos) return;
    std::fprintf(stderr, "not one sentence: %s\n", sentence.c_str());
    std::abort();
  }
  std::size_t points = 0;
  for (const auto& [tag, series] : scalars.series) {
    if (tag.empty() || series.wall.size() != series.steps.size() ||
        series.values.size() != series.steps.size())
      std::abort();
    points += series.steps.size();
  }
  if (points != scalars.points) std::abort();
}

// Inputs hardly ever have the check sums of their records right, so the same bytes are read once more as the
// records themselves, each behind a byte that is its length.
std::string framed(const std::uint8_t* data, std::size_t size) {
  std::string file;
  for (std::size_t at = 0; at < size;) {
    const std::size_t length = std::min<std::size_t>(data[at], size - at - 1);
    board::append_record(file, {reinterpret_cast<const char*>(data + at + 1), length});  // NOLINT
    at += length + 1;
  }
  return file;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  read({data, size});
  const std::string file = framed(data, size);
  read({reinterpret_cast<const std::uint8_t*>(file.data()), file.size()});  // NOLINT
  return 0;
}
