// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/network/model_figure.h"

#include <algorithm>
#include <cstdint>

#include <QCoreApplication>
#include <QFontMetricsF>

#include "engine/model/layer_words.h"
#include "ui/plots/ticks.h"

namespace synann::ui {
namespace {

struct ModelWords {
  Q_DECLARE_TR_FUNCTIONS(model_figure)
};

constexpr double kLargestPitch = 62, kLeastArrow = 5;  // pixels
constexpr double kTextInset = 8;                       // of the texts in a box

QString qt(const std::string& text) {
  return QString::fromStdString(text);
}

// "fcn · Synapse layer", or the title alone.
QString nameOf(const bench::LayerSummary& layer) {
  return layer.name.empty() ? qt(layer.title) : qt(layer.name) + QStringLiteral(" · ") + qt(layer.title);
}

// What learns stands out from what only passes on; the synapse from everything.
QColor groundOf(const bench::LayerSummary& layer, const FigureLook& look) {
  QColor ground = layer.kind == "synapse" || layer.kind == "syna_rnn" ? seriesColor(look, 1)
                  : layer.trained > 0                                 ? seriesColor(look, 0)
                                                                      : look.frame;
  ground.setAlpha(layer.trained > 0 ? 60 : 28);
  return ground;
}

void paintArrow(QPainter& painter, QPointF from, QPointF to) {
  painter.drawLine(from, to);
  const double head = std::min(3.0, (to.y() - from.y()) / 2);
  painter.drawLine(to, to + QPointF(-head, -head));
  painter.drawLine(to, to + QPointF(head, -head));
}

}  // namespace

ModelFigure::ModelFigure(std::shared_ptr<const bench::ModelSummary> summary, const model::Shape& input,
                         const QString& title, int chosen)
    : summary_(std::move(summary)), input_(input), title_(title), chosen_(chosen) {}

ModelFigure::Layout ModelFigure::layout(const QRectF& area, const FigurePaint& how) const {
  const QFontMetricsF metrics(how.font);
  const double line = metrics.height(), digit = metrics.horizontalAdvance('0');
  Layout where;
  const double top = (how.titled ? 0 : 1.3 * line) + 1.4 * line;  // title and headings
  const double room = std::max(1.0, area.height() - top - 2);
  where.pitch = std::min(kLargestPitch, room / (pointCount() + 1));
  where.two_lines = where.pitch >= 2 * line + kLeastArrow + 8;
  where.height = std::max(2.0, where.pitch - std::max(kLeastArrow, where.pitch / 4));
  const double output = 14 * digit, parameters = 11 * digit, bar = 16 * digit;
  double columns = output + parameters + bar;
  const bool bars = area.width() - columns > 26 * digit;
  if (!bars) columns -= bar;
  const double left = area.left() + 2;
  const double width = std::max(10.0, std::min(area.width() - columns - 4, 64 * digit));
  where.boxes = {left, area.top() + top, width, room};
  where.output = where.boxes.right() + 2 * digit;
  where.parameters = where.output + output - 2 * digit;
  where.bar = bars ? where.parameters + parameters + digit : 0;
  where.end = std::min(area.right() - 1, left + width + columns);
  return where;
}

void ModelFigure::paint(QPainter& painter, const QRectF& area, const FigurePaint& how) const {
  painter.save();
  painter.setFont(how.font);
  painter.setPen(how.look.text);
  const QFontMetricsF metrics(how.font);
  if (!how.titled)
    painter.drawText(QRectF(area.left(), area.top(), area.width(), 1.2 * metrics.height()),
                     Qt::AlignLeft | Qt::AlignVCenter,
                     metrics.elidedText(title_, Qt::ElideRight, area.width()));
  const Layout where = layout(area, how);
  paintHeadings(painter, where, how);
  paintInput(painter, where, how);
  for (int k = 0; k < pointCount(); ++k) {
    const QRectF box = where.box(k + 1);
    painter.setPen(QPen(how.look.frame, 1));
    paintArrow(painter, {box.center().x(), where.box(k).bottom() + 1}, {box.center().x(), box.top() - 1});
    const auto& layer = summary_->layers[static_cast<std::size_t>(k)];
    const bool marked = k == chosen_ || how.current == k;
    painter.setPen(QPen(marked ? how.look.text : how.look.frame, marked ? 2 : 1,
                        layer.kind.starts_with("dropout") ? Qt::DashLine : Qt::SolidLine));
    painter.setBrush(groundOf(layer, how.look));
    painter.setRenderHint(QPainter::Antialiasing);
    painter.drawRoundedRect(box, 4, 4);
    paintBox(painter, box, layer, where.two_lines, how);
    paintColumns(painter, where, k, how);
  }
  painter.restore();
}

void ModelFigure::paintHeadings(QPainter& painter, const Layout& where, const FigurePaint& how) const {
  const double line = QFontMetricsF(how.font).height();
  const double y = where.boxes.top() - 1.4 * line;
  const auto heading = [&](double left, double right, const QString& text, Qt::Alignment side) {
    painter.drawText(QRectF(left, y, right - left, line), static_cast<int>(side | Qt::AlignVCenter), text);
  };
  const double parameters_end = where.bar > 0 ? where.bar : where.end;
  heading(where.boxes.left(), where.boxes.right(), ModelWords::tr("layer"), Qt::AlignLeft);
  heading(where.output, where.parameters, ModelWords::tr("output"), Qt::AlignLeft);
  heading(where.parameters, parameters_end - 8, ModelWords::tr("parameters"), Qt::AlignRight);
  if (where.bar > 0) heading(where.bar, where.end, ModelWords::tr("operations"), Qt::AlignLeft);
}

void ModelFigure::paintInput(QPainter& painter, const Layout& where, const FigurePaint& how) const {
  const QRectF box = where.box(0);
  painter.setPen(QPen(how.look.frame, 1));
  painter.setBrush(Qt::NoBrush);
  painter.setRenderHint(QPainter::Antialiasing);
  painter.drawRoundedRect(box, box.height() / 2, box.height() / 2);
  painter.setPen(how.look.text);
  painter.drawText(box, Qt::AlignCenter, ModelWords::tr("image"));
  painter.drawText(QRectF(where.output, box.top(), where.parameters - where.output, box.height()),
                   Qt::AlignLeft | Qt::AlignVCenter, qt(model::shape_text(input_)));
}

void ModelFigure::paintBox(QPainter& painter, const QRectF& box, const bench::LayerSummary& layer,
                           bool two_lines, const FigurePaint& how) const {
  const QFontMetricsF metrics(how.font);
  const QRectF inside = box.adjusted(kTextInset, 0, -kTextInset, 0);
  const QString title = metrics.elidedText(nameOf(layer), Qt::ElideRight, inside.width());
  painter.setPen(how.look.text);
  if (two_lines) {
    const double middle = box.center().y();
    painter.drawText(QRectF(inside.left(), middle - metrics.height(), inside.width(), metrics.height()),
                     Qt::AlignLeft | Qt::AlignVCenter, title);
    painter.drawText(QRectF(inside.left(), middle, inside.width(), metrics.height()),
                     Qt::AlignLeft | Qt::AlignVCenter,
                     metrics.elidedText(qt(layer.formula), Qt::ElideRight, inside.width()));
    return;
  }
  painter.drawText(inside, Qt::AlignLeft | Qt::AlignVCenter, title);
  // The formula beside it, where there is room for all of it.
  const QString formula = qt(layer.formula);
  const double needed = metrics.horizontalAdvance(title) + 24 + metrics.horizontalAdvance(formula);
  if (needed <= inside.width()) painter.drawText(inside, Qt::AlignRight | Qt::AlignVCenter, formula);
}

void ModelFigure::paintColumns(QPainter& painter, const Layout& where, int point,
                               const FigurePaint& how) const {
  const auto& layer = summary_->layers[static_cast<std::size_t>(point)];
  const QRectF box = where.box(point + 1);
  const auto cellOf = [&](double left, double right) {
    return QRectF(left, box.top(), right - left, box.height());
  };
  painter.setPen(how.look.text);
  painter.drawText(cellOf(where.output, where.parameters), Qt::AlignLeft | Qt::AlignVCenter,
                   qt(model::shape_text(layer.out)));
  const double parameters_end = where.bar > 0 ? where.bar : where.end;
  if (layer.trained > 0)
    painter.drawText(cellOf(where.parameters, parameters_end - 8), Qt::AlignRight | Qt::AlignVCenter,
                     countText(layer.trained));
  if (where.bar <= 0 || layer.share <= 0) return;
  const QFontMetricsF metrics(how.font);
  const double words = metrics.horizontalAdvance(QStringLiteral("100.0 %")) + 6;
  const double whole = std::max(4.0, where.end - where.bar - words);
  QRectF bar(where.bar, box.center().y() - 4, whole * layer.share, 8);
  painter.setPen(Qt::NoPen);
  painter.setBrush(seriesColor(how.look, 0));
  painter.drawRect(bar);
  painter.setPen(how.look.text);
  painter.drawText(cellOf(bar.right() + 4, where.end + words), Qt::AlignLeft | Qt::AlignVCenter,
                   QStringLiteral("%1 %").arg(100 * layer.share, 0, 'f', 1));
}

QString ModelFigure::pointText(int point) const {
  const auto& layer = summary_->layers[static_cast<std::size_t>(point)];
  return ModelWords::tr("layer %1, %2: %3 to %4, %5 parameters, %6 % of the operations")
      .arg(layer.number)
      .arg(nameOf(layer), qt(model::shape_text(layer.in)), qt(model::shape_text(layer.out)),
           countText(layer.trained))
      .arg(100 * layer.share, 0, 'f', 1);
}

std::optional<int> ModelFigure::pointAt(QPointF place, const QRectF& area, const FigurePaint& how) const {
  const Layout where = layout(area, how);
  if (place.x() < where.boxes.left() || place.x() > where.end || where.pitch <= 0) return std::nullopt;
  const double line = (place.y() - where.boxes.top()) / where.pitch;
  if (line < 1 || line >= pointCount() + 1) return std::nullopt;  // 0 is the input
  return static_cast<int>(line) - 1;
}

namespace {
enum LayerColumn : std::uint8_t {
  kNameColumn,
  kTitleColumn,
  kFormulaColumn,
  kInputColumn,
  kOutputColumn,
  kParametersColumn,
  kOperationsColumn,
  kShareColumn,
  kTwinsColumn,
  kLayerColumns
};
}  // namespace

int ModelFigure::columnCount() const {
  return kLayerColumns;
}

QString ModelFigure::columnName(int column) const {
  const QString names[] = {
      ModelWords::tr("name"),       ModelWords::tr("layer"),  ModelWords::tr("formula"),
      ModelWords::tr("input"),      ModelWords::tr("output"), ModelWords::tr("parameters"),
      ModelWords::tr("operations"), ModelWords::tr("share"),  ModelWords::tr("twins")};
  return names[column];
}

QVariant ModelFigure::cell(int row, int column) const {
  const auto& layer = summary_->layers[static_cast<std::size_t>(row)];
  switch (column) {
    case kNameColumn:
      return qt(layer.name);
    case kTitleColumn:
      return qt(layer.title);
    case kFormulaColumn:
      return qt(layer.formula);
    case kInputColumn:
      return qt(model::shape_text(layer.in));
    case kOutputColumn:
      return qt(model::shape_text(layer.out));
    case kParametersColumn:
      return static_cast<double>(layer.trained);
    case kOperationsColumn:
      return layer.flops.step();
    case kShareColumn:
      return layer.share;
    default:
      return qt(layer.twins);
  }
}

}  // namespace synann::ui
