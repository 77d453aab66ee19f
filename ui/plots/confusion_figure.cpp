// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plots/confusion_figure.h"

#include <algorithm>
#include <cmath>

#include <QCoreApplication>
#include <QFontMetricsF>

#include "ui/plots/figure_head.h"

namespace synann::ui {
namespace {

struct ConfusionWords {
  Q_DECLARE_TR_FUNCTIONS(confusion_figure)
};

constexpr double kConfusionBar = 14;      // pixels
constexpr double kLeastCellForGaps = 10;  // pixels; smaller cells stand side by side
constexpr double kDarkGround = 0.6;       // lightness below which text on a cell is white

int sumOf(const compute::Confusion& of, int label, bool row) {
  int sum = 0;
  for (int k = 0; k < of.classes; ++k) sum += row ? of.at(label, k) : of.at(k, label);
  return sum;
}

}  // namespace

QRectF ConfusionFigure::Grid::rectOf(int truth, int said) const {
  return {cells.left() + said * cell, cells.top() + truth * cell, cell, cell};
}

ConfusionFigure::ConfusionFigure(Content content) : content_(std::move(content)) {
  values_ = shares(content_.counts);
  if (content_.before) {
    const std::vector<double> before = shares(*content_.before);
    for (std::size_t k = 0; k < values_.size(); ++k) values_[k] -= before[k];
  }
  const auto [least, most] = std::minmax_element(values_.begin(), values_.end());
  if (content_.before && least != values_.end())
    scale_ = scaleOf(*least, *most, ColorMap::Diverging);
  else
    scale_ = {
        .least = 0, .most = most != values_.end() && *most > 0 ? *most : 1, .colors = ColorMap::Viridis};
  scale_.logarithmic = content_.logarithmic;
}

// Of all cells, as they are shown.
std::vector<double> ConfusionFigure::shares(const compute::Confusion& of) const {
  std::vector<double> all(of.counts.begin(), of.counts.end());
  if (content_.numbers == Numbers::Counts) return all;
  const bool rows = content_.numbers == Numbers::RowPercent;
  for (int label = 0; label < of.classes; ++label) {
    const int sum = sumOf(of, label, rows);
    for (int k = 0; k < of.classes; ++k) {
      double& share = all[static_cast<std::size_t>(rows ? label * of.classes + k : k * of.classes + label)];
      share = sum == 0 ? 0 : 100 * share / sum;
    }
  }
  return all;
}

QString ConfusionFigure::valueText(double value) const {
  if (value == 0) return QStringLiteral("0");
  QString text = content_.numbers == Numbers::Counts
                     ? QString::number(value, 'f', 0)
                     : QString::number(value, 'f', std::abs(value) >= 99.95 ? 0 : 1);
  if (content_.before && value > 0) text.prepend('+');
  return text.replace('-', QStringLiteral("−"));
}

QString ConfusionFigure::valueName() const {
  switch (content_.numbers) {
    case Numbers::Counts:
      return ConfusionWords::tr("images");
    case Numbers::RowPercent:
      return ConfusionWords::tr("% of row");
    case Numbers::ColumnPercent:
      return ConfusionWords::tr("% of column");
  }
  return {};
}

QString ConfusionFigure::columnName(int column) const {
  return ConfusionWords::tr("said %1").arg(content_.names.value(column));
}

QString ConfusionFigure::rowName(int row) const {
  return ConfusionWords::tr("true %1").arg(content_.names.value(row));
}

QString ConfusionFigure::pointText(int point) const {
  const int truth = point / content_.counts.classes, said = point % content_.counts.classes;
  const int count = content_.counts.at(truth, said);
  QString text = ConfusionWords::tr("%1, %2: %3").arg(rowName(truth), columnName(said)).arg(count);
  if (content_.numbers != Numbers::Counts)
    text += ConfusionWords::tr(", %1 %2").arg(valueText(value(truth, said)), valueName());
  if (content_.before) text += ConfusionWords::tr(", before %1").arg(content_.before->at(truth, said));
  return text;
}

ConfusionFigure::Grid ConfusionFigure::grid(const QRectF& area, const FigurePaint& how) const {
  const QFontMetricsF metrics(how.font);
  const double line = metrics.height();
  double widest = 0;
  for (const QString& name : content_.names) widest = std::max(widest, metrics.horizontalAdvance(name));
  widest = std::min(widest, area.width() / 4);
  const double head = FigureHead(content_.title, {content_.note}, area, how).height();
  const double left = 1.3 * line + widest + 6, top = head + 2.4 * line;
  const double bar = kConfusionBar + 5 * metrics.horizontalAdvance('0') + 12;
  const double side = std::max(8.0, std::min(area.width() - left - bar - 4, area.height() - top - line / 2));
  Grid grid;
  grid.cell = side / std::max(1, content_.counts.classes);
  if (grid.cell >= kLeastCellForGaps) grid.cell = std::floor(grid.cell);
  const double all = grid.cell * content_.counts.classes;
  grid.cells = {std::floor(area.left() + left), std::floor(area.top() + top), all, all};
  grid.bar = {grid.cells.right() + 12, grid.cells.top() + line / 2, kConfusionBar,
              std::max(4.0, all - line / 2)};
  return grid;
}

void ConfusionFigure::paintNames(QPainter& painter, const Grid& grid, const FigurePaint& how) const {
  const QFontMetricsF metrics(how.font);
  const double line = metrics.height();
  painter.setPen(how.look.text);
  painter.drawText(QRectF(grid.cells.left(), grid.cells.top() - 2.3 * line, grid.cells.width(), line),
                   Qt::AlignCenter, ConfusionWords::tr("what the network said"));
  painter.save();
  painter.translate(grid.cells.left() - metrics.horizontalAdvance('0') * 0.5, grid.cells.center().y());
  painter.rotate(-90);
  double widest = 0;
  for (const QString& name : content_.names) widest = std::max(widest, metrics.horizontalAdvance(name));
  painter.drawText(QRectF(-grid.cells.height() / 2, -widest - 1.3 * line, grid.cells.height(), line),
                   Qt::AlignCenter, ConfusionWords::tr("true class"));
  painter.restore();
  // As many names as have room; all of them where that can be.
  const int every = std::max(1, static_cast<int>(std::ceil(line / grid.cell)));
  for (int k = 0; k < content_.counts.classes; k += every) {
    const QString name = content_.names.value(k);
    const double room = every * grid.cell;
    painter.drawText(
        QRectF(grid.cells.left() - widest - 6, grid.rectOf(k, 0).center().y() - line / 2, widest + 2, line),
        Qt::AlignRight | Qt::AlignVCenter, name);
    painter.drawText(
        QRectF(grid.rectOf(0, k).center().x() - room / 2, grid.cells.top() - 1.2 * line, room, line),
        Qt::AlignCenter, metrics.elidedText(name, Qt::ElideRight, room));
  }
}

void ConfusionFigure::paintCell(QPainter& painter, const QRectF& box, double value, QRgb ground,
                                const FigurePaint& how) const {
  const double gap = box.width() >= kLeastCellForGaps ? 1 : 0;
  painter.fillRect(box.adjusted(0, 0, -gap, -gap), QColor(ground));
  const QFontMetricsF metrics(how.font);
  const QString text = valueText(value);
  if (value == 0 || metrics.horizontalAdvance(text) > box.width() - 2 || metrics.height() > box.height())
    return;
  painter.setPen(lightness(ground) < kDarkGround ? Qt::white : Qt::black);
  painter.drawText(box, Qt::AlignCenter, text);
}

void ConfusionFigure::paint(QPainter& painter, const QRectF& area, const FigurePaint& how) const {
  painter.save();
  FigureHead(content_.title, {content_.note}, area, how).paint(painter, area, how);
  const Grid grid = this->grid(area, how);
  paintNames(painter, grid, how);
  const HeatColors colors(scale_, isDarkLook(how.look));
  for (int t = 0; t < content_.counts.classes; ++t)
    for (int s = 0; s < content_.counts.classes; ++s) {
      const double value = this->value(t, s);
      paintCell(painter, grid.rectOf(t, s), value, colors.color(static_cast<float>(value)), how);
    }
  painter.setBrush(Qt::NoBrush);
  const auto mark = [&](int point, Qt::PenStyle style) {
    if (point < 0 || point >= pointCount()) return;
    const QRectF box = grid.rectOf(point / content_.counts.classes, point % content_.counts.classes);
    painter.setPen(QPen(how.look.background, 3));
    painter.drawRect(box.adjusted(-1, -1, 0, 0));
    painter.setPen(QPen(how.look.test, 2, style));
    painter.drawRect(box.adjusted(-1, -1, 0, 0));
  };
  if (how.style.marks) mark(content_.marked, Qt::SolidLine);
  mark(how.current.value_or(-1), Qt::DashLine);
  paintColorBar(painter, grid.bar, scale_, valueName(), how);
  painter.restore();
}

std::optional<int> ConfusionFigure::pointAt(QPointF place, const QRectF& area, const FigurePaint& how) const {
  const Grid grid = this->grid(area, how);
  if (!grid.cells.contains(place)) return std::nullopt;
  const int last = content_.counts.classes - 1;
  const int said = std::min(last, static_cast<int>((place.x() - grid.cells.left()) / grid.cell));
  const int truth = std::min(last, static_cast<int>((place.y() - grid.cells.top()) / grid.cell));
  return truth * content_.counts.classes + said;
}

std::optional<Figure::Matrix> ConfusionFigure::matrix() const {
  Matrix matrix{.values = {}, .rows = rowCount(), .columns = columnCount()};
  for (int t = 0; t < matrix.rows; ++t)
    for (int s = 0; s < matrix.columns; ++s) matrix.values.push_back(static_cast<float>(value(t, s)));
  return matrix;
}

}  // namespace synann::ui
