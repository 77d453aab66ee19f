// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QJsonObject>

#include "ui/pages/synapses/synapse_figures.h"
#include "ui/pages/view_field.h"

// What a figure of a synapse layer remembers: the run, the moment and how it was looked at, as a JSON object
// (docs/formats.md).
namespace synann::ui {

struct SynapseView {
  train::SynapseQuery query;  // without live numbers and data
  SynapseStyle style;
  synapse::Cell cell{};
  QString figure;  // one of kSynapseFigures
};

// Its fields: controls, JSON and options of the prompt.
const FieldTable<SynapseView>& synapseFields();

// What a figure of any page about synapses remembers of the run and the moment it shows.
QJsonObject momentJson(const train::SynapseFrame& frame, const std::filesystem::path& run);
// The settings, the digest of the data and the step come from the frame.
QJsonObject toJson(const SynapseView& view, const train::SynapseFrame& frame);
// Fields that are missing or make no sense keep their defaults.
SynapseView synapseViewFromJson(const QJsonObject& json);

// The figures by name; null with a sentence in `why` where there is none.
inline const QStringList kSynapseFigures = {"beta",      "row",       "column",    "rows",
                                            "strongest", "histogram", "waterfall", "proof"};
std::shared_ptr<const Figure> synapseFigure(const SynapseView& view, const train::SynapseFrame& frame,
                                            QString& why);

}  // namespace synann::ui
