// SPDX-License-Identifier: GPL-3.0-or-later
// How the lab of the Synapses page is put together, and what it says of itself.
#include <algorithm>

#include <QComboBox>
#include <QFileDialog>
#include <QHBoxLayout>
#include <QLabel>
#include <QMenu>
#include <QSpinBox>
#include <QToolButton>

#include "ui/pages/asked_figure.h"
#include "ui/pages/figure_deck.h"
#include "ui/pages/page_controls.h"
#include "ui/pages/synapses/knock_out.h"
#include "ui/plots/figure_view.h"
#include "ui/widgets/number_slider.h"
#include "ui/widgets/ring_button.h"

namespace synann::ui {

namespace {

constexpr double kLargestBeta = 1e6;
// Where β is free; beyond 1, 1 − βx may be below 0.
constexpr NumberSlider::Bounds kFreeBounds{-1, 1, -kLargestBeta, kLargestBeta};

}  // namespace

void KnockOut::addTabs() {
  words_ = named(new QLabel(page_), "synapses.knock-words", tr("What is changed"), QString());
  words_->setWordWrap(true);
  deck_.addTab(tr("Knock out"),
               {makeControls(), makeSlider(), makeButtons(), effect_->view(), effect_->busyRow(), words_});
  deck_.addTab(tr("Switched"), {switched_->view(), switched_->busyRow()});
  deck_.addTab(tr("Effects of 0"), {ranking_->view(), ranking_->busyRow()});
  connect(&undo_, &QUndoStack::indexChanged, this, &KnockOut::update);
  connect(&selection_, &Selection::cellChanged, this, &KnockOut::endStroke);
  connect(&selection_, &Selection::cellChanged, this, &KnockOut::update);
  update();
}

QWidget* KnockOut::makeControls() {
  auto* line = new QWidget(page_);
  auto* row = new QHBoxLayout(line);
  row->setContentsMargins(0, 0, 0, 0);
  what_ = named(makeChoice({tr("cell"), tr("row"), tr("column"), tr("strongest"), tr("block")}, line, 6),
                "synapses.knock-what", tr("What is set"),
                tr("The selected cell of β, its row, its column, the cells of the largest |β|, or the block "
                   "that is chosen with Shift and the arrow keys, or Shift and a drag over the matrix"));
  count_ = named(new QSpinBox(line), "synapses.knock-count", tr("How many"), tr("How many of the strongest"));
  count_->setRange(1, 1'000'000);
  count_->setValue(10);
  value_ = new NumberSlider(QStringLiteral("synapses.knock-value"), tr("Value"),
                            tr("What their β is set to; the slider sets it at once while it is dragged"),
                            kFreeBounds, page_);
  auto* const button = named(new RingButton(tr("Set"), line), "synapses.knock-set", tr("Set"),
                             tr("Set β to this value and measure anew; the run itself stays as it is"));
  connect(button, &QToolButton::clicked, this,
          [this] { set(what(), count_->value(), value_->box()->value()); });
  connect(what_, &QComboBox::currentIndexChanged, this, &KnockOut::endStroke);
  connect(what_, &QComboBox::currentIndexChanged, this, &KnockOut::update);
  connect(count_, &QSpinBox::valueChanged, this, &KnockOut::endStroke);
  connect(count_, &QSpinBox::valueChanged, this, &KnockOut::update);
  auto* const to = new QLabel(tr("to"), line);
  to->setBuddy(value_->box());
  row->addWidget(what_, 2);
  row->addWidget(count_, 1);
  row->addWidget(to);
  row->addWidget(value_->box(), 1);
  row->addWidget(button);
  return line;
}

QWidget* KnockOut::makeSlider() {
  connect(value_->slider(), &QSlider::valueChanged, this,
          [this] { drag(what(), count_->value(), value_->value()); });
  connect(value_->slider(), &QSlider::sliderPressed, this, &KnockOut::endStroke);
  return value_->slider();
}

QWidget* KnockOut::makeButtons() {
  auto* line = new QWidget(page_);
  auto* row = new QHBoxLayout(line);
  row->setContentsMargins(0, 0, 0, 0);
  const auto button = [&](const char* name, const QString& text, const QString& help, auto&& work) {
    auto* made = named(new RingButton(text, line), QLatin1String(name), text, help);
    connect(made, &QToolButton::clicked, this, work);
    row->addWidget(made);
    return made;
  };
  undo_button_ =
      button("synapses.knock-undo", tr("Undo"), tr("Take the last change back"), [this] { undo_.undo(); });
  redo_button_ = button("synapses.knock-redo", tr("Redo"), tr("Make it again"), [this] { undo_.redo(); });
  restore_ = button("synapses.knock-restore", tr("Restore"),
                    tr("Give every cell its own β again; Undo brings this back"),
                    [this] { push(tr("restore"), std::vector<infer::CellValue>(), 0); });
  save_ = button("synapses.knock-save", tr("Save as…"),
                 tr("Write the changed network as a checkpoint, from which a run can begin"),
                 [this] { saveDialog(); });
  train_ = makeTrainButton(line);
  row->addWidget(train_);
  row->addStretch(1);
  return line;
}

QToolButton* KnockOut::makeTrainButton(QWidget* parent) {
  auto* made = named(new RingButton(tr("Train on…"), parent), "synapses.knock-train", tr("Train on"),
                     tr("Begin a new run from the changed network, with the settings of the run shown"));
  auto* menu = new QMenu(made);
  const auto add = [&](const char* name, const QString& text, Train which) {
    QAction* const action = menu->addAction(text, this, [this, which] { trainOn(which); });
    action->setObjectName(QLatin1String(name));
  };
  add("synapses.knock-train-frozen", tr("Changed cells &frozen"), Train::ChangedFrozen);
  add("synapses.knock-train-all", tr("&All cells trained"), Train::All);
  connect(made, &QToolButton::clicked, menu,
          [made, menu] { menu->popup(made->mapToGlobal(QPoint(0, made->height()))); });
  return made;
}

KnockOut::What KnockOut::what() const {
  return static_cast<What>(what_->currentIndex());
}

// The values that the layer can have.
void KnockOut::showRange() {
  if (value_ == nullptr || !moment_.network.model) return;
  const auto layer = infer::layer_named(*moment_.network.model, moment_.layer);
  if (!layer) return;
  const infer::BetaRange range = infer::beta_range(*moment_.network.model, *layer);
  const auto least = static_cast<double>(range.least), most = static_cast<double>(range.most);
  value_->setBounds(range.free() ? kFreeBounds : NumberSlider::Bounds{least, most, least, most});
}

QString KnockOut::selectedWords() const {
  const synapse::Cell at = selection_.cell();
  switch (what()) {
    case What::Row:
      return tr("selected: row of unit %1").arg(at.i);
    case What::Column:
      return tr("selected: column of synapse %1").arg(at.j);
    case What::Strongest:
      return tr("selected: the %1 strongest cells").arg(count_->value());
    case What::Block:
      if (!block_.empty()) return tr("selected: block of %1 cells").arg(block_.size());
      break;
    case What::Cell:
      break;
  }
  return tr("selected: unit %1, synapse %2").arg(at.i).arg(at.j);
}

QString KnockOut::changedWords() const {
  if (changes_.empty()) return tr("No cell changed");
  if (changes_.size() > 1) return tr("%1 cells changed").arg(changes_.size());
  const infer::CellValue& one = changes_.front();
  return tr("β(%1, %2) is %3")
      .arg(one.cell.row)
      .arg(one.cell.column)
      .arg(numberText(static_cast<double>(one.beta)));
}

void KnockOut::update() {
  if (words_ == nullptr) return;
  count_->setVisible(what() == What::Strongest);
  undo_button_->setEnabled(undo_.canUndo());
  redo_button_->setEnabled(undo_.canRedo());
  restore_->setEnabled(!changes_.empty());
  const bool changed = moment_.network.model != nullptr && !changes_.empty();
  save_->setEnabled(changed);
  train_->setEnabled(changed);
  words_->setText(changedWords() + QStringLiteral(" · ") + selectedWords());
  emit cellsChanged();
}

void KnockOut::saveDialog() {
  QFileDialog dialog(page_, tr("Save the changed network"), QStringLiteral("knocked-out.safetensors"),
                     tr("Checkpoints (*.safetensors)"));
  dialog.setAcceptMode(QFileDialog::AcceptSave);
  dialog.setDefaultSuffix(QStringLiteral("safetensors"));
  if (dialog.exec() != QDialog::Accepted) return;
  const QString path = dialog.selectedFiles().constFirst();
  if (const Status saved = save(path); !saved)
    return emit failed(QString::fromStdString(saved.error().sentence()));
  emit told(tr("Saved %1.").arg(path));
}

}  // namespace synann::ui
