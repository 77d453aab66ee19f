// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "engine/core/result.h"

// Images that stay in their file: sets that are larger than the memory.
namespace synann::data {

// The images of a plain IDX file, read where they lie. Any thread.
class ImageFile {
 public:
  // Nothing where the file is no plain IDX file of images (a packed one, say), or has not the size that its
  // header says: whoever reads it whole tells why.
  static std::shared_ptr<const ImageFile> open(const std::filesystem::path& path);
  ~ImageFile();
  ImageFile(const ImageFile&) = delete;
  ImageFile& operator=(const ImageFile&) = delete;

  int count() const { return count_; }
  int rows() const { return rows_; }
  int columns() const { return columns_; }
  std::size_t image_size() const {
    return static_cast<std::size_t>(rows_) * static_cast<std::size_t>(columns_);
  }
  std::uint64_t bytes() const { return image_size() * static_cast<std::uint64_t>(count_); }

  // `count` images from `first` on into out [count, rows, columns]. Errors, which are Failed: the file has
  // become shorter, or cannot be read any more.
  Status read(std::uint32_t first, std::uint32_t count, std::uint8_t* out) const;
  // The first error that any read had; none so far.
  Status trouble() const;

 private:
  ImageFile() = default;
  Error failed(int code) const;

  std::filesystem::path path_;
  int descriptor_ = -1;
  int count_ = 0, rows_ = 0, columns_ = 0;
  mutable std::atomic<int> trouble_{0};  // an errno; −1: the file is too short
};

// The images of a set in such a file, and those of them that are at hand in memory. A copy has the same file
// and nothing at hand.
class StoredImages {
 public:
  explicit StoredImages(std::shared_ptr<const ImageFile> file) : file_(std::move(file)) {}
  StoredImages(const StoredImages& other)
      : file_(other.file_), first_(other.first_), numbers_(other.numbers_) {}
  StoredImages& operator=(const StoredImages&) = delete;

  const ImageFile& file() const { return *file_; }
  // The same from image `first` on, and those of these numbers alone.
  std::shared_ptr<const StoredImages> from(std::uint32_t first) const;
  std::shared_ptr<const StoredImages> drawn(const std::vector<std::uint32_t>& numbers) const;

  // The pixels [rows, columns] of image `index` of the set. One that is not at hand is read into memory of
  // the calling thread, where it stays until this thread asks for the next; where it cannot be read it is
  // black, and file().trouble() tells. Any thread, but not while bring() runs.
  std::span<const std::uint8_t> image(std::uint32_t index) const;

  // Images in memory, found by their index.
  class Shelf {
   public:
    const std::uint8_t* find(std::uint32_t index) const;

   private:
    friend class StoredImages;
    std::size_t image_size_ = 0;
    std::vector<std::uint32_t> keys_, slots_;  // open addressing; 2^k of them, at least twice the images
    std::vector<std::uint8_t> pixels_;
  };
  // Reads these images; any thread, also while others are asked for.
  Result<std::shared_ptr<const Shelf>> read(std::span<const std::uint32_t> indices) const;
  // Has them at hand from now on, in place of those before. The owner alone, while nobody asks.
  void bring(std::shared_ptr<const Shelf> shelf) { shelf_ = std::move(shelf); }

 private:
  std::uint32_t number(std::uint32_t index) const { return numbers_ ? (*numbers_)[index] : first_ + index; }

  std::shared_ptr<const ImageFile> file_;
  std::uint32_t first_ = 0;
  std::shared_ptr<const std::vector<std::uint32_t>> numbers_;  // in the file; null: from first_ on
  std::shared_ptr<const Shelf> shelf_;
};

// Where the images of large data sets are kept: in their file where that is larger than a quarter of the free
// memory (Auto), always in memory, or always in the file where it is a plain IDX file. Auto unless the
// environment's SYNANN_IMAGES says memory or file; for the whole program, any thread.
enum class ImagePlace { Auto, Memory, File };
void keep_images(ImagePlace place);
ImagePlace image_place();

}  // namespace synann::data
