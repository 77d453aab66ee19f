// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/circuit/circuit_panel.h"

#include <algorithm>

#include <QCheckBox>
#include <QComboBox>
#include <QGridLayout>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QSignalBlocker>

#include "ui/pages/circuit/circuit_edit.h"
#include "ui/pages/page_controls.h"
#include "ui/widgets/number_slider.h"

namespace synann::ui {
namespace {

using synapse::CircuitSource;
using synapse::CircuitSynapse;
using synapse::DrawnCircuit;
using synapse::SourceKind;

constexpr double kLargestNumber = 1e6;  // of α, β, values and starts that can be entered
constexpr int kSourceWide = 10;         // characters

const CircuitSynapse* synapseNamed(const synapse::Circuit& circuit, const std::string& name) {
  const auto found = std::find_if(circuit.synapses.begin(), circuit.synapses.end(),
                                  [&](const auto& s) { return s.name == name; });
  return found == circuit.synapses.end() ? nullptr : &*found;
}

const synapse::CircuitInput* inputNamed(const synapse::Circuit& circuit, const std::string& name) {
  const auto found = std::find_if(circuit.inputs.begin(), circuit.inputs.end(),
                                  [&](const auto& one) { return one.name == name; });
  return found == circuit.inputs.end() ? nullptr : &*found;
}

}  // namespace

CircuitPanel::CircuitPanel(CircuitDocument& document, QWidget* parent)
    : QWidget(parent), document_(document), grid_(new QGridLayout(this)), title_(new QLabel(this)) {
  grid_->setContentsMargins(0, 0, 0, 0);
  grid_->setHorizontalSpacing(6);
  grid_->setVerticalSpacing(3);
  grid_->setColumnStretch(1, 1);
  makeFields();
  connectFields();
  connect(&document_, &CircuitDocument::changed, this, [this] { show(name_); });
  show({});
}

void CircuitPanel::makeFields() {
  QFont bold = title_->font();
  bold.setBold(true);
  title_->setFont(bold);
  grid_->addWidget(title_, 0, 0, 1, 2);
  edit_ = named(new QLineEdit(this), "circuit.name", tr("Name"),
                tr("The name of what is chosen, or of the circuit; Enter takes it, Escape takes it back"));
  edit_->installEventFilter(this);
  output_ = named(new QCheckBox(tr("Output"), this), "circuit.output", tr("Output"),
                  tr("Whether this synapse is one that is looked at: traced, and shown in the truth table"));
  const auto slider = [this](const QString& id, const QString& label, const QString& help, double from,
                             double to) {
    return new NumberSlider("circuit." + id, label, help, {from, to, -kLargestNumber, kLargestNumber}, this);
  };
  value_ = slider("value", tr("Value"), tr("What the input is"), 0, 1);
  alpha_ = slider("alpha", tr("α"), tr("Scales the excitation; above 1 values may leave 0 to 1"), 0, 4);
  beta_ = slider("beta", tr("β"), tr("Scales the inhibition; below 0 the inhibitor amplifies"), -1, 1);
  start_ = named(new ExactBox(this), "circuit.start", tr("Start"),
                 tr("What the synapse gave before the first step, to wires of the step before"));
  start_->setRange(-kLargestNumber, kLargestNumber);
  for (const bool inhibitory : {false, true}) {
    Port& port = ports_[inhibitory ? 1 : 0];
    const QString id = inhibitory ? "circuit.inhibitory" : "circuit.excitatory";
    const QString label = inhibitory ? tr("Inhibitory input") : tr("Excitatory input");
    port.source = named(makeChoice({}, this, kSourceWide), id, label,
                        tr("Where this port takes its value from: a constant, an input, a synapse, or what a "
                           "synapse gave one step before"));
    port.constant =
        named(new ExactBox(this), id + "-constant", tr("%1, constant").arg(label), tr("The constant itself"));
    port.constant->setRange(-kLargestNumber, kLargestNumber);
  }
  addLine(tr("Name"), {edit_, output_});
  addLine(tr("Value"), {value_->slider(), value_->box()});
  addLine(tr("α"), {alpha_->slider(), alpha_->box()});
  addLine(tr("β"), {beta_->slider(), beta_->box()});
  addLine(tr("Excitatory (+)"), {ports_[0].source, ports_[0].constant});
  addLine(tr("Inhibitory (−)"), {ports_[1].source, ports_[1].constant});
  addLine(tr("Start"), {start_});
  grid_->setRowStretch(grid_->rowCount(), 1);  // room that is left is below
}

void CircuitPanel::addLine(const QString& label, std::initializer_list<QWidget*> widgets) {
  const int row = grid_->rowCount();
  auto* words = new QLabel(label, this);
  words->setBuddy(*widgets.begin());
  grid_->addWidget(words, row, 0);
  auto* line = new QHBoxLayout;
  line->setSpacing(6);
  for (QWidget* widget : widgets) line->addWidget(widget, qobject_cast<QCheckBox*>(widget) ? 0 : 1);
  grid_->addLayout(line, row, 1);
}

// A widget; the label is there while the first of its line is.
void CircuitPanel::showLine(QWidget* widget, bool shown) {
  widget->setVisible(shown);
  for (QLabel* label : findChildren<QLabel*>())
    if (label->buddy() == widget) label->setVisible(shown);
}

void CircuitPanel::connectFields() {
  connect(edit_, &QLineEdit::editingFinished, this, &CircuitPanel::rename);
  connect(output_, &QCheckBox::toggled, this, &CircuitPanel::takeOutput);
  connect(value_, &NumberSlider::moved, this, &CircuitPanel::takeInput);
  connect(alpha_, &NumberSlider::moved, this,
          [this](double value) { takeNumber(tr("α"), &CircuitSynapse::alpha, value); });
  connect(beta_, &NumberSlider::moved, this,
          [this](double value) { takeNumber(tr("β"), &CircuitSynapse::beta, value); });
  connect(start_, &ExactBox::valueChanged, this,
          [this](double value) { takeNumber(tr("start"), &CircuitSynapse::start, value); });
  for (const bool inhibitory : {false, true}) {
    const Port& port = ports_[inhibitory ? 1 : 0];
    connect(port.source, &QComboBox::activated, this, [this, inhibitory] { takeSource(inhibitory); });
    connect(port.constant, &ExactBox::valueChanged, this,
            [this, inhibitory](double value) { takeConstant(inhibitory, value); });
  }
}

void CircuitPanel::show(const std::string& name) {
  const synapse::Circuit& circuit = document_.circuit();
  const CircuitSynapse* const s = synapseNamed(circuit, name);
  const synapse::CircuitInput* const input = inputNamed(circuit, name);
  name_ = s != nullptr || input != nullptr ? name : std::string();
  title_->setText(s != nullptr ? tr("Synapse") : input != nullptr ? tr("Input") : tr("Circuit"));
  {
    const QSignalBlocker quiet(edit_);
    const QString shown = QString::fromStdString(name_.empty() ? circuit.name : name_);
    if (edit_->text() != shown) edit_->setText(shown);
  }
  for (QWidget* widget : {static_cast<QWidget*>(value_->slider()), static_cast<QWidget*>(value_->box())})
    showLine(widget, input != nullptr);
  for (QWidget* widget : {static_cast<QWidget*>(output_), static_cast<QWidget*>(alpha_->slider()),
                          static_cast<QWidget*>(alpha_->box()), static_cast<QWidget*>(beta_->slider()),
                          static_cast<QWidget*>(beta_->box()), static_cast<QWidget*>(start_),
                          static_cast<QWidget*>(ports_[0].source), static_cast<QWidget*>(ports_[1].source)})
    showLine(widget, s != nullptr);
  if (input != nullptr) value_->setValue(input->value);
  if (s != nullptr)
    showSynapse(*s);
  else
    for (const Port& port : ports_) port.constant->hide();
}

void CircuitPanel::showSynapse(const CircuitSynapse& s) {
  fillSources();
  alpha_->setValue(s.alpha);
  beta_->setValue(s.beta);
  const QSignalBlocker quiet_start(start_), quiet_output(output_);
  start_->setValue(s.start);
  const auto& outputs = document_.circuit().outputs;
  output_->setChecked(std::find(outputs.begin(), outputs.end(), s.name) != outputs.end());
  for (const bool inhibitory : {false, true}) {
    const Port& port = ports_[inhibitory ? 1 : 0];
    const CircuitSource& source = inhibitory ? s.inhibitory : s.excitatory;
    const bool constant = source.kind == SourceKind::Constant;
    const QString key = QString::fromStdString(source.name);
    const QSignalBlocker quiet_source(port.source), quiet_constant(port.constant);
    port.source->setCurrentIndex(
        constant ? 0 : port.source->findData((source.kind == SourceKind::Previous ? "<" : "=") + key));
    port.constant->setVisible(constant);
    if (constant) port.constant->setValue(source.value);
  }
}

// A constant, every input and synapse, and every synapse as it was one step before.
void CircuitPanel::fillSources() {
  QStringList keys = {QString()};
  const synapse::Circuit& circuit = document_.circuit();
  for (const auto& input : circuit.inputs) keys.append('=' + QString::fromStdString(input.name));
  for (const char mark : {'=', '<'})
    for (const auto& s : circuit.synapses) keys.append(mark + QString::fromStdString(s.name));
  if (keys == sources_) return;
  sources_ = keys;
  for (const Port& port : ports_) {
    const QSignalBlocker quiet(port.source);
    port.source->clear();
    for (const QString& key : keys)
      port.source->addItem(key.isEmpty()         ? tr("constant")
                           : key.startsWith('<') ? tr("previous %1").arg(key.mid(1))
                                                 : key.mid(1),
                           key);
  }
}

void CircuitPanel::edit(Field field) {
  QWidget* const widget = field == Field::Name         ? static_cast<QWidget*>(edit_)
                          : field == Field::Value      ? static_cast<QWidget*>(value_->box())
                          : field == Field::Alpha      ? static_cast<QWidget*>(alpha_->box())
                          : field == Field::Excitatory ? static_cast<QWidget*>(ports_[0].source)
                                                       : static_cast<QWidget*>(ports_[1].source);
  widget->setFocus(Qt::ShortcutFocusReason);
  if (auto* box = qobject_cast<QDoubleSpinBox*>(widget)) box->selectAll();
  if (field == Field::Name) edit_->selectAll();
}

void CircuitPanel::commit(const QString& text, DrawnCircuit after, const QString& merge) {
  if (const Status done = document_.edit(text, std::move(after), merge); !done) {
    emit failed(QString::fromStdString(done.error().sentence()));
    show(name_);
  }
}

void CircuitPanel::rename() {
  DrawnCircuit after = document_.drawn();
  const std::string to = edit_->text().trimmed().toStdString(), from = name_;
  if (from.empty()) {
    after.circuit.name = to;
    return commit(tr("name the circuit"), std::move(after), {});
  }
  if (from == to) return;
  if (const Status fits = renamePart(after, from, to); !fits) {
    emit failed(QString::fromStdString(fits.error().sentence()));
    return show(name_);
  }
  name_ = to;
  emit renamed(QString::fromStdString(from), QString::fromStdString(to));
  commit(tr("rename %1").arg(QString::fromStdString(from)), std::move(after), {});
}

void CircuitPanel::takeNumber(const QString& text, double CircuitSynapse::*number, double value) {
  DrawnCircuit after = document_.drawn();
  for (CircuitSynapse& s : after.circuit.synapses)
    if (s.name == name_) s.*number = value;
  const QString name = QString::fromStdString(name_);
  commit(tr("change %1 of %2").arg(text, name), std::move(after), text + '/' + name);
}

void CircuitPanel::takeInput(double value) {
  DrawnCircuit after = document_.drawn();
  for (auto& input : after.circuit.inputs)
    if (input.name == name_) input.value = value;
  const QString name = QString::fromStdString(name_);
  commit(tr("change %1").arg(name), std::move(after), "value/" + name);
}

void CircuitPanel::takeSource(bool inhibitory) {
  const QString key = ports_[inhibitory ? 1 : 0].source->currentData().toString();
  const QString name = QString::fromStdString(name_);
  if (key.isEmpty()) return takeConstant(inhibitory, inhibitory ? 0 : 1);
  QString note;
  const Status done = document_.wire(key.mid(1).toStdString(), name_, inhibitory, key.startsWith('<'), &note);
  if (!note.isEmpty()) emit noted(note);
  if (done) return;
  emit failed(QString::fromStdString(done.error().sentence()));
  show(name_);
}

void CircuitPanel::takeConstant(bool inhibitory, double value) {
  DrawnCircuit after = document_.drawn();
  setSource(after, name_, inhibitory, {.kind = SourceKind::Constant, .value = value});
  const QString name = QString::fromStdString(name_);
  commit(tr("change an input of %1").arg(name), std::move(after), (inhibitory ? "-/" : "+/") + name);
}

void CircuitPanel::takeOutput(bool output) {
  DrawnCircuit after = document_.drawn();
  std::erase(after.circuit.outputs, name_);
  if (output) after.circuit.outputs.push_back(name_);
  commit(output ? tr("make an output") : tr("make no output"), std::move(after), {});
}

bool CircuitPanel::eventFilter(QObject* watched, QEvent* event) {
  if (watched == edit_ && event->type() == QEvent::KeyPress &&
      static_cast<QKeyEvent*>(event)->key() == Qt::Key_Escape) {
    const QSignalBlocker quiet(edit_);
    edit_->setText(QString::fromStdString(name_.empty() ? document_.circuit().name : name_));
    edit_->selectAll();
    return true;
  }
  return QWidget::eventFilter(watched, event);
}

}  // namespace synann::ui
