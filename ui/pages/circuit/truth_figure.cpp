// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/circuit/truth_figure.h"

#include <algorithm>
#include <cmath>

#include <QCoreApplication>
#include <QFontMetricsF>

namespace synann::ui {
namespace {

struct TruthWords {
  Q_DECLARE_TR_FUNCTIONS(truth_figure)
};

constexpr double kLeastColumn = 40, kMostColumn = 96;  // pixels
constexpr int kTruthDigits = 4;

}  // namespace

TruthFigure::TruthFigure(const QString& title, synapse::TruthTable table, const QStringList& notes)
    : title_(title), table_(std::move(table)), notes_(notes) {}

TruthFigure::Grid TruthFigure::grid(const QRectF& area, const FigurePaint& how) const {
  const QFontMetricsF metrics(how.font);
  Grid grid;
  grid.line = metrics.height() + 2;
  QRectF room = area.adjusted(0, how.titled ? 0 : 1.3 * metrics.height(), 0, 0);
  if (!notes_.isEmpty()) {
    const QRectF needed = metrics.boundingRect(room, Qt::TextWordWrap, notes_.join('\n'));
    const double high = std::min(needed.height() + 4, room.height() / 2);
    grid.notes = {room.left(), room.top(), room.width(), high};
    room.setTop(room.top() + high);
  }
  grid.width = std::clamp(room.width() / std::max(1, columnCount()), kLeastColumn, kMostColumn);
  grid.shown = std::clamp(static_cast<int>(room.height() / grid.line) - 1, 0, pointCount());
  grid.rows = {room.left(), room.top() + grid.line, grid.width * columnCount(), grid.shown * grid.line};
  return grid;
}

double TruthFigure::number(int row, int column) const {
  const auto r = static_cast<std::size_t>(row), c = static_cast<std::size_t>(column);
  return c < table_.inputs.size() ? table_.input(r, c) : table_.at(r, c - table_.inputs.size());
}

QString TruthFigure::text(int row, int column) const {
  return numberText(number(row, column), kTruthDigits);
}

void TruthFigure::paint(QPainter& painter, const QRectF& area, const FigurePaint& how) const {
  painter.save();
  painter.setFont(how.font);
  painter.setPen(how.look.text);
  const QFontMetricsF metrics(how.font);
  if (!how.titled)
    painter.drawText(QRectF(area.left(), area.top(), area.width(), 1.2 * metrics.height()), Qt::AlignLeft,
                     metrics.elidedText(title_, Qt::ElideRight, area.width()));
  const Grid grid = this->grid(area, how);
  painter.drawText(grid.notes, Qt::TextWordWrap, notes_.join('\n'));
  const auto box = [&](int row, int column) {
    return QRectF(grid.rows.left() + column * grid.width, grid.rows.top() + row * grid.line, grid.width,
                  grid.line);
  };
  painter.setClipRect(area);
  const int inputs = static_cast<int>(table_.inputs.size());
  for (int column = 0; column < columnCount(); ++column) {
    painter.setPen(how.look.text);
    painter.drawText(box(-1, column), Qt::AlignCenter,
                     metrics.elidedText(columnName(column), Qt::ElideMiddle, grid.width - 4));
    for (int row = 0; row < grid.shown; ++row) {
      const QRectF cell = box(row, column);
      const double value = number(row, column);
      QColor ground = seriesColor(how.look, column < inputs ? 5 : 0);
      ground.setAlphaF(static_cast<float>(0.25 * std::clamp(std::isnan(value) ? 0.0 : value, 0.0, 1.0)));
      painter.fillRect(cell, ground);
      painter.drawText(cell, Qt::AlignCenter, text(row, column));
    }
  }
  painter.setPen(QPen(how.look.frame, 1));
  painter.drawLine(grid.rows.topLeft(), grid.rows.topRight());
  const double bar = grid.rows.left() + inputs * grid.width;
  painter.drawLine(QPointF(bar, grid.rows.top() - grid.line), QPointF(bar, grid.rows.bottom()));
  if (how.current && *how.current < grid.shown) {
    painter.setPen(QPen(how.look.train, 1.5));
    painter.setBrush(Qt::NoBrush);
    painter.drawRect(QRectF(box(*how.current, 0).topLeft(), QSizeF(grid.rows.width(), grid.line)));
  }
  painter.restore();
}

QString TruthFigure::pointText(int point) const {
  QStringList words;
  for (int column = 0; column < columnCount(); ++column)
    words.append(columnName(column) + " = " + text(point, column));
  return words.join(QStringLiteral(", "));
}

std::optional<int> TruthFigure::pointAt(QPointF place, const QRectF& area, const FigurePaint& how) const {
  const Grid grid = this->grid(area, how);
  if (!grid.rows.contains(place) || grid.line <= 0) return std::nullopt;
  return std::min(grid.shown - 1, static_cast<int>((place.y() - grid.rows.top()) / grid.line));
}

int TruthFigure::columnCount() const {
  return static_cast<int>(table_.inputs.size() + table_.outputs.size());
}

QString TruthFigure::columnName(int column) const {
  const auto k = static_cast<std::size_t>(column), inputs = table_.inputs.size();
  return QString::fromStdString(k < inputs ? table_.inputs[k] : table_.outputs[k - inputs]);
}

QVariant TruthFigure::cell(int row, int column) const {
  return number(row, column);
}

}  // namespace synann::ui
