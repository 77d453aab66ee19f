// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <span>
#include <string>

// What must hold for a reader whatever it is fed; shared by the fuzz targets and by the test that replays
// their corpus.
namespace synann::fuzz {

struct Outcome {
  bool accepted = false;  // the reader took the bytes
  std::string complaint;  // the rule it broke; empty when all is well
};

// Both IDX parsers: what they accept is written back to the same bytes; what they refuse gets a sentence with
// the name.
Outcome check_idx(std::span<const std::uint8_t> bytes);

// gunzip: the output keeps the limit and survives packing and unpacking; a refusal gets a sentence with the
// name.
Outcome check_gzip(std::span<const std::uint8_t> bytes);

// The other readers: what they accept keeps the limits of a data set and has as many labels as images where
// it has both; a refusal gets a sentence with the name.
Outcome check_npz(std::span<const std::uint8_t> bytes);
Outcome check_csv(std::span<const std::uint8_t> bytes);
Outcome check_png(std::span<const std::uint8_t> bytes);
Outcome check_jpeg(std::span<const std::uint8_t> bytes);

// Whatever the bytes are: the format is told, unpacked and read.
Outcome check_content(std::span<const std::uint8_t> bytes);

}  // namespace synann::fuzz
