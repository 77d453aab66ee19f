// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>

#include <QDialog>
#include <QStringList>

#include "engine/runs/run_notes.h"

class QLineEdit;
class QPlainTextEdit;

namespace synann::ui {

// What a person says about a run, or about several at once: then only what is said in common.
class RunNotesDialog : public QDialog {
  Q_OBJECT

 public:
  // Of one run with these notes; of `count` runs these are the first one's.
  RunNotesDialog(const QString& name, int count, const runs::RunNotes& notes, QWidget* parent);

  // What is to be done to the notes of each run: fields that were not touched stay as they are there.
  std::function<void(runs::RunNotes&)> change() const;

 private:
  QStringList tags() const;

  int count_;
  runs::RunNotes before_;
  QLineEdit* title_;
  QLineEdit* tags_;
  QPlainTextEdit* note_;
};

// "paper, wide" as its tags, none empty.
QStringList tagsIn(const QString& text);

}  // namespace synann::ui
