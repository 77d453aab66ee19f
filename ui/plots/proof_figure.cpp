// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plots/proof_figure.h"

#include <algorithm>
#include <cmath>

#include <QCoreApplication>
#include <QFontMetricsF>

namespace synann::ui {
namespace {

constexpr int kProofDigits = 15;
constexpr double kSlopeAgrees = 1e-6;  // relative; a central difference has about ten good digits

struct ProofWords {
  Q_DECLARE_TR_FUNCTIONS(proof)
};

void arrow(QPainter& painter, QPointF from, QPointF to) {
  painter.drawLine(from, to);
  const QPointF way = to - from;
  const double length = std::hypot(way.x(), way.y());
  if (length < 1) return;
  const QPointF along = way / length * 6, across(-along.y() / 2, along.x() / 2);
  painter.drawLine(to, to - along + across);
  painter.drawLine(to, to - along - across);
}

}  // namespace

ProofFigure::ProofFigure(Content content) : content_(std::move(content)) {
  const auto& r = content_.routes;
  const auto& d = content_.diagram;
  lines_ = {{ProofWords::tr("product y = αx Π(1 − βx)"), r.product, true},
            {ProofWords::tr("surprisal −log |y|"), r.surprisal, true},
            {ProofWords::tr("sum θ + u + Σ −log(1 − βx)"), r.sum, true},
            {ProofWords::tr("back ± e^−sum"), r.back, true},
            {ProofWords::tr("difference (nats)"), r.difference, true},
            {ProofWords::tr("p = βx"), d.p, false},
            {ProofWords::tr("F(p) = 1 − p"), d.complement, false}};
  if (d.defined) {
    lines_.push_back({ProofWords::tr("I(p) = −log p"), d.u, false});
    lines_.push_back({ProofWords::tr("I(F(p))"), d.over, false});
    lines_.push_back({ProofWords::tr("G(I(p))"), d.under, false});
    lines_.push_back({ProofWords::tr("I(F(p)) − G(I(p))"), d.difference, false});
  }
  if (!content_.slope) return;
  lines_.push_back({ProofWords::tr("∂y/∂β by the formula"), content_.slope->formula, true});
  lines_.push_back({ProofWords::tr("∂y/∂β by differences"), content_.slope->difference, true});
  lines_.push_back({ProofWords::tr("relative error"), content_.slope->error, true});
}

void ProofFigure::paint(QPainter& painter, const QRectF& area, const FigurePaint& how) const {
  const QFontMetricsF metrics(how.font);
  const double line = metrics.height() * 1.15;
  painter.save();
  painter.setFont(how.font);
  painter.setPen(how.look.text);
  double y = area.top();
  const auto write = [&](const QString& left, const QString& right, bool marked) {
    if (marked) painter.fillRect(QRectF(area.left(), y, area.width(), line), how.look.grid);
    painter.drawText(QRectF(area.left() + 2, y, area.width(), line), Qt::AlignLeft | Qt::AlignVCenter, left);
    painter.drawText(QRectF(area.left(), y, area.width() - 2, line), Qt::AlignRight | Qt::AlignVCenter,
                     right);
    y += line;
  };
  if (!how.titled) write(content_.title, {}, false);
  for (int k = 0; k < pointCount(); ++k) {
    const Line& l = lines_[static_cast<std::size_t>(k)];
    if (l.in_list) write(l.name, numberText(l.value, kProofDigits), how.current == k);
  }
  QString verdict = content_.routes.agree ? ProofWords::tr("✓ both routes agree to rounding")
                                          : ProofWords::tr("✗ the routes differ");
  if (content_.slope)
    verdict += content_.slope->error < kSlopeAgrees ? ProofWords::tr("   ✓ derivative agrees")
                                                    : ProofWords::tr("   ✗ derivative differs");
  write(verdict, {}, false);
  paintDiagram(painter, QRectF(area.left(), y + line / 2, area.width(), area.bottom() - y - line / 2), how);
  painter.restore();
}

// p --F--> 1 − p above, I downwards, u --G--> v below.
void ProofFigure::paintDiagram(QPainter& painter, const QRectF& area, const FigurePaint& how) const {
  const QFontMetricsF metrics(how.font);
  const double line = metrics.height();
  if (area.height() < 4 * line) return;
  const auto& d = content_.diagram;
  if (!d.defined) {
    painter.drawText(
        area, Qt::AlignCenter | Qt::TextWordWrap,
        ProofWords::tr("βx = %1 is outside (0, 1): there is no surprisal to compare").arg(numberText(d.p)));
    return;
  }
  const QString corners[] = {numberText(d.p, 8), numberText(d.complement, 8), numberText(d.u, 8),
                             numberText(d.over, 8)};
  double half = 0;
  for (const QString& text : corners) half = std::max(half, metrics.horizontalAdvance(text) / 2 + 8);
  const double left = area.left() + half, right = area.right() - half;
  const double top = area.top() + line, bottom = std::min(area.bottom() - 2 * line, area.top() + 7 * line);
  const auto text = [&](double x, double y, const QString& words) {
    painter.drawText(QRectF(x - 100, y - line, 200, 2 * line), Qt::AlignCenter, words);
  };
  painter.setPen(how.look.text);
  text(left, top, corners[0]);
  text(right, top, corners[1]);
  text(left, bottom, corners[2]);
  text(right, bottom, corners[3]);
  painter.setPen(QPen(seriesColor(how.look, 0), 1.4));
  arrow(painter, {left + half, top}, {right - half, top});
  arrow(painter, {right, top + line}, {right, bottom - line});
  painter.setPen(QPen(seriesColor(how.look, 1), 1.4));
  arrow(painter, {left, top + line}, {left, bottom - line});
  arrow(painter, {left + half, bottom}, {right - half, bottom});
  painter.setPen(how.look.text);
  text((left + right) / 2, top - 0.8 * line, QStringLiteral("F"));
  text((left + right) / 2, bottom - 0.8 * line, QStringLiteral("G"));
  text(left + line, (top + bottom) / 2, QStringLiteral("I"));
  text(right - line, (top + bottom) / 2, QStringLiteral("I"));
  painter.drawText(QRectF(area.left(), bottom + line, area.width(), line), Qt::AlignCenter,
                   ProofWords::tr("I∘F − G∘I = %1").arg(numberText(d.difference, 3)));
}

QString ProofFigure::pointText(int point) const {
  const Line& l = lines_[static_cast<std::size_t>(point)];
  return ProofWords::tr("%1: %2").arg(l.name, numberText(l.value, kProofDigits));
}

std::optional<int> ProofFigure::pointAt(QPointF place, const QRectF& area, const FigurePaint& how) const {
  const double line = QFontMetricsF(how.font).height() * 1.15;
  int row = static_cast<int>((place.y() - area.top()) / line) - (how.titled ? 0 : 1);
  for (int k = 0; k < pointCount() && row >= 0; ++k) {
    if (!lines_[static_cast<std::size_t>(k)].in_list) continue;
    if (row-- == 0) return k;
  }
  return std::nullopt;
}

QString ProofFigure::columnName(int column) const {
  return column == 0 ? ProofWords::tr("quantity") : ProofWords::tr("value");
}

QVariant ProofFigure::cell(int row, int column) const {
  const Line& l = lines_[static_cast<std::size_t>(row)];
  return column == 0 ? QVariant(l.name) : QVariant(l.value);
}

}  // namespace synann::ui
