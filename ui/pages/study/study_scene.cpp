// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/study/study_scene.h"

#include <QCoreApplication>

#include "engine/core/version.h"

namespace synann::ui {
namespace {

using namespace Qt::StringLiterals;

struct StudySceneWords {
  Q_DECLARE_TR_FUNCTIONS(study_scene)
};

}  // namespace

const FieldTable<StudyScene>& studySceneFields() {
  static const FieldTable<StudyScene> table = {
      fieldOf<StudyScene, &StudyScene::quantity>(FieldInfo{
          .id = "quantity",
          .label = StudySceneWords::tr("Show"),
          .help = StudySceneWords::tr("What is drawn of each run, on the test set after its last epoch"),
          .kind = FieldKind::Word,
          .words = {{u"accuracy"_s, StudySceneWords::tr("test accuracy")},
                    {u"test-loss"_s, StudySceneWords::tr("test loss")}},
          .option = "--study-quantity",
          .option_help = "study: accuracy (the default) or test-loss."}),
      fieldOf<StudyScene, &StudyScene::shape>(FieldInfo{
          .id = "shape",
          .label = StudySceneWords::tr("As"),
          .help = StudySceneWords::tr("What stands behind the points of the seeds: the mean with its 95 % "
                                      "interval, quartiles as a box, or a bar up to the mean"),
          .kind = FieldKind::Word,
          .words = {{u"interval"_s, StudySceneWords::tr("mean and 95 % interval")},
                    {u"box"_s, StudySceneWords::tr("box of quartiles")},
                    {u"bar"_s, StudySceneWords::tr("bar")}},
          .option = "--study-shape",
          .option_help = "study: interval (the default), box or bar."})};
  return table;
}

QJsonObject toJson(const StudyScene& scene, const std::filesystem::path& folder) {
  QJsonObject json{{u"program"_s, u"synann-studio"_s},
                   {u"version"_s, QString::fromLatin1(kVersion)},
                   {u"view"_s, QString::fromLatin1(kStudyView)}};
  writeFields(studySceneFields(), scene, json);
  json[u"study"_s] = QString::fromStdString(folder.string());
  return json;
}

StudyScene studySceneFromJson(const QJsonObject& json) {
  StudyScene scene;
  readFields(studySceneFields(), json, scene);
  return scene;
}

std::filesystem::path studyFromJson(const QJsonObject& json) {
  return json.value(u"study"_s).toString().toStdString();
}

}  // namespace synann::ui
