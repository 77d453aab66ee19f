// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/train/loss_points.h"

namespace synann::ui {

LossEvaluation lossEvaluation(const train::Evaluation& evaluation) {
  return {.epoch = evaluation.epoch,
          .examples = evaluation.examples,
          .train_loss = evaluation.train_loss,
          .test_loss = evaluation.test_loss,
          .correct = evaluation.correct,
          .count = evaluation.count,
          .learning_rate = evaluation.learning_rate,
          .seconds = evaluation.train_seconds + evaluation.eval_seconds,
          .best = evaluation.best};
}

LossCurve lossCurve(const train::History& history) {
  LossCurve curve;
  curve.setTrainCount(history.start.train_count);
  curve.append(history.examples, history.losses);
  for (const train::Evaluation& evaluation : history.evaluations) curve.append(lossEvaluation(evaluation));
  for (const train::SettingChange& change : history.changes)
    curve.mark(history.examples_at(change.position), train::setting_words(change.key, change.value));
  return curve;
}

}  // namespace synann::ui
