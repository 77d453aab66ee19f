// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/train/events.h"
#include "engine/train/history.h"
#include "ui/plots/loss_curve.h"

// What a run tells, as the loss figure takes it: the figure itself knows nothing of training.
namespace synann::ui {

LossEvaluation lossEvaluation(const train::Evaluation& evaluation);

// All of a run that its history holds.
LossCurve lossCurve(const train::History& history);

}  // namespace synann::ui
