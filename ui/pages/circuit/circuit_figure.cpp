// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/circuit/circuit_figure.h"

#include <algorithm>
#include <cstdint>

#include <QCoreApplication>
#include <QTransform>

#include "ui/pages/circuit/circuit_painter.h"
#include "ui/pages/circuit/circuit_words.h"

namespace synann::ui {
namespace {

struct FigureTexts {
  Q_DECLARE_TR_FUNCTIONS(circuit_figure)
};

constexpr double kLargestScale = 1.5;
constexpr double kDrawingMargin = 8;  // pixels around the drawing

enum CircuitColumn : std::uint8_t {
  kNameOf,
  kKindOf,
  kExcitatoryOf,
  kInhibitoryOf,
  kAlphaOf,
  kBetaOf,
  kStartOf,
  kValueOf,
  kCircuitColumns
};

}  // namespace

CircuitFigure::CircuitFigure(CircuitScene scene) : scene_(std::move(scene)), bounds_(scene_.bounds()) {}

QString CircuitFigure::title() const {
  const QString name = QString::fromStdString(scene_.circuit().name);
  const QString words = name.isEmpty() ? FigureTexts::tr("Circuit") : FigureTexts::tr("Circuit %1").arg(name);
  return scene_.values().step > 0 ? FigureTexts::tr("%1, step %2").arg(words).arg(scene_.values().step)
                                  : words;
}

QTransform CircuitFigure::fit(const QRectF& area) const {
  const QRectF room = area.adjusted(kDrawingMargin, kDrawingMargin, -kDrawingMargin, -kDrawingMargin);
  const double scale = std::min({room.width() / std::max(1.0, bounds_.width()),
                                 room.height() / std::max(1.0, bounds_.height()), kLargestScale});
  QTransform to;
  to.translate(room.center().x(), room.center().y());
  to.scale(scale, scale);
  to.translate(-bounds_.center().x(), -bounds_.center().y());
  return to;
}

void CircuitFigure::paint(QPainter& painter, const QRectF& area, const FigurePaint& how) const {
  if (scene_.empty()) return;
  painter.save();
  const QTransform to = fit(area);
  painter.setTransform(to, true);
  // Every text of a file can be read by zooming into it; pixels of a window cannot.
  CircuitPaint paint{.look = how.look,
                     .font = how.font,
                     .zoom = how.vector ? 1 : to.m11(),
                     .line_width = how.style.line_width};
  if (how.current) paint.current = CircuitItem::node(*how.current);
  CircuitPainter(painter, scene_, paint).paint([](const QRectF&) { return true; });
  painter.restore();
}

QString CircuitFigure::pointText(int point) const {
  return nodeText(scene_, point);
}

std::optional<int> CircuitFigure::pointAt(QPointF place, const QRectF& area, const FigurePaint&) const {
  const int node = scene_.nodeAt(fit(area).inverted().map(place));
  return node < 0 ? std::nullopt : std::optional(node);
}

int CircuitFigure::columnCount() const {
  return kCircuitColumns;
}

QString CircuitFigure::columnName(int column) const {
  const QString names[] = {FigureTexts::tr("name"),       FigureTexts::tr("kind"),
                           FigureTexts::tr("excitatory"), FigureTexts::tr("inhibitory"),
                           FigureTexts::tr("α"),          FigureTexts::tr("β"),
                           FigureTexts::tr("start"),      FigureTexts::tr("value")};
  return names[column];
}

QVariant CircuitFigure::cell(int row, int column) const {
  const CircuitGraph& graph = scene_.graph();
  if (column == kNameOf) return QString::fromStdString(graph.name(row));
  if (column == kValueOf) return scene_.value(row);
  if (graph.isInput(row)) return column == kKindOf ? FigureTexts::tr("input") : QString();
  const synapse::CircuitSynapse& s = scene_.circuit().synapses[graph.place(row)];
  switch (column) {
    case kKindOf:
      return FigureTexts::tr("synapse");
    case kExcitatoryOf:
      return sourceText(s.excitatory);
    case kInhibitoryOf:
      return sourceText(s.inhibitory);
    case kAlphaOf:
      return s.alpha;
    case kBetaOf:
      return s.beta;
    default:
      return s.start;
  }
}

}  // namespace synann::ui
