// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/setting_form.h"

#include <utility>

#include <QComboBox>
#include <QDoubleSpinBox>
#include <QEvent>
#include <QFormLayout>
#include <QLabel>
#include <QLocale>
#include <QPushButton>
#include <QScrollArea>
#include <QSignalBlocker>
#include <QToolButton>
#include <QVBoxLayout>

namespace synann::ui {

namespace {

QString text(std::string_view words) {
  return QString::fromUtf8(words.data(), static_cast<qsizetype>(words.size()));
}

// A spin box without idle zeros, which the mouse wheel leaves alone until it is clicked: scrolling by must
// not change a run.
class CalmSpinBox : public QDoubleSpinBox {
 public:
  using QDoubleSpinBox::QDoubleSpinBox;

  // As a person writes it: 0.012, not 0.012000.
  QString textFromValue(double value) const override {
    QString text = QLocale::c().toString(value, 'f', decimals());
    while (text.contains('.') && (text.endsWith('0') || text.endsWith('.'))) text.chop(1);
    return text;
  }

 protected:
  bool event(QEvent* event) override {
    if (event->type() == QEvent::Wheel && !hasFocus()) {
      event->ignore();
      return true;
    }
    return QDoubleSpinBox::event(event);
  }
};

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
  auto* more = new QToolButton(inside);
  bool divided = false;
  for (const train::SettingInfo& info : train::setting_infos()) {
    if (info.advanced && !std::exchange(divided, true)) form->addRow(more);
    QWidget* const editor = isSwitch(info) ? makeSwitch(info) : makeBox(info);
    addRow(form, {std::string(info.key), info.live, info.advanced, false, nullptr, editor}, info.label);
  }
  for (const train::ChoiceInfo& info : train::choice_infos()) {
    addRow(form, {std::string(info.key), false, true, true, nullptr, makeChoice(info)}, info.label);
  }
  more->setObjectName("settings.more");
  more->setText(tr("More settings"));
  more->setAccessibleName(more->text());
  more->setCheckable(true);
  more->setAutoRaise(true);
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
  outer->addWidget(scroll);
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
  auto* box = new QComboBox(this);
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
  auto* box = new QComboBox(this);
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

void SettingForm::setModel(const QString& model) {
  train::Settings changed = train::recommended_settings(model.toStdString(), settings_.data);
  changed.seed = settings_.seed;
  setSettings(changed);
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
}

void SettingForm::reset() {
  const train::Settings recommended = train::recommended_settings(settings_.model, settings_.data);
  for (const Row& row : rows_) {
    if (row.editor->isEnabled()) setEditor(row, recommended);  // not blocked: a live change is told
  }
}

}  // namespace synann::ui
