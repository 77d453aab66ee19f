// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plots/setting_marks.h"

#include <QFontMetricsF>
#include <QPainter>

namespace synann::ui {
namespace {

constexpr double kMarkGap = 4;  // pixels between a line and its label, and around a label
constexpr double kTop = 16;     // pixels below the frame: above are the marks of losses that are not finite

}  // namespace

SettingMarks::SettingMarks(QGraphicsItem* parent) : QGraphicsItem(parent) {
  setZValue(4.6);  // above the curves, below the texts
  setAcceptedMouseButtons(Qt::NoButton);
}

void SettingMarks::setColors(const QColor& line, const QColor& text, const QColor& ground) {
  line_ = line;
  text_ = text;
  ground_ = ground;
  update();
}

void SettingMarks::show(const std::vector<SettingMark>& marks, const QRectF& plot, const QFont& font,
                        const QRectF& taken, const std::function<double(double)>& place) {
  prepareGeometryChange();
  plot_ = plot;
  font_ = font;
  lines_.clear();
  const QFontMetricsF metrics(font);
  // From the right: a label may reach up to the next line.
  double end = plot.right();
  for (auto mark = marks.rbegin(); mark != marks.rend(); ++mark) {
    const double x = place(static_cast<double>(mark->examples));
    if (!(x >= plot.left() && x <= plot.right())) continue;
    const QString words = QString::fromStdString(mark->words);
    QRectF box(x + kMarkGap, plot.top() + kTop, metrics.horizontalAdvance(words), metrics.height());
    if (box.intersects(taken)) box.moveTop(taken.bottom() + kMarkGap);
    const bool room = box.right() + kMarkGap <= end && box.bottom() <= plot.bottom();
    lines_.push_back({x, room ? words : QString(), box});
    end = x;
  }
  update();
}

QStringList SettingMarks::labels() const {
  QStringList labels;
  for (const Line& line : lines_)
    if (!line.words.isEmpty()) labels.prepend(line.words);
  return labels;
}

void SettingMarks::paint(QPainter* painter, const QStyleOptionGraphicsItem*, QWidget*) {
  QPen pen(line_, 1, Qt::DotLine, Qt::FlatCap);
  pen.setCosmetic(false);
  painter->setFont(font_);
  const QFontMetricsF metrics(font_);
  for (const Line& line : lines_) {
    painter->setPen(pen);
    painter->drawLine(QPointF(line.x, plot_.top()), QPointF(line.x, plot_.bottom()));
    if (line.words.isEmpty()) continue;
    painter->fillRect(line.box, ground_);
    painter->setPen(text_);
    painter->drawText(QPointF(line.box.left(), line.box.top() + metrics.ascent()), line.words);
  }
}

}  // namespace synann::ui
