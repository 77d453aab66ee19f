// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/busy_row.h"

#include <cmath>

#include <QHBoxLayout>
#include <QProgressBar>

#include "ui/pages/page_controls.h"
#include "ui/widgets/ring_button.h"

namespace synann::ui {

namespace {
constexpr int kBusyPatience = 1000;  // milliseconds without a word
constexpr int kBusyLooks = 100;      // milliseconds between looks
}  // namespace

BusyRow::BusyRow(const QString& name, const QString& what, Done done, QWidget* parent)
    : QWidget(parent),
      done_(std::move(done)),
      bar_(named(new QProgressBar(this), name + "-progress", tr("Progress: %1").arg(what),
                 tr("How much is done"))) {
  bar_->setRange(0, 100);
  auto* stop = named(new RingButton(tr("Stop"), this), name + "-stop", tr("Stop: %1").arg(what),
                     tr("Stop: %1").arg(what));
  connect(stop, &QToolButton::clicked, this, &BusyRow::stopWanted);
  auto* row = new QHBoxLayout(this);
  row->setContentsMargins(0, 0, 0, 0);
  row->addWidget(bar_, 1);
  row->addWidget(stop);
  hide();
  timer_.setInterval(kBusyLooks);
  connect(&timer_, &QTimer::timeout, this, &BusyRow::look);
}

void BusyRow::begin() {
  // A question after the other, as while a slider is dragged, takes its time as one.
  if (timer_.isActive()) return;
  since_.start();
  timer_.start();
}

void BusyRow::look() {
  const std::optional<double> done = done_();
  if (!done) timer_.stop();
  const bool shown = done && since_.isValid() && since_.elapsed() >= kBusyPatience;
  if (shown) bar_->setValue(static_cast<int>(std::lround(100 * *done)));
  if (isHidden() == shown) setVisible(shown);
}

}  // namespace synann::ui
