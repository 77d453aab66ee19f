// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/io/npz_writer.h"

#include <algorithm>
#include <cstring>
#include <fmt/format.h>
#include <memory>
#include <optional>
#include <utility>
#include <zip.h>

#include "engine/core/aside_file.h"

namespace synann::io {

namespace {

// What libzip reads one array from: its header, then its pieces.
class NpzEntry {
 public:
  explicit NpzEntry(NpzArray array)
      : array_(std::move(array)),
        header_(npy_header(array_.type, array_.shape)),
        left_(npy_size(array_.type)) {
    for (const std::int64_t side : array_.shape) left_ *= static_cast<std::uint64_t>(side);
  }

  const std::string& name() const { return array_.name; }
  std::uint64_t size() const { return header_.size() + left_; }  // bytes, before anything is read
  const std::optional<Error>& error() const { return error_; }

  // The bytes that were read; 0 at the end, -1 where there is an error.
  std::int64_t read(std::uint8_t* out, std::uint64_t room) {
    if (!begun_) {
      begun_ = true;
      piece_ = header_;
    } else if (piece_.empty() && left_ > 0 && !fetch()) {
      return -1;
    }
    const std::size_t taken = std::min<std::size_t>(piece_.size(), room);
    if (taken > 0) std::memcpy(out, piece_.data(), taken);
    piece_ = piece_.subspan(taken);
    return static_cast<std::int64_t>(taken);
  }

 private:
  bool fetch() {
    const auto next = array_.next();
    if (next && !next->empty() && next->size() <= left_) {
      piece_ = *next;
      left_ -= piece_.size();
      return true;
    }
    error_ = next ? Error{.kind = ErrorKind::Failed,
                          .where = array_.name,
                          .problem = "the numbers of the array end elsewhere than its shape says"}
                  : next.error();
    return false;
  }

  NpzArray array_;
  std::vector<std::uint8_t> header_;
  std::span<const std::uint8_t> piece_{};
  std::uint64_t left_;  // bytes that are still to be asked for
  bool begun_ = false;
  std::optional<Error> error_;
};

zip_int64_t serve_entry(void* entry, void* data, zip_uint64_t size, zip_source_cmd_t command) {
  NpzEntry& from = *static_cast<NpzEntry*>(entry);
  switch (command) {
    case ZIP_SOURCE_OPEN:
    case ZIP_SOURCE_CLOSE:
    case ZIP_SOURCE_FREE:
      return 0;
    case ZIP_SOURCE_READ:
      return from.read(static_cast<std::uint8_t*>(data), size);
    case ZIP_SOURCE_STAT: {
      auto* about = static_cast<zip_stat_t*>(data);
      zip_stat_init(about);
      about->valid = ZIP_STAT_SIZE;
      about->size = from.size();
      return sizeof(zip_stat_t);
    }
    case ZIP_SOURCE_ERROR: {
      const int code[2] = {ZIP_ER_READ, 0};
      std::memcpy(data, code, std::min<std::size_t>(size, sizeof code));
      return sizeof code;
    }
    case ZIP_SOURCE_SUPPORTS:
      return zip_source_make_command_bitmap(ZIP_SOURCE_OPEN, ZIP_SOURCE_READ, ZIP_SOURCE_CLOSE,
                                            ZIP_SOURCE_STAT, ZIP_SOURCE_ERROR, ZIP_SOURCE_FREE, -1);
    default:
      return -1;
  }
}

// How the writing is followed and given up; libzip calls both.
struct NpzWatch {
  std::stop_token stop;
  std::function<void(double)> progress;
};

struct ZipDiscard {
  void operator()(zip_t* zip) const { zip_discard(zip); }
};
using Zip = std::unique_ptr<zip_t, ZipDiscard>;

bool add_entry(zip_t* zip, NpzEntry& entry) {
  constexpr time_t kOldest = 315'532'800;  // 1980-01-01, the first day of ZIP; equal archives are equal bytes
  zip_source_t* const source = zip_source_function(zip, serve_entry, &entry);
  if (!source) return false;
  const auto at = zip_file_add(zip, fmt::format("{}.npy", entry.name()).c_str(), source, ZIP_FL_ENC_UTF_8);
  if (at < 0) {
    zip_source_free(source);
    return false;
  }
  const auto index = static_cast<zip_uint64_t>(at);
  return zip_set_file_compression(zip, index, ZIP_CM_STORE, 0) == 0 &&
         zip_file_set_mtime(zip, index, kOldest, 0) == 0;
}

Error npz_error(const std::filesystem::path& path, zip_t* zip, const std::vector<NpzEntry>& entries) {
  for (const NpzEntry& entry : entries)
    if (entry.error()) return *entry.error();
  return {.kind = ErrorKind::Failed,
          .where = path.string(),
          .problem = fmt::format("the archive cannot be written ({})", zip_strerror(zip))};
}

template <class Number>
NpzArray held_array(std::string name, NpyType type, std::vector<std::int64_t> shape,
                    std::vector<Number> values) {
  auto kept = std::make_shared<const std::vector<Number>>(std::move(values));
  return {std::move(name), type, std::move(shape), [kept]() -> Result<std::span<const std::uint8_t>> {
            return std::span(reinterpret_cast<const std::uint8_t*>(kept->data()),
                             kept->size() * sizeof(Number));
          }};
}

}  // namespace

NpzArray npz_array(std::string name, std::vector<std::int64_t> shape, std::vector<float> values) {
  return held_array(std::move(name), NpyType::F32, std::move(shape), std::move(values));
}
NpzArray npz_array(std::string name, std::vector<std::int64_t> shape, std::vector<double> values) {
  return held_array(std::move(name), NpyType::F64, std::move(shape), std::move(values));
}
NpzArray npz_array(std::string name, std::vector<std::int64_t> shape, std::vector<std::int64_t> values) {
  return held_array(std::move(name), NpyType::I64, std::move(shape), std::move(values));
}

Status write_npz(const std::filesystem::path& path, std::vector<NpzArray> arrays, const std::stop_token& stop,
                 const std::function<void(double)>& progress) {
  auto file = AsideFile::begin(path);
  if (!file) return file.error();
  std::vector<NpzEntry> entries;
  entries.reserve(arrays.size());
  for (NpzArray& array : arrays) entries.emplace_back(std::move(array));
  int code = 0;
  Zip zip(zip_open(file->path().c_str(), ZIP_CREATE | ZIP_TRUNCATE, &code));
  if (!zip) return input_error(path.string(), "the archive cannot be written");
  for (NpzEntry& entry : entries)
    if (!add_entry(zip.get(), entry)) return npz_error(path, zip.get(), entries);
  NpzWatch watch{stop, progress};
  zip_register_progress_callback_with_state(
      zip.get(), 0.01,
      [](zip_t*, double share, void* state) {
        const auto& tell = static_cast<NpzWatch*>(state)->progress;
        if (tell) tell(share);
      },
      nullptr, &watch);
  zip_register_cancel_callback_with_state(
      zip.get(),
      [](zip_t*, void* state) { return static_cast<NpzWatch*>(state)->stop.stop_requested() ? 1 : 0; },
      nullptr, &watch);
  if (zip_close(zip.get()) != 0) {
    if (stop.stop_requested())
      return Error{.kind = ErrorKind::Cancelled, .where = path.string(), .problem = "writing was given up"};
    return npz_error(path, zip.get(), entries);
  }
  (void)zip.release();  // closed, so it is gone
  return file->commit();
}

}  // namespace synann::io
