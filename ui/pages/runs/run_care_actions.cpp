// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/runs/run_care_actions.h"

#include <algorithm>
#include <utility>

#include <QAction>
#include <QInputDialog>
#include <QLineEdit>
#include <QMessageBox>
#include <QPushButton>
#include <QShortcut>
#include <QTableView>

#include "ui/pages/runs/run_notes_dialog.h"
#include "ui/session/words.h"

namespace synann::ui {

std::vector<ActionInfo> RunCareActions::infos(const QString& menu) {
  const auto info = [&](const char* id, const QString& text, const QString& help, bool separator = false) {
    return ActionInfo{id, text, {}, help, Glyph::None, MenuId::View, menu, false, separator};
  };
  return {
      info("runs.note", tr("Title, &tags and note…"),
           tr("Say something about the selected runs; it is kept in their folders, also while they train"),
           true),
      info("runs.rename", tr("Re&name…"), tr("Give the folder of the selected run another name")),
      info("runs.archive", tr("Ar&chive"),
           tr("Keep the selected runs and leave them out of the table; again brings them back into it")),
      info("runs.bin", tr("Move to &bin"), tr("Move the selected runs into the folder .bin beside them"),
           true),
      info("runs.take-back", tr("Take &back from the bin"),
           tr("Put back the runs that were moved to the bin last")),
      info("runs.prune-records", tr("Remove its r&ecords…"),
           tr("Remove the recorded weights of the selected runs; curves and checkpoints stay"), true),
      info("runs.prune-optimiser", tr("Remove its optimiser's &states…"),
           tr("Remove the states of the optimiser; going on from a checkpoint begins them anew"))};
}

RunCareActions::RunCareActions(const PageActions& actions, QTableView* table, std::function<Runs()> selected,
                               std::function<std::filesystem::path()> open)
    : QObject(table),
      table_(table),
      selected_(std::move(selected)),
      open_(std::move(open)),
      note_(actions("runs.note")),
      rename_(actions("runs.rename")),
      archive_(actions("runs.archive")),
      bin_(actions("runs.bin")),
      take_back_(actions("runs.take-back")),
      prune_records_(actions("runs.prune-records")),
      prune_optimiser_(actions("runs.prune-optimiser")),
      chores_([this](const ChoreOutcome& outcome) { take(outcome); }) {
  connect(note_, &QAction::triggered, this, &RunCareActions::askNote);
  connect(rename_, &QAction::triggered, this, &RunCareActions::askName);
  connect(archive_, &QAction::triggered, this, &RunCareActions::archive);
  connect(bin_, &QAction::triggered, this, &RunCareActions::bin);
  connect(take_back_, &QAction::triggered, this, &RunCareActions::takeBack);
  connect(prune_records_, &QAction::triggered, this, [this] { measurePrune(runs::Prune::Records); });
  connect(prune_optimiser_, &QAction::triggered, this, [this] { measurePrune(runs::Prune::Optimiser); });
  table->addActions({note_, rename_, archive_, bin_, take_back_, prune_records_, prune_optimiser_});
  const auto key = [&](const QKeySequence& keys, void (RunCareActions::*work)()) {
    auto* shortcut = new QShortcut(keys, table);
    shortcut->setContext(Qt::WidgetShortcut);
    connect(shortcut, &QShortcut::activated, this, work);
  };
  key(QKeySequence::Delete, &RunCareActions::bin);
  key(QKeySequence::Undo, &RunCareActions::takeBack);
  key(Qt::Key_F2, &RunCareActions::askNote);
}

void RunCareActions::updateEnabled(bool shown) {
  shown_ = shown;
  const Runs runs = shown ? selected_() : Runs();
  for (QAction* action : {note_, archive_, bin_, prune_records_, prune_optimiser_})
    action->setEnabled(!runs.empty());
  rename_->setEnabled(runs.size() == 1);
  take_back_->setEnabled(shown && !thrown_.empty());
  const bool all =
      !runs.empty() && std::ranges::all_of(runs, [](const auto& run) { return run.notes.archived; });
  archive_->setText(all ? tr("Bring back from the ar&chive") : tr("Ar&chive"));
}

RunFolders RunCareActions::folders() const {
  RunFolders folders;
  for (const runs::RunSummary& run : selected_()) folders.push_back(run.folder);
  return folders;
}

RunFolders RunCareActions::movable(RunFolders folders) {
  if (std::erase(folders, open_()) > 0)
    emit failed(tr("The run that is open here stays where it is; open another one first."));
  return folders;
}

void RunCareActions::note(const std::function<void(runs::RunNotes&)>& change) {
  if (const RunFolders folders = this->folders(); !folders.empty())
    chores_.add([folders, change] { return noteRuns(folders, change); });
}

void RunCareActions::rename(const QString& name) {
  const RunFolders folders = movable(this->folders());
  if (folders.size() != 1) return;
  chores_.add(
      [folder = folders.front(), text = name.toStdString()] { return renameRunFolder(folder, text); });
}

void RunCareActions::archive() {
  const Runs runs = selected_();
  const bool all = std::ranges::all_of(runs, [](const auto& run) { return run.notes.archived; });
  note([all](runs::RunNotes& notes) { notes.archived = !all; });
}

void RunCareActions::bin() {
  if (const RunFolders folders = movable(this->folders()); !folders.empty())
    chores_.add([folders] { return binRuns(folders); });
}

void RunCareActions::takeBack() {
  if (thrown_.empty()) return;
  chores_.add([binned = std::move(thrown_.back())] { return takeBackRuns(binned); });
  thrown_.pop_back();
  take_back_->setEnabled(shown_ && !thrown_.empty());
}

void RunCareActions::prune(runs::Prune what) {
  pruneOf(folders(), what);
}

void RunCareActions::pruneOf(const RunFolders& folders, runs::Prune what) {
  if (const RunFolders left = movable(folders); !left.empty())
    chores_.add([left, what] { return pruneRuns(left, what); });
}

void RunCareActions::askNote() {
  const Runs runs = selected_();
  if (runs.empty()) return;
  if (!runs.front().notes_problem.empty() && runs.size() == 1)
    return void(emit failed(QString::fromStdString(runs.front().notes_problem)));
  RunNotesDialog dialog(QString::fromStdString(runs.front().name), static_cast<int>(runs.size()),
                        runs.front().notes, table_->window());
  if (dialog.exec() == QDialog::Accepted) note(dialog.change());
}

void RunCareActions::askName() {
  const Runs runs = selected_();
  if (runs.size() != 1) return;
  bool accepted = false;
  const QString before = QString::fromStdString(runs.front().folder.filename().string());
  const QString name = QInputDialog::getText(table_->window(), tr("Rename a run"), tr("Name of its folder"),
                                             QLineEdit::Normal, before, &accepted);
  if (accepted && name != before) rename(name);
}

// A disk may be slow: how much it would free is read where chores are done.
void RunCareActions::measurePrune(runs::Prune what) {
  const RunFolders folders = this->folders();
  if (folders.empty()) return;
  chores_.add([this, folders, what] {
    ChoreOutcome outcome;
    outcome.then = [this, folders, what, bytes = prunableBytes(folders, what)] {
      askPrune(folders, what, bytes);
    };
    return outcome;
  });
}

void RunCareActions::askPrune(const RunFolders& folders, runs::Prune what, std::uint64_t bytes) {
  const bool records = what == runs::Prune::Records;
  const QString question = records
                               ? tr("Remove the records of %1 runs (%2)? Their curves and checkpoints stay. "
                                    "The time line then has no steps to show.")
                               : tr("Remove the optimiser's states of %1 runs (%2)? Their curves and weights "
                                    "stay. Going on from a checkpoint then begins with a fresh state.");
  QMessageBox box(QMessageBox::Question, records ? tr("Remove records") : tr("Remove the optimiser's states"),
                  question.arg(folders.size()).arg(memoryWords(bytes)) + '\n' + tr("This cannot be undone."),
                  QMessageBox::Cancel, table_->window());
  QPushButton* const remove = box.addButton(tr("&Remove"), QMessageBox::DestructiveRole);
  box.setDefaultButton(QMessageBox::Cancel);
  box.exec();
  if (box.clickedButton() == static_cast<QAbstractButton*>(remove)) pruneOf(folders, what);
}

void RunCareActions::take(const ChoreOutcome& outcome) {
  if (outcome.then) {
    // Not from here: a dialog has an event loop, in which other outcomes are told.
    QMetaObject::invokeMethod(this, outcome.then, Qt::QueuedConnection);
    return;
  }
  const bool can_undo = !outcome.binned.empty();
  if (can_undo) thrown_.push_back(outcome.binned);
  if (!outcome.problem.isEmpty()) {
    emit failed(outcome.problem);
  } else if (can_undo) {
    emit binned(outcome.done);
  } else if (!outcome.done.isEmpty()) {
    emit told(outcome.done);
  }
  emit changed();
  updateEnabled(shown_);
}

}  // namespace synann::ui
