// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fmt/format.h>
#include <system_error>
#include <utility>
#include <zlib.h>

#include "engine/train/record_codec.h"

namespace synann::train {

using record::FrameHead;

namespace fs = std::filesystem;

namespace {

constexpr double kWorthIt = 0.97;  // a plane that deflates to more than this is stored as it is

Error cannot_write(const std::string& path, int code) {
  return {.kind = ErrorKind::Failed,
          .where = path,
          .problem = fmt::format("cannot be written ({})", std::strerror(code)),
          .remedy = "free some space and resume from the last checkpoint"};
}

// A zlib stream of `from` in `to` (large enough: compressBound); its size, or 0 where zlib fails. Differences
// of neighbouring frames are runs of equal bytes and noise: looking for runs alone is several times as fast
// as looking for repetitions, and hardly longer.
std::size_t deflate_runs(std::span<std::uint8_t> from, std::span<std::uint8_t> to) {
  z_stream z{};
  if (deflateInit2(&z, 1, Z_DEFLATED, 15, 9, Z_RLE) != Z_OK) return 0;
  z.next_in = from.data();
  z.avail_in = static_cast<uInt>(from.size());
  z.next_out = to.data();
  z.avail_out = static_cast<uInt>(to.size());
  const int code = deflate(&z, Z_FINISH);
  const std::size_t size = z.total_out;
  deflateEnd(&z);
  return code == Z_STREAM_END ? size : 0;
}

}  // namespace

Result<RecordWriter> RecordWriter::open(const fs::path& path, const RecordHeader& header,
                                        std::int64_t steps) {
  RecordWriter writer;
  writer.path_ = path.string();
  writer.header_ = header;
  std::error_code code;
  if (!fs::exists(path, code)) {
    if (auto status = writer.begin(); !status) return status.error();
    return writer;
  }
  auto earlier = RecordReader::open(path);
  if (!earlier || !earlier->header().same_run(header)) {
    const fs::path aside = writer.path_ + ".unreadable";
    fs::rename(path, aside, code);
    if (code) return cannot_write(aside.string(), code.value());
    if (auto status = writer.begin(); !status) return status.error();
    return writer;
  }
  writer.header_ = earlier->header();
  writer.bytes_ = earlier->bytes_until(steps);
  if (const auto last = earlier->at_or_before(steps)) writer.last_steps_ = earlier->frames()[*last].steps;
  fs::resize_file(path, writer.bytes_, code);
  if (code) return cannot_write(writer.path_, code.value());
  writer.file_.reset(std::fopen(writer.path_.c_str(), "ab"));
  if (!writer.file_) return cannot_write(writer.path_, errno);
  return writer;
}

Status RecordWriter::begin() {
  file_.reset(std::fopen(path_.c_str(), "wb"));
  if (!file_) return cannot_write(path_, errno);
  const auto bytes = record::format_header(header_);
  bytes_ = bytes.size();
  if (std::fwrite(bytes.data(), 1, bytes.size(), file_.get()) == bytes.size() &&
      std::fflush(file_.get()) == 0)
    return {};
  return cannot_write(path_, errno);
}

bool RecordWriter::in_budget() const {
  return header_.every > 0 && bytes_ < static_cast<std::uint64_t>(header_.budget.bytes);
}

bool RecordWriter::due(std::int64_t steps) const {
  return (header_.epoch_ends && steps % header_.steps_per_epoch == 0) ||
         (in_budget() && steps % header_.every == 0);
}

std::int64_t RecordWriter::until_due(std::int64_t steps) const {
  const std::int64_t epoch = header_.steps_per_epoch - steps % header_.steps_per_epoch;
  return in_budget() ? std::min(epoch, header_.every - steps % header_.every) : epoch;
}

void RecordWriter::pack_plane(std::span<const std::uint32_t> bits, int plane, bool key) {
  for (std::size_t k = 0; k < bits.size(); ++k) plane_[k] = static_cast<std::uint8_t>(bits[k] >> (8 * plane));
  bool& incompressible = incompressible_[plane];
  if (key) incompressible = false;  // tried again now and then
  std::span<const std::uint8_t> bytes = plane_;
  auto method = record::PlaneMethod::Stored;
  if (!incompressible) {
    const std::size_t size = deflate_runs(plane_, packed_);
    if (size > 0 && static_cast<double>(size) <= kWorthIt * static_cast<double>(plane_.size())) {
      method = record::PlaneMethod::Deflated;
      bytes = std::span(packed_).first(size);
    } else {
      incompressible = !key;
    }
  }
  const auto length = static_cast<std::uint32_t>(bytes.size());
  const auto* length_bytes = reinterpret_cast<const std::uint8_t*>(&length);
  payload_.push_back(static_cast<std::uint8_t>(method));
  payload_.insert(payload_.end(), length_bytes, length_bytes + 4);
  payload_.insert(payload_.end(), bytes.begin(), bytes.end());
}

Status RecordWriter::append(const FrameStep& at, std::span<const float> frame) {
  if (at.steps <= last_steps_) return {};
  const std::size_t n = header_.frame_size();
  bits_.resize(n);
  plane_.resize(n);
  packed_.resize(compressBound(static_cast<uLong>(n)));
  std::memcpy(bits_.data(), frame.data(), n * sizeof(float));
  const bool key = since_key_ == 0 || since_key_ >= kKeyInterval;
  if (key) {
    key_bits_ = bits_;
    since_key_ = 0;
  } else {
    for (std::size_t k = 0; k < n; ++k) bits_[k] ^= key_bits_[k];
  }
  payload_.assign(sizeof(FrameHead), 0);
  for (int plane = 0; plane < record::kPlanes; ++plane) pack_plane(bits_, plane, key);
  const auto body = std::span<const std::uint8_t>(payload_).subspan(sizeof(FrameHead));
  FrameHead head{.back = static_cast<std::uint32_t>(since_key_),
                 .epoch = at.position.epoch,
                 .step = at.position.step,
                 .steps = at.steps,
                 .payload = static_cast<std::uint32_t>(body.size())};
  head.checksum = record::checksum(head, body);
  std::memcpy(payload_.data(), &head, sizeof head);
  if (std::fwrite(payload_.data(), 1, payload_.size(), file_.get()) != payload_.size() ||
      std::fflush(file_.get()) != 0)
    return cannot_write(path_, errno);
  bytes_ += payload_.size();
  last_steps_ = at.steps;
  ++since_key_;
  return {};
}

}  // namespace synann::train
