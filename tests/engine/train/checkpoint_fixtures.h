// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include <QByteArray>
#include <QDir>
#include <QFile>
#include <QString>
#include <QStringList>

#include "engine/io/safetensors.h"
#include "engine/model/description.h"
#include "engine/model/state.h"
#include "engine/train/checkpoint.h"

// States and checkpoints whose numbers all differ, for the tests of the files that hold them.
namespace synann::testing {

enum class Adam { No, Yes };

inline model::Model model_of(const char* id) {
  return *model::build(id, 28, 28, 10);
}

inline const model::Model& cnn() {
  static const model::Model model = model_of("syna-cnn");
  return model;
}

// `turn` makes another one.
inline model::State numbered_state(const model::Model& model, Adam adam = Adam::No, int turn = 0) {
  model::State state = model::initialise(model, static_cast<std::uint64_t>(turn + 1));
  const auto fill = [turn](std::vector<float>& block, float unit) {
    for (std::size_t k = 0; k < block.size(); ++k)
      block[k] = unit * (static_cast<float>(k) + 1 + static_cast<float>(turn) / 8);
  };
  fill(state.momenta, -0.25f);
  if (adam == Adam::Yes) state.squares.resize(state.momenta.size());
  fill(state.squares, 0.125f);
  for (std::size_t k = 0; k < state.counters.size(); ++k)
    state.counters[k] = static_cast<std::int64_t>(k) + 7 + turn;
  return state;
}

// A checkpoint in which nothing is as it is by itself.
inline train::Checkpoint numbered_checkpoint(const model::Model& model, Adam adam = Adam::No, int turn = 0) {
  train::Checkpoint c;
  c.settings = train::recommended_settings(model.id, "");
  c.settings.data = train::Settings{}.data;  // is not kept
  c.settings.seed = 77;
  c.settings.learning_rate = 0.0371;
  c.settings.optimizer = adam == Adam::Yes ? "adam" : "sgd";
  c.data_sha256 = std::string(64, 'a');
  c.position = {3 + turn, 5};
  c.best = {.epoch = 2, .correct = 41, .loss = 0.1 + 0.2};
  c.plateau = {.factor = 0.3, .best_loss = 1.0 / 3, .bad_epochs = 1, .epochs_seen = 2};
  c.epoch_loss_sum = 12.345678901234567;
  c.state = numbered_state(model, adam, turn);
  return c;
}

inline std::vector<std::uint8_t> bytes_of(const Pieces& pieces) {
  std::vector<std::uint8_t> bytes;
  for (const auto piece : pieces) bytes.insert(bytes.end(), piece.begin(), piece.end());
  return bytes;
}

// A block of numbers as the first format of checkpoints keeps it.
inline std::string base64_of(const std::vector<float>& values) {
  const auto size = static_cast<qsizetype>(values.size() * sizeof(float));
  return QByteArray(reinterpret_cast<const char*>(values.data()), size).toBase64().toStdString();
}

// The files of a folder whose names match.
inline QStringList listing(const std::filesystem::path& folder, const char* pattern = "*") {
  return QDir(QString::fromStdString(folder.string()))
      .entryList({pattern}, QDir::AllEntries | QDir::Hidden | QDir::System | QDir::NoDotAndDotDot);
}

}  // namespace synann::testing
