// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <set>

#include <QFont>
#include <QList>
#include <QPainter>
#include <QRectF>

#include "ui/pages/circuit/circuit_scene.h"
#include "ui/plots/figure_look.h"

namespace synann::ui {

// How a circuit is painted this time.
struct CircuitPaint {
  FigureLook look = FigureLook::light();
  QFont font;
  double zoom = 1;         // of the painter; texts that could not be read are left out
  double line_width = 1;   // as a factor
  std::set<int> chosen{};  // nodes
  CircuitItem current{};   // with the keyboard's mark
};

// Draws a circuit in its theory's symbols: a synapse is a triangle with (+) and (−) inputs and its α, β
// inside, an input a disc, a constant a box at its port; what comes from the step before is dashed with a
// delay mark z⁻¹. Window and files are drawn by it alike. Stateless; the painter's unit is the scene's pixel.
class CircuitPainter {
 public:
  CircuitPainter(QPainter& painter, const CircuitScene& scene, const CircuitPaint& how);

  // Those of which the box has to be painted.
  void paint(const std::function<bool(const QRectF& box)>& wanted);
  // A wire on its way to be: from an output to where the pointer is.
  void paintLooseWire(QPointF from, QPointF to, bool previous);

  // The font of the texts: legible beside symbols of a fixed size.
  static QFont textFont(const QFont& font);

 private:
  void paintWire(int wire);
  void paintWireEnd(QPointF port, bool inhibitory);
  void paintDelay(int wire);
  void paintConstant(int wire);
  void paintSynapse(int node);
  void paintSynapseTexts(int node, const QRectF& symbol);
  void paintInput(int node);
  void mark(const QRectF& box, bool current);
  QColor wireColor(bool inhibitory) const;
  QColor fill(double value) const;

  QPainter& painter_;
  const CircuitScene& scene_;
  const CircuitPaint& how_;
  bool texts_;
};

}  // namespace synann::ui
