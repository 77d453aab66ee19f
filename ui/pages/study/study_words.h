// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include "ui/pages/study/study_outlook.h"
#include "ui/pages/study/study_runner.h"

// What the Study page says of a study in words.
namespace synann::ui {

// "4 rows × 3 seeds: 12 runs, 5 of them made", or why there is no plan.
QString planWords(const StudyOutlook& outlook);
// The run at hand, how long it all takes, and who writes it. `news`: null where nothing trains.
QString progressWords(const StudyOutlook& outlook, const StudyNews* news, const QString& writer);
// The rows of a plan that came from elsewhere.
QString fixedWords(const runs::StudyPlan& plan);

}  // namespace synann::ui
