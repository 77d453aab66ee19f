// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/model_pick.h"

#include <algorithm>
#include <memory>
#include <utility>

#include <QCoreApplication>
#include <QFileDialog>

#include "engine/model/model_file.h"
#include "engine/model/ready_models.h"
#include "ui/session/words.h"

namespace synann::ui {

namespace {

struct PickWords {
  Q_DECLARE_TR_FUNCTIONS(model_pick)
};

QString ofText(std::string_view text) {
  return QString::fromUtf8(text.data(), static_cast<qsizetype>(text.size()));
}

const model::RivalInfo& infoOfRival(model::Rival rival) {
  const auto all = model::rival_infos();
  return *std::ranges::find_if(all, [&](const model::RivalInfo& info) { return info.rival == rival; });
}

}  // namespace

QString textOfPick(const ModelPick& pick) {
  QString text = QString::fromStdString(pick.file ? model::model_file_text(*pick.file) : pick.name);
  if (pick.rival) text += ':' + ofText(infoOfRival(*pick.rival).id);
  return text;
}

std::optional<ModelPick> pickOfText(const QString& text) {
  ModelPick pick;
  QString base = text;
  for (const model::RivalInfo& info : model::rival_infos()) {
    if (const QString end = ':' + ofText(info.id); text.endsWith(end)) {
      pick.rival = info.rival;
      base.chop(end.size());
    }
  }
  if (base.startsWith('{')) {
    auto file = model::parse_model_file(base.toStdString(), {});
    if (!file) return {};
    pick.file = std::make_shared<const model::Definition>(std::move(*file));
    return pick;
  }
  pick.name = base.toStdString();
  const auto known = train::named_models();
  const bool named = std::ranges::any_of(known, [&](const auto& info) { return info.id == pick.name; });
  return named || base.isEmpty() ? std::optional(pick) : std::nullopt;
}

Result<train::Settings> settingsOfPick(const ModelPick& pick, const train::Settings& screen,
                                       std::string_view data_spec) {
  const model::DefinitionPtr own = pick.file ? pick.file : pick.onScreen() ? screen.own.definition : nullptr;
  const auto of = own ? train::recommended_settings(own, data_spec)
                      : train::settings_for(pick.onScreen() ? screen.model : pick.name, data_spec);
  return of && pick.rival ? train::settings_of_rival(*of, *pick.rival) : of;
}

std::string namedAlike(const train::Settings& settings) {
  if (!settings.own) return settings.model;
  const model::Definition& own = *settings.own.definition;
  const auto ready = model::find_ready_model(own.id);
  const auto named = ready ? Result<model::Definition>(*ready) : model::definition_of(own.id);
  return named && named->layers == own.layers && named->scaling == own.scaling ? own.id : std::string();
}

model::DefinitionPtr ownOnScreen(const train::Settings& screen) {
  return namedAlike(screen).empty() ? screen.own.definition : nullptr;
}

Status fitsImages(const train::Settings& settings, const data::DataPairPtr& open) {
  if (!open || open->spec != settings.data) return {};
  const data::Dataset& images = open->train;
  const auto built = train::build_model(settings, images.rows, images.columns, images.classes);
  return built ? Status() : Status(built.error());
}

QString rivalWords(model::Rival rival) {
  return PickWords::tr("with %1").arg(ofText(infoOfRival(rival).words));
}

QString baseWords(const ModelPick& pick, const train::Settings& screen) {
  const auto titleOf = [](const model::Definition& d) {
    return QString::fromStdString(d.title.empty() ? d.id : d.title);
  };
  if (pick.file) return titleOf(*pick.file);
  if (!pick.onScreen()) return modelWords(pick.name);
  return screen.own ? titleOf(*screen.own.definition) : modelWords(screen.model);
}

std::vector<model::Rival> allRivals() {
  std::vector<model::Rival> all;
  for (const model::RivalInfo& info : model::rival_infos()) all.push_back(info.rival);
  return all;
}

QStringList askForModelFiles(QWidget* parent) {
  return QFileDialog::getOpenFileNames(parent, PickWords::tr("Add model files"), {},
                                       PickWords::tr("Model files (*.json)"));
}

ModelFilesReader::Work modelFilesWork() {
  return [](const QStringList& paths, const std::stop_token&, const auto& tell) {
    ModelFilesRead read;
    for (const QString& path : paths) {
      if (auto file = model::read_model_file(path.toStdString())) {
        read.files.push_back(std::make_shared<const model::Definition>(std::move(*file)));
      } else if (read.problem.isEmpty()) {
        read.problem = QString::fromStdString(file.error().sentence());
      }
    }
    tell(std::move(read));
  };
}

}  // namespace synann::ui
