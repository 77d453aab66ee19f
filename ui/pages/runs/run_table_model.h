// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include <QAbstractTableModel>
#include <QStringList>

#include "engine/runs/catalogue.h"
#include "ui/pages/runs/run_query.h"

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
    MeanAccuracy,
    MeanLoss,
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

  // One row as it is shown, made on any thread.
  struct Row {
    std::array<QString, ColumnCount> texts;
    std::array<QVariant, ColumnCount> values;  // numbers; else invalid, where the text is the value
    QString all;                               // of the texts, in lower case
  };
  struct Rows {
    std::vector<runs::RunSummary> runs;
    std::vector<Row> rows;               // as many
    std::vector<std::string> differing;  // settings
    int mean_epochs = kMeanEpochs;
  };
  // How many of the last epochs are averaged, unless another number was chosen: 1 … kLatestEpochs.
  static constexpr int kMeanEpochs = 5;
  static Rows rowsOf(std::vector<runs::RunSummary> runs, int mean_epochs = kMeanEpochs);

  void setRows(Rows rows);
  void setRuns(std::vector<runs::RunSummary> runs) { setRows(rowsOf(std::move(runs), shown_.mean_epochs)); }
  // Takes over what is new of a run that is listed, and keeps its name.
  void updateRun(runs::RunSummary run);
  void setMeanEpochs(int epochs);
  int meanEpochs() const { return shown_.mean_epochs; }
  void setOpenRun(const std::filesystem::path& folder);  // its row is bold
  const std::vector<runs::RunSummary>& runs() const { return shown_.runs; }
  const runs::RunSummary& run(int row) const { return shown_.runs[static_cast<std::size_t>(row)]; }
  bool matches(int row, const std::vector<RunTerm>& terms) const;

  int rowCount(const QModelIndex& parent = {}) const override;
  int columnCount(const QModelIndex& parent = {}) const override;
  QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
  QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;

 private:
  static Row rowOf(const runs::RunSummary& run, const std::vector<std::string>& differing, int mean_epochs);
  bool holds(const RunTerm& term, int row) const;
  QString help(int row, int column) const;

  Rows shown_;
  std::filesystem::path open_;
};

}  // namespace synann::ui
