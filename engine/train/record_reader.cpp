// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fmt/format.h>
#include <iterator>
#include <list>
#include <sys/stat.h>
#include <utility>

#include "engine/train/record_codec.h"

namespace synann::train {

using record::FrameHead;

namespace {

constexpr std::size_t kKeptBytes = 64 << 20;                     // of key frames, unpacked
constexpr std::size_t kHeaderStart = record::kMagic.size() + 4;  // bytes before the JSON

bool read_at(std::FILE* file, std::uint64_t offset, void* to, std::size_t size) {
  return fseeko(file, static_cast<off_t>(offset), SEEK_SET) == 0 && std::fread(to, 1, size, file) == size;
}

std::uint64_t size_of(std::FILE* file) {
  struct stat info {};
  return fstat(fileno(file), &info) == 0 ? static_cast<std::uint64_t>(info.st_size) : 0;
}

Error not_a_record(const std::string& path) {
  return {.where = path,
          .problem = "is not a record of this program",
          .offset = 0,
          .expected = "SYNAREC1 and a header with its checksum",
          .remedy = "choose the folder of a run"};
}

}  // namespace

// Memory that is kept from frame to frame. Unpacking is most of what a frame costs, and a slider goes over
// the same key frames again and again: as many as fit are kept unpacked.
struct RecordReader::Buffers {
  struct Key {
    std::size_t k = 0;
    std::vector<std::uint32_t> bits;
  };
  std::vector<std::uint8_t> payload;
  record::Planes planes;
  std::list<Key> keys;  // the one used last in front
  std::vector<float> frame;
};

RecordReader::RecordReader() : buffers_(std::make_unique<Buffers>()) {}
RecordReader::RecordReader(RecordReader&&) noexcept = default;
RecordReader& RecordReader::operator=(RecordReader&&) noexcept = default;
RecordReader::~RecordReader() = default;

Result<RecordReader> RecordReader::open(const std::filesystem::path& path) {
  RecordReader reader;
  reader.path_ = path.string();
  reader.file_.reset(std::fopen(reader.path_.c_str(), "rb"));
  if (!reader.file_)
    return input_error(reader.path_, fmt::format("cannot be read ({})", std::strerror(errno)));
  std::FILE* const file = reader.file_.get();
  std::array<char, kHeaderStart> start{};
  std::uint32_t length = 0;
  if (!read_at(file, 0, start.data(), start.size()) ||
      !std::equal(record::kMagic.begin(), record::kMagic.end(), start.begin()))
    return not_a_record(reader.path_);
  std::memcpy(&length, start.data() + record::kMagic.size(), 4);
  if (length > record::kLargestHeader) return not_a_record(reader.path_);
  std::string text(length, '\0');
  std::uint32_t sum = 0;
  if (!read_at(file, kHeaderStart, text.data(), length) || !read_at(file, kHeaderStart + length, &sum, 4) ||
      sum != record::checksum_of(text))
    return not_a_record(reader.path_);
  auto header = record::parse_header(text, reader.path_);
  if (!header) return header.error();
  reader.header_ = std::move(*header);
  reader.begin_ = reader.end_ = kHeaderStart + length + 4;
  reader.refresh();
  return reader;
}

Error RecordReader::broken(std::size_t k, std::string problem) const {
  return {.where = path_,
          .problem = fmt::format("frame {} {}", k, problem),
          .offset = k < entries_.size() ? entries_[k].offset : end_,
          .remedy = "the frames before it can be shown; the run's checkpoints are not affected"};
}

std::size_t RecordReader::refresh() {
  const std::size_t before = entries_.size();
  const std::uint64_t size = size_of(file_.get());
  const std::uint64_t most = std::uint64_t{record::kPlanes} * (header_.frame_size() + record::kPlaneHead);
  while (!damage_ && end_ + sizeof(FrameHead) <= size) {
    FrameHead head;
    if (!read_at(file_.get(), end_, &head, sizeof head)) break;
    const bool ordered = steps_.empty() || head.steps > steps_.back().steps;
    if (head.magic != record::kFrameMagic || head.payload > most || head.back > entries_.size() ||
        head.back >= kKeyInterval || !ordered || head.epoch < 1 || head.step < 0) {
      damage_ = broken(entries_.size(), "is damaged");
      break;
    }
    if (end_ + sizeof head + head.payload > size) break;  // cut off, or still being written
    entries_.push_back({.offset = end_, .payload = head.payload, .back = head.back});
    steps_.push_back({.position = {head.epoch, head.step}, .steps = head.steps});
    end_ += sizeof head + head.payload;
  }
  truncated_ = !damage_ && end_ < size;
  return entries_.size() - before;
}

Status RecordReader::load(std::size_t k) {
  const Entry& entry = entries_[k];
  FrameHead head;
  Buffers& b = *buffers_;
  b.payload.resize(entry.payload);
  if (!read_at(file_.get(), entry.offset, &head, sizeof head) ||
      !read_at(file_.get(), entry.offset + sizeof head, b.payload.data(), b.payload.size()))
    return broken(k, "is no longer in the file");
  if (head.payload != entry.payload || head.checksum != record::checksum(head, b.payload))
    return broken(k, "is damaged: its checksum does not fit");
  if (!record::unpack(b.payload, header_.frame_size(), b.planes))
    return broken(k, "is damaged: it cannot be unpacked");
  return {};
}

Result<std::span<const float>> RecordReader::look(std::size_t k) {
  if (k >= entries_.size()) return broken(k, fmt::format("is not there: the record has {}", entries_.size()));
  const std::size_t key = k - entries_[k].back;
  if (entries_[key].back != 0) return broken(k, "is damaged: it refers to no key frame");
  if (auto status = find_key(key); !status) return status.error();
  Buffers& b = *buffers_;
  const std::vector<std::uint32_t>& key_bits = b.keys.front().bits;
  b.frame.resize(header_.frame_size());
  if (k == key) {
    std::memcpy(b.frame.data(), key_bits.data(), b.frame.size() * sizeof(float));
  } else {
    if (auto status = load(k); !status) return status.error();
    record::join(b.planes, key_bits, b.frame);
  }
  return std::span<const float>(b.frame);
}

// Puts a key frame in front of those that are kept.
Status RecordReader::find_key(std::size_t k) {
  auto& keys = buffers_->keys;
  const auto kept = std::find_if(keys.begin(), keys.end(), [k](const auto& key) { return key.k == k; });
  if (kept != keys.end()) {
    keys.splice(keys.begin(), keys, kept);
    return {};
  }
  if (auto status = load(k); !status) return status;
  const std::size_t bytes = header_.frame_size() * sizeof(std::uint32_t);
  if (!keys.empty() && (keys.size() + 1) * bytes > kKeptBytes) {
    keys.splice(keys.begin(), keys, std::prev(keys.end()));  // its memory is used again
  } else {
    keys.emplace_front();
  }
  keys.front().k = k;
  keys.front().bits.resize(header_.frame_size());
  record::join(buffers_->planes, keys.front().bits);
  return {};
}

Result<std::vector<float>> RecordReader::read(std::size_t k) {
  const auto frame = look(k);
  if (!frame) return frame.error();
  return std::vector<float>(frame->begin(), frame->end());
}

std::optional<std::size_t> RecordReader::at_or_before(std::int64_t steps) const {
  const auto after = std::upper_bound(steps_.begin(), steps_.end(), steps,
                                      [](std::int64_t s, const FrameStep& p) { return s < p.steps; });
  if (after == steps_.begin()) return std::nullopt;
  return static_cast<std::size_t>(after - steps_.begin()) - 1;
}

std::uint64_t RecordReader::bytes_until(std::int64_t steps) const {
  const auto last = at_or_before(steps);
  if (!last) return begin_;
  return *last + 1 < entries_.size() ? entries_[*last + 1].offset : end_;
}

}  // namespace synann::train
