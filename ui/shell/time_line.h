// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QTimer>
#include <QWidget>

#include "ui/session/run_marks.h"
#include "ui/session/synapse_source.h"

class QComboBox;
class QLabel;
class QToolButton;

namespace synann::ui {

class TimeTrack;

// The history of the run as one slider for all pages: a place for each recorded step, play with a speed, and
// Live, which follows the training. Arrow keys go from frame to frame, Page Up and Page Down by a tenth.
class TimeLine : public QWidget {
  Q_OBJECT

 public:
  // Both must outlive it.
  TimeLine(SynapseSource& source, const RunMarks& marks, QWidget* parent = nullptr);

  bool playing() const { return timer_.isActive(); }
  void setPlaying(bool playing);

 signals:
  void forkWanted(qint64 steps);  // of the run, at a recorded step

 private:
  void follow(const SynapseFramePtr& frame);
  void moveTo(int frame);
  void advance();
  void setLive(bool live);

  SynapseSource& source_;
  std::shared_ptr<const std::vector<train::FrameStep>> frames_;
  QTimer timer_;
  QToolButton* back_;
  QToolButton* play_;
  QToolButton* forward_;
  TimeTrack* slider_;
  QComboBox* speed_;
  QToolButton* live_;
  QLabel* words_;
};

}  // namespace synann::ui
