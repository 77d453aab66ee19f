// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/network/network_page.h"

#include <algorithm>
#include <utility>

#include <QComboBox>
#include <QLabel>
#include <QScrollArea>
#include <QSignalBlocker>
#include <QTabWidget>

#include "engine/model/layer_words.h"
#include "engine/train/own_model.h"
#include "ui/pages/asked_figure.h"
#include "ui/pages/field_controls.h"
#include "ui/pages/figure_deck.h"
#include "ui/pages/network/model_editor.h"
#include "ui/pages/network/network_export.h"
#include "ui/pages/network/network_figures.h"
#include "ui/pages/page_controls.h"
#include "ui/plots/figure_view.h"

namespace synann::ui {

namespace {

constexpr int kImageSide = 28, kClasses = 10;  // of the model that is shown while no data are open

}  // namespace

PageInfo NetworkPage::info() {
  return {
      .id = QStringLiteral("network"),
      .text = tr("Net&work"),
      .help = tr("The network layer by layer: what each computes, its weights as pictures, what they cost"),
      .glyph = Glyph::Network,
      .time_line = true,
      .actions = {},
      .views = networkViews(),
      .make = [](Workspace& workspace, const PageActions&, QWidget* parent) -> Page* {
        return new NetworkPage(workspace, parent);
      },
      .viewFigure = networkViewFigure,
      .checkView = requireRun,
      .heading = "Views of the network",
      .fields = fieldInfos(networkFields())};
}

NetworkPage::NetworkPage(Workspace& workspace, QWidget* parent)
    : PicturePage(QStringLiteral("network"), parent),
      workspace_(workspace),
      graph_(new FigureView(this)),
      fields_(new FieldControls(QStringLiteral("network"), this)),
      deck_(new FigureDeck(QStringLiteral("network"), graph_, this)) {
  makeControls();
  connectAll();
  planChanged();
}

FigureWidget* NetworkPage::emptyFigure() const {
  return weights_;
}

void NetworkPage::makeControls() {
  fields_->make(networkFields());
  layer_ = named(makeChoice({}, this, 14), "network.layer", tr("Layer"),
                 tr("The layer that is looked at; a click on its box chooses it too"));
  tensor_ = named(makeChoice({}, this, 14), "network.tensor", tr("Tensor"),
                  tr("Which of the layer's tensors is shown"));
  addControls(tr("Layer"), {layer_});
  addControls(tr("Tensor"), {tensor_, fields_->widget("colors")});
  graph_->setObjectName("network.network");
  graph_->setPlaceholder(tr("The layers of the network appear here."));
  graph_->setToolTip(tr("The layers from the image to the class scores; a click looks into one"));
  numbers()->setObjectName("network.numbers");
  layOut(graph_, makeFigures(), tr("Numbers of the picture"),
         tr("The layer, filter, row or cell under the pointer, else the chosen one"), 1);
}

QWidget* NetworkPage::makeFigures() {
  words_ = named(new QLabel(this), "network.words", tr("About the layer"), QString());
  words_->setWordWrap(true);
  words_->setAlignment(Qt::AlignLeft | Qt::AlignTop);
  words_->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
  words_->setContentsMargins(4, 0, 4, 0);
  auto* scroll = named(new QScrollArea(this), "network.about", tr("About the layer"),
                       tr("Formula, shapes and tensors of the layer, and what its twins have in its place"));
  scroll->setWidget(words_);
  scroll->setWidgetResizable(true);
  scroll->setFrameShape(QFrame::NoFrame);
  scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  scroll->setMinimumHeight(60);
  const QString later = tr("Weights appear as soon as training begins.");
  weights_ = deck_->add("weights", later,
                        tr("The chosen tensor: filters and rows over an image as small pictures, other "
                           "matrices as one, vectors as a curve"));
  histogram_ = deck_->add("weight-histogram", later,
                          tr("How the tensor's numbers are spread, with their spread at the start behind"));
  deck_->addTab(tr("Weights"), {weights_});
  editor_ = new ModelEditor(workspace_, this);
  deck_->addTab(tr("Edit"), {editor_});
  connect(editor_, &ModelEditor::layerChosen, this, &NetworkPage::chooseLayer);
  activations_ = new AskedFigure(
      deck_->add(
          "layer-activations", later,
          tr("What the chosen layer gives for the chosen image; of a layer whose values are not kept, the "
             "next whose are")),
      QStringLiteral("network.activations"), tr("activations"), this);
  connect(activations_, &AskedFigure::changed, this, [this] {
    deck_->showTable();
    emit exportableChanged();
  });
  deck_->addTab(tr("Histogram"), {histogram_});
  deck_->addTab(tr("Activations"), {activations_->view(), activations_->busyRow()});
  deck_->addTab(tr("About"), {scroll});
  return deck_->finish();
}

void NetworkPage::connectAll() {
  connect(&workspace_.source(), &SynapseSource::frameChanged, this, &NetworkPage::take);
  connect(&workspace_.source(), &SynapseSource::dataChanged, this, &NetworkPage::planChanged);
  connect(&workspace_.plan(), &RunPlan::changed, this, &NetworkPage::planChanged);
  connect(graph_, &FigureView::pointChosen, this, &NetworkPage::chooseLayer);
  connect(weights_, &FigureView::pointChosen, this, &NetworkPage::chooseUnit);
  connect(layer_, &QComboBox::activated, this, &NetworkPage::chooseLayer);
  connect(tensor_, &QComboBox::activated, this, [this] {
    scene_.tensor = tensor_->currentData().toInt();
    refresh();
  });
  connect(fields_, &FieldControls::changed, this, [this](const QString& field) {
    fields_->take(networkFields(), field, scene_);
    refresh();
  });
  connect(&workspace_.selection(), &Selection::imageChanged, this, &NetworkPage::askActivations);
  for (FigureView* view : {graph_, weights_, histogram_, activations_->view()})
    connect(view, &FigureView::currentPointChanged, this,
            [this](const QString& text) { numbers()->setText(text); });
  connect(deck_, &FigureDeck::tabChanged, this, &NetworkPage::refresh);
  connect(deck_, &FigureDeck::exportWanted, this, &Page::exportWanted);
}

void NetworkPage::showEvent(QShowEvent* event) {
  Page::showEvent(event);
  workspace_.source().setShown(this, true);
  workspace_.source().setNetworkWanted(this, true);
  planChanged();
}

void NetworkPage::hideEvent(QHideEvent* event) {
  Page::hideEvent(event);
  workspace_.source().setNetworkWanted(this, false);
  workspace_.source().setShown(this, false);
}

void NetworkPage::take(const SynapseFramePtr& frame) {
  if (!isVisible()) return;
  const bool none = !frame->live && workspace_.source().run().empty();
  frame_ = none || !frame->model ? nullptr : frame;
  planChanged();
}

// The run's network, as long as Train would go on with one of its kind; else the one that it would begin
// with.
void NetworkPage::planChanged() {
  const train::Settings& plan = workspace_.plan().settings();
  const data::DataPairPtr opened = workspace_.source().data();
  const int rows = opened ? opened->train.rows : kImageSide,
            columns = opened ? opened->train.columns : kImageSide,
            classes = opened ? opened->train.classes : kClasses;
  editor_->setSizes(rows, columns, classes);
  const bool named_alike = frame_ && frame_->model->id == plan.model;
  const auto showRun = [this] {
    moment_ = momentOf(*frame_, moment_);
    refresh();
  };
  if (named_alike && !plan.own) return showRun();
  auto model = train::build_model(plan, rows, columns, classes);
  // Two model files may have one id.
  if (named_alike && model && frame_->model->layers == model->layers) return showRun();
  if (!model) {
    moment_ = {};
    told_ = {};
    graph_->setPlaceholder(QString::fromStdString(model.error().sentence()));
    graph_->setFigure(nullptr);
    return;
  }
  moment_ = momentOf(std::move(*model));
  refresh();
}

void NetworkPage::chooseLayer(int index) {
  if (!moment_.summary || index < 0 || std::cmp_greater_equal(index, moment_.summary->layers.size())) return;
  const bench::LayerSummary& layer = moment_.summary->layers[static_cast<std::size_t>(index)];
  scene_.layer = layer.name.empty() ? std::to_string(layer.number) : layer.name;
  // One selection for all pages: the Synapses page shows it as well.
  if (layer.kind == "synapse") workspace_.selection().setLayer(QString::fromStdString(layer.name));
  refresh();
}

// A row of β: the Synapses and Surface pages show it as well.
void NetworkPage::chooseUnit(int point) {
  const bench::LayerSummary& layer = layerOf(moment_, scene_);
  const auto shown = weights_->figure();
  if (layer.kind != "synapse" || !shown || layer.out.size() <= 0) return;
  const int per_unit = std::max(1, shown->pointCount() / layer.out.size());
  Selection& selection = workspace_.selection();
  selection.setCell({point / per_unit, selection.cell().j});
}

void NetworkPage::fillChoices() {
  const QSignalBlocker quiet_layer(layer_), quiet_tensor(tensor_);
  QStringList layers;
  for (const bench::LayerSummary& l : moment_.summary->layers)
    layers.append(QStringLiteral("%1  %2").arg(
        l.name.empty() ? QString::number(l.number) : QString::fromStdString(l.name),
        QString::fromStdString(l.title)));
  QStringList present;
  for (int k = 0; k < layer_->count(); ++k) present.append(layer_->itemText(k));
  if (present != layers) {
    layer_->clear();
    layer_->addItems(layers);
  }
  const bench::LayerSummary& layer = layerOf(moment_, scene_);
  layer_->setCurrentIndex(layer.index);
  tensor_->clear();
  const Parameter* const shown = tensorOf(moment_, scene_);
  for (const Parameter& p : layer.parameters) {
    if (p.type != ElementType::F32) continue;
    const QString name = QString::fromStdString(p.name.substr(layer.name.size() + 1));
    tensor_->addItem(name, kTensors.indexOf(name));
    if (&p == shown) tensor_->setCurrentIndex(tensor_->count() - 1);
  }
  showControl(tensor_, shown != nullptr);
  showControl(fields_->widget("colors"), shown != nullptr);
}

void NetworkPage::refresh() {
  if (!isVisible() || !moment_.summary) return;
  // Graph, words and lists are the layer's; the weights are every frame's.
  const int layer = layerOf(moment_, scene_).index;
  if (told_ != std::tuple(moment_.summary, layer, scene_.tensor)) {
    told_ = {moment_.summary, layer, scene_.tensor};
    fillChoices();
    graph_->setFigure(modelFigure(scene_, moment_));
    words_->setText(layerText(scene_, moment_));
  }
  QString why;
  if (deck_->wanted(weights_)) weights_->setFigure(weightsFigure(scene_, moment_, why));
  if (deck_->wanted(histogram_)) histogram_->setFigure(weightHistogram(scene_, moment_, why));
  for (FigureView* view : {weights_, histogram_})
    if (!why.isEmpty()) view->setPlaceholder(why);
  askActivations();
  setRemark(whenText(moment_));
  deck_->showTable();
  emit exportableChanged();
}

// Live and at any recorded step.
void NetworkPage::askActivations() {
  if (!isVisible() || !moment_.summary || !deck_->wanted(activations_->view())) return;
  const infer::SetPtr set = infer::set_of(workspace_.source().data());
  if (!moment_.values)
    return activations_->clear(
        tr("What the layer gives appears as soon as training begins: press Train (F5), or open a run."));
  if (!set || set->count() == 0)
    return activations_->clear(tr("Open the data of the run to see what the layer gives for an image."));
  scene_.image = std::clamp(workspace_.selection().image(), 0, set->count() - 1);
  const ActivationQuestion question = activationsOf(scene_, moment_, set);
  activations_->ask(activationKey(question), {moment_.values, set}, activationJob(question, asker_));
}

bool NetworkPage::busy() const {
  return activations_->busy();
}

QString NetworkPage::figureName() const {
  return deck_->figureName();
}

QJsonObject NetworkPage::view() const {
  NetworkScene scene = scene_;
  scene.figure = figureName();
  return toJson(scene, moment_, frame_.get(), workspace_.source().run());
}

Result<ShownFigure> NetworkPage::shownFigure() const {
  return deck_->shown(view());
}

Status NetworkPage::restoreView(const QJsonObject& json) {
  scene_ = networkSceneFromJson(json);
  fields_->show(networkFields(), scene_);
  workspace_.selection().setImage(scene_.image);
  deck_->choose(scene_.figure);
  if (json.contains("step")) workspace_.selection().setStep(json.value("step").toInteger());
  refresh();
  return {};
}

}  // namespace synann::ui
