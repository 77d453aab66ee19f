// SPDX-License-Identifier: GPL-3.0-or-later
// How the Digits page is put together.
#include <algorithm>

#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QSignalBlocker>
#include <QTabWidget>

#include "ui/pages/asked_figure.h"
#include "ui/pages/busy_row.h"
#include "ui/pages/digits/digit_adding.h"
#include "ui/pages/digits/digit_drawing.h"
#include "ui/pages/digits/digits_beside.h"
#include "ui/pages/digits/digits_export.h"
#include "ui/pages/digits/digits_minus.h"
#include "ui/pages/digits/digits_page.h"
#include "ui/pages/field_controls.h"
#include "ui/pages/figure_deck.h"
#include "ui/pages/page_controls.h"
#include "ui/plots/figure_view.h"
#include "ui/plots/tiles_figure.h"
#include "ui/session/class_words.h"

namespace synann::ui {

namespace {
constexpr int kClassWide = 6, kLayerWide = 12;  // characters
}  // namespace

PageInfo DigitsPage::info() {
  return {
      .id = QStringLiteral("digits"),
      .text = tr("&Digits"),
      .help = tr("What the network says of images: the confusion matrix, the images of each cell, and "
                 "the probabilities of one"),
      .glyph = Glyph::Digits,
      .time_line = true,
      .actions = {},
      .views = digitsViews(),
      .make = [](Workspace& workspace, const PageActions&, QWidget* parent) -> Page* {
        return new DigitsPage(workspace, parent);
      },
      .viewFigure = digitsViewFigure,
      .checkView = requireRun,
      .heading = "Views of predictions",
      .fields = fieldInfos(digitsFields()),
      .files = {{"--checkpoint", "FILE,FILE",
                 "robustness: checkpoints, or folders of runs, whose curves stand beside the network's."}}};
}

void DigitsPage::makeControls() {
  fields_->make(digitsFields());
  truth_ = named(makeChoice({}, this, kClassWide), "digits.truth", tr("True class"),
                 tr("Lists only images of this class; a click on a cell of the matrix chooses both"));
  said_ = named(makeChoice({}, this, kClassWide), "digits.said", tr("Said class"),
                tr("Lists only images that the network takes for this class"));
  addControls(tr("Images"), {fields_->widget("part")});
  addControls(tr("Numbers"), {fields_->widget("numbers"), fields_->widget("log_colors")});
  addControls(tr("Minus"), {minus_->box(), minus_->stepBox()});
  addControls(tr("List"), {truth_, said_});
  addControls(tr("Order"), {fields_->widget("order")});
  matrix_->setObjectName("digits.confusion");
  matrix_->setToolTip(tr("How often images of each class are taken for each other; a click lists them"));
  numbers()->setObjectName("digits.numbers");
  QWidget* const figures = makeFigures();
  nameClasses();
  layOut(matrix_, figures, tr("Numbers of the picture"),
         tr("The cell, image or class under the pointer, else the chosen one"), 1);
  showControl(minus_->stepBox(), false);
}

QWidget* DigitsPage::makeFigures() {
  const QString later = tr("Images appear with the confusion matrix.");
  gallery_ = deck_->add("digits", later, tr("The images that are listed; a click or Enter shows one alone"));
  classes_ = deck_->add("classes", later, tr("Precision, recall and F1 of each class"));
  digit_ = deck_->add("digit", later, tr("The chosen image"));
  probabilities_ = deck_->add("probabilities", later, tr("What the network gives for the chosen image"));
  busy_ = new BusyRow(
      QStringLiteral("digits.confusion"), tr("confusion matrix"),
      [this] { return worker_.busy() ? std::optional(done_->load()) : std::nullopt; }, this);
  connect(busy_, &BusyRow::stopWanted, this, [this] {
    if (asked_) asked_->stop.request_stop();
  });
  forgotten_ =
      new AskedFigure(gallery_, QStringLiteral("digits.digits"), tr("how often images were forgotten"), this);
  connect(forgotten_, &AskedFigure::changed, this, &DigitsPage::figureChanged);
  deck_->addTab(tr("Images"), {gallery_, busy_, forgotten_->busyRow()});
  deck_->addTab(tr("Image"), {digit_, probabilities_});
  drawing_ = new DigitDrawing(*deck_, this);
  drawing_->addTab();
  deck_->addTab(tr("Classes"), {classes_});
  addAskedTabs();
  return deck_->finish();
}

QWidget* DigitsPage::labelled(const QString& label, std::initializer_list<QWidget*> widgets) {
  auto* line = new QWidget(this);
  auto* row = new QHBoxLayout(line);
  row->setContentsMargins(4, 0, 4, 0);
  auto* words = new QLabel(label, line);
  words->setBuddy(*widgets.begin());
  row->addWidget(words);
  for (QWidget* widget : widgets) row->addWidget(widget);
  row->addStretch(1);
  return line;
}

// Those that take their time, each with its choices.
void DigitsPage::addAskedTabs() {
  struct Tab {
    const char* name;
    QString placeholder, help, what;
  };
  const QString chosen = tr("Of the chosen image; it appears with the confusion matrix.");
  const Tab tabs[] = {
      {"biography", chosen,
       tr("How surprising the true class was at each recorded step, and when it was wrong"), tr("biography")},
      {"why", chosen,
       tr("What each unit of the synapse layer adds to the one class and takes from the other; exact"),
       tr("why this class")},
      {"occlusion", chosen,
       tr("How the log-probability of what is said changes where a patch is hidden: a measurement, not a "
          "sum"),
       tr("occlusion map")},
      {"activations", chosen, tr("What one layer gives for the chosen image"), tr("activations")},
      {"robustness", tr("The accuracy on disturbed images appears here."),
       tr("The accuracy on all images, disturbed the more, the farther to the right"), tr("robustness")}};
  for (const Tab& tab : tabs) {
    const QString name = QLatin1String(tab.name);
    auto* const asked =
        new AskedFigure(deck_->add(name, tab.placeholder, tab.help), "digits." + name, tab.what, this);
    connect(asked, &AskedFigure::changed, this, &DigitsPage::figureChanged);
    asked_figures_.push_back(asked);
  }
  against_ = named(makeChoice({}, this, kClassWide), "digits.against", tr("Rather than"),
                   tr("The class that the network could have said instead"));
  layer_ = named(makeChoice({}, this, kLayerWide), "digits.layer", tr("Layer"), tr("Whose values are shown"));
  const auto of = [this](std::size_t k) { return asked_figures_[k]; };
  deck_->addTab(tr("Biography"), {of(0)->view(), of(0)->busyRow()});
  deck_->addTab(tr("Why"),
                {labelled(tr("Rather than"), {against_}), of(1)->view(), of(1)->busyRow(),
                 labelled(tr("Hide"), {fields_->widget("patch")}), of(2)->view(), of(2)->busyRow()});
  deck_->addTab(tr("Layers"), {labelled(tr("Layer"), {layer_}), of(3)->view(), of(3)->busyRow()});
  beside_ = new DigitsBeside(this);
  connect(beside_, &DigitsBeside::changed, this, &DigitsPage::refreshAsked);
  connect(beside_, &DigitsBeside::failed, this, &Page::failed);
  QWidget* const beside = labelled(tr("Beside it"), {beside_->addButton(), beside_->removeButton()});
  deck_->addTab(tr("Robustness"), {labelled(tr("Disturbance"), {fields_->widget("disturbance")}), beside,
                                   of(4)->view(), of(4)->busyRow()});
}

void DigitsPage::connectAll() {
  connect(&workspace_.source(), &SynapseSource::frameChanged, this, &DigitsPage::take);
  connect(&workspace_.source(), &SynapseSource::dataChanged, this, [this] {
    nameClasses();
    ask();
  });
  connect(fields_, &FieldControls::changed, this, &DigitsPage::changeScene);
  for (QComboBox* box : {truth_, said_})
    connect(box, &QComboBox::activated, this,
            [this] { chooseCell(truth_->currentData().toInt(), said_->currentData().toInt()); });
  connect(minus_, &DigitsMinus::changed, this, [this] {
    showControl(minus_->stepBox(), minus_->ofRun());
    ask();
  });
  connect(minus_, &DigitsMinus::failed, this, &Page::failed);
  connect(matrix_, &FigureView::pointChosen, this, [this](int point) {
    if (answer_) chooseCell(point / answer_->now.classes, point % answer_->now.classes);
  });
  connect(gallery_, &FigureView::pointChosen, this, [this](int point) {
    const auto shown = std::dynamic_pointer_cast<const TilesFigure>(gallery_->figure());
    if (shown && point < shown->pointCount())
      chooseImage(shown->content().keys[static_cast<std::size_t>(point)]);
  });
  connect(classes_, &FigureView::pointChosen, this, [this](int label) { chooseCell(label, -1); });
  connect(&workspace_.selection(), &Selection::imageChanged, this, [this](int image) {
    if (scene_.part == infer::Part::Test) chooseImage(image);
  });
  connect(&workspace_.selection(), &Selection::imageOpened, this, &DigitsPage::openImage);
  for (FigureView* view : findChildren<FigureView*>())
    connect(view, &FigureView::currentPointChanged, this,
            [this](const QString& text) { numbers()->setText(text); });
  connect(against_, &QComboBox::activated, this, [this] {
    scene_.against = against_->currentData().toInt();
    refreshAsked();
  });
  connect(layer_, &QComboBox::activated, this, [this] {
    scene_.layer = layer_->currentText().toStdString();
    refreshAsked();
  });
  connect(drawing_, &DigitDrawing::failed, this, &Page::failed);
  connect(drawing_, &DigitDrawing::told, this, &DigitsPage::tell);
  connect(&drawing_->adding(), &DigitAdding::folderChanged, this, &Page::rememberWanted);
  connect(drawing_, &DigitDrawing::changed, this, &DigitsPage::figureChanged);
  connect(drawing_, &DigitDrawing::imageWanted, this, [this] {
    const infer::SetPtr set = shownSet();
    if (!set || scene_.image >= set->count()) return;
    const auto image = set->image(scene_.image);
    drawing_->take({.rows = set->rows, .columns = set->columns, .pixels = {image.begin(), image.end()}});
  });
  connect(deck_, &FigureDeck::tabChanged, this, &DigitsPage::refresh);
  connect(deck_, &FigureDeck::exportWanted, this, &Page::exportWanted);
}

// "any", then each class by its name.
void DigitsPage::nameClasses() {
  const data::DataPairPtr& opened = workspace_.source().data();
  const int classes = opened ? opened->test.classes : 10;
  for (QComboBox* box : {truth_, said_}) {
    const QSignalBlocker quiet(box);
    const int chosen = box == truth_ ? scene_.truth : scene_.said;
    box->clear();
    box->addItem(box == truth_ ? tr("true: any") : tr("said: any"), -1);
    for (int label = 0; label < classes; ++label) {
      const QString name = className(opened ? opened->class_names : std::vector<std::string>(), label);
      box->addItem(box == truth_ ? tr("true: %1").arg(name) : tr("said: %1").arg(name), label);
    }
    box->setCurrentIndex(std::max(0, box->findData(chosen)));
  }
  const QSignalBlocker quiet(against_);
  against_->clear();
  against_->addItem(tr("the second most probable"), -1);
  for (int label = 0; label < classes; ++label)
    against_->addItem(className(opened ? opened->class_names : std::vector<std::string>(), label), label);
  against_->setCurrentIndex(std::max(0, against_->findData(scene_.against)));
}

FigureWidget* DigitsPage::emptyFigure() const {
  return matrix_;
}

}  // namespace synann::ui
