// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include <QAbstractTableModel>
#include <QWidget>

#include "ui/shell/inspector_rows.h"

class QTableView;

namespace synann::ui {

class ImagePicture;

// The rows of the inspector as a table of two columns.
class InspectorModel : public QAbstractTableModel {
  Q_OBJECT

 public:
  using QAbstractTableModel::QAbstractTableModel;

  void setRows(std::vector<InspectorRow> rows);
  const std::vector<InspectorRow>& rows() const { return rows_; }
  int rowCount(const QModelIndex& parent = {}) const override;
  int columnCount(const QModelIndex& parent = {}) const override;
  QVariant data(const QModelIndex& index, int role) const override;
  QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

 private:
  std::vector<InspectorRow> rows_;
};

// The panel beside every page that tells the selection in full: where in the run, which cell, and its numbers
// with all their digits, to be read, walked and copied. Costs nothing while it is folded away.
class Inspector : public QWidget {
  Q_OBJECT

 public:
  // Both must outlive it.
  Inspector(SynapseSource& source, const RunMarks& marks, QWidget* parent = nullptr);

  QTableView* table() const { return table_; }
  InspectorModel* model() const { return model_; }
  QString allText() const;       // every row as "name<tab>value"
  QString selectedText() const;  // the chosen rows; all where none is
  QSize sizeHint() const override { return {290, 400}; }

 protected:
  void showEvent(QShowEvent* event) override;
  void hideEvent(QHideEvent* event) override;

 private:
  void fill();
  QString textOf(int row) const;

  SynapseSource& source_;
  const RunMarks& marks_;
  InspectorModel* model_;
  QTableView* table_;
  ImagePicture* image_;
};

}  // namespace synann::ui
