// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include <QStringList>

#include "engine/runs/ready_studies.h"
#include "engine/runs/study_table.h"
#include "ui/pages/study/cell_table_model.h"
#include "ui/pages/study/study_runner.h"

// What stands in the tables of the Study page.
namespace synann::ui {

struct StudyCells {
  QStringList headings;
  std::vector<CellTableModel::Row> rows;
};

// The table of results.
StudyCells resultCells(const std::vector<runs::StudyRow>& table);

// Every planned run in its order: what is to come, what it came to, and how long it takes or took.
struct PlannedRun {
  train::Settings settings;
  QString title;
  const runs::StudyRun* made = nullptr;  // of the list that was given
};
std::vector<PlannedRun> plannedRuns(const runs::StudyPlan& plan, const std::vector<runs::StudyRun>& made);
// `at_hand`: the run that trains, and how far; null where none does.
StudyCells plannedCells(const std::vector<PlannedRun>& planned, const StudyNews* at_hand);

// What a ready study expects beside what was measured.
StudyCells expectedCells(const runs::ReadyStudy& study, const std::vector<runs::StudyRow>& table);

// "4 rows × 3 seeds: 12 runs, 5 of them made"
QString planWords(const std::vector<PlannedRun>& planned, int seeds);

}  // namespace synann::ui
