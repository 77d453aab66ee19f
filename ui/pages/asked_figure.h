// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <QObject>

#include "engine/core/result.h"
#include "engine/infer/work.h"
#include "ui/plots/figure.h"
#include "ui/session/latest_value_worker.h"

class QWidget;

namespace synann::ui {

class BusyRow;
class FigureView;

// A figure that takes its time: made on a thread of its own, the newest question wins, and progress and Stop
// are there where it takes longer than a second. An older question that was answered all the same is shown
// until the newest is. Lives in the window's thread.
class AskedFigure : public QObject {
  Q_OBJECT

 public:
  using Made = Result<std::shared_ptr<const Figure>>;
  // On the worker's thread; an error is told in place of the figure.
  using Job = std::function<Made(const infer::Work& work)>;

  // `name` begins the names of progress and Stop; `what` is what a screen reader hears of it.
  AskedFigure(FigureView* view, const QString& name, const QString& what, QWidget* parent);

  FigureView* view() const { return view_; }
  QWidget* busyRow() const;
  // Does nothing where `key` is that of the question asked last: equal keys mean equal figures. What a key
  // names by its address is kept as long as the key counts, so that nothing else can have the address.
  using Kept = std::vector<std::shared_ptr<const void>>;
  void ask(const std::string& key, Kept kept, Job job);
  void clear(const QString& why);  // nothing is asked, and this is said in its place
  void release();                  // nothing is asked; what is shown is the owner's from now on
  bool busy() const { return running_; }

 signals:
  void changed();  // another figure, or none

 private:
  struct Question {
    std::uint64_t number = 0;
    Job job;
    std::stop_source stop;
  };
  struct Answer {
    std::uint64_t number = 0;
    std::shared_ptr<const Figure> figure;
    QString why;
  };
  void take(const Answer& answer);
  void stop();

  FigureView* view_;
  BusyRow* busy_;
  std::string key_;
  Kept kept_;
  std::uint64_t number_ = 0;    // of the question asked last
  std::uint64_t released_ = 0;  // up to which no answer counts
  bool running_ = false;
  std::stop_source stop_{std::nostopstate};
  std::atomic<double> done_ = 0;
  LatestValueWorker<Question, Answer> worker_;  // last: its thread is gone before anything it uses
};

}  // namespace synann::ui
