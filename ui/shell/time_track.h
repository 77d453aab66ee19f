// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include <QSlider>

#include "engine/train/record.h"
#include "ui/session/run_marks.h"

namespace synann::ui {

// The slider of the time line: goes where it is clicked, and shows behind its handle the run's loss in
// outline, ends of epochs, the best one, changes of settings and devices, and where the run was resumed.
// Ctrl+Left and Ctrl+Right go from mark to mark.
class TimeTrack : public QSlider {
  Q_OBJECT

 public:
  // The marks must outlive it.
  explicit TimeTrack(const RunMarks& marks, QWidget* parent = nullptr);

  // The recorded steps, one for each place of the slider; null = none.
  void setFrames(std::shared_ptr<const std::vector<train::FrameStep>> frames);
  // Where a number of steps lies, in pixels from the left; between places where it was not recorded.
  double pixelOf(std::int64_t steps) const;
  // The mark within a few pixels, the most telling first.
  std::optional<TimeMark> markAt(int x) const;

  QSize sizeHint() const override;

 signals:
  void forkWanted(qint64 steps);  // by its menu, of the recorded step there

 protected:
  void contextMenuEvent(QContextMenuEvent* event) override;
  void paintEvent(QPaintEvent* event) override;
  void mousePressEvent(QMouseEvent* event) override;
  void mouseMoveEvent(QMouseEvent* event) override;
  void mouseReleaseEvent(QMouseEvent* event) override;
  void keyPressEvent(QKeyEvent* event) override;
  void changeEvent(QEvent* event) override;
  void hideEvent(QHideEvent* event) override;
  bool event(QEvent* event) override;

 private:
  void drawOutline(QPainter& painter) const;
  void drawMarks(QPainter& painter) const;
  void jumpTo(double x);
  int placeAt(double x) const;
  bool stepToMark(int direction);
  std::optional<std::int64_t> stepsHere() const;  // where the handle is; none without recorded steps
  int inset() const;                              // pixels from either end to the middle of the handle there

  const RunMarks& marks_;
  std::shared_ptr<const std::vector<train::FrameStep>> frames_;
};

}  // namespace synann::ui
