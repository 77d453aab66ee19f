// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/synapses/knock_out.h"

#include <algorithm>
#include <fmt/format.h>

#include <QAction>
#include <QComboBox>
#include <QFileDialog>
#include <QHBoxLayout>
#include <QLabel>
#include <QSpinBox>
#include <QToolButton>
#include <QUndoCommand>

#include "engine/train/checkpoint.h"
#include "ui/pages/asked_figure.h"
#include "ui/pages/figure_deck.h"
#include "ui/pages/page_controls.h"
#include "ui/pages/synapses/knock_out_figures.h"
#include "ui/plots/figure_view.h"
#include "ui/plots/rank_figure.h"
#include "ui/widgets/number_slider.h"
#include "ui/widgets/ring_button.h"

namespace synann::ui {

namespace {

constexpr double kLargestBeta = 1e6;
constexpr int kMostUndoneSets = 500;
constexpr int kLivePause = 2000;  // milliseconds between measurements while a run trains

// A later value of a cell takes the place of an earlier one.
std::vector<infer::CellValue> withCells(std::vector<infer::CellValue> changes,
                                        const std::vector<infer::CellValue>& more) {
  for (const infer::CellValue& one : more)
    std::erase_if(changes, [&](const infer::CellValue& other) { return other.cell == one.cell; });
  changes.insert(changes.end(), more.begin(), more.end());
  return changes;
}

}  // namespace

class KnockOut::Command : public QUndoCommand {
 public:
  Command(KnockOut& lab, const QString& text, std::vector<infer::CellValue> after)
      : QUndoCommand(text), lab_(lab), before_(lab.changes_), after_(std::move(after)) {}
  void undo() override { lab_.take(before_); }
  void redo() override { lab_.take(after_); }

