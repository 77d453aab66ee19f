// SPDX-License-Identifier: GPL-3.0-or-later
// The drawing of a circuit of 1,000 synapses at 900 × 600: a symbol that is dragged (led anew and painted
// where it changes), a step of all values, and all of it led anew. Prints JSON.
#include <cmath>
#include <cstdio>
#include <vector>

#include <QApplication>
#include <QElapsedTimer>
#include <QMouseEvent>

#include "benchmarks/ui_timing.h"
#include "engine/core/random.h"
#include "engine/synapse/circuit_row.h"
#include "ui/pages/circuit/circuit_player.h"
#include "ui/pages/circuit/circuit_view.h"

namespace {

using namespace synann;
using bench::processorMilliseconds, bench::quantile;

constexpr int kRepeats = 101;
constexpr std::size_t kSynapses = 1000;
constexpr QSize kView(900, 600);

// A unit as a chain, and wires back over the whole of it.
synapse::Circuit sampleCircuit() {
  const std::vector<double> beta(kSynapses, 0.002), x(kSynapses, 0.5);
  synapse::Circuit circuit = *synapse::circuit_of_row(beta, 1.0, 0, x);
  for (std::size_t k = 0; k < kSynapses; k += 50) {
    const std::string& from = circuit.synapses[(k * 37 + 11) % kSynapses].name;
    circuit.synapses[k].inhibitory = {.kind = synapse::SourceKind::Previous, .name = from};
  }
  return circuit;
}

template <class Change>
void measure(const char* separator, const char* what, Change&& change) {
  std::vector<double> wall, processor;
  for (int k = 0; k < kRepeats; ++k) {
    QElapsedTimer timer;
    timer.start();
    const double start = processorMilliseconds();
    change(k);
    QCoreApplication::processEvents();  // paints what was asked for, and no more
    processor.push_back(processorMilliseconds() - start);
    wall.push_back(static_cast<double>(timer.nsecsElapsed()) * 1e-6);
  }
  std::printf(
      "%s\n{\"what\":\"%s\",\"median_ms\":%.2f,\"p95_ms\":%.2f,\"median_cpu_ms\":%.2f,\"least_cpu_ms\":%.2f}",
      separator, what, quantile(wall, 0.5), quantile(wall, 0.95), quantile(processor, 0.5),
      quantile(processor, 0));
  std::fflush(stdout);
}

void sendMouse(ui::CircuitView& view, QEvent::Type type, QPoint at) {
  const Qt::MouseButton button = type == QEvent::MouseMove ? Qt::NoButton : Qt::LeftButton;
  const Qt::MouseButtons held = type == QEvent::MouseButtonRelease ? Qt::NoButton : Qt::LeftButton;
  QMouseEvent event(type, at, view.mapToGlobal(QPointF(at)), button, held, Qt::NoModifier);
  QCoreApplication::sendEvent(&view, &event);
}

// Drags one symbol about, a move of the pointer each time.
void drag(const char* separator, const char* what, ui::CircuitView& view, int node) {
  const QPoint from = view.toWidget(view.scene().symbol(node).center()).toPoint();
  sendMouse(view, QEvent::MouseButtonPress, from);
  measure(separator, what, [&](int k) {
    sendMouse(view, QEvent::MouseMove, from + QPoint(10 + 40 * (k % 5), 10 + 30 * (k % 3)));
  });
  sendMouse(view, QEvent::MouseButtonRelease, from);
}

}  // namespace

int main(int argc, char** argv) {
  if (!qEnvironmentVariableIsSet("QT_QPA_PLATFORM")) qputenv("QT_QPA_PLATFORM", "offscreen");
  const QApplication application(argc, argv);
  const synapse::DrawnCircuit drawn{.circuit = sampleCircuit()};
  ui::CircuitView view;
  ui::CircuitPlayer player;
  view.resize(kView);
  view.setDrawn(drawn);
  player.setCircuit(drawn.circuit);
  view.setValues(player.values());
  view.show();
  QCoreApplication::processEvents();
  std::printf("{\"benchmark\":\"circuit\",\"width\":%d,\"height\":%d,\"synapses\":%zu,\"results\":[",
              kView.width(), kView.height(), kSynapses);
  const int node = view.scene().graph().node("s500");
  drag("", "drag a symbol, all of the circuit seen", view, node);
  view.setDrawn(drawn);
  view.fitAll();
  measure(",", "a step of all values, all seen", [&](int) {
    player.step();
    view.setValues(player.values());
  });
  measure(",", "all led anew and painted", [&](int k) {
    synapse::DrawnCircuit other = drawn;
    other.circuit.synapses[0].excitatory = {.kind = synapse::SourceKind::Constant, .value = 0.01 * k};
    view.setDrawn(other);
  });
  std::printf("\n]}\n");
  return 0;
}
