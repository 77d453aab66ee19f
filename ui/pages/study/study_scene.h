// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>

#include <QJsonObject>

#include "ui/pages/view_field.h"

// How the Study page draws a study, as a plain value: the window, the prompt and the files share it.
namespace synann::ui {

enum class StudyQuantity { Accuracy, TestLoss };
enum class StudyShape { Interval, Box, Bar };

struct StudyScene {
  StudyQuantity quantity = StudyQuantity::Accuracy;
  StudyShape shape = StudyShape::Interval;
};

// The view, as --view and files name it.
inline constexpr const char* kStudyView = "study";

// Its fields: controls, JSON and options of the prompt.
const FieldTable<StudyScene>& studySceneFields();

// What an exported figure remembers: the scene and the study's folder.
QJsonObject toJson(const StudyScene& scene, const std::filesystem::path& folder);
StudyScene studySceneFromJson(const QJsonObject& json);
std::filesystem::path studyFromJson(const QJsonObject& json);

}  // namespace synann::ui
