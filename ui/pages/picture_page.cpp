// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/picture_page.h"

#include <algorithm>

#include <QFontDatabase>
#include <QGridLayout>
#include <QLabel>
#include <QResizeEvent>
#include <QSplitter>
#include <QVBoxLayout>

#include "ui/pages/page_controls.h"

namespace synann::ui {

namespace {
constexpr int kPictureWidth = 700;  // pixels, at first
}  // namespace

PicturePage::PicturePage(const QString& id, QWidget* parent)
    : Page(parent),
      id_(id),
      numbers_(new QLabel(this)),
      remark_(new QLabel(this)),
      side_(new QWidget(this)),
      controls_(new QGridLayout),
      split_(new QSplitter(Qt::Horizontal, this)) {
  controls_->setHorizontalSpacing(6);
  controls_->setVerticalSpacing(3);
  controls_->setColumnStretch(1, 1);
}

void PicturePage::setRemark(const QString& remark) {
  remark_->setText(remark);
  remark_->setToolTip(remark);
  if (remark_folds_) remark_->setVisible(!remark.isEmpty());
}

void PicturePage::addControls(const QString& label, std::initializer_list<QWidget*> widgets) {
  const int row = controls_->rowCount();
  auto* words = new QLabel(label, side_);
  controls_->addWidget(words, row, 0);
  words->setBuddy(*widgets.begin());
  // Side by side; what is taken away leaves its room to the others.
  auto* line = new QHBoxLayout;
  line->setSpacing(6);
  for (QWidget* widget : widgets) line->addWidget(widget, 1);
  controls_->addLayout(line, row, 1);
  lines_.append({words, widgets});
}

void PicturePage::showControl(QWidget* widget, bool shown) {
  widget->setVisible(shown);
  for (const Line& line : lines_)
    if (line.widgets.contains(widget))
      line.label->setVisible(std::any_of(line.widgets.begin(), line.widgets.end(),
                                         [](const QWidget* one) { return !one->isHidden(); }));
}

QWidget* PicturePage::together(std::initializer_list<QWidget*> widgets, int spacing) {
  auto* both = new QWidget(side_);
  auto* row = new QHBoxLayout(both);
  row->setContentsMargins(0, 0, 0, 0);
  row->setSpacing(spacing);
  for (QWidget* widget : widgets) row->addWidget(widget);
  return both;
}

// A page that becomes narrower, as beside the inspector, takes the width from the side before the picture is
// lower than it could be.
void PicturePage::resizeEvent(QResizeEvent* event) {
  Page::resizeEvent(event);
  if (event->size().width() >= event->oldSize().width()) return;
  const QList<int> sizes = split_->sizes();
  const int missing = height() - sizes[0], spare = sizes[1] - side_->minimumWidth();
  const int given = std::min(missing, spare);
  if (given > 0) split_->setSizes({sizes[0] + given, sizes[1] - given});
}

QWidget* PicturePage::makePicture(QWidget* picture) {
  auto* left = new QWidget(this);
  auto* column = new QVBoxLayout(left);
  column->setContentsMargins(8, 4, 0, 4);
  column->setSpacing(2);
  column->addWidget(picture, 1);
  column->addWidget(numbers_);
  column->addWidget(remark_);
  return left;
}

void PicturePage::layOut(QWidget* picture, QWidget* figures, const QString& numbers_name,
                         const QString& numbers_help, int remark_lines) {
  numbers_->setFont(QFontDatabase::systemFont(QFontDatabase::FixedFont));
  numbers_->setTextInteractionFlags(Qt::TextSelectableByMouse);
  numbers_->setAccessibleName(numbers_name);
  numbers_->setToolTip(numbers_help);
  numbers_->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Minimum);
  numbers_->setWordWrap(true);  // beside the inspector one line is too short
  numbers_->setContentsMargins(6, 0, 0, 0);
  remark_->setObjectName(id_ + ".note");
  remark_->setWordWrap(true);
  remark_->setAlignment(Qt::AlignLeft | Qt::AlignTop);
  remark_->setContentsMargins(6, 0, 0, 0);
  remark_folds_ = remark_lines == 0;
  remark_->setVisible(!remark_folds_);
  if (!remark_folds_) {
    remark_->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Fixed);
    remark_->setFixedHeight(remark_lines * remark_->fontMetrics().lineSpacing() + 2);
  }
  auto* column = new QVBoxLayout(side_);
  column->setContentsMargins(4, 4, 8, 4);
  column->setSpacing(6);
  column->addLayout(controls_);
  column->addWidget(figures, 1);
  side_->setMinimumWidth(kSideWidth - 40);
  split_->setObjectName(id_ + ".split");
  split_->addWidget(makePicture(picture));
  split_->addWidget(side_);
  split_->setChildrenCollapsible(false);
  split_->setStretchFactor(0, 1);
  split_->setSizes({kPictureWidth, kSideWidth});
  auto* all = new QVBoxLayout(this);
  all->setContentsMargins(0, 0, 0, 0);
  all->addWidget(split_);
}

}  // namespace synann::ui
