// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/race.h"

#include <utility>

#include "engine/data/registry.h"
#include "ui/session/words.h"
#include "ui/shell/message_bar.h"

namespace synann::ui {

namespace {
constexpr char kRaceNetwork[] = "syna-fast", kRaceSet[] = "mnist", kRaceName[] = "MNIST";
}

Race::Race(Workspace& workspace, MessageBar& messages, QObject* parent)
    : QObject(parent), workspace_(workspace), messages_(messages) {
  TrainingController& controller = workspace.controller();
  connect(&controller, &TrainingController::updated, this, [this](const Snapshot& snapshot) {
    if (snapshot.history) on_ = false;  // another run took its place
    if (on_ && !snapshot.evaluations.empty()) last_ = snapshot.evaluations.back();
  });
  connect(&controller, &TrainingController::idle, this, &Race::tell);
}

std::optional<QString> Race::data() {
  for (const synann::data::KnownDataset& known : synann::data::known_datasets())
    if (known.name == kRaceName) return QString::fromStdString(known.spec);
  return std::nullopt;
}

void Race::start() {
  const auto found = data();
  if (!found) {
    const auto opened = synann::data::open_dataset(kRaceSet);  // which says where it was looked for
    if (!opened) messages_.showError(QString::fromStdString(opened.error().sentence()));
    return;
  }
  RunPlan& plan = workspace_.plan();
  if (const Status opened = plan.openModel(kRaceNetwork); !opened)
    return messages_.showError(QString::fromStdString(opened.error().sentence()));
  emit dataWanted(*found);
  plan.setData(*found);
  plan.reset();
  messages_.dismiss();
  last_.reset();
  on_ = true;
  workspace_.controller().restart(plan.settings());
}

void Race::tell() {
  const bool over = workspace_.controller().state() == RunState::Finished && last_ && last_->epoch > 0;
  if (!std::exchange(on_, false) || !over || last_->count == 0) return;
  messages_.showNote(tr("%1 % of %2 test images after %3 s of training, from scratch.")
                         .arg(100.0 * last_->correct / last_->count, 0, 'f', 2)
                         .arg(countWords(last_->count))
                         .arg(last_->train_seconds, 0, 'f', 2));
}

}  // namespace synann::ui
