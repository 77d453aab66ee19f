// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/plots/loss_curve.h"

namespace synann::ui {

// A window onto the data: x in training examples, y in nats (never in logarithms).
struct LossRange {
  double minX = 0;
  double maxX = 1;
  double minY = 0;
  double maxY = 1;
  bool operator==(const LossRange&) const = default;
};

// The position of a loss on the y axis, and back: the loss itself or its decimal logarithm.
double toAxis(double loss, bool logY);
double fromAxis(double position, bool logY);

// All of the curve with a small margin, so that no point touches the frame. Without data: the axes of an
// empty figure.
LossRange fullRange(const LossCurve& curve, bool logY);

// Which part of the curve is shown: all of it (following) or a range that the person chose. Plain data, no
// widget.
class LossViewport {
 public:
  const LossRange& range() const { return range_; }
  bool follow() const { return follow_; }
  bool logY() const { return log_y_; }

  void setFollow(bool follow, const LossCurve& curve);
  void setLogY(bool log, const LossCurve& curve);
  void update(const LossCurve& curve);  // new data: moves the range only when following

  // The next three stop following. Ranges are kept at least two examples wide and within the reach of a
  // double.
  void zoomTo(const LossRange& range, const LossCurve& curve);
  // Scales about the data point (x, y); a factor below 1 shows less.
  void zoomAbout(double x, double y, double factorX, double factorY, const LossCurve& curve);
  // Moves by fractions of what is shown; positive: to larger values.
  void pan(double fractionX, double fractionY, const LossCurve& curve);

 private:
  LossRange range_;
  bool follow_ = true;
  bool log_y_ = false;
};

}  // namespace synann::ui
