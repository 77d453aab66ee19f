// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "engine/synapse/circuit_bifurcation.h"
#include "engine/synapse/circuit_fit.h"
#include "engine/synapse/circuit_latch.h"
#include "engine/synapse/circuit_trace.h"
#include "ui/plots/curve_figure.h"
#include "ui/plots/plane_figure.h"

// Figures of what the engine finds out about a circuit; the same for the window and for a file. Functions of
// values; any thread.
namespace synann::ui {

// One synapse against another over the steps, with the way, the starts and the end; and a fixed point
// where there is one.
std::shared_ptr<const PlaneFigure> phaseFigure(const synapse::Circuit& circuit,
                                               const synapse::CircuitTrace& trace, std::size_t across,
                                               std::size_t up, const std::optional<QPointF>& fixed = {});
// Every value that was kept over its parameter; a line at the value that the circuit itself has.
std::shared_ptr<const PlaneFigure> bifurcationFigure(const synapse::Circuit& circuit,
                                                     const synapse::BifurcationPlan& plan,
                                                     const synapse::Bifurcation& diagram,
                                                     std::optional<double> current = {});
// The map as it was tried out, with the region in closed form and the place of a latch on it.
std::shared_ptr<const PlaneFigure> latchFigure(const synapse::LatchMap& map,
                                               const synapse::LatchParameters& latch);
// The loss over the iterations; some thousand of them at most.
std::shared_ptr<const CurveFigure> fitFigure(const synapse::Circuit& circuit, const synapse::CircuitFit& fit);

}  // namespace synann::ui
