// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/data/formats.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <string>
#include <utility>

#include "engine/data/csv.h"
#include "engine/data/idx.h"
#include "engine/data/npz.h"
#include "engine/data/packing.h"
#include "engine/data/picture.h"

namespace synann::data {
namespace {

using Bytes = std::span<const std::uint8_t>;

Result<Content> open_idx(Bytes bytes, std::string_view file, std::uint64_t limit) {
  if (bytes.size() > limit) return memory_error(std::string(file), bytes.size(), limit);
  Content content;
  if (is_idx_images(bytes)) {
    auto images = parse_idx_images(bytes, file);
    if (!images) return images.error();
    content.train = {images->rows, images->columns, std::move(images->pixels), {}};
  } else {
    auto labels = parse_idx_labels(bytes, file);
    if (!labels) return labels.error();
    content.train.labels = std::move(*labels);
  }
  return content;
}

Result<Content> open_picture(Bytes bytes, std::string_view file, std::uint64_t) {
  auto picture = is_png(bytes) ? parse_png(bytes, file) : parse_jpeg(bytes, file);
  if (!picture) return picture.error();
  return Content{{picture->rows, picture->columns, std::move(picture->pixels), {}}, {}};
}

constexpr std::array kIdxNames = {std::string_view("idx3-ubyte"), std::string_view("idx1-ubyte"),
                                  std::string_view("idx2-int")};
constexpr std::array kNpzNames = {std::string_view("npz")};
constexpr std::array kPngNames = {std::string_view("png")};
constexpr std::array kJpegNames = {std::string_view("jpg"), std::string_view("jpeg"),
                                   std::string_view("jpe")};
constexpr std::array kCsvNames = {std::string_view("csv"), std::string_view("tsv")};

constexpr std::array kFormats{
    Format{"IDX", kIdxNames, is_idx, open_idx},     Format{"NPZ", kNpzNames, is_zip, parse_npz},
    Format{"PNG", kPngNames, is_png, open_picture}, Format{"JPEG", kJpegNames, is_jpeg, open_picture},
    Format{"CSV", kCsvNames, is_csv, parse_csv},  // last: text has no magic
};

}  // namespace

std::span<const Format> formats() {
  return kFormats;
}

bool is_image_extension(std::string_view extension) {
  return std::ranges::any_of(kFormats, [&](const Format& format) {
    return format.open == open_picture && std::ranges::count(format.extensions, extension) > 0;
  });
}

Result<Content> read_content(std::vector<std::uint8_t> bytes, std::string_view file, std::uint64_t limit) {
  auto unpacked = unpack(std::move(bytes), file, limit);
  if (!unpacked) return unpacked.error();
  for (const Format& format : kFormats) {
    if (format.probe(*unpacked)) return format.open(*unpacked, file, limit);
  }
  std::string names;
  for (const Format& format : kFormats) names += fmt::format("{}{}", names.empty() ? "" : ", ", format.name);
  Error error = input_error(std::string(file), "is of no kind that can be read", "get the file again");
  error.expected = names;
  error.found = unpacked->empty() ? "an empty file"
                                  : fmt::format("{} bytes that begin as none of them", unpacked->size());
  return error;
}

}  // namespace synann::data
