// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QJsonObject>

#include "engine/core/result.h"
#include "engine/synapse/circuit_file.h"
#include "ui/pages/circuit/circuit_study.h"
#include "ui/pages/page_table.h"

namespace synann::ui {

// Those that are found at once, and kCircuitStudies: as --view and files name them.
inline const QStringList kCircuitFigures = {"circuit", "circuit-trace", "truth-table"};
std::vector<std::string> circuitViews();

// The views of the Circuit page without a window: of a file or an example named by --circuit.
Result<ShownFigure> circuitViewFigure(const ViewOptions& options);
Status checkCircuit(const ViewOptions& options);
// Its options of the prompt.
std::vector<PageFile> circuitFiles();
std::vector<FieldInfo> circuitFields();

// What an exported figure remembers: the whole circuit, its step, which figure it is and what was asked.
struct CircuitMoment {
  synapse::DrawnCircuit drawn;
  qint64 step = 1;
  bool clamped = false;
  QString figure = QStringLiteral("circuit");
  CircuitStudy study{};
};
QJsonObject toJson(const CircuitMoment& moment);
// Errors: there is no circuit in it.
Result<CircuitMoment> circuitMomentFromJson(const QJsonObject& json);

}  // namespace synann::ui
