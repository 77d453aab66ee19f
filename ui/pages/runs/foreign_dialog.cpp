// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/runs/foreign_dialog.h"

#include <algorithm>
#include <utility>

#include <QCheckBox>
#include <QCoreApplication>
#include <QDialogButtonBox>
#include <QFormLayout>
#include <QLabel>
#include <QListWidget>
#include <QPushButton>
#include <QVBoxLayout>

#include "ui/pages/page_controls.h"
#include "ui/widgets/calm_spin_box.h"

namespace synann::ui {

namespace {

constexpr int kForeignWords = 18;  // characters of a choice
constexpr double kLongestEpoch = 1e9;

// As the choice of the page has them.
QStringList quantityNames() {
  QStringList names;
  for (const auto& row : fieldInfos(runsFields())) {
    if (QLatin1String(row.id) != QLatin1String("curve")) continue;
    for (const FieldWord& word : row.words) names.append(word.text);
  }
  return names;
}

CalmSpinBox* epochBox(QWidget* parent, double value) {
  auto* box = new CalmSpinBox(parent);
  box->setDecimals(0);
  box->setRange(0, kLongestEpoch);
  box->setSpecialValueText(QCoreApplication::translate("foreign_dialog", "not known"));
  box->setValue(value);
  return box;
}

}  // namespace

ForeignDialog::ForeignDialog(const QString& path, exports::ForeignRun run, const ForeignChoice& usual,
                             QWidget* parent)
    : QDialog(parent),
      path_(path),
      run_(std::move(run)),
      usual_(usual),
      curves_(named(new QListWidget(this), "foreign.curves", tr("Curves"),
                    tr("The curves of the file; those with a tick are drawn"))),
      unit_(named(makeChoice({tr("steps"), tr("epochs"), tr("examples")}, this, kForeignWords),
                  "foreign.unit", tr("Its x counts"), tr("What the numbers along x are in that program"))),
      quantity_(named(makeChoice(quantityNames(), this, kForeignWords), "foreign.quantity", tr("Drawn with"),
                      tr("The curve of this program's runs beside which it is drawn"))),
      steps_(named(epochBox(this, usual.steps), "foreign.steps", tr("Steps in an epoch"),
                   tr("Of the other program, so that its curve can be drawn over epochs; 0: not known"))),
      examples_(
          named(epochBox(this, usual.examples), "foreign.examples", tr("Examples in an epoch"),
                tr("Of the other program, so that its curve can be drawn over examples; 0: not known"))),
      from_zero_(named(new QCheckBox(tr("Epochs are counted from &0"), this), "foreign.from-zero",
                       tr("Epochs are counted from 0"),
                       tr("What stands at epoch 0 was measured after the first epoch, as Keras writes it"))),
      percent_(named(new QCheckBox(tr("&Shares of 1, drawn as percent"), this), "foreign.percent",
                     tr("Shares of 1, drawn as percent"), tr("Multiplies its numbers by 100"))) {
  setObjectName(QStringLiteral("foreign"));
  setWindowTitle(tr("Add a curve of %1").arg(QString::fromStdString(run_.name)));
  quantity_->setCurrentIndex(static_cast<int>(usual.quantity));
  layOut();
  fillCurves();
  connect(curves_, &QListWidget::itemChanged, this, [this](const QListWidgetItem* item) {
    if (item->checkState() == Qt::Checked) propose(curves_->row(item));
    updateEnabled();
  });
  connect(unit_, &QComboBox::activated, this, [this] {
    unit_touched_ = true;
    updateEnabled();
  });
  connect(from_zero_, &QCheckBox::clicked, this, [this] { zero_touched_ = true; });
  connect(quantity_, &QComboBox::activated, this, [this] { quantity_touched_ = true; });
  connect(percent_, &QCheckBox::clicked, this, [this] { percent_touched_ = true; });
  updateEnabled();
}

void ForeignDialog::layOut() {
  auto* words = new QLabel(
      tr("Not a run of this program: its curves are drawn beside those of the selected runs."), this);
  words->setWordWrap(true);
  auto* form = new QFormLayout;
  form->addRow(tr("&Drawn with"), quantity_);
  form->addRow(tr("Its &x counts"), unit_);
  form->addRow(QString(), from_zero_);
  form->addRow(tr("S&teps in an epoch"), steps_);
  form->addRow(tr("&Examples in an epoch"), examples_);
  form->addRow(QString(), percent_);
  auto* buttons = new QDialogButtonBox(QDialogButtonBox::Cancel, this);
  add_ = buttons->addButton(tr("&Add"), QDialogButtonBox::AcceptRole);
  add_->setObjectName(QStringLiteral("foreign.add"));
  add_->setDefault(true);
  connect(buttons, &QDialogButtonBox::accepted, this, &QDialog::accept);
  connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
  auto* column = new QVBoxLayout(this);
  column->addWidget(words);
  column->addWidget(curves_, 1);
  column->addLayout(form);
  column->addWidget(buttons);
}

// The first whose name says that it is what is shown has a tick.
void ForeignDialog::fillCurves() {
  int first = -1;
  for (const exports::ForeignCurve& curve : run_.curves) {
    const QString last = QString::number(curve.y.back(), 'g', 5);
    auto* item = new QListWidgetItem(tr("%1 (%2 points, the last is %3)")
                                         .arg(QString::fromStdString(curve.name))
                                         .arg(curve.x.size())
                                         .arg(last),
                                     curves_);
    item->setFlags(Qt::ItemIsEnabled | Qt::ItemIsSelectable | Qt::ItemIsUserCheckable);
    item->setCheckState(Qt::Unchecked);
    // What says nothing of itself would take the fallback: another one tells them apart.
    const bool says = foreignQuantity(curve.name, RunsQuantity::BetaNorm) == usual_.quantity;
    if (first < 0 && says) first = curves_->count() - 1;
  }
  if (first < 0 && curves_->count() == 1) first = 0;
  curves_->setCurrentRow(std::max(0, first));
  if (first < 0) return;
  curves_->item(first)->setCheckState(Qt::Checked);
  propose(first);
}

void ForeignDialog::propose(int row) {
  const exports::ForeignCurve& curve = run_.curves[static_cast<std::size_t>(row)];
  if (!unit_touched_) unit_->setCurrentIndex(static_cast<int>(curve.unit));
  if (!quantity_touched_)
    quantity_->setCurrentIndex(static_cast<int>(foreignQuantity(curve.name, usual_.quantity)));
  if (!zero_touched_)
    from_zero_->setChecked(curve.unit == exports::ForeignUnit::Epochs && curve.x.front() == 0);
  const bool accuracy = quantity_->currentIndex() == static_cast<int>(RunsQuantity::Accuracy);
  if (!percent_touched_) percent_->setChecked(accuracy && std::ranges::max(curve.y) <= 1);
}

void ForeignDialog::updateEnabled() {
  add_->setEnabled(!chosen().empty());
  from_zero_->setEnabled(unit_->currentIndex() == static_cast<int>(exports::ForeignUnit::Epochs));
}

std::vector<ForeignChoice> ForeignDialog::chosen() const {
  std::vector<ForeignChoice> choices;
  for (int row = 0; row < curves_->count(); ++row)
    if (curves_->item(row)->checkState() == Qt::Checked)
      choices.push_back({.path = path_,
                         .curve = QString::fromStdString(run_.curves[static_cast<std::size_t>(row)].name),
                         .unit = static_cast<exports::ForeignUnit>(unit_->currentIndex()),
                         .steps = steps_->value(),
                         .examples = examples_->value(),
                         .quantity = static_cast<RunsQuantity>(quantity_->currentIndex()),
                         .from_zero = from_zero_->isEnabled() && from_zero_->isChecked(),
                         .percent = percent_->isChecked()});
  return choices;
}

}  // namespace synann::ui
