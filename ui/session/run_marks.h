// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include <QObject>
#include <QString>

#include "ui/session/training_controller.h"

namespace synann::ui {

// A place on the time line that a person may want to go back to.
struct TimeMark {
  enum class Kind { Epoch, Best, Setting, Device, Resumed, Fork };
  Kind kind = Kind::Epoch;
  std::int64_t steps = 0;  // done since the start of the run
  QString words;           // "learning rate 0.006 from step 5,400 on"
  bool operator==(const TimeMark&) const = default;
};

// What happened when in the run at hand, and its loss in outline: what the time line draws. Collects from the
// snapshots of the training, or from the history of a run that was opened. Lives in the window's thread.
class RunMarks : public QObject {
  Q_OBJECT

 public:
  static constexpr std::size_t kMostPoints = 512;  // of the outline

  // The controller must outlive it.
  explicit RunMarks(TrainingController& controller, QObject* parent = nullptr);

  // In the order of their steps; one Best at most.
  std::vector<TimeMark> marks() const;
  // The mean loss of equal stretches of steps; stretch k holds the steps k · width … (k + 1) · width − 1.
  // NaN where there was none.
  struct Outline {
    std::int64_t width = 1;
    std::vector<float> means;
  };
  Outline outline() const;
  QString summary() const;  // for screen readers: "20 epochs, best after epoch 18, learning rate …"
  // Where the run left the one that it was made of; nothing where it was not, or not out of a step.
  const std::optional<train::Fork>& fork() const { return fork_; }
  std::int64_t stepsAt(const train::Position& position) const;
  std::uint64_t revision() const { return revision_; }  // grows with every change

 signals:
  void changed();

 private:
  struct Stretch {
    double sum = 0;
    std::int64_t count = 0;
  };
  void take(const Snapshot& snapshot);
  void clear();
  void setStart(const train::StartInfo& start);
  void addHistory(const train::History& history);
  void addLoss(std::int64_t step, float loss);
  void addEvaluation(const train::Evaluation& evaluation);
  void addChange(const train::SettingChange& change);
  void addResume(std::int64_t steps);
  void addDevice(const train::DeviceChange& change);
  void cutBack(std::int64_t steps);

  std::optional<train::Fork> fork_;
  int steps_per_epoch_ = 0;
  std::vector<TimeMark> marks_;  // without the best epoch
  int epochs_ = 0, best_ = 0;    // 0 = none
  std::vector<Stretch> stretches_;
  std::int64_t width_ = 1;  // steps of a stretch
  std::uint64_t revision_ = 1;
};

}  // namespace synann::ui
