// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/empty_offer.h"

#include <algorithm>

#include <QEvent>
#include <QFileInfo>
#include <QMenu>
#include <QVBoxLayout>

#include "ui/plots/figure_widget.h"
#include "ui/session/training_controller.h"
#include "ui/shell/last_run.h"
#include "ui/widgets/action_button.h"
#include "ui/widgets/icons.h"

namespace synann::ui {

namespace {
constexpr int kMostRuns = 3;
constexpr int kGap = 8;    // pixels
constexpr int kFoot = 48;  // pixels that stay free at the foot, where an axis may be
}  // namespace

EmptyOffer::EmptyOffer(const TrainingController& controller, const QList<QAction*>& ways, QMenu* recent,
                       FigureWidget* figure)
    : QWidget(figure), controller_(controller), figure_(figure), column_(new QVBoxLayout(this)) {
  setObjectName("empty");
  setAutoFillBackground(true);
  setBackgroundRole(QPalette::Base);
  column_->setContentsMargins(kGap, 0, kGap, 0);
  column_->setSpacing(kGap / 2);
  for (QAction* const way : ways) {
    auto* const button = new ActionButton(way, Qt::ToolButtonTextBesideIcon, this);
    button->setObjectName("empty." + way->objectName().section('.', -1));
    button->setAutoRaise(false);
    column_->addWidget(button, 0, Qt::AlignHCenter);
  }
  recent_ = new RingButton(this);
  recent_->setObjectName("empty.recent");
  recent_->setText(tr("Recent runs, data and figures"));
  recent_->setAccessibleName(recent_->text());
  recent_->setToolTip(tr("Open what was opened, trained or saved of late"));
  recent_->setMenu(recent);
  recent_->setPopupMode(QToolButton::InstantPopup);
  column_->addWidget(recent_, 0, Qt::AlignHCenter);
  figure->installEventFilter(this);
  check();
}

void EmptyOffer::setRuns(const QStringList& folders, bool others) {
  qDeleteAll(runs_);
  runs_.clear();
  for (const QString& folder : folders) {
    const QString words = lastRunWords(folder.toStdString());
    if (words.isEmpty()) continue;
    auto* const run = new RingButton(this);
    run->setObjectName("empty.run");
    run->setIcon(glyphIcon(Glyph::OpenRun));
    run->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    run->setText(QString(words).replace('&', QStringLiteral("&&")));
    run->setAccessibleName(tr("Open the run: %1").arg(words));
    run->setToolTip(folder);
    connect(run, &QToolButton::clicked, this, [this, folder] { emit runWanted(folder); });
    runs_.append(run);
    column_->insertWidget(column_->count() - 1, run, 0, Qt::AlignHCenter);
    if (runs_.size() == kMostRuns) break;
  }
  recent_->setVisible(others || !runs_.isEmpty());
  moveToCentre();
}

void EmptyOffer::check() {
  setVisible(controller_.runSettings() == nullptr && !controller_.sessionOpen());
  moveToCentre();
}

// Below the words in the middle of the figure; where it is low, with fewer runs.
void EmptyOffer::moveToCentre() {
  const QSize room = parentWidget()->size() - QSize(0, kFoot);
  const int top = figure_->wordsMiddle() + parentWidget()->fontMetrics().height() + kGap;
  for (QToolButton* run : runs_) run->setVisible(run->sizeHint().width() + 2 * kGap <= room.width());
  column_->activate();
  for (auto last = runs_.rbegin(); last != runs_.rend() && top + sizeHint().height() > room.height();
       ++last) {
    (*last)->hide();
    column_->activate();
  }
  const QSize size = sizeHint().boundedTo(room);
  setGeometry((room.width() - size.width()) / 2, std::min(top, room.height() - size.height()), size.width(),
              size.height());
}

bool EmptyOffer::eventFilter(QObject* object, QEvent* event) {
  if (event->type() == QEvent::Resize && object == parent()) moveToCentre();
  return QWidget::eventFilter(object, event);
}

}  // namespace synann::ui
