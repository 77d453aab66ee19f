// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

#include <QStringList>
#include <QWidget>

#include "engine/core/result.h"
#include "engine/synapse/circuit_targets.h"

class QBoxLayout;
class QLabel;
class QTableWidget;

namespace synann::ui {

// The targets of a fit: typed, or of a file; kept as comma-separated text, so that no edit of the circuit
// loses any. Lives in the window's thread.
class CircuitTargetTable : public QWidget {
  Q_OBJECT

 public:
  static constexpr std::size_t kMostShownFields = 4000;  // a larger file is used as it is, and not shown

  explicit CircuitTargetTable(QWidget* parent = nullptr);

  // Columns follow the circuit until something was typed or opened.
  void setCircuit(const synapse::Circuit& circuit);
  const std::string& csv() const { return csv_; }
  bool touched() const { return touched_; }
  void setCsv(const std::string& csv, const synapse::Circuit& circuit, const QString& from);
  // An error leaves the table as it is.
  Status open(const QString& path, const synapse::Circuit& circuit);
  // For this circuit. Errors: those of parse_circuit_targets().
  Result<synapse::CircuitTargets> targets(const synapse::Circuit& circuit) const;
  QTableWidget* table() const { return table_; }

 signals:
  void changed();
  void openWanted();

 private:
  void makeButtons(QBoxLayout* column);
  void begin(const synapse::Circuit& circuit);
  void fillAsTyped();
  void fill(const synapse::CircuitTargets& targets, const synapse::Circuit& circuit);
  void addRow();
  void removeRow();
  void take();
  void describe();
  QStringList foreignHeads() const;

  QTableWidget* table_;
  QLabel* words_;
  synapse::Circuit circuit_;  // whose columns stand in the table at first
  std::string csv_;
  QString from_;  // the file; empty: typed
  bool touched_ = false;
};

}  // namespace synann::ui
