// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <initializer_list>
#include <memory>

#include <QObject>
#include <QString>
#include <QStringList>

#include "engine/core/result.h"
#include "engine/synapse/circuit.h"
#include "ui/plots/figure.h"

class QComboBox;
class QWidget;

namespace synann::ui {

class CalmSpinBox;
class ExactBox;
class FigureDeck;
class FigureView;

using CircuitPtr = std::shared_ptr<const synapse::Circuit>;

// A figure about a circuit that takes its time: found on a thread of its own, and only while it is seen. What
// belongs to another circuit, or to other choices, is never shown. Lives in the window's thread.
class CircuitTab : public QObject {
  Q_OBJECT

 public:
  CircuitTab(FigureDeck& deck, const QString& name, const QString& placeholder, const QString& help,
             QWidget* parent);

  FigureView* view() const { return view_; }
  virtual void addTo(FigureDeck& deck) = 0;  // its tab
  virtual void setCircuit(const CircuitPtr& circuit, bool clamped);
  // Whether it is seen, or its figure is at hand: then what is missing is found, else work ends.
  void follow(bool wanted);

 signals:
  void figureChanged();
  void chosen();                         // a choice of its own has changed
  void told(const QString& sentence);    // what was found, in words
  void failed(const QString& sentence);  // what was typed makes no sense

 protected:
  virtual void ask() = 0;     // begins to find the figure
  virtual bool giveUp() = 0;  // ends that; whether there was anything to end
  // What is shown counts no more; it is found again once it is wanted.
  void outdate();
  void show(std::shared_ptr<const Figure> figure);
  void showWhy(const QString& why);  // instead of a figure
  void showError(const Error& error);
  const synapse::Circuit& circuit() const { return *circuit_; }
  const CircuitPtr& circuitPtr() const { return circuit_; }
  bool clamped() const { return clamped_; }
  QWidget* window() const { return parent_; }

  // Controls of its tab: a line of them, a list of synapses, a whole number, any number.
  QWidget* line(std::initializer_list<QWidget*> widgets) const;
  QComboBox* synapseChoice(const QString& name, const QString& label, const QString& help) const;
  CalmSpinBox* countBox(const QString& name, const QString& label, const QString& help, double least,
                        double most, double value) const;
  ExactBox* numberBox(const QString& name, const QString& label, const QString& help, double value) const;
  QWidget* word(const QString& text, QWidget* of) const;  // the label of a control

 private:
  QWidget* parent_;
  FigureView* view_;
  CircuitPtr circuit_ = std::make_shared<const synapse::Circuit>();
  bool clamped_ = false, wanted_ = false, fresh_ = false;
};

// Fills a list with names and chooses one; nothing is told.
void fillChoice(QComboBox* box, const QStringList& names, const QString& chosen);
// Names of the synapses of a circuit, as many as a list may hold.
QStringList synapseNames(const synapse::Circuit& circuit);

}  // namespace synann::ui
