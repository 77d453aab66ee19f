// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/swap/swap_page.h"

#include <algorithm>

#include <QFileDialog>
#include <QLabel>
#include <QPushButton>
#include <QTabWidget>
#include <QVBoxLayout>

#include "ui/pages/field_controls.h"
#include "ui/pages/figure_deck.h"
#include "ui/pages/swap/swap_export.h"
#include "ui/pages/swap/swap_figures.h"
#include "ui/pages/swap/swap_files.h"
#include "ui/plots/figure_view.h"
#include "ui/plots/map_figure.h"

namespace synann::ui {

PageInfo SwapPage::info() {
  return {
      .id = QStringLiteral("swap"),
      .text = tr("S&wap"),
      .help = tr("The swap equation, odds ratios of matched pairs, and the project's linear unit"),
      .glyph = Glyph::Swap,
      .time_line = false,
      .actions = {},
      .views = {"swap", "swap-section", "pairs", "pairs-bias", "sars", "sars-residuals", "sars-loss"},
      .make = [](Workspace&, const PageActions&, QWidget* parent) -> Page* { return new SwapPage(parent); },
      .viewFigure = swapViewFigure,
      .checkView = checkSwap,
      .heading = "Views of swap, matched pairs and the linear unit",
      .fields = fieldInfos(swapFields()),
      .files = swapPageFiles(),
      .of_run = false};
}

SwapPage::SwapPage(QWidget* parent)
    : Page(parent),
      fields_(new FieldControls(QStringLiteral("swap"), this)),
      map_(new FigureView(this)),
      deck_(new FigureDeck(QStringLiteral("swap"), map_, this)) {
  fields_->make(swapFields());
  deck_->addTab(tr("Swap"), {swapTab()});
  deck_->addTab(tr("Matched pairs"), {pairsTab()});
  deck_->addTab(tr("SARS"), {sarsTab()});
  tabs_ = deck_->finish();
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(4, 2, 4, 2);
  column->addWidget(tabs_);
  connect(fields_, &FieldControls::changed, this, &SwapPage::changeScene);
  connect(deck_, &FigureDeck::tabChanged, this, &SwapPage::chooseTab);
  connect(deck_, &FigureDeck::exportWanted, this, &Page::exportWanted);
  // A click on the map, or Enter on one of its points, chooses the place.
  connect(map_, &FigureView::pointChosen, this, [this](int point) {
    const auto map = std::dynamic_pointer_cast<const MapFigure>(map_->figure());
    if (!map || point < 0 || point >= map->pointCount()) return;
    scene_.x = map->placeOf(point).x();
    scene_.y = map->placeOf(point).y();
    showScene();
  });
  showScene();
}

void SwapPage::showEvent(QShowEvent* event) {
  Page::showEvent(event);
  showScene();
}

void SwapPage::changeScene(const QString& field) {
  const synapse::PairCounts before = scene_.counts;
  fields_->take(swapFields(), field, scene_);
  if (!(scene_.counts == before)) {
    scene_.example = SwapScene::kOwnPairs;
    scene_.source.clear();
  }
  showScene();
  emit rememberWanted();
}

void SwapPage::chooseExample(int example) {
  takeExample(scene_, example);
  showScene();
  emit rememberWanted();
}

// The figure at hand is one of the tab that is seen, also before anyone gave it the focus.
void SwapPage::chooseTab() {
  showFigures();  // what is seen for the first time has none yet
  const QString at_hand = deck_->figureName();
  const auto seen = [this](const FigureView* view) { return view->isVisibleTo(this); };
  const bool stays = std::ranges::any_of(figures_, [&](const FigureView* view) {
    return seen(view) && view->objectName().section('.', 1) == at_hand;
  });
  const auto first = std::ranges::find_if(figures_, seen);
  if (!stays && first != figures_.end()) deck_->choose((*first)->objectName().section('.', 1));
  showScene();
}

void SwapPage::showScene() {
  if (!isVisible()) return;
  fields_->show(swapFields(), scene_);
  const int example = exampleOf(scene_) != nullptr ? scene_.example : SwapScene::kOwnPairs;
  for (std::size_t k = 0; k < examples_.size(); ++k)
    examples_[k]->setChecked(static_cast<int>(k) + 1 == example);
  showFigures();
  showWords();
  deck_->showTable();
}

void SwapPage::showFigures() {
  for (std::size_t k = 0; k < figures_.size(); ++k) {
    if (!deck_->wanted(figures_[k])) continue;
    SwapScene scene = scene_;
    scene.figure = kSwapFigures[static_cast<qsizetype>(k)];
    QString why;
    figures_[k]->setFigure(figureOfSwap(scene, why));
    if (!figures_[k]->figure()) figures_[k]->setPlaceholder(why);
  }
}

void SwapPage::showWords() {
  swap_side_.numbers->setText(swapNumbers(scene_));
  swap_side_.remark->setText(swapRemark(scene_));
  pairs_side_.numbers->setText(pairsNumbers(scene_));
  pairs_side_.remark->setText(pairsRemark(scene_));
  if (!sars_side_.numbers->isVisibleTo(this) && !sars_side_.numbers->text().isEmpty()) return;
  sars_side_.numbers->setText(sarsNumbers(scene_));
  sars_side_.remark->setText(sarsRemark(scene_));
}

QVariantMap SwapPage::remembered() const {
  SwapScene scene = scene_;
  scene.figure = figureName();
  return keptScene(scene);
}

void SwapPage::remember(const QVariantMap& kept) {
  auto scene = sceneKept(kept);
  if (!scene) return;
  scene_ = std::move(*scene);
  deck_->choose(scene_.figure);
  showScene();
}

QString SwapPage::figureName() const {
  return deck_->figureName();
}

QJsonObject SwapPage::view() const {
  SwapScene scene = scene_;
  scene.figure = figureName();
  return toJson(scene);
}

// A hidden page has made no figure yet: the scene makes it.
Result<ShownFigure> SwapPage::shownFigure() const {
  if (deck_->figure()) return deck_->shown(view());
  SwapScene scene = scene_;
  scene.figure = figureName();
  QString why;
  const auto figure = figureOfSwap(scene, why);
  if (!figure) return input_error({}, why.toStdString());
  return ShownFigure{.figure = figure, .name = scene.figure, .view = toJson(scene)};
}

Status SwapPage::restoreView(const QJsonObject& json) {
  scene_ = swapSceneFromJson(json);
  deck_->choose(scene_.figure);
  showScene();
  emit rememberWanted();
  return {};
}

Page::Claim SwapPage::claims(const QString& file) const {
  switch (swapTableOf(file)) {
    case SwapTable::Pairs:
    case SwapTable::Series:
      return Claim::Always;
    case SwapTable::TwoColumns:
      return Claim::WhileShown;
    case SwapTable::None:
      break;
  }
  return Claim::None;
}

Status SwapPage::openFile(const QString& file) {
  const bool pairs = swapTableOf(file) == SwapTable::Pairs;
  if (auto opened = pairs ? openPairs(file, scene_) : openSeries(file, scene_); !opened) return opened;
  deck_->choose(scene_.figure);
  showScene();
  emit rememberWanted();
  return {};
}

void SwapPage::openDialog(bool pairs) {
  const QString file =
      QFileDialog::getOpenFileName(this, pairs ? tr("Open matched pairs") : tr("Open a table of days"), {},
                                   tr("Comma-separated values (*.csv);;All files (*)"));
  if (file.isEmpty()) return;
  const Status status = pairs ? openPairs(file, scene_) : openSeries(file, scene_);
  if (!status) {
    emit failed(QString::fromStdString(status.error().sentence()));
    return;
  }
  emit opened(file);
  showScene();
  emit rememberWanted();
}

}  // namespace synann::ui
