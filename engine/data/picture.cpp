// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/data/picture.h"

#include <algorithm>
#include <array>
#include <csetjmp>
#include <cstdio>
#include <cstdlib>
#include <fmt/format.h>
#include <jpeglib.h>
#include <memory>
#include <spng.h>
#include <string>

#include "engine/data/content.h"

namespace synann::data {
namespace {

using Bytes = std::span<const std::uint8_t>;

constexpr std::array<std::uint8_t, 8> kPngMagic{0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};
constexpr std::size_t kLargestChunk = 1u << 20;  // bytes of text, profiles and the like

Error damaged(std::string_view file, const char* kind, std::string_view found) {
  Error error = input_error(std::string(file), fmt::format("the {} image cannot be decoded", kind),
                            "get the file again or take it away");
  error.found = std::string(found);
  return error;
}

Error too_large(std::string_view file, std::uint64_t rows, std::uint64_t columns) {
  Error error = input_error(std::string(file), "the image is too large", "make the images smaller");
  error.expected = fmt::format("at most {0}×{0} pixels", kLargestSide);
  error.found = fmt::format("{}×{}", rows, columns);
  return error;
}

bool fits(std::uint64_t rows, std::uint64_t columns) {
  return rows >= 1 && columns >= 1 && rows <= kLargestSide && columns <= kLargestSide;
}

// The lightness that Pillow gives a colour.
std::uint8_t grey(std::uint32_t red, std::uint32_t green, std::uint32_t blue) {
  return static_cast<std::uint8_t>((red * 19595u + green * 38470u + blue * 7471u + 0x8000u) >> 16);
}

// ---- JPEG: libjpeg reports an error by calling back, and must not return from that
// ------------------------------

struct JpegTrouble {
  jpeg_error_mgr manager;  // first, so that libjpeg's pointer to it is one to this
  std::jmp_buf back;
  char message[JMSG_LENGTH_MAX];
};

void leave(j_common_ptr decoder) {
  auto* trouble = reinterpret_cast<JpegTrouble*>(decoder->err);
  (*decoder->err->format_message)(decoder, trouble->message);
  std::longjmp(trouble->back, 1);
}

// Warnings count as errors: they tell of data that are cut off or damaged.
void warn(j_common_ptr decoder, int level) {
  if (level < 0) leave(decoder);
}

void say_nothing(j_common_ptr) {}

enum class JpegEnd { Done, Damaged, TooLarge };

// No object that needs a destructor lives between setjmp and longjmp.
JpegEnd decode_jpeg(jpeg_decompress_struct& decoder, JpegTrouble& trouble, Bytes bytes, Picture& picture) {
  if (setjmp(trouble.back) != 0) return JpegEnd::Damaged;
  jpeg_create_decompress(&decoder);
  jpeg_mem_src(&decoder, bytes.data(), static_cast<unsigned long>(bytes.size()));
  jpeg_read_header(&decoder, TRUE);
  picture.rows = static_cast<int>(decoder.image_height);
  picture.columns = static_cast<int>(decoder.image_width);
  if (!fits(decoder.image_height, decoder.image_width)) return JpegEnd::TooLarge;
  decoder.out_color_space = JCS_GRAYSCALE;
  decoder.dct_method = JDCT_ISLOW;  // the same bytes on every machine
  picture.pixels.resize(std::size_t{decoder.image_height} * decoder.image_width);
  jpeg_start_decompress(&decoder);
  while (decoder.output_scanline < decoder.output_height) {
    JSAMPROW row = picture.pixels.data() + std::size_t{decoder.output_scanline} * decoder.output_width;
    jpeg_read_scanlines(&decoder, &row, 1);
  }
  jpeg_finish_decompress(&decoder);
  return JpegEnd::Done;
}

}  // namespace

bool is_png(Bytes bytes) {
  return bytes.size() >= kPngMagic.size() && std::equal(kPngMagic.begin(), kPngMagic.end(), bytes.begin());
}

bool is_jpeg(Bytes bytes) {
  return bytes.size() >= 3 && bytes[0] == 0xff && bytes[1] == 0xd8 && bytes[2] == 0xff;
}

Result<Picture> parse_png(Bytes bytes, std::string_view file) {
  const std::unique_ptr<spng_ctx, void (*)(spng_ctx*)> decoder(spng_ctx_new(0), spng_ctx_free);
  if (!decoder) return input_error(std::string(file), "not enough memory to decode it");
  const auto failed = [&](int code) { return damaged(file, "PNG", spng_strerror(code)); };
  spng_set_chunk_limits(decoder.get(), kLargestChunk, kLargestChunk);
  if (const int code = spng_set_png_buffer(decoder.get(), bytes.data(), bytes.size()); code != 0)
    return failed(code);
  spng_ihdr head{};
  if (const int code = spng_get_ihdr(decoder.get(), &head); code != 0) return failed(code);
  if (!fits(head.height, head.width)) return too_large(file, head.height, head.width);
  Picture picture{static_cast<int>(head.height), static_cast<int>(head.width), {}};
  const std::size_t count = std::size_t{head.height} * head.width;
  // libspng widens and narrows every kind of PNG to bytes of red, green, blue.
  std::vector<std::uint8_t> colours(3 * count);
  if (const int code = spng_decode_image(decoder.get(), colours.data(), colours.size(), SPNG_FMT_RGB8, 0);
      code != 0)
    return failed(code);
  if (const int code = spng_decode_chunks(decoder.get()); code != 0) return failed(code);  // to its end
  picture.pixels.resize(count);
  for (std::size_t k = 0; k < count; ++k)
    picture.pixels[k] = grey(colours[3 * k], colours[3 * k + 1], colours[3 * k + 2]);
  return picture;
}

Result<Picture> parse_jpeg(Bytes bytes, std::string_view file) {
  jpeg_decompress_struct decoder{};
  JpegTrouble trouble{};
  decoder.err = jpeg_std_error(&trouble.manager);
  trouble.manager.error_exit = leave;
  trouble.manager.emit_message = warn;
  trouble.manager.output_message = say_nothing;
  Picture picture;
  const JpegEnd end = decode_jpeg(decoder, trouble, bytes, picture);
  jpeg_destroy_decompress(&decoder);
  if (end == JpegEnd::TooLarge)
    return too_large(file, static_cast<std::uint64_t>(picture.rows),
                     static_cast<std::uint64_t>(picture.columns));
  if (end == JpegEnd::Damaged) return damaged(file, "JPEG", trouble.message);
  return picture;
}

Result<std::vector<std::uint8_t>> format_png(const Picture& picture) {
  const std::unique_ptr<spng_ctx, void (*)(spng_ctx*)> encoder(spng_ctx_new(SPNG_CTX_ENCODER), spng_ctx_free);
  const auto failed = [](int code) {
    return Error{
        .kind = ErrorKind::Failed, .problem = "the PNG image cannot be made", .found = spng_strerror(code)};
  };
  spng_ihdr head{};
  head.width = static_cast<std::uint32_t>(picture.columns);
  head.height = static_cast<std::uint32_t>(picture.rows);
  head.bit_depth = 8;
  head.color_type = SPNG_COLOR_TYPE_GRAYSCALE;
  int code = spng_set_option(encoder.get(), SPNG_ENCODE_TO_BUFFER, 1);
  if (code == 0) code = spng_set_ihdr(encoder.get(), &head);
  if (code == 0) {
    code = spng_encode_image(encoder.get(), picture.pixels.data(), picture.pixels.size(), SPNG_FMT_PNG,
                             SPNG_ENCODE_FINALIZE);
  }
  if (code != 0) return failed(code);
  std::size_t size = 0;
  const std::unique_ptr<void, void (*)(void*)> buffer(spng_get_png_buffer(encoder.get(), &size, &code),
                                                      std::free);
  if (buffer == nullptr) return failed(code);
  const auto* bytes = static_cast<const std::uint8_t*>(buffer.get());
  return std::vector<std::uint8_t>(bytes, bytes + size);
}

}  // namespace synann::data
