// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/study/study_export.h"

#include "ui/pages/study/study_figures.h"

namespace synann::ui {

std::vector<PageFile> studyPageFiles() {
  return {{.option = "--study",
           .value = "FOLDER",
           .help = "study: the folder of a study, whose study.json is read."}};
}

Status checkStudyView(const ViewOptions& options) {
  if (!options.history.empty() || !options.histories.empty() || !options.files.contains("--study"))
    return Error{.problem = "--view study requires --study FOLDER, and no run"};
  return {};
}

Result<ShownFigure> studyViewFigure(const ViewOptions& options) {
  const std::filesystem::path folder = options.files.at("--study");
  auto file = runs::read_study(folder);
  if (!file) return file.error();
  StudyScene scene;
  applyTyped(studySceneFields(), options.typed, scene);
  auto figure = studyResultFigure(scene, file->plan, runs::study_table(file->plan, file->runs));
  if (!figure) return input_error(folder.string(), "has neither a plan nor a run", "run the study first");
  return ShownFigure{
      .figure = std::move(figure), .name = QString::fromLatin1(kStudyView), .view = toJson(scene, folder)};
}

}  // namespace synann::ui
