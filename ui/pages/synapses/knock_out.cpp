// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/synapses/knock_out.h"

#include <algorithm>
#include <fmt/format.h>
#include <set>
#include <utility>

#include <QAction>
#include <QComboBox>
#include <QUndoCommand>

#include "engine/synapse/cells_text.h"
#include "ui/pages/asked_figure.h"
#include "ui/pages/figure_deck.h"
#include "ui/pages/synapses/knock_out_figures.h"
#include "ui/plots/figure_view.h"
#include "ui/plots/rank_figure.h"
#include "ui/widgets/number_slider.h"

namespace synann::ui {

namespace {

constexpr int kMostUndoneSets = 500;
constexpr int kLivePause = 2000;  // milliseconds between measurements while a run trains
constexpr int kOneStroke = 1000;  // between two values of one drag, at most
constexpr int kDragPause = 400;   // after which whoever drags has come to rest

// A later value of a cell takes the place of an earlier one.
std::vector<infer::CellValue> withCells(std::vector<infer::CellValue> changes,
                                        const std::vector<infer::CellValue>& more) {
  const auto place = [](const infer::CellValue& one) { return std::pair(one.cell.row, one.cell.column); };
  std::set<std::pair<int, int>> replaced;
  for (const infer::CellValue& one : more) replaced.insert(place(one));
  std::erase_if(changes, [&](const infer::CellValue& one) { return replaced.contains(place(one)); });
  changes.insert(changes.end(), more.begin(), more.end());
  return changes;
}

}  // namespace

// Commands of one stroke are one step of undo; 0 belongs to none.
class KnockOut::Command : public QUndoCommand {
 public:
  Command(KnockOut& lab, const QString& text, std::vector<infer::CellValue> after, int stroke)
      : QUndoCommand(text), lab_(lab), before_(lab.changes_), after_(std::move(after)), stroke_(stroke) {}
  void undo() override { lab_.take(before_); }
  void redo() override { lab_.take(after_); }
  int id() const override { return stroke_ > 0 ? 1 : -1; }
  bool mergeWith(const QUndoCommand* next) override {
    const auto& later = static_cast<const Command&>(*next);
    if (later.stroke_ != stroke_) return false;
    after_ = later.after_;
    return true;
  }

 private:
  KnockOut& lab_;
  std::vector<infer::CellValue> before_, after_;
  int stroke_;
};

KnockOut::KnockOut(FigureDeck& deck, Selection& selection, QWidget* page)
    : QObject(page),
      deck_(deck),
      selection_(selection),
      page_(page),
      effect_(new AskedFigure(
          deck.add("knock-out", tr("What becomes of each class appears here."),
                   tr("The accuracy on the test images of each class, as it was and with the changed β")),
          QStringLiteral("synapses.knock-out"), tr("knock-out"), page)),
      switched_(new AskedFigure(
          deck.add(
              "switched", tr("The images that are taken for another class now appear here."),
              tr("The test images that are taken for another class with the changed β; a click chooses one")),
          QStringLiteral("synapses.switched"), tr("images that change class"), page)),
      ranking_(new AskedFigure(
          deck.add("effects", tr("The cells that matter most appear here."),
                   tr("The cells whose setting to 0 changes the loss on the test images most, measured for "
                      "every cell; a click chooses one")),
          QStringLiteral("synapses.effects"), tr("effects of all cells"), page)) {
  undo_.setUndoLimit(kMostUndoneSets);
  later_.setSingleShot(true);
  connect(&later_, &QTimer::timeout, this, [this] {
    since_.start();
    follow();
  });
  QAction* const undo = undo_.createUndoAction(page);
  undo->setShortcut(QKeySequence::Undo);
  QAction* const redo = undo_.createRedoAction(page);
  redo->setShortcut(QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_Z));
  for (QAction* action : {undo, redo}) {
    action->setShortcutContext(Qt::WidgetWithChildrenShortcut);
    page->addAction(action);
  }
  for (AskedFigure* asked : {effect_, switched_, ranking_})
    connect(asked, &AskedFigure::changed, this, [this] {
      if (std::exchange(ask_again_, false)) follow();
      emit changed();
    });
  connect(switched_->view(), &FigureView::pointChosen, this, [this](int point) {
    const auto shown = std::dynamic_pointer_cast<const SwitchedFigure>(switched_->view()->figure());
    if (shown && point < shown->pointCount()) selection_.setImage(shown->image(point));
  });
  connect(ranking_->view(), &FigureView::pointChosen, this, [this](int point) {
    const auto shown = std::dynamic_pointer_cast<const RankFigure>(ranking_->view()->figure());
    if (!shown || point >= shown->pointCount()) return;
    const RankFigure::Cell& cell = shown->cells()[static_cast<std::size_t>(point)];
    selection_.setCell({cell.row, cell.column});
  });
}

