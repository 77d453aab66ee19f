// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/setting_form.h"

#include <QDoubleSpinBox>
#include <QEvent>
#include <QFormLayout>
#include <QLabel>
#include <QLocale>
#include <QPushButton>
#include <QSignalBlocker>
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

QString helpText(const train::SettingInfo& info) {
  const QString range =
      SettingForm::tr("From %1 to %2; the original has %3.")
          .arg(QLocale::c().toString(info.minimum, 'g', 15), QLocale::c().toString(info.maximum, 'g', 15),
               QLocale::c().toString(info.fallback, 'g', 15));
  const QString when = info.live ? SettingForm::tr("Can be changed while training.")
                                 : SettingForm::tr("Fixed while a run is open: stop it to change this.");
  QString help = text(info.help);
  if (!help.endsWith('.')) help += '.';
  return help + '\n' + range + '\n' + when;
}

}  // namespace

SettingForm::SettingForm(QWidget* parent) : QWidget(parent) {
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(8, 0, 8, 0);
  auto* form = new QFormLayout;
  form->setFieldGrowthPolicy(QFormLayout::AllNonFixedFieldsGrow);
  form->setVerticalSpacing(8);
  for (const train::SettingInfo& info : train::setting_infos()) {
    QDoubleSpinBox* const box = makeBox(info);
    auto* label = new QLabel(text(info.label), this);
    label->setBuddy(box);
    label->setToolTip(box->toolTip());
    form->addRow(label, box);
    rows_.push_back({info, box});
  }
  column->addLayout(form);
  auto* reset = new QPushButton(tr("Reset to the original's values"), this);
  reset->setObjectName("settings.reset");
  reset->setAutoDefault(false);
  reset->setToolTip(tr("Set every value that can be changed now as in the original script"));
  reset->setAccessibleName(reset->text());
  connect(reset, &QPushButton::clicked, this, &SettingForm::resetToOriginal);
  column->addSpacing(8);
  column->addWidget(reset);
  column->addStretch(1);
  train::Settings start;
  start.epochs = train::default_epochs(start.data);
  setSettings(start);
}

QDoubleSpinBox* SettingForm::makeBox(const train::SettingInfo& info) {
  auto* box = new CalmSpinBox(this);
  box->setObjectName("setting." + text(info.key));
  box->setLocale(QLocale::c());
  box->setDecimals(info.decimals);
  box->setRange(info.minimum, info.maximum);
  box->setSingleStep(info.step);
  box->setKeyboardTracking(false);
  box->setAlignment(Qt::AlignRight);
  box->setFocusPolicy(Qt::StrongFocus);
  if (!info.unit.empty()) box->setSuffix(' ' + text(info.unit));
  box->setToolTip(helpText(info));
  box->setAccessibleName(text(info.label));
  box->setAccessibleDescription(box->toolTip());
  // Room for any sensible value; a seed may be longer than what is seen at once.
  box->setMinimumWidth(fontMetrics().horizontalAdvance(QStringLiteral("00000000 samples")) + 32);
  box->setMaximumWidth(box->minimumWidth() + 80);
  connect(box, &QDoubleSpinBox::valueChanged, this, [this, info](double value) { onValue(info, value); });
  return box;
}

void SettingForm::onValue(const train::SettingInfo& info, double value) {
  train::set_setting(settings_, info.key, value);
  emit edited(std::string(info.key), value);
}

void SettingForm::setSettings(const train::Settings& settings) {
  settings_ = settings;
  for (const Row& row : rows_) {
    const QSignalBlocker quiet(row.box);
    row.box->setValue(train::setting_value(settings, row.info.key));
  }
}

void SettingForm::setData(const std::string& spec) {
  train::Settings changed = settings_;
  changed.data = spec;
  if (settings_.epochs == train::default_epochs(settings_.data)) changed.epochs = train::default_epochs(spec);
  setSettings(changed);
}

void SettingForm::setLocked(bool locked) {
  locked_ = locked;
  for (const Row& row : rows_) row.box->setEnabled(!locked || row.info.live);
}

double SettingForm::fallback(const train::SettingInfo& info) const {
  return info.key == "epochs" ? train::default_epochs(settings_.data) : info.fallback;
}

void SettingForm::resetToOriginal() {
  for (const Row& row : rows_) {
    if (row.box->isEnabled()) row.box->setValue(fallback(row.info));
  }
}

}  // namespace synann::ui
