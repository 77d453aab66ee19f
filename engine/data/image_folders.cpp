// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <fmt/format.h>
#include <system_error>
#include <utility>

#include "engine/core/file.h"
#include "engine/core/lower_case.h"
#include "engine/data/formats.h"
#include "engine/data/idx.h"
#include "engine/data/packing.h"
#include "engine/data/read_source.h"

namespace synann::data {
namespace {

namespace fs = std::filesystem;

// One class of one set: a folder and the images in it, sorted by name.
struct ClassFolder {
  std::string name;
  std::vector<fs::path> images;
};

struct Listing {
  std::vector<ClassFolder> classes;
  std::size_t left_out = 0;  // files that are no PNG or JPEG
};

bool is_image(const fs::path& path) {
  const std::string extension = lower_case(path.extension().string());
  if (extension.size() < 2) return false;
  return is_image_extension(std::string_view(extension).substr(1));
}

bool is_number(std::string_view text) {
  return !text.empty() && text.size() <= 9 && text.find_first_not_of("0123456789") == std::string_view::npos;
}

// Numbers by their value, everything else as text.
void sort_classes(std::vector<ClassFolder>& classes) {
  const bool numbers = std::ranges::all_of(classes, [](const ClassFolder& c) { return is_number(c.name); });
  std::ranges::sort(classes, [numbers](const ClassFolder& a, const ClassFolder& b) {
    return numbers && std::stoi(a.name) != std::stoi(b.name) ? std::stoi(a.name) < std::stoi(b.name)
                                                             : a.name < b.name;
  });
}

Result<Listing> list_classes(const fs::path& folder) {
  Listing listing;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder, error)) {
    const std::string name = entry.path().filename().string();
    std::error_code ignored;
    if (name.starts_with('.') || !entry.is_directory(ignored)) continue;
    ClassFolder found{name, {}};
    for (const auto& file : fs::directory_iterator(entry.path(), error)) {
      const std::string file_name = file.path().filename().string();
      if (file_name.starts_with('.') || file_name == "Thumbs.db") continue;
      if (is_image(file.path())) {
        found.images.push_back(folder / name / file_name);
      } else {
        ++listing.left_out;
      }
    }
    if (error) break;
    std::ranges::sort(found.images);
    if (!found.images.empty()) listing.classes.push_back(std::move(found));
  }
  if (error) return input_error(folder.string(), fmt::format("cannot be read ({})", error.message()));
  sort_classes(listing.classes);
  return listing;
}

// An image that is to be read, and where it stands: the classes take turns, so that every part of the set
// holds all of them.
struct Item {
  const fs::path* path;
  std::uint8_t label;
  double order;
};

std::vector<Item> in_turn(const Listing& listing, const std::vector<std::string>& names) {
  std::vector<Item> items;
  for (const ClassFolder& one : listing.classes) {
    const auto label = static_cast<std::uint8_t>(std::ranges::find(names, one.name) - names.begin());
    for (std::size_t k = 0; k < one.images.size(); ++k)
      items.push_back(
          {&one.images[k], label, (static_cast<double>(k) + 0.5) / static_cast<double>(one.images.size())});
  }
  std::ranges::stable_sort(items, {}, &Item::order);
  return items;
}

Result<Part> read_image(const fs::path& path) {
  auto bytes = read_file(path, free_memory());
  if (!bytes) return bytes.error();
  auto content = read_content(std::move(*bytes), path.string(), free_memory());
  if (!content) return content.error();
  if (content->train.image_count() != 1 || !content->train.labels.empty())
    return input_error(path.string(), "is no PNG or JPEG image", "take it away");
  return std::move(content->train);
}

Result<Part> read_items(const std::vector<Item>& items) {
  Part part;
  for (const Item& item : items) {
    auto image = read_image(*item.path);
    if (!image) return image.error();
    if (part.labels.empty()) {
      part.rows = image->rows;
      part.columns = image->columns;
      const std::uint64_t size = items.size() * part.image_size(), memory = free_memory();
      if (size > memory) return memory_error(item.path->parent_path().string(), size, memory);
      part.pixels.reserve(static_cast<std::size_t>(size));
    }
    if (image->rows != part.rows || image->columns != part.columns) {
      Error error = input_error(item.path->string(), "the image has another size than the others",
                                "make all images of one size");
      error.expected = fmt::format("{}×{} pixels as in {}", part.rows, part.columns, items[0].path->string());
      error.found = fmt::format("{}×{}", image->rows, image->columns);
      return error;
    }
    part.pixels.insert(part.pixels.end(), image->pixels.begin(), image->pixels.end());
    part.labels.push_back(item.label);
  }
  return part;
}

Status check_classes(const Listing& train, const fs::path& folder) {
  if (train.classes.size() >= 2 && train.classes.size() <= static_cast<std::size_t>(kMostClasses)) return {};
  Error error = input_error(folder.string(), "the number of classes is out of range",
                            "give a folder with a folder of images for each class");
  error.expected = fmt::format("2 to {} folders of images", kMostClasses);
  error.found = fmt::format("{}", train.classes.size());
  return error;
}

Status check_test_classes(const Listing& test, const std::vector<std::string>& names,
                          const fs::path& folder) {
  for (const ClassFolder& one : test.classes) {
    if (std::ranges::count(names, one.name) > 0) continue;
    return input_error((folder / one.name).string(), "there are no training images of this class",
                       "add some, or take the folder away");
  }
  return {};
}

}  // namespace

Result<Parts> read_image_folders(const Source& source) {
  const fs::path& train_folder = source.train_images.front();
  const auto train = list_classes(train_folder);
  if (!train) return train.error();
  if (auto status = check_classes(*train, train_folder); !status) return status.error();
  Parts parts;
  for (const ClassFolder& one : train->classes) parts.class_names.push_back(one.name);
  auto part = read_items(in_turn(*train, parts.class_names));
  if (!part) return part.error();
  parts.train = std::move(*part);
  parts.train_images = parts.train_labels = train_folder.string();
  std::size_t left_out = train->left_out;
  if (!source.test_images.empty()) {
    const fs::path& folder = source.test_images.front();
    const auto test = list_classes(folder);
    if (!test) return test.error();
    if (auto status = check_test_classes(*test, parts.class_names, folder); !status) return status.error();
    part = read_items(in_turn(*test, parts.class_names));
    if (!part) return part.error();
    parts.test = std::move(*part);
    parts.test_images = parts.test_labels = folder.string();
    left_out += test->left_out;
  }
  if (left_out > 0)
    parts.notes.push_back(fmt::format("{} files that are no PNG or JPEG images are left out", left_out));
  return parts;
}

}  // namespace synann::data
