// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <thread>

#include <QObject>
#include <QString>
#include <QStringList>

#include "ui/pages/view_options.h"
#include "ui/plots/shown_figure.h"

namespace synann::ui {

// Writes every view of the page table that a run can give into a new folder: PDF, PNG and CSV, and NPY of
// matrices. A thread of its own reads the run and writes the numbers; the pictures are drawn one by one
// between the events of the thread it lives in, the window's. Nothing that is there is written over.
class ExportAll : public QObject {
  Q_OBJECT

 public:
  // `options`: of which run, how large; unit and synapse are the cell of the views of one synapse. The new
  // folder is made in `parent_folder`.
  ExportAll(const ViewOptions& options, const QString& parent_folder, QObject* parent = nullptr);
  ~ExportAll() override;  // waits for the view that is being read

  // An error where the folder cannot be made, or the run not be read; nothing happens then.
  Status start();
  // finished() follows as soon as the view at hand is read.
  void stop() { stopped_ = true; }

  const QString& folder() const { return folder_; }
  const QStringList& written() const { return written_; }    // file names
  const QStringList& failures() const { return failures_; }  // a sentence each
  bool stopped() const { return stopped_; }
  bool writeFailed() const { return write_failed_; }  // not only a view that the run cannot give
  int viewCount() const { return static_cast<int>(views_.size()); }
  int viewsDone() const { return next_; }

 signals:
  void progressed();
  void finished();

 private:
  // What the thread brings: the figure and what it did of its numbers.
  struct Read {
    std::optional<ShownFigure> figure;
    QStringList written, failures;
    bool write_failed = false;
  };
  Status makeFolder();
  void nextView();
  Read read(const std::string& view) const;
  void take(Read read);
  void drawNext();
  void end();

  ViewOptions options_;
  QString parent_folder_, folder_;
  std::vector<std::string> views_;
  int next_ = 0;  // of views_
  std::jthread thread_;
  std::optional<ShownFigure> figure_;
  QStringList to_draw_;  // extensions
  QStringList written_, failures_;
  bool stopped_ = false, write_failed_ = false;
};

}  // namespace synann::ui
