// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/setting_form.h"

#include <utility>

#include <QComboBox>
#include <QFormLayout>
#include <QLabel>
#include <QLocale>
#include <QPushButton>
#include <QScrollArea>
#include <QSignalBlocker>
#include <QToolButton>
#include <QVBoxLayout>

#include "ui/pages/calm_combo_box.h"
#include "ui/pages/calm_spin_box.h"
#include "ui/pages/ring_button.h"
#include "ui/session/words.h"

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

SettingForm::SettingForm(QWidget* parent) : QWidget(parent) {
  auto* inside = new QWidget;
  auto* column = new QVBoxLayout(inside);
  column->setContentsMargins(8, 0, 8, 0);
  auto* form = new QFormLayout;
  form->setFieldGrowthPolicy(QFormLayout::AllNonFixedFieldsGrow);
  form->setVerticalSpacing(8);
  auto* more = new RingButton(inside);
  bool divided = false;
  for (const train::SettingInfo& info : train::setting_infos()) {
    if (info.advanced && !std::exchange(divided, true)) form->addRow(more);
    QWidget* const editor = isSwitch(info) ? makeSwitch(info) : makeBox(info);
    addRow(form, {std::string(info.key), info.live, info.advanced, false, nullptr, editor}, info.label);
  }
  for (const train::ChoiceInfo& info : train::choice_infos()) {
    addRow(form, {std::string(info.key), false, true, true, nullptr, makeChoice(info)}, info.label);
  }
  addRecordRow(form);
  more->setObjectName("settings.more");
  more->setText(tr("More settings"));
  more->setAccessibleName(more->text());
  more->setCheckable(true);
  more->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
  more->setArrowType(Qt::RightArrow);
  connect(more, &QToolButton::toggled, more,
          [more](bool on) { more->setArrowType(on ? Qt::DownArrow : Qt::RightArrow); });
  more->setToolTip(
      tr("Show what the original does not have: optimisers, schedules, stop criteria, synapse variants"));
  connect(more, &QToolButton::toggled, this, &SettingForm::showMore);
  auto* reset_button = new QPushButton(tr("Reset to recommended"), inside);
  reset_button->setObjectName("settings.reset");
  reset_button->setAutoDefault(false);
  reset_button->setToolTip(
      tr("Set every value that can be changed now as recommended for this model; for SynaCNN as in the "
         "original"));
  reset_button->setAccessibleName(reset_button->text());
  connect(reset_button, &QPushButton::clicked, this, &SettingForm::reset);
  hint_ = new QLabel(this);
  hint_->setObjectName("settings.hint");
  hint_->setAccessibleName(tr("What Train does with these settings"));
  hint_->setWordWrap(true);
  hint_->setContentsMargins(8, 4, 8, 0);
  hint_->hide();
  column->addLayout(form);
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
  showMore(false);
  setSettings(train::recommended_settings(settings_.model, settings_.data));
}

void SettingForm::addRow(QFormLayout* form, Row row, std::string_view label) {
  row.label = new QLabel(text(label), this);
  row.label->setBuddy(row.editor);
  row.label->setToolTip(row.editor->toolTip());
  form->addRow(row.label, row.editor);
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
  if (!info.unit.empty()) box->setSuffix(' ' + text(info.unit));
  if (!info.zero.empty()) box->setSpecialValueText(text(info.zero));
  // Room for any sensible value; a seed may be longer than what is seen at once.
  box->setMinimumWidth(fontMetrics().horizontalAdvance(QStringLiteral("00000000 samples")) + 32);
  box->setMaximumWidth(box->minimumWidth() + 80);
  const std::string key(info.key);
  connect(box, &QDoubleSpinBox::valueChanged, this, [this, key](double value) {
    train::set_setting(settings_, key, value);
    emit edited(key, value);
  });
  return box;
}

// off and on as words: a check box's outline is hard to see in a dark window.
QWidget* SettingForm::makeSwitch(const train::SettingInfo& info) {
  auto* box = new CalmComboBox(this);
  describe(box, info.key, info.label, text(info.help) + '\n' + whenText(info.live));
  box->addItems({tr("off"), tr("on")});
  box->setFocusPolicy(Qt::StrongFocus);
  const std::string key(info.key);
  connect(box, &QComboBox::currentIndexChanged, this, [this, key](int on) {
    train::set_setting(settings_, key, on);
    emit edited(key, on);
  });
  return box;
}

