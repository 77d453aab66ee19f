// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <initializer_list>
#include <string>
#include <utility>

#include <QAction>
#include <QLabel>
#include <QTabWidget>
#include <QTest>

#include "tests/ui/pages/window_bench.h"
#include "ui/pages/circuit/circuit_analysis.h"
#include "ui/pages/circuit/circuit_page.h"
#include "ui/pages/circuit/circuit_view.h"
#include "ui/plots/figure_view.h"

namespace synann::ui::testing {

// The window at its Circuit page, and a person's hands on it.
struct CircuitBench : WindowBench {
  explicit CircuitBench(const char* model = "syna-cnn") : WindowBench(model, 1) { window->showPage(&page()); }
  CircuitPage& page() const { return *window->page<CircuitPage>(); }
  CircuitView& view() const { return *page().view(); }
  CircuitAnalysis& analysis() const { return page().analysis(); }
  const synapse::Circuit& circuit() const { return page().document().circuit(); }
  const synapse::CircuitSynapse& synapse(const std::string& name) const {
    return *std::find_if(circuit().synapses.begin(), circuit().synapses.end(),
                         [&](const auto& s) { return s.name == name; });
  }
  int node(const char* name) const { return view().scene().graph().node(name); }
  void open(const char* id) const { page().openExample(id); }
  QAction* action(const char* id) const { return window->actions().action(id); }
  QString note() const { return find<QLabel>("circuit.note")->text(); }

  void key(int key, Qt::KeyboardModifiers held = {}) const {
    view().setFocus();
    QTest::keyClick(&view(), Qt::Key(key), held);
  }
  QPoint at(QPointF scene) const { return view().toWidget(scene).toPoint(); }
  void drag(QPoint from, QPoint to, Qt::KeyboardModifiers held = {}) const {
    QTest::mousePress(&view(), Qt::LeftButton, held, from);
    for (int k = 1; k <= 4; ++k) QTest::mouseMove(&view(), from + (to - from) * k / 4);
    QTest::mouseRelease(&view(), Qt::LeftButton, held, to);
  }

  FigureView& figure(const char* name) const {
    return *find<FigureView>(QStringLiteral("circuit.") + QLatin1String(name));
  }
  // Brings the tab of a figure forward.
  void look(const char* name) const {
    auto* const tabs = find<QTabWidget>("circuit.figures");
    for (int k = 0; k < tabs->count(); ++k)
      if (tabs->widget(k)->isAncestorOf(&figure(name))) tabs->setCurrentIndex(k);
  }
  bool tabShown(const char* name) const {
    auto* const tabs = find<QTabWidget>("circuit.figures");
    for (int k = 0; k < tabs->count(); ++k)
      if (tabs->widget(k)->isAncestorOf(&figure(name))) return tabs->isTabVisible(k);
    return false;
  }
  void set(std::initializer_list<std::pair<const char*, double>> numbers) const {
    synapse::DrawnCircuit after = page().document().drawn();
    for (const auto& [name, value] : numbers) QVERIFY(synapse::set_in_circuit(after.circuit, name, value));
    QVERIFY(page().document().edit("set", std::move(after)));
  }
};

inline int shownPoints(const FigureView& view) {
  return view.figure() ? view.figure()->pointCount() : 0;
}

}  // namespace synann::ui::testing
