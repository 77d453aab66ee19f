// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/digits/ink.h"

#include <algorithm>
#include <cstring>
#include <utility>
#include <vector>

#include <QPainter>
#include <QTransform>

namespace synann::ui {

namespace {

constexpr int kLightGround = 127;  // above, a picture is dark on light

QImage blankPaper() {
  QImage image(Ink::kSide, Ink::kSide, QImage::Format_Grayscale8);
  image.fill(0);
  return image;
}

// What the picture's border is on, mostly.
int groundOf(const QImage& picture) {
  std::vector<int> border;
  for (int x = 0; x < picture.width(); ++x)
    for (const int y : {0, picture.height() - 1}) border.push_back(picture.constScanLine(y)[x]);
  for (int y = 0; y < picture.height(); ++y)
    for (const int x : {0, picture.width() - 1}) border.push_back(picture.constScanLine(y)[x]);
  const auto middle = border.begin() + static_cast<std::ptrdiff_t>(border.size() / 2);
  std::nth_element(border.begin(), middle, border.end());
  return *middle;
}

}  // namespace

Ink::Ink() : now_{.image = blankPaper(), .taken = {}} {}

bool Ink::empty() const {
  for (int y = 0; y < kSide; ++y) {
    const uchar* const line = now_.image.constScanLine(y);
    if (std::any_of(line, line + kSide, [](uchar pixel) { return pixel != 0; })) return false;
  }
  return true;
}

data::Picture Ink::picture() const {
  if (now_.taken) return *now_.taken;
  data::Picture picture{.rows = kSide, .columns = kSide, .pixels = {}};
  for (int y = 0; y < kSide; ++y)
    picture.pixels.insert(picture.pixels.end(), now_.image.constScanLine(y),
                          now_.image.constScanLine(y) + kSide);
  return picture;
}

void Ink::keep() {
  undone_.push_back(now_);
  if (undone_.size() > kMostUndone) undone_.erase(undone_.begin());
  redone_.clear();
}

void Ink::beginStroke(QPointF at, double width) {
  keep();
  last_ = at;
  strokeTo(at, width);
}

void Ink::strokeTo(QPointF at, double width) {
  redone_.clear();
  now_.taken.reset();
  QPainter painter(&now_.image);
  painter.setRenderHint(QPainter::Antialiasing);
  painter.setPen(QPen(Qt::white, width * kSide, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
  const QPointF from = last_ * kSide, to = at * kSide;
  if (from == to)
    painter.drawPoint(to);
  else
    painter.drawLine(from, to);
  last_ = at;
}

void Ink::shift(QPointF by) {
  keep();
  QImage moved = blankPaper();
  QPainter(&moved).drawImage(by * kSide, now_.image);
  now_ = {.image = moved, .taken = {}};
}

void Ink::rotate(double degrees) {
  keep();
  QImage turned = blankPaper();
  QPainter painter(&turned);
  painter.setRenderHint(QPainter::SmoothPixmapTransform);
  painter.translate(kSide / 2.0, kSide / 2.0);
  painter.rotate(degrees);
  painter.drawImage(QPointF(-kSide / 2.0, -kSide / 2.0), now_.image);
  painter.end();
  now_ = {.image = turned, .taken = {}};
}

void Ink::clear() {
  if (empty()) return;
  keep();
  now_ = {.image = blankPaper(), .taken = {}};
}

// Ink on paper becomes light on dark, as it is here; the paper goes on where the picture ends.
void Ink::take(const data::Picture& picture) {
  keep();
  QImage whole(picture.columns, picture.rows, QImage::Format_Grayscale8);
  for (int y = 0; y < picture.rows; ++y)
    std::memcpy(whole.scanLine(y), picture.pixels.data() + std::ptrdiff_t{y} * picture.columns,
                static_cast<std::size_t>(picture.columns));
  if (groundOf(whole) > kLightGround) whole.invertPixels();
  // A multiple of its pixels where it is small: these stay pixels.
  const int most = std::max(picture.rows, picture.columns);
  const double factor = most <= kSide ? kSide / most : static_cast<double>(kSide) / most;
  const QImage fitted =
      whole.scaled(std::max(1, static_cast<int>(picture.columns * factor)),
                   std::max(1, static_cast<int>(picture.rows * factor)), Qt::IgnoreAspectRatio,
                   most <= kSide ? Qt::FastTransformation : Qt::SmoothTransformation);
  now_ = {.image = blankPaper(), .taken = std::make_shared<const data::Picture>(picture)};
  now_.image.fill(static_cast<uint>(groundOf(whole)));
  QPainter(&now_.image).drawImage((kSide - fitted.width()) / 2, (kSide - fitted.height()) / 2, fitted);
}

void Ink::undo() {
  if (undone_.empty()) return;
  redone_.push_back(std::exchange(now_, undone_.back()));
  undone_.pop_back();
}

void Ink::redo() {
  if (redone_.empty()) return;
  undone_.push_back(std::exchange(now_, redone_.back()));
  redone_.pop_back();
}

}  // namespace synann::ui
