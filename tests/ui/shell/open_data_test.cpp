// SPDX-License-Identifier: GPL-3.0-or-later
#include <QApplication>
#include <QComboBox>
#include <QDir>
#include <QFileInfo>
#include <QLabel>
#include <QPushButton>
#include <QSettings>
#include <QSpinBox>
#include <QTemporaryDir>
#include <QTest>
#include <QTimer>

#include "engine/core/file.h"
#include "engine/data/idx.h"
#include "engine/data/registry.h"
#include "engine/train/history.h"
#include "tests/test_main.h"
#include "tests/ui/session/small_data.h"
#include "ui/session/class_words.h"
#include "ui/shell/data_dialog.h"
#include "ui/shell/main_window.h"
#include "ui/shell/message_bar.h"
#include "ui/shell/run_bar.h"

namespace synann::ui {

namespace {

constexpr int kOpenWait = 120'000;  // milliseconds until a test gives up

// The real window, which opens real data, as a person finds it after the start.
struct DataBench {
  DataBench() {
    QSettings::setPath(QSettings::IniFormat, QSettings::UserScope, home.path());
    window = std::make_unique<MainWindow>(loadSettings());
    testing::prepare(window->controller(), home);
    window->controller().setDataOpener(data::open_dataset);
    window->controller().setExecution({});
    window->show();
  }
  // File › Open data…, and there a click or Return on what is at `place`.
  void open(const QString& place, bool folder) const {
    bool answered = false;
    QTimer::singleShot(0, window.get(), [&] {
      auto* dialog = qobject_cast<DataDialog*>(QApplication::activeModalWidget());
      QVERIFY(dialog != nullptr);
      answered = true;
      if (folder) {
        dialog->setDirectory(place);
        QTest::mouseClick(dialog->findChild<QPushButton*>("data-dialog.folder"), Qt::LeftButton);
      } else {
        dialog->selectFile(place);
        dialog->accept();
      }
    });
    window->actions().action("file.open-data")->trigger();
    QVERIFY(answered);
    QTRY_VERIFY_WITH_TIMEOUT(!window->controller().busy(), kOpenWait);
  }
  // One epoch of what the form says; the accuracy in percent.
  double train() const {
    train::Settings settings = window->workspace().plan().settings();
    settings.epochs = 1;
    settings.batch_size = 20;
    window->controller().train(settings);
    [&] { QTRY_COMPARE_WITH_TIMEOUT(window->controller().state(), RunState::Finished, kOpenWait); }();
    [&] { QTRY_VERIFY_WITH_TIMEOUT(!window->controller().busy(), kOpenWait); }();
    const auto history = train::read_history(window->controller().runFolder());
    return history && !history->evaluations.empty() ? history->evaluations.back().accuracy() : -1;
  }

  QTemporaryDir home;
  std::unique_ptr<MainWindow> window;
};

void put(const QString& path, const std::vector<std::uint8_t>& bytes) {
  QDir().mkpath(QFileInfo(path).path());
  QVERIFY(write_file_atomically(path.toStdString(), bytes).ok());
}

std::vector<std::uint8_t> images(const data::Dataset& set) {
  const std::uint32_t shape[] = {static_cast<std::uint32_t>(set.count()), 28, 28};
  return data::format_idx(shape, set.pixels);
}
std::vector<std::uint8_t> labels(const data::Dataset& set, int more = 0) {
  std::vector<std::uint8_t> numbers = set.labels;
  for (std::uint8_t& number : numbers) number = static_cast<std::uint8_t>(number + more);
  const std::uint32_t shape[] = {static_cast<std::uint32_t>(set.count())};
  return data::format_idx(shape, numbers);
}

// As Kaggle unpacks it: a folder for each file.
void put_kaggle(const QString& folder, const data::DataPair& pair) {
  for (const bool test : {false, true}) {
    const data::Dataset& set = test ? pair.test : pair.train;
    const QString name = test ? "t10k" : "train";
    put(folder + QString("/%1-images-idx3-ubyte/%1-images-idx3-ubyte").arg(name), images(set));
    put(folder + QString("/%1-labels-idx1-ubyte/%1-labels-idx1-ubyte").arg(name), labels(set));
  }
}

}  // namespace

// The window's dialog opens data sets as people have them, and the window says what they are.
class OpenDataTest : public QObject {
  Q_OBJECT

