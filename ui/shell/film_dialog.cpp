// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/film_dialog.h"

#include <utility>

#include <QDir>
#include <QFileDialog>
#include <QFileInfo>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QProgressBar>
#include <QPushButton>
#include <QTimer>
#include <QVBoxLayout>

#include "ui/pages/page_controls.h"
#include "ui/widgets/calm_spin_box.h"

namespace synann::ui {

FilmDialog::FilmDialog(ViewOptions view, const QString& name, const QString& folder, QWidget* parent)
    : QDialog(parent),
      view_(std::move(view)),
      name_(name),
      folder_(folder),
      kind_(named(new CalmComboBox(this), "film.kind", tr("As"), tr("What is written"))),
      frames_(
          named(new CalmSpinBox(this), "film.frames", tr("Frames"),
                tr("At most; evenly chosen among the recorded steps, the first and the last among them"))),
      rate_(named(new CalmSpinBox(this), "film.rate", tr("Frames a second"),
                  tr("How fast it is shown; the last frame stays a second longer"))),
      words_(named(new QLabel(this), "film.words", tr("Message"), QString())),
      progress_(named(new QProgressBar(this), "film.progress", tr("Progress"), QString())),
      export_(new QPushButton(tr("&Export…"), this)),
      close_(new QPushButton(tr("&Close"), this)),
      timer_(new QTimer(this)) {
  setWindowTitle(tr("Export over the steps"));
  setObjectName("film");
  kind_->addItem(tr("Film (animated WebP)"));
  kind_->addItem(tr("Pictures (PNG, numbered)"));
  frames_->setRange(FilmOptions::kFewest, FilmOptions::kMost);
  frames_->setDecimals(0);
  frames_->setValue(FilmOptions::kUsual);
  rate_->setRange(FilmOptions::kSlowest, FilmOptions::kFastest);
  rate_->setDecimals(1);
  rate_->setValue(FilmOptions::kRate);
  layOut();
  connect(kind_, &QComboBox::currentIndexChanged, this, &FilmDialog::showChoice);
  connect(export_, &QPushButton::clicked, this, &FilmDialog::askForPath);
  connect(close_, &QPushButton::clicked, this, &FilmDialog::reject);
  connect(timer_, &QTimer::timeout, this, &FilmDialog::drawNext);
  words_->setText(tr("The figure at every recorded step, in the size in which it is shown."));
  showChoice();
}

void FilmDialog::layOut() {
  export_->setObjectName("film.export");
  export_->setDefault(true);
  close_->setObjectName("film.close");
  words_->setWordWrap(true);
  words_->setTextInteractionFlags(Qt::TextSelectableByMouse);
  words_->setTextFormat(Qt::PlainText);
  auto* const form = new QFormLayout;
  form->addRow(tr("&As"), kind_);
  form->addRow(tr("&Frames"), frames_);
  form->addRow(tr("Frames a &second"), rate_);
  auto* const buttons = new QHBoxLayout;
  buttons->addStretch(1);
  buttons->addWidget(export_);
  buttons->addWidget(close_);
  auto* const column = new QVBoxLayout(this);
  column->addLayout(form);
  column->addWidget(progress_);
  column->addWidget(words_, 1);
  column->addLayout(buttons);
  resize(460, 240);
}

bool FilmDialog::pictures() const {
  return kind_->currentIndex() == 1;
}

void FilmDialog::showChoice() {
  for (QWidget* control : {static_cast<QWidget*>(kind_), static_cast<QWidget*>(frames_)})
    control->setEnabled(!running_);
  rate_->setEnabled(!running_ && !pictures());
  export_->setEnabled(!running_);
  close_->setText(running_ ? tr("&Stop") : tr("&Close"));
}

void FilmDialog::askForPath() {
  const QString end = pictures() ? QStringLiteral(".png") : QStringLiteral(".webp");
  QString path = QFileDialog::getSaveFileName(
      this, tr("Export over the steps"), QDir(folder_).filePath(name_ + end),
      pictures() ? tr("PNG pictures, numbered (*.png)") : tr("Animated WebP (*.webp)"));
  if (path.isEmpty()) return;
  if (!path.endsWith(end, Qt::CaseInsensitive)) path += end;
  start(path);
}

void FilmDialog::start(const QString& path) {
  if (running_) return;
  folder_ = QFileInfo(path).absolutePath();
  written_.clear();
  view_.export_path = path.toStdString();
  auto begun = Film::begin(view_, {.frames = static_cast<int>(frames_->value()), .rate = rate_->value()});
  if (!begun) return end(QString::fromStdString(begun.error().sentence()));
  film_.emplace(std::move(*begun));
  progress_->setRange(0, film_->frames());
  progress_->setValue(0);
  running_ = true;
  words_->setText(tr("Drawing into %1").arg(path));
  showChoice();
  timer_->start(0);
}

void FilmDialog::drawNext() {
  Status made = film_->next();
  progress_->setValue(film_->done());
  if (made && film_->done() < film_->frames()) return;
  if (made) made = film_->finish();
  written_ = film_->written();
  if (!made) return end(QString::fromStdString(made.error().sentence()));
  end(pictures() ? tr("%1 pictures are in %2.").arg(written_.size()).arg(folder_)
                 : tr("%1 has %2 frames.").arg(written_.value(0)).arg(film_->done()));
}

void FilmDialog::end(const QString& words) {
  timer_->stop();
  film_.reset();
  running_ = false;
  words_->setText(words);
  showChoice();
}

QString FilmDialog::sentence() const {
  return words_->text();
}

void FilmDialog::reject() {
  if (!running_) return QDialog::reject();
  written_ = film_->written();
  end(written_.isEmpty() ? tr("Stopped; nothing was written.")
                         : tr("Stopped; %1 pictures are in %2.").arg(written_.size()).arg(folder_));
}

}  // namespace synann::ui
