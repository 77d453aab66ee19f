// SPDX-License-Identifier: GPL-3.0-or-later
#include "fuzz/reader_checks.h"

#include <algorithm>
#include <array>

#include "engine/data/csv.h"
#include "engine/data/formats.h"
#include "engine/data/gzip.h"
#include "engine/data/idx.h"
#include "engine/data/npz.h"
#include "engine/data/picture.h"

namespace synann::fuzz {
namespace {

constexpr std::uint64_t kLimit = 1u << 20;  // bytes after decompression; small, so that many inputs are tried

std::string check_refusal(const Error& error) {
  if (!error.sentence().starts_with("the-file: ")) return "the error does not begin with the file's name";
  if (error.problem.empty()) return "the error does not name a problem";
  if (error.kind != ErrorKind::Input) return "the error is not an input error";
  return {};
}

std::string check_part(const data::Part& part) {
  if (part.pixels.empty() && part.labels.empty()) return "an empty part is accepted";
  if (part.image_size() > 0 && part.pixels.size() % part.image_size() != 0)
    return "the last image is cut off";
  if (!part.pixels.empty() && part.image_size() == 0) return "the images have no size";
  if (part.pixels.size() > kLimit || part.labels.size() > kLimit)
    return "more came out than the limit allows";
  const auto large = [](std::uint8_t label) { return label >= data::kMostClasses; };
  return std::ranges::any_of(part.labels, large) ? "a label is out of range" : "";
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
  if (labels && bytes[2] == 8) {
    const std::array dimensions{static_cast<std::uint32_t>(labels->size())};
    const bool same = std::ranges::equal(data::format_idx(dimensions, *labels), bytes);
    return {true, same ? "" : "labels are not written back as they were"};
  }
  if (labels)
    return {true, check_part({0, 0, {}, *labels})};  // of QMNIST's rows only the first column is kept
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

namespace {

Outcome check_read(const Result<data::Content>& content) {
  if (!content) return {false, check_refusal(content.error())};
  std::string complaint = check_part(content->train);
  if (complaint.empty() && content->test) complaint = check_part(*content->test);
  return {true, complaint};
}

Outcome check_picture(const Result<data::Picture>& picture) {
  if (!picture) return {false, check_refusal(picture.error())};
  return {true, check_part({picture->rows, picture->columns, picture->pixels, {}})};
}

}  // namespace

Outcome check_npz(std::span<const std::uint8_t> bytes) {
  return check_read(data::parse_npz(bytes, "the-file", kLimit));
}

Outcome check_csv(std::span<const std::uint8_t> bytes) {
  return check_read(data::parse_csv(bytes, "the-file", kLimit));
}

Outcome check_png(std::span<const std::uint8_t> bytes) {
  return check_picture(data::parse_png(bytes, "the-file"));
}

Outcome check_jpeg(std::span<const std::uint8_t> bytes) {
  return check_picture(data::parse_jpeg(bytes, "the-file"));
}

Outcome check_content(std::span<const std::uint8_t> bytes) {
  return check_read(data::read_content({bytes.begin(), bytes.end()}, "the-file", kLimit));
}

}  // namespace synann::fuzz
