// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/study/study_figures.h"

#include <algorithm>
#include <cmath>

#include <QCoreApplication>

#include "engine/runs/ready_studies.h"
#include "ui/plots/groups_figure.h"

namespace synann::ui {
namespace {

struct StudyFigureWords {
  Q_DECLARE_TR_FUNCTIONS(study_figures)
};

// A colour for each model; its variations share it.
int colorOf(const std::vector<runs::PlannedRow>& rows, std::size_t k) {
  std::vector<std::string> names;
  for (std::size_t r = 0; r <= k; ++r)
    if (std::ranges::find(names, rows[r].name) == names.end()) names.push_back(rows[r].name);
  return static_cast<int>(std::ranges::find(names, rows[k].name) - names.begin());
}

void takeRow(GroupsFigure::Group& group, const runs::StudyRow& row, bool accuracy) {
  const FiveNumbers& box = accuracy ? row.accuracy_box : row.test_loss_box;
  const auto& interval = accuracy ? row.accuracy_interval : row.test_loss_interval;
  group.mean = accuracy ? row.accuracy : row.test_loss;
  if (interval) {
    group.from = interval->from;
    group.to = interval->to;
  }
  group.least = box.least;
  group.lower = box.lower;
  group.median = box.median;
  group.upper = box.upper;
  group.most = box.most;
  for (const runs::StudyRun& run : row.made) {
    GroupsFigure::Point point;
    point.name = StudyFigureWords::tr("seed %1").arg(run.settings.seed);
    point.value = !run.failed.empty() ? std::nan("") : accuracy ? run.accuracy : run.test_loss;
    point.gap = QString::fromStdString(run.failed);
    group.points.push_back(std::move(point));
  }
}

void takeExpected(std::vector<GroupsFigure::Group>& groups, const runs::ReadyStudy& study) {
  for (GroupsFigure::Group& group : groups)
    for (const runs::ReadyRow& row : study.rows)
      if (group.name.toStdString() == row.name) group.expected = row.expected;
}

}  // namespace

std::shared_ptr<const Figure> studyResultFigure(const StudyScene& scene, const runs::StudyPlan& plan,
                                                const std::vector<runs::StudyRow>& table) {
  const auto rows = runs::planned_rows(plan);
  if (rows.empty()) return nullptr;
  const bool accuracy = scene.quantity == StudyQuantity::Accuracy;
  GroupsFigure::Content content;
  content.title = accuracy ? StudyFigureWords::tr("Test accuracy after the last epoch, each seed a point")
                           : StudyFigureWords::tr("Test loss after the last epoch, each seed a point");
  content.axis =
      accuracy ? StudyFigureWords::tr("test accuracy (%)") : StudyFigureWords::tr("test loss (nats)");
  content.unit = accuracy ? QStringLiteral(" %") : QString();
  content.point = StudyFigureWords::tr("seed");
  content.shape = static_cast<GroupsFigure::Shape>(scene.shape);
  content.otherwise = accuracy ? Axes::Range{0, 100} : Axes::Range{0, 1};
  for (std::size_t k = 0; k < rows.size(); ++k) {
    GroupsFigure::Group group;
    group.name = QString::fromStdString(rows[k].title());
    group.color = colorOf(rows, k);
    group.mean = group.least = group.lower = group.median = group.upper = group.most = std::nan("");
    for (const runs::StudyRow& row : table)
      if (row.title() == rows[k].title()) takeRow(group, row, accuracy);
    content.groups.push_back(std::move(group));
  }
  if (const runs::ReadyStudy* ready = runs::find_ready_study(plan.ready); ready && accuracy) {
    takeExpected(content.groups, *ready);
    content.notes.append(
        StudyFigureWords::tr("Diamonds: what is expected (%1)")
            .arg(QString::fromUtf8(ready->source.data(), static_cast<int>(ready->source.size()))));
  }
  return std::make_shared<GroupsFigure>(std::move(content));
}

}  // namespace synann::ui