// The stack tells of its clearing while it goes.
KnockOut::~KnockOut() {
  undo_.disconnect();
}

Result<std::vector<infer::CellValue>> KnockOut::changesWith(What what, int count, double value) const {
  if (!moment_.network.model || moment_.n == 0)
    return input_error({}, "there is no network to change yet", "train, or open a run");
  const auto layer = infer::layer_named(*moment_.network.model, moment_.layer);
  if (!layer) return layer.error();
  const synapse::Cell at = selection_.cell();
  std::vector<infer::Cell> cells;
  switch (what) {
    case What::Cell:
      cells = {{at.i, at.j}};
      break;
    case What::Row:
      cells = infer::cells_of_row(moment_.n, at.i);
      break;
    case What::Column:
      cells = infer::cells_of_column(moment_.n, at.j);
      break;
    case What::Strongest:
      cells = infer::strongest_cells(infer::beta_of(moment_.network, *layer), moment_.n,
                                     std::min(count, moment_.n * moment_.n));
      break;
    case What::Block:
      cells = block_;
      if (cells.empty())
        return input_error({}, "no block of cells is chosen",
                           "hold Shift and drag over the matrix, or walk it with Shift and the arrow keys");
      break;
  }
  auto after = withCells(changes_, infer::set_to(cells, static_cast<float>(value)));
  const auto fits = infer::with_beta(moment_.network, *layer, after);
  if (!fits) return fits.error();
  return after;
}

void KnockOut::push(const QString& text, Result<std::vector<infer::CellValue>> after, int stroke) {
  if (!after) return emit failed(QString::fromStdString(after.error().sentence()));
  undo_.push(new Command(*this, text, std::move(*after), stroke));
}

void KnockOut::set(What what, int count, double value) {
  push(tr("set β"), changesWith(what, count, value), 0);
}

void KnockOut::drag(What what, int count, double value) {
  const bool goes_on =
      since_drag_.isValid() && (value_->slider()->isSliderDown() || since_drag_.elapsed() < kOneStroke);
  if (!goes_on) ++stroke_;
  since_drag_.start();
  push(tr("drag β"), changesWith(what, count, value), stroke_);
}

void KnockOut::setBlock(std::vector<infer::Cell> cells) {
  const bool had = !block_.empty(), has = !cells.empty();
  endStroke();
  block_ = std::move(cells);
  if (has) what_->setCurrentIndex(static_cast<int>(What::Block));
  if (had && !has && what() == What::Block) what_->setCurrentIndex(static_cast<int>(What::Cell));
  update();
}

void KnockOut::take(const std::vector<infer::CellValue>& changes) {
  changes_ = changes;
  ++version_;
  follow();
}

// While a run trains, now and then: a measurement takes its time from the training.
void KnockOut::setMoment(const Moment& moment) {
  const bool other = moment_.n > 0 && (moment.n != moment_.n || moment.layer != moment_.layer);
  const bool soon = moment.live && since_.isValid() && since_.elapsed() < kLivePause;
  moment_ = moment;
  showRange();
  if (other) {  // its cells are not those of this one
    undo_.clear();
    changes_.clear();
  }
  update();
  if (soon) {
    if (!later_.isActive()) later_.start(kLivePause - static_cast<int>(since_.elapsed()));
    return;
  }
  since_.start();
  follow();
}

