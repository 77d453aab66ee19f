// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/data/npz.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <memory>
#include <string>
#include <utility>
#include <zip.h>

#include "engine/data/idx.h"
#include "engine/data/npy.h"
#include "engine/data/packing.h"

namespace synann::data {
namespace {

using Bytes = std::span<const std::uint8_t>;

constexpr std::size_t kPiece = 1u << 22;            // bytes that are read at a time
constexpr std::uint64_t kLargestHeader = 1u << 16;  // bytes of an array's header

// The names that a set's arrays have, without ".npy".
struct ArrayNames {
  std::string_view train_images, train_labels, test_images, test_labels;
};
constexpr std::array kNames{
    ArrayNames{"x_train", "y_train", "x_test", "y_test"},
    ArrayNames{"X_train", "Y_train", "X_test", "Y_test"},
    ArrayNames{"X_train", "y_train", "X_test", "y_test"},
    ArrayNames{"train_images", "train_labels", "test_images", "test_labels"},
    ArrayNames{"training_images", "training_labels", "test_images", "test_labels"},
    ArrayNames{"images", "labels", "", ""},
    ArrayNames{"x", "y", "", ""},
    ArrayNames{"X", "y", "", ""},
};

struct Array {
  NpyHeader header;
  std::vector<std::uint8_t> data;
};

// An archive in memory and what its entries hold.
class Archive {
 public:
  static Result<Archive> open(Bytes bytes, std::string_view file) {
    zip_error_t error;
    zip_error_init(&error);
    zip_source_t* const source = zip_source_buffer_create(bytes.data(), bytes.size(), 0, &error);
    zip_t* const zip = source ? zip_open_from_source(source, ZIP_RDONLY, &error) : nullptr;
    if (!zip) {
      if (source) zip_source_free(source);
      Error refused = input_error(std::string(file), "the NPZ archive cannot be read", "get the file again");
      refused.found = zip_error_strerror(&error);
      zip_error_fini(&error);
      return refused;
    }
    zip_error_fini(&error);
    return Archive(zip, file);
  }

  bool has(std::string_view name) const { return !name.empty() && find(name) >= 0; }
  std::int64_t count() const { return zip_get_num_entries(zip_.get(), 0); }
  std::string name(std::int64_t index) const {
    const char* const name = zip_get_name(zip_.get(), static_cast<zip_uint64_t>(index), 0);
    return name ? name : "";
  }
  // Of the array at `index`, at most `limit` bytes.
  Result<Array> read(std::int64_t index, std::uint64_t limit) const;
  Result<Array> read(std::string_view name, std::uint64_t limit) const { return read(find(name), limit); }

 private:
  Archive(zip_t* zip, std::string_view file) : zip_(zip, zip_discard), file_(file) {}

  std::int64_t find(std::string_view name) const {
    return zip_name_locate(zip_.get(), fmt::format("{}.npy", name).c_str(), 0);
  }

