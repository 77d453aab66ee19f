// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <atomic>
#include <filesystem>
#include <map>
#include <memory>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include "engine/runs/catalogue.h"
#include "ui/pages/runs/run_table_model.h"
#include "ui/pages/runs/runs_figure.h"

// What the Runs page reads, on threads of its own.
namespace synann::ui {

// Which runs are listed: all below the folders, and these.
struct RunsQuestion {
  std::filesystem::path usual;                   // where the program keeps them; need not be there
  std::vector<std::filesystem::path> folders;    // added by a person
  std::vector<std::filesystem::path> runs;       // by themselves, wherever they are
  int mean_epochs = RunTableModel::kMeanEpochs;  // of the table
  std::shared_ptr<std::atomic<double>> done;     // 0 … 1, written while it is answered
  std::stop_source stop{std::nostopstate};       // a person's
};
struct RunList {
  RunTableModel::Rows rows;        // each run once
  std::vector<std::string> notes;  // what could not be looked into, one sentence each
  bool stopped = false;            // then nothing of it counts
};
using RunListPtr = std::shared_ptr<RunList>;
// Null where it was cancelled, as by the next question: only a person stops a reading and wants to hear of
// it.
RunListPtr readRuns(const RunsQuestion& question, const std::stop_token& cancelled);

// What is new of runs that are being written: those whose history is not the one that was read, read again.
std::vector<runs::RunSummary> readAgain(const std::vector<runs::RunSummary>& runs,
                                        const std::stop_token& cancelled);

// Curves of runs by their histories, kept until these change. Used by one thread at a time.
class RunCurveReader {
 public:
  // In the order of the runs; those that cannot be read are left out.
  std::vector<RunCurve> read(const std::vector<runs::RunSummary>& runs, const std::stop_token& stop);

 private:
  struct Known {
    std::pair<std::int64_t, std::uint64_t> of;  // written, bytes
    std::vector<runs::EpochPoint> points;
  };
  std::map<std::filesystem::path, Known> known_;
};

}  // namespace synann::ui
