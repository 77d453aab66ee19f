// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plots/webp_film.h"

#include <fmt/format.h>
#include <webp/encode.h>
#include <webp/mux.h>

namespace synann::ui {

namespace {

Error noFilm(std::string problem) {
  return {.kind = ErrorKind::Failed, .problem = std::move(problem)};
}

}  // namespace

void WebpFilm::Closer::operator()(WebPAnimEncoder* encoder) const {
  WebPAnimEncoderDelete(encoder);
}

Error WebpFilm::failed() const {
  return noFilm(fmt::format("the film cannot be written ({})", WebPAnimEncoderGetError(encoder_.get())));
}

Result<WebpFilm> WebpFilm::begin(QSize size) {
  if (size.width() > WEBP_MAX_DIMENSION || size.height() > WEBP_MAX_DIMENSION)
    return Error{.problem = "the picture is too large for WebP",
                 .expected = fmt::format("at most {} pixels a side", WEBP_MAX_DIMENSION),
                 .found = fmt::format("{} × {}", size.width(), size.height())};
  WebPAnimEncoderOptions options;
  if (!WebPAnimEncoderOptionsInit(&options)) return noFilm("the WebP library is of another version");
  WebPAnimEncoder* const encoder = WebPAnimEncoderNew(size.width(), size.height(), &options);
  if (!encoder) return noFilm("there is not enough memory for the film");
  return WebpFilm(size, encoder);
}

Status WebpFilm::add(const QImage& picture, int milliseconds) {
  constexpr int kEffort = 20;  // of 100; more makes files little smaller and takes many times as long
  const QImage pixels = picture.convertToFormat(QImage::Format_RGBA8888);
  WebPConfig config;
  WebPPicture frame;
  if (!WebPConfigInit(&config) || !WebPPictureInit(&frame))
    return noFilm("the WebP library is of another version");
  config.lossless = 1;
  config.quality = kEffort;
  config.method = 1;
  frame.use_argb = 1;
  frame.width = size_.width();
  frame.height = size_.height();
  const bool added =
      pixels.size() == size_ &&
      WebPPictureImportRGBA(&frame, pixels.constBits(), static_cast<int>(pixels.bytesPerLine())) &&
      WebPAnimEncoderAdd(encoder_.get(), &frame, time_, &config);
  WebPPictureFree(&frame);
  if (!added) return failed();
  time_ += milliseconds;
  return {};
}

Result<QByteArray> WebpFilm::finish() {
  WebPData data;
  WebPDataInit(&data);
  if (!WebPAnimEncoderAdd(encoder_.get(), nullptr, time_, nullptr) ||
      !WebPAnimEncoderAssemble(encoder_.get(), &data))
    return failed();
  const QByteArray bytes(reinterpret_cast<const char*>(data.bytes), static_cast<qsizetype>(data.size));
  WebPDataClear(&data);
  return bytes;
}

}  // namespace synann::ui
