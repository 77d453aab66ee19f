// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/runs/runs_scene.h"

#include <QCoreApplication>
#include <QJsonArray>

#include "engine/core/version.h"
#include "ui/pages/runs/run_numbers.h"

namespace synann::ui {
namespace {

using namespace Qt::StringLiterals;

struct RunsSceneWords {
  Q_DECLARE_TR_FUNCTIONS(runs_scene)
};

std::vector<FieldWord> numberWords() {
  std::vector<FieldWord> words;
  for (const RunNumber& number : runNumbers()) words.push_back({number.id, number.text});
  return words;
}

FieldInfo numberField(const char* id, const QString& label, const QString& help, int fallback,
                      const char* option, const char* option_help) {
  return {.id = id,
          .label = label,
          .help = help,
          .kind = FieldKind::Word,
          .fallback = static_cast<double>(fallback),
          .words = numberWords(),
          .option = option,
          .value = "NUMBER",
          .option_help = option_help};
}

}  // namespace

RunsScene::RunsScene()
    : scatter_x(runNumberAt(QStringLiteral("lr"))), scatter_y(runNumberAt(QStringLiteral("best"))) {}

const FieldTable<RunsScene>& runsFields() {
  static const FieldTable<RunsScene> table = {
      fieldOf<RunsScene, &RunsScene::quantity>(FieldInfo{
          .id = "curve",
          .label = RunsSceneWords::tr("Curve"),
          .help = RunsSceneWords::tr("What is drawn of each selected run, at the end of each epoch"),
          .kind = FieldKind::Word,
          .words = {{u"test-loss"_s, RunsSceneWords::tr("test loss")},
                    {u"train-loss"_s, RunsSceneWords::tr("train loss")},
                    {u"accuracy"_s, RunsSceneWords::tr("test accuracy")},
                    {u"rate"_s, RunsSceneWords::tr("learning rate")},
                    {u"gradient-norm"_s, RunsSceneWords::tr("gradient norm")},
                    {u"dead-share"_s, RunsSceneWords::tr("share of dead units")},
                    {u"headroom"_s, RunsSceneWords::tr("headroom")},
                    {u"beta-norm"_s, RunsSceneWords::tr("norm of β")}},
          .option = "--runs-curve",
          .option_help =
              "runs: test-loss (the default), train-loss, accuracy, rate, gradient-norm, dead-share, "
              "headroom or beta-norm."}),
      fieldOf<RunsScene, &RunsScene::across>(FieldInfo{
          .id = "across",
          .label = RunsSceneWords::tr("Over"),
          .help = RunsSceneWords::tr("What the curves run along"),
          .kind = FieldKind::Word,
          .words = {{u"epochs"_s, RunsSceneWords::tr("epochs")},
                    {u"steps"_s, RunsSceneWords::tr("steps")},
                    {u"seconds"_s, RunsSceneWords::tr("seconds of training")},
                    {u"examples"_s, RunsSceneWords::tr("examples")},
                    {u"clock"_s, RunsSceneWords::tr("time of day")}},
          .option = "--runs-across",
          .option_help = "runs: epochs (the default), steps, seconds of training, examples or clock, the "
                         "time of day."}),
      fieldOf<RunsScene, &RunsScene::smooth>(FieldInfo{
          .id = "smooth",
          .label = RunsSceneWords::tr("Mean of"),
          .help = RunsSceneWords::tr("Smooths each curve by the mean of so many epochs up to each; what was "
                                     "measured stays faintly behind it"),
          .kind = FieldKind::Whole,
          .least = 1,
          .most = kMostSmoothedEpochs,
          .fallback = 1,
          .option = "--runs-smooth",
          .option_help = "runs: the mean of so many epochs up to each, 1 (the default) … 50."}),
      fieldOf<RunsScene, &RunsScene::seeds>(FieldInfo{
          .id = "seeds",
          .label = RunsSceneWords::tr("Seeds as one"),
          .help = RunsSceneWords::tr("Runs that differ in their seed alone as their mean, with a band of one "
                                     "standard deviation"),
          .kind = FieldKind::Switch,
          .option = "--runs-seeds",
          .option_help =
              "runs: runs that differ in their seed alone as one curve, mean ± standard deviation."}),
      fieldOf<RunsScene, &RunsScene::log_x>(
          FieldInfo{.id = "log_x",
                    .label = RunsSceneWords::tr("Log x"),
                    .help = RunsSceneWords::tr("A logarithmic axis along x, not for the time of day"),
                    .kind = FieldKind::Switch,
                    .option = "--runs-log-x",
                    .option_help = "runs: a logarithmic axis along x."}),
      fieldOf<RunsScene, &RunsScene::log_y>(
          FieldInfo{.id = "log_y",
                    .label = RunsSceneWords::tr("Log y"),
                    .help = RunsSceneWords::tr("A logarithmic axis along y"),
                    .kind = FieldKind::Switch}),
      fieldOf<RunsScene, &RunsScene::scatter_x>(numberField(
          "scatter_x", RunsSceneWords::tr("Along x"), RunsSceneWords::tr("The number along x of the scatter"),
          RunsScene().scatter_x, "--runs-x",
          "runs-scatter: the number along x, a setting or an outcome as lr, time or parameters.")),
      fieldOf<RunsScene, &RunsScene::scatter_y>(numberField(
          "scatter_y", RunsSceneWords::tr("Along y"), RunsSceneWords::tr("The number along y of the scatter"),
          RunsScene().scatter_y, "--runs-y", "runs-scatter: the number along y, as best, last or loss."))};
  return table;
}

QJsonObject toJson(const RunsScene& scene, const std::vector<std::filesystem::path>& runs,
                   const QString& view) {
  QJsonObject json{
      {u"program"_s, u"synann-studio"_s}, {u"version"_s, QString::fromLatin1(kVersion)}, {u"view"_s, view}};
  writeFields(runsFields(), scene, json);
  QJsonArray folders;
  for (const std::filesystem::path& run : runs) folders.append(QString::fromStdString(run.string()));
  json[u"runs"_s] = folders;
  return json;
}

RunsScene runsSceneFromJson(const QJsonObject& json) {
  RunsScene scene;
  readFields(runsFields(), json, scene);
  return scene;
}

std::vector<std::filesystem::path> runsFromJson(const QJsonObject& json) {
  std::vector<std::filesystem::path> runs;
  for (const QJsonValue& folder : json.value(u"runs"_s).toArray())
    if (folder.isString()) runs.emplace_back(folder.toString().toStdString());
  return runs;
}

}  // namespace synann::ui
