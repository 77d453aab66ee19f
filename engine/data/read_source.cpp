// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/data/read_source.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <memory>
#include <system_error>
#include <utility>

#include "engine/core/file.h"
#include "engine/data/family.h"
#include "engine/data/formats.h"
#include "engine/data/idx.h"
#include "engine/data/image_file.h"
#include "engine/data/npz.h"
#include "engine/data/packing.h"

namespace synann::data {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kLargeShare =
    4;  // of the free memory: images of more than a quarter stay in their file

Result<std::vector<std::uint8_t>> load(const fs::path& path) {
  const std::uint64_t memory = free_memory();
  std::error_code error;
  const std::uint64_t size = fs::file_size(path, error);
  if (!error && size > memory) return memory_error(path.string(), size, memory);
  return read_file(path, memory);
}

// One of the four files: images or labels alone.
Result<Part> read_one(const fs::path& path, bool labels) {
  auto bytes = load(path);
  if (!bytes) return bytes.error();
  bytes = unpack(std::move(*bytes), path.string(), free_memory());
  if (!bytes) return bytes.error();
  Part part;
  if (is_zip(*bytes)) {
    auto content = parse_npz(*bytes, path.string(), free_memory());
    if (!content) return content.error();
    const bool right = labels ? !content->train.labels.empty() : !content->train.pixels.empty();
    if (!right) return input_error(path.string(), labels ? "holds no labels" : "holds no images");
    return std::move(content->train);
  }
  if (labels) {
    auto parsed = parse_idx_labels(*bytes, path.string());
    if (!parsed) return parsed.error();
    part.labels = std::move(*parsed);
    return part;
  }
  auto images = parse_idx_images(*bytes, path.string());
  if (!images) return images.error();
  return Part{images->rows, images->columns, std::move(images->pixels), {}};
}

bool same(const Part& a, const Part& b) {
  return a.rows == b.rows && a.columns == b.columns && a.labels == b.labels && a.pixels == b.pixels;
}
bool same(const Content& a, const Content& b) {
  return same(a.train, b.train) && a.test.has_value() == b.test.has_value() &&
         (!a.test || same(*a.test, *b.test));
}

// As seen from the folder of the data set.
std::string short_name(const fs::path& file, const Source& source) {
  const auto relative = file.lexically_relative(source.folder);
  return relative.empty() || *relative.begin() == ".." ? file.string() : relative.string();
}

// The first of several files for the same part that can be read; the others are held against it.
template <class Read>
auto read_first(const Source& source, const Source::Paths& paths, std::string& used,
                std::vector<std::string>& notes, Read&& read) {
  auto first = read(paths.front());
  std::size_t chosen = 0;
  for (std::size_t k = 1; k < paths.size(); ++k) {
    auto other = read(paths[k]);
    const std::string name = short_name(paths[k], source), first_name = short_name(paths[chosen], source);
    if (!first && other) {
      notes.push_back(fmt::format("{} cannot be used ({}), {} is", first_name, first.error().problem, name));
      first = std::move(other);
      chosen = k;
    } else if (first && !other) {
      notes.push_back(fmt::format("{} cannot be used ({}), {} is", name, other.error().problem, first_name));
    } else if (first && !same(*first, *other)) {
      notes.push_back(fmt::format("{} and {} differ: {} is used", first_name, name, first_name));
    }
  }
  used = paths[chosen].string();
  return first;
}

// The name that a missing file should have.
Error missing(const Source& source, bool test, bool labels) {
  const std::string start = source.prefix.empty() ? "" : source.prefix + "-";
  const char* set = !test ? "train" : source.prefix.empty() ? "t10k" : "test";
  const bool rows = labels && source.prefix.find("qmnist") != std::string::npos;
  const std::string type = !labels ? "idx3-ubyte" : rows ? "idx2-int" : "idx1-ubyte";
  const std::string stem = fmt::format("{}{}-{}", start, set, labels ? "labels" : "images");
  const std::string usual = stem + "-" + type, other = stem + "." + type;
  Error error = input_error((source.folder / usual).string(), "this file is missing",
                            "choose a folder that holds MNIST's four IDX files");
  error.expected = fmt::format("{0} or {0}.gz (or {1}, {1}.gz)", usual, other);
  error.found = "none of them";
  return error;
}

// A set of which a part is missing is named; a test set that is not there at all is made later.
Status check_files(const Source& source) {
  if (source.train_images.empty()) return missing(source, false, false);
  if (source.train_labels.empty()) return missing(source, false, true);
  if (source.test_images.empty() != source.test_labels.empty())
    return missing(source, true, source.test_labels.empty());
  return {};
}

Error mismatch(const std::string& file, std::string problem, std::string expected, std::string found) {
  Error error = input_error(file, std::move(problem), "use files that belong together");
  error.expected = std::move(expected);
  error.found = std::move(found);
  return error;
}

Status check_size(const Part& part, const std::string& file) {
  if (part.rows <= kLargestSide && part.columns <= kLargestSide) return {};
  return mismatch(file, "the images are too large", fmt::format("at most {0}×{0} pixels", kLargestSide),
                  fmt::format("{}×{}", part.rows, part.columns));
}

// The training images where they are to stay in their file: one plain file, large enough or asked for, beside
// a test set of its own, and nothing in it to be turned.
std::shared_ptr<const ImageFile> stored_images(const Source& source) {
  const ImagePlace place = image_place();
  if (place == ImagePlace::Memory || source.train_images.size() != 1 || source.test_images.empty() ||
      family_of(source.prefix, source.folder).transposed)
    return nullptr;
  auto file = ImageFile::open(source.train_images.front());
  if (!file || (place == ImagePlace::Auto && file->bytes() <= free_memory() / kLargeShare)) return nullptr;
  return file;
}

Result<Part> read_images(const Source& source, const Source::Paths& images, std::string& used,
                         std::vector<std::string>& notes) {
  const bool training = &images == &source.train_images;
  auto file = training ? stored_images(source) : nullptr;
  if (!file)
    return read_first(source, images, used, notes, [](const fs::path& p) { return read_one(p, false); });
  used = images.front().string();
  if (image_place() == ImagePlace::Auto)
    notes.push_back(fmt::format("{} is larger than a quarter of the free memory: its images stay in the file",
                                short_name(images.front(), source)));
  Part part{file->rows(), file->columns(), {}, {}};
  part.stored = std::move(file);
  return part;
}

Result<Part> read_set(const Source& source, const Source::Paths& images, const Source::Paths& labels,
                      std::string& image_file, std::string& label_file, std::vector<std::string>& notes) {
  auto part = read_images(source, images, image_file, notes);
  if (!part) return part.error();
  if (auto status = check_size(*part, image_file); !status) return status.error();
  auto numbers =
      read_first(source, labels, label_file, notes, [](const fs::path& p) { return read_one(p, true); });
  if (!numbers) return numbers.error();
  part->labels = std::move(numbers->labels);
  if (part->labels.size() != part->image_count()) {
    return mismatch(label_file, "the number of labels is not the number of images",
                    fmt::format("{} as in {}", part->image_count(), fs::path(image_file).filename().string()),
                    fmt::format("{}", part->labels.size()));
  }
  return part;
}

Result<Parts> read_four(const Source& source) {
  if (auto status = check_files(source); !status) return status.error();
  Parts parts;
  auto train = read_set(source, source.train_images, source.train_labels, parts.train_images,
                        parts.train_labels, parts.notes);
  if (!train) return train.error();
  parts.train = std::move(*train);
  if (source.test_images.empty()) return parts;
  auto test = read_set(source, source.test_images, source.test_labels, parts.test_images, parts.test_labels,
                       parts.notes);
  if (!test) return test.error();
  parts.test = std::move(*test);
  return parts;
}

Result<Content> read_table(const fs::path& path) {
  auto bytes = load(path);
  if (!bytes) return bytes.error();
  return read_content(std::move(*bytes), path.string(), free_memory());
}

Error no_set(const std::string& file, const Part& part) {
  Error error = input_error(file, "is no data set",
                            "name the folder that holds the data, or one of MNIST's four files");
  error.expected = "images with their labels";
  error.found = part.pixels.empty() ? "labels alone" : "images alone";
  return error;
}

Result<Parts> read_tables(const Source& source) {
  Parts parts;
  auto content = read_first(source, source.train_images, parts.train_images, parts.notes, read_table);
  if (!content) return content.error();
  if (content->train.pixels.empty() || content->train.labels.empty())
    return no_set(parts.train_images, content->train);
  parts.train_labels = parts.train_images;
  parts.train = std::move(content->train);
  if (auto status = check_size(parts.train, parts.train_images); !status) return status.error();
  parts.test = std::move(content->test);
  parts.test_images = parts.test_labels = parts.train_images;
  if (parts.test || source.test_images.empty()) return parts;
  auto test = read_first(source, source.test_images, parts.test_images, parts.notes, read_table);
  if (!test) return test.error();
  if (test->train.labels.empty()) {
    parts.notes.push_back(
        fmt::format("{} holds no labels and is left out", short_name(source.test_images[0], source)));
    return parts;
  }
  parts.test_labels = parts.test_images;
  parts.test = std::move(test->train);
  return parts;
}

void tell_what_is_passed_over(const Source& source, Parts& parts) {
  if (source.passed_over.empty()) return;
  std::string names;
  for (const fs::path& file : source.passed_over)
    names += fmt::format("{}{}", names.empty() ? "" : ", ", short_name(file, source));
  parts.notes.push_back(
      fmt::format("{} is used, not {}", fs::path(parts.train_images).filename().string(), names));
}

}  // namespace

Result<Parts> read_source(const Source& source) {
  auto parts = [&]() -> Result<Parts> {
    switch (source.kind) {
      case Source::Kind::Four:
        return read_four(source);
      case Source::Kind::Tables:
        return read_tables(source);
      case Source::Kind::Images:
        return read_image_folders(source);
    }
    return input_error(source.folder.string(), "is of no kind that can be read");
  }();
  if (parts) tell_what_is_passed_over(source, *parts);
  return parts;
}

}  // namespace synann::data
