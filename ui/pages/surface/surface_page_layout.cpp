// SPDX-License-Identifier: GPL-3.0-or-later
// How the Surface page is put together.
#include <QCheckBox>
#include <QComboBox>
#include <QFontDatabase>
#include <QGridLayout>
#include <QLabel>
#include <QSpinBox>
#include <QSplitter>
#include <QTabWidget>
#include <QVBoxLayout>

#include "ui/pages/figure_deck.h"
#include "ui/pages/page_controls.h"
#include "ui/pages/surface/surface_page.h"
#include "ui/plots/figure_view.h"
#include "ui/plots/surface_view.h"
#include "ui/widgets/number_slider.h"

namespace synann::ui {

void SurfacePage::makeNumbers() {
  const auto number = [this](const char* name, const QString& label, const QString& help,
                             const NumberSlider::Bounds& bounds) {
    return new NumberSlider(QStringLiteral("surface.") + name, label, help, bounds, this);
  };
  alpha_ = number("alpha", tr("α"), tr("Scales the excitation; moving it stops following the cell"),
                  {0, 2, -kLargestEntry, kLargestEntry});
  beta_ =
      number("beta", tr("β"),
             tr("Scales the inhibition; below 0 the inhibitor amplifies. Moving it stops following the cell"),
             {-1, 2, -kLargestEntry, kLargestEntry});
  x_ = number("x", tr("Chosen x"), tr("The exciting input at which the sections cut"), {0, 1, 0, 1});
  y_ = number("y", tr("Chosen y"), tr("The inhibiting input at which the sections cut"), {0, 1, 0, 1});
  follow_ =
      named(new QCheckBox(tr("Follow the cell"), this), "surface.follow", tr("Follow the selected cell"),
            tr("α and β of the selected cell of the run, as it trains or at the step of the time line; "
               "off: free"));
  unit_ = named(new QSpinBox(this), "surface.unit", tr("Unit i"),
                tr("The unit i of the selected cell: its x is excited"));
  cell_ = named(new QSpinBox(this), "surface.synapse", tr("Synapse j"),
                tr("The synapse j of the selected cell: its x inhibits"));
  unit_->setPrefix(tr("i "));
  cell_->setPrefix(tr("j "));
  for (QSpinBox* box : {unit_, cell_}) box->setRange(0, 0);
  share_ = named(new ExactBox(this), "surface.share", tr("Flat below, in percent"),
                 tr("Flat: where |∂S/∂β| is below this share of its largest, data can hardly teach β"));
  share_->setRange(0.1, 100);
  share_->setSingleStep(1);
  share_->setSuffix(tr(" %"));
  temperature_ = named(new ExactBox(this), "surface.temperature", tr("Temperature T"),
                       tr("Of the Bose–Einstein curve; the theory's is 1"));
  temperature_->setRange(0.01, 100);
  temperature_->setSingleStep(0.1);
}

void SurfacePage::makeChoices() {
  shown_ =
      named(makeChoice({tr("S"), tr("∂S/∂β"), tr("−log S (surprisal)"), tr("S, flat region grey")}, this, 8),
            "surface.shown", tr("Show"),
            tr("S itself, how strongly data can move β, the same in surprisal space, or where they cannot"));
  range_ = named(makeChoice({tr("unit square"), tr("data range")}, this, 8), "surface.range", tr("Axes"),
                 tr("The whole domain of x and y, or as far as the inputs of the data reach"));
  points_ = named(makeChoice({tr("no data"), tr("all classes")}, this, 8, SurfaceScene::kNoClass),
                  "surface.points", tr("Data"),
                  tr("Where the inputs of the cell lie for test images, 20 of each class; larger marks are "
                     "several of one class"));
  fillClasses();
  QStringList maps;
  for (const ColorMap map : kColorMaps) maps.append(colorMapName(map));
  colors_ = named(makeChoice(maps, this, 8), "surface.colors", tr("Colours"),
                  tr("Of the height; automatic is blue–orange where it lies on both sides of 0"));
  contours_ = named(new QCheckBox(tr("Contours"), this), "surface.contours", tr("Contours"),
                    tr("Level curves on the floor: branches of hyperbolas"));
  lines_ = named(new QCheckBox(tr("Lines"), this), "surface.lines", tr("Special lines"),
                 tr("Where the function has a simple form: y = 0, x = 1, y = 1, y = x, β = 0, the pole"));
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
  auto* heat = new QWidget(this);
  auto* row = new QHBoxLayout(heat);
  row->setContentsMargins(4, 0, 4, 0);
  auto* words = new QLabel(tr("Temperature T"), heat);
  words->setBuddy(temperature_);
  row->addWidget(words);
  row->addWidget(temperature_);
  row->addStretch(1);
  deck_->addTab(tr("Sections"), {section_x_, section_y_});
  deck_->addTab(tr("Bose–Einstein"), {bose_, heat});
  deck_->addTab(tr("Data"), {data_});
  return deck_->finish();
}

QGridLayout* SurfacePage::makeGrid(QWidget* side) {
  auto* grid = new QGridLayout;
  grid->setHorizontalSpacing(6);
  grid->setVerticalSpacing(3);
  const auto line = [&](int row, const QString& label, QWidget* first, QWidget* second) {
    auto* words = new QLabel(label, side);
    words->setBuddy(first);
    grid->addWidget(words, row, 0);
    grid->addWidget(first, row, 1);
    grid->addWidget(second, row, 2);
  };
  auto* cell = new QWidget(side);
  auto* both = new QHBoxLayout(cell);
  both->setContentsMargins(0, 0, 0, 0);
  both->setSpacing(4);
  both->addWidget(unit_);
  both->addWidget(cell_);
  line(0, tr("Cell"), follow_, cell);
  line(1, tr("α"), alpha_->slider(), alpha_->box());
  line(2, tr("β"), beta_->slider(), beta_->box());
  line(3, tr("x"), x_->slider(), x_->box());
  line(4, tr("y"), y_->slider(), y_->box());
  line(5, tr("Show"), shown_, share_);
  line(6, tr("Axes"), range_, points_);
  auto* marks = new QWidget(side);
  auto* ticks = new QHBoxLayout(marks);
  ticks->setContentsMargins(0, 0, 0, 0);
  ticks->setSpacing(6);
  ticks->addWidget(contours_);
  ticks->addWidget(lines_);
  line(7, tr("Colours"), colors_, marks);
  grid->setColumnStretch(1, 1);
  grid->setColumnStretch(2, 1);
  return grid;
}

QWidget* SurfacePage::makeSide() {
  auto* side = new QWidget(this);
  auto* column = new QVBoxLayout(side);
  column->setContentsMargins(4, 4, 8, 4);
  column->setSpacing(6);
  column->addLayout(makeGrid(side));
  column->addWidget(makeFigures(), 1);
  side->setMinimumWidth(kSideWidth - 40);
  return side;
}

void SurfacePage::layOut() {
  surface_->setObjectName("surface.surface");
  read_out_->setObjectName("surface.place");
  read_out_->setFont(QFontDatabase::systemFont(QFontDatabase::FixedFont));
  read_out_->setTextInteractionFlags(Qt::TextSelectableByMouse);
  read_out_->setAccessibleName(tr("Numbers of the place"));
  read_out_->setToolTip(tr("The place under the pointer, else the chosen one, with all its digits"));
  read_out_->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Minimum);
  read_out_->setWordWrap(true);  // beside the inspector one line is too short
  read_out_->setContentsMargins(6, 0, 0, 0);
  note_->setObjectName("surface.note");
  note_->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Fixed);
  note_->setWordWrap(true);  // two lines at most; the room is always there, so that nothing jumps
  note_->setFixedHeight(2 * note_->fontMetrics().lineSpacing() + 2);
  note_->setAlignment(Qt::AlignLeft | Qt::AlignTop);
  note_->setContentsMargins(6, 0, 0, 0);
  auto* picture = new QWidget(this);
  auto* column = new QVBoxLayout(picture);
  column->setContentsMargins(8, 4, 0, 4);
  column->setSpacing(2);
  column->addWidget(surface_, 1);
  column->addWidget(read_out_);
  column->addWidget(note_);
  split_ = new QSplitter(Qt::Horizontal, this);
  split_->setObjectName("surface.split");
  split_->addWidget(picture);
  split_->addWidget(makeSide());
  split_->setChildrenCollapsible(false);
  split_->setStretchFactor(0, 1);
  split_->setSizes({700, kSideWidth});
  auto* all = new QVBoxLayout(this);
  all->setContentsMargins(0, 0, 0, 0);
  all->addWidget(split_);
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
  for (NumberSlider* parameter : {alpha_, beta_})
    connect(parameter, &NumberSlider::moved, this, &SurfacePage::changeSynapse);
  for (NumberSlider* place : {x_, y_}) connect(place, &NumberSlider::moved, this, &SurfacePage::changeScene);
  for (QCheckBox* box : {follow_, contours_, lines_})
    connect(box, &QCheckBox::toggled, this, &SurfacePage::changeScene);
  for (QComboBox* box : {shown_, range_, points_, colors_})
    connect(box, &QComboBox::currentIndexChanged, this, &SurfacePage::changeScene);
  for (ExactBox* box : {share_, temperature_})
    connect(box, &QDoubleSpinBox::valueChanged, this, &SurfacePage::changeScene);
  for (QSpinBox* box : {unit_, cell_})
    connect(box, &QSpinBox::valueChanged, this, [this] {
      if (!filling_) source_.selection().setCell(unit_->value(), cell_->value());
    });
}

void SurfacePage::connectFigures() {
  connect(&source_, &SynapseSource::frameChanged, this, &SurfacePage::take);
  connect(&source_.selection(), &Selection::cellChanged, this, &SurfacePage::showScene);
  connect(&source_.selection(), &Selection::cellOpened, this, [this] {
    emit askedFor();
    followCell();
  });
  connect(surface_, &SurfaceView::placeChosen, this, &SurfacePage::choosePlace);
  connect(surface_, &SurfaceView::placeHovered, this, &SurfacePage::showReadOut);
  connect(surface_, &SurfaceView::cameraChanged, this, [this] { scene_.camera = surface_->camera(); });
  connect(deck_, &FigureDeck::tabChanged, this, &SurfacePage::showScene);
  connect(deck_, &FigureDeck::exportWanted, this, &Page::exportWanted);
}

}  // namespace synann::ui
