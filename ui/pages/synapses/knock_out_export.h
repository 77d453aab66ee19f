// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <vector>

#include <QJsonObject>

#include "engine/infer/cells.h"
#include "ui/pages/page_table.h"

// The lab of the Synapses page without a window. Any thread.
namespace synann::ui {

std::vector<std::string> knockOutViews();
bool isKnockOutView(const std::string& view);
// Which cells, as engine/synapse/cells_text.h reads them, and what their β becomes.
std::vector<PageFile> knockOutTexts();
FieldInfo knockOutValue();
// What is wrong with options that belong together, before anything is read.
Status checkKnockOut(const ViewOptions& options);
Result<ShownFigure> knockOutViewFigure(const ViewOptions& options);

// What is changed, in the JSON of an exported figure; nothing where nothing is.
void writeKnockedOut(const std::vector<infer::CellValue>& changes, QJsonObject& json);
std::vector<infer::CellValue> readKnockedOut(const QJsonObject& json);

}  // namespace synann::ui
