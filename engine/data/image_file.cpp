// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/data/image_file.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <fmt/format.h>
#include <string_view>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>
#include <utility>

#include "engine/data/idx.h"

namespace synann::data {
namespace {

constexpr std::uint64_t kImagesAt = 16;  // bytes of the header
constexpr std::uint32_t kNobody = UINT32_MAX;
constexpr int kTooShort = -1;

std::uint32_t word_at(std::span<const std::uint8_t> bytes, std::size_t at) {
  return static_cast<std::uint32_t>(bytes[at]) << 24 | static_cast<std::uint32_t>(bytes[at + 1]) << 16 |
         static_cast<std::uint32_t>(bytes[at + 2]) << 8 | static_cast<std::uint32_t>(bytes[at + 3]);
}

// 0, an errno, or kTooShort.
int read_at(int descriptor, std::uint64_t offset, std::uint8_t* out, std::size_t size) {
  while (size > 0) {
    const ssize_t got = ::pread(descriptor, out, size, static_cast<off_t>(offset));
    if (got == 0) return kTooShort;
    if (got < 0) {
      if (errno == EINTR) continue;
      return errno;
    }
    out += got;
    offset += static_cast<std::uint64_t>(got);
    size -= static_cast<std::size_t>(got);
  }
  return 0;
}

ImagePlace place_of_environment() {
  const char* const said = std::getenv("SYNANN_IMAGES");
  const std::string_view word = said == nullptr ? "" : said;
  return word == "file" ? ImagePlace::File : word == "memory" ? ImagePlace::Memory : ImagePlace::Auto;
}

std::atomic<ImagePlace>& chosen_place() {
  static std::atomic<ImagePlace> place{place_of_environment()};
  return place;
}

// Spreads neighbours over the table (Knuth's multiplicative hashing).
std::size_t place_of(std::uint32_t index, std::size_t size) {
  return static_cast<std::size_t>(index * 2654435769u) & (size - 1);
}

}  // namespace

std::shared_ptr<const ImageFile> ImageFile::open(const std::filesystem::path& path) {
  const std::shared_ptr<ImageFile> file(new ImageFile);
  file->path_ = path;
  file->descriptor_ = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  struct stat about {};
  if (file->descriptor_ < 0 || ::fstat(file->descriptor_, &about) != 0 || !S_ISREG(about.st_mode))
    return nullptr;
  std::array<std::uint8_t, kImagesAt> header{};
  if (read_at(file->descriptor_, 0, header.data(), header.size()) != 0 || !is_idx_images(header))
    return nullptr;
  const std::uint32_t count = word_at(header, 4), rows = word_at(header, 8), columns = word_at(header, 12);
  if (count < 1 || count > INT32_MAX || rows < 1 || rows > 65535 || columns < 1 || columns > 65535)
    return nullptr;
  if (static_cast<std::uint64_t>(about.st_size) != kImagesAt + std::uint64_t{count} * rows * columns)
    return nullptr;
  file->count_ = static_cast<int>(count);
  file->rows_ = static_cast<int>(rows);
  file->columns_ = static_cast<int>(columns);
  return file;
}

ImageFile::~ImageFile() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

Status ImageFile::read(std::uint32_t first, std::uint32_t count, std::uint8_t* out) const {
  const int code =
      read_at(descriptor_, kImagesAt + std::uint64_t{first} * image_size(), out, count * image_size());
  if (code == 0) return {};
  int none = 0;
  trouble_.compare_exchange_strong(none, code);
  return failed(code);
}

Status ImageFile::trouble() const {
  const int code = trouble_.load();
  if (code == 0) return {};
  return failed(code);
}

Error ImageFile::failed(int code) const {
  return {.kind = ErrorKind::Failed,
          .where = path_.string(),
          .problem = code == kTooShort
                         ? "has become shorter since it was opened"
                         : fmt::format("cannot be read any more ({})", std::generic_category().message(code)),
          .remedy = "put the file back as it was; the run goes on with --resume"};
}

std::shared_ptr<const StoredImages> StoredImages::from(std::uint32_t first) const {
  auto part = std::make_shared<StoredImages>(*this);
  part->first_ = number(first);
  if (numbers_)
    part->numbers_ = std::make_shared<const std::vector<std::uint32_t>>(
        numbers_->begin() + static_cast<std::ptrdiff_t>(first), numbers_->end());
  return part;
}

std::shared_ptr<const StoredImages> StoredImages::drawn(const std::vector<std::uint32_t>& numbers) const {
  auto part = std::make_shared<StoredImages>(*this);
  std::vector<std::uint32_t> own(numbers);
  for (std::uint32_t& one : own) one = number(one);
  part->numbers_ = std::make_shared<const std::vector<std::uint32_t>>(std::move(own));
  return part;
}

std::span<const std::uint8_t> StoredImages::image(std::uint32_t index) const {
  const std::size_t size = file_->image_size();
  if (shelf_)
    if (const std::uint8_t* const at = shelf_->find(index)) return {at, size};
  thread_local std::vector<std::uint8_t> alone;
  alone.resize(size);
  if (const Status read = file_->read(number(index), 1, alone.data()); !read)
    std::fill(alone.begin(), alone.end(), std::uint8_t{0});
  return alone;
}

const std::uint8_t* StoredImages::Shelf::find(std::uint32_t index) const {
  for (std::size_t at = place_of(index, keys_.size());; at = (at + 1) & (keys_.size() - 1)) {
    if (keys_[at] == index) return pixels_.data() + slots_[at] * image_size_;
    if (keys_[at] == kNobody) return nullptr;
  }
}

Result<std::shared_ptr<const StoredImages::Shelf>> StoredImages::read(
    std::span<const std::uint32_t> indices) const {
  const auto shelf = std::make_shared<Shelf>();
  shelf->image_size_ = file_->image_size();
  shelf->pixels_.resize(indices.size() * shelf->image_size_);
  const std::size_t places = std::bit_ceil(std::max<std::size_t>(2, 2 * indices.size()));
  shelf->keys_.assign(places, kNobody);
  shelf->slots_.resize(places);
  for (std::uint32_t slot = 0; slot < indices.size(); ++slot) {
    const std::uint32_t index = indices[slot];
    std::size_t at = place_of(index, places);
    while (shelf->keys_[at] != kNobody && shelf->keys_[at] != index) at = (at + 1) & (places - 1);
    shelf->keys_[at] = index;
    shelf->slots_[at] = slot;
    if (auto status = file_->read(number(index), 1, shelf->pixels_.data() + slot * shelf->image_size_);
        !status)
      return status.error();
  }
  return std::shared_ptr<const Shelf>(shelf);
}

void keep_images(ImagePlace place) {
  chosen_place().store(place);
}

ImagePlace image_place() {
  return chosen_place().load();
}

}  // namespace synann::data
