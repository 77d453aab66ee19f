// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>

#include "ui/pages/circuit/circuit_study.h"
#include "ui/pages/page_table.h"

namespace synann::ui {

// "circuit-phase", "circuit-bifurcation", "circuit-latch", "circuit-fit".
inline const QStringList kCircuitStudies = {"circuit-phase", "circuit-bifurcation", "circuit-latch",
                                            "circuit-fit"};

// Their options of the prompt.
std::vector<PageFile> studyFiles();
std::vector<FieldInfo> studyFields();
// Errors: an option that another view of circuits has, one that is missing.
Status checkStudy(const ViewOptions& options);
// What was typed. Errors: a range that is none, a file of targets that cannot be read.
Result<CircuitStudy> studyOf(const ViewOptions& options);

// One of those figures, found on this thread. Errors: those of the engine; a circuit that is no latch.
Result<std::shared_ptr<const Figure>> studyFigure(const QString& name, const synapse::Circuit& circuit,
                                                  bool clamped, const CircuitStudy& study);

}  // namespace synann::ui
