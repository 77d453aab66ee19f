// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/data_dialog.h"

#include <QDialogButtonBox>
#include <QFileInfo>
#include <QPushButton>

namespace synann::ui {

DataDialog::DataDialog(const QString& earlier, QWidget* parent)
    : QFileDialog(parent, tr("Open data: a file, or a folder")) {
  setObjectName("data-dialog");
  setOption(QFileDialog::DontUseNativeDialog);
  setFileMode(QFileDialog::ExistingFile);
  setNameFilters({tr("All files (*)"), tr("Data (*ubyte* *idx* *.gz *.npz *.csv *.tsv)")});
  const QFileInfo path(earlier);
  if (path.exists()) setDirectory(path.isDir() ? path.absoluteFilePath() : path.absolutePath());
  auto* folder = new QPushButton(tr("Take this &folder"), this);
  folder->setObjectName("data-dialog.folder");
  folder->setAutoDefault(false);
  folder->setToolTip(tr("Open the folder that is marked, or the one that is shown"));
  connect(folder, &QPushButton::clicked, this, &DataDialog::takeFolder);
  if (auto* buttons = findChild<QDialogButtonBox*>())
    buttons->addButton(folder, QDialogButtonBox::ActionRole);
}

// A folder is entered; a file is the answer.
void DataDialog::accept() {
  const QStringList files = selectedFiles();
  if (files.size() == 1 && QFileInfo(files.front()).isFile()) chosen_ = files.front();
  QFileDialog::accept();
}

void DataDialog::takeFolder() {
  const QStringList marked = selectedFiles();
  const bool folder = marked.size() == 1 && QFileInfo(marked.front()).isDir();
  chosen_ = folder ? marked.front() : directory().absolutePath();
  done(QDialog::Accepted);
}

}  // namespace synann::ui
