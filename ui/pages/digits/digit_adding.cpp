// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/digits/digit_adding.h"

#include <algorithm>

#include <QFileDialog>
#include <QHBoxLayout>
#include <QLabel>
#include <QSignalBlocker>

#include "engine/data/own_set.h"
#include "ui/pages/page_controls.h"
#include "ui/widgets/ring_button.h"

namespace synann::ui {

namespace {

constexpr int kLabelWide = 3, kTenDigits = 10;  // characters; classes while none are known
constexpr int kFolderWide = 70;                 // pixels

QString folderName(const std::filesystem::path& folder) {
  const std::filesystem::path path = folder.has_filename() ? folder : folder.parent_path();
  return QString::fromStdString(path.filename().string());
}

}  // namespace

DigitAdding::DigitAdding(QWidget* page) : QObject(page), row_(new QWidget(page)) {
  makeRow(page);
  QStringList digits;
  for (int label = 0; label < kTenDigits; ++label) digits.append(QString::number(label));
  setNames(digits);
  update();
}

void DigitAdding::makeRow(QWidget* page) {
  label_ = named(makeChoice({}, row_, kLabelWide), "digits.own-label", tr("Class of the drawing"),
                 tr("Which class what is drawn is added as"));
  auto* words = new QLabel(tr("Add as"), row_);
  words->setBuddy(label_);
  auto* line = new QHBoxLayout(row_);
  line->setContentsMargins(0, 0, 0, 0);
  line->addWidget(words);
  line->addWidget(label_);
  const auto button = [&](const char* name, const QString& text, const QString& label, const QString& help,
                          auto&& work) {
    auto* made = named(new RingButton(text, row_), QLatin1String(name), label, help);
    connect(made, &QToolButton::clicked, this, work);
    line->addWidget(made);
    return made;
  };
  button("digits.own-add", tr("Add"), tr("Add to data set"),
         tr("Appends the drawing, as the network sees it, to a data set of your own, which Open data… opens"),
         [this] { addOrAsk(); });
  choose_ = button("digits.own-folder", tr("Folder…"), tr("Folder of your data set"),
                   tr("The folder of your data set: an empty one, or one that images were added to here"),
                   [this] { chooseFolder(); });
  back_ = button("digits.own-back", tr("Take back"), tr("Take back"),
                 tr("Takes the image that was added last away again"), [this] { tell(takeBack()); });
  line->addStretch(1);
  row_->setParent(page);
}

void DigitAdding::setNames(const QStringList& names) {
  QStringList present;
  for (int k = 0; k < label_->count(); ++k) present.append(label_->itemText(k));
  if (names == present || names.isEmpty()) return;
  const QSignalBlocker quiet(label_);
  const int chosen = label_->currentIndex();
  label_->clear();
  label_->addItems(names);
  label_->setCurrentIndex(std::clamp(chosen, 0, label_->count() - 1));
}

void DigitAdding::setPicture(const std::optional<data::Picture>& picture) {
  picture_ = picture;
}

void DigitAdding::setFolder(const std::filesystem::path& folder) {
  if (folder == folder_) return;
  folder_ = folder;
  update();
  emit folderChanged();
}

void DigitAdding::update() {
  choose_->setText(
      folder_.empty() ? tr("Folder…")
                      : choose_->fontMetrics().elidedText(folderName(folder_), Qt::ElideMiddle, kFolderWide) +
                            QStringLiteral("…"));
  choose_->setToolTip(folder_.empty()
                          ? tr("The folder of your data set: an empty one, or one that images were added to "
                               "here")
                          : QString::fromStdString(folder_.string()));
  back_->setVisible(!added_.empty());
}

bool DigitAdding::chooseFolder() {
  const QString folder = QFileDialog::getExistingDirectory(row_, tr("The folder of your data set"),
                                                           QString::fromStdString(folder_.string()));
  if (folder.isEmpty()) return false;
  if (const auto ours = data::read_own_set(folder.toStdString()); !ours) {
    emit failed(QString::fromStdString(ours.error().sentence()));
    return false;
  }
  setFolder(folder.toStdString());
  return true;
}

void DigitAdding::addOrAsk() {
  if (picture_ && folder_.empty() && !chooseFolder()) return;
  tell(add());
}

void DigitAdding::tell(const Status& done) {
  if (!done) emit failed(QString::fromStdString(done.error().sentence()));
}

Status DigitAdding::add() {
  if (!picture_)
    return Error{.problem = "there is no drawing to be added", .remedy = "draw a digit, or open a picture"};
  if (folder_.empty()) return Error{.problem = "no folder is chosen", .remedy = "choose one with Folder…"};
  const int label = label_->currentIndex();
  const auto count = data::add_to_own_set(folder_, *picture_, label);
  if (!count) return count.error();
  added_.push_back({folder_, *picture_, label});
  update();
  const QString words = *count == 1 ? tr("Added as %1: 1 image in %2; from 2 on, Open data… opens them.")
                                    : tr("Added as %1: %3 images in %2, which Open data… opens.");
  const QString sentence = words.arg(label_->currentText(), folderName(folder_));
  emit told(*count == 1 ? sentence : sentence.arg(*count));
  return {};
}

Status DigitAdding::takeBack() {
  if (added_.empty()) return Error{.problem = "nothing was added here", .remedy = {}};
  const Added last = added_.back();
  added_.pop_back();
  update();
  const auto count = data::take_from_own_set(last.folder, last.picture, last.label);
  if (!count) return count.error();
  emit told(tr("Taken back: %1 images in %2.").arg(*count).arg(folderName(last.folder)));
  return {};
}

}  // namespace synann::ui
