// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QHash>
#include <QWidget>

#include "ui/pages/network/model_document.h"
#include "ui/session/workspace.h"

class QComboBox;
class QFormLayout;
class QLabel;
class QLineEdit;
class QPushButton;
class QTreeWidget;

namespace synann::ui {

// The layers of the network that Train would begin with, to be added, removed, moved and set, with shapes,
// parameters and cost as one goes. What can be built becomes the plan's network at once; what cannot is
// explained here, and the plan keeps the last one that could. Locked while a run is open.
class ModelEditor : public QWidget {
  Q_OBJECT

 public:
  // The workspace must outlive it.
  explicit ModelEditor(Workspace& workspace, QWidget* parent = nullptr);

  const ModelDocument& document() const { return document_; }
  // For images of that size.
  void setSizes(int rows, int columns, int classes);
  void chooseLayer(int index);

 signals:
  void layerChosen(int index);

 private:
  void makeList();
  QWidget* makeButtons();
  void makeKinds();
  QPushButton* button(const QString& name, const QString& text, const QString& help,
                      const QKeySequence& keys);

  void takePlan();
  void changed();
  void fillList();
  void fillForm();
  void addRow(const QString& key, const QString& help, QWidget* field);
  void setKeyLater(const QString& key, const QString& value);
  void setKey(int at, const QString& key, const QString& value);
  void say(const QString& wrong);
  void save();
  int current() const;

  Workspace& workspace_;
  ModelDocument document_;
  ModelDocument::Seen seen_;
  int rows_ = 28, columns_ = 28, classes_ = 10;
  bool filling_ = false, giving_ = false, locked_ = false;

  QTreeWidget* list_;
  QComboBox* kinds_;
  QLineEdit* id_;
  QWidget* form_box_;
  QFormLayout* form_;
  QLabel* words_;
  QHash<QString, QPushButton*> buttons_;
};

}  // namespace synann::ui
