// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDialog>
#include <QVariantMap>

#include "ui/plots/shown_figure.h"

class QCheckBox;
class QComboBox;
class QFormLayout;
class QLabel;
class QLineEdit;
class QMimeData;
class QPushButton;

namespace synann::ui {

class CalmComboBox;
class CalmSpinBox;
class FigurePreview;

// Size and look of a figure's file with a preview of it, to be saved or copied. What does not apply to the
// figure is not there. Window's thread only.
class ExportDialog : public QDialog {
  Q_OBJECT

 public:
  // What is remembered from one time to the next: what was chosen, where the last file went, and as what (its
  // extension).
  struct Kept {
    QVariantMap choices{};
    QString folder{};
    QString kind = QStringLiteral("png");
  };
  ExportDialog(ShownFigure shown, const Kept& kept, QWidget* parent = nullptr);

  const FigureOptions& options() const { return options_; }
  QVariantMap choices() const;
  const QString& savedPath() const { return saved_; }  // empty until something was saved
  FigurePreview* preview() const { return preview_; }

  // Writes the file and closes; else tells why it cannot and stays.
  bool save(const QString& path);
  void copyPicture();
  void copyVectors();

 private:
  // export_dialog_layout.cpp
  void makeControls();
  void makeSizes();
  void makeLook();
  void makeTitle();
  void layOut();
  QWidget* makeForm();
  QWidget* makeButtons();
  void connectControls();

  void restore(const QVariantMap& choices);
  void choosePreset(int index);
  void chooseUnit(int index);
  void showOptions();
  void showSides();
  void takeControls();
  void refresh();
  void askAndSave();
  void copy(std::unique_ptr<QMimeData> copied, const QString& words);
  void tell(const QString& sentence);
  FigureOptions preset(int index) const;
  bool matches(int index) const;
  Result<FigureFile> file() const;
  bool titled() const;

  ShownFigure shown_;
  Kept kept_;
  FigureOptions options_;
  QString saved_;
  bool filling_ = false;

  FigurePreview* preview_;
  CalmComboBox* preset_ = nullptr;
  CalmSpinBox* width_ = nullptr;
  CalmSpinBox* height_ = nullptr;
  CalmComboBox* unit_ = nullptr;
  CalmSpinBox* resolution_ = nullptr;
  QLabel* pixels_ = nullptr;
  CalmSpinBox* font_ = nullptr;
  CalmSpinBox* line_ = nullptr;
  CalmComboBox* legend_ = nullptr;
  QCheckBox* marks_ = nullptr;
  QCheckBox* title_shown_ = nullptr;
  QLineEdit* title_ = nullptr;
  CalmComboBox* part_ = nullptr;
  CalmComboBox* look_ = nullptr;
  QLabel* note_ = nullptr;
  QPushButton* save_ = nullptr;
  QPushButton* copy_picture_ = nullptr;
  QPushButton* copy_vectors_ = nullptr;
  QPushButton* close_ = nullptr;
};

}  // namespace synann::ui