bool KnockOut::wanted() const {
  return deck_.wanted(effect_->view()) || deck_.wanted(switched_->view()) || deck_.wanted(ranking_->view());
}

bool KnockOut::busy() const {
  return effect_->busy() || switched_->busy() || ranking_->busy();
}

// Whoever drags asks faster than anything can be measured: what is under way is measured to its end, then
// what is set by then.
void KnockOut::follow() {
  if (!moment_.network.model || !moment_.set) return;
  const std::string key = fmt::format("{} {} {}", static_cast<const void*>(moment_.network.values.get()),
                                      static_cast<const void*>(moment_.set.get()), moment_.layer);
  const AskedFigure::Kept kept{moment_.network.values, moment_.set};
  const std::string changed = fmt::format("{} {}", key, version_);
  const KnockOutQuestion question{.network = moment_.network,
                                  .set = moment_.set,
                                  .layer = moment_.layer,
                                  .changes = changes_,
                                  .names = moment_.names,
                                  .when = moment_.when};
  const bool drags = since_drag_.isValid() && since_drag_.elapsed() < kDragPause;
  const auto ask = [&](AskedFigure* asked, const AskedFigure::Job& job) {
    if (!deck_.wanted(asked->view())) return;
    if (drags && asked->busy())
      ask_again_ = true;
    else
      asked->ask(changed, kept, job);
  };
  ask(effect_, knockOutJob(effect_ablator_, question));
  ask(switched_, switchedJob(switched_ablator_, question));
  if (deck_.wanted(ranking_->view())) ranking_->ask(key, kept, effectsJob(ranking_ablator_, question));
}

void KnockOut::restore(const std::vector<infer::CellValue>& changes) {
  if (changes != changes_) undo_.push(new Command(*this, tr("open figure"), changes, 0));
}

void KnockOut::clear(const QString& why) {
  later_.stop();
  moment_ = {};
  undo_.clear();
  changes_.clear();
  ask_again_ = false;
  for (AskedFigure* asked : {effect_, switched_, ranking_}) asked->clear(why);
  update();
}

Result<train::Checkpoint> KnockOut::checkpoint() const {
  const auto layer = infer::layer_named(*moment_.network.model, moment_.layer);
  if (!layer) return layer.error();
  const auto changed = infer::with_beta(moment_.network, *layer, changes_);
  if (!changed) return changed.error();
  return train::Checkpoint{.settings = moment_.settings,
                           .data_sha256 = {},
                           .rows = moment_.set->rows,
                           .columns = moment_.set->columns,
                           .classes = moment_.set->classes,
                           .position = {1, 0},
                           .best = {},
                           .plateau = {},
                           .state = infer::state_of(*changed)};
}

Status KnockOut::save(const QString& path) const {
  const auto made = checkpoint();
  if (!made) return made.error();
  return train::write_checkpoint(path.toStdString(), *made, *moment_.network.model);
}

// As train::Settings::frozen has them; the first layer needs no name.
std::string KnockOut::changedCells() const {
  const auto n = static_cast<std::size_t>(moment_.n);
  std::vector<std::uint8_t> chosen(n * n);
  for (const infer::CellValue& one : changes_)
    chosen[static_cast<std::size_t>(one.cell.row) * n + static_cast<std::size_t>(one.cell.column)] = 1;
  const std::string cells = synapse::cells_text(chosen, moment_.n);
  const auto first = infer::layer_named(*moment_.network.model, {});
  return cells.empty() || (first && first->name == moment_.layer) ? cells : moment_.layer + ": " + cells;
}

void KnockOut::trainOn(Train which) {
  if (!moment_.network.model) return;
  auto made = checkpoint();
  if (!made) return emit failed(QString::fromStdString(made.error().sentence()));
  made->settings.frozen = which == Train::ChangedFrozen ? changedCells() : std::string();
  emit trainWanted(std::make_shared<const NetworkStart>(
      NetworkStart{.model = moment_.network.model, .checkpoint = std::move(*made)}));
  push(tr("train on"), std::vector<infer::CellValue>(), 0);  // they are in the new run
}

}  // namespace synann::ui
