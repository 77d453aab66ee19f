// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/run_bar.h"

#include <algorithm>
#include <cmath>

#include <QComboBox>
#include <QDir>
#include <QFontMetrics>
#include <QHBoxLayout>
#include <QLabel>
#include <QProgressBar>
#include <QVBoxLayout>

#include "engine/data/registry.h"
#include "engine/model/ready_models.h"
#include "engine/train/own_model.h"
#include "ui/session/words.h"
#include "ui/shell/action_registry.h"
#include "ui/shell/data_choice.h"
#include "ui/shell/device_choice.h"
#include "ui/widgets/action_button.h"

namespace synann::ui {

namespace {
const QString kOwnModel = QStringLiteral("*");  // in place of a name
}  // namespace

namespace {

constexpr int kProgressParts = 10'000;

template <class Box = CalmComboBox>
Box* makeBox(QWidget* parent, const QString& name, const QString& help) {
  auto* box = new Box(parent);
  box->setAccessibleName(name);
  box->setToolTip(help);
  box->setSizeAdjustPolicy(QComboBox::AdjustToContents);
  box->setMaximumWidth(260);
  return box;
}

QFrame* makeSeparator(QWidget* parent) {
  auto* line = new QFrame(parent);
  line->setFrameShape(QFrame::VLine);
  line->setFrameShadow(QFrame::Sunken);
  return line;
}

}  // namespace

RunBar::RunBar(const ActionRegistry& actions, RunPlan& plan, QWidget* parent)
    : QWidget(parent),
      plan_(plan),
      data_(makeBox<DataChoice>(this, tr("Data set"), tr("What to train on; fixed while a run is open"))),
      model_(makeBox(this, tr("Model"), tr("The network to train; fixed while a run is open"))),
      devices_(new DeviceChoice(this)) {
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(8, 8, 8, 4);
  column->setSpacing(4);
  auto* row = new QHBoxLayout;
  row->setSpacing(4);
  row->addWidget(makeChoices());
  row->addSpacing(4);
  row->addWidget(makeSeparator(this));
  row->addSpacing(4);
  for (const char* id :
       {"run.train", "run.pause", "run.step-batch", "run.step-epoch", "run.stop", "run.restart"}) {
    auto* button = new ActionButton(actions.action(id), Qt::ToolButtonTextBesideIcon, this);
    row->addWidget(button);
    if (!train_) {
      train_ = button;
    } else if (!pause_) {
      pause_ = button;
    }
  }
  row->addStretch(1);
  column->addLayout(row);
  column->addWidget(makeProgressRow());
}

QWidget* RunBar::makeChoices() {
  data_->setObjectName("choice.data");
  model_->setObjectName("choice.model");
  devices_->setObjectName("choice.device");
  devices_->setMaximumWidth(200);
  fillDataChoice();
  fillModelChoice();
  connect(data_, &DataChoice::entryChosen, this, &RunBar::onDataActivated);
  connect(data_, &DataChoice::left, this, [this] { data_->setCurrentIndex(chosen_); });
  auto* box = new QWidget(this);
  auto* row = new QHBoxLayout(box);
  row->setContentsMargins(0, 0, 0, 0);
  row->setSpacing(4);
  for (QComboBox* choice : {static_cast<QComboBox*>(data_), model_, static_cast<QComboBox*>(devices_)})
    row->addWidget(choice);
  return box;
}

void RunBar::fillDataChoice() {
  for (const data::KnownDataset& known : data::known_datasets()) {
    data_->addItem(QString::fromStdString(known.name), QString::fromStdString(known.spec));
  }
  data_->insertSeparator(data_->count());
  data_->addItem(tr("Open data…"));
}

void RunBar::fillModelChoice() {
  const auto text = [](std::string_view words) {
    return QString::fromUtf8(words.data(), static_cast<qsizetype>(words.size()));
  };
  for (const model::ModelInfo& known : train::named_models()) {
    model_->addItem(text(known.title), text(known.id));
    model_->setItemData(model_->count() - 1, text(known.help), Qt::ToolTipRole);
  }
  own_model_ = model_->count();
  model_->insertSeparator(model_->count());
  model_->addItem(tr("Open model…"));
  connect(model_, &QComboBox::activated, this, &RunBar::onModelActivated);
  connect(&plan_, &RunPlan::changed, this, &RunBar::takePlan);
}

// A network of a person's own stands behind those with a name, as long as it is the plan's.
void RunBar::takePlan() {
  const train::Settings& plan = plan_.settings();
  const bool named = !plan.own || model::find_ready_model(plan.model) == plan.own.definition;
  const bool listed = model_->count() > own_model_ + 2;
  if (listed) model_->removeItem(own_model_);
  if (!named) {
    model_->insertItem(own_model_, QString::fromStdString(plan.own.definition->title), kOwnModel);
    model_->setItemData(own_model_, QString::fromStdString(plan.own.definition->help), Qt::ToolTipRole);
  }
  const int index = named ? model_->findData(QString::fromStdString(plan.model)) : own_model_;
  if (index >= 0) model_->setCurrentIndex(index);
  setDataSpec(QString::fromStdString(plan_.settings().data));
}

void RunBar::onModelActivated(int index) {
  const QString name = model_->itemData(index).toString();
  takePlan();  // until another model is the plan's
  if (index == model_->count() - 1)
    emit openModelWanted();
  else if (name != kOwnModel)
    plan_.setModel(name);
}

QWidget* RunBar::makeProgressRow() {
  auto* box = new QWidget(this);
  auto* row = new QHBoxLayout(box);
  row->setContentsMargins(0, 0, 0, 0);
  row->setSpacing(12);
  state_ = new QLabel(box);
  state_->setObjectName("run.state");
  state_->setAccessibleName(tr("State of the run"));
  QFont bold = state_->font();
  bold.setBold(true);
  state_->setFont(bold);
  state_->setMinimumWidth(QFontMetrics(bold).horizontalAdvance(stateWords(RunState::Evaluating, false)));
  epoch_ = makeLabel("run.epoch", tr("Epoch"), tr("epoch 20 of 20 · 60,000 of 60,000 images"), box);
  bar_ = new QProgressBar(box);
  bar_->setRange(0, kProgressParts);
  bar_->setFormat(QStringLiteral("%p %"));
  bar_->setTextVisible(true);
  bar_->setMaximumHeight(fontMetrics().height() + 4);
  bar_->setAccessibleName(tr("Progress of the run"));
  bar_->setToolTip(tr("Share of all epochs that is done"));
  device_ = makeLabel("run.device", tr("Device and memory"), {}, box);
  device_->setToolTip(tr(
      "Where the run is computed, and the memory in use: of a GPU by every program, of the computer by this "
      "one"));
  speed_ = makeLabel("run.speed", tr("Speed and remaining time"),
                     QStringLiteral("00,000 images/s · 00:00 left"), box);
  speed_->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
  row->addWidget(state_);
  row->addWidget(epoch_);
  row->addWidget(bar_, 1);
  row->addWidget(device_);
  row->addWidget(speed_);
  return box;
}

// Wide enough that what stands beside it keeps its place.
QLabel* RunBar::makeLabel(const QString& object, const QString& name, const QString& widest,
                          QWidget* parent) {
  auto* words = new QLabel(parent);
  words->setObjectName(object);
  words->setAccessibleName(name);
  words->setMinimumWidth(fontMetrics().horizontalAdvance(widest));
  return words;
}

QString RunBar::dataSpec() const {
  return data_->itemData(chosen_).toString();
}

void RunBar::addData(const QString& spec) {
  if (hasData(spec)) return;
  const int index = data_->count() - 2;  // before the separator and "Open data…"
  const QString name = QDir(spec).dirName();
  data_->insertItem(index, name.isEmpty() ? spec : name, spec);
  data_->setItemData(index, spec, Qt::ToolTipRole);
}

bool RunBar::hasData(const QString& spec) const {
  return data_->findData(spec) >= 0;
}

void RunBar::setDataSpec(const QString& spec) {
  addData(spec);
  chosen_ = data_->findData(spec);
  data_->setCurrentIndex(chosen_);
}

void RunBar::removeData(const QString& spec) {
  const int index = data_->findData(spec);
  if (index < 0 || index == chosen_) return;
  data_->removeItem(index);
  if (index < chosen_) --chosen_;
}

void RunBar::onDataActivated(int index) {
  if (index == data_->count() - 1) {
    data_->setCurrentIndex(chosen_);
    emit openDataWanted();
    return;
  }
  if (index == chosen_) return;
  chosen_ = index;
  emit dataChosen(dataSpec());
}

void RunBar::setLocked(bool locked) {
  data_->setEnabled(!locked);
  model_->setEnabled(!locked);
}

void RunBar::showState(RunState state, bool stopping, const QString& reason) {
  shown_ = state;
  state_->setText(stateWords(state, stopping));
  state_->setToolTip(reason);
  bar_->setRange(0, state == RunState::Loading ? 0 : kProgressParts);
}

void RunBar::showProgress(const Progress& progress) {
  const bool over = shown_ == RunState::Stopped || shown_ == RunState::Finished || shown_ == RunState::Failed;
  epoch_->setText(progress.count > 0 ? epochWords(progress) : data_words_);
  speed_->setText(over ? QString() : speedWords(progress));
  device_->setText(deviceWords(progress));
  if (shown_ == RunState::Loading) {
    // Without a known end the bar only shows that something is going on.
    bar_->setRange(0, progress.loading < 0 ? 0 : kProgressParts);
    bar_->setValue(static_cast<int>(std::lround(std::max(0.0, progress.loading) * kProgressParts)));
  } else {
    bar_->setValue(static_cast<int>(std::lround(progress.fraction * kProgressParts)));
  }
}

void RunBar::showData(int train_count, int test_count) {
  data_words_ = tr("%1 training and %2 test images").arg(countWords(train_count), countWords(test_count));
}

void RunBar::focusCommand() {
  (train_->isEnabled() ? train_ : pause_)->setFocus(Qt::OtherFocusReason);
}

bool RunBar::commandHasFocus() const {
  return train_->hasFocus() || pause_->hasFocus();
}

}  // namespace synann::ui
