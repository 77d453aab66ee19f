// SPDX-License-Identifier: GPL-3.0-or-later
// How the Synapses page is put together.
#include <QAction>
#include <QCheckBox>
#include <QComboBox>
#include <QDoubleSpinBox>
#include <QFontDatabase>
#include <QGridLayout>
#include <QLabel>
#include <QSpinBox>
#include <QSplitter>
#include <QTabWidget>
#include <QVBoxLayout>

#include "ui/pages/figure_deck.h"
#include "ui/pages/page_controls.h"
#include "ui/pages/synapses/synapses_page.h"
#include "ui/plots/figure_view.h"
#include "ui/plots/heat_view.h"
#include "ui/session/class_words.h"

namespace synann::ui {

namespace {

QDoubleSpinBox* makeBound(double value, QWidget* parent) {
  auto* box = new QDoubleSpinBox(parent);
  box->setRange(-1e6, 1e6);
  box->setDecimals(5);
  box->setSingleStep(0.01);
  box->setValue(value);
  return box;
}

}  // namespace

void SynapsesPage::makeControls() {
  layer_ =
      named(makeChoice({}, this, 9), "synapses.layer", tr("Layer"), tr("Which synapse layer is looked at"));
  lens_ = named(
      makeChoice({tr("β"), tr("βx of the image"), tr("mean βx of a class"), tr("βx, class − class")}, this,
                 9),
      "synapses.lens", tr("Show"),
      tr("β as it is, or what it inhibits: β times the layer's input x for one image, on average over a "
         "class, or for one class minus another"));
  image_ = named(new QSpinBox(this), "synapses.image", tr("Test image"),
                 tr("The image of the test set whose inputs x the lens, the waterfall and the proof use"));
  image_->setRange(0, 0);
  image_words_ =
      named(new QLabel(this), "synapses.image-class", tr("Class of the image"), tr("What the image shows"));
  class_a_ = named(new QSpinBox(this), "synapses.class-a", tr("Class"), tr("The class whose mean is shown"));
  class_b_ = named(new QSpinBox(this), "synapses.class-b", tr("Class to subtract"),
                   tr("The class that is subtracted"));
  for (QSpinBox* box : {class_a_, class_b_}) box->setRange(0, 9);
  class_b_->setValue(1);
  compare_ =
      named(makeChoice({tr("nothing"), tr("change since the start"), tr("change since this step"),
                        tr("difference to a run…")},
                       this, 9),
            "synapses.compare", tr("Compare with"),
            tr("Subtracts the same lens at the start, at the step that is shown now, or of another run"));
  QStringList maps;
  for (const ColorMap map : kColorMaps) maps.append(colorMapName(map));
  colors_ =
      named(makeChoice(maps, this, 9), "synapses.colors", tr("Colours"),
            tr("All maps are perceptually uniform and safe for the colour-blind; automatic is blue–orange "
               "about 0 where β is negative"));
  scale_ =
      named(makeChoice({tr("this matrix"), tr("the whole run"), tr("fixed")}, this, 9), "synapses.scale",
            tr("Scale"),
            tr("What the ends of the colours mean: this matrix, every recorded step of the run, or fixed "
               "numbers"));
  least_ = named(makeBound(style_.least, this), "synapses.least", tr("Least"),
                 tr("The number at the lower end of a fixed scale"));
  most_ = named(makeBound(style_.most, this), "synapses.most", tr("Greatest"),
                tr("The number at the upper end of a fixed scale"));
  const QStringList orders = {tr("as they are"), tr("by norm"), tr("by similarity")};
  rows_ = named(
      makeChoice(orders, this, 9), "synapses.rows", tr("Order of the rows"),
      tr("By norm: the largest row first. By similarity: each row beside the one most like it. Found once, "
         "then kept while time goes on"));
  columns_ = named(makeChoice(orders, this, 9), "synapses.columns", tr("Order of the columns"),
                   tr("The same for the columns"));
  gradient_ = named(new QCheckBox(tr("Gradient"), this), "synapses.gradient", tr("Gradient"),
                    tr("Also compute ∂loss/∂β over 20 images of each class, for the read-out"));
  terms_ = named(new QSpinBox(this), "synapses.terms", tr("Terms"),
                 tr("How many inhibitions the waterfall lists; the rest is one bar"));
  terms_->setRange(0, 100);
  terms_->setValue(style_.terms);
  slope_ =
      named(new QCheckBox(tr("Check the derivative"), this), "synapses.slope", tr("Check the derivative"),
            tr("Compares ∂y/∂β of the chosen cell with a finite difference"));
}

QWidget* SynapsesPage::makeFigures() {
  const QString later = tr("Appears with β.");
  row_profile_ = deck_->add("row", later, tr("The chosen row of the matrix: what inhibits one unit"));
  column_profile_ = deck_->add("column", later, tr("The chosen column: whom one unit inhibits"));
  histogram_ =
      deck_->add("histogram", later, tr("How the numbers are spread, with their spread at the start behind"));
  waterfall_ = deck_->add("waterfall", later, tr("One unit's surprisal, term by term: it adds up exactly"));
  proof_ = deck_->add("proof", later, tr("The same output as a product and as a sum of surprisals"));
  auto* terms = new QWidget(this);
  auto* row = new QHBoxLayout(terms);
  row->setContentsMargins(4, 0, 4, 0);
  row->addWidget(new QLabel(tr("Terms"), terms));
  row->addWidget(terms_);
  row->addStretch(1);
  deck_->addTab(tr("Profiles"), {row_profile_, column_profile_});
  deck_->addTab(tr("Histogram"), {histogram_});
  deck_->addTab(tr("Waterfall"), {waterfall_, terms});
  deck_->addTab(tr("Proof"), {proof_, slope_});
  return deck_->finish();
}

QWidget* SynapsesPage::makeSide() {
  auto* side = new QWidget(this);
  auto* column = new QVBoxLayout(side);
  column->setContentsMargins(4, 4, 8, 4);
  column->setSpacing(6);
  auto* grid = new QGridLayout;
  grid->setHorizontalSpacing(6);
  grid->setVerticalSpacing(3);
  const auto line = [&](int row, const QString& label, QWidget* first, QWidget* second,
                        QWidget* third = nullptr) {
    auto* words = new QLabel(label, side);
    words->setBuddy(first);
    grid->addWidget(words, row, 0);
    grid->addWidget(first, row, 1, 1, second ? 1 : 3);
    if (second) grid->addWidget(second, row, 2, 1, third ? 1 : 2);
    if (third) grid->addWidget(third, row, 3);
  };
  line(0, tr("Show"), lens_, layer_);
  line(1, tr("Image"), image_, image_words_, gradient_);
  line(2, tr("Classes"), class_a_, class_b_);
  line(3, tr("Minus"), compare_, nullptr);
  line(4, tr("Colours"), colors_, scale_);
  line(5, tr("Range"), least_, most_);
  line(6, tr("Order"), rows_, columns_);
  for (const int stretched : {1, 2}) grid->setColumnStretch(stretched, 1);
  column->addLayout(grid);
  column->addWidget(makeFigures(), 1);
  side->setMinimumWidth(kSideWidth - 40);
  return side;
}

void SynapsesPage::layOut() {
  heat_->setObjectName("synapses.beta");
  read_out_->setObjectName("synapses.cell");
  read_out_->setFont(QFontDatabase::systemFont(QFontDatabase::FixedFont));
  read_out_->setTextInteractionFlags(Qt::TextSelectableByMouse);
  read_out_->setAccessibleName(tr("Numbers of the cell"));
  read_out_->setToolTip(tr("The cell under the pointer, else the chosen one, with all its digits"));
  read_out_->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Fixed);
  note_->setObjectName("synapses.note");
  note_->setWordWrap(true);
  note_->hide();
  auto* picture = new QWidget(this);
  auto* column = new QVBoxLayout(picture);
  column->setContentsMargins(8, 4, 0, 4);
  column->setSpacing(2);
  column->addWidget(heat_, 1);
  read_out_->setContentsMargins(6, 0, 0, 0);
  column->addWidget(read_out_);
  column->addWidget(note_);
  split_ = new QSplitter(Qt::Horizontal, this);
  split_->setObjectName("synapses.split");
  split_->addWidget(picture);
  split_->addWidget(makeSide());
  split_->setChildrenCollapsible(false);
  split_->setStretchFactor(0, 1);
  split_->setSizes({700, kSideWidth});
  auto* all = new QVBoxLayout(this);
  all->setContentsMargins(0, 0, 0, 0);
  all->addWidget(split_);
}

