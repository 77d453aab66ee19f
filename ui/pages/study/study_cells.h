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
// `news`: of the run that trains; null where none does.
StudyCells plannedCells(const std::vector<runs::PlannedRun>& planned, const StudyNews* news);
// What alone changes of it while a run trains: its state, in this column.
inline constexpr int kRunStateColumn = 2;
CellTableModel::Cell runStateCell(const runs::PlannedRun& run, const StudyNews* news);

// What a ready study expects beside what was measured.
StudyCells expectedCells(const runs::ReadyStudy& study, const std::vector<runs::StudyRow>& table);

}  // namespace synann::ui
