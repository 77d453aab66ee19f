// SPDX-License-Identifier: GPL-3.0-or-later
// How the Surface page is put together.
#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QSignalBlocker>
#include <QTabWidget>

#include "ui/pages/field_controls.h"
#include "ui/pages/figure_deck.h"
#include "ui/pages/page_controls.h"
#include "ui/pages/surface/surface_page.h"
#include "ui/plots/figure_view.h"
#include "ui/plots/surface_view.h"

namespace synann::ui {

namespace {

constexpr int kBoxWidth = 72;  // pixels, of a number below a figure

// Controls in a line below a figure.
QWidget* captioned(QWidget* parent, const QString& label, std::initializer_list<QWidget*> widgets) {
  auto* whole = new QWidget(parent);
  auto* row = new QHBoxLayout(whole);
  row->setContentsMargins(4, 0, 4, 0);
  auto* words = new QLabel(label, whole);
  words->setBuddy(*widgets.begin());
  row->addWidget(words);
  for (QWidget* widget : widgets) {
    widget->setMinimumWidth(kBoxWidth);
    row->addWidget(widget);
  }
  row->addStretch(1);
  return whole;
}

}  // namespace

void SurfacePage::makePoints() {
  points_ = named(makeChoice({tr("no data"), tr("all classes")}, this, 8, SurfaceScene::kNoClass),
                  "surface.points", tr("Data"),
                  tr("Where the inputs of the cell lie for test images, 20 of each class; larger marks are "
                     "several of one class"));
  fillClasses();
}

QWidget* SurfacePage::makeFigures() {
  const QString later = tr("Appears with the surface.");
  section_x_ = deck_->add("section-x", later, tr("The cut through the surface at the chosen y"));
  section_y_ = deck_->add("section-y", later, tr("The cut through the surface at the chosen x"));
  bose_ = deck_->add("bose-einstein", later,
                     tr("How the inhibition's mode is occupied: n = −∂(−log S)/∂γ, with energy v = −log y "
                        "and chemical potential μ = log β. An identity of the function; it does not say "
                        "that learned β follow such a law."));
  data_ = deck_->add("points", later, tr("The inputs of the cell for test images, by class, from above"));
  QWidget* const heat = captioned(this, tr("Temperature T"), {fields_->widget("temperature")});
  deck_->addTab(tr("Sections"), {section_x_, section_y_});
  deck_->addTab(tr("Bose–Einstein"), {bose_, heat});
  deck_->addTab(tr("Data"), {data_});
  addTheoryTabs();
  return deck_->finish();
}

// What the theory says: conjugate orbits, log-concavity, occupation numbers.
void SurfacePage::addTheoryTabs() {
  const QString later = tr("Appears with the surface.");
  iterates_ = deck_->add("iterates", later,
                         tr("1 − x and 1 − βx applied again and again, beside their conjugates "
                            "in surprisal space: what repeats in one space repeats in the other"));
  log_line_ =
      deck_->add("log-line", later,
                 tr("log S along a straight line between two points, and the chord between its ends: S "
                    "is log-concave, the curve lies nowhere below the chord"));
  occupations_ = deck_->add(
      "occupations", later,
      tr("n = βx/(1 − βx) of every cell of the layer for its data, and the Bose–Einstein and Fermi–Dirac "
         "curves. "
         "They lie on the curves for any weights: an identity of the function, not a law of the weights."));
  deck_->addTab(tr("Iterates"),
                {iterates_, captioned(this, tr("Iterates, from x"),
                                      {fields_->widget("iterates"), fields_->widget("orbit")})});
  const auto box = [this](const char* id) { return fields_->widget(id); };
  deck_->addTab(tr("log S"), {log_line_, captioned(this, tr("From"), {box("from_x"), box("from_y")}),
                              captioned(this, tr("To"), {box("to_x"), box("to_y")})});
  deck_->addTab(tr("Occupation"), {occupations_});
}

void SurfacePage::putControls() {
  const auto box = [this](const char* id) { return fields_->widget(id); };
  addControls(tr("Cell"), {box("follow"), together({box("unit"), box("synapse")})});
  addControls(tr("α"), {fields_->slider("alpha"), box("alpha")});
  addControls(tr("β"), {fields_->slider("beta"), box("beta")});
  addControls(tr("x"), {fields_->slider("x"), box("x")});
  addControls(tr("y"), {fields_->slider("y"), box("y")});
  addControls(tr("Show"), {box("function"), box("share")});
  addControls(tr("Axes"), {box("axes"), points_});
  addControls(tr("Colours"), {box("colors"), together({box("contours"), box("lines")}, 6)});
  surface_->setObjectName("surface.surface");
  numbers()->setObjectName("surface.point");
  layOut(surface_, makeFigures(), tr("Numbers of the point"),
         tr("The point under the pointer, else the chosen one, with all its digits"), 2);
}

// All classes of the data; ten while they are not open.
void SurfacePage::fillClasses() {
  const data::DataPairPtr opened = source_.data();
  const int count = opened ? opened->test.classes : 10;
  const QSignalBlocker quiet(points_);
  const QVariant chosen = points_->currentData();
  while (points_->count() > 2) points_->removeItem(2);
  for (int label = 0; label < count; ++label)
    points_->addItem(
        tr("class %1")
            .arg(opened ? QString::fromStdString(opened->class_name(label)) : QString::number(label)),
        label);
  points_->setCurrentIndex(std::max(0, points_->findData(chosen)));
}

void SurfacePage::connectControls() {
  connect(&source_, &SynapseSource::dataChanged, this, &SurfacePage::fillClasses);
  connect(fields_, &FieldControls::changed, this, &SurfacePage::changeScene);
  connect(points_, &QComboBox::currentIndexChanged, this, [this] {
    scene_.points = points_->currentData().toInt();
    showScene();
  });
}

void SurfacePage::connectFigures() {
  connect(&source_, &SynapseSource::frameChanged, this, &SurfacePage::take);
  connect(&source_.selection(), &Selection::cellChanged, this, &SurfacePage::showScene);
  connect(&source_.selection(), &Selection::cellOpened, this, [this] {
    emit askedFor();
    followCell();
  });
  connect(surface_, &SurfaceView::pointChosen, this, &SurfacePage::choosePoint);
  connect(surface_, &SurfaceView::pointHovered, this, &SurfacePage::showReadOut);
  connect(surface_, &SurfaceView::cameraChanged, this, [this] { scene_.camera = surface_->camera(); });
  connect(deck_, &FigureDeck::tabChanged, this, &SurfacePage::showScene);
  connect(deck_, &FigureDeck::exportWanted, this, &Page::exportWanted);
}

}  // namespace synann::ui
