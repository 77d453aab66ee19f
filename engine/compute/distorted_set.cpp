// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/compute/distorted_set.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <fcntl.h>
#include <fmt/format.h>
#include <string>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>
#include <vector>

#include "engine/compute/augmenter.h"
#include "engine/core/file.h"
#include "engine/core/folder_lock.h"
#include "engine/core/thread_pool.h"
#include "engine/data/idx.h"

namespace synann::compute {
namespace {

namespace fs = std::filesystem;

constexpr const char* kImages = "train-images-idx3-ubyte";
constexpr const char* kPart = "train-images-idx3-ubyte.part";
constexpr const char* kWhat = "being-made.txt";  // of which set the part is
constexpr std::size_t kHeader = 16;              // bytes
constexpr int kAtOnce = 8192;                    // images

std::uint32_t word(int value) {
  return static_cast<std::uint32_t>(value);
}

std::vector<std::uint8_t> image_file(const data::Dataset& set) {
  std::vector<std::uint8_t> pixels;
  for (int k = 0; k < set.count(); ++k) {
    const auto image = set.image(k);
    pixels.insert(pixels.end(), image.begin(), image.end());
  }
  return data::format_idx(std::array{word(set.count()), word(set.rows), word(set.columns)}, pixels);
}

// All that decides what the images are.
std::string description(const data::DataPair& source, const DistortedSet& what) {
  const data::Augmentation& a = what.augmentation;
  return fmt::format("{} training images of {} ({}), seed {}, augmentation {} {} {} {} {} {} {} {} {}\n",
                     what.train, source.name, source.sha256, what.seed, a.rotation, a.zoom, a.shift, a.shear,
                     a.elastic, a.elastic_sigma, a.erase, a.erase_min, a.erase_max);
}

class OpenFile {
 public:
  OpenFile(const fs::path& path, int flags) : descriptor_(::open(path.c_str(), flags | O_CLOEXEC, 0666)) {}
  ~OpenFile() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;
  int descriptor() const { return descriptor_; }

 private:
  int descriptor_;
};

// Makes the images [first, first + count).
class Maker {
 public:
  Maker(const data::DataPair& source, const DistortedSet& what)
      : set_(source.train),
        seed_(what.seed),
        pool_(what.threads > 0 ? what.threads : hardware_threads()),
        augmenter_(what.augmentation, set_.rows, set_.columns),
        scratch_(static_cast<std::size_t>(pool_.threads())) {}

  std::span<const std::uint8_t> make(int first, int count) {
    constexpr int kTask = 64;
    pixels_.resize(static_cast<std::size_t>(count) * set_.image_size());
    pool_.run((count + kTask - 1) / kTask, [&](int task, int thread) {
      for (int k = task * kTask; k < std::min(count, (task + 1) * kTask); ++k) {
        const int number = first + k, index = number % set_.count(), epoch = number / set_.count() + 1;
        augmenter_.make(set_.image(index).data(), {.seed = seed_, .epoch = epoch, .image = word(index)},
                        pixels_.data() + static_cast<std::size_t>(k) * set_.image_size(),
                        scratch_[static_cast<std::size_t>(thread)]);
      }
    });
    return pixels_;
  }

 private:
  const data::Dataset& set_;
  std::uint64_t seed_;
  ThreadPool pool_;
  Augmenter augmenter_;
  std::vector<Augmenter::Scratch> scratch_;
  std::vector<std::uint8_t> pixels_;
};

Status write_small_files(const data::DataPair& source, const DistortedSet& what, const fs::path& folder) {
  std::vector<std::uint8_t> labels(static_cast<std::size_t>(what.train));
  for (std::size_t k = 0; k < labels.size(); ++k)
    labels[k] = source.train.labels[k % source.train.labels.size()];
  const auto write = [&](const char* name, const std::vector<std::uint8_t>& bytes) {
    return write_file_atomically(folder / name, bytes);
  };
  if (auto s = write("train-labels-idx1-ubyte", data::format_idx(std::array{word(what.train)}, labels)); !s)
    return s;
  if (auto s = write("t10k-images-idx3-ubyte", image_file(source.test)); !s) return s;
  return write("t10k-labels-idx1-ubyte",
               data::format_idx(std::array{word(source.test.count())}, source.test.labels));
}

// Begins, or goes on with, the part of a set; an error where it is of another.
Status prepare(const data::DataPair& source, const DistortedSet& what, const fs::path& folder) {
  std::error_code ignored;
  if (fs::exists(folder / kImages, ignored) || fs::exists(folder / (std::string(kImages) + ".gz"), ignored))
    return input_error((folder / kImages).string(), "exists already", "choose another folder");
  const std::string text = description(source, what);
  if (fs::exists(folder / kWhat, ignored)) {
    const auto begun = read_file(folder / kWhat, 1 << 16);
    if (!begun) return begun.error();
    if (std::string(begun->begin(), begun->end()) == text) return {};
    return input_error(folder.string(), "holds another set that was begun",
                       "finish it with its own options, or choose another folder");
  }
  if (auto status = write_small_files(source, what, folder); !status) return status;
  return write_file_atomically(folder / kWhat,
                               {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
}

// How many images the part holds whole; what follows them is cut off. An errno below zero.
int images_there(int descriptor, std::size_t image_size) {
  struct stat about {};
  if (::fstat(descriptor, &about) != 0) return -errno;
  const auto size = static_cast<std::size_t>(about.st_size);
  const std::size_t images = size > kHeader ? (size - kHeader) / image_size : 0;
  const std::size_t kept = size >= kHeader ? kHeader + images * image_size : 0;
  if (::ftruncate(descriptor, static_cast<off_t>(kept)) != 0) return -errno;
  return static_cast<int>(images);
}

}  // namespace

Result<bool> write_distorted_set(const data::DataPair& source, const DistortedSet& what,
                                 const fs::path& folder, const std::atomic<bool>& stop,
                                 const std::function<void(int)>& progress) {
  if (auto status = make_folder(folder); !status) return status.error();
  const auto lock = FolderLock::take(folder);
  if (!lock) return lock.error();
  if (auto status = prepare(source, what, folder); !status) return status.error();
  const fs::path part = folder / kPart;
  {
    const OpenFile file(part, O_RDWR | O_CREAT | O_APPEND);
    if (file.descriptor() < 0) return write_error(part, errno);
    int done = images_there(file.descriptor(), source.train.image_size());
    if (done < 0) return write_error(part, -done);
    if (done == 0) {
      if (::ftruncate(file.descriptor(), 0) != 0) return write_error(part, errno);
      const auto header = data::format_idx(
          std::array{word(what.train), word(source.train.rows), word(source.train.columns)}, {});
      if (const int code = write_all(file.descriptor(), header); code != 0) return write_error(part, code);
    }
    Maker maker(source, what);
    while (done < what.train) {
      if (stop.load()) return false;
      const int count = std::min(kAtOnce, what.train - done);
      if (const int code = write_all(file.descriptor(), maker.make(done, count)); code != 0)
        return write_error(part, code);
      done += count;
      progress(done);
    }
    if (::fsync(file.descriptor()) != 0) return write_error(part, errno);
  }
  std::error_code code;
  fs::rename(part, folder / kImages, code);
  if (code) return write_error(folder / kImages, code.value());
  fs::remove(folder / kWhat, code);
  if (const int failed = sync_folder(folder); failed != 0) return write_error(folder, failed);
  return true;
}

}  // namespace synann::compute
