// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QJsonObject>

#include "engine/core/result.h"
#include "engine/synapse/circuit_file.h"
#include "ui/pages/page_table.h"

namespace synann::ui {

// "circuit", "circuit-trace", "truth-table": as --view and files name them.
inline const QStringList kCircuitFigures = {"circuit", "circuit-trace", "truth-table"};

// The views of the Circuit page without a window: of a file or an example named by --circuit.
Result<ShownFigure> circuitViewFigure(const ViewOptions& options);
Status checkCircuit(const ViewOptions& options);
// Its options of the prompt.
std::vector<PageFile> circuitFiles();
std::vector<FieldInfo> circuitFields();

// What an exported figure remembers: the whole circuit, its step and which figure it is.
struct CircuitMoment {
  synapse::DrawnCircuit drawn;
  qint64 step = 1;
  bool clamped = false;
  QString figure = QStringLiteral("circuit");
};
QJsonObject toJson(const CircuitMoment& moment);
// Errors: there is no circuit in it.
Result<CircuitMoment> circuitMomentFromJson(const QJsonObject& json);

}  // namespace synann::ui
