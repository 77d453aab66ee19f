// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/runs/runs_scene.h"

#include <QCoreApplication>
#include <QJsonArray>

namespace synann::ui {
namespace {

using namespace Qt::StringLiterals;

struct RunsSceneWords {
  Q_DECLARE_TR_FUNCTIONS(runs_scene)
};

}  // namespace

const FieldTable<RunsScene>& runsFields() {
  static const FieldTable<RunsScene> table = {
      fieldOf<RunsScene, &RunsScene::quantity>(FieldInfo{
          .id = "curve",
          .label = RunsSceneWords::tr("Curve"),
          .help = RunsSceneWords::tr("What is drawn of each selected run, at the end of each epoch"),
          .kind = FieldKind::Word,
          .words = {{u"test-loss"_s, RunsSceneWords::tr("test loss")},
                    {u"train-loss"_s, RunsSceneWords::tr("train loss")},
                    {u"accuracy"_s, RunsSceneWords::tr("test accuracy")}},
          .option = "--runs-curve",
          .option_help = "runs: test-loss (the default), train-loss or accuracy."}),
      fieldOf<RunsScene, &RunsScene::across>(
          FieldInfo{.id = "across",
                    .label = RunsSceneWords::tr("Over"),
                    .help = RunsSceneWords::tr("What the curves run along"),
                    .kind = FieldKind::Word,
                    .words = {{u"epochs"_s, RunsSceneWords::tr("epochs")},
                              {u"steps"_s, RunsSceneWords::tr("steps")},
                              {u"seconds"_s, RunsSceneWords::tr("seconds of training")}},
                    .option = "--runs-across",
                    .option_help = "runs: epochs (the default), steps or seconds of training."}),
      fieldOf<RunsScene, &RunsScene::log_y>(
          FieldInfo{.id = "log_y",
                    .label = RunsSceneWords::tr("Log y"),
                    .help = RunsSceneWords::tr("A logarithmic axis along y"),
                    .kind = FieldKind::Switch})};
  return table;
}

QJsonObject toJson(const RunsScene& scene, const std::vector<std::filesystem::path>& runs) {
  QJsonObject json{{u"view"_s, QString::fromLatin1(kRunsView)}};
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
