// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/network/network_page.h"

#include <set>

#include <QComboBox>
#include <QImage>
#include <QJsonDocument>
#include <QLabel>
#include <QTabWidget>
#include <QTableView>
#include <QTemporaryDir>
#include <QTest>

#include "engine/infer/asker.h"
#include "engine/model/state.h"
#include "engine/train/checkpoint.h"
#include "engine/train/record.h"
#include "tests/test_main.h"
#include "tests/ui/session/small_data.h"
#include "ui/pages/network/model_figure.h"
#include "ui/pages/network/network_export.h"
#include "ui/pages/network/network_figures.h"
#include "ui/plots/figure_view.h"
#include "ui/plots/heat_figure.h"
#include "ui/plots/profile_figure.h"
#include "ui/plots/tiles_figure.h"

namespace synann::ui {

namespace {

constexpr int kNetworkWait = 60'000;  // milliseconds

// The page alone, without the window around it.
struct NetworkBench {
  explicit NetworkBench(const QString& model = QStringLiteral("syna-cnn")) {
    testing::prepare(workspace.controller(), home);
    workspace.plan().setModel(model);
    page = std::make_unique<NetworkPage>(workspace);
    page->resize(1000, 600);
    page->show();
  }
  void train(int epochs = 2) {
    train::Settings settings = testing::smallSettings(epochs);
    settings.model = workspace.plan().settings().model;
    workspace.controller().train(settings);
    [&] { QTRY_VERIFY_WITH_TIMEOUT(!workspace.controller().busy(), kNetworkWait); }();
    settle();
  }
  void settle() {
    [&] { QTRY_VERIFY_WITH_TIMEOUT(page->moment().values && !workspace.source().busy(), kNetworkWait); }();
  }
  template <class Widget>
  Widget* find(const char* name) {
    return page->findChild<Widget*>(name);
  }
  void choose(const char* layer) {
    auto* const box = find<QComboBox>("network.layer");
    const int index = box->findText(QString(layer) + "  ", Qt::MatchStartsWith);
    box->setCurrentIndex(index);
    emit box->activated(index);
  }
  std::filesystem::path run() { return workspace.controller().runFolder(); }

  QTemporaryDir home;
  Workspace workspace;
  std::unique_ptr<NetworkPage> page;
};

// A model with the numbers it starts with.
NetworkMoment freshMoment(std::string_view id) {
  NetworkMoment moment = momentOf(*model::build(id, 28, 28, 10));
  moment.values = std::make_shared<const std::vector<float>>(model::initialise(*moment.model, 5).values);
  return moment;
}

}  // namespace

// The network as the window shows it: every layer a box, every tensor a picture, at every recorded step.
class NetworkPageTest : public QObject {
  Q_OBJECT

