// SPDX-License-Identifier: GPL-3.0-or-later
#include <QAccessible>
#include <QApplication>
#include <QBuffer>
#include <QComboBox>
#include <QDialog>
#include <QDir>
#include <QDoubleSpinBox>
#include <QDragEnterEvent>
#include <QDragLeaveEvent>
#include <QDropEvent>
#include <QFile>
#include <QMimeData>
#include <QPlainTextEdit>
#include <QSplitter>
#include <QTextBrowser>
#include <QTimer>
#include <QToolButton>
#include <QUrl>

#include "engine/data/registry.h"
#include "engine/train/checkpoint.h"
#include "tests/test_main.h"
#include "tests/ui/pages/window_bench.h"
#include "ui/pages/page.h"
#include "ui/pages/synapses/synapses_page.h"
#include "ui/pages/train/train_page.h"
#include "ui/plots/loss_chart.h"
#include "ui/shell/empty_offer.h"
#include "ui/shell/message_bar.h"
#include "ui/shell/page_help.h"
#include "ui/shell/race.h"
#include "ui/shell/run_bar.h"

namespace synann::ui {

namespace {

using testing::kWait;
using testing::WindowBench;

QString folderOf(const WindowBench& b) {
  return QString::fromStdString(b.run().string());
}

void drag(QWidget* over, const QString& place, bool let_go) {
  QMimeData data;
  data.setUrls({QUrl::fromLocalFile(place)});
  QDragEnterEvent enter(QPoint(9, 9), Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
  enter.ignore();
  QApplication::sendEvent(over, &enter);
  QVERIFY(enter.isAccepted());
  if (!let_go) return;
  QDropEvent drop(QPointF(9, 9), Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
  QApplication::sendEvent(over, &drop);
  QVERIFY(drop.isAccepted());
}

// What the window says in the end.
QString told(const WindowBench& b) {
  QCoreApplication::processEvents();
  [&] { QTRY_VERIFY_WITH_TIMEOUT(!b.window->controller().busy(), kWait); }();
  return b.window->messageBar()->isVisible() ? b.window->messageBar()->text() : QString();
}

void write(const QString& path, const QByteArray& bytes) {
  QFile file(path);
  QVERIFY(file.open(QIODevice::WriteOnly) && file.write(bytes) == bytes.size());
}

bool hasRun(const WindowBench& b) {
  return b.window->controller().runSettings() != nullptr;
}

}  // namespace

// What the window does the same way everywhere: dropping, empty pages, help, Escape, what screen readers
// hear.
class WindowMannersTest : public QObject {
  Q_OBJECT

 private slots:
  void whatIsDroppedIsOpenedAsWhatItIs();
  void aDroppedFigureStandsAsItStood();
  void whatCannotBeOpenedIsSaid_data();
  void whatCannotBeOpenedIsSaid();
  void aDragIsShownAndGoes();
  void emptyPagesOfferTrainAndTheLastRuns();
  void anOfferLeavesTheWordsOfThePageFree();
  void everyPageHasHelp();
  void escapeGivesBackWhatWasInAField();
  void escapeClosesTheMessage();
  void listsAreHeardByTheirLabels();
  void dataWaitForTheOpenRun();
  void theInspectorTakesTheSidesWidthFirst();
  void aKillLosesNoSettings();
};

void WindowMannersTest::whatIsDroppedIsOpenedAsWhatItIs() {
  WindowBench b;
  b.train();
  const QString run = folderOf(b), checkpoint = run + '/' + train::kLastCheckpoint;
  for (const QString& place : {run, checkpoint, run + "/history.jsonl"}) {
    WindowBench other;
    QVERIFY(!hasRun(other));
    drag(other.find<QPlainTextEdit>("log"), place, true);
    QTRY_VERIFY_WITH_TIMEOUT(hasRun(other), kWait);
    QCOMPARE(folderOf(other), run);
    QVERIFY2(told(other).isEmpty(), qPrintable(told(other)));
  }
  const QString folder = b.home.filePath("images"), file = folder + "/t10k-images-idx3-ubyte.gz";
  QVERIFY(data::write_idx_folder(*testing::smallDigits(60, 30), folder.toStdString(), false).ok());
  b.window->controller().setDataOpener(data::open_dataset);
  for (const QString& place : {folder, file}) {
    // Also on a field that takes text.
    drag(b.find<QDoubleSpinBox>("setting.epochs")->findChild<QWidget*>("qt_spinbox_lineedit"), place, true);
    QVERIFY2(!told(b).contains("cannot"), qPrintable(told(b)));
    QCOMPARE(b.window->runBar()->dataSpec(), place);
  }
}

void WindowMannersTest::aDroppedFigureStandsAsItStood() {
  WindowBench b;
  b.train();
  b.window->page<TrainPage>()->chart()->setLogY(true);
  for (const char* kind : {"png", "svg", "pdf"}) {
    const QString path = b.home.filePath(QString("loss.") + kind);
    QVERIFY(b.window->exportFigure(path));
    WindowBench other;
    other.window->showPage(other.window->pageNamed("surface"));
    drag(other.window.get(), path, true);
    QTRY_COMPARE_WITH_TIMEOUT(folderOf(other), folderOf(b), kWait);
    QCOMPARE(other.window->currentPage(), other.window->pageNamed("train"));
    QVERIFY2(!other.window->messageBar()->isError(), qPrintable(told(other)));
  }
}

void WindowMannersTest::whatCannotBeOpenedIsSaid_data() {
  QTest::addColumn<QString>("name");
  QTest::addColumn<QByteArray>("bytes");
  QTest::addColumn<QString>("words");
  QImage image(28, 28, QImage::Format_Grayscale8);
  image.fill(7);
  QByteArray png;
  QBuffer buffer(&png);
  image.save(&buffer, "PNG");
  QTest::newRow("image") << "seven.png" << png << "is an image, and no figure that was saved here";
  QTest::newRow("gif") << "seven.gif" << QByteArray("GIF89a")
                       << "drop the folder that holds a folder of them";
  QTest::newRow("svg") << "logo.svg" << QByteArray("<svg></svg>") << "is not a figure of this program";
  QTest::newRow("text") << "notes.txt" << QByteArray("one, two\n") << "is nothing that can be opened here";
  QTest::newRow("torch") << "net.pt" << QByteArray("\x80\x02}q\x01.") << "torch.save";
  QTest::newRow("not there") << "" << QByteArray() << "cannot be read";
}

void WindowMannersTest::whatCannotBeOpenedIsSaid() {
  QFETCH(QString, name);
  QFETCH(QByteArray, bytes);
  QFETCH(QString, words);
  const WindowBench b;
  const QString path = b.home.filePath(name.isEmpty() ? "nothing" : name);
  if (!name.isEmpty()) write(path, bytes);
  drag(b.window.get(), path, true);
  QTRY_VERIFY(b.window->messageBar()->isVisible());
  QVERIFY(b.window->messageBar()->isError());
  QVERIFY2(told(b).startsWith(path) && told(b).contains(words), qPrintable(told(b)));
  // Its cause has gone as soon as something else is opened.
  b.window->chooseData("digits");
  QVERIFY(!b.window->messageBar()->isVisible());
}

void WindowMannersTest::aDragIsShownAndGoes() {
  const WindowBench b;
  auto* const zone = b.find<QWidget>("drop-zone");
  QVERIFY(!zone->isVisible());
  drag(b.window.get(), b.home.path(), false);
  QVERIFY(zone->isVisible() && zone->size() == b.window->size());
  QVERIFY2(zone->accessibleName().startsWith("Drop to open "), qPrintable(zone->accessibleName()));
  QDragLeaveEvent leave;
  QApplication::sendEvent(zone, &leave);
  QTRY_VERIFY(!zone->isVisible());
  // Words, or a page of the web, are nothing for it.
  QMimeData words;
  words.setText("0.5");
  QDragEnterEvent enter(QPoint(9, 9), Qt::CopyAction, &words, Qt::LeftButton, Qt::NoModifier);
  enter.ignore();
  QApplication::sendEvent(b.window.get(), &enter);
  QVERIFY(!enter.isAccepted() && !zone->isVisible());
}

void WindowMannersTest::emptyPagesOfferTrainAndTheLastRuns() {
  WindowBench first;
  first.train();
  AppSettings settings;
  settings.runs = {folderOf(first), "/no/such/run"};
  MainWindow window(settings);
  window.resize(1024, 600);
  window.show();
  auto* const page = window.page<TrainPage>();
  auto* const offer = page->findChild<EmptyOffer*>();
  QVERIFY(offer != nullptr && offer->isVisible());
  const auto runs = offer->findChildren<QToolButton*>("empty.run");
  QCOMPARE(runs.size(), 1);
  QVERIFY2(runs[0]->text().contains("SynaCNN finished its 2 epochs"), qPrintable(runs[0]->text()));
  QVERIFY(page->chart()->rect().contains(offer->geometry()));
  QVERIFY(offer->findChild<QToolButton*>("empty.train")->isEnabled());
  // The race is offered where it can be run.
  QCOMPARE(offer->findChild<QToolButton*>("empty.race") != nullptr, Race::data().has_value());
  for (const char* id : {"network", "synapses"}) {
    window.showPage(window.pageNamed(id));
    QVERIFY2(window.pageNamed(id)->findChild<EmptyOffer*>()->isVisible(), id);
  }
  window.showPage(page);
  QTest::mouseClick(runs[0], Qt::LeftButton);
  QTRY_VERIFY_WITH_TIMEOUT(!window.controller().busy() && window.controller().runSettings(), kWait);
  QTRY_VERIFY(!offer->isVisible());
}

// The words stand in the middle of an empty figure, however large that is.
void WindowMannersTest::anOfferLeavesTheWordsOfThePageFree() {
  MainWindow window{AppSettings{}};
  window.show();
  int looked_at = 0;
  for (const QSize size : {QSize(1024, 600), QSize(1280, 800), QSize(1600, 1000)})
    for (const PageInfo& info : pageTable()) {
      window.resize(size);
      Page* const page = window.pageNamed(info.id);
      window.showPage(page);
      FigureWidget* const figure = page->emptyFigure();
      if (figure == nullptr || figure->placeholder().isEmpty()) continue;
      QCoreApplication::processEvents();
      auto* const offer = figure->findChild<EmptyOffer*>();
      QVERIFY2(offer != nullptr && offer->isVisible(), qPrintable(info.id));
      const QRect words = figure->fontMetrics().boundingRect(
          figure->rect().adjusted(16, 8, -16, -8), Qt::AlignCenter | Qt::TextWordWrap, figure->placeholder());
      QVERIFY2(words.isValid() && !words.intersects(offer->geometry()), qPrintable(info.id));
      ++looked_at;
    }
  QVERIFY(looked_at > 0);
}

void WindowMannersTest::everyPageHasHelp() {
  const WindowBench b;
  QCOMPARE(b.window->actions().action("help.page")->shortcut(), QKeySequence(Qt::Key_F1));
  QVERIFY(b.find<QToolButton>("button.help.page")->isVisible());
  for (const PageInfo& info : pageTable()) {
    b.window->showPage(b.window->pageNamed(info.id));
    QString words;
    QSize size;
    QTimer::singleShot(0, b.window.get(), [&] {
      auto* const dialog = qobject_cast<QDialog*>(QApplication::activeModalWidget());
      if (dialog == nullptr) return;
      words = dialog->findChild<QTextBrowser*>("page-help")->toPlainText();
      size = dialog->size();
      dialog->reject();
    });
    b.window->actions().action("help.page")->trigger();
    QVERIFY2(words.contains(info.help), qPrintable(words));
    QVERIFY(size.width() <= 1024 && size.height() <= 560);
    for (const char* part : {"Figures", "Keys: ", "Controls", "Backspace"})
      QVERIFY2(words.contains(part), qPrintable(info.id + ": " + part));
    for (const std::string& view : info.views) QVERIFY(words.contains(QString::fromStdString(view)));
    for (const ActionInfo& action : info.actions) QVERIFY(words.contains(action.help));
  }
}

void WindowMannersTest::escapeGivesBackWhatWasInAField() {
  const WindowBench b;
  auto* const rate = b.find<QDoubleSpinBox>("setting.lr");
  const double before = rate->value();
  b.window->activateWindow();
  rate->setFocus();
  QTRY_VERIFY(rate->hasFocus());
  b.window->messageBar()->showNote("a message");
  rate->selectAll();
  QTest::keyClicks(rate, "0.5");
  QTest::keyClick(rate, Qt::Key_Escape);
  QCOMPARE(rate->value(), before);
  QCOMPARE(rate->text(), rate->textFromValue(before));
  QVERIFY(b.window->messageBar()->isVisible());  // the key was used
  // What was taken by Enter is what a later Escape gives back.
  rate->selectAll();
  QTest::keyClicks(rate, "0.25");
  QTest::keyClick(rate, Qt::Key_Return);
  QCoreApplication::processEvents();
  rate->selectAll();
  QTest::keyClicks(rate, "0.75");
  QTest::keyClick(rate, Qt::Key_Escape);
  QCOMPARE(rate->value(), 0.25);
  QTest::keyClick(rate, Qt::Key_Escape);
  QVERIFY(!b.window->messageBar()->isVisible());
}

void WindowMannersTest::escapeClosesTheMessage() {
  WindowBench b;
  b.train();
  LossChart* const chart = b.window->page<TrainPage>()->chart();
  chart->setFocus();
  chart->zoomTo({0, 100, 0, 1});
  b.window->messageBar()->showNote("a message");
  QTest::keyClick(chart, Qt::Key_Escape);  // the figure's own comes first
  QVERIFY(chart->follow() && b.window->messageBar()->isVisible());
  QTest::keyClick(chart, Qt::Key_Escape);
  QVERIFY(!b.window->messageBar()->isVisible());
}

void WindowMannersTest::listsAreHeardByTheirLabels() {
  const WindowBench b;
  const auto lists = b.window->findChildren<QComboBox*>();
  QVERIFY(lists.size() > 15);
  for (const QComboBox* list : lists) {
    auto* const heard = QAccessible::queryAccessibleInterface(const_cast<QComboBox*>(list));
    QVERIFY(heard != nullptr);
    QVERIFY2(!list->accessibleName().isEmpty(), qPrintable(list->objectName()));
    QVERIFY2(heard->text(QAccessible::Name) == list->accessibleName(), qPrintable(list->objectName()));
    QCOMPARE(heard->text(QAccessible::Value), list->currentText());
  }
}

void WindowMannersTest::dataWaitForTheOpenRun() {
  const WindowBench b;
  b.window->actions().action("run.step-batch")->trigger();
  QTRY_COMPARE_WITH_TIMEOUT(b.window->controller().state(), RunState::Paused, kWait);
  b.window->chooseData("digits");
  QVERIFY2(b.window->messageBar()->text().endsWith("is opened as soon as this run is over."),
           qPrintable(b.window->messageBar()->text()));
  b.window->controller().stop();
  QTRY_VERIFY_WITH_TIMEOUT(!b.window->controller().busy(), kWait);
  QVERIFY2(!b.window->messageBar()->text().contains("as soon as"),
           qPrintable(b.window->messageBar()->text()));
}

void WindowMannersTest::theInspectorTakesTheSidesWidthFirst() {
  const WindowBench b;
  b.window->resize(1024, 600);
  b.window->showPage(b.window->pageNamed("synapses"));
  auto* const split = b.find<QSplitter>("synapses.split");
  QCoreApplication::processEvents();
  const int before = split->sizes()[1];
  b.window->actions().action("view.inspector")->setChecked(true);
  QCoreApplication::processEvents();
  QCOMPARE(split->sizes()[1], split->widget(1)->minimumWidth());
  QVERIFY(split->sizes()[1] < before);
}

void WindowMannersTest::aKillLosesNoSettings() {
  const WindowBench b;
  b.window->rememberOnTheWay();
  b.find<QDoubleSpinBox>("setting.lr")->setValue(0.04);
  b.window->showPage(b.window->pageNamed("network"));
  QTRY_COMPARE(loadSettings().page, QStringLiteral("network"));
  QVERIFY2(loadSettings().settings.contains("0.04"), loadSettings().settings.constData());
}

}  // namespace synann::ui

SYNANN_WINDOW_TEST(synann::ui::WindowMannersTest)
#include "window_manners_test.moc"
