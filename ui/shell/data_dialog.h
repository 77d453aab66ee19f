// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QFileDialog>

namespace synann::ui {

// Asks for a data set: a file, or a folder by the button "Take this folder". It is Qt's own dialog, because
// those of the desktops take either files or folders.
class DataDialog : public QFileDialog {
  Q_OBJECT

 public:
  // Opens where `earlier`, a file or folder, lies.
  explicit DataDialog(const QString& earlier, QWidget* parent = nullptr);

  // What was chosen; empty before.
  QString chosen() const { return chosen_; }

 public slots:
  void accept() override;
  void takeFolder();  // the one that is marked, else the one that is shown

 private:
  QString chosen_;
};

}  // namespace synann::ui
