// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <QString>
#include <QStringList>

#include "engine/core/result.h"
#include "engine/data/dataset.h"
#include "engine/train/own_model.h"
#include "ui/session/latest_value_worker.h"

class QWidget;

namespace synann::ui {

// A network that a page can train: one with a name, that of a model file as it was read, the one on the
// screen, or a rival of one of these. Plain value; any thread.
struct ModelPick {
  std::string name{};           // of a named model; empty: a file's, or the one on the screen
  model::DefinitionPtr file{};  // of a file
  std::optional<model::Rival> rival{};

  bool onScreen() const { return name.empty() && !file; }
  ModelPick base() const { return {.name = name, .file = file, .rival = {}}; }
  ModelPick with(model::Rival one) const { return {.name = name, .file = file, .rival = one}; }
};

// As text, which is what lists hold and what is remembered: "syna-cnn", "syna-cnn:glu", ":glu" for a rival of
// the one on the screen, and the file's own text where it is a file's. Nothing where the text means nothing.
QString textOfPick(const ModelPick& pick);
std::optional<ModelPick> pickOfText(const QString& text);

// The recommended settings of it; those on the screen are `screen`. Errors: as train::settings_for() and
// train::settings_of_rival().
Result<train::Settings> settingsOfPick(const ModelPick& pick, const train::Settings& screen,
                                       std::string_view data_spec);

// The named model with the same layers, which a rival can be: dense-cnn is syna-cnn:dense. Empty: none.
std::string namedAlike(const train::Settings& settings);

// The network on the screen where it is a person's own, with no name of train::named_models(); null else.
model::DefinitionPtr ownOnScreen(const train::Settings& screen);

// Whether it can be built for these images, where they are open and those of the settings.
Status fitsImages(const train::Settings& settings, const data::DataPairPtr& open);

QString rivalWords(model::Rival rival);                                   // "with a linear layer with ReLU"
QString baseWords(const ModelPick& pick, const train::Settings& screen);  // "SynaCNN", whatever the rival
// Of all that can be in the place of a model's synapse layers.
std::vector<model::Rival> allRivals();

// What a person chooses in a dialog; empty where it was closed.
QStringList askForModelFiles(QWidget* parent);

// Model files, read on a thread of its own.
struct ModelFilesRead {
  std::vector<model::DefinitionPtr> files{};
  QString problem{};  // of the first that cannot be read
};
using ModelFilesReader = LatestValueWorker<QStringList, ModelFilesRead>;
ModelFilesReader::Work modelFilesWork();

}  // namespace synann::ui
