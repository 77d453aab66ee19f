// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/data/gzip.h"

#include <algorithm>
#include <fmt/format.h>
#include <optional>
#include <string>
#include <utility>
#include <vector>
#include <zlib.h>

namespace synann::data {
namespace {

using Bytes = std::span<const std::uint8_t>;

constexpr int kGzipOnly = 15 + 16;  // zlib's window bits: the largest window, gzip framing alone

Error broken(std::string_view file, std::string problem, std::optional<std::uint64_t> offset,
             std::string expected, std::string found) {
  return {.kind = ErrorKind::Input,
          .where = std::string(file),
          .problem = std::move(problem),
          .offset = offset,
          .expected = std::move(expected),
          .found = std::move(found),
          .remedy = "get the file again"};
}

// zlib's stream, given back to zlib whatever happens.
class Stream {
 public:
  using End = int (*)(z_stream*);
  explicit Stream(End end) : end_(end) {}
  ~Stream() { end_(&z); }
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;

  z_stream z{};

 private:
  End end_;
};

// zlib takes its input through a pointer that is not const, and leaves it alone.
Bytef* input(Bytes bytes) {
  return const_cast<Bytef*>(bytes.data());
}

constexpr std::size_t kMostAtOnce = 1u << 30;  // zlib counts in 32 bits
constexpr std::uint64_t kMostRatio = 1032;     // deflate makes at most so many bytes of one

// zlib's one data error covers everything; its message tells which part of the member failed.
Error data_error(std::string_view file, const z_stream& z) {
  const std::string_view message = z.msg ? z.msg : "";
  if (message == "incorrect data check")
    return broken(file, "the gzip checksum is wrong", {}, "", "damaged data");
  if (message == "incorrect length check")
    return broken(file, "the gzip length is wrong", {}, "", "damaged data");
  return broken(file, "the gzip data are damaged", {}, "",
                message.empty() ? "damaged data" : std::string(message));
}

bool is_padding(Bytes bytes) {
  return std::ranges::all_of(bytes, [](std::uint8_t byte) { return byte == 0; });
}

// Gzip members, unpacked one after the other into a vector that grows.
class Inflater {
 public:
  Inflater(Bytes bytes, std::string_view file, std::uint64_t limit)
      : bytes_(bytes), file_(file), limit_(limit), stream_(&inflateEnd) {}

  // Unpacks until the input is used up or more than `enough` bytes have come out.
  Status run(std::uint64_t enough) {
    if (inflateInit2(&stream_.z, kGzipOnly) != Z_OK)
      return input_error(std::string(file_), "not enough memory to decompress it");
    while (size_ <= enough) {
      const int code = step();
      if (code == Z_STREAM_END) {
        const Bytes rest = bytes_.subspan(at_);
        if (is_padding(rest)) break;
        if (!is_gzip(rest))
          return broken(file_, "bytes follow the gzip data", at_, fmt::format("{} bytes in all", at_),
                        fmt::format("{}", bytes_.size()));
        inflateReset(&stream_.z);
      } else if (code == Z_BUF_ERROR) {
        return broken(file_, "the gzip data are cut off", bytes_.size(), "", "the end of the file");
      } else if (code != Z_OK) {
        return data_error(file_, stream_.z);
      }
    }
    if (size_ > limit_)
      return broken(file_, "the data are too large after decompression", {},
                    fmt::format("at most {} bytes", limit_), "more");
    return {};
  }

  void reserve(std::uint64_t size) {
    out_.reserve(static_cast<std::size_t>(std::min({size, limit_, kMostRatio * bytes_.size()}) + 1));
  }

  std::vector<std::uint8_t> take() {
    out_.resize(size_);
    return std::move(out_);
  }

 private:
  // Room grows with what really comes out, up to one byte more than allowed: that byte tells too large from
  // just full.
  int step() {
    if (size_ == out_.size()) {
      const std::uint64_t more = std::clamp<std::uint64_t>(out_.size(), 1u << 16, 1u << 24);
      const std::uint64_t size = std::min<std::uint64_t>(out_.size() + more, limit_ + 1);
      if (size > out_.capacity())
        out_.reserve(
            static_cast<std::size_t>(std::min<std::uint64_t>(std::max(size, 2 * size_), limit_ + 1)));
      out_.resize(static_cast<std::size_t>(size));
    }
    z_stream& z = stream_.z;
    const Bytes in = bytes_.subspan(at_, std::min(kMostAtOnce, bytes_.size() - at_));
    const std::size_t room = std::min(kMostAtOnce, out_.size() - size_);
    z.next_in = input(in);
    z.avail_in = static_cast<uInt>(in.size());
    z.next_out = out_.data() + size_;
    z.avail_out = static_cast<uInt>(room);
    const int code = inflate(&z, Z_NO_FLUSH);
    at_ += in.size() - z.avail_in;
    size_ += room - z.avail_out;
    return code;
  }

  Bytes bytes_;
  std::string_view file_;
  std::uint64_t limit_;
  Stream stream_;
  std::size_t at_ = 0, size_ = 0;  // bytes used, bytes made
  std::vector<std::uint8_t> out_;
};

}  // namespace

bool is_gzip(Bytes bytes) {
  return bytes.size() >= 2 && bytes[0] == 0x1f && bytes[1] == 0x8b;
}

Result<std::vector<std::uint8_t>> gunzip(Bytes bytes, std::string_view file, std::uint64_t limit,
                                         std::uint64_t expected) {
  if (!is_gzip(bytes)) {
    const bool short_file = bytes.size() < 2;
    return broken(file, "not a gzip file", 0, "the bytes 1f 8b",
                  short_file ? fmt::format("{} bytes in all", bytes.size())
                             : fmt::format("{:02x} {:02x}", bytes[0], bytes[1]));
  }
  Inflater inflater(bytes, file, limit);
  if (expected > 0) inflater.reserve(expected);
  if (const Status done = inflater.run(limit); !done) return done.error();
  return inflater.take();
}

std::vector<std::uint8_t> gunzip_start(Bytes bytes, std::size_t count) {
  if (!is_gzip(bytes)) return {};
  Inflater inflater(bytes, {}, UINT64_MAX - 1);
  (void)inflater.run(count);  // what is damaged is told when it is read
  auto start = inflater.take();
  start.resize(std::min(start.size(), count));
  return start;
}

Result<std::vector<std::uint8_t>> gzip(Bytes bytes) {
  Stream stream(&deflateEnd);
  z_stream& z = stream.z;
  if (deflateInit2(&z, 6, Z_DEFLATED, kGzipOnly, 8, Z_DEFAULT_STRATEGY) != Z_OK) {
    return input_error({}, "not enough memory to compress");
  }
  std::vector<std::uint8_t> out(deflateBound(&z, static_cast<uLong>(bytes.size())));
  std::size_t at = 0, made = 0;
  int code = Z_OK;
  while (code == Z_OK) {
    const std::size_t size = std::min(kMostAtOnce, bytes.size() - at),
                      room = std::min(kMostAtOnce, out.size() - made);
    z.next_in = input(bytes.subspan(at, size));
    z.avail_in = static_cast<uInt>(size);
    z.next_out = out.data() + made;
    z.avail_out = static_cast<uInt>(room);
    code = deflate(&z, at + size == bytes.size() ? Z_FINISH : Z_NO_FLUSH);
    at += size - z.avail_in;
    made += room - z.avail_out;
  }
  if (code != Z_STREAM_END) return input_error({}, "compression failed");
  out.resize(made);
  return out;
}

}  // namespace synann::data
