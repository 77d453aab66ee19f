// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <map>
#include <string>

#include <QStringList>
#include <QWidget>

#include "engine/core/result.h"
#include "engine/train/settings.h"
#include "ui/pages/model_pick.h"

class QLabel;
class QListWidget;
class QListWidgetItem;
class QMenu;
class QToolButton;

namespace synann::ui {

// The networks of a study, ticked in a list: those with a name, rivals of any of them, model files, and the
// network of a person's own on the screen, which stays as it was last when another takes its place. Each is
// known by the text of its pick (model_pick.h). Lives in the window's thread.
class StudyModels : public QWidget {
  Q_OBJECT

 public:
  explicit StudyModels(QWidget* parent = nullptr);

  QStringList ticked() const;  // in the order of the list
  // Ticks these and no others; those that are not in the list are added.
  void tick(const QStringList& picks);
  // As ticked(), with the network on the screen as the text of a file.
  QStringList remembered(const QStringList& picks) const;

  // The settings on the screen, whose network can be a person's own; whether that is another one now. Tells
  // nobody.
  bool setScreen(const train::Settings& screen);
  // Recommended for it on these data. Errors: the engine's, which say why a rival does not exist.
  Result<train::Settings> settings(const QString& pick, const std::string& data_spec) const;
  // What stands for it here: the network on the screen for its file, a named model for an equal rival.
  QString inList(const QString& pick) const;
  QString words(const QString& pick) const;  // of one that is in the list, for another list

  // Ticks a rival of a network in the list, adding it behind that; what does not exist is told below the
  // list.
  void addRivals(const QString& pick, const std::vector<model::Rival>& rivals);
  void addFiles(const QStringList& paths);  // read on a thread; what cannot be read is told below the list
  bool busy() const { return reader_.busy(); }

 signals:
  void changed();

 protected:
  bool eventFilter(QObject* watched, QEvent* event) override;

 private:
  QListWidgetItem* find(const QString& pick) const;
  QListWidgetItem* add(const QString& pick);
  void addRival(const ModelPick& pick, QStringList& news);
  void remove(const QString& pick);
  void rename(const QString& from, const QString& to);  // and its rivals
  void leaveScreen();                                   // what is ticked of it becomes a file's
  void takeFiles(const ModelFilesRead& read);
  void fillRivals();
  void removeChosen();
  void tell(const QString& words);
  QString chosen() const;

  QListWidget* list_;
  QToolButton* rivals_;
  QToolButton* file_;
  QMenu* menu_;
  QLabel* words_;
  train::Settings screen_;
  mutable std::map<std::string, Result<train::Settings>> known_;  // settings() by pick and data
  ModelFilesReader reader_;  // last: its thread is gone before anything that it tells
};

}  // namespace synann::ui
