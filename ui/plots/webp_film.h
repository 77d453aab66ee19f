// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>

#include <QByteArray>
#include <QImage>
#include <QSize>

#include "engine/core/result.h"

struct WebPAnimEncoder;

namespace synann::ui {

// Pictures that follow each other as an animated WebP, without loss, repeated for ever. Any one thread.
class WebpFilm {
 public:
  // Errors: a size that the format does not have (16,383 pixels a side).
  static Result<WebpFilm> begin(QSize size);

  // `picture` has the film's size, and stays for so many milliseconds.
  Status add(const QImage& picture, int milliseconds);
  // The file; once, after the last picture.
  Result<QByteArray> finish();

 private:
  struct Closer {
    void operator()(WebPAnimEncoder* encoder) const;
  };
  explicit WebpFilm(QSize size, WebPAnimEncoder* encoder) : size_(size), encoder_(encoder) {}
  Error failed() const;

  QSize size_;
  int time_ = 0;  // milliseconds, at which the next picture begins
  std::unique_ptr<WebPAnimEncoder, Closer> encoder_;
};

}  // namespace synann::ui
