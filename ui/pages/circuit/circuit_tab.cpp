// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/circuit/circuit_tab.h"

#include <algorithm>

#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QSignalBlocker>

#include "ui/pages/figure_deck.h"
#include "ui/pages/page_controls.h"
#include "ui/plots/figure_view.h"
#include "ui/widgets/calm_spin_box.h"
#include "ui/widgets/number_slider.h"

namespace synann::ui {

namespace {
constexpr double kMostTyped = 1e6;
constexpr std::size_t kMostListed = 1000;  // names of a list
}  // namespace

CircuitTab::CircuitTab(FigureDeck& deck, const QString& name, const QString& placeholder, const QString& help,
                       QWidget* parent)
    : QObject(parent), parent_(parent), view_(deck.add(name, placeholder, help)) {}

void CircuitTab::setCircuit(const CircuitPtr& circuit, bool clamped) {
  circuit_ = circuit;
  clamped_ = clamped;
}

void CircuitTab::follow(bool wanted) {
  wanted_ = wanted;
  if (!wanted) {
    if (giveUp()) fresh_ = false;
    return;
  }
  if (fresh_) return;
  fresh_ = true;
  ask();
}

void CircuitTab::outdate() {
  giveUp();
  fresh_ = false;
  if (view_->figure()) {
    view_->setFigure(nullptr);
    emit figureChanged();
  }
  view_->setPlaceholder(tr("Computing…"));
  if (wanted_) follow(true);
}

void CircuitTab::show(std::shared_ptr<const Figure> figure) {
  view_->setFigure(std::move(figure));
  emit figureChanged();
}

void CircuitTab::showWhy(const QString& why) {
  view_->setPlaceholder(why);
  show(nullptr);
}

void CircuitTab::showError(const Error& error) {
  showWhy(error.kind == ErrorKind::Cancelled ? tr("Stopped; a change of the circuit or of what is chosen "
                                                  "here begins anew.")
                                             : QString::fromStdString(error.sentence()) + '.');
}

QWidget* CircuitTab::line(std::initializer_list<QWidget*> widgets) const {
  auto* whole = new QWidget(parent_);
  auto* row = new QHBoxLayout(whole);
  row->setContentsMargins(0, 0, 0, 0);
  row->setSpacing(4);
  for (QWidget* widget : widgets)
    row->addWidget(widget, qobject_cast<QLabel*>(widget) ? 0 : qobject_cast<QComboBox*>(widget) ? 3 : 2);
  return whole;
}

QComboBox* CircuitTab::synapseChoice(const QString& name, const QString& label, const QString& help) const {
  return named(makeChoice({}, parent_, 3), name, label, help);
}

CalmSpinBox* CircuitTab::countBox(const QString& name, const QString& label, const QString& help,
                                  double least, double most, double value) const {
  auto* box = named(new CalmSpinBox(parent_), name, label, help);
  box->setDecimals(0);
  box->setRange(least, most);
  box->setValue(value);
  box->setKeyboardTracking(false);
  box->setMinimumWidth(0);
  box->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Fixed);
  return box;
}

ExactBox* CircuitTab::numberBox(const QString& name, const QString& label, const QString& help,
                                double value) const {
  auto* box = named(new ExactBox(parent_), name, label, help);
  box->setRange(-kMostTyped, kMostTyped);
  box->setValue(value);
  box->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Fixed);
  return box;
}

QWidget* CircuitTab::word(const QString& text, QWidget* of) const {
  auto* label = new QLabel(text, parent_);
  label->setBuddy(of);
  return label;
}

void fillChoice(QComboBox* box, const QStringList& names, const QString& chosen) {
  const QSignalBlocker quiet(box);
  QStringList shown;
  for (int k = 0; k < box->count(); ++k) shown.append(box->itemText(k));
  if (shown != names) {
    box->clear();
    box->addItems(names);
  }
  box->setCurrentIndex(static_cast<int>(names.indexOf(chosen)));
}

QStringList synapseNames(const synapse::Circuit& circuit) {
  QStringList names;
  for (std::size_t k = 0; k < std::min(circuit.synapses.size(), kMostListed); ++k)
    names.append(QString::fromStdString(circuit.synapses[k].name));
  return names;
}

}  // namespace synann::ui
