// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/twins/twins_page.h"

#include <algorithm>
#include <filesystem>
#include <fstream>

#include <QAction>
#include <QComboBox>
#include <QDoubleSpinBox>
#include <QFileInfo>
#include <QLabel>
#include <QTabWidget>
#include <QTest>

#include "engine/data/digits.h"
#include "engine/data/registry.h"
#include "engine/model/model_file.h"
#include "engine/train/checkpoint.h"
#include "tests/test_main.h"
#include "tests/ui/pages/window_bench.h"
#include "ui/plots/figure_view.h"
#include "ui/shell/message_bar.h"

namespace synann::ui {

namespace fs = std::filesystem;
using testing::kWait;

namespace {

// The window with its page, on the small digits: 20 steps an epoch.
struct TwinsBench : testing::WindowBench {
  TwinsBench() {
    page = window->page<TwinsPage>();
    window->showPage(page);
    train::Settings small = testing::smallSettings(1);
    window->workspace().plan().restore(small);
  }
  void choose(TwinOther other) { find<QComboBox>("twins.other")->setCurrentIndex(static_cast<int>(other)); }
  void chooseModel(const char* pick) {
    auto* const model = find<QComboBox>("twins.model");
    QVERIFY2(model->findData(QString(pick)) >= 0, pick);
    model->setCurrentIndex(model->findData(QString(pick)));
  }
  void trainTwins() {
    window->actions().action("twins.train")->trigger();
    [&] { QTRY_VERIFY_WITH_TIMEOUT(!page->busy(), kWait); }();
  }
  QString state() const { return window->findChild<QLabel*>("twins.state")->text(); }
  FigureView* figure(const char* name) const { return window->findChild<FigureView*>(name); }

  TwinsPage* page = nullptr;
};

}  // namespace

// Two runs in lock-step from the window.
class TwinsPageTest : public QObject {
  Q_OBJECT

 private slots:
  void initTestCase();
  void equalOnesStayEqual();
  void anotherRateIsSeenFromTheFirstStepOn();
  void eachDifferenceIsOneSetting();
  void aRivalIsTrainedBesideItsNetwork();
  void whatDoesNotExistIsToldBefore();
  void aModelFileIsTheSecond();
  void stopSavesBoth();
  void pauseHoldsBoth();
  void figuresAreExportedAndOpenedAgain();
  void imagesAreOfTheDataOfTheRuns();
  void closingTheWindowSavesBoth();

