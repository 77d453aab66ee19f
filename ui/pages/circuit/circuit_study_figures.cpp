// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/circuit/circuit_study_figures.h"

#include <QCoreApplication>

#include "ui/pages/circuit/circuit_figures.h"

namespace synann::ui {

namespace {
struct StudyWords {
  Q_DECLARE_TR_FUNCTIONS(circuit_study_figures)
};
}  // namespace

std::shared_ptr<const Figure> phaseStudyFigure(const synapse::Circuit& circuit, const PhaseFound& found,
                                               const PhasePair& pair) {
  std::optional<QPointF> fixed;
  if (found.settled.rest == synapse::Rest::Fixed)
    fixed = QPointF(found.settled.values[pair.across], found.settled.values[pair.up]);
  return phaseFigure(circuit, found.trace, pair.across, pair.up, fixed);
}

std::shared_ptr<const Figure> bifurcationStudyFigure(const synapse::Circuit& circuit,
                                                     const synapse::BifurcationPlan& plan,
                                                     const synapse::Bifurcation& diagram) {
  return bifurcationFigure(circuit, plan, diagram, currentParameter(circuit, plan));
}

QString restWords(const synapse::Settled& settled, std::int64_t steps) {
  const QString after = QString::number(steps), residual = numberText(settled.residual, 3);
  switch (settled.rest) {
    case synapse::Rest::Fixed:
      return StudyWords::tr("Fixed after %1 steps: the last one moved no value by more than %2.")
          .arg(after, residual);
    case synapse::Rest::Periodic:
      return StudyWords::tr("Period %1, seen after %2 steps: the values come again to within %3.")
          .arg(settled.period)
          .arg(after, residual);
    case synapse::Rest::Unsettled:
      return StudyWords::tr("Unsettled after %1 steps, the last moved a value by %2: slow, or chaotic.")
          .arg(after, residual);
    case synapse::Rest::Infinite:
      return StudyWords::tr("Infinite: a value left the range of double precision in step %1.").arg(after);
  }
  return {};
}

QString latchWords(const synapse::LatchParameters& latch) {
  const synapse::LatchRegion region = synapse::latch_region(latch);
  switch (region.outcome) {
    case synapse::LatchOutcome::Dies:
      return StudyWords::tr("It dies: α ≤ 1, both halves go to 0.");
    case synapse::LatchOutcome::Memory:
      return region.inside
                 ? StudyWords::tr("Memory: the larger start wins and stays at %1, the other goes to 0.")
                       .arg(numberText(region.winner, 4))
                 : StudyWords::tr("Memory, but outside the unit square: the winner would be at %1.")
                       .arg(numberText(region.winner, 4));
    case synapse::LatchOutcome::Shared:
      return StudyWords::tr("Shared: β of the other is below β of itself, both halves settle at one value.");
    case synapse::LatchOutcome::Neutral:
      return StudyWords::tr("Neutral: both β are the same, the ratio of the halves stays what it was.");
    case synapse::LatchOutcome::Restless:
      return StudyWords::tr(
          "Restless: no winner stays; the values go on to a cycle, to chaos or to infinity.");
  }
  return {};
}

}  // namespace synann::ui
