// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/study/study_form.h"

#include <algorithm>
#include <utility>

#include <QComboBox>
#include <QGridLayout>
#include <QLabel>
#include <QPlainTextEdit>
#include <QSignalBlocker>
#include <QVBoxLayout>

#include "ui/pages/page_controls.h"
#include "ui/pages/study/study_models.h"
#include "ui/widgets/calm_spin_box.h"

namespace synann::ui {

namespace {

constexpr int kSettingLines = 4;
constexpr double kMostFirstSeed = 1e9;

CalmSpinBox* wholeBox(const QString& name, const QString& label, const QString& help, double most,
                      double value, QWidget* parent) {
  auto* box = named(new CalmSpinBox(parent), name, label, help);
  box->setDecimals(0);
  box->setRange(1, most);
  box->setValue(value);
  return box;
}

QLabel* labelOf(const QString& text, QWidget* buddy, QWidget* parent) {
  auto* label = new QLabel(text, parent);
  label->setBuddy(buddy);
  return label;
}

}  // namespace

StudyForm::StudyForm(QWidget* parent) : QWidget(parent), fixed_(new QLabel(this)) {
  own_ = makeOwn();
  fixed_->setWordWrap(true);
  fixed_->setObjectName("study.fixed");
  fixed_->hide();
  seeds_ = wholeBox("study.seeds", tr("Seeds"),
                    tr("How many seeds each row is trained from; more seeds extend a study"),
                    runs::kMostStudySeeds, 3, this);
  first_seed_ = wholeBox("study.first-seed", tr("From seed"),
                         tr("The first seed; the others count up from it"), kMostFirstSeed, 1, this);
  auto* grid = new QGridLayout(this);
  grid->setContentsMargins(0, 0, 0, 0);
  grid->addWidget(own_, 0, 0, 1, 4);
  grid->addWidget(fixed_, 1, 0, 1, 4);
  grid->addWidget(labelOf(tr("See&ds"), seeds_, this), 2, 0);
  grid->addWidget(seeds_, 2, 1);
  first_seed_label_ = labelOf(tr("from"), first_seed_, this);
  grid->addWidget(first_seed_label_, 2, 2);
  grid->addWidget(first_seed_, 2, 3);
  grid->setColumnStretch(1, 1);
  grid->setColumnStretch(3, 1);
  for (CalmSpinBox* box : {seeds_, first_seed_})
    connect(box, &CalmSpinBox::valueChanged, this, &StudyForm::changed);
}

QWidget* StudyForm::makeOwn() {
  auto* own = new QWidget(this);
  models_ = new StudyModels(own);
  first_ = named(makeChoice({}, own, 10), "study.first", tr("Compared with"),
                 tr("The row that all others are tested against"));
  settings_ =
      named(new QPlainTextEdit(own), "study.settings", tr("Settings, one a line"),
            tr("One setting a line, as options of the prompt are called: batch-size=50 sets it for all "
               "models, lr=0.003,0.012,0.05 trains each model with each value; several such lines multiply"));
  settings_->setPlaceholderText(QStringLiteral("lr=0.003,0.012,0.05\nepochs=10"));
  settings_->setTabChangesFocus(true);
  settings_->setFixedHeight(kSettingLines * settings_->fontMetrics().height() + 12);
  auto* grid = new QGridLayout(own);
  grid->setContentsMargins(0, 0, 0, 0);
  grid->addWidget(models_, 0, 0, 1, 2);
  grid->addWidget(labelOf(tr("Compared &with"), first_, own), 1, 0);
  grid->addWidget(first_, 1, 1);
  grid->addWidget(labelOf(tr("Settin&gs, one a line"), settings_, own), 2, 0, 1, 2);
  grid->addWidget(settings_, 3, 0, 1, 2);
  grid->setColumnStretch(1, 1);
  fillFirst();
  connect(models_, &StudyModels::changed, this, [this] {
    fillFirst();
    emit changed();
  });
  connect(first_, &QComboBox::currentIndexChanged, this, &StudyForm::changed);
  connect(settings_, &QPlainTextEdit::textChanged, this, &StudyForm::changed);
  return own;
}

// What was chosen stays, as long as it is among the models.
void StudyForm::fillFirst() {
  const QSignalBlocker quiet(first_);
  const QString before = first_->currentData().toString();
  first_->clear();
  for (const QString& pick : models_->ticked()) {
    first_->addItem(models_->words(pick), pick);
    first_->setItemData(first_->count() - 1, models_->words(pick), Qt::ToolTipRole);
  }
  first_->setCurrentIndex(std::max(0, first_->findData(before)));
}

QStringList StudyForm::chosenModels() const {
  QStringList chosen;
  for (int k = 0; k < first_->count(); ++k) chosen.append(first_->itemData(k).toString());
  if (const qsizetype at = chosen.indexOf(first_->currentData().toString()); at > 0) chosen.move(at, 0);
  return chosen;
}

Result<runs::StudyPlan> StudyForm::plan(const std::string& spec) const {
  runs::StudyPlan plan;
  plan.seeds = seeds();
  plan.first_seed = static_cast<std::uint64_t>(first_seed_->value());
  const QStringList models = chosenModels();
  if (models.isEmpty()) return input_error(tr("Models").toStdString(), "none is chosen", "tick at least one");
  for (const QString& model : models) {
    auto settings = models_->settings(model, spec);
    if (!settings) return settings.error();
    plan.models.push_back(std::move(*settings));
  }
  for (const QString& text : settings_->toPlainText().split('\n')) {
    if (text.trimmed().isEmpty()) continue;
    auto one =
        train::parse_variation(tr("Settings").toStdString(), text.simplified().remove(' ').toStdString());
    if (!one) return one.error();
    if (one->values.size() > 1) {
      plan.variations.push_back(std::move(*one));
      continue;
    }
    for (train::Settings& settings : plan.models)
      train::apply_setting(settings, one->key, one->values.front());
  }
  if (auto status = runs::check_plan(plan); !status) return status.error();
  return plan;
}

void StudyForm::setScreen(const train::Settings& screen) {
  if (models_->setScreen(screen)) fillFirst();
}

bool StudyForm::busy() const {
  return models_->busy();
}

int StudyForm::seeds() const {
  return static_cast<int>(seeds_->value());
}

void StudyForm::setSeeds(int seeds) {
  const QSignalBlocker quiet(seeds_);
  seeds_->setValue(seeds);
}

void StudyForm::lendSeeds(int lent) {
  own_seeds_ = seeds();
  setSeeds(lent);
}

void StudyForm::takeSeedsBack() {
  if (const int own = std::exchange(own_seeds_, 0); own > 0) setSeeds(own);
}

void StudyForm::setFixed(const QString& words) {
  fixed_->setText(words);
  fixed_->setVisible(!words.isEmpty());
  for (QWidget* part : {own_, static_cast<QWidget*>(first_seed_), static_cast<QWidget*>(first_seed_label_)})
    part->setVisible(words.isEmpty());
}

void StudyForm::setOpen(bool open) {
  own_->setEnabled(open);
  seeds_->setEnabled(open);
  first_seed_->setEnabled(open);
}

QVariantMap StudyForm::remembered() const {
  return {{"models", models_->remembered(chosenModels())},
          {"settings", settings_->toPlainText()},
          {"seeds", seeds()},
          {"first_seed", first_seed_->value()}};
}

void StudyForm::remember(const QVariantMap& kept) {
  if (kept.isEmpty()) return;
  {
    const QSignalBlocker quiet(this);
    const QStringList models = kept["models"].toStringList();
    models_->tick(models);
    fillFirst();
    if (!models.isEmpty())
      first_->setCurrentIndex(std::max(0, first_->findData(models_->inList(models.front()))));
    settings_->setPlainText(kept["settings"].toString());
    seeds_->setValue(kept["seeds"].toDouble());
    first_seed_->setValue(kept["first_seed"].toDouble());
  }
  emit changed();
}

}  // namespace synann::ui
