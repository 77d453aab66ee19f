// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/runs/run_notes_dialog.h"

#include <algorithm>

#include <QDialogButtonBox>
#include <QFormLayout>
#include <QLineEdit>
#include <QPlainTextEdit>

#include "ui/pages/page_controls.h"

namespace synann::ui {
namespace {

constexpr int kNotesWidth = 440, kNoteLines = 6;

QStringList tagTexts(const runs::RunNotes& notes) {
  QStringList tags;
  for (const std::string& tag : notes.tags) tags.append(QString::fromStdString(tag));
  return tags;
}

}  // namespace

QStringList tagsIn(const QString& text) {
  QStringList tags;
  for (const QString& part : text.split(','))
    if (const QString tag = part.simplified(); !tag.isEmpty() && !tags.contains(tag)) tags.append(tag);
  return tags;
}

RunNotesDialog::RunNotesDialog(const QString& name, int count, const runs::RunNotes& notes, QWidget* parent)
    : QDialog(parent), count_(count), before_(notes) {
  setObjectName(QStringLiteral("run-notes"));
  setWindowTitle(count == 1 ? tr("Notes on %1").arg(name) : tr("Notes on %1 runs").arg(count));
  title_ = named(new QLineEdit(QString::fromStdString(notes.title), this), "run-notes.title", tr("Title"),
                 tr("What the run is called; without it, its folder's name"));
  title_->setMaxLength(static_cast<int>(runs::kLongestTag) / 4);
  tags_ = named(new QLineEdit(count == 1 ? tagTexts(notes).join(QStringLiteral(", ")) : QString(), this),
                "run-notes.tags", tr("Tags"), tr("With commas between them; the search finds them"));
  note_ = named(new QPlainTextEdit(QString::fromStdString(notes.note), this), "run-notes.note", tr("Note"),
                tr("Anything, kept in the run's folder"));
  note_->setTabChangesFocus(true);
  note_->setFixedHeight(note_->fontMetrics().lineSpacing() * kNoteLines);
  auto* buttons = new QDialogButtonBox(QDialogButtonBox::Ok | QDialogButtonBox::Cancel, this);
  connect(buttons, &QDialogButtonBox::accepted, this, &QDialog::accept);
  connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
  auto* form = new QFormLayout(this);
  if (count == 1) {
    form->addRow(tr("&Title"), title_);
    form->addRow(tr("Ta&gs"), tags_);
    form->addRow(tr("&Note"), note_);
  } else {
    title_->hide();
    note_->hide();
    form->addRow(tr("Add ta&gs"), tags_);
  }
  form->addRow(buttons);
  setMinimumWidth(kNotesWidth);
}

QStringList RunNotesDialog::tags() const {
  return tagsIn(tags_->text());
}

// Tags that somebody else has added meanwhile stay.
std::function<void(runs::RunNotes&)> RunNotesDialog::change() const {
  std::vector<std::string> added, removed;
  const QStringList now = tags(), before = tagTexts(before_);
  for (const QString& tag : now)
    if (count_ > 1 || !before.contains(tag)) added.push_back(tag.toStdString());
  if (count_ == 1)
    for (const QString& tag : before)
      if (!now.contains(tag)) removed.push_back(tag.toStdString());
  const bool one = count_ == 1;
  return [one, added, removed, before = before_, title = title_->text().simplified().toStdString(),
          note = note_->toPlainText().toStdString()](runs::RunNotes& notes) {
    if (one && title != before.title) notes.title = title;
    if (one && note != before.note) notes.note = note;
    for (const std::string& tag : removed) std::erase(notes.tags, tag);
    notes.tags.insert(notes.tags.end(), added.begin(), added.end());
  };
}

}  // namespace synann::ui
