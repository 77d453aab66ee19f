// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <fmt/format.h>
#include <optional>
#include <string>
#include <utility>
#include <zlib.h>

#include "engine/data/idx.h"

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

}  // namespace

bool is_gzip(Bytes bytes) {
  return bytes.size() >= 2 && bytes[0] == 0x1f && bytes[1] == 0x8b;
}

Result<std::vector<std::uint8_t>> gunzip(Bytes bytes, std::string_view file, std::uint64_t limit) {
  if (!is_gzip(bytes)) {
    const bool short_file = bytes.size() < 2;
    return broken(file, "not a gzip file", 0, "the bytes 1f 8b",
                  short_file ? fmt::format("{} bytes in all", bytes.size())
                             : fmt::format("{:02x} {:02x}", bytes[0], bytes[1]));
  }
  limit = std::min(limit, kLargestFile);
  if (bytes.size() > kLargestFile) {
    return broken(file, "the file is too large", 0, fmt::format("at most {} bytes", kLargestFile),
                  fmt::format("{} bytes", bytes.size()));
  }
  Stream stream(&inflateEnd);
  z_stream& z = stream.z;
  z.next_in = input(bytes);
  z.avail_in = static_cast<uInt>(bytes.size());  // below 2^32, as checked above
  if (inflateInit2(&z, kGzipOnly) != Z_OK)
    return input_error(std::string(file), "not enough memory to decompress it");

  // Room grows with what really comes out, up to one byte more than allowed: that byte tells too large from
  // just full.
  std::vector<std::uint8_t> out;
  int code = Z_OK;
  while (code == Z_OK && z.total_out <= limit) {
    if (z.total_out == out.size()) {
      const std::uint64_t more = std::max<std::uint64_t>(out.size(), 1u << 16);
      out.resize(static_cast<std::size_t>(std::min<std::uint64_t>(out.size() + more, limit + 1)));
    }
    z.next_out = out.data() + z.total_out;
    z.avail_out = static_cast<uInt>(out.size() - z.total_out);
    code = inflate(&z, Z_NO_FLUSH);
  }
  if (z.total_out > limit) {
    return broken(file, "the data are too large after decompression", {},
                  fmt::format("at most {} bytes", limit), "more");
  }
  if (code == Z_BUF_ERROR)
    return broken(file, "the gzip data are cut off", bytes.size(), "", "the end of the file");
  if (code != Z_STREAM_END) return data_error(file, z);
  if (z.avail_in > 0) {
    return broken(file, "bytes follow the gzip data", z.total_in, fmt::format("{} bytes in all", z.total_in),
                  fmt::format("{}", bytes.size()));
  }
  out.resize(z.total_out);
  return out;
}

Result<std::vector<std::uint8_t>> gzip(Bytes bytes) {
  if (bytes.size() > kLargestFile) return input_error({}, "too large to compress");
  Stream stream(&deflateEnd);
  z_stream& z = stream.z;
  if (deflateInit2(&z, 6, Z_DEFLATED, kGzipOnly, 8, Z_DEFAULT_STRATEGY) != Z_OK) {
    return input_error({}, "not enough memory to compress");
  }
  std::vector<std::uint8_t> out(deflateBound(&z, static_cast<uLong>(bytes.size())));
  z.next_in = input(bytes);
  z.avail_in = static_cast<uInt>(bytes.size());
  z.next_out = out.data();
  z.avail_out = static_cast<uInt>(out.size());
  if (deflate(&z, Z_FINISH) != Z_STREAM_END) return input_error({}, "compression failed");
  out.resize(z.total_out);
  return out;
}

}  // namespace synann::data
