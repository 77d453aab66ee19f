// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/asked_figure.h"

#include <utility>

#include "ui/pages/busy_row.h"
#include "ui/plots/figure_view.h"

namespace synann::ui {

AskedFigure::AskedFigure(FigureView* view, const QString& name, const QString& what, QWidget* parent)
    : QObject(parent),
      view_(view),
      busy_(new BusyRow(
          name, what, [this] { return running_ ? std::optional(done_.load()) : std::nullopt; }, parent)),
      worker_(
          [this](const Question& question, const std::stop_token& cancelled, const auto& tell) {
            std::stop_source stop = question.stop;
            const std::stop_callback relay(cancelled, [&stop] { stop.request_stop(); });
            const Made made =
                question.job({.stop = stop.get_token(), .progress = [this](int done, int count) {
                                done_ = count > 0 ? static_cast<double>(done) / count : 0.0;
                              }});
            if (made)
              tell({question.number, *made, {}});
            else
              tell({question.number, nullptr,
                    made.error().kind == ErrorKind::Cancelled
                        ? tr("Stopped; another choice begins anew.")
                        : QString::fromStdString(made.error().sentence())});
          },
          [this](const Answer& answer) { take(answer); }) {
  connect(busy_, &BusyRow::stopWanted, this, &AskedFigure::stop);
}

QWidget* AskedFigure::busyRow() const {
  return busy_;
}

void AskedFigure::ask(const std::string& key, Kept kept, Job job) {
  if (key == key_) return;
  key_ = key;
  kept_ = std::move(kept);
  stop_ = std::stop_source();
  done_ = 0;
  running_ = true;
  worker_.ask({++number_, std::move(job), stop_});
  busy_->begin();
  if (!view_->figure()) view_->setPlaceholder(tr("Computing…"));
}

void AskedFigure::release() {
  key_.clear();
  kept_.clear();
  released_ = number_;
  stop();
  running_ = false;
  busy_->end();
}

void AskedFigure::clear(const QString& why) {
  release();
  view_->setPlaceholder(why);
  if (!view_->figure()) return;
  view_->setFigure(nullptr);
  emit changed();
}

void AskedFigure::stop() {
  stop_.request_stop();
}

void AskedFigure::take(const Answer& answer) {
  if (answer.number <= released_) return;
  // What was found meanwhile is shown: who asks without a pause sees something.
  if (answer.number != number_ && !answer.figure) return;
  running_ = answer.number != number_;
  busy_->end();
  if (!answer.figure) view_->setPlaceholder(answer.why);
  view_->setFigure(answer.figure);
  emit changed();
}

}  // namespace synann::ui
