// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>

#include <QDialog>
#include <QString>

#include "ui/shell/film.h"

class QComboBox;
class QLabel;
class QProgressBar;
class QPushButton;
class QTimer;

namespace synann::ui {

class CalmSpinBox;

// Writes a figure over all recorded steps of its run: an animated WebP, or numbered PNG pictures. Frames are
// drawn one by one between the events of the window; Stop ends it. Window's thread only.
class FilmDialog : public QDialog {
  Q_OBJECT

 public:
  // `view`: of the figure, without step; its size and look are in it.
  FilmDialog(ViewOptions view, const QString& name, const QString& folder, QWidget* parent = nullptr);

  // Writes into `path` what the controls say; the choice of a path by a person ends here.
  void start(const QString& path);
  bool running() const { return running_; }
  QString sentence() const;                          // what came of it, or of the last try
  const QString& folder() const { return folder_; }  // where it was written
  const QStringList& written() const { return written_; }

 public slots:
  void reject() override;  // stops first, where there is anything to stop

 private:
  void layOut();
  void showChoice();
  void askForPath();
  void drawNext();
  void end(const QString& words);
  bool pictures() const;

  ViewOptions view_;
  QString name_, folder_;
  QComboBox* kind_;
  CalmSpinBox* frames_;
  CalmSpinBox* rate_;
  QLabel* words_;
  QProgressBar* progress_;
  QPushButton* export_;
  QPushButton* close_;  // Stop while it runs
  QTimer* timer_;       // a frame each time
  bool running_ = false;
  std::optional<Film> film_;
  QStringList written_;
};

}  // namespace synann::ui
