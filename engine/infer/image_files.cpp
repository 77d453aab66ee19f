// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/infer/image_files.h"

#include <charconv>
#include <filesystem>
#include <fmt/format.h>
#include <system_error>

#include "engine/core/file.h"
#include "engine/data/formats.h"
#include "engine/data/packing.h"

namespace synann::infer {
namespace {

struct NamedImage {
  std::string path;
  std::optional<std::size_t> index;
};

// A '#' belongs to the path where there is such a file, or no number behind it.
NamedImage split(const std::string& name) {
  std::error_code code;
  const std::size_t mark = name.rfind('#');
  if (mark == std::string::npos || mark + 1 == name.size() || std::filesystem::exists(name, code))
    return {name, {}};
  std::size_t index = 0;
  const char *begin = name.data() + mark + 1, *end = name.data() + name.size();
  const auto [stop, trouble] = std::from_chars(begin, end, index);
  if (trouble != std::errc() || stop != end) return {name, {}};
  return {name.substr(0, mark), index};
}

}  // namespace

Status ImageFiles::open(const std::string& path) {
  if (images_ && path_ == path) return {};
  images_.reset();
  auto bytes = read_file(path, data::free_memory());
  if (!bytes) return bytes.error();
  auto content = data::read_content(std::move(*bytes), path, data::free_memory());
  if (!content) return content.error();
  if (content->train.image_count() == 0)
    return input_error(path, "holds no images", "give a PNG, a JPEG, or FILE#INDEX of an IDX file of images");
  path_ = path;
  images_ = std::move(content->train);
  return {};
}

Result<data::Picture> ImageFiles::read(const std::string& name) {
  const NamedImage named = split(name);
  if (auto status = open(named.path); !status) return status.error();
  const std::size_t count = images_->image_count();
  if (!named.index && count > 1) {
    return Error{.where = name,
                 .problem = fmt::format("holds {} images", count),
                 .remedy = fmt::format("say which one, as {}#0", named.path)};
  }
  const std::size_t index = named.index.value_or(0);
  if (index >= count) {
    return Error{.where = name,
                 .problem = "there is no such image",
                 .expected = fmt::format("an index from 0 to {}", count - 1),
                 .found = fmt::format("{}", index)};
  }
  const auto begin = images_->pixels.begin() + static_cast<std::ptrdiff_t>(index * images_->image_size());
  return data::Picture{.rows = images_->rows,
                       .columns = images_->columns,
                       .pixels = {begin, begin + static_cast<std::ptrdiff_t>(images_->image_size())}};
}

}  // namespace synann::infer
