// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include <QStringList>

#include "engine/core/result.h"
#include "engine/infer/network.h"
#include "engine/train/synapse_frame.h"
#include "ui/pages/synapses/synapse_figures.h"
#include "ui/pages/view_field.h"
#include "ui/pages/view_options.h"
#include "ui/plots/shown_figure.h"

namespace synann::ui {

// A figure of a run's synapse layer without a window. Opens the run's data where the figure needs it.
Result<ShownFigure> synapseViewFigure(const ViewOptions& options);
// The data that a view needs: those named, else the run's own.
Result<data::DataPairPtr> dataOfView(const ViewOptions& options);
// The whole network of a run at the moment of the options, and what it is asked about.
struct ViewedNetwork {
  train::SynapseFrame frame;  // at the step at which the network is recorded
  infer::Network network;
  data::DataPairPtr data;
  QStringList names;  // of the classes
  QString when;
};
// Errors: a step at which the network is not known; as dataOfView().
Result<ViewedNetwork> networkOfView(const ViewOptions& options);
// The options of all views of a synapse layer.
std::vector<FieldInfo> synapseOptionFields();
// What is wrong with options that belong together, before anything is read.
Status checkSynapses(const ViewOptions& options);

// The run's layer at the step, for --cell; with the inputs of images of every class where they are known, or
// where they must be.
Result<train::SynapseFrame> frameOfCell(const ViewOptions& options, bool inputs_needed);

// The cell that --cell names, which must have been typed, and whether the layer has it.
synapse::Cell typedCell(const ViewOptions& options);
Status checkCell(const ViewOptions& options, const train::SynapseFrame& frame);

}  // namespace synann::ui
