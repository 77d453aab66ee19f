// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/circuit/circuit_latch_tab.h"

#include <QLabel>

#include "engine/core/thread_pool.h"
#include "ui/pages/busy_row.h"
#include "ui/pages/circuit/circuit_figures.h"
#include "ui/pages/circuit/circuit_study_figures.h"
#include "ui/pages/figure_deck.h"
#include "ui/pages/page_controls.h"
#include "ui/plots/figure_view.h"

namespace synann::ui {

CircuitLatchTab::CircuitLatchTab(FigureDeck& deck, QWidget* parent)
    : CircuitTab(
          deck, QStringLiteral("circuit-latch"), tr("Where the latch remembers appears here."),
          tr("By how much the winner leads in the end, over β of a half's own value and β of the other "
             "half's, tried out and in closed form; a click, or Enter, sets both β of the circuit"),
          parent),
      deck_(deck),
      words_(named(new QLabel(parent), "circuit.latch-words", tr("What the latch does"),
                   tr("What becomes of two starts with the circuit's own numbers"))),
      busy_(new BusyRow(
          "circuit.latch", tr("map of the latch"),
          [this] { return worker_.running() ? std::optional(worker_.done()) : std::nullopt; }, parent)),
      worker_(
          [](const synapse::LatchMapPlan& plan, const synapse::CircuitProgress& progress,
             const std::stop_token& stop, const auto& tell) {
            // A coarse map is there at once.
            synapse::LatchMapPlan sketch = plan;
            sketch.columns = sketch.rows = kLatchSketchSide;
            for (const bool last : {false, true}) {
              auto map = synapse::latch_map(last ? plan : sketch, hardware_threads(), progress, stop);
              if (!map) return tell(map.error(), true);
              tell(std::make_shared<const synapse::LatchMap>(std::move(*map)), last);
            }
          },
          [this](const auto& found, bool last) {
            if (last) busy_->end();
            if (!found) {
              found_.reset();
              asked_.reset();
              return showError(found.error());
            }
            found_ = *found;
            draw();
          }) {
  words_->setWordWrap(true);
  connect(busy_, &BusyRow::stopWanted, this, [this] { worker_.stop(); });
  connect(view(), &FigureView::pointChosen, this, [this](int point) {
    if (!found_ || !form_ || !form_->alike) return;
    const int row = point / found_->columns, column = point % found_->columns;
    emit placeWanted(found_->self_at(column), found_->cross_at(row));
  });
}

void CircuitLatchTab::addTo(FigureDeck& deck) {
  deck.addTab(tr("Latch"), {view(), busy_, words_});
}

void CircuitLatchTab::setCircuit(const CircuitPtr& circuit, bool clamped) {
  CircuitTab::setCircuit(circuit, clamped);
  form_ = synapse::latch_form(*circuit);
  deck_.setTabShown(view(), form_.has_value());
  words_->setText(!form_ ? QString()
                  : form_->alike
                      ? latchWords(form_->numbers)
                      : tr("The halves differ in α or β: there is a map only where they are alike."));
  if (!form_ || !form_->alike) {
    asked_.reset();
    return outdate();
  }
  const synapse::LatchMapPlan plan = latchPlan(form_->numbers, kLatchSide);
  const auto same = [](const synapse::Range& a, const synapse::Range& b) {
    return a.from == b.from && a.to == b.to;
  };
  if (!asked_ || asked_->alpha != plan.alpha || !same(asked_->self, plan.self) ||
      !same(asked_->cross, plan.cross))
    return outdate();
  if (found_) draw();
}

void CircuitLatchTab::ask() {
  found_.reset();
  asked_.reset();
  if (!form_) return showWhy(tr("This circuit has not the form of the latch."));
  if (!form_->alike) return showWhy(tr("A map needs two halves that are alike."));
  asked_ = latchPlan(form_->numbers, kLatchSide);
  worker_.ask(*asked_);
  busy_->begin();
}

bool CircuitLatchTab::giveUp() {
  const bool running = worker_.running();
  worker_.forget();
  if (running) {
    found_.reset();
    asked_.reset();
  }
  return running;
}

void CircuitLatchTab::draw() {
  show(latchFigure(*found_, form_->numbers));
}

}  // namespace synann::ui
