// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include "engine/data/picture.h"
#include "tests/app/command.h"
#include "tests/test_main.h"

using namespace synann;
using testing::run_synann;

// `synann data augment`: a sheet of augmented images; and augmentation as a setting of `synann train`.
class AugmentCliTest : public QObject {
  Q_OBJECT
 private slots:
  void initTestCase();
  void writesASheet();
  void trainsOnThem();
  void whatIsWrongIsOneSentence_data();
  void whatIsWrongIsOneSentence();

 private:
  QString at(const char* name) const { return folder_.filePath(name); }
  QTemporaryDir folder_;
  QString data_;
};

void AugmentCliTest::initTestCase() {
  data_ = at("tiny");
  QCOMPARE(run_synann({"data", "make", data_, "--train", "300", "--test", "50"}).code, 0);
}

void AugmentCliTest::writesASheet() {
  const QStringList common{
      "data", "augment",         "--data", data_, "--images", "4", "--epochs", "3", "--augment-rotation",
      "20",   "--augment-erase", "0.5"};
  const auto made = run_synann(common + QStringList{"--out", at("a.png")});
  QVERIFY2(made.code == 0, qPrintable(made.err));
  QVERIFY(made.out.contains("training images 0 to 3") && made.out.contains("epochs 1 to 3"));
  QCOMPARE(run_synann(common + QStringList{"--out", at("b.png")}).code, 0);
  QCOMPARE(run_synann(common + QStringList{"--out", at("c.png"), "--seed", "6"}).code, 0);
  const auto picture = [this](const char* name) {
    QFile file(at(name));
    if (!file.open(QIODevice::ReadOnly)) return data::Picture{};
    const QByteArray bytes = file.readAll();
    const auto read = data::parse_png(
        {reinterpret_cast<const std::uint8_t*>(bytes.data()), static_cast<std::size_t>(bytes.size())}, name);
    return read ? *read : data::Picture{};
  };
  const auto a = picture("a.png"), b = picture("b.png"), c = picture("c.png");
  QCOMPARE(a.columns, 4 * 60 - 4);
  QCOMPARE(a.rows, 4 * 60 - 4);
  QVERIFY(a.pixels == b.pixels);
  QVERIFY(a.pixels != c.pixels);  // another seed
  const std::size_t first_row = static_cast<std::size_t>(a.columns) * 56;
  QVERIFY(std::equal(a.pixels.begin(), a.pixels.begin() + static_cast<std::ptrdiff_t>(first_row),
                     c.pixels.begin()));  // the images as they are
}

void AugmentCliTest::trainsOnThem() {
  const QStringList common{"train", "--data", data_, "--epochs", "1", "--batch-size", "50"};
  const auto plain = run_synann(common + QStringList{"--out", at("plain")});
  const auto moved = run_synann(common + QStringList{"--out", at("moved"), "--augment-rotation", "15"});
  QVERIFY2(moved.code == 0, qPrintable(moved.err));
  QVERIFY(moved.out != plain.out);
  QFile history(at("moved/history.jsonl"));
  QVERIFY(history.open(QIODevice::ReadOnly));
  QVERIFY(history.readLine().contains("\"augment_rotation\":15.0"));
}

void AugmentCliTest::whatIsWrongIsOneSentence_data() {
  QTest::addColumn<QStringList>("arguments");
  QTest::addColumn<QString>("words");
  const QStringList augment{"data", "augment", "--data", data_, "--out", at("x.png")};
  QTest::newRow("nothing") << augment << "nothing is asked for";
  QTest::newRow("range") << augment + QStringList{"--augment-zoom", "2"} << "--augment-zoom";
  QTest::newRow("areas") << augment + QStringList{"--augment-erase", "1", "--augment-erase-min", "0.5"}
                         << "--augment-erase-max";
  QTest::newRow("images") << augment + QStringList{"--augment-shear", "5", "--first", "295"}
                          << "--first: goes beyond the training images";
  QTest::newRow("folder") << QStringList{"data",  "augment",   "--data",          "/nowhere",
                                         "--out", at("x.png"), "--augment-shear", "5"}
                          << "/nowhere";
}

void AugmentCliTest::whatIsWrongIsOneSentence() {
  QFETCH(QStringList, arguments);
  QFETCH(QString, words);
  const auto outcome = run_synann(arguments);
  QCOMPARE(outcome.code, 2);
  QVERIFY2(outcome.err.contains(words), qPrintable(outcome.err));
  QCOMPARE(outcome.err.count('\n'), 1);
  QVERIFY(!QFile::exists(at("x.png")));
}

SYNANN_TEST(AugmentCliTest)
#include "augment_cli_test.moc"
