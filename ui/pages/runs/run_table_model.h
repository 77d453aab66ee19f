// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <filesystem>
#include <vector>

#include <QAbstractTableModel>
#include <QStringList>

#include "engine/runs/catalogue.h"

namespace synann::ui {

// Runs as rows. Shown rounded and in words; Qt::EditRole has numbers with all their digits, seconds and
// bytes, and is what is sorted by.
class RunTableModel : public QAbstractTableModel {
  Q_OBJECT

 public:
  enum Column {
    Name,
    ModelName,
    Data,
    Date,
    State,
    Epochs,
    Best,
    Last,
    TestLoss,
    Time,
    Device,
    Version,
    Parent,
    Size,
    Tags,
    Note,
    Settings,
    ColumnCount
  };
  // Of the columns, as they are remembered.
  static const QStringList& columnIds();

  using QAbstractTableModel::QAbstractTableModel;

  void setRuns(std::vector<runs::RunSummary> runs);
  void setOpenRun(const std::filesystem::path& folder);  // its row is bold
  const std::vector<runs::RunSummary>& runs() const { return runs_; }
  const runs::RunSummary& run(int row) const { return runs_[static_cast<std::size_t>(row)]; }
  // Whether every word is in the row's texts, in whatever case.
  bool contains(int row, const QStringList& words) const;

  int rowCount(const QModelIndex& parent = {}) const override;
  int columnCount(const QModelIndex& parent = {}) const override;
  QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
  QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;

 private:
  struct Row {
    std::array<QString, ColumnCount> texts;
    std::array<QVariant, ColumnCount> values;  // numbers; else invalid, where the text is the value
    QString all;                               // of the texts, in lower case
  };
  static Row rowOf(const runs::RunSummary& run, const std::vector<std::string>& differing);
  QString help(int row, int column) const;

  std::vector<runs::RunSummary> runs_;
  std::vector<Row> rows_;
  std::filesystem::path open_;
};

}  // namespace synann::ui
