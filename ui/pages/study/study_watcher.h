// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <functional>
#include <optional>

#include <QString>
#include <QTimer>

#include "engine/runs/study_file.h"
#include "ui/session/latest_value_worker.h"

namespace synann::ui {

// When a folder's study was written, and by whom it is being written: what it holds is told again only where
// this has changed.
struct StudyStamp {
  std::filesystem::file_time_type time{};
  std::uintmax_t bytes = 0;
  int results = 0;   // of tasks
  QString writer{};  // another program, or a study of this one; empty: nobody
  bool operator==(const StudyStamp&) const = default;
};

// What a folder holds, as it was read.
struct StudyRead {
  std::filesystem::path folder{};
  StudyStamp stamp{};
  std::optional<runs::StudyFile> file{};
  QString problem{};  // why it cannot be read
};

// Reads the study of a folder, whoever writes it meanwhile, on a thread of its own; where it is followed,
// again whenever it has changed. Lives in the window's thread.
class StudyWatcher {
 public:
  using Told = std::function<void(const StudyRead&)>;  // in the window's thread
  explicit StudyWatcher(Told told);

  void read(const std::filesystem::path& folder);    // at once, and tells it in any case
  void look(const std::filesystem::path& folder);    // tells what it had not told
  void follow(const std::filesystem::path& folder);  // looks every second; an empty one ends it
  void forget() { known_.reset(); }                  // the next look tells what there is
  bool busy() const { return reader_.busy(); }

 private:
  struct Known {
    std::filesystem::path folder;
    StudyStamp stamp;
  };
  struct Query {
    std::filesystem::path folder;
    std::optional<StudyStamp> known;  // nothing is told of that
  };

  Told told_;
  std::optional<Known> known_;  // that was told last
  std::filesystem::path followed_;
  QTimer timer_;
  LatestValueWorker<Query, StudyRead> reader_;  // last: its thread is gone before anything that it tells
};

}  // namespace synann::ui
