// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <vector>

#include <QJsonObject>

#include "ui/pages/view_field.h"

// What the Runs page shows of the runs and how, as a plain value: the window, the prompt and the files share
// it.
namespace synann::ui {

enum class RunsQuantity { TestLoss, TrainLoss, Accuracy };
enum class RunsAcross { Epochs, Steps, Seconds };

struct RunsScene {
  RunsQuantity quantity = RunsQuantity::TestLoss;
  RunsAcross across = RunsAcross::Epochs;
  bool log_y = false;
};

// The view, as --view and files name it.
inline constexpr const char* kRunsView = "runs";

// Its fields: controls, JSON and options of the prompt.
const FieldTable<RunsScene>& runsFields();

// What an exported figure remembers, and back: fields that are missing or make no sense keep their defaults.
QJsonObject toJson(const RunsScene& scene, const std::vector<std::filesystem::path>& runs);
RunsScene runsSceneFromJson(const QJsonObject& json);
std::vector<std::filesystem::path> runsFromJson(const QJsonObject& json);

}  // namespace synann::ui
