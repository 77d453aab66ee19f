// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <vector>

#include <QJsonObject>

#include "ui/pages/view_field.h"

// What the Runs page shows of the runs and how, as a plain value: the window, the prompt and the files share
// it.
namespace synann::ui {

enum class RunsQuantity { TestLoss, TrainLoss, Accuracy, Rate, GradientNorm, DeadShare, Headroom, BetaNorm };
enum class RunsAcross { Epochs, Steps, Seconds, Examples, Clock };

struct RunsScene {
  RunsQuantity quantity = RunsQuantity::TestLoss;
  RunsAcross across = RunsAcross::Epochs;
  bool log_x = false, log_y = false;
  int smooth = 1;  // epochs that a moving average goes over; 1: as measured
  bool seeds =
      false;  // runs that differ in their seed alone are one curve: their mean, and their spread as a band
  int scatter_x, scatter_y;  // of runNumbers()
  RunsScene();
};
inline constexpr int kMostSmoothedEpochs = 50;

// The views, as --view and files name them.
inline constexpr const char* kRunsView = "runs";
inline constexpr const char* kRunsParallelView = "runs-parallel";
inline constexpr const char* kRunsScatterView = "runs-scatter";

// Its fields: controls, JSON and options of the prompt.
const FieldTable<RunsScene>& runsFields();

// What an exported figure remembers, and back: fields that are missing or make no sense keep their defaults.
QJsonObject toJson(const RunsScene& scene, const std::vector<std::filesystem::path>& runs,
                   const QString& view = QString::fromLatin1(kRunsView));
RunsScene runsSceneFromJson(const QJsonObject& json);
std::vector<std::filesystem::path> runsFromJson(const QJsonObject& json);

}  // namespace synann::ui
