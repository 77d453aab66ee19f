// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/study/study_words.h"

#include <algorithm>
#include <cmath>

#include <QCoreApplication>
#include <QStringList>

#include "engine/runs/ready_studies.h"
#include "ui/session/words.h"

namespace synann::ui {

namespace {

struct StudyWords {
  Q_DECLARE_TR_FUNCTIONS(study_words)
};

}  // namespace

QString planWords(const StudyOutlook& outlook) {
  if (!outlook.plan) return outlook.problem;
  const int seeds = outlook.plan->seeds;
  const auto rows = static_cast<int>(outlook.planned.size()) / std::max(1, seeds);
  QString words =
      StudyWords::tr("%1 × %2: %3")
          .arg(rows == 1 ? StudyWords::tr("1 row") : StudyWords::tr("%1 rows").arg(rows))
          .arg(seeds == 1 ? StudyWords::tr("1 seed") : StudyWords::tr("%1 seeds").arg(seeds))
          .arg(outlook.planned.size() == 1 ? StudyWords::tr("1 run")
                                           : StudyWords::tr("%1 runs").arg(outlook.planned.size()));
  if (outlook.ended > 0) words += StudyWords::tr(", %1 of them made").arg(outlook.ended);
  return words;
}

QString progressWords(const StudyOutlook& outlook, const StudyNews* news, const QString& writer) {
  QStringList words;
  if (const runs::PlannedRun* run = news ? news->atHand(outlook.planned) : nullptr)
    words << StudyWords::tr("Run %1 of %2: %3, seed %4, epoch %5 of %6")
                 .arg(QString::number(news->run), QString::number(news->count),
                      QString::fromStdString(run->title), QString::number(run->settings.seed),
                      QString::number(news->epoch), QString::number(news->epochs));
  const double left = news ? news->seconds_left : outlook.seconds_left;
  if (outlook.whole() && !outlook.planned.empty()) {
    words << StudyWords::tr("All runs are made; more seeds extend the study.");
  } else if (std::isfinite(left)) {
    words
        << (news ? StudyWords::tr("%1 left") : StudyWords::tr("Expected time: %1")).arg(durationWords(left));
  } else if (outlook.plan) {
    words << StudyWords::tr("The expected time is known after the first steps.");
  }
  if (!writer.isEmpty()) words << StudyWords::tr("Written by %1: shown as it grows, read only.").arg(writer);
  return words.join('\n');
}

QString fixedWords(const runs::StudyPlan& plan) {
  const runs::ReadyStudy* ready = runs::find_ready_study(plan.ready);
  QStringList lines{ready
                        ? QString::fromUtf8(ready->title.data(), static_cast<qsizetype>(ready->title.size()))
                        : StudyWords::tr("The plan of this study:")};
  for (const runs::PlannedRow& one : runs::planned_rows(plan))
    lines << QStringLiteral("– ") + QString::fromStdString(one.title());
  return lines.join('\n');
}

}  // namespace synann::ui
