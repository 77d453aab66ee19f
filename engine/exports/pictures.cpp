// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/exports/pictures.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <memory>
#include <numbers>
#include <spng.h>

namespace synann::exports {
namespace {

constexpr int kPictureSide = 320;        // pixels, about
constexpr std::uint8_t kNoNumber = 255;  // of the palette; 0 … 254 are the numbers, 127 is zero
constexpr int kMiddle = 127;

std::uint8_t as_byte(double linear) {
  const double encoded = linear <= 0.0031308 ? 12.92 * linear : 1.055 * std::pow(linear, 1 / 2.4) - 0.055;
  return static_cast<std::uint8_t>(std::lround(std::clamp(encoded, 0.0, 1.0) * 255));
}

// OKLab (B. Ottosson 2020) in polar form to sRGB; hue in degrees. As ui/plots/color_map.cpp.
spng_plte_entry color_of(double lightness, double chroma, double hue) {
  const double radians = hue * std::numbers::pi / 180;
  const double a = chroma * std::cos(radians), b = chroma * std::sin(radians);
  const double x = std::pow(lightness + 0.3963377774 * a + 0.2158037573 * b, 3),
               y = std::pow(lightness - 0.1055613458 * a - 0.0638541728 * b, 3),
               z = std::pow(lightness - 0.0894841775 * a - 1.2914855480 * b, 3);
  return {.red = as_byte(4.0767416621 * x - 3.3077115913 * y + 0.2309699292 * z),
          .green = as_byte(-1.2684380046 * x + 2.6097574011 * y - 0.3413193965 * z),
          .blue = as_byte(-0.0041960863 * x - 0.7034186147 * y + 1.7076147010 * z),
          .alpha = 255};
}

spng_plte diverging_palette() {
  constexpr double kBlue = 250, kOrange = 55;
  spng_plte palette{};
  palette.n_entries = 256;
  for (int k = 0; k < kNoNumber; ++k) {
    const double away = std::abs(k - kMiddle) / static_cast<double>(kMiddle);
    palette.entries[k] = color_of(0.97 - 0.52 * away, 0.125 * away, k < kMiddle ? kBlue : kOrange);
  }
  palette.entries[kNoNumber] = {.red = 128, .green = 128, .blue = 128, .alpha = 255};
  return palette;
}

Error no_picture(int code) {
  return {.kind = ErrorKind::Failed, .problem = "the PNG image cannot be made", .found = spng_strerror(code)};
}

// Each cell as a square of equal pixels, by its place in the palette.
Result<PngPicture> enlarged_png(std::span<const std::uint8_t> cells, int rows, int columns) {
  const int scale = std::max(1, kPictureSide / std::max({rows, columns, 1}));
  PngPicture picture{.rows = rows * scale, .columns = columns * scale, .bytes = {}};
  std::vector<std::uint8_t> pixels;
  pixels.reserve(static_cast<std::size_t>(picture.rows) * static_cast<std::size_t>(picture.columns));
  for (int row = 0; row < picture.rows; ++row)
    for (int column = 0; column < picture.columns; ++column)
      pixels.push_back(cells[static_cast<std::size_t>(row / scale * columns + column / scale)]);
  spng_plte palette = diverging_palette();
  spng_ihdr head{};
  head.width = static_cast<std::uint32_t>(picture.columns);
  head.height = static_cast<std::uint32_t>(picture.rows);
  head.bit_depth = 8;
  head.color_type = SPNG_COLOR_TYPE_INDEXED;
  const std::unique_ptr<spng_ctx, void (*)(spng_ctx*)> encoder(spng_ctx_new(SPNG_CTX_ENCODER), spng_ctx_free);
  int code = spng_set_option(encoder.get(), SPNG_ENCODE_TO_BUFFER, 1);
  if (code == 0) code = spng_set_ihdr(encoder.get(), &head);
  if (code == 0) code = spng_set_plte(encoder.get(), &palette);
  if (code == 0)
    code = spng_encode_image(encoder.get(), pixels.data(), pixels.size(), SPNG_FMT_PNG, SPNG_ENCODE_FINALIZE);
  if (code != 0) return no_picture(code);
  std::size_t size = 0;
  const std::unique_ptr<void, void (*)(void*)> buffer(spng_get_png_buffer(encoder.get(), &size, &code),
                                                      std::free);
  if (buffer == nullptr) return no_picture(code);
  const auto* bytes = static_cast<const std::uint8_t*>(buffer.get());
  picture.bytes.assign(bytes, bytes + size);
  return picture;
}

}  // namespace

float signed_range(std::span<const float> values) {
  float range = 0;
  for (const float value : values)
    if (std::isfinite(value)) range = std::max(range, std::abs(value));
  return range > 0 ? range : 1;
}

Result<PngPicture> signed_picture(std::span<const float> values, int rows, int columns, float range) {
  std::vector<std::uint8_t> cells;
  cells.reserve(values.size());
  for (const float value : values) {
    const float share = std::clamp(value / range, -1.0f, 1.0f);
    cells.push_back(std::isfinite(value) ? static_cast<std::uint8_t>(
                                               kMiddle + std::lround(share * static_cast<float>(kMiddle)))
                                         : kNoNumber);
  }
  return enlarged_png(cells, rows, columns);
}

Result<PngPicture> confusion_picture(const compute::Confusion& confusion) {
  std::vector<std::uint8_t> cells;
  cells.reserve(confusion.counts.size());
  for (int truth = 0; truth < confusion.classes; ++truth) {
    const int images = std::max(1, confusion.count(truth));
    for (int said = 0; said < confusion.classes; ++said) {
      const double share = static_cast<double>(confusion.at(truth, said)) / images;
      // The root, so that rare confusions are seen beside a full diagonal.
      cells.push_back(static_cast<std::uint8_t>(kMiddle - std::lround(std::sqrt(share) * kMiddle)));
    }
  }
  return enlarged_png(cells, confusion.classes, confusion.classes);
}

}  // namespace synann::exports
