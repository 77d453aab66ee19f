// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/runs/fork_dialog.h"

#include <algorithm>
#include <system_error>
#include <utility>

#include <QDialogButtonBox>
#include <QFormLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSignalBlocker>
#include <QVBoxLayout>

#include "engine/core/whole_path.h"
#include "engine/runs/fork_proof.h"
#include "engine/train/history_cut.h"
#include "ui/pages/busy_row.h"
#include "ui/pages/page_controls.h"
#include "ui/pages/train/setting_form.h"
#include "ui/session/words.h"
#include "ui/widgets/calm_spin_box.h"

namespace synann::ui {

namespace fs = std::filesystem;

namespace {

constexpr QSize kForkSize(460, 520);  // pixels

QString lastName(const fs::path& folder) {
  return QString::fromStdString(folder.filename().string());
}

}  // namespace

ForkDialog::ForkDialog(ForkSubject subject, QWidget* parent)
    : QDialog(parent),
      subject_(std::move(subject)),
      reader_(
          [](const fs::path& run, const std::stop_token&, const auto& tell) {
            tell(std::make_shared<Result<train::History>>(train::read_history(run)));
          },
          [this](const History& history) { takeHistory(history); }),
      forker_(
          [](const Question& question, const std::stop_token& cancelled, const auto& tell) {
            const std::stop_callback relay(cancelled,
                                           [&] { std::stop_source(question.stop).request_stop(); });
            tell(std::make_shared<const Answer>(make(question)));
          },
          [this](const std::shared_ptr<const Answer>& answer) { takeAnswer(answer); }) {
  subject_.run = whole_path(subject_.run);
  setObjectName(QStringLiteral("fork"));
  setWindowTitle(tr("Fork %1").arg(lastName(subject_.run)));
  layOut();
  connect(step_, &QDoubleSpinBox::valueChanged, this, &ForkDialog::takeStep);
  connect(name_, &QLineEdit::textEdited, this, [this] {
    named_ = true;
    showWords();
  });
  connect(&plan_, &RunPlan::changed, this, &ForkDialog::showWords);
  connect(make_, &QPushButton::clicked, this, &ForkDialog::begin);
  connect(busy_, &BusyRow::stopWanted, this, [this] { stop_.request_stop(); });
  showWords();
  reader_.ask(subject_.run);
}

ForkDialog::~ForkDialog() {
  stop_.request_stop();
}

void ForkDialog::layOut() {
  auto* form = new QFormLayout;
  step_ = named(new CalmSpinBox(this), "fork.step", tr("At step"),
                tr("Steps since the run began; the last one of an epoch includes its evaluation"));
  step_->setLocale(QLocale::c());
  step_->setDecimals(0);
  step_->setKeyboardTracking(false);
  step_->setAlignment(Qt::AlignRight);
  where_ = named(new QLabel(this), "fork.where", tr("Where that is"), QString());
  name_ = named(new QLineEdit(this), "fork.name", tr("Name"),
                tr("Of the new run's folder, which stands beside that of its parent"));
  auto* row = new QHBoxLayout;
  row->addWidget(step_);
  row->addWidget(where_, 1);
  form->addRow(tr("&At step"), row);
  static_cast<QLabel*>(form->labelForField(row))->setBuddy(step_);
  form->addRow(tr("&Name"), name_);
  form_ = new SettingForm(plan_, this, SettingForm::Use::Fork);
  words_ = named(new QLabel(this), "fork.words", tr("What is made"), QString());
  words_->setWordWrap(true);
  busy_ = new BusyRow(
      QStringLiteral("fork.busy"), tr("training again up to the step"),
      [this]() -> std::optional<double> {
        if (!forker_.busy()) return std::nullopt;
        return done_->load();
      },
      this);
  auto* buttons = new QDialogButtonBox(QDialogButtonBox::Cancel, this);
  make_ = buttons->addButton(tr("&Fork"), QDialogButtonBox::ActionRole);
  make_->setObjectName(QStringLiteral("fork.make"));
  make_->setDefault(true);
  connect(buttons, &QDialogButtonBox::rejected, this, &ForkDialog::reject);
  auto* column = new QVBoxLayout(this);
  column->addLayout(form);
  column->addWidget(form_, 1);
  column->addWidget(words_);
  column->addWidget(busy_);
  column->addWidget(buttons);
  resize(kForkSize);
}

std::int64_t ForkDialog::step() const {
  return static_cast<std::int64_t>(step_->value());
}

fs::path ForkDialog::wantedFolder() const {
  return subject_.run.parent_path() / name_->text().trimmed().toStdString();
}

void ForkDialog::takeHistory(const History& history) {
  history_ = history;
  if (!*history) {
    failure_ = QString::fromStdString(history->error().sentence());
    return showWords();
  }
  const train::History& run = **history;
  const auto first = static_cast<double>(run.steps_at(run.start.position));
  const auto last = static_cast<double>(train::last_step(run));
  {
    const QSignalBlocker quiet(step_);
    step_->setRange(first, last);
    step_->setValue(subject_.step ? static_cast<double>(*subject_.step) : last);
  }
  takeStep();
  step_->setFocus();
  step_->selectAll();
}

// What a person has set stays set where the parent has something else at another step.
void ForkDialog::takeStep() {
  if (!history_ || !*history_) return;
  const auto mine = train::differences(parent_, plan_.settings());
  const bool first = !plan_.parentSettings();
  parent_ = (*history_)->settings_at(step());
  plan_.forkOf(parent_);
  if (!first)
    for (const train::SettingDifference& d : mine) plan_.set(d.key, d.to);
  if (!named_) name_->setText(tr("%1-at-%2").arg(lastName(subject_.run)).arg(step()));
  showWords();
}

QString ForkDialog::positionWords() const {
  const int in_epoch = std::max(1, (*history_)->start.steps_per_epoch);
  const std::int64_t at = step();
  if (at == 0) return tr("before training");
  if (at % in_epoch == 0) return tr("at the end of epoch %1").arg(at / in_epoch);
  return tr("epoch %1, step %2").arg(at / in_epoch + 1).arg(at % in_epoch);
}

QString ForkDialog::problem() const {
  if (!failure_.isEmpty()) return failure_;
  const std::string name = name_->text().trimmed().toStdString();
  if (name.empty() || name.front() == '.' || name.find('/') != std::string::npos)
    return tr(
        "The new run has no name for its folder yet: one without a slash that does not begin with a full "
        "stop.");
  std::error_code code;
  if (fs::exists(wantedFolder(), code))
    return tr("%1 is there already: choose another name.").arg(name_->text());
  const Status valid = train::validate(plan_.settings());
  return valid ? QString() : QString::fromStdString(valid.error().sentence());
}

QString ForkDialog::differenceWords() const {
  QStringList words;
  for (const train::SettingDifference& d : train::differences(parent_, plan_.settings()))
    words.append(tr("%1 instead of %2")
                     .arg(QString::fromStdString(train::setting_words(d.key, d.to)),
                          QString::fromStdString(train::value_text(d.from))));
  if (words.isEmpty()) return tr("Nothing is different: trained on, it ends as its parent does.");
  return tr("Different from there on: %1.").arg(words.join(QStringLiteral(", ")));
}

void ForkDialog::showWords() {
  const bool read = history_ && *history_;
  const QString wrong = read || !failure_.isEmpty() ? problem() : tr("The run is being read…");
  where_->setText(read ? positionWords() : QString());
  words_->setText(wrong.isEmpty() ? differenceWords() : wrong);
  make_->setEnabled(wrong.isEmpty() && !forker_.busy());
}

void ForkDialog::lock(bool locked) {
  for (QWidget* part : {static_cast<QWidget*>(step_), static_cast<QWidget*>(name_),
                        static_cast<QWidget*>(form_), static_cast<QWidget*>(make_)})
    part->setEnabled(!locked);
}

void ForkDialog::begin() {
  failure_.clear();
  if (forker_.busy() || !problem().isEmpty()) return showWords();
  Question question;
  question.request = {.run = subject_.run, .step = step(), .folder = wantedFolder()};
  question.request.execution.threads = subject_.threads;
  for (const train::SettingDifference& d : train::differences(parent_, plan_.settings()))
    train::ask_for(question.request.asked, d.key, d.to);
  question.data = subject_.data;
  question.digest = (*history_)->start.data_sha256;
  stop_ = std::stop_source();
  done_ = std::make_shared<std::atomic<double>>(0);
  question.stop = stop_;
  question.done = done_;
  lock(true);
  forker_.ask(std::move(question));
  busy_->begin();
}

// On the worker's thread.
ForkDialog::Answer ForkDialog::make(const Question& question) {
  runs::ForkRequest request = question.request;
  if (question.data && question.data->sha256 == question.digest) request.data = question.data;
  const infer::Work work{.stop = question.stop.get_token(), .progress = [&](int done, int count) {
                           question.done->store(static_cast<double>(done) / std::max(1, count));
                         }};
  Answer answer{.forked = runs::fork_run(request, work), .proof = {}};
  if (!answer.forked) return answer;
  const auto proof = runs::prove_fork(request.folder);
  answer.proof = QString::fromStdString(proof ? proof->sentence() : proof.error().sentence());
  return answer;
}

void ForkDialog::takeAnswer(const std::shared_ptr<const Answer>& answer) {
  busy_->end();
  lock(false);
  if (!answer->forked) {
    const Error& error = answer->forked.error();
    failure_ = error.kind == ErrorKind::Cancelled ? tr("Stopped: nothing was made.")
                                                  : QString::fromStdString(error.sentence());
    showWords();
    failure_.clear();
    make_->setEnabled(problem().isEmpty());
    return;
  }
  folder_ = answer->forked->checkpoint.parent_path();
  sentence_ = tr("%1 is made: %2.").arg(lastName(folder_), answer->proof);
  for (const std::string& note : answer->forked->notes) sentence_ += ' ' + QString::fromStdString(note) + '.';
  accept();
}

void ForkDialog::reject() {
  stop_.request_stop();
  QDialog::reject();
}

}  // namespace synann::ui
