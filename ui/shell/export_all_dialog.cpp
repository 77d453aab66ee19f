// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/export_all_dialog.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QListWidget>
#include <QProgressBar>
#include <QPushButton>
#include <QVBoxLayout>

#include "ui/pages/page_controls.h"

namespace synann::ui {

ExportAllDialog::ExportAllDialog(const ViewOptions& options, const QString& folder, QWidget* parent)
    : QDialog(parent),
      work_(options, folder),
      progress_(named(new QProgressBar(this), "export-all.progress", tr("Progress"), QString())),
      list_(named(new QListWidget(this), "export-all.list", tr("What was written"), QString())),
      words_(named(new QLabel(this), "export-all.words", tr("Message"), QString())),
      button_(new QPushButton(tr("&Stop"), this)) {
  setWindowTitle(tr("Export everything"));
  setObjectName("export-all");
  button_->setObjectName("export-all.button");
  button_->setDefault(true);
  words_->setWordWrap(true);
  words_->setTextInteractionFlags(Qt::TextSelectableByMouse);
  list_->setTextElideMode(Qt::ElideNone);
  list_->setWordWrap(true);
  progress_->setRange(0, work_.viewCount());
  auto* const column = new QVBoxLayout(this);
  column->addWidget(words_);
  column->addWidget(progress_);
  column->addWidget(list_, 1);
  auto* const row = new QHBoxLayout;
  row->addStretch(1);
  row->addWidget(button_);
  column->addLayout(row);
  resize(640, 420);
  connect(button_, &QPushButton::clicked, this, &ExportAllDialog::reject);
  connect(&work_, &ExportAll::progressed, this, &ExportAllDialog::refresh);
  connect(&work_, &ExportAll::finished, this, &ExportAllDialog::finish);
  running_ = true;
  if (const Status begun = work_.start(); !begun) {
    trouble_ = QString::fromStdString(begun.error().sentence());
    finish();
    return;
  }
  words_->setText(tr("Writing into %1").arg(work_.folder()));
}

void ExportAllDialog::refresh() {
  progress_->setValue(work_.viewsDone());
  const QStringList lines = work_.written() + work_.failures();
  list_->clear();
  list_->addItems(lines);
  list_->scrollToBottom();
}

void ExportAllDialog::finish() {
  running_ = false;
  refresh();
  words_->setText(sentence());
  button_->setText(tr("&Close"));
  button_->setEnabled(true);
}

QString ExportAllDialog::sentence() const {
  if (!trouble_.isEmpty()) return trouble_;
  if (work_.written().isEmpty())
    return work_.stopped() ? tr("Stopped before anything was written.") : tr("Nothing could be written.");
  const auto count = work_.written().size();
  const QString files = count == 1 ? tr("1 file is in %1").arg(work_.folder())
                                   : tr("%1 files are in %2").arg(count).arg(work_.folder());
  if (work_.stopped()) return tr("%1; stopped before all were written.").arg(files);
  if (work_.failures().isEmpty()) return files + '.';
  return tr("%1; what could not be made stands at the end of the list.").arg(files);
}

void ExportAllDialog::reject() {
  if (!running_) return QDialog::reject();
  work_.stop();
  button_->setEnabled(false);
  words_->setText(tr("Stopping…"));
}

}  // namespace synann::ui
