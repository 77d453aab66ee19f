// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/data/own_set.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <fcntl.h>
#include <fmt/format.h>
#include <set>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "engine/core/file.h"
#include "engine/core/folder_lock.h"
#include "engine/data/idx.h"
#include "engine/data/packing.h"

namespace synann::data {
namespace {

namespace fs = std::filesystem;

constexpr const char* kOwnImages = "train-images-idx3-ubyte";
constexpr const char* kOwnLabels = "train-labels-idx1-ubyte";
constexpr const char* kAside = ".raw.part";  // where the next raw/ is written

// The names in a folder; none where there is no such folder.
std::set<std::string> names_in(const fs::path& folder) {
  std::set<std::string> names;
  std::error_code error;
  for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error))
    names.insert(it->path().filename().string());
  return names;
}

Error not_ours(const fs::path& folder, const std::string& found) {
  return {.where = folder.string(),
          .problem = "holds something that was not added here",
          .expected = "an empty folder, or one that images were added to here",
          .found = found,
          .remedy = "choose another folder, or name one that is not there yet"};
}

// Whether the folder is empty, or holds what was made here and nothing that would be lost.
Status check_ours(const fs::path& folder) {
  std::error_code error;
  const auto status = fs::status(folder, error);
  if (fs::exists(status) && !fs::is_directory(status))
    return input_error(folder.string(), "is not a folder", "choose a folder");
  const std::set<std::string> all = names_in(folder);
  if (!all.contains(kOwnSetFolder)) {
    for (const std::string& name : all)
      if (!name.starts_with('.') && name != FolderLock::kFile) return not_ours(folder, name);
    return {};
  }
  const fs::path raw = folder / kOwnSetFolder;
  const std::set<std::string> own = names_in(raw);
  for (const std::string& name : own)
    if (name != kOwnImages && name != kOwnLabels) return not_ours(raw, name);
  if (own.size() == 2) return {};
  return not_ours(raw, own.empty() ? "nothing" : *own.begin() + " alone");
}

std::string pixels_words(int rows, int columns) {
  return fmt::format("{} × {} pixels", rows, columns);
}

Status check_own_image(const fs::path& folder, const Part& part, const Picture& picture, int label) {
  const auto within = [](int side) { return side >= 1 && side <= kLargestSide; };
  if (!within(picture.rows) || !within(picture.columns) ||
      picture.pixels.size() !=
          static_cast<std::size_t>(picture.rows) * static_cast<std::size_t>(picture.columns)) {
    return Error{.where = "image",
                 .problem = "is of no size that can be added",
                 .expected = fmt::format("1 to {} pixels a side", kLargestSide),
                 .found = pixels_words(picture.rows, picture.columns)};
  }
  if (label < 0 || label >= kMostClasses) {
    return Error{.where = "label",
                 .problem = "there is no such class",
                 .expected = fmt::format("0 to {}", kMostClasses - 1),
                 .found = fmt::format("{}", label)};
  }
  if (part.labels.empty() || (part.rows == picture.rows && part.columns == picture.columns)) return {};
  return Error{.where = folder.string(),
               .problem = "its images are of another size",
               .expected = pixels_words(part.rows, part.columns),
               .found = pixels_words(picture.rows, picture.columns),
               .remedy = "choose another folder"};
}

// Both files, in the hidden folder.
Status write_aside(const fs::path& aside, const Part& part) {
  std::error_code error;
  fs::remove_all(aside, error);
  if (auto status = make_folder(aside); !status) return status;
  const auto count = static_cast<std::uint32_t>(part.labels.size());
  const auto images = format_idx(std::array{count, static_cast<std::uint32_t>(part.rows),
                                            static_cast<std::uint32_t>(part.columns)},
                                 part.pixels),
             labels = format_idx(std::array{count}, part.labels);
  if (auto status = write_file_atomically(aside / kOwnImages, images); !status) return status;
  return write_file_atomically(aside / kOwnLabels, labels);
}

Error cannot_exchange(const fs::path& raw, int code) {
  if (code != EINVAL && code != ENOSYS) return write_error(raw, code);
  return input_error(raw.string(), "the file system cannot exchange folders",
                     "choose a folder on another disk");
}

