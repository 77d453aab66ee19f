// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/study/study_status.h"

#include <QLabel>
#include <QProgressBar>
#include <QVBoxLayout>

#include "ui/pages/page_controls.h"
#include "ui/pages/study/study_words.h"
#include "ui/session/words.h"

namespace synann::ui {

namespace {

constexpr int kBarSteps = 1000;

QLabel* wordsLabel(const QString& name, const QString& label, QWidget* parent) {
  auto* words = named(new QLabel(parent), name, label, QString());
  words->setWordWrap(true);
  return words;
}

}  // namespace

StudyStatus::StudyStatus(QWidget* buttons, QWidget* parent)
    : QWidget(parent),
      plan_words_(wordsLabel("study.plan-words", tr("What is planned"), this)),
      bar_(named(new QProgressBar(this), "study.progress", tr("How far the study is"), QString())),
      progress_words_(wordsLabel("study.progress-words", tr("The run at hand"), this)),
      place_words_(wordsLabel("study.folder", tr("Where the study is kept"), this)) {
  bar_->setRange(0, kBarSteps);
  place_words_->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(6);
  for (QWidget* part : {static_cast<QWidget*>(plan_words_), buttons, static_cast<QWidget*>(bar_),
                        static_cast<QWidget*>(progress_words_), static_cast<QWidget*>(place_words_)})
    column->addWidget(part);
}

void StudyStatus::setStudy(const StudyOutlook& outlook, const StudyNews* news, const QString& writer) {
  plan_words_->setText(planWords(outlook));
  const runs::PlannedRun* const at_hand = news ? news->atHand(outlook.planned) : nullptr;
  const double done = static_cast<double>(outlook.ended) + (at_hand && !at_hand->made ? news->fraction : 0);
  const double share = outlook.planned.empty() ? 0 : done / static_cast<double>(outlook.planned.size());
  bar_->setValue(static_cast<int>(kBarSteps * share));
  bar_->setVisible(news || outlook.ended > 0);
  progress_words_->setText(progressWords(outlook, news, writer));
}

void StudyStatus::setPlace(const std::string& data_spec, const std::filesystem::path& folder) {
  const QString images = dataWords(data_spec);
  place_words_->setText(
      folder.empty() ? tr("Data: %1").arg(images)
                     : tr("Data: %1\nFolder: %2").arg(images, QString::fromStdString(folder.string())));
}

}  // namespace synann::ui
