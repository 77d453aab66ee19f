// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/tell_dialog.h"

#include <QCheckBox>
#include <QDialogButtonBox>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QVBoxLayout>

#include "ui/pages/page_controls.h"
#include "ui/widgets/calm_spin_box.h"

namespace synann::ui {

namespace {
constexpr int kTellWidth = 460;  // pixels
}  // namespace

TellDialog::TellDialog(const TellSettings& settings, QWidget* parent)
    : QDialog(parent),
      at_end_(named(new QCheckBox(tr("When a run &ends by itself, or fails"), this), "tell.at-end",
                    tr("When a run ends by itself, or fails"),
                    tr("A notification of the desktop, or a message in the window where it has none"))),
      at_milestone_(named(new QCheckBox(tr("&When after an epoch the"), this), "tell.at-milestone",
                          tr("When a measurement passes a value"), tr("Told once a run"))),
      metric_(named(makeChoice({tr("test accuracy is at least"), tr("test loss is at most"),
                                tr("train loss is at most")},
                               this, 18),
                    "tell.metric", tr("Measurement"), tr("What is waited for"))),
      value_(named(new CalmSpinBox(this), "tell.value", tr("Value"), tr("That is to be reached"))),
      command_(named(new QLineEdit(settings.command, this), "tell.command", tr("Command"),
                     tr("Run by the shell at each of these, with the run in SYNANN_RUN and what happened in "
                        "SYNANN_OUTCOME, SYNANN_REASON, SYNANN_ACCURACY and SYNANN_TEST_LOSS"))) {
  setObjectName(QStringLiteral("tell"));
  setWindowTitle(tr("Tell me"));
  value_->setLocale(QLocale::c());
  value_->setDecimals(4);
  value_->setRange(0, 1000);
  command_->setPlaceholderText(tr("none"));
  at_end_->setChecked(settings.at_end);
  at_milestone_->setChecked(settings.at_milestone);
  metric_->setCurrentIndex(static_cast<int>(settings.milestone.metric));
  value_->setValue(settings.milestone.value);
  auto* buttons = new QDialogButtonBox(QDialogButtonBox::Ok | QDialogButtonBox::Cancel, this);
  connect(buttons, &QDialogButtonBox::accepted, this, &QDialog::accept);
  connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
  connect(metric_, &QComboBox::currentIndexChanged, this, &TellDialog::showMetric);
  auto* row = new QHBoxLayout;
  row->addWidget(at_milestone_);
  row->addWidget(metric_);
  row->addWidget(value_, 1);
  auto* form = new QFormLayout;
  form->addRow(tr("&Command"), command_);
  auto* column = new QVBoxLayout(this);
  column->addWidget(at_end_);
  column->addLayout(row);
  column->addSpacing(8);
  column->addLayout(form);
  column->addStretch(1);
  column->addWidget(buttons);
  setMinimumWidth(kTellWidth);
  showMetric();
}

void TellDialog::showMetric() {
  value_->setSuffix(metric_->currentIndex() == 0 ? tr(" %") : tr(" nats"));
}

TellSettings TellDialog::settings() const {
  TellSettings s;
  s.at_end = at_end_->isChecked();
  s.at_milestone = at_milestone_->isChecked();
  s.milestone = {.metric = static_cast<train::Milestone::Metric>(metric_->currentIndex()),
                 .value = value_->value()};
  s.command = command_->text().trimmed();
  return s;
}

}  // namespace synann::ui
