// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <string>

#include <QObject>
#include <QString>

#include "ui/session/training_controller.h"

namespace synann::ui {

// The settings on the screen: what Train would do now, beside the run at hand. Nothing that a person set is
// replaced unasked, except that another model brings its recommended settings, which is told and can be taken
// back. While a run is open, a live setting goes to it at once. Lives in the window's thread.
class RunPlan : public QObject {
  Q_OBJECT

 public:
  // The controller must outlive it.
  explicit RunPlan(TrainingController& controller, QObject* parent = nullptr);

  const train::Settings& settings() const { return settings_; }
  TrainingController::Next next() const { return controller_.next(settings_); }
  // What the run at hand has, where that is another value; empty where it is the same, or there is no run.
  QString runValue(std::string_view key) const;
  // On the button, with its mnemonic, and as a sentence without a full stop.
  QString verb() const;
  QString sentence() const;
  // What a person should know before pressing it; empty where nothing is unusual.
  QString hint() const;

  // Another model by its name, or a model file; tells changed(), and replaced() where it says so.
  // Errors: as train::settings_for().
  Status openModel(const std::string& name);
  // A network as a person edits it: the settings stay as they are, but for those that a model file says
  // itself; tells changed().
  void takeDefinition(model::Definition definition);
  // As it was remembered; tells changed().
  void restore(const train::Settings& settings);
  // The settings of a run that a fork is made of, as they are there: the plan begins with them, and what
  // differs from them is told instead of what differs from the run at hand.
  void forkOf(const train::Settings& parent);
  const std::optional<train::Settings>& parentSettings() const { return parent_; }

 public slots:
  // A person sets one: a number, or an option of a choice.
  void set(const std::string& key, const synann::train::SettingValue& value);
  // By a name of train::settings_for(); nothing where there is none.
  void setModel(const QString& name);
  // Another data set: a number of epochs that was the old one's default becomes the new one's.
  void setData(const QString& spec);
  // What the model is recommended with, as far as it can be changed now.
  void reset();
  // After replaced(): what a person had set, again.
  void keepMine();

 signals:
  void changed();
  // Another model brought other settings than a person had set; keepMine() brings them back.
  void replaced(const QString& sentence);

 private:
  void followState();
  // What its model is trained with on some data, unless a person sets something else.
  train::Settings recommended(const std::string& data) const;
  void takeModel(const train::Settings& now);
  void take(const train::Settings& settings);
  void post(const train::Settings& before);

  TrainingController& controller_;
  train::Settings settings_;
  std::optional<train::Settings> parent_;       // of a fork
  QString told_;                                // what was said of the state last
  std::vector<train::SettingDifference> mine_;  // what the last model change replaced
};

}  // namespace synann::ui