void SynapsesPage::connectControls() {
  for (QComboBox* box : {lens_, rows_, columns_})
    connect(box, &QComboBox::activated, this, [this, box] {
      if (box != lens_) ++order_number_;
      changeOptions();
    });
  connect(compare_, &QComboBox::activated, this, &SynapsesPage::chooseComparison);
  connect(gradient_, &QCheckBox::toggled, this, &SynapsesPage::changeOptions);
  connect(layer_, &QComboBox::currentTextChanged, this,
          [this](const QString& name) { source_.selection().setLayer(name); });
  connect(image_, &QSpinBox::valueChanged, &source_.selection(), &Selection::setImage);
  for (QSpinBox* box : {class_a_, class_b_})
    connect(box, &QSpinBox::valueChanged, this, [this] {
      nameClasses();
      source_.selection().setClasses(class_a_->value(), class_b_->value());
    });
  for (QComboBox* box : {colors_, scale_})
    connect(box, &QComboBox::currentIndexChanged, this, &SynapsesPage::changeStyle);
  for (QDoubleSpinBox* box : {least_, most_})
    connect(box, &QDoubleSpinBox::valueChanged, this, &SynapsesPage::changeStyle);
  connect(terms_, &QSpinBox::valueChanged, this, &SynapsesPage::changeStyle);
  connect(slope_, &QCheckBox::toggled, this, &SynapsesPage::showCell);
  connect(&source_, &SynapseSource::dataChanged, this, [this] {
    image_->setMaximum(std::max(0, source_.data()->test.count() - 1));
    for (QSpinBox* box : {class_a_, class_b_}) box->setMaximum(source_.data()->test.classes - 1);
    nameClasses();
  });
}