 private slots:
  void foldersTrain();
  void aFileOpensAndIsExplained();
  void cancellingChangesNothing();
  void mnistTrains();
};

void OpenDataTest::foldersTrain() {
  const DataBench b;
  const auto digits = testing::smallDigits(2000, 300);
  QVERIFY(data::write_idx_folder(*digits, b.home.filePath("torch/MNIST/raw").toStdString(), false).ok());
  put_kaggle(b.home.filePath("kaggle"), *digits);
  for (const char* name : {"torch", "kaggle"}) {
    b.open(b.home.filePath(name), true);
    QCOMPARE(b.window->runBar()->dataSpec(), b.home.filePath(name));
    QVERIFY2(!b.window->messageBar()->isVisible(), qPrintable(b.window->messageBar()->text()));
    const double accuracy = b.train();
    QVERIFY2(accuracy > 30, qPrintable(QString::number(accuracy)));
  }
}

void OpenDataTest::aFileOpensAndIsExplained() {
  const DataBench b;
  const auto digits = testing::smallDigits(40, 20);
  for (const char* name : {"train", "test"}) {
    const data::Dataset& set = name[1] == 'r' ? digits->train : digits->test;
    put(b.home.filePath(QString("emnist-letters-%1-images-idx3-ubyte").arg(name)), images(set));
    put(b.home.filePath(QString("emnist-letters-%1-labels-idx1-ubyte").arg(name)), labels(set, 1));
  }
  const QString file = b.home.filePath("emnist-letters-test-labels-idx1-ubyte");
  b.open(file, false);
  QCOMPARE(b.window->runBar()->dataSpec(), file);
  QVERIFY(b.window->messageBar()->isVisible());
  QVERIFY(!b.window->messageBar()->isError());
  QCOMPARE(b.window->messageBar()->text(),
           QStringLiteral(
               "EMNIST's images are stored transposed: they are turned; the labels 1 to 26 are the classes 0 "
               "to 25, shown as a to z."));
  auto* first = b.window->findChild<QSpinBox*>("synapses.class-a");
  QVERIFY(first != nullptr);
  QCOMPARE(first->maximum(), 25);
  first->setValue(25);
  QCOMPARE(first->text(), QStringLiteral("25 · z"));
  auto* points = b.window->findChild<QComboBox*>("surface.points");
  QVERIFY(points != nullptr);
  QCOMPARE(points->itemText(points->count() - 1), QStringLiteral("class z"));
}

void OpenDataTest::cancellingChangesNothing() {
  const DataBench b;
  const QString before = b.window->runBar()->dataSpec();
  QTimer::singleShot(0, b.window.get(),
                     [] { qobject_cast<QDialog*>(QApplication::activeModalWidget())->reject(); });
  b.window->actions().action("file.open-data")->trigger();
  QCOMPARE(b.window->runBar()->dataSpec(), before);
}

void OpenDataTest::mnistTrains() {
  const QString mnist = qEnvironmentVariable("SYNANN_MNIST");
  if (mnist.isEmpty()) QSKIP("skipped: set SYNANN_MNIST to the MNIST folder");
  const DataBench b;
  const auto original = data::open_dataset(mnist.toStdString());
  QVERIFY(original.ok());
  QVERIFY(data::write_idx_folder(**original, b.home.filePath("data/MNIST/raw").toStdString(), false).ok());
  put_kaggle(b.home.filePath("kaggle"), **original);
  for (const char* name : {"data", "kaggle"}) {
    b.open(b.home.filePath(name), true);
    const double accuracy = b.train();
    QVERIFY2(accuracy > 90, qPrintable(QString::number(accuracy)));
  }
}

}  // namespace synann::ui

SYNANN_WINDOW_TEST(synann::ui::OpenDataTest)
#include "open_data_test.moc"
