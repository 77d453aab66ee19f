// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <functional>
#include <vector>

#include <QObject>

#include "engine/runs/catalogue.h"
#include "ui/pages/page_table.h"
#include "ui/pages/runs/run_chores.h"

class QTableView;

namespace synann::ui {

// What can be done to the runs that are selected on the Runs page: notes, another name, the archive, the bin
// and back, fewer files. In the menus and in that of the table.
class RunCareActions : public QObject {
  Q_OBJECT

 public:
  using Runs = std::vector<runs::RunSummary>;

  // `selected` are the runs that are meant, `open` the folder of the one that the window shows. All outlive
  // this.
  RunCareActions(const PageActions& actions, QTableView* table, std::function<Runs()> selected,
                 std::function<std::filesystem::path()> open);

  static std::vector<ActionInfo> infos(const QString& menu);

  bool busy() const { return chores_.busy(); }
  void updateEnabled(bool shown);

  // What the dialogs lead to.
  void note(const std::function<void(runs::RunNotes&)>& change);
  void rename(const QString& name);
  void archive();  // all of them, or none where all are archived
  void bin();
  void takeBack();  // what was thrown away last
  void prune(runs::Prune what);

 signals:
  void failed(const QString& sentence);
  void told(const QString& sentence);
  void binned(const QString& sentence);  // with something to be taken back
  void changed();                        // the runs are to be read again

 private:
  RunFolders folders() const;
  RunFolders movable(RunFolders folders);  // without the one that is open, which is told
  void askNote();
  void askName();
  void measurePrune(runs::Prune what);
  void pruneOf(const RunFolders& folders, runs::Prune what);
  void askPrune(const RunFolders& folders, runs::Prune what, std::uint64_t bytes);
  void take(const ChoreOutcome& outcome);

  QTableView* table_;
  std::function<Runs()> selected_;
  std::function<std::filesystem::path()> open_;
  QAction *note_, *rename_, *archive_, *bin_, *take_back_, *prune_records_, *prune_optimiser_;
  std::vector<std::vector<BinnedRun>> thrown_;  // the latest last
  bool shown_ = false;
  RunChores chores_;  // last
};

}  // namespace synann::ui
