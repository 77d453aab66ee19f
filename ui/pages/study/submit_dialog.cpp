// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/study/submit_dialog.h"

#include <algorithm>
#include <thread>

#include <QDialogButtonBox>
#include <QFileDialog>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QVBoxLayout>

#include "ui/pages/page_controls.h"
#include "ui/widgets/calm_spin_box.h"

namespace synann::ui {

namespace {
constexpr int kMostJobs = 1024;
}

SubmitDialog::SubmitDialog(const std::filesystem::path& folder, bool fixed, QWidget* parent)
    : QDialog(parent),
      way_(named(new CalmComboBox(this), "submit.way", tr("To"), tr("What hands the runs out"))),
      folder_(named(new QLineEdit(this), "submit.folder", tr("Folder"),
                    tr("Where the study is kept; a folder that all machines see under this name"))),
      sbatch_(named(new QLineEdit(this), "submit.sbatch", tr("Options"),
                    tr("More options for sbatch, as at the prompt: --partition=cpu --cpus-per-task=4"))),
      jobs_(named(new CalmSpinBox(this), "submit.jobs", tr("At once"),
                  tr("How many runs at once on each host"))),
      hosts_(named(new QLineEdit(this), "submit.hosts", tr("Hosts"),
                   tr("A file with a host on each line, reached by ssh; this machine is \":\". Empty: this "
                      "machine alone"))),
      help_(named(new QLabel(this), "submit.help", tr("What happens"), QString())) {
  setWindowTitle(tr("Submit study"));
  setObjectName("submit");
  way_->addItem(tr("Slurm"), static_cast<int>(SubmitWay::Slurm));
  way_->addItem(tr("GNU parallel"), static_cast<int>(SubmitWay::Parallel));
  folder_->setText(QString::fromStdString(folder.string()));
  folder_->setReadOnly(fixed);
  jobs_->setDecimals(0);
  jobs_->setRange(1, kMostJobs);
  jobs_->setValue(std::max(1, static_cast<int>(std::thread::hardware_concurrency())));
  help_->setWordWrap(true);
  form_ = new QFormLayout;
  form_->addRow(tr("&To"), way_);
  form_->addRow(tr("&Folder"), fixed ? folder_ : withBrowse(folder_, true, "submit.browse-folder"));
  form_->addRow(tr("&Options of sbatch"), sbatch_);
  form_->addRow(tr("At &once"), jobs_);
  form_->addRow(tr("&Hosts"), hosts_row_ = withBrowse(hosts_, false, "submit.browse-hosts"));
  auto* const buttons = new QDialogButtonBox(QDialogButtonBox::Cancel, this);
  submit_ = buttons->addButton(tr("&Submit"), QDialogButtonBox::AcceptRole);
  submit_->setObjectName("submit.submit");
  submit_->setDefault(true);
  auto* const column = new QVBoxLayout(this);
  column->addLayout(form_);
  column->addWidget(help_, 1);
  column->addWidget(buttons);
  connect(buttons, &QDialogButtonBox::accepted, this, &QDialog::accept);
  connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
  connect(way_, &QComboBox::currentIndexChanged, this, &SubmitDialog::showWay);
  connect(folder_, &QLineEdit::textChanged, this,
          [this](const QString& text) { submit_->setEnabled(!text.trimmed().isEmpty()); });
  resize(560, 280);
  showWay();
}

QWidget* SubmitDialog::withBrowse(QLineEdit* line, bool folder, const QString& name) {
  auto* const row = new QWidget(this);
  auto* const layout = new QHBoxLayout(row);
  layout->setContentsMargins(0, 0, 0, 0);
  auto* const button = named(new QPushButton(tr("Browse…"), row), name, tr("Browse"), QString());
  button->setAutoDefault(false);
  layout->addWidget(line, 1);
  layout->addWidget(button);
  row->setFocusProxy(line);
  connect(button, &QPushButton::clicked, this, [this, line, folder] { browse(line, folder); });
  return row;
}

void SubmitDialog::browse(QLineEdit* line, bool folder) {
  const QString path =
      folder ? QFileDialog::getExistingDirectory(this, tr("Where the study is kept"), line->text())
             : QFileDialog::getOpenFileName(this, tr("List of hosts"), line->text());
  if (!path.isEmpty()) line->setText(path);
}

void SubmitDialog::showWay() {
  const bool slurm = choice().way == SubmitWay::Slurm;
  const auto show = [this](QWidget* field, bool shown) {
    field->setVisible(shown);
    if (QWidget* const label = form_->labelForField(field)) label->setVisible(shown);
  };
  show(sbatch_, slurm);
  show(jobs_, !slurm);
  show(hosts_row_, !slurm);
  help_->setText(slurm ? tr("Each run becomes an element of an array of Slurm. It saves before its time is "
                            "over and goes on "
                            "in the queue; the window can be closed.")
                       : tr("GNU parallel trains so many runs at once, also when the window is closed. "
                            "Cancel submitted ends "
                            "it; what is being trained is saved."));
}

SubmitChoice SubmitDialog::choice() const {
  SubmitChoice chosen;
  chosen.way = static_cast<SubmitWay>(way_->currentData().toInt());
  chosen.folder = folder_->text().trimmed().toStdString();
  chosen.sbatch = sbatch_->text();
  chosen.jobs = static_cast<int>(jobs_->value());
  chosen.hosts = hosts_->text().trimmed().toStdString();
  return chosen;
}

void SubmitDialog::setChoice(const SubmitChoice& choice) {
  way_->setCurrentIndex(way_->findData(static_cast<int>(choice.way)));
  sbatch_->setText(choice.sbatch);
  if (choice.jobs > 0) jobs_->setValue(choice.jobs);
  hosts_->setText(QString::fromStdString(choice.hosts.string()));
}

}  // namespace synann::ui
