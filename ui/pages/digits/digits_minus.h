// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>

#include <QJsonObject>
#include <QObject>
#include <QVariant>

#include "engine/train/synapse_frame.h"
#include "ui/pages/digits/digits_scene.h"
#include "ui/pages/digits/other_network.h"

class QComboBox;
class QWidget;

namespace synann::ui {

// What is subtracted from the confusion matrix: nothing, the start of the run, a step of it, another run at
// one of its recorded steps or checkpoints, or a checkpoint. Lives in the window's thread.
class DigitsMinus : public QObject {
  Q_OBJECT

 public:
  explicit DigitsMinus(QWidget* page);

  QComboBox* box() const { return box_; }
  QComboBox* stepBox() const { return steps_; }  // of another run
  bool ofRun() const { return kind_ == Kind::Run; }

  // What is subtracted where this frame is shown; without a model: nothing, or it is not known.
  infer::Network network(const train::SynapseFrame& frame) const;
  QString when() const;  // "the start of the run"; empty: nothing is subtracted
  // What "this step" is.
  void setShown(const DigitsAnswerPtr& answer, const std::filesystem::path& run);

  // Of a run its last checkpoint, or the first step that is known; a checkpoint. Errors, after which nothing
  // has changed: as openOther; no run; a network for images of another size.
  Status chooseRun(const std::filesystem::path& folder);
  Status chooseCheckpoint(const std::filesystem::path& file);

  // minus_run and minus_step of an exported figure, and back; errors: what cannot be opened, with nothing
  // subtracted.
  void write(QJsonObject& json) const;
  Status restore(const QJsonObject& json);

 signals:
  void changed();
  void failed(const QString& sentence);

 private:
  enum class Kind { Nothing, Start, Pinned, Run, Checkpoint };
  void choose(int index);
  void chooseStep(int index);
  Status take(Kind kind, const std::filesystem::path& path, std::optional<std::int64_t> step);
  Status takeMoment(const std::filesystem::path& folder, const QVariant& key);
  void settle(Kind kind, const OtherNetwork& other, std::optional<std::int64_t> step);
  void askFor(Kind kind);
  void tell(const Status& done);

  QWidget* page_;
  QComboBox* box_;
  QComboBox* steps_;
  Kind kind_ = Kind::Nothing;
  std::filesystem::path other_run_;   // whose moments the steps' box has
  OtherNetwork other_;                // pinned, of another run, or a checkpoint
  std::optional<std::int64_t> step_;  // that is recorded; none: a checkpoint's
  DigitsAnswerPtr shown_;
  std::filesystem::path shown_run_;
};

}  // namespace synann::ui
