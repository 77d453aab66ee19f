// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <vector>

#include <QJsonObject>

#include "engine/runs/catalogue.h"
#include "ui/plots/figure.h"

namespace synann::ui {

// The view, as --view and files name it.
inline constexpr const char* kRunTreeView = "run-tree";

// Which run was made out of a step of which, what was different from there on, and how good each became. Its
// table has the digests by which the common past is proven. Runs that have neither parent nor fork are left
// out, unless all are such. Null where there is no run.
std::shared_ptr<const Figure> runTreeFigure(const std::vector<runs::RunSummary>& runs);

QJsonObject runTreeView();  // what its file remembers

}  // namespace synann::ui
