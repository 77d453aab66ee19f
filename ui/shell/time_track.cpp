// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/time_track.h"

#include <algorithm>
#include <cmath>

#include <QContextMenuEvent>
#include <QHelpEvent>
#include <QKeyEvent>
#include <QMenu>
#include <QMouseEvent>
#include <QPainter>
#include <QPainterPath>
#include <QStyle>
#include <QStyleOptionSlider>
#include <QToolTip>

#include "ui/session/words.h"

namespace synann::ui {

namespace {

constexpr int kTrackHeight = 36;       // pixels
constexpr double kMarkReach = 4;       // pixels around a mark that belong to it
constexpr double kClosest = 4;         // pixels between two ends of epochs that are both drawn
constexpr double kSign = 7;            // pixels
constexpr QRgb kBestColor = 0xd55e00;  // Okabe–Ito vermilion, beside a shape of its own

}  // namespace

TimeTrack::TimeTrack(const RunMarks& marks, QWidget* parent)
    : QSlider(Qt::Horizontal, parent), marks_(marks) {
  setMinimumHeight(kTrackHeight);
  connect(&marks_, &RunMarks::changed, this, [this] {
    setAccessibleDescription(marks_.summary());
    if (isVisible()) update();
  });
}

QSize TimeTrack::sizeHint() const {
  return {QSlider::sizeHint().width(), kTrackHeight};
}

void TimeTrack::setFrames(std::shared_ptr<const std::vector<train::FrameStep>> frames) {
  frames_ = std::move(frames);
  const int last = frames_ ? std::max(0, static_cast<int>(frames_->size()) - 1) : 0;
  setMaximum(last);
  setPageStep(std::max(1, last / 10));
  update();
}

int TimeTrack::inset() const {
  return style()->pixelMetric(QStyle::PM_SliderLength, nullptr, this) / 2;
}

double TimeTrack::pixelOf(std::int64_t steps) const {
  if (!frames_ || frames_->size() < 2) return inset();
  const auto after = std::lower_bound(frames_->begin(), frames_->end(), steps,
                                      [](const train::FrameStep& p, std::int64_t s) { return p.steps < s; });
  double place = static_cast<double>(after - frames_->begin());
  if (after == frames_->end()) {
    place = static_cast<double>(frames_->size() - 1);
  } else if (after != frames_->begin() && after->steps != steps) {
    const auto before = after - 1;
    place -= static_cast<double>(after->steps - steps) / static_cast<double>(after->steps - before->steps);
  }
  return inset() + place / static_cast<double>(frames_->size() - 1) * (width() - 2 * inset());
}

void TimeTrack::drawOutline(QPainter& painter) const {
  const RunMarks::Outline outline = marks_.outline();
  float least = INFINITY, most = -INFINITY;
  for (const float mean : outline.means) {
    if (!std::isfinite(mean)) continue;
    least = std::min(least, mean);
    most = std::max(most, mean);
  }
  if (!(least < most)) return;
  // The end of training is where losses are small and close: the root spreads them.
  const double top = 3, bottom = height() - 4.0, span = std::sqrt(static_cast<double>(most - least));
  QPainterPath line;
  bool drawing = false;
  for (std::size_t k = 0; k < outline.means.size(); ++k) {
    if (!std::isfinite(outline.means[k])) {
      drawing = false;
      continue;
    }
    const std::int64_t middle = static_cast<std::int64_t>(k) * outline.width + outline.width / 2;
    const double y =
        bottom - std::sqrt(static_cast<double>(outline.means[k] - least)) / span * (bottom - top);
    const QPointF point(pixelOf(middle), y);
    if (drawing) {
      line.lineTo(point);
    } else {
      line.moveTo(point);
    }
    drawing = true;
  }
  QColor faint = palette().color(QPalette::WindowText);
  faint.setAlphaF(0.3F);
  painter.setPen(QPen(faint, 1.2));
  painter.setBrush(Qt::NoBrush);
  painter.drawPath(line);
}

void TimeTrack::drawMarks(QPainter& painter) const {
  const QColor text = palette().color(QPalette::WindowText);
  double last_epoch = -kClosest;
  for (const TimeMark& mark : marks_.marks()) {
    const double x = std::round(pixelOf(mark.steps)) + 0.5;
    QPainterPath sign;
    switch (mark.kind) {
      case TimeMark::Kind::Epoch:
        if (x - last_epoch < kClosest) continue;
        last_epoch = x;
        painter.setPen(QPen(palette().color(QPalette::PlaceholderText), 1));
        painter.drawLine(QPointF(x, height() - 7.0), QPointF(x, height() - 1.0));
        continue;
      case TimeMark::Kind::Best:  // a diamond
        sign.moveTo(x, 1);
        sign.lineTo(x + kSign / 2, 1 + kSign / 2);
        sign.lineTo(x, 1 + kSign);
        sign.lineTo(x - kSign / 2, 1 + kSign / 2);
        break;
      case TimeMark::Kind::Setting:  // a triangle that points down
        sign.moveTo(x - kSign / 2, 1);
        sign.lineTo(x + kSign / 2, 1);
        sign.lineTo(x, kSign);
        break;
      case TimeMark::Kind::Device:  // a square
        sign.addRect(x - kSign / 2 + 0.5, 1, kSign - 1, kSign - 1);
        break;
      case TimeMark::Kind::Fork:  // a cross
        sign.setFillRule(Qt::WindingFill);
        sign.addRect(x - 1, 1, 2, kSign);
        sign.addRect(x - kSign / 2, kSign / 2, kSign, 2);
        break;
      case TimeMark::Kind::Resumed:  // a triangle that points on
        sign.moveTo(x - kSign / 3, 1);
        sign.lineTo(x + kSign * 2 / 3, 1 + kSign / 2);
        sign.lineTo(x - kSign / 3, 1 + kSign);
        break;
    }
    sign.closeSubpath();
    painter.setPen(Qt::NoPen);
    painter.setBrush(mark.kind == TimeMark::Kind::Best ? QColor(kBestColor) : text);
    painter.drawPath(sign);
    painter.setPen(QPen(painter.brush().color(), 1, Qt::DotLine));
    painter.drawLine(QPointF(x, kSign + 2), QPointF(x, height() - 8.0));
  }
}

void TimeTrack::paintEvent(QPaintEvent* event) {
  if (frames_ && frames_->size() > 1) {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    drawOutline(painter);
    drawMarks(painter);
  }
  QSlider::paintEvent(event);
}

int TimeTrack::placeAt(double x) const {
  const double across = std::clamp((x - inset()) / std::max(1, width() - 2 * inset()), 0.0, 1.0);
  return minimum() + static_cast<int>(std::lround(across * (maximum() - minimum())));
}

void TimeTrack::jumpTo(double x) {
  setValue(placeAt(x));
}

// Of the step under the pointer; by keyboard of that where the handle is.
void TimeTrack::contextMenuEvent(QContextMenuEvent* event) {
  if (!frames_ || frames_->empty()) return event->ignore();
  const bool by_mouse = event->reason() == QContextMenuEvent::Mouse;
  const int place = by_mouse ? placeAt(event->pos().x()) : value();
  const auto at = std::min(static_cast<std::size_t>(std::max(0, place)), frames_->size() - 1);
  const std::int64_t steps = (*frames_)[at].steps;
  auto* menu = new QMenu(this);
  menu->setAttribute(Qt::WA_DeleteOnClose);
  QAction* const fork = menu->addAction(tr("&Fork at step %1…").arg(countWords(steps)));
  fork->setObjectName("time.fork");
  connect(fork, &QAction::triggered, this, [this, steps] { emit forkWanted(steps); });
  menu->popup(by_mouse ? event->globalPos()
                       : mapToGlobal(QPoint(static_cast<int>(pixelOf(steps)), height() / 2)));
}

// The handle is where the pointer is at once, and follows it while the button is held.
void TimeTrack::mousePressEvent(QMouseEvent* event) {
  if (event->button() != Qt::LeftButton) return event->ignore();
  setSliderDown(true);
  jumpTo(event->position().x());
  event->accept();
}

void TimeTrack::mouseMoveEvent(QMouseEvent* event) {
  if (isSliderDown()) jumpTo(event->position().x());
}

void TimeTrack::mouseReleaseEvent(QMouseEvent* event) {
  if (event->button() == Qt::LeftButton) setSliderDown(false);
}

std::optional<TimeMark> TimeTrack::markAt(int x) const {
  std::optional<TimeMark> found;
  for (const TimeMark& mark : marks_.marks()) {
    if (std::abs(pixelOf(mark.steps) - x) > kMarkReach) continue;
    if (!found || found->kind == TimeMark::Kind::Epoch) found = mark;
  }
  return found;
}

std::optional<std::int64_t> TimeTrack::stepsHere() const {
  const auto at = static_cast<std::size_t>(value());
  return frames_ && at < frames_->size() ? std::optional((*frames_)[at].steps) : std::nullopt;
}

bool TimeTrack::stepToMark(int direction) {
  const auto here = stepsHere();
  if (!here) return false;
  std::optional<std::int64_t> next;
  for (const TimeMark& mark : marks_.marks()) {
    if (direction > 0 ? mark.steps <= *here : mark.steps >= *here) continue;
    next = mark.steps;  // they are in order: the first one onwards, the last one backwards
    if (direction > 0) break;
  }
  if (!next) return false;
  const auto after = std::upper_bound(frames_->begin(), frames_->end(), *next,
                                      [](std::int64_t s, const train::FrameStep& p) { return s < p.steps; });
  setValue(std::max(0, static_cast<int>(after - frames_->begin()) - 1));
  return true;
}

void TimeTrack::keyPressEvent(QKeyEvent* event) {
  const bool to_mark = event->modifiers() == Qt::ControlModifier;
  if (to_mark && event->key() == Qt::Key_Right && stepToMark(1)) return;
  if (to_mark && event->key() == Qt::Key_Left && stepToMark(-1)) return;
  QSlider::keyPressEvent(event);
}

// A new run has nothing to be dragged along yet. The release of the button will not be told, here and below.
void TimeTrack::changeEvent(QEvent* event) {
  QSlider::changeEvent(event);
  if (event->type() == QEvent::EnabledChange && !isEnabled()) setSliderDown(false);
}

void TimeTrack::hideEvent(QHideEvent* event) {
  QSlider::hideEvent(event);
  setSliderDown(false);
}

bool TimeTrack::event(QEvent* event) {
  if (event->type() == QEvent::ToolTip) {
    auto* const help = static_cast<QHelpEvent*>(event);
    if (const auto mark = markAt(help->pos().x())) {
      QToolTip::showText(help->globalPos(), mark->words, this, QRect(help->pos().x() - 4, 0, 8, height()));
      return true;
    }
  }
  return QSlider::event(event);
}

}  // namespace synann::ui