 private slots:
  void everyLayerIsABox_data();
  void everyLayerIsABox();
  void everyTensorIsAPicture();
  void picturesAreWhatTheyAreOf_data();
  void picturesAreWhatTheyAreOf();
  void beforeARunThePlannedModelIsShown();
  void liveWhileTrainingAndAtEveryStep();
  void aModelWithoutSynapsesIsShown();
  void oneSelectionForAllPages();
  void layersShowWhatTheyGive();
  void theTableIsTheGraph();
  void anExportedFigureRebuildsTheView();
  void everyViewHasAFile();
  void wrongLayersAreOneSentence();
  void everyControlHasANameAndHelp();
};

void NetworkPageTest::everyLayerIsABox_data() {
  QTest::addColumn<QString>("model");
  for (const char* model : {"syna-cnn", "syna-rnn", "linear"}) QTest::newRow(model) << model;
}

void NetworkPageTest::everyLayerIsABox() {
  QFETCH(QString, model);
  const auto figure = modelFigure({}, momentOf(*model::build(model.toStdString(), 28, 28, 10)));
  for (const QSizeF size : {QSizeF(420, 300), QSizeF(900, 700)}) {
    const QRectF area({0, 0}, size);
    std::set<int> found;
    for (double y = 0; y < size.height(); ++y)
      if (const auto point = figure->pointAt({40, y}, area, {})) found.insert(*point);
    QCOMPARE(static_cast<int>(found.size()), figure->pointCount());
  }
}

void NetworkPageTest::everyTensorIsAPicture() {
  for (const model::ModelInfo& info : model::known_models()) {
    const NetworkMoment moment = freshMoment(info.id);
    for (const bench::LayerSummary& layer : moment.summary->layers)
      for (const Parameter& p : layer.parameters) {
        if (p.type != ElementType::F32) continue;
        const QString end = QString::fromStdString(p.name.substr(layer.name.size() + 1));
        QVERIFY2(kTensors.contains(end), p.name.c_str());
        const NetworkScene scene{.layer = layer.name, .tensor = static_cast<int>(kTensors.indexOf(end))};
        QCOMPARE(tensorOf(moment, scene), &p);
        QString why;
        const auto picture = weightsFigure(scene, moment, why);
        QVERIFY2(picture && picture->title().contains(QString::fromStdString(p.name)), p.name.c_str());
        std::size_t numbers = 0;  // every one of them is in the table
        for (int row = 0; row < picture->rowCount(); ++row)
          numbers += static_cast<std::size_t>(picture->columnCount());
        const bool curve = std::dynamic_pointer_cast<const ProfileFigure>(picture) != nullptr;
        QCOMPARE(numbers, curve ? 2 * p.size() : p.size());
        QVERIFY(weightHistogram(scene, moment, why));
      }
  }
}

void NetworkPageTest::picturesAreWhatTheyAreOf_data() {
  QTest::addColumn<QString>("model");
  QTest::addColumn<QString>("layer");
  QTest::addColumn<QString>("tensor");
  QTest::addColumn<int>("pictures");
  QTest::addColumn<QSize>("size");
  QTest::newRow("filters") << "syna-cnn"
                           << "conv1"
                           << "weight" << 10 << QSize(5, 5);
  QTest::newRow("filters of maps") << "syna-cnn"
                                   << "conv2"
                                   << "weight" << 200 << QSize(5, 5);
  QTest::newRow("rows over maps") << "syna-cnn"
                                  << "fc1"
                                  << "weight" << 64 * 20 << QSize(4, 4);
  QTest::newRow("rows over pixels") << "syna-mlp"
                                    << "fc1"
                                    << "weight" << 300 << QSize(28, 28);
  QTest::newRow("rows of β over pixels") << "syna-pixel"
                                         << "fcn"
                                         << "weight" << 196 << QSize(14, 14);
  QTest::newRow("a vector over pixels") << "syna-pixel"
                                        << "fcb"
                                        << "running_mean" << 1 << QSize(14, 14);
  QTest::newRow("classes over pixels") << "syna-pixel"
                                       << "fc2"
                                       << "weight" << 10 << QSize(14, 14);
}

void NetworkPageTest::picturesAreWhatTheyAreOf() {
  QFETCH(QString, model);
  QFETCH(QString, layer);
  QFETCH(QString, tensor);
  QFETCH(int, pictures);
  QFETCH(QSize, size);
  QString why;
  const auto figure =
      weightsFigure({.layer = layer.toStdString(), .tensor = static_cast<int>(kTensors.indexOf(tensor))},
                    freshMoment(model.toStdString()), why);
  const auto tiles = std::dynamic_pointer_cast<const TilesFigure>(figure);
  QVERIFY(tiles);
  QCOMPARE(tiles->pointCount(), pictures);
  QCOMPARE(QSize(tiles->content().columns, tiles->content().rows), size);
}

void NetworkPageTest::beforeARunThePlannedModelIsShown() {
  NetworkBench b;
  auto* const graph = b.find<FigureView>("network.network");
  QTRY_VERIFY(graph->figure() && graph->figure()->title().startsWith("SynaCNN"));
  QVERIFY(!b.find<FigureView>("network.weights")->figure());
  QVERIFY(b.find<FigureView>("network.weights")->accessibleName().contains("press Train"));
  b.workspace.plan().setModel(QStringLiteral("dense-pixel"));
  QTRY_VERIFY(graph->figure()->title().startsWith("DensePixel"));
  QVERIFY(b.find<QLabel>("network.words")->text().contains("SynaPixel"));  // what its twin has
}

void NetworkPageTest::liveWhileTrainingAndAtEveryStep() {
  NetworkBench b;
  int live = 0;
  connect(&b.workspace.source(), &SynapseSource::frameChanged, this,
          [&](const SynapseFramePtr& frame) { live += frame->live && frame->network ? 1 : 0; });
  b.train(3);
  QVERIFY(live > 0);
  const auto checkpoint = train::read_checkpoint(b.run() / train::kLastCheckpoint);
  QTRY_VERIFY_WITH_TIMEOUT(*b.page->moment().values == checkpoint->checkpoint.state.values, kNetworkWait);
  auto record = train::RecordReader::open(b.run() / train::kNetworkRecord);
  QVERIFY(record.ok() && record->frames().size() > 2);
  for (std::size_t k = 0; k < record->frames().size(); ++k) {
    b.workspace.selection().setStep(record->frames()[k].steps);
    QTRY_VERIFY_WITH_TIMEOUT(b.page->moment().at == record->frames()[k], kNetworkWait);
    std::vector<float> expected(b.page->moment().model->parameters.float_count());
    train::scatter(record->header(), *b.page->moment().model, *record->read(k), expected);
    QVERIFY(*b.page->moment().values == expected);
  }
  QVERIFY(b.page->moment().start);
}

void NetworkPageTest::aModelWithoutSynapsesIsShown() {
  NetworkBench b(QStringLiteral("dense-pixel"));
  b.train(1);
  QVERIFY(b.find<FigureView>("network.weights")->figure());
  QCOMPARE(b.page->moment().model->id, std::string("dense-pixel"));
}

void NetworkPageTest::oneSelectionForAllPages() {
  NetworkBench b(QStringLiteral("syna-pixel"));
  b.train(1);
  b.choose("fcn");
  QCOMPARE(b.workspace.selection().layer(), QStringLiteral("fcn"));
  b.workspace.selection().setCell({1, 7});
  emit b.find<FigureView>("network.weights")->pointChosen(42);  // row 42 of β
  QCOMPARE(b.workspace.selection().cell().i, 42);
  QCOMPARE(b.workspace.selection().cell().j, 7);
  emit b.find<FigureView>("network.network")->pointChosen(3);
  QCOMPARE(b.page->scene().layer, std::string("fc2"));
  QVERIFY(b.find<QLabel>("network.words")->text().contains("fc2.weight [10, 196]"));
}

void NetworkPageTest::layersShowWhatTheyGive() {
  NetworkBench b;
  auto* const tabs = b.find<QTabWidget>("network.figures");
  auto* const view = b.find<FigureView>("network.layer-activations");
  for (int k = 0; k < tabs->count(); ++k)
    if (tabs->widget(k)->isAncestorOf(view)) tabs->setCurrentIndex(k);
  QTRY_VERIFY(view->placeholder().contains("press Train"));
  b.train(2);
  const auto shows = [&](const QString& begin, const QString& part) {
    const auto figure = view->figure();
    return figure && figure->title().startsWith(begin) && figure->title().contains(part) && !b.page->busy();
  };
  b.choose("conv1");
  b.workspace.selection().setImage(3);
  QTRY_VERIFY_WITH_TIMEOUT(shows("conv1 of test image 3", "step 40"), kNetworkWait);
  // The numbers are those of the checkpoint.
  const auto opened = infer::open_network(b.run() / train::kLastCheckpoint);
  infer::Asker asker;
  const std::vector<std::uint32_t> image{3};
  const auto layers = asker.activations(opened->network, b.workspace.source().data()->test, image, {});
  const auto maps = std::dynamic_pointer_cast<const TilesFigure>(view->figure());
  QVERIFY(maps && maps->content().values == layers->front().values);
  // A layer whose values are not kept shows the next whose are; the last the output.
  b.find<QComboBox>("network.layer")->setCurrentIndex(1);
  emit b.find<QComboBox>("network.layer")->activated(1);
  QTRY_VERIFY_WITH_TIMEOUT(shows("conv1 of", "image 3"), kNetworkWait);
  b.choose("fcn");
  QTRY_VERIFY_WITH_TIMEOUT(shows("fcn of", "image 3"), kNetworkWait);
  b.choose("fc2");
  QTRY_VERIFY_WITH_TIMEOUT(shows("output of", "image 3"), kNetworkWait);
  // At every recorded step.
  b.workspace.selection().setStep(0);
  QTRY_VERIFY_WITH_TIMEOUT(shows("output of", "step 0"), kNetworkWait);
  const QJsonObject json = b.page->shownFigure()->view;
  b.workspace.selection().setImage(5);
  QTRY_VERIFY_WITH_TIMEOUT(shows("output of test image 5", "step 0"), kNetworkWait);
  QVERIFY(b.page->restoreView(json).ok());
  QCOMPARE(b.workspace.selection().image(), 3);
}

void NetworkPageTest::theTableIsTheGraph() {
  NetworkBench b;
  QTRY_VERIFY(b.find<FigureView>("network.network")->figure());
  auto* const tabs = b.find<QTabWidget>("network.figures");
  tabs->setCurrentIndex(tabs->count() - 1);
  const auto* const model = b.find<QTableView>("network.table")->model();
  QCOMPARE(model->rowCount(), 15);
  QCOMPARE(model->index(0, 0).data().toString(), QStringLiteral("conv1"));
}

void NetworkPageTest::anExportedFigureRebuildsTheView() {
  NetworkBench b;
  b.train(1);
  b.choose("conv2");
  const QString path = b.home.filePath("graph.png");
  QVERIFY(saveAsSeen(*b.page->shownFigure(), path.toStdString()).ok());
  const QJsonObject view = QJsonDocument::fromJson(QImage(path).text("synann-figure").toUtf8()).object();
  QCOMPARE(view["view"].toString(), QStringLiteral("network"));
  QCOMPARE(view["layer"].toString(), QStringLiteral("conv2"));
  QVERIFY(view["settings"].isObject());
  b.choose("fc1");
  QVERIFY(b.page->restoreView(view).ok());
  QCOMPARE(b.page->scene().layer, std::string("conv2"));
  // What makes no sense keeps the defaults.
  const NetworkScene odd = networkSceneFromJson({{"tensor", "x"}, {"layer", 7}, {"figure", "y"}});
  QCOMPARE(odd.tensor, 0);
  QVERIFY(odd.layer.empty());
  QCOMPARE(odd.figure, QStringLiteral("network"));
}

void NetworkPageTest::everyViewHasAFile() {
  NetworkBench b;
  b.train(1);
  for (const QString& view : kNetworkFigures)
    for (const char* end : {".png", ".svg", ".pdf", ".csv"}) {
      ViewOptions options;
      options.history = b.run().string();
      options.view = view.toStdString();
      options.layer = "fc1";
      options.data = "digits";
      const auto figure = networkViewFigure(options);
      QVERIFY2(figure.ok(), figure.ok() ? "" : figure.error().sentence().c_str());
      const QString path = b.home.filePath(view + end);
      QVERIFY(saveFigure(*figure, options.figure, path.toStdString()).ok());
      QVERIFY(QFileInfo(path).size() > 100);
    }
}

void NetworkPageTest::wrongLayersAreOneSentence() {
  NetworkBench b;
  b.train(1);
  ViewOptions options;
  options.history = b.run().string();
  options.view = "weights";
  options.layer = "fc9";
  QCOMPARE(
      QString::fromStdString(networkViewFigure(options).error().sentence()),
      QStringLiteral("--layer: there is no such layer: expected one of conv1, conv2, fc1, fcn, fcb, fc2, "
                     "or 1 to 15, found fc9"));
  options.layer = "3";
  QVERIFY(
      QString::fromStdString(networkViewFigure(options).error().sentence()).contains("has no parameters"));
}

void NetworkPageTest::everyControlHasANameAndHelp() {
  NetworkBench b;
  for (const QWidget* widget : b.page->findChildren<QWidget*>()) {
    if (!widget->objectName().startsWith("network.") || widget->focusPolicy() == Qt::NoFocus ||
        widget->objectName() == QLatin1String("network.split") ||
        widget->objectName() == QLatin1String("network.words"))
      continue;
    QVERIFY2(!widget->accessibleName().isEmpty(), qPrintable(widget->objectName()));
    QVERIFY2(!widget->toolTip().isEmpty() || !widget->whatsThis().isEmpty() || widget->inherits("QTabWidget"),
             qPrintable(widget->objectName()));
  }
}

}  // namespace synann::ui

SYNANN_WINDOW_TEST(synann::ui::NetworkPageTest)
#include "network_page_test.moc"
