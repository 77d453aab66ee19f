// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/format_dialog.h"

#include <algorithm>

#include <QComboBox>
#include <QDir>
#include <QFileDialog>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QProgressBar>
#include <QPushButton>
#include <QTimer>
#include <QVBoxLayout>

#include "engine/train/checkpoint.h"
#include "ui/pages/page_controls.h"

namespace synann::ui {

namespace {

constexpr int kFormatTicks = 100;  // milliseconds
constexpr int kFormatParts = 1000;

QString formatText(std::string_view text) {
  return QString::fromUtf8(text.data(), static_cast<qsizetype>(text.size()));
}

// "Predictions": an id of the table as a row of a list.
QString contentTitle(exports::Content content) {
  QString title = formatText(exports::id_of(content));
  title[0] = title[0].toUpper();
  return title;
}

QString contentHelp(exports::Content content) {
  const auto infos = exports::content_infos();
  return formatText(std::ranges::find(infos, content, &exports::ContentInfo::content)->help);
}

}  // namespace

FormatDialog::FormatDialog(std::vector<std::filesystem::path> runs, std::string asked, QWidget* parent)
    : QDialog(parent),
      runs_(std::move(runs)),
      asked_(std::move(asked)),
      format_(named(new CalmComboBox(this), "formats.format", tr("Format"), tr("Which programs take it"))),
      content_(named(new CalmComboBox(this), "formats.content", tr("What"), tr("What is written"))),
      checkpoint_(named(new CalmComboBox(this), "formats.checkpoint", tr("Checkpoint"),
                        tr("Whose network is written"))),
      help_(named(new QLabel(this), "formats.help", tr("About the format"), QString())),
      words_(named(new QLabel(this), "formats.words", tr("Message"), QString())),
      progress_(named(new QProgressBar(this), "formats.progress", tr("Progress"), QString())),
      export_(new QPushButton(tr("&Export…"), this)),
      close_(new QPushButton(tr("&Close"), this)),
      timer_(new QTimer(this)),
      worker_(
          [share = share_](const Job& job, const std::stop_token&, const auto& tell) {
            const auto written = exports::write(*job.format, job.request,
                                                {.stop = job.stop, .progress = [&share](int done, int count) {
                                                   share->store(count > 0 ? double(done) / count : 0);
                                                 }});
            Outcome outcome;
            if (!written) {
              outcome.error = QString::fromStdString(written.error().sentence());
            } else {
              for (const auto& file : written->files) outcome.files << QString::fromStdString(file.string());
              for (const std::string& note : written->notes) outcome.notes << QString::fromStdString(note);
            }
            tell(std::move(outcome));
          },
          [this](const Outcome& outcome) { take(outcome); }) {
  setWindowTitle(tr("Export for other programs"));
  setObjectName("formats");
  layOut();
  for (const exports::Format& row : exports::formats())
    if (row.of_circuit == false || !row.of_checkpoint.empty())
      format_->addItem(formatText(row.title), formatText(row.id));
  checkpoint_->addItem(tr("Last"), QString::fromLatin1(train::kLastCheckpoint));
  checkpoint_->addItem(tr("Best"), QString::fromLatin1(train::kBestCheckpoint));
  connect(format_, &QComboBox::currentIndexChanged, this, &FormatDialog::fillContents);
  connect(content_, &QComboBox::currentIndexChanged, this, &FormatDialog::showChoice);
  connect(export_, &QPushButton::clicked, this, &FormatDialog::askForPath);
  connect(close_, &QPushButton::clicked, this, &FormatDialog::reject);
  connect(timer_, &QTimer::timeout, this,
          [this] { progress_->setValue(static_cast<int>(share_->load() * kFormatParts)); });
  fillContents();
}

FormatDialog::~FormatDialog() {
  stop_.request_stop();
}

void FormatDialog::layOut() {
  help_->setWordWrap(true);
  words_->setWordWrap(true);
  words_->setTextInteractionFlags(Qt::TextSelectableByMouse);
  words_->setTextFormat(Qt::PlainText);
  progress_->setRange(0, kFormatParts);
  progress_->setEnabled(false);
  export_->setObjectName("formats.export");
  export_->setDefault(true);
  close_->setObjectName("formats.close");
  auto* const form = new QFormLayout;
  form->addRow(tr("&Format"), format_);
  form->addRow(QString(), help_);
  form->addRow(tr("&What"), content_);
  form->addRow(tr("Check&point"), checkpoint_);
  auto* const buttons = new QHBoxLayout;
  buttons->addStretch(1);
  buttons->addWidget(export_);
  buttons->addWidget(close_);
  auto* const column = new QVBoxLayout(this);
  column->addLayout(form);
  column->addWidget(progress_);
  column->addWidget(words_, 1);
  column->addLayout(buttons);
  resize(560, 340);
}

const exports::Format& FormatDialog::format() const {
  return **exports::find_format(format_->currentData().toString().toStdString());
}

bool FormatDialog::ofCheckpoint() const {
  const auto contents = format().of_checkpoint;
  return std::ranges::find(contents, exports::Content(content_->currentData().toInt())) != contents.end();
}

void FormatDialog::fillContents() {
  const QSignalBlocker blocked(content_);
  content_->clear();
  for (const auto contents : {format().of_checkpoint, format().of_runs})
    for (const exports::Content content : contents)
      content_->addItem(tr("%1: %2").arg(contentTitle(content), contentHelp(content)),
                        static_cast<int>(content));
  showChoice();
}

void FormatDialog::showChoice() {
  const exports::Format& chosen = format();
  QString help = formatText(chosen.help);
  if (!ofCheckpoint() && runs_.size() > 1)
    help += ' ' + (runs_.size() <= chosen.most_runs ? tr("Of the %1 runs that are chosen.").arg(runs_.size())
                                                    : tr("Of the first run that is chosen."));
  const bool available = chosen.unavailable.empty();
  help_->setText(available ? help
                           : tr("%1: %2.").arg(formatText(chosen.title), formatText(chosen.unavailable)));
  content_->setEnabled(content_->count() > 1);
  checkpoint_->setEnabled(ofCheckpoint());
  export_->setEnabled(available && !running_);
}

void FormatDialog::choose(const QString& format, const QString& content, const QString& checkpoint) {
  format_->setCurrentIndex(std::max(0, format_->findData(format)));
  for (const exports::ContentInfo& info : exports::content_infos())
    if (formatText(info.id) == content)
      content_->setCurrentIndex(std::max(0, content_->findData(static_cast<int>(info.content))));
  if (!checkpoint.isEmpty()) checkpoint_->setCurrentIndex(std::max(0, checkpoint_->findData(checkpoint)));
}

void FormatDialog::askForPath() {
  const exports::Format& chosen = format();
  const QString run = QDir(QString::fromStdString(runs_.front().string())).dirName();
  if (chosen.extension.empty()) {
    const QString parent = QFileDialog::getExistingDirectory(
        this, tr("%1: into a new folder in this one").arg(formatText(chosen.title)), folder_);
    if (parent.isEmpty()) return;
    folder_ = parent;
    QString name = QStringLiteral("%1-%2").arg(run, formatText(chosen.id)), made = name;
    for (int k = 2; QDir(parent).exists(made); ++k) made = QStringLiteral("%1-%2").arg(name).arg(k);
    return exportTo(QDir(parent).filePath(made));
  }
  const QString extension = formatText(chosen.extension);
  QString path = QFileDialog::getSaveFileName(this, tr("Export for other programs"),
                                              QDir(folder_).filePath(run + '.' + extension),
                                              tr("%1 (*.%2)").arg(formatText(chosen.title), extension));
  if (path.isEmpty()) return;
  folder_ = QFileInfo(path).absolutePath();
  exportTo(path);
}

void FormatDialog::exportTo(const QString& path) {
  Job job;
  job.format = &format();
  job.request.out = path.toStdString();
  job.request.data = asked_;
  job.request.content = exports::Content(content_->currentData().toInt());
  if (ofCheckpoint()) {
    job.request.checkpoint = runs_.front() / checkpoint_->currentData().toString().toStdString();
  } else {
    job.request.runs = runs_;
    job.request.runs.resize(std::min(runs_.size(), job.format->most_runs));
  }
  stop_ = std::stop_source();
  job.stop = stop_.get_token();
  running_ = true;
  failed_ = false;
  share_->store(0);
  progress_->setEnabled(true);
  export_->setEnabled(false);
  close_->setText(tr("&Stop"));
  words_->setText(tr("Writing %1").arg(path));
  timer_->start(kFormatTicks);
  worker_.ask(std::move(job));
}

void FormatDialog::take(const Outcome& outcome) {
  running_ = false;
  failed_ = !outcome.error.isEmpty();
  timer_->stop();
  progress_->setValue(failed_ ? 0 : kFormatParts);
  progress_->setEnabled(false);
  close_->setText(tr("&Close"));
  close_->setEnabled(true);
  QStringList lines;
  if (failed_ && stop_.stop_requested()) {
    lines << tr("Stopped; nothing was written.");
  } else if (failed_) {
    lines << outcome.error;
  } else {
    const QString where =
        outcome.files.size() == 1 ? outcome.files.front() : QFileInfo(outcome.files.value(0)).absolutePath();
    lines << (outcome.files.size() == 1 ? tr("Saved %1.").arg(where)
                                        : tr("Saved %1 files in %2.").arg(outcome.files.size()).arg(where));
    lines += outcome.notes;
  }
  words_->setText(lines.join('\n'));
  showChoice();
}

QString FormatDialog::sentence() const {
  return words_->text().section('\n', 0, 0);
}

void FormatDialog::reject() {
  if (!running_) return QDialog::reject();
  stop_.request_stop();
  close_->setEnabled(false);
  words_->setText(tr("Stopping…"));
}

}  // namespace synann::ui
