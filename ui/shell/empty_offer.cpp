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
constexpr int kFoot = 48;  // pixels that an axis may take below the figure, whose words then stand higher
}  // namespace

EmptyOffer::EmptyOffer(const TrainingController& controller, QAction* train, QMenu* recent, QWidget* figure)
    : QWidget(figure), controller_(controller), column_(new QVBoxLayout(this)) {
  setObjectName("empty");
  setAutoFillBackground(true);
  setBackgroundRole(QPalette::Base);
  column_->setContentsMargins(kGap, 0, kGap, 0);
  column_->setSpacing(kGap / 2);
  auto* const begin = new ActionButton(train, Qt::ToolButtonTextBesideIcon, this);
  begin->setObjectName("empty.train");
  begin->setAutoRaise(false);
  recent_ = new RingButton(this);
  recent_->setObjectName("empty.recent");
  recent_->setText(tr("Recent runs, data and figures"));
  recent_->setAccessibleName(recent_->text());
  recent_->setToolTip(tr("Open what was opened, trained or saved of late"));
  recent_->setMenu(recent);
  recent_->setPopupMode(QToolButton::InstantPopup);
  column_->addWidget(begin, 0, Qt::AlignHCenter);
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
    column_->insertWidget(static_cast<int>(runs_.size()), run, 0, Qt::AlignHCenter);
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
  const auto* const figure = qobject_cast<const FigureWidget*>(parentWidget());
  const bool without_axis = figure != nullptr && !figure->placeholder().isEmpty();
  const int middle = (without_axis ? parentWidget()->height() : room.height()) / 2;
  const int top = middle + parentWidget()->fontMetrics().height() + kGap;
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