// What the numbers of the classes mean.
void SynapsesPage::nameClasses() {
  if (!source_.data()) return;
  for (QSpinBox* box : {class_a_, class_b_})
    box->setSuffix(classSuffix(source_.data()->class_names, box->value()));
}

void SynapsesPage::connectFigures() {
  Selection& selection = source_.selection();
  connect(&source_, &SynapseSource::frameChanged, this, &SynapsesPage::take);
  connect(heat_, &HeatView::cellChosen, &selection, &Selection::setCell);
  connect(heat_, &HeatView::cellHovered, this, &SynapsesPage::showReadOut);
  connect(heat_, &HeatView::cellActivated, &selection, &Selection::openCell);
  auto* open = new QAction(tr("Open as &surface"), heat_);
  open->setObjectName("synapses.open-surface");
  connect(open, &QAction::triggered, &selection, &Selection::openCell);
  heat_->addAction(open);
  connect(&selection, &Selection::cellChanged, this, [this] {
    if (isVisible()) showCell();
  });
  connect(&selection, &Selection::imageChanged, image_, &QSpinBox::setValue);
  connect(deck_, &FigureDeck::tabChanged, this, &SynapsesPage::showFrame);
  connect(deck_, &FigureDeck::exportWanted, this, &Page::exportWanted);
  connect(row_profile_, &FigureView::pointChosen, this,
          [&selection](int point) { selection.setCell(selection.unit(), point); });
  connect(column_profile_, &FigureView::pointChosen, this,
          [&selection](int point) { selection.setCell(point, selection.synapse()); });
  connect(waterfall_, &FigureView::pointChosen, this, [this, &selection](int point) {
    const auto* figure = dynamic_cast<const WaterfallFigure*>(waterfall_->figure().get());
    if (figure && figure->synapseAt(point) >= 0)
      selection.setCell(selection.unit(), figure->synapseAt(point));
  });
}

}  // namespace synann::ui
