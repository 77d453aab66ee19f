// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/synapses/knock_out_figures.h"

#include <algorithm>
#include <memory>

#include <QCoreApplication>

#include "engine/infer/ablation.h"
#include "engine/infer/ranking.h"
#include "ui/plots/bars_figure.h"
#include "ui/plots/rank_figure.h"
#include "ui/session/words.h"

namespace synann::ui {

namespace {

struct KnockWords {
  Q_DECLARE_TR_FUNCTIONS(knock_out_figures)
};

double percentOf(int part, int whole) {
  return whole > 0 ? 100.0 * part / whole : 0;
}

std::shared_ptr<const Figure> knockOutFigure(const infer::Ablation& found, std::size_t changes,
                                             const QStringList& names, const QString& when) {
  BarsFigure::Content content{
      .title = KnockWords::tr("%1 cells of β · %2").arg(changes).arg(when),
      .rows = KnockWords::tr("class"),
      .names = names,
      .columns = {{.name = KnockWords::tr("right before, %"), .values = {}},
                  {.name = KnockWords::tr("right after, %"), .values = {}, .color = 1}},
      .most = 100,
      .digits = 4};
  for (std::size_t label = 0; label < found.class_counts.size(); ++label) {
    content.columns[0].values.push_back(percentOf(found.correct_before[label], found.class_counts[label]));
    content.columns[1].values.push_back(percentOf(found.correct_after[label], found.class_counts[label]));
  }
  content.note = KnockWords::tr("loss %1 → %2 · right %3 → %4 · %5 change class")
                     .arg(numberText(found.before.loss(), 4), numberText(found.after.loss(), 4),
                          countWords(found.before.correct), countWords(found.after.correct),
                          countWords(static_cast<int>(found.switched.size())));
  return std::make_shared<const BarsFigure>(std::move(content));
}

std::shared_ptr<const Figure> switchedFigure(const infer::Ablation& found, const KnockOutQuestion& q) {
  TilesFigure::Content content;
  content.rows = q.set->rows;
  content.columns = q.set->columns;
  content.count = std::min(static_cast<int>(found.switched.size()), kMostSwitched);
  content.scale = {.least = 0, .most = 1, .colors = ColorMap::Grey};
  content.bar = false;
  content.value = KnockWords::tr("ink");
  content.title =
      KnockWords::tr("Test images that change class: %1 · %2").arg(found.switched.size()).arg(q.when);
  std::vector<int> images;
  for (int k = 0; k < content.count; ++k) {
    const infer::Ablation::Switched& one = found.switched[static_cast<std::size_t>(k)];
    for (const std::uint8_t pixel : q.set->image(static_cast<int>(one.sample)))
      content.values.push_back(static_cast<float>(pixel) / 255.0F);
    content.names.push_back(
        KnockWords::tr("test image %1: true %2, was %3, is %4")
            .arg(one.sample)
            .arg(q.names.value(one.truth), q.names.value(one.before), q.names.value(one.after)));
    images.push_back(static_cast<int>(one.sample));
  }
  return std::make_shared<const SwitchedFigure>(std::move(content), std::move(images));
}

}  // namespace

AskedFigure::Job knockOutJob(const std::shared_ptr<infer::Ablator>& ablator, const KnockOutQuestion& q) {
  return [ablator, q](const infer::Work& work) -> AskedFigure::Made {
    const auto found =
        ablator->ablate({.network = q.network, .set = q.set, .layer = q.layer, .changes = q.changes}, work);
    if (!found) return found.error();
    return knockOutFigure(*found, q.changes.size(), q.names, q.when);
  };
}

AskedFigure::Job switchedJob(const std::shared_ptr<infer::Ablator>& ablator, const KnockOutQuestion& q) {
  return [ablator, q](const infer::Work& work) -> AskedFigure::Made {
    const auto found =
        ablator->ablate({.network = q.network, .set = q.set, .layer = q.layer, .changes = q.changes}, work);
    if (!found) return found.error();
    if (found->switched.empty())
      return Error{.problem = "no test image is taken for another class than before"};
    return switchedFigure(*found, q);
  };
}

AskedFigure::Job effectsJob(const std::shared_ptr<infer::Ablator>& ablator, const KnockOutQuestion& q) {
  return [ablator, q](const infer::Work& work) -> AskedFigure::Made {
    const auto ranking = infer::rank_cells(
        *ablator, {.network = q.network, .set = q.set, .layer = q.layer, .top = kMostRanked}, work);
    if (!ranking) return ranking.error();
    RankFigure::Content content{
        .cells = {},
        .title = KnockWords::tr("Change of the loss where one β is set to 0 · %1").arg(q.when),
        .value = KnockWords::tr("loss change, nats"),
        .row = KnockWords::tr("unit i"),
        .column = KnockWords::tr("synapse j")};
    for (const infer::RankedCell& one : ranking->top)
      content.cells.push_back({one.cell.row, one.cell.column, one.after.loss() - ranking->before.loss()});
    return std::shared_ptr<const Figure>(std::make_shared<const RankFigure>(std::move(content)));
  };
}

}  // namespace synann::ui
