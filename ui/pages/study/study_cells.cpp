// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/study/study_cells.h"

#include <algorithm>
#include <cmath>

#include <QCoreApplication>

#include "engine/runs/study_text.h"
#include "ui/plots/figure.h"
#include "ui/session/words.h"

namespace synann::ui {
namespace {

struct StudyCellWords {
  Q_DECLARE_TR_FUNCTIONS(study_cells)
};

CellTableModel::Cell numberCell(const QString& text, double value) {
  return {text, std::isfinite(value) ? QVariant(value) : QVariant(), {}};
}

QString stateOf(const PlannedRun& run, const StudyNews* at_hand) {
  if (run.made)
    return run.made->failed.empty() ? StudyCellWords::tr("finished") : StudyCellWords::tr("failed");
  if (at_hand && at_hand->run > 0 && runs::same_run(at_hand->at_hand, run.settings))
    return StudyCellWords::tr("training, %1 %").arg(static_cast<int>(100 * at_hand->fraction));
  return StudyCellWords::tr("planned");
}

// Of the same row and other seeds; NaN where none has ended.
double usualSeconds(const std::vector<PlannedRun>& planned, const PlannedRun& run) {
  double seconds = 0, count = 0;
  for (const PlannedRun& other : planned) {
    if (!other.made || other.title != run.title || !other.made->failed.empty()) continue;
    seconds += other.made->train_seconds + other.made->eval_seconds;
    ++count;
  }
  return count > 0 ? seconds / count : std::nan("");
}

}  // namespace

StudyCells resultCells(const std::vector<runs::StudyRow>& table) {
  StudyCells cells;
  const auto lines = runs::study_table_lines(table);
  if (lines.empty()) return cells;
  for (const std::string& heading : lines.front()) cells.headings.append(QString::fromStdString(heading));
  for (std::size_t r = 0; r < table.size(); ++r) {
    CellTableModel::Row row;
    for (const std::string& text : lines[r + 1]) row.push_back({QString::fromStdString(text), {}, {}});
    row[1].value = table[r].parameter_count;
    row[6].value =
        std::isfinite(table[r].seconds_per_epoch) ? QVariant(table[r].seconds_per_epoch) : QVariant();
    if (table[r].corrected_p) row[8].value = *table[r].corrected_p;
    cells.rows.push_back(std::move(row));
  }
  return cells;
}

std::vector<PlannedRun> plannedRuns(const runs::StudyPlan& plan, const std::vector<runs::StudyRun>& made) {
  std::vector<PlannedRun> planned;
  const auto rows = runs::planned_rows(plan);
  for (int k = 0; k < plan.seeds; ++k)
    for (const runs::PlannedRow& row : rows) {
      PlannedRun run;
      run.settings = row.settings;
      run.settings.seed = plan.first_seed + static_cast<std::uint64_t>(k);
      run.title = QString::fromStdString(row.title());
      run.made = runs::find_study_run(made, run.settings);
      planned.push_back(std::move(run));
    }
  return planned;
}

StudyCells plannedCells(const std::vector<PlannedRun>& planned, const StudyNews* at_hand) {
  StudyCells cells;
  cells.headings = {StudyCellWords::tr("Run"),       StudyCellWords::tr("Seed"),
                    StudyCellWords::tr("State"),     StudyCellWords::tr("Accuracy %"),
                    StudyCellWords::tr("Test loss"), StudyCellWords::tr("Time")};
  for (const PlannedRun& run : planned) {
    const bool counts = run.made && run.made->failed.empty();
    const double seconds =
        run.made ? run.made->train_seconds + run.made->eval_seconds : usualSeconds(planned, run);
    CellTableModel::Row row;
    row.push_back({run.title, {}, {}});
    row.push_back(numberCell(QString::number(run.settings.seed), static_cast<double>(run.settings.seed)));
    row.push_back(
        {stateOf(run, at_hand), {}, run.made ? QString::fromStdString(run.made->failed) : QString()});
    row.push_back(counts ? numberCell(QString::number(run.made->accuracy, 'f', 2), run.made->accuracy)
                         : CellTableModel::Cell{});
    row.push_back(counts ? numberCell(QString::number(run.made->test_loss, 'f', 4), run.made->test_loss)
                         : CellTableModel::Cell{});
    const QString time = !std::isfinite(seconds) ? QString() : durationWords(seconds);
    row.push_back({run.made || time.isEmpty() ? time : StudyCellWords::tr("about %1").arg(time), {}, {}});
    cells.rows.push_back(std::move(row));
  }
  return cells;
}

StudyCells expectedCells(const runs::ReadyStudy& study, const std::vector<runs::StudyRow>& table) {
  StudyCells cells;
  cells.headings = {StudyCellWords::tr("Layer"), StudyCellWords::tr("Expected"),
                    StudyCellWords::tr("Measured"), StudyCellWords::tr("Verdict")};
  for (const runs::ExpectedRow& row : runs::expected_rows(study, table)) {
    CellTableModel::Row line;
    for (const std::string* text : {&row.name, &row.expected, &row.measured, &row.verdict})
      line.push_back({QString::fromStdString(*text), {}, QString::fromStdString(*text)});
    cells.rows.push_back(std::move(line));
  }
  return cells;
}

QString planWords(const std::vector<PlannedRun>& planned, int seeds) {
  const auto made = std::ranges::count_if(planned, [](const PlannedRun& run) { return run.made != nullptr; });
  const auto rows = static_cast<int>(planned.size()) / std::max(1, seeds);
  QString words =
      StudyCellWords::tr("%1 × %2: %3")
          .arg(rows == 1 ? StudyCellWords::tr("1 row") : StudyCellWords::tr("%1 rows").arg(rows))
          .arg(seeds == 1 ? StudyCellWords::tr("1 seed") : StudyCellWords::tr("%1 seeds").arg(seeds))
          .arg(planned.size() == 1 ? StudyCellWords::tr("1 run")
                                   : StudyCellWords::tr("%1 runs").arg(planned.size()));
  if (made > 0) words += StudyCellWords::tr(", %1 of them made").arg(made);
  return words;
}

}  // namespace synann::ui
