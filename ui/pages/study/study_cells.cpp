// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/study/study_cells.h"

#include <cmath>
#include <map>
#include <string>
#include <utility>

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

double secondsOf(const runs::StudyRun& run) {
  return run.train_seconds + run.eval_seconds;
}

// What a run of each row takes, by its title: the mean of those that have ended well.
std::map<std::string, double> usualSeconds(const std::vector<runs::PlannedRun>& planned) {
  std::map<std::string, std::pair<double, double>> sums;
  for (const runs::PlannedRun& run : planned) {
    if (!run.made || !run.made->failed.empty()) continue;
    auto& [seconds, count] = sums[run.title];
    seconds += secondsOf(*run.made);
    ++count;
  }
  std::map<std::string, double> means;
  for (const auto& [title, sum] : sums) means[title] = sum.first / sum.second;
  return means;
}

// How long it took, or is to take; empty where nothing tells.
QString timeWords(const runs::PlannedRun& run, const std::map<std::string, double>& usual) {
  if (run.made) return std::isfinite(secondsOf(*run.made)) ? durationWords(secondsOf(*run.made)) : QString();
  const auto known = usual.find(run.title);
  if (known == usual.end() || !std::isfinite(known->second)) return {};
  return StudyCellWords::tr("about %1").arg(durationWords(known->second));
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

CellTableModel::Cell runStateCell(const runs::PlannedRun& run, const StudyNews* news) {
  if (run.made && run.made->failed.empty()) return {StudyCellWords::tr("finished"), {}, {}};
  if (run.made) return {StudyCellWords::tr("failed"), {}, QString::fromStdString(run.made->failed)};
  if (!news) return {StudyCellWords::tr("planned"), {}, {}};
  return {StudyCellWords::tr("training, %1 %").arg(static_cast<int>(100 * news->fraction)), {}, {}};
}

StudyCells plannedCells(const std::vector<runs::PlannedRun>& planned, const StudyNews* news) {
  StudyCells cells;
  cells.headings = {StudyCellWords::tr("Run"),       StudyCellWords::tr("Seed"),
                    StudyCellWords::tr("State"),     StudyCellWords::tr("Accuracy %"),
                    StudyCellWords::tr("Test loss"), StudyCellWords::tr("Time")};
  const auto usual = usualSeconds(planned);
  const runs::PlannedRun* const at_hand = news ? news->atHand(planned) : nullptr;
  for (const runs::PlannedRun& run : planned) {
    const bool counts = run.made && run.made->failed.empty();
    CellTableModel::Row row;
    row.push_back({QString::fromStdString(run.title), {}, {}});
    row.push_back(numberCell(QString::number(run.settings.seed), static_cast<double>(run.settings.seed)));
    row.push_back(runStateCell(run, &run == at_hand ? news : nullptr));
    row.push_back(counts ? numberCell(QString::number(run.made->accuracy, 'f', 2), run.made->accuracy)
                         : CellTableModel::Cell{});
    row.push_back(counts ? numberCell(QString::number(run.made->test_loss, 'f', 4), run.made->test_loss)
                         : CellTableModel::Cell{});
    row.push_back({timeWords(run, usual), {}, {}});
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

}  // namespace synann::ui
