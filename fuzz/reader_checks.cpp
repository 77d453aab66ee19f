// SPDX-License-Identifier: GPL-3.0-or-later
#include "fuzz/reader_checks.h"

#include <algorithm>
#include <array>

#include "engine/data/gzip.h"
#include "engine/data/idx.h"

namespace synann::fuzz {
namespace {

constexpr std::uint64_t kLimit = 1u << 20;  // bytes after decompression; small, so that many inputs are tried

std::string check_refusal(const Error& error) {
  if (!error.sentence().starts_with("the-file: ")) return "the error does not begin with the file's name";
  if (error.problem.empty()) return "the error does not name a problem";
  if (error.kind != ErrorKind::Input) return "the error is not an input error";
  return {};
}

}  // namespace

Outcome check_idx(std::span<const std::uint8_t> bytes) {
  const auto images = data::parse_idx_images(bytes, "the-file");
  const auto labels = data::parse_idx_labels(bytes, "the-file");
  if (images && labels) return {true, "taken as images and as labels"};
  if (images) {
    const std::array dimensions{static_cast<std::uint32_t>(images->count),
                                static_cast<std::uint32_t>(images->rows),
                                static_cast<std::uint32_t>(images->columns)};
    const bool same = std::ranges::equal(data::format_idx(dimensions, images->pixels), bytes);
    return {true, same ? "" : "images are not written back as they were"};
  }
  if (labels) {
    const std::array dimensions{static_cast<std::uint32_t>(labels->size())};
    const bool same = std::ranges::equal(data::format_idx(dimensions, *labels), bytes);
    return {true, same ? "" : "labels are not written back as they were"};
  }
  const std::string complaint = check_refusal(images.error());
  return {false, complaint.empty() ? check_refusal(labels.error()) : complaint};
}

Outcome check_gzip(std::span<const std::uint8_t> bytes) {
  const auto unpacked = data::gunzip(bytes, "the-file", kLimit);
  if (!unpacked) return {false, check_refusal(unpacked.error())};
  if (unpacked->size() > kLimit) return {true, "more came out than the limit allows"};
  const auto packed = data::gzip(*unpacked);
  if (!packed) return {true, "what was unpacked cannot be packed"};
  const auto again = data::gunzip(*packed, "the-file", kLimit);
  return {true, again && *again == *unpacked ? "" : "packing and unpacking changes the bytes"};
}

}  // namespace synann::fuzz
