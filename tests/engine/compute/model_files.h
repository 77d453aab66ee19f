// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include <QDir>
#include <QFile>

#include "engine/compute/parity.h"
#include "engine/io/safetensors.h"
#include "engine/model/model_file.h"

// The model files of tests/models, one for each kind of layer and each of its options, with PyTorch's numbers
// for them (tests/oracle/model_file_golden.py).
namespace synann::testing {

inline QStringList model_file_names() {
  QStringList names;
  for (const QFileInfo& file : QDir(SYNANN_SOURCE_DIR "/tests/models").entryInfoList({"*.json"}))
    names << file.completeBaseName();
  return names;
}

inline QByteArray bytes_of(const QString& path) {
  QFile file(QString(SYNANN_SOURCE_DIR "/tests/models/") + path);
  return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

// A golden file with what is known of it without computing.
struct ModelFileCase {
  QByteArray golden;
  std::string text;  // the model file that the golden file has with it
  std::shared_ptr<const model::Model> model;
  int batch = 0;
  std::string problem{};  // why there is no model

  std::span<const std::uint8_t> bytes() const {
    return {reinterpret_cast<const std::uint8_t*>(golden.constData()),
            static_cast<std::size_t>(golden.size())};
  }
};

// Where something is not as it should be the model is null, and the problem says what.
inline ModelFileCase model_file_case(const QString& name) {
  ModelFileCase found{.golden = bytes_of("golden/" + name + ".safetensors"), .text = {}, .model = nullptr};
  auto content = io::parse_safetensors(found.bytes(), name.toStdString());
  const auto definition = model::parse_model_file(bytes_of(name + ".json").toStdString(), name.toStdString());
  if (!content) found.problem = content.error().sentence();
  if (!definition) found.problem = definition.error().sentence();
  if (!content || !definition) return found;
  found.text = content->metadata["model_file"];
  const io::Tensor *input = content->find("input"), *log_probs = content->find("expect/log_probs");
  found.problem = "the golden file has no input or no log-probabilities";
  if (input == nullptr || log_probs == nullptr) return found;
  found.batch = static_cast<int>(input->shape[0]);
  auto built = model::build(*definition, static_cast<int>(input->shape[2]), static_cast<int>(input->shape[3]),
                            static_cast<int>(log_probs->shape[1]));
  found.problem = built ? std::string() : built.error().sentence();
  if (built) found.model = std::make_shared<const model::Model>(std::move(*built));
  return found;
}

// The rows that such a golden file must have compared: a gradient or running statistics for each tensor, each
// activation, and what the network says.
inline std::set<std::string> rows_to_compare(const model::Model& model) {
  std::set<std::string> rows{"log_probs", "loss", "eval_log_probs"};
  for (const Parameter& p : model.parameters.all()) {
    if (p.role == Role::Trained) rows.insert("grad/" + p.name);
    if (p.role == Role::Buffer && p.type == ElementType::F32) rows.insert("running/" + p.name);
  }
  for (const model::Layer& l : model.layers)
    if (!l.exposes.empty()) rows.insert("act/" + l.exposes);
  return rows;
}

// What is wrong with the report of such a golden file; empty where nothing is.
inline QString complaint(const model::Model& model, const compute::ParityReport& report) {
  QStringList wrong;
  std::set<std::string> missing = rows_to_compare(model);
  for (const compute::ParityRow& row : report.rows) {
    missing.erase(row.tensor);
    if (!row.passed())
      wrong << QString("%1, %2: %3").arg(report.tier.c_str(), row.tensor.c_str()).arg(row.error);
  }
  for (const std::string& row : missing)
    wrong << QString("%1: nothing is compared with %2").arg(report.tier.c_str(), row.c_str());
  return wrong.join('\n');
}

}  // namespace synann::testing