  std::unique_ptr<zip_t, void (*)(zip_t*)> zip_;
  std::string file_;
};

using Entry = std::unique_ptr<zip_file_t, int (*)(zip_file_t*)>;

// Up to `size` more bytes of an entry behind those that `out` holds; room grows with what comes out.
bool read_more(zip_file_t* entry, std::uint64_t size, std::vector<std::uint8_t>& out) {
  const std::size_t end = out.size() + static_cast<std::size_t>(size);
  std::size_t at = out.size();
  while (at < end) {
    if (out.size() - at < kPiece / 2) {
      const std::size_t larger = std::max(2 * out.size(), at + kPiece);
      out.resize(std::min(end, larger));
    }
    const zip_int64_t got = zip_fread(entry, out.data() + at, out.size() - at);
    if (got <= 0) return false;
    at += static_cast<std::size_t>(got);
  }
  return true;
}

Result<Array> Archive::read(std::int64_t index, std::uint64_t limit) const {
  const std::string array = name(index);
  const std::string where = fmt::format("{}: {}", file_, array);
  const auto failed = [&](std::string_view found) {
    Error error = input_error(where, "the array cannot be read", "get the file again");
    error.found = std::string(found);
    return error;
  };
  zip_stat_t about;
  zip_stat_init(&about);
  if (zip_stat_index(zip_.get(), static_cast<zip_uint64_t>(index), 0, &about) != 0 ||
      !(about.valid & ZIP_STAT_SIZE))
    return failed("no size");
  if ((about.valid & ZIP_STAT_ENCRYPTION_METHOD) && about.encryption_method != ZIP_EM_NONE)
    return failed("an encrypted entry");
  const Entry entry(zip_fopen_index(zip_.get(), static_cast<zip_uint64_t>(index), 0), zip_fclose);
  if (!entry) return failed(zip_strerror(zip_.get()));
  std::vector<std::uint8_t> head;
  if (!read_more(entry.get(), std::min<std::uint64_t>(12, about.size), head)) return failed("damaged data");
  const std::uint64_t head_size = npy_header_size(head);
  if (head_size > kLargestHeader) return failed("a header that is too long");
  if (head_size > head.size() && head_size <= about.size &&
      !read_more(entry.get(), head_size - head.size(), head))
    return failed("damaged data");
  auto header = parse_npy_header(head, where);
  if (!header) return header.error();
  if (about.size != header->begin + header->bytes()) {
    return failed(fmt::format("{} bytes in all, where its shape takes {}", about.size,
                              header->begin + header->bytes()));
  }
  if (header->bytes() > limit) return memory_error(where, header->bytes(), limit);
  Array result{std::move(*header), {}};
  if (!read_more(entry.get(), result.header.bytes(), result.data)) return failed("damaged data");
  std::uint8_t beyond = 0;
  if (zip_fread(entry.get(), &beyond, 1) != 0)
    return failed("damaged data");  // the end, where its CRC is checked
  return result;
}

std::string shape_text(const NpyHeader& header) {
  std::string text;
  for (const std::uint64_t n : header.shape) text += fmt::format("{}{}", text.empty() ? "" : "×", n);
  return text.empty() ? "one number" : text;
}

Error wrong_shape(const std::string& where, const NpyHeader& header, std::string expected) {
  Error error = input_error(where, "the array has another shape", "write it again in that shape");
  error.expected = std::move(expected);
  error.found = shape_text(header);
  return error;
}

// The numbers of an array as bytes, each at most `most`.
Result<std::vector<std::uint8_t>> bytes_of(Array array, const std::string& where, std::string_view what,
                                           int most) {
  std::vector<std::uint8_t> bytes;
  const bool plain = array.header.width == 1 && !array.header.has_sign;
  if (plain && most == 255) return std::move(array.data);
  bytes.resize(static_cast<std::size_t>(array.header.count));
  for (std::uint64_t k = 0; k < array.header.count; ++k) {
    const std::int64_t number = npy_number(array.header, array.data, k);
    if (number < 0 || number > most) {
      Error error = input_error(where, fmt::format("{} {} (counted from 0) is out of range", what, k));
      error.expected = fmt::format("0 to {}", most);
      error.found = fmt::format("{}", number);
      return error;
    }
    bytes[static_cast<std::size_t>(k)] = static_cast<std::uint8_t>(number);
  }
  return bytes;
}

Status take_images(Array array, const std::string& where, Part& part) {
  auto shape = array.header.shape;
  if (shape.size() == 4 && shape[3] == 1) shape.pop_back();
  const bool fits =
      shape.size() == 3 && shape[0] >= 1 && shape[0] <= kLargestCount && shape[1] >= 1 && shape[2] >= 1;
  if (!fits) return wrong_shape(where, array.header, "images of one grey value a pixel: count×rows×columns");
  if (shape[1] > kLargestSide || shape[2] > kLargestSide)
    return wrong_shape(where, array.header, fmt::format("at most {0}×{0} pixels", kLargestSide));
  part.rows = static_cast<int>(shape[1]);
  part.columns = static_cast<int>(shape[2]);
  auto pixels = bytes_of(std::move(array), where, "pixel", 255);
  if (!pixels) return pixels.error();
  part.pixels = std::move(*pixels);
  return {};
}

Status take_labels(Array array, const std::string& where, Part& part) {
  auto shape = array.header.shape;
  if (shape.size() == 2 && shape[1] == 1) shape.pop_back();
  if (shape.size() != 1 || shape[0] < 1 || shape[0] > kLargestCount)
    return wrong_shape(where, array.header, "one label an image");
  auto labels = bytes_of(std::move(array), where, "label", kMostClasses - 1);
  if (!labels) return labels.error();
  part.labels = std::move(*labels);
  return {};
}

Status read_part(const Archive& archive, std::string_view file, std::string_view images,
                 std::string_view labels, std::uint64_t limit, Part& part) {
  auto pixels = archive.read(images, limit);
  if (!pixels) return pixels.error();
  if (auto status = take_images(std::move(*pixels), fmt::format("{}: {}.npy", file, images), part); !status)
    return status;
  auto numbers = archive.read(labels, limit);
  if (!numbers) return numbers.error();
  return take_labels(std::move(*numbers), fmt::format("{}: {}.npy", file, labels), part);
}

// One array, as Kuzushiji's files hold it: images, or labels.
Result<Content> read_single(const Archive& archive, std::string_view file, std::uint64_t limit) {
  auto array = archive.read(0, limit);
  if (!array) return array.error();
  const std::string where = fmt::format("{}: {}", file, archive.name(0));
  Content content;
  const bool labels = array->header.shape.size() < 3;
  const Status status = labels ? take_labels(std::move(*array), where, content.train)
                               : take_images(std::move(*array), where, content.train);
  if (!status) return status.error();
  return content;
}

}  // namespace

Result<Content> parse_npz(Bytes bytes, std::string_view file, std::uint64_t limit) {
  const auto archive = Archive::open(bytes, file);
  if (!archive) return archive.error();
  for (const ArrayNames& names : kNames) {
    if (!archive->has(names.train_images) || !archive->has(names.train_labels)) continue;
    Content content;
    if (auto status = read_part(*archive, file, names.train_images, names.train_labels, limit, content.train);
        !status)
      return status.error();
    if (!archive->has(names.test_images) || !archive->has(names.test_labels)) return content;
    content.test.emplace();
    if (auto status = read_part(*archive, file, names.test_images, names.test_labels, limit, *content.test);
        !status)
      return status.error();
    return content;
  }
  const bool arrays = archive->count() > 0 && archive->name(0).ends_with(".npy");
  if (arrays && archive->count() == 1) return read_single(*archive, file, limit);
  if (!arrays) return zip_error(file);
  Error error = input_error(std::string(file), "the NPZ archive lacks the arrays of a data set",
                            "write it again with these names");
  error.expected = "x_train and y_train, and x_test and y_test";
  for (std::int64_t k = 0; k < std::min<std::int64_t>(archive->count(), 6); ++k)
    error.found += fmt::format("{}{}", k > 0 ? ", " : "", archive->name(k));
  return error;
}

}  // namespace synann::data
