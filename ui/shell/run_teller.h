// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <memory>
#include <optional>

#include <QObject>
#include <QString>
#include <QVariantMap>

#include "engine/train/announcement.h"
#include "ui/session/training_controller.h"
#include "ui/shell/desktop_notifier.h"

namespace synann::ui {

// What a person wants to be told of a run, and how. Nothing unless chosen.
struct TellSettings {
  bool at_end = false;        // when a run ends by itself, or fails
  bool at_milestone = false;  // when a measurement passes a value, once a run
  train::Milestone milestone{.metric = train::Milestone::Metric::Accuracy, .value = 98};
  QString command{};  // for the shell, at each of these; empty: none

  QVariantMap toMap() const;
  static TellSettings fromMap(const QVariantMap& map);  // what makes no sense keeps its default
};

// Watches the run that is trained here and tells a person who looks elsewhere: by a desktop notification,
// else by a message in the window, and by a command of theirs. Neither holds up the training. Lives in the
// window's thread.
class RunTeller : public QObject {
  Q_OBJECT

 public:
  // The controller must outlive it.
  explicit RunTeller(TrainingController& controller, QObject* parent = nullptr);
  ~RunTeller() override;

  const TellSettings& settings() const { return settings_; }
  void setSettings(const TellSettings& settings);

 signals:
  void told(const QString& sentence);    // where the desktop shows no notifications
  void failed(const QString& sentence);  // the command did
  void announced(const QString& title, const QString& text);

 private:
  void onState(RunState state, const QString& reason);
  void onSnapshot(const Snapshot& snapshot);
  void takeHistory(const train::History& history);
  void announce(train::Announcement::Outcome outcome, const QString& title, const QString& text);
  void runCommand(const train::Announcement& announcement);

  TrainingController& controller_;
  TellSettings settings_;
  DesktopNotifier notifier_;
  std::filesystem::path run_;  // that the next two are of
  std::optional<train::Evaluation> last_;
  bool passed_ = false;    // the milestone, since it was asked for
  bool watching_ = false;  // a run is trained here
  // Where a command's end is told; nothing once this is gone, for a command may take as long as it wants.
  struct Receiver;
  std::shared_ptr<Receiver> receiver_;
};

}  // namespace synann::ui