 private:
  QTemporaryDir home_;
};

void TwinsPageTest::initTestCase() {
  qputenv("XDG_DATA_HOME", home_.path().toUtf8());
}

void TwinsPageTest::equalOnesStayEqual() {
  TwinsBench b;
  b.choose(TwinOther::Nothing);
  b.trainTwins();
  QVERIFY2(b.state().contains("losses and parameters are equal to the bit over 20 steps"),
           qPrintable(b.state()));
  QVERIFY(b.figure("twins.loss")->figure() && b.figure("twins.difference")->figure());
  QVERIFY(!b.figure("twins.images")->figure());
  QVERIFY(b.window->messageBar()->text().contains("Both runs are saved"));
  QVERIFY(!b.window->messageBar()->isError());
}

void TwinsPageTest::anotherRateIsSeenFromTheFirstStepOn() {
  TwinsBench b;
  b.choose(TwinOther::Rate);
  QCOMPARE(b.find<QDoubleSpinBox>("twins.rate")->value(), 0.024);
  b.trainTwins();
  QVERIFY2(b.state().contains("the parameters differ after step 1"), qPrintable(b.state()));
  const auto& trace = b.page->runner().trace();
  QVERIFY(trace && trace->distances.size() == 20 && trace->distances.back().beta > 0);
  const auto distance = b.figure("twins.beta")->figure();
  QVERIFY(distance);
  QCOMPARE(distance->rowCount(), 20);
  QVERIFY(distance->cell(19, 1).toDouble() == trace->distances.back().beta);
  for (const fs::path& folder : b.page->runner().request().folders)
    QVERIFY(fs::exists(folder / train::kLastCheckpoint));
}

void TwinsPageTest::eachDifferenceIsOneSetting() {
  TwinsBench b;
  const auto differing = [&](TwinOther other) {
    b.choose(other);
    const auto both = *b.page->settings();
    QStringList keys;
    for (const auto& d : train::differences(both[0], both[1])) keys.append(QString::fromStdString(d.key));
    if (both[0].model != both[1].model) keys.append("model");
    return keys;
  };
  QCOMPARE(differing(TwinOther::Nothing), QStringList());
  QCOMPARE(differing(TwinOther::Model), QStringList{"model"});
  QCOMPARE((*b.page->settings())[1].model, std::string("dense-cnn"));
  QCOMPARE(differing(TwinOther::Synapse), QStringList{"synapse"});
  QCOMPARE(differing(TwinOther::Rate), QStringList{"lr"});
  QCOMPARE(differing(TwinOther::Seed), QStringList{"seed"});
}

void TwinsPageTest::aRivalIsTrainedBesideItsNetwork() {
  TwinsBench b;
  b.choose(TwinOther::Model);
  b.chooseModel(":dense-relu");
  const auto both = *b.page->settings();
  QCOMPARE(both[1].model, std::string("dense-relu-cnn"));
  QVERIFY(both[1].own && both[1].learning_rate == both[0].learning_rate);
  b.trainTwins();
  QVERIFY2(b.state().startsWith("SynaCNN | dense-relu-cnn"), qPrintable(b.state()));
  // With the options on the screen, which the rival's layers have themselves.
  b.window->workspace().plan().set("beta", std::string("sigmoid"));
  b.chooseModel(":no-batch-norm");
  const auto without = *b.page->settings();
  QCOMPARE(without[1].beta, train::Settings().beta);
  QVERIFY(train::validate(without[1]).ok());
  QVERIFY(std::ranges::any_of(without[1].own.definition->layers, [](const model::Layer& layer) {
    return layer.synapse.beta == model::SynapseOptions::Beta::Sigmoid;
  }));
}

void TwinsPageTest::whatDoesNotExistIsToldBefore() {
  TwinsBench b;
  b.choose(TwinOther::Model);
  b.window->workspace().plan().setModel("linear");
  b.chooseModel(":glu");
  QCOMPARE(b.state(), QString("linear: has no synapse layer"));
  QVERIFY(!b.window->actions().action("twins.train")->isEnabled());
  b.chooseModel("syna-cnn");
  QVERIFY(b.window->actions().action("twins.train")->isEnabled());
  b.chooseModel(":glu");
  b.choose(TwinOther::Seed);
  QVERIFY(b.window->actions().action("twins.train")->isEnabled());
}

void TwinsPageTest::aModelFileIsTheSecond() {
  TwinsBench b;
  b.choose(TwinOther::Model);
  auto own = *model::definition_of("identity-cnn");
  own.id = "my-net";
  const QString file = home_.filePath("my-net.json");
  std::ofstream(file.toStdString()) << model::model_file_text(own);
  b.page->addModelFile(file);
  QTRY_VERIFY_WITH_TIMEOUT(!b.page->busy(), kWait);
  QCOMPARE((*b.page->settings())[1].model, std::string("my-net"));
  QVERIFY(*(*b.page->settings())[1].own.definition == own);
  b.trainTwins();
  QVERIFY2(b.state().startsWith("SynaCNN | my-net"), qPrintable(b.state()));
  b.page->addModelFile(home_.filePath("none.json"));
  QTRY_VERIFY_WITH_TIMEOUT(!b.page->busy(), kWait);
  QVERIFY(b.window->messageBar()->isError());
  QCOMPARE((*b.page->settings())[1].model, std::string("my-net"));
  // Beside a network without a named twin, its rival with a linear layer is offered.
  b.window->workspace().plan().setModel("syna-mlp-relu");
  QCOMPARE((*b.page->settings())[1].model, std::string("dense-mlp-relu"));
}

void TwinsPageTest::stopSavesBoth() {
  TwinsBench b;
  b.window->workspace().plan().restore(testing::smallSettings(5000));
  b.window->actions().action("twins.train")->trigger();
  QTRY_VERIFY_WITH_TIMEOUT(b.page->runner().trace() && b.page->runner().trace()->steps > 3, kWait);
  QVERIFY(!b.window->actions().action("twins.train")->isEnabled());
  b.window->actions().action("twins.stop")->trigger();
  QTRY_VERIFY_WITH_TIMEOUT(!b.page->busy(), kWait);
  for (const fs::path& folder : b.page->runner().request().folders)
    QVERIFY(fs::exists(folder / train::kLastCheckpoint));
  QVERIFY(b.window->actions().action("twins.train")->isEnabled());
}

void TwinsPageTest::pauseHoldsBoth() {
  TwinsBench b;
  b.window->workspace().plan().restore(testing::smallSettings(5000));
  b.window->actions().action("twins.train")->trigger();
  QTRY_VERIFY_WITH_TIMEOUT(b.page->runner().trace() && b.page->runner().trace()->steps > 3, kWait);
  b.window->actions().action("twins.pause")->trigger();
  QVERIFY(b.page->runner().paused());
  QTRY_VERIFY(b.state().contains("paused"));
  QVERIFY(b.window->actions().action("twins.pause")->text().contains("Go on"));
  b.window->actions().action("twins.pause")->trigger();
  QVERIFY(!b.page->runner().paused());
  b.window->actions().action("twins.stop")->trigger();
  QTRY_VERIFY_WITH_TIMEOUT(!b.page->busy(), kWait);
}

void TwinsPageTest::figuresAreExportedAndOpenedAgain() {
  TwinsBench b;
  b.choose(TwinOther::Seed);
  b.trainTwins();
  QVERIFY(b.figure("twins.images")->figure());
  const QString file = home_.filePath("twins.svg");
  QVERIFY(b.window->exportFigure(file));
  QVERIFY(QFileInfo(file).size() > 1000);
  TwinsBench other;
  QVERIFY2(other.window->openFigure(file), qPrintable(other.window->messageBar()->text()));
  QTRY_VERIFY_WITH_TIMEOUT(!other.page->busy() && other.figure("twins.difference")->figure(), kWait);
  QVERIFY2(other.state().contains("the losses differ from step 1 on"), qPrintable(other.state()));
  const auto folders = b.page->runner().request().folders;
  for (const char* view : {kTwinLosses, kTwinDifference, kTwinDistance}) {
    ViewOptions options;
    options.view = view;
    options.histories = {folders[0].string(), folders[1].string()};
    QVERIFY(checkTwins(options).ok());
    const auto shown = twinsViewFigure(options);
    QVERIFY2(shown.ok(), shown.ok() ? "" : shown.error().sentence().c_str());
  }
  ViewOptions one;
  one.histories = {folders[0].string()};
  QVERIFY(!checkTwins(one).ok());
}

// Whatever data the window has open.
void TwinsPageTest::imagesAreOfTheDataOfTheRuns() {
  data::DataPair own = *testing::smallDigits(300, 60);
  own.test = data::make_digits(60, 77, 1);
  const std::string folder = home_.filePath("own").toStdString();
  QVERIFY(data::write_idx_folder(own, folder, false).ok());
  TwinsBench b;
  train::Settings settings = testing::smallSettings(1);
  settings.data = folder;
  b.window->workspace().plan().restore(settings);
  b.choose(TwinOther::Seed);
  b.trainTwins();
  const auto folders = b.page->runner().request().folders;
  ViewOptions options;
  options.view = kTwinImages;
  options.histories = {folders[0].string(), folders[1].string()};
  const auto shown = twinsViewFigure(options);
  QVERIFY2(shown.ok(), shown.ok() ? "" : shown.error().sentence().c_str());
  const auto sameAsShown = [&](const TwinsBench& bench) {
    const auto figure = bench.figure("twins.images")->figure();
    if (!figure || figure->rowCount() != shown->figure->rowCount()) return false;
    for (int row = 0; row < figure->rowCount(); ++row)
      for (int column = 0; column < figure->columnCount(); ++column)
        if (figure->cell(row, column) != shown->figure->cell(row, column)) return false;
    return true;
  };
  QVERIFY(sameAsShown(b));
  const QString file = home_.filePath("own.svg");
  QVERIFY(b.window->exportFigure(file));
  TwinsBench other;
  QVERIFY2(other.window->openFigure(file), qPrintable(other.window->messageBar()->text()));
  QTRY_VERIFY_WITH_TIMEOUT(!other.page->busy() && other.figure("twins.images")->figure(), kWait);
  QVERIFY(sameAsShown(other));
}

void TwinsPageTest::closingTheWindowSavesBoth() {
  std::array<fs::path, 2> folders;
  {
    TwinsBench b;
    b.window->workspace().plan().restore(testing::smallSettings(5000));
    b.window->actions().action("twins.train")->trigger();
    QTRY_VERIFY_WITH_TIMEOUT(b.page->runner().trace() && b.page->runner().trace()->steps > 3, kWait);
    folders = b.page->runner().request().folders;
  }
  for (const fs::path& folder : folders) QVERIFY(fs::exists(folder / train::kLastCheckpoint));
}

}  // namespace synann::ui

SYNANN_WINDOW_TEST(synann::ui::TwinsPageTest)
#include "twins_page_test.moc"
