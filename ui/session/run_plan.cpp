// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/session/run_plan.h"

#include <algorithm>
#include <memory>
#include <utility>

#include <QStringList>

#include "engine/train/own_model.h"
#include "ui/session/words.h"

namespace synann::ui {

RunPlan::RunPlan(TrainingController& controller, QObject* parent)
    : QObject(parent),
      controller_(controller),
      settings_(train::recommended_settings(train::Settings().model, train::Settings().data)) {
  connect(&controller, &TrainingController::settingsChanged, this, &RunPlan::take);
  connect(&controller, &TrainingController::stateChanged, this, &RunPlan::followState);
  connect(&controller, &TrainingController::idle, this, &RunPlan::followState);
}

// Each epoch has two states; what Train would do is another thing only now and then.
void RunPlan::followState() {
  const QString told = verb() + sentence() + hint();
  if (told == told_) return;
  told_ = told;
  emit changed();
}

QString RunPlan::runValue(std::string_view key) const {
  const train::Settings* const run = parent_ ? &*parent_ : controller_.runSettings();
  if (run == nullptr) return {};
  for (const train::SettingDifference& d : train::differences(*run, settings_))
    if (d.key == key) return QString::fromStdString(train::value_text(d.from));
  return {};
}

QString RunPlan::verb() const {
  using Kind = TrainingController::Next::Kind;
  const bool ended = controller_.runSettings() != nullptr && !controller_.sessionOpen();
  switch (next().kind) {
    case Kind::GoOn:
      return controller_.state() == RunState::Paused ? tr("&Go on") : tr("&Train");
    case Kind::TrainOn:
      return tr("&Train on");
    case Kind::Begin:
      return ended ? tr("&New run") : tr("&Train");
  }
  return {};
}

QString RunPlan::sentence() const {
  using Kind = TrainingController::Next::Kind;
  const TrainingController::Next what = next();
  switch (what.kind) {
    case Kind::GoOn:
      return tr("Go on with this run");
    case Kind::TrainOn:
      return tr("Train on with this run to epoch %1").arg(what.epochs);
    case Kind::Begin:
      return controller_.runSettings() != nullptr
                 ? tr("Train a new run with these settings to epoch %1").arg(what.epochs)
                 : tr("Train until the last epoch");
  }
  return {};
}

QString RunPlan::hint() const {
  const train::Settings* const run = controller_.runSettings();
  if (run == nullptr || controller_.sessionOpen()) return {};
  const TrainingController::Next what = next();
  if (what.kind == TrainingController::Next::Kind::TrainOn)
    return tr("Train goes on with this run, to epoch %1.").arg(what.epochs);
  const bool only_epochs = [&] {
    train::Settings same = *run;
    same.epochs = settings_.epochs;
    return same == settings_;
  }();
  if (only_epochs && controller_.epochsDone() >= settings_.epochs)
    return tr("Train begins a new run of %1: the one shown has %2 already. More of them go on with it.")
        .arg(epochsWords(settings_.epochs), epochsWords(controller_.epochsDone()));
  return tr("Train begins a new run with these settings. The one shown stays in its folder.");
}

void RunPlan::restore(const train::Settings& settings) {
  settings_ = settings;
  emit changed();
}

void RunPlan::forkOf(const train::Settings& parent) {
  parent_ = parent;
  restore(parent);
}

void RunPlan::take(const train::Settings& settings) {
  mine_.clear();
  if (settings == settings_) return;
  settings_ = settings;
  emit changed();
}

// What may change in an open run goes to it; the rest is for the next one.
void RunPlan::post(const train::Settings& before) {
  for (const std::string& key : train::live_keys()) {
    const train::SettingValue value = train::any_value(settings_, key);
    if (value != train::any_value(before, key)) controller_.setLive(key, value);
  }
}

void RunPlan::set(const std::string& key, const train::SettingValue& value) {
  const train::Settings before = settings_;
  if (!train::apply_setting(settings_, key, value) || settings_ == before) return;
  post(before);
  emit changed();
}

void RunPlan::setData(const QString& spec) {
  train::Settings now = settings_;
  now.data = spec.toStdString();
  const auto epochs = [&](const std::string& of) { return recommended(of).epochs; };
  if (settings_.epochs == epochs(settings_.data)) now.epochs = epochs(now.data);
  if (now == settings_) return;
  settings_ = now;
  emit changed();
}

train::Settings RunPlan::recommended(const std::string& data) const {
  if (!settings_.own) return train::recommended_settings(settings_.model, data);
  const auto own = train::recommended_settings(settings_.own.definition, data);
  return own ? *own : settings_;
}

void RunPlan::setModel(const QString& name) {
  if (name.toStdString() != settings_.model) static_cast<void>(openModel(name.toStdString()));
}

Status RunPlan::openModel(const std::string& name) {
  const auto now = train::settings_for(name, settings_.data);
  if (!now) return now.error();
  if (now->model != settings_.model || now->own != settings_.own) takeModel(*now);
  return {};
}

void RunPlan::takeDefinition(model::Definition definition) {
  const train::Settings usual;
  const auto known = model::definition_of(definition.id);
  const bool named = known && known->layers == definition.layers;
  settings_.model = definition.id;
  settings_.own = {named ? nullptr : std::make_shared<const model::Definition>(std::move(definition))};
  settings_.synapse = usual.synapse, settings_.beta = usual.beta;
  settings_.alpha = usual.alpha, settings_.diagonal = usual.diagonal;
  emit changed();
}

void RunPlan::takeModel(const train::Settings& now) {
  const train::Settings before = recommended(settings_.data);
  const auto mine = train::differences(before, settings_);  // what a person had set
  settings_ = now;
  mine_.clear();
  const auto brought = train::differences(before, settings_);
  const bool other_optimizer = before.optimizer != settings_.optimizer;
  for (const train::SettingDifference& d : mine) {
    // What both models recommend alike is no matter of the model; a learning rate is one of its optimiser,
    // cells are those of its layers, and a model file says what its synapse layers are.
    const bool recommended =
        std::any_of(brought.begin(), brought.end(), [&](const auto& b) { return b.key == d.key; });
    if (recommended || (other_optimizer && d.key == "lr") || d.key == "frozen" ||
        (settings_.own && !train::setting_matters(settings_, d.key) &&
         train::setting_group(d.key) == "Synapse layer")) {
      mine_.push_back(d);
    } else {
      train::apply_setting(settings_, d.key, d.to);
    }
  }
  emit changed();
  if (mine_.empty()) return;
  QStringList lost;
  for (const train::SettingDifference& d : mine_)
    lost.append(QString::fromStdString(train::setting_words(d.key, d.to)));
  emit replaced(tr("%1 brought its recommended settings in place of %2.")
                    .arg(modelWords(settings_.model), lost.join(QStringLiteral(", "))));
}

void RunPlan::keepMine() {
  for (const train::SettingDifference& d : std::exchange(mine_, {}))
    train::apply_setting(settings_, d.key, d.to);
  emit changed();
}

void RunPlan::reset() {
  const train::Settings before = settings_;
  train::Settings fresh = recommended(settings_.data);
  if (controller_.sessionOpen()) {
    train::Settings now = settings_;
    for (const std::string& key : train::live_keys())
      train::apply_setting(now, key, train::any_value(fresh, key));
    fresh = now;
  }
  settings_ = fresh;
  post(before);
  emit changed();
}

}  // namespace synann::ui
