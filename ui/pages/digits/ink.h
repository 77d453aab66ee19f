// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <vector>

#include <QImage>
#include <QPointF>

#include "engine/data/picture.h"

namespace synann::ui {

// Ink on a square of paper, and all that was done to it. A value; knows no widget. Places in units of the
// paper's side, 0 … 1, y downwards.
class Ink {
 public:
  static constexpr int kSide = 280;      // pixels: ten for each of MNIST's
  static constexpr double kPen = 0.075;  // width of the pen
  static constexpr std::size_t kMostUndone = 100;

  Ink();

  const QImage& image() const { return now_.image; }  // Grayscale8, 255 = ink
  bool empty() const;
  data::Picture picture() const;  // what was taken, as it was, where nothing was done to it since
  bool drawn() const {
    return now_.taken == nullptr;
  }  // by a pen, or changed: not just a picture that was taken

  // Each is one change that undo() takes back. A stroke is one from its first point to its last.
  void beginStroke(QPointF at, double width = kPen);
  void strokeTo(QPointF at, double width = kPen);
  void shift(QPointF by);
  void rotate(double degrees);  // about the middle, clockwise
  void clear();
  void take(const data::Picture& picture);  // fitted in, as it is: light or dark

  bool canUndo() const { return !undone_.empty(); }
  bool canRedo() const { return !redone_.empty(); }
  void undo();
  void redo();

 private:
  struct State {
    QImage image;
    std::shared_ptr<const data::Picture> taken;  // what the image shows; null: what a pen drew
  };
  void keep();

  State now_;
  QPointF last_;
  std::vector<State> undone_, redone_;  // before, and after
};

}  // namespace synann::ui
