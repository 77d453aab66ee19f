// SPDX-License-Identifier: GPL-3.0-or-later
// How the Synapses page is put together.
#include <algorithm>

#include <QAction>
#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QSpinBox>
#include <QTabWidget>

#include "ui/pages/field_controls.h"
#include "ui/pages/figure_deck.h"
#include "ui/pages/page_controls.h"
#include "ui/pages/synapses/knock_out.h"
#include "ui/pages/synapses/synapses_page.h"
#include "ui/plots/figure_view.h"
#include "ui/plots/heat_view.h"
#include "ui/session/class_words.h"
#include "ui/widgets/image_picture.h"

namespace synann::ui {

namespace {
constexpr int kThumbSide = 28;  // pixels
}  // namespace

void SynapsesPage::makeControls() {
  fields_->make(synapseFields());
  layer_ =
      named(makeChoice({}, this, 9), "synapses.layer", tr("Layer"), tr("Which synapse layer is looked at"));
  image_words_ =
      named(new QLabel(this), "synapses.image-class", tr("Class of the image"), tr("What the image shows"));
  image_picture_ = new ImagePicture(kThumbSide, this);
  image_picture_->setObjectName("synapses.image-picture");
  compare_ =
      named(makeChoice({tr("nothing"), tr("change since the start"), tr("change since this step"),
                        tr("difference to a run…")},
                       this, 9),
            "synapses.compare", tr("Compare with"),
            tr("Subtracts the same lens at the start, at the step that is shown now, or of another run"));
  fields_->widget<QSpinBox>("image")->setRange(0, 0);
  for (const char* id : {"class_a", "class_b"}) fields_->widget<QSpinBox>(id)->setRange(0, 9);
}

QWidget* SynapsesPage::makeFigures() {
  const QString later = tr("Appears with β.");
  row_profile_ = deck_->add("row", later, tr("The chosen row of the matrix: what inhibits one unit"));
  column_profile_ = deck_->add("column", later, tr("The chosen column: whom one unit inhibits"));
  row_pictures_ = deck_->add("rows", later, tr("Each row as a picture over the pixels; a click chooses it"));
  strongest_ = deck_->add("strongest", later,
                          tr("The cells of the largest numbers of what is shown; a click chooses one"));
  histogram_ =
      deck_->add("histogram", later, tr("How the numbers are spread, with their spread at the start behind"));
  waterfall_ = deck_->add("waterfall", later, tr("One unit's surprisal, term by term: it adds up exactly"));
  proof_ = deck_->add("proof", later, tr("The same output as a product and as a sum of surprisals"));
  const auto labelled = [this](const QString& label, std::initializer_list<const char*> fields) {
    auto* line = new QWidget(this);
    auto* row = new QHBoxLayout(line);
    row->setContentsMargins(4, 0, 4, 0);
    auto* words = new QLabel(label, line);
    words->setBuddy(fields_->widget(*fields.begin()));
    row->addWidget(words);
    for (const char* id : fields) row->addWidget(fields_->widget(id));
    row->addStretch(1);
    return line;
  };
  QWidget* const terms = labelled(tr("Terms"), {"terms"});
  deck_->addTab(tr("Profiles"), {row_profile_, column_profile_, fields_->widget("pictures")});
  deck_->addTab(tr("Rows"), {row_pictures_});
  deck_->addTab(tr("Strongest"), {strongest_, labelled(tr("Cells"), {"strongest", "sort"})});
  deck_->addTab(tr("Histogram"), {histogram_});
  deck_->addTab(tr("Waterfall"), {waterfall_, terms});
  deck_->addTab(tr("Proof"), {proof_, fields_->widget("slope")});
  knock_ = new KnockOut(*deck_, source_.selection(), this);
  knock_->addTabs();
  return deck_->finish();
}

void SynapsesPage::putControls() {
  const auto box = [this](const char* id) { return fields_->widget(id); };
  addControls(tr("Show"), {box("lens"), layer_});
  addControls(tr("Image"), {box("image"), together({image_picture_, image_words_}), box("gradient")});
  addControls(tr("Classes"), {box("class_a"), box("class_b")});
  addControls(tr("Minus"), {compare_});
  addControls(tr("Colours"), {box("colors"), box("scale"), box("logarithmic")});
  addControls(tr("Range"), {box("least"), box("most")});
  addControls(tr("Order"), {box("rows"), box("columns")});
  heat_->setObjectName("synapses.beta");
  numbers()->setObjectName("synapses.cell");
  layOut(heat_, makeFigures(), tr("Numbers of the cell"),
         tr("The cell under the pointer, else the chosen one, with all its digits"), 0);
  showControl(layer_, false);  // until there are several
}

void SynapsesPage::connectControls() {
  connect(fields_, &FieldControls::changed, this, &SynapsesPage::changeScene);
  connect(compare_, &QComboBox::activated, this, &SynapsesPage::chooseComparison);
  connect(layer_, &QComboBox::currentTextChanged, this,
          [this](const QString& name) { source_.selection().setLayer(name); });
  connect(&source_, &SynapseSource::dataChanged, this, [this] {
    fields_->widget<QSpinBox>("image")->setMaximum(std::max(0, source_.data()->test.count() - 1));
    for (const char* id : {"class_a", "class_b"})
      fields_->widget<QSpinBox>(id)->setMaximum(source_.data()->test.classes - 1);
    nameClasses();
    showImage();
  });
}

// Of the matrix, whatever the order in which its rows and columns stand.
std::vector<infer::Cell> SynapsesPage::chosenBlock() const {
  std::vector<infer::Cell> cells;
  const QRect block = heat_->block();
  for (int row = block.top(); row <= block.bottom(); ++row)
    for (int column = block.left(); column <= block.right(); ++column)
      cells.push_back({data_->rowAt(row), data_->columnAt(column)});
  return cells;
}

// What the numbers of the classes mean.
void SynapsesPage::nameClasses() {
  if (!source_.data()) return;
  for (const char* id : {"class_a", "class_b"}) {
    auto* const box = fields_->widget<QSpinBox>(id);
    box->setSuffix(classSuffix(source_.data()->class_names, box->value()));
  }
}

void SynapsesPage::connectFigures() {
  Selection& selection = source_.selection();
  connect(&source_, &SynapseSource::frameChanged, this, &SynapsesPage::take);
  connect(heat_, &HeatView::cellChosen, this, [&selection](int row, int column) {
    selection.setCell({row, column});
  });
  connect(heat_, &HeatView::cellHovered, this, [this](int row, int column) {
    const bool hovers = row >= 0;
    showReadOut(hovers ? synapse::Cell{row, column} : synapse::Cell{heat_->row(), heat_->column()});
  });
  connect(heat_, &HeatView::blockChanged, this, [this] { knock_->setBlock(chosenBlock()); });
  connect(heat_, &HeatView::cellActivated, &selection, &Selection::openCell);
  auto* open = new QAction(tr("Open as &surface"), heat_);
  open->setObjectName("synapses.open-surface");
  connect(open, &QAction::triggered, &selection, &Selection::openCell);
  heat_->addAction(open);
  connect(&selection, &Selection::cellChanged, this, [this] {
    if (isVisible()) showCell();
  });
  connect(&selection, &Selection::imageChanged, this, &SynapsesPage::updateControls);
  connect(&selection, &Selection::imageChanged, this, &SynapsesPage::showImage);
  connect(&selection, &Selection::classesChanged, this, &SynapsesPage::updateControls);
  connect(deck_, &FigureDeck::tabChanged, this, &SynapsesPage::showFrame);
  connect(deck_, &FigureDeck::exportWanted, this, &Page::exportWanted);
  connect(row_profile_, &FigureView::pointChosen, this, [&selection](int point) {
    selection.setCell({selection.cell().i, point});
  });
  connect(column_profile_, &FigureView::pointChosen, this, [&selection](int point) {
    selection.setCell({point, selection.cell().j});
  });
  connect(row_pictures_, &FigureView::pointChosen, this, [&selection](int point) {
    selection.setCell({point, selection.cell().j});
  });
  connect(strongest_, &FigureView::pointChosen, this, [this, &selection](int point) {
    const auto* figure = dynamic_cast<const RankFigure*>(strongest_->figure().get());
    if (!figure) return;
    const RankFigure::Cell& cell = figure->cells()[static_cast<std::size_t>(point)];
    selection.setCell({cell.row, cell.column});
  });
  connect(knock_, &KnockOut::failed, this, &Page::failed);
  connect(knock_, &KnockOut::told, this, &SynapsesPage::setRemark);
  connect(knock_, &KnockOut::cellsChanged, this, &SynapsesPage::showChangedCells);
  connect(knock_, &KnockOut::changed, this, [this] {
    deck_->showTable();
    emit exportableChanged();
  });
  connect(waterfall_, &FigureView::pointChosen, this, [this, &selection](int point) {
    const auto* figure = dynamic_cast<const WaterfallFigure*>(waterfall_->figure().get());
    if (figure && figure->synapseAt(point) >= 0)
      selection.setCell({selection.cell().i, figure->synapseAt(point)});
  });
}

FigureWidget* SynapsesPage::emptyFigure() const {
  return heat_;
}

}  // namespace synann::ui
