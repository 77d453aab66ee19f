// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/circuit/circuit_words.h"

#include <QCoreApplication>

#include "ui/plots/figure.h"

namespace synann::ui {

namespace {

struct CircuitTexts {
  Q_DECLARE_TR_FUNCTIONS(circuit_words)
};

constexpr int kValueDigits = 4;

QString heardValue(const CircuitScene& scene, int node) {
  const double unclamped = scene.unclamped(node);
  QString text = numberText(scene.value(node));
  if (!isOutside(unclamped)) return text;
  if (unclamped != scene.value(node))
    return CircuitTexts::tr("%1, clamped from %2").arg(text, numberText(unclamped));
  return CircuitTexts::tr("%1, outside 0 to 1").arg(text);
}

}  // namespace

QString sourceText(const synapse::CircuitSource& source) {
  const QString name = QString::fromStdString(source.name);
  switch (source.kind) {
    case synapse::SourceKind::Constant:
      return numberText(source.value);
    case synapse::SourceKind::Previous:
      return CircuitTexts::tr("previous %1").arg(name);
    case synapse::SourceKind::Input:
    case synapse::SourceKind::Synapse:
      break;
  }
  return name;
}

QString nodeText(const CircuitScene& scene, int node) {
  const QString name = QString::fromStdString(scene.graph().name(node));
  if (scene.graph().isInput(node))
    return CircuitTexts::tr("input %1, value %2").arg(name, numberText(scene.value(node)));
  const synapse::CircuitSynapse& s = scene.circuit().synapses[scene.graph().place(node)];
  const auto from = [](const synapse::CircuitSource& source) {
    return source.kind == synapse::SourceKind::Constant
               ? CircuitTexts::tr("constant %1").arg(sourceText(source))
               : CircuitTexts::tr("from %1").arg(sourceText(source));
  };
  return CircuitTexts::tr("synapse %1, α %2, β %3, excitatory %4, inhibitory %5, value %6")
      .arg(name, numberText(s.alpha), numberText(s.beta), from(s.excitatory), from(s.inhibitory),
           heardValue(scene, node));
}

QString wireText(const CircuitScene& scene, int wire) {
  const CircuitWire& w = scene.graph().wire(wire);
  const synapse::CircuitSynapse& s = scene.circuit().synapses[scene.graph().place(w.to)];
  const synapse::CircuitSource& source = w.inhibitory ? s.inhibitory : s.excitatory;
  const QString port =
      w.inhibitory ? CircuitTexts::tr("inhibitory input of %1") : CircuitTexts::tr("excitatory input of %1");
  const QString from = source.kind == synapse::SourceKind::Constant ? CircuitTexts::tr("constant %1")
                                                                    : CircuitTexts::tr("wire from %1");
  return port.arg(QString::fromStdString(s.name)) + QStringLiteral(", ") + from.arg(sourceText(source));
}

QString itemText(const CircuitScene& scene, const CircuitItem& item) {
  if (item.kind == CircuitItem::Kind::Node) return nodeText(scene, item.number);
  return item ? wireText(scene, item.number) : QString();
}

bool isOutside(double value) {
  return value < 0 || value > 1;
}

QString valueText(double shown, double unclamped) {
  const QString text = numberText(shown, kValueDigits);
  if (!isOutside(unclamped)) return text;
  if (shown != unclamped) return CircuitTexts::tr("%1 (clamped)").arg(text);
  return unclamped > 1 ? text + QStringLiteral(" > 1") : text + QStringLiteral(" < 0");
}

}  // namespace synann::ui