QWidget* SettingForm::makeChoice(const train::ChoiceInfo& info) {
  auto* box = new CalmComboBox(this);
  describe(box, info.key, info.label, text(info.help) + '\n' + whenText(false));
  for (const std::string_view option : info.options) box->addItem(text(option));
  box->setFocusPolicy(Qt::StrongFocus);
  const std::string key(info.key);
  connect(box, &QComboBox::currentTextChanged, this, [this, key, box](const QString& option) {
    train::set_choice(settings_, key, option.toStdString());
    emit edited(key, box->currentIndex());
  });
  return box;
}

void SettingForm::setEditor(const Row& row, const train::Settings& settings) {
  auto* combo = qobject_cast<QComboBox*>(row.editor);
  if (row.choice) {
    combo->setCurrentText(QString::fromStdString(train::choice_value(settings, row.key)));
  } else if (combo != nullptr) {
    combo->setCurrentIndex(train::setting_value(settings, row.key) != 0);
  } else {
    static_cast<QDoubleSpinBox*>(row.editor)->setValue(train::setting_value(settings, row.key));
  }
}

void SettingForm::setSettings(const train::Settings& settings) {
  settings_ = settings;
  for (const Row& row : rows_) {
    const QSignalBlocker quiet(row.editor);
    setEditor(row, settings);
  }
}

void SettingForm::setData(const std::string& spec) {
  train::Settings changed = settings_;
  changed.data = spec;
  const auto epochs = [&](const std::string& of) {
    return train::recommended_settings(settings_.model, of).epochs;
  };
  if (settings_.epochs == epochs(settings_.data)) changed.epochs = epochs(spec);
  setSettings(changed);
}

// A value that is not the old model's recommended one was typed by the person, who keeps it.
void SettingForm::setModel(const QString& model) {
  const train::Settings before = train::recommended_settings(settings_.model, settings_.data);
  train::Settings changed = train::recommended_settings(model.toStdString(), settings_.data);
  for (const train::SettingInfo& info : train::setting_infos()) {
    const double value = train::setting_value(settings_, info.key);
    if (value != train::setting_value(before, info.key)) train::set_setting(changed, info.key, value);
  }
  for (const train::ChoiceInfo& info : train::choice_infos()) {
    const std::string& option = train::choice_value(settings_, info.key);
    if (option != train::choice_value(before, info.key)) train::set_choice(changed, info.key, option);
  }
  setSettings(changed);
}

// Not a setting of the training, whose result it does not change, but of what is kept of it.
void SettingForm::addRecordRow(QFormLayout* form) {
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
  record_label_ = new QLabel(tr("Record of β"), this);
  record_label_->setBuddy(record_);
  record_label_->setToolTip(help);
  record_words_ = new QLabel(this);
  record_words_->setObjectName("record.use");
  record_words_->setAccessibleName(tr("Space that the record takes"));
  record_words_->setAlignment(Qt::AlignRight);
  form->addRow(record_label_, record_);
  form->addRow(QString(), record_words_);
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
  record_words_->setText(bytes > 0 ? tr("%1 in use").arg(memoryWords(bytes)) : QString());
}

void SettingForm::setHint(const QString& words) {
  hint_->setText(words);
  hint_->setVisible(!words.isEmpty());
}

void SettingForm::setLocked(bool locked) {
  for (const Row& row : rows_) row.editor->setEnabled(!locked || row.live);
}

void SettingForm::showMore(bool more) {
  for (const Row& row : rows_) {
    if (!row.advanced) continue;
    row.label->setVisible(more);
    row.editor->setVisible(more);
  }
  for (QWidget* part : {static_cast<QWidget*>(record_label_), static_cast<QWidget*>(record_),
                        static_cast<QWidget*>(record_words_)})
    part->setVisible(more);
}

void SettingForm::reset() {
  const train::Settings recommended = train::recommended_settings(settings_.model, settings_.data);
  for (const Row& row : rows_) {
    if (row.editor->isEnabled()) setEditor(row, recommended);  // not blocked: a live change is told
  }
}

}  // namespace synann::ui
