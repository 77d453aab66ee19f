// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/train/setting_form.h"

#include <algorithm>

#include <QComboBox>
#include <QFormLayout>
#include <QLabel>
#include <QLineEdit>
#include <QLocale>
#include <QPushButton>
#include <QScrollArea>
#include <QSignalBlocker>
#include <QToolButton>
#include <QVBoxLayout>

#include "engine/runs/fork.h"
#include "ui/pages/train/augment_preview.h"
#include "ui/session/words.h"
#include "ui/widgets/calm_combo_box.h"
#include "ui/widgets/calm_spin_box.h"
#include "ui/widgets/ring_button.h"

namespace synann::ui {

namespace {

QString text(std::string_view words) {
  return QString::fromUtf8(words.data(), static_cast<qsizetype>(words.size()));
}

QString whenText(bool live) {
  return live ? SettingForm::tr("Can be changed while training.")
              : SettingForm::tr("Fixed while a run is open: stop it to change this.");
}

QString helpText(const train::SettingInfo& info) {
  const QString range =
      SettingForm::tr("From %1 to %2; the original has %3.")
          .arg(QLocale::c().toString(info.minimum, 'g', 15), QLocale::c().toString(info.maximum, 'g', 15),
               QLocale::c().toString(info.fallback, 'g', 15));
  return text(info.help) + '\n' + range + '\n' + whenText(info.live);
}

constexpr const char* kFirstGroup = "Training";  // what the original has as well
constexpr const char* kAugmentGroup = "Augmentation";
constexpr const char* kRecordGroup = "Kept on the disk";

bool isSwitch(const train::SettingInfo& info) {
  return info.decimals == 0 && info.minimum == 0 && info.maximum == 1;
}

void describe(QWidget* editor, std::string_view key, std::string_view label, const QString& help) {
  editor->setObjectName("setting." + text(key));
  editor->setToolTip(help);
  editor->setAccessibleName(text(label));
  editor->setAccessibleDescription(help);
}

}  // namespace

SettingForm::SettingForm(RunPlan& plan, QWidget* parent, Use use) : QWidget(parent), plan_(plan), use_(use) {
  auto* inside = new QWidget;
  auto* column = new QVBoxLayout(inside);
  column->setContentsMargins(8, 0, 8, 0);
  form_ = new QFormLayout;
  form_->setFieldGrowthPolicy(QFormLayout::AllNonFixedFieldsGrow);
  form_->setVerticalSpacing(8);
  addGroup(kFirstGroup);
  addMore();
  for (const char* group :
       {"Optimiser", "Learning rate schedule", "Data and stop criteria", kAugmentGroup, "Synapse layer"}) {
    addGroup(group);
    if (group == std::string_view(kAugmentGroup)) form_->addRow(preview_ = new AugmentPreview(this));
  }
  if (use == Use::NextRun) addRecordRows();
  auto* reset_button = new QPushButton(tr("Reset to recommended"), inside);
  reset_button->setObjectName("settings.reset");
  reset_button->setAutoDefault(false);
  reset_button->setToolTip(
      tr("Set every value that can be changed now as recommended for this model; for SynaCNN as in the "
         "original"));
  reset_button->setAccessibleName(reset_button->text());
  connect(reset_button, &QPushButton::clicked, &plan_, &RunPlan::reset);
  hint_ = new QLabel(this);
  hint_->setObjectName("settings.hint");
  hint_->setAccessibleName(tr("What Train does with these settings"));
  hint_->setWordWrap(true);
  hint_->setContentsMargins(8, 4, 8, 0);
  column->addLayout(form_);
  column->addSpacing(8);
  column->addWidget(reset_button);
  column->addStretch(1);
  auto* scroll = new QScrollArea(this);
  scroll->setFrameShape(QFrame::NoFrame);
  scroll->setWidgetResizable(true);
  scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  scroll->setWidget(inside);
  scroll->setFocusPolicy(Qt::NoFocus);
  scroll->setMinimumWidth(inside->minimumSizeHint().width() + 24);
  auto* outer = new QVBoxLayout(this);
  outer->setContentsMargins(0, 0, 0, 0);
  outer->addWidget(scroll, 1);
  outer->addWidget(hint_);  // below what scrolls, so that it is always seen
  connect(&plan_, &RunPlan::changed, this, &SettingForm::fill);
  if (use == Use::Fork) {
    reset_button->hide();
    makeForFork();
  }
  fill();
}

// Beside each setting stands when it can be changed: here, whether it can be.
void SettingForm::makeForFork() {
  for (Row& row : rows_) {
    const bool can = runs::can_differ_in_fork(row.key);
    row.help = row.help.section('\n', 0, -2) + '\n' +
               (can ? tr("Holds from the fork on.")
                    : tr("Shapes the parameters or the steps, so it cannot change in the middle of a run."));
    row.editor->setEnabled(can);
    row.editor->setAccessibleDescription(row.help);
    row.label->setToolTip(row.help);
  }
}

// The settings of one heading: choices first, for they decide what the numbers mean.
void SettingForm::addGroup(std::string_view group) {
  if (group != kFirstGroup) {
    auto* heading = new QLabel(text(group), this);
    QFont bold = heading->font();
    bold.setBold(true);
    heading->setFont(bold);
    form_->addRow(heading);
    headings_.emplace_back(group, heading);
  }
  for (const train::ChoiceInfo& info : train::choice_infos()) {
    if (train::setting_group(info.key) == group)
      addRow({std::string(info.key),
              std::string(group),
              nullptr,
              info.is_text() ? makeText(info) : makeChoice(info),
              {}},
             info.label);
  }
  for (const train::SettingInfo& info : train::setting_infos()) {
    if (train::setting_group(info.key) != group) continue;
    addRow({std::string(info.key),
            std::string(group),
            nullptr,
            isSwitch(info) ? makeSwitch(info) : makeBox(info),
            {}},
           info.label);
  }
}

void SettingForm::addMore() {
  more_ = new RingButton(this);
  more_->setObjectName("settings.more");
  more_->setText(tr("More settings"));
  more_->setAccessibleName(more_->text());
  more_->setCheckable(true);
  more_->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
  more_->setArrowType(Qt::RightArrow);
  more_->setToolTip(
      tr("Show what the original does not have: optimisers, schedules, stop criteria, synapse variants"));
  connect(more_, &QToolButton::toggled, this, [this](bool on) {
    more_->setArrowType(on ? Qt::DownArrow : Qt::RightArrow);
    showRows();
  });
  form_->addRow(more_);
}

void SettingForm::addRow(Row row, std::string_view label) {
  row.label = new QLabel(text(label), this);
  row.label->setBuddy(row.editor);
  row.help = row.editor->toolTip();
  row.label->setToolTip(row.help);
  form_->addRow(row.label, row.editor);
  rows_.push_back(std::move(row));
}

QWidget* SettingForm::makeBox(const train::SettingInfo& info) {
  auto* box = new CalmSpinBox(this);
  describe(box, info.key, info.label, helpText(info));
  box->setLocale(QLocale::c());
  box->setDecimals(info.decimals);
  box->setRange(info.minimum, info.maximum);
  box->setSingleStep(info.step);
  box->setKeyboardTracking(false);
  box->setAlignment(Qt::AlignRight);
  box->setFocusPolicy(Qt::StrongFocus);
  box->setUnit(text(info.unit));
  if (!info.zero.empty()) box->setSpecialValueText(text(info.zero));
  // Room for any sensible value; a seed may be longer than what is seen at once.
  box->setMinimumWidth(fontMetrics().horizontalAdvance(QStringLiteral("00000000 samples")) + 32);
  box->setMaximumWidth(box->minimumWidth() + 80);
  connect(box, &QDoubleSpinBox::valueChanged, this,
          [this, key = std::string(info.key)](double value) { plan_.set(key, value); });
  return box;
}

// off and on as words, as every other choice.
QWidget* SettingForm::makeSwitch(const train::SettingInfo& info) {
  auto* box = new CalmComboBox(this);
  describe(box, info.key, info.label, text(info.help) + '\n' + whenText(info.live));
  box->addItems({tr("off"), tr("on")});
  box->setFocusPolicy(Qt::StrongFocus);
  connect(box, &QComboBox::currentIndexChanged, this,
          [this, key = std::string(info.key)](int on) { plan_.set(key, static_cast<double>(on)); });
  return box;
}

QWidget* SettingForm::makeChoice(const train::ChoiceInfo& info) {
  auto* box = new CalmComboBox(this);
  describe(box, info.key, info.label, text(info.help) + '\n' + whenText(info.live));
  for (std::size_t k = 0; k < info.options.size(); ++k)
    box->addItem(text(info.names[k]), text(info.options[k]));
  box->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
  box->setMinimumContentsLength(14);
  box->setFocusPolicy(Qt::StrongFocus);
  connect(box, &QComboBox::currentIndexChanged, this, [this, box, key = std::string(info.key)] {
    plan_.set(key, box->currentData().toString().toStdString());
  });
  return box;
}

// What means nothing is told below the form, and by whoever tries to train with it.
QWidget* SettingForm::makeText(const train::ChoiceInfo& info) {
  auto* line = new QLineEdit(this);
  describe(line, info.key, info.label, text(info.help) + '\n' + whenText(false));
  line->setPlaceholderText(tr("none"));
  line->setClearButtonEnabled(true);
  connect(line, &QLineEdit::textChanged, this, [this, key = std::string(info.key)](const QString& words) {
    if (words.isEmpty()) plan_.set(key, std::string());  // by the button too
  });
  connect(line, &QLineEdit::editingFinished, this, [this, line, key = std::string(info.key)] {
    plan_.set(key, line->text().simplified().toStdString());
  });
  return line;
}

// Everything as the plan has it now.
void SettingForm::fill() {
  for (const Row& row : rows_) {
    if (row.key.empty()) continue;
    fillEditor(row);
    showDifference(row);
  }
  showRows();
  const Status valid = train::validate(plan_.settings());
  const QString words = valid ? plan_.hint() : QString::fromStdString(valid.error().sentence());
  hint_->setText(words);
  hint_->setVisible(!words.isEmpty());
}

void SettingForm::fillEditor(const Row& row) {
  const train::Settings& settings = plan_.settings();
  if (auto* line = qobject_cast<QLineEdit*>(row.editor)) {
    line->setText(QString::fromStdString(train::choice_value(settings, row.key)));  // heard by its button
    return;
  }
  const QSignalBlocker quiet(row.editor);
  auto* combo = qobject_cast<QComboBox*>(row.editor);
  if (combo != nullptr && combo->itemData(0).isValid()) {
    combo->setCurrentIndex(combo->findData(QString::fromStdString(train::choice_value(settings, row.key))));
  } else if (combo != nullptr) {
    combo->setCurrentIndex(train::setting_value(settings, row.key) != 0);
  } else {
    static_cast<CalmSpinBox*>(row.editor)->showValue(train::setting_value(settings, row.key));
  }
}

void SettingForm::showDifference(const Row& row) {
  const QString run = plan_.runValue(row.key);  // where it is another one
  QFont font = row.label->font();
  font.setBold(!run.isEmpty());
  row.label->setFont(font);
  row.editor->setToolTip(
      run.isEmpty()
          ? row.help
          : (use_ == Use::Fork ? tr("The parent has %1 there.") : tr("The run shown has %1.")).arg(run) +
                '\n' + row.help);
}

// What has no effect is hidden, not grey.
void SettingForm::showRows() {
  const bool more = more_->isChecked();
  for (const Row& row : rows_) {
    // Cells that are frozen are told in any case: a run that the lab trains on may bring them.
    const bool told = row.key == "frozen" && (!plan_.settings().frozen.empty() || row.editor->hasFocus());
    const bool folded = row.group != kFirstGroup && !more && !told;
    const bool matters = row.key.empty() || train::setting_matters(plan_.settings(), row.key);
    form_->setRowVisible(row.editor, matters && !folded);
  }
  const data::Augmentation augmentation = train::augmentation(plan_.settings());
  form_->setRowVisible(preview_, more && augmentation.on());
  preview_->follow(plan_.settings().data, augmentation, plan_.settings().seed);
  for (const auto& [group, heading] : headings_) {
    const bool any = std::any_of(rows_.begin(), rows_.end(), [&, &named = group](const Row& row) {
      return row.group == named && (row.key.empty() || train::setting_matters(plan_.settings(), row.key));
    });
    form_->setRowVisible(heading, more && any);
  }
}

// Not a setting of the training, whose result it does not change, but of what is kept of it.
void SettingForm::addRecordRows() {
  addGroup(kRecordGroup);
  record_ = new CalmSpinBox(this);
  const QString help =
      tr("The most that the record of β may take on the disk, at every step or every few; the time line "
         "shows what "
         "is recorded. Ends of epochs are always kept unless it is none. Holds from the next new run on.");
  describe(record_, "record", "Record of β", help);
  record_->setLocale(QLocale::c());
  record_->setDecimals(0);
  record_->setRange(0, 1 << 20);
  record_->setSingleStep(64);
  record_->setValue(64);
  record_->setKeyboardTracking(false);
  record_->setAlignment(Qt::AlignRight);
  record_->setFocusPolicy(Qt::StrongFocus);
  record_->setSuffix(tr(" MiB"));
  record_->setSpecialValueText(tr("none"));
  addRow({{}, kRecordGroup, nullptr, record_, {}}, "Record of β");
  record_words_ = new QLabel(this);
  record_words_->setObjectName("record.use");
  record_words_->setAccessibleName(tr("Space that the record takes"));
  record_words_->setAlignment(Qt::AlignRight);
  form_->addRow(QString(), record_words_);
  rows_.push_back({{}, kRecordGroup, nullptr, record_words_, {}});
  connect(record_, &QDoubleSpinBox::valueChanged, this,
          [this](double value) { emit recordChosen(static_cast<int>(value)); });
}

int SettingForm::recordMib() const {
  return static_cast<int>(record_->value());
}

void SettingForm::setRecordMib(int mib) {
  const QSignalBlocker quiet(record_);
  record_->setValue(mib);
}

void SettingForm::showRecordUse(std::uint64_t bytes) {
  if (record_words_ == nullptr) return;
  record_words_->setText(bytes > 0 ? tr("%1 in use").arg(memoryWords(bytes)) : QString());
}

void SettingForm::setLocked(bool locked) {
  for (const Row& row : rows_) {
    if (!row.key.empty()) row.editor->setEnabled(!locked || train::is_live(row.key));
  }
}

void SettingForm::showMore(bool more) {
  more_->setChecked(more);
}

}  // namespace synann::ui
