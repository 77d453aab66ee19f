// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <optional>
#include <vector>

#include <QObject>
#include <QStringList>

#include "engine/core/result.h"
#include "engine/data/picture.h"

class QComboBox;
class QToolButton;
class QWidget;

namespace synann::ui {

// Adds what is drawn to a data set of a person's own (engine/data/own_set.h), with the class that it is, and
// takes the last one back. Lives in the window's thread.
class DigitAdding : public QObject {
  Q_OBJECT

 public:
  explicit DigitAdding(QWidget* page);

  QWidget* row() const { return row_; }
  void setNames(const QStringList& names);                         // of the classes
  void setPicture(const std::optional<data::Picture>& picture);    // that would be added
  void setFolder(const std::filesystem::path& folder);             // of the data set
  const std::filesystem::path& folder() const { return folder_; }  // empty: none chosen
  // Errors: nothing is drawn, no folder is chosen; as add_to_own_set.
  Status add();
  // The image that was added last by this page, and then the one before it. Errors: as take_from_own_set.
  Status takeBack();

 signals:
  void told(const QString& sentence);
  void failed(const QString& sentence);
  void folderChanged();

 private:
  struct Added {
    std::filesystem::path folder;
    data::Picture picture;
    int label = 0;
  };
  void makeRow(QWidget* page);
  bool chooseFolder();
  void addOrAsk();
  void update();
  void tell(const Status& done);

  QWidget* row_;
  QComboBox* label_ = nullptr;
  QToolButton* choose_ = nullptr;
  QToolButton* back_ = nullptr;
  std::optional<data::Picture> picture_;
  std::filesystem::path folder_;
  std::vector<Added> added_;  // the last one at the end
};

}  // namespace synann::ui