// Puts the hidden folder in the place of raw/, which goes: at one moment.
Status take_place(const fs::path& folder) {
  const fs::path aside = folder / kAside, raw = folder / kOwnSetFolder;
  std::error_code ignored;
  const unsigned how = fs::exists(raw, ignored) ? RENAME_EXCHANGE : RENAME_NOREPLACE;
  int code = ::renameat2(AT_FDCWD, aside.c_str(), AT_FDCWD, raw.c_str(), how) == 0 ? 0 : errno;
  // Where there is nothing to exchange, any rename is one moment.
  if ((code == EINVAL || code == ENOSYS) && how == RENAME_NOREPLACE)
    code = ::rename(aside.c_str(), raw.c_str()) == 0 ? 0 : errno;
  if (code == 0) code = sync_folder(folder);
  fs::remove_all(aside, ignored);
  if (code != 0) return cannot_exchange(raw, code);
  return {};
}

Status put_away(const fs::path& folder) {
  const fs::path aside = folder / kAside, raw = folder / kOwnSetFolder;
  std::error_code error;
  fs::remove_all(aside, error);
  int code = ::rename(raw.c_str(), aside.c_str()) == 0 ? 0 : errno;
  if (code == 0) code = sync_folder(folder);
  fs::remove_all(aside, error);
  if (code != 0) return write_error(raw, code);
  return {};
}

}  // namespace

Result<Part> read_own_set(const fs::path& folder) {
  if (auto status = check_ours(folder); !status) return status.error();
  const fs::path raw = folder / kOwnSetFolder, image_file = raw / kOwnImages, label_file = raw / kOwnLabels;
  std::error_code error;
  if (!fs::exists(raw, error)) return Part{};
  const auto image_bytes = read_file(image_file, free_memory());
  if (!image_bytes) return image_bytes.error();
  const auto label_bytes = read_file(label_file, free_memory());
  if (!label_bytes) return label_bytes.error();
  auto images = parse_idx_images(*image_bytes, image_file.string());
  if (!images) return images.error();
  auto labels = parse_idx_labels(*label_bytes, label_file.string());
  if (!labels) return labels.error();
  if (labels->size() != static_cast<std::size_t>(images->count)) {
    return Error{.where = label_file.string(),
                 .problem = "the number of labels is not the number of images",
                 .expected = fmt::format("{}", images->count),
                 .found = fmt::format("{}", labels->size()),
                 .remedy = "choose another folder"};
  }
  return Part{images->rows, images->columns, std::move(images->pixels), std::move(*labels)};
}

Result<int> add_to_own_set(const fs::path& folder, const Picture& picture, int label) {
  // Looked at before anything is made: what is not ours stays as it is.
  if (auto status = check_ours(folder); !status) return status.error();
  if (auto status = check_own_image(folder, {}, picture, label); !status) return status.error();
  const auto lock = FolderLock::take(folder);
  if (!lock) return lock.error();
  auto part = read_own_set(folder);
  if (!part) return part.error();
  if (auto status = check_own_image(folder, *part, picture, label); !status) return status.error();
  part->rows = picture.rows;
  part->columns = picture.columns;
  part->pixels.insert(part->pixels.end(), picture.pixels.begin(), picture.pixels.end());
  part->labels.push_back(static_cast<std::uint8_t>(label));
  if (auto status = write_aside(folder / kAside, *part); !status) return status.error();
  if (auto status = take_place(folder); !status) return status.error();
  return static_cast<int>(part->labels.size());
}

Result<int> take_from_own_set(const fs::path& folder, const Picture& picture, int label) {
  if (auto status = check_ours(folder); !status) return status.error();
  std::error_code error;
  if (!fs::exists(folder / kOwnSetFolder, error))
    return input_error(folder.string(), "there is no image to take away");
  const auto lock = FolderLock::take(folder);
  if (!lock) return lock.error();
  auto part = read_own_set(folder);
  if (!part) return part.error();
  const std::size_t size = part->image_size();
  const bool last = !part->labels.empty() && part->labels.back() == label && picture.pixels.size() == size &&
                    std::equal(picture.pixels.begin(), picture.pixels.end(),
                               part->pixels.end() - static_cast<std::ptrdiff_t>(size));
  if (!last) {
    return input_error(folder.string(), "its last image is another one by now",
                       "nothing was taken away: look at it with Open data");
  }
  part->labels.pop_back();
  part->pixels.resize(part->pixels.size() - size);
  if (part->labels.empty()) {
    if (auto status = put_away(folder); !status) return status.error();
    return 0;
  }
  if (auto status = write_aside(folder / kAside, *part); !status) return status.error();
  if (auto status = take_place(folder); !status) return status.error();
  return static_cast<int>(part->labels.size());
}

}  // namespace synann::data
