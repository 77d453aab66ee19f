// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <atomic>
#include <filesystem>
#include <memory>
#include <vector>

#include <QDialog>
#include <QStringList>

#include "engine/exports/format.h"
#include "ui/session/latest_value_worker.h"

class QComboBox;
class QLabel;
class QProgressBar;
class QPushButton;
class QTimer;

namespace synann::ui {

// Writes a run or its network in the formats of other programs, with progress and Stop. The work is done on a
// thread of its own. Window's thread only.
class FormatDialog : public QDialog {
  Q_OBJECT

 public:
  // `runs`: the folder of the run that is shown, or of those that are chosen; one at least. `data`: what
  // their networks are asked about; empty: each run's own.
  FormatDialog(std::vector<std::filesystem::path> runs, std::string asked, QWidget* parent = nullptr);
  ~FormatDialog() override;

  // As chosen by a person: the rows of the lists, by their ids.
  void choose(const QString& format, const QString& content = {}, const QString& checkpoint = {});
  // The folder in which a person is asked for a name first, and afterwards the last one that was chosen.
  void setFolder(const QString& folder) { folder_ = folder; }
  const QString& folder() const { return folder_; }
  // Begins to write; for formats that fill a folder `path` is that one.
  void exportTo(const QString& path);
  bool running() const { return running_; }
  bool failed() const { return failed_; }
  QString sentence() const;  // how the last one ended

 public slots:
  void reject() override;  // stops first, where there is anything to stop

 private:
  struct Job {
    const exports::Format* format = nullptr;
    exports::Request request;
    std::stop_token stop;
  };
  struct Outcome {
    QStringList files, notes;
    QString error;  // one sentence; empty where all was written
  };
  const exports::Format& format() const;
  bool ofCheckpoint() const;  // what is chosen is of a checkpoint, not of runs
  void layOut();
  void fillContents();
  void showChoice();
  void askForPath();
  void take(const Outcome& outcome);

  std::vector<std::filesystem::path> runs_;
  std::string asked_;
  QString folder_;
  QComboBox* format_;
  QComboBox* content_;
  QComboBox* checkpoint_;
  QLabel* help_;
  QLabel* words_;
  QProgressBar* progress_;
  QPushButton* export_;
  QPushButton* close_;  // Stop while it runs
  QTimer* timer_;       // ticks while it runs
  bool running_ = false, failed_ = false;
  std::shared_ptr<std::atomic<double>> share_ = std::make_shared<std::atomic<double>>(0);  // done, 0 to 1
  std::stop_source stop_;                   // of the work at hand
  LatestValueWorker<Job, Outcome> worker_;  // last: its thread is gone before anything that it tells
};

}  // namespace synann::ui
