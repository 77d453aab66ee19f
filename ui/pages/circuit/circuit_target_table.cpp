// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/circuit/circuit_target_table.h"

#include <algorithm>
#include <set>
#include <string_view>
#include <utility>

#include <QFileInfo>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QSignalBlocker>
#include <QTableWidget>
#include <QVBoxLayout>

#include "engine/core/file.h"
#include "ui/pages/page_controls.h"
#include "ui/widgets/ring_button.h"

namespace synann::ui {

namespace {

constexpr std::size_t kMostFirstColumns = 12;
constexpr int kMostNamedHeads = 3;

QString csvField(QString text) {
  if (!text.contains(',') && !text.contains('"') && !text.contains('\n')) return text;
  return '"' + text.replace('"', QStringLiteral("\"\"")) + '"';
}

// The fields of a table as this one writes it: csvField() undone.
QList<QStringList> csvLines(const QString& text) {
  QList<QStringList> lines;
  QStringList fields;
  QString field;
  bool quoted = false;
  for (qsizetype k = 0; k < text.size(); ++k) {
    const QChar c = text[k];
    if (c == '"' && quoted && text.mid(k + 1, 1) == QLatin1String("\"")) {
      field += text[++k];
    } else if (c == '"') {
      quoted = !quoted;
    } else if (!quoted && (c == ',' || c == '\n')) {
      fields.append(std::exchange(field, {}));
      if (c == '\n') lines.append(std::exchange(fields, {}));
    } else {
      field += c;
    }
  }
  return lines;
}

QString exactNumber(double value) {
  return QString::number(value, 'g', QLocale::FloatingPointShortest);
}

}  // namespace

CircuitTargetTable::CircuitTargetTable(QWidget* parent)
    : QWidget(parent),
      table_(named(new QTableWidget(this), "circuit.targets", tr("Targets"),
                   tr("What synapses shall give for values of the inputs, a row each; the heads name inputs "
                      "and synapses"))),
      words_(new QLabel(this)) {
  table_->setTabKeyNavigation(false);
  table_->verticalHeader()->setDefaultSectionSize(table_->fontMetrics().height() + 6);
  table_->horizontalHeader()->setDefaultSectionSize(64);
  table_->setMinimumHeight(3 * table_->fontMetrics().height());
  words_->setWordWrap(true);
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(2);
  makeButtons(column);
  column->addWidget(table_, 1);
  column->addWidget(words_);
  connect(table_, &QTableWidget::itemChanged, this, &CircuitTargetTable::take);
}

void CircuitTargetTable::makeButtons(QBoxLayout* column) {
  auto* row = new QHBoxLayout;
  const auto button = [&](const QString& name, const QString& text, const QString& help, auto&& work) {
    auto* made = named(new RingButton(text, this), name, text, help);
    connect(made, &QToolButton::clicked, this, work);
    row->addWidget(made);
  };
  button(
      "circuit.targets-open", tr("Open…"),
      tr("Take the targets of a comma-separated file, whose first line names inputs and synapses; it may be "
         "dropped on the page as well"),
      [this] { emit openWanted(); });
  button("circuit.targets-add", tr("Add row"), tr("Add a row with the present values of the inputs"),
         [this] { addRow(); });
  button("circuit.targets-remove", tr("Remove row"), tr("Remove the row that is chosen, or the last one"),
         [this] { removeRow(); });
  button("circuit.targets-new", tr("New"),
         tr("Begin an empty table for the inputs and outputs of the circuit"), [this] {
           begin(circuit_);
           emit changed();
         });
  row->addStretch(1);
  column->addLayout(row);
}

void CircuitTargetTable::setCircuit(const synapse::Circuit& circuit) {
  circuit_ = circuit;
  if (touched_)
    describe();
  else
    begin(circuit);
}

// One row: the inputs as they are, and nothing yet for the outputs.
void CircuitTargetTable::begin(const synapse::Circuit& circuit) {
  touched_ = false;
  from_.clear();
  QStringList heads;
  for (const auto& input : circuit.inputs)
    if (static_cast<std::size_t>(heads.size()) < kMostFirstColumns)
      heads.append(QString::fromStdString(input.name));
  std::vector<std::string> outputs = circuit.outputs;
  if (outputs.empty() && !circuit.synapses.empty()) outputs = {circuit.synapses.back().name};
  for (std::size_t k = 0; k < std::min(outputs.size(), kMostFirstColumns); ++k)
    heads.append(QString::fromStdString(outputs[k]));
  const QSignalBlocker quiet(table_);
  table_->setEnabled(true);
  table_->clear();
  table_->setRowCount(0);
  table_->setColumnCount(static_cast<int>(heads.size()));
  table_->setHorizontalHeaderLabels(heads);
  if (!heads.isEmpty()) addRow();
  take();
  touched_ = false;
}

void CircuitTargetTable::setCsv(const std::string& csv, const synapse::Circuit& circuit,
                                const QString& from) {
  csv_ = csv;
  from_ = from;
  touched_ = true;
  circuit_ = circuit;
  if (const auto parsed = targets(circuit))
    fill(*parsed, circuit);
  else
    fillAsTyped();
  describe();
  emit changed();
}

Status CircuitTargetTable::open(const QString& path, const synapse::Circuit& circuit) {
  const auto parsed = synapse::read_circuit_targets(path.toStdString(), circuit);
  if (!parsed) return parsed.error();
  const auto bytes = read_file(path.toStdString(), synapse::kLargestTargetFile);
  if (!bytes) return bytes.error();
  setCsv({reinterpret_cast<const char*>(bytes->data()), bytes->size()}, circuit, path);
  return {};
}

Result<synapse::CircuitTargets> CircuitTargetTable::targets(const synapse::Circuit& circuit) const {
  return synapse::parse_circuit_targets(csv_, from_.isEmpty() ? "targets" : from_.toStdString(), circuit);
}

void CircuitTargetTable::fill(const synapse::CircuitTargets& targets, const synapse::Circuit& circuit) {
  const std::size_t columns = targets.inputs.size() + targets.synapses.size();
  const bool shown = targets.rows * columns <= kMostShownFields;
  const QSignalBlocker quiet(table_);
  table_->clear();
  table_->setEnabled(shown);
  table_->setRowCount(shown ? static_cast<int>(targets.rows) : 0);
  table_->setColumnCount(static_cast<int>(columns));
  QStringList heads;
  for (const std::size_t k : targets.inputs) heads.append(QString::fromStdString(circuit.inputs[k].name));
  for (const std::size_t k : targets.synapses) heads.append(QString::fromStdString(circuit.synapses[k].name));
  table_->setHorizontalHeaderLabels(heads);
  for (std::size_t row = 0; shown && row < targets.rows; ++row) {
    const auto put = [&](std::size_t column, double value) {
      table_->setItem(static_cast<int>(row), static_cast<int>(column),
                      new QTableWidgetItem(exactNumber(value)));
    };
    for (std::size_t k = 0; k < targets.inputs.size(); ++k) put(k, targets.inputs_of(row)[k]);
    for (std::size_t k = 0; k < targets.synapses.size(); ++k)
      put(targets.inputs.size() + k, targets.targets_of(row)[k]);
  }
}

// What does not fit the circuit yet, or any more, stays to be mended.
void CircuitTargetTable::fillAsTyped() {
  const QList<QStringList> lines = csvLines(QString::fromStdString(csv_));
  const QSignalBlocker quiet(table_);
  table_->clear();
  const QStringList heads = lines.value(0);
  const bool shown = static_cast<std::size_t>(lines.size() * heads.size()) <= kMostShownFields;
  table_->setEnabled(shown);
  table_->setColumnCount(static_cast<int>(heads.size()));
  table_->setHorizontalHeaderLabels(heads);
  table_->setRowCount(shown ? std::max(0, static_cast<int>(lines.size()) - 1) : 0);
  for (int row = 0; row < table_->rowCount(); ++row)
    for (int column = 0; column < table_->columnCount(); ++column)
      table_->setItem(row, column, new QTableWidgetItem(lines[row + 1].value(column)));
}

void CircuitTargetTable::addRow() {
  if (table_->columnCount() == 0 || !table_->isEnabled()) return;
  const QSignalBlocker quiet(table_);
  const int row = table_->rowCount();
  table_->insertRow(row);
  for (int column = 0; column < table_->columnCount(); ++column) {
    const std::string head = table_->horizontalHeaderItem(column)->text().toStdString();
    const auto input = std::find_if(circuit_.inputs.begin(), circuit_.inputs.end(),
                                    [&](const auto& one) { return one.name == head; });
    table_->setItem(
        row, column,
        new QTableWidgetItem(input == circuit_.inputs.end() ? QString() : exactNumber(input->value)));
  }
  take();
}

void CircuitTargetTable::removeRow() {
  if (table_->rowCount() == 0 || !table_->isEnabled()) return;
  table_->removeRow(table_->currentRow() < 0 ? table_->rowCount() - 1 : table_->currentRow());
  take();
}

void CircuitTargetTable::take() {
  QStringList fields;
  for (int column = 0; column < table_->columnCount(); ++column)
    fields.append(csvField(table_->horizontalHeaderItem(column)->text()));
  QString text = fields.join(',') + '\n';
  for (int row = 0; row < table_->rowCount(); ++row) {
    fields.clear();
    for (int column = 0; column < table_->columnCount(); ++column) {
      const QTableWidgetItem* item = table_->item(row, column);
      fields.append(csvField(item == nullptr ? QString() : item->text().trimmed()));
    }
    text += fields.join(',') + '\n';
  }
  csv_ = text.toStdString();
  from_.clear();
  touched_ = true;
  describe();
  emit changed();
}

// Where the numbers are from, and what of the table is not of this circuit.
void CircuitTargetTable::describe() {
  const auto lines = static_cast<qint64>(std::count(csv_.begin(), csv_.end(), '\n'));
  const QString file = QFileInfo(from_).fileName();
  QStringList words;
  if (!from_.isEmpty())
    words.append(table_->isEnabled()
                     ? tr("Of %1.").arg(file)
                     : tr("Of %1: about %2 lines, which are not shown here.").arg(file).arg(lines));
  const QStringList others = foreignHeads();
  if (!others.isEmpty())
    words.append(tr("This circuit has no %1: New begins a table for it.").arg(others.join(tr(", no "))));
  words_->setText(words.join(' '));
  words_->setVisible(!words.isEmpty());
}

// Heads that name neither an input nor a synapse of the circuit, the first few.
QStringList CircuitTargetTable::foreignHeads() const {
  std::set<std::string_view> names;
  for (const auto& input : circuit_.inputs) names.insert(input.name);
  for (const auto& s : circuit_.synapses) names.insert(s.name);
  QStringList others;
  for (int column = 0; column < table_->columnCount() && others.size() < kMostNamedHeads; ++column) {
    const QTableWidgetItem* const head = table_->horizontalHeaderItem(column);
    if (head != nullptr && !names.contains(head->text().trimmed().toStdString())) others.append(head->text());
  }
  return others;
}

}  // namespace synann::ui