 private:
  KnockOut& lab_;
  std::vector<infer::CellValue> before_, after_;
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
    connect(asked, &AskedFigure::changed, this, &KnockOut::changed);
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

void KnockOut::addTabs() {
  words_ = named(new QLabel(page_), "synapses.knock-words", tr("What is changed"), QString());
  words_->setWordWrap(true);
  deck_.addTab(tr("Knock out"), {makeControls(), makeButtons(), effect_->view(), effect_->busyRow(), words_});
  deck_.addTab(tr("Switched"), {switched_->view(), switched_->busyRow()});
  deck_.addTab(tr("Effects"), {ranking_->view(), ranking_->busyRow()});
  connect(&undo_, &QUndoStack::indexChanged, this, &KnockOut::update);
  connect(&selection_, &Selection::cellChanged, this, &KnockOut::update);
  update();
}

QWidget* KnockOut::makeControls() {
  auto* line = new QWidget(page_);
  auto* row = new QHBoxLayout(line);
  row->setContentsMargins(0, 0, 0, 0);
  what_ = named(makeChoice({tr("cell"), tr("row"), tr("column"), tr("strongest")}, line, 6),
                "synapses.knock-what", tr("What is set"),
                tr("The selected cell of β, its row, its column, or the cells of the largest |β|"));
  count_ = named(new QSpinBox(line), "synapses.knock-count", tr("How many"), tr("How many of the strongest"));
  count_->setRange(1, 1'000'000);
  count_->setValue(10);
  value_ = named(new ExactBox(line), "synapses.knock-value", tr("Value"), tr("What their β is set to"));
  value_->setRange(-kLargestBeta, kLargestBeta);
  value_->setValue(0);
  auto* const button = named(new RingButton(line), "synapses.knock-set", tr("Set"),
                             tr("Set β to this value and measure anew; the run itself stays as it is"));
  button->setText(tr("Set"));
  button->setAutoRaise(false);
  connect(button, &QToolButton::clicked, this,
          [this] { set(static_cast<What>(what_->currentIndex()), count_->value(), value_->value()); });
  connect(what_, &QComboBox::currentIndexChanged, this, &KnockOut::update);
  auto* const to = new QLabel(tr("to"), line);
  to->setBuddy(value_);
  row->addWidget(what_, 2);
  row->addWidget(count_, 1);
  row->addWidget(to);
  row->addWidget(value_, 1);
  row->addWidget(button);
  return line;
}

QWidget* KnockOut::makeButtons() {
  auto* line = new QWidget(page_);
  auto* row = new QHBoxLayout(line);
  row->setContentsMargins(0, 0, 0, 0);
  const auto button = [&](const char* name, const QString& text, const QString& help, auto&& work) {
    auto* made = named(new RingButton(line), QLatin1String(name), text, help);
    made->setText(text);
    made->setAutoRaise(false);
    connect(made, &QToolButton::clicked, this, work);
    row->addWidget(made);
    return made;
  };
  undo_button_ =
      button("synapses.knock-undo", tr("Undo"), tr("Take the last change back"), [this] { undo_.undo(); });
  redo_button_ = button("synapses.knock-redo", tr("Redo"), tr("Make it again"), [this] { undo_.redo(); });
  restore_ = button("synapses.knock-restore", tr("Restore"),
                    tr("Give every cell its own β again; Undo brings this back"),
                    [this] { undo_.push(new Command(*this, tr("restore"), {})); });
  save_ = button("synapses.knock-save", tr("Save as…"),
                 tr("Write the changed network as a checkpoint; File › Open run… and Train go on from it"),
                 [this] { saveDialog(); });
  row->addStretch(1);
  return line;
}

void KnockOut::set(What what, int count, double value) {
  if (!moment_.network.model || moment_.n == 0) return emit failed(tr("There is no network to change yet."));
  const auto layer = infer::layer_named(*moment_.network.model, moment_.layer);
  if (!layer) return emit failed(QString::fromStdString(layer.error().sentence()));
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
  }
  auto after = withCells(changes_, infer::set_to(cells, static_cast<float>(value)));
  const auto fits = infer::with_beta(moment_.network, *layer, after);
  if (!fits) return emit failed(QString::fromStdString(fits.error().sentence()));
  undo_.push(new Command(*this, tr("set β"), std::move(after)));
}

void KnockOut::take(const std::vector<infer::CellValue>& changes) {
  changes_ = changes;
  follow();
}

// While a run trains, now and then: a measurement takes its time from the training.
void KnockOut::setMoment(const Moment& moment) {
  const bool other = moment_.n > 0 && (moment.n != moment_.n || moment.layer != moment_.layer);
  const bool soon = moment.live && since_.isValid() && since_.elapsed() < kLivePause;
  moment_ = moment;
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

void KnockOut::follow() {
  if (!moment_.network.model || !moment_.set) return;
  const std::string key = fmt::format("{} {} {}", static_cast<const void*>(moment_.network.values.get()),
                                      static_cast<const void*>(moment_.set.get()), moment_.layer);
  const AskedFigure::Kept kept{moment_.network.values, moment_.set};
  std::string changed = key;
  for (const infer::CellValue& one : changes_)
    changed += fmt::format(" {},{}={}", one.cell.row, one.cell.column, one.beta);
  const KnockOutQuestion question{.network = moment_.network,
                                  .set = moment_.set,
                                  .layer = moment_.layer,
                                  .changes = changes_,
                                  .names = moment_.names,
                                  .when = moment_.when};
  if (deck_.wanted(effect_->view())) effect_->ask(changed, kept, knockOutJob(effect_ablator_, question));
  if (deck_.wanted(switched_->view()))
    switched_->ask(changed, kept, switchedJob(switched_ablator_, question));
  if (deck_.wanted(ranking_->view())) ranking_->ask(key, kept, effectsJob(ranking_ablator_, question));
}

void KnockOut::restore(const std::vector<infer::CellValue>& changes) {
  if (changes != changes_) undo_.push(new Command(*this, tr("open figure"), changes));
}

void KnockOut::clear(const QString& why) {
  later_.stop();
  moment_ = {};
  undo_.clear();
  changes_.clear();
  for (AskedFigure* asked : {effect_, switched_, ranking_}) asked->clear(why);
  update();
}

void KnockOut::update() {
  if (words_ == nullptr) return;
  count_->setVisible(what_->currentIndex() == static_cast<int>(What::Strongest));
  undo_button_->setEnabled(undo_.canUndo());
  redo_button_->setEnabled(undo_.canRedo());
  restore_->setEnabled(!changes_.empty());
  save_->setEnabled(moment_.network.model != nullptr && !changes_.empty());
  const synapse::Cell at = selection_.cell();
  const QString chosen = tr("Selected: unit %1, synapse %2.").arg(at.i).arg(at.j);
  words_->setText(changes_.empty()       ? tr("No cell is changed. %1").arg(chosen)
                  : changes_.size() == 1 ? tr("β(%1, %2) is %3. %4")
                                               .arg(changes_[0].cell.row)
                                               .arg(changes_[0].cell.column)
                                               .arg(numberText(static_cast<double>(changes_[0].beta)), chosen)
                                         : tr("%1 cells are changed. %2").arg(changes_.size()).arg(chosen));
}

Status KnockOut::save(const QString& path) const {
  const auto layer = infer::layer_named(*moment_.network.model, moment_.layer);
  if (!layer) return layer.error();
  const auto changed = infer::with_beta(moment_.network, *layer, changes_);
  if (!changed) return changed.error();
  train::Checkpoint checkpoint{.settings = moment_.settings,
                               .data_sha256 = {},
                               .rows = moment_.set->rows,
                               .columns = moment_.set->columns,
                               .classes = moment_.set->classes,
                               .position = {1, 0},
                               .best = {},
                               .plateau = {},
                               .state = infer::state_of(*changed)};
  if (checkpoint.settings.optimizer != "sgd")
    checkpoint.state.squares.assign(checkpoint.state.momenta.size(), 0.0F);
  return train::write_checkpoint(path.toStdString(), checkpoint, *moment_.network.model);
}

void KnockOut::saveDialog() {
  QFileDialog dialog(page_, tr("Save the changed network"), QStringLiteral("knocked-out.safetensors"),
                     tr("Checkpoints (*.safetensors)"));
  dialog.setAcceptMode(QFileDialog::AcceptSave);
  dialog.setDefaultSuffix(QStringLiteral("safetensors"));
  if (dialog.exec() != QDialog::Accepted) return;
  const QString path = dialog.selectedFiles().constFirst();
  if (const Status saved = save(path); !saved)
    return emit failed(QString::fromStdString(saved.error().sentence()));
  emit told(tr("Saved %1.").arg(path));
}

}  // namespace synann::ui
