// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <string>

#include <QString>
#include <QStringList>
#include <QWidget>

#include "ui/pages/circuit/circuit_document.h"

class QCheckBox;
class QComboBox;
class QGridLayout;
class QLabel;
class QLineEdit;

namespace synann::ui {

class ExactBox;
class NumberSlider;

// The numbers and sources of the input or synapse that is chosen, to be changed; of the circuit where none
// is. Each change is an edit of the document. Lives in the window's thread.
class CircuitPanel : public QWidget {
  Q_OBJECT

 public:
  // The document must outlive it.
  explicit CircuitPanel(CircuitDocument& document, QWidget* parent = nullptr);

  // Shows this part; empty: the circuit itself.
  void show(const std::string& name);
  const std::string& name() const { return name_; }
  enum class Field { Name, Value, Alpha, Excitatory, Inhibitory };
  void edit(Field field);  // gives it the focus

 signals:
  void renamed(const QString& from, const QString& to);
  void failed(const QString& sentence);
  void noted(const QString& sentence);  // what was done otherwise than asked for

 protected:
  bool eventFilter(QObject* watched, QEvent* event) override;

 private:
  // A port: where it takes its value from, and the constant where it takes none.
  struct Port {
    QComboBox* source = nullptr;
    ExactBox* constant = nullptr;
  };
  void makeFields();
  void addLine(const QString& label, std::initializer_list<QWidget*> widgets);
  void showLine(QWidget* widget, bool shown);
  void connectFields();
  void rename();
  void takeNumber(const QString& text, double synapse::CircuitSynapse::*number, double value);
  void takeInput(double value);
  void takeSource(bool inhibitory);
  void takeConstant(bool inhibitory, double value);
  void takeOutput(bool output);
  void showSynapse(const synapse::CircuitSynapse& s);
  void fillSources();
  void commit(const QString& text, synapse::DrawnCircuit after, const QString& merge);

  CircuitDocument& document_;
  std::string name_;
  QGridLayout* grid_;
  QLabel* title_;
  QLineEdit* edit_;
  QCheckBox* output_;
  NumberSlider* value_;
  NumberSlider* alpha_;
  NumberSlider* beta_;
  ExactBox* start_;
  std::array<Port, 2> ports_;  // excitatory, inhibitory
  QStringList sources_;        // what the lists hold
};

}  // namespace synann::ui
