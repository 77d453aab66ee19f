// SPDX-License-Identifier: GPL-3.0-or-later
#include <memory>
#include <string>

#include <QDir>
#include <QTemporaryDir>
#include <QtTest>

#include "engine/core/file.h"
#include "engine/data/family.h"
#include "engine/data/read_source.h"
#include "engine/data/registry.h"
#include "engine/data/sample_files.h"
#include "engine/std_strings.h"
#include "tests/test_main.h"

using namespace synann;
using namespace synann::data;
using synann::data::test::Bytes;

// Names of files and folders tell what a data set is; what is found is made one data set, or refused.
class SourcesTest : public QObject {
  Q_OBJECT

 private slots:
  void init();
  void readsNamesOfFiles_data();
  void readsNamesOfFiles();
  void knowsThePublishedDataSets();
  void turnsImagesOfEmnist();
  void takesTheLastSixthOfEachClassOfSortedData();
  void classesOfFoldersTakeTurns();
  void refusesFoldersThatDoNotFit();
  void refusesSeveralDataSets();
  void aFileStandsForItsDataSet();

 private:
  std::string path(const QString& name = {}) const { return dir_->filePath(name).toStdString(); }
  void put(const QString& name, const Bytes& bytes) const {
    QDir().mkpath(QFileInfo(dir_->filePath(name)).path());
    QVERIFY(write_file_atomically(path(name), bytes).ok());
  }
  std::string sentenceOf(const QString& name) const {
    const auto data = open_dataset(path(name));
    return data ? "taken"
                : QString::fromStdString(data.error().sentence()).replace(dir_->path(), "DIR").toStdString();
  }

  std::unique_ptr<QTemporaryDir> dir_;
};

void SourcesTest::init() {
  dir_ = std::make_unique<QTemporaryDir>();
  QVERIFY(dir_->isValid());
}

void SourcesTest::readsNamesOfFiles_data() {
  QTest::addColumn<QString>("prefix");
  QTest::addColumn<bool>("test");
  QTest::addColumn<bool>("labels");
  const auto row = [](const char* name, const char* prefix, bool test, bool labels) {
    QTest::newRow(name) << QString(prefix) << test << labels;
  };
  row("train-images-idx3-ubyte", "", false, false);
  row("T10K-LABELS.IDX1-UBYTE.GZ", "", true, true);
  row("t10k_images_idx3_ubyte", "", true, false);
  row("emnist-byclass-test-labels-idx1-ubyte.gz", "emnist-byclass", true, true);
  row("qmnist-train-labels-idx2-int.gz", "qmnist", false, true);
  row("xnist-images-idx3-ubyte.xz", "xnist", false, false);
  row("k49-train-imgs.npz", "k49", false, false);
  row("train.csv", "none", false, false);
  row("train-images", "none", false, false);
  row("mnist.npz", "none", false, false);
}

void SourcesTest::readsNamesOfFiles() {
  QFETCH(QString, prefix);
  const auto role = file_role(QTest::currentDataTag());
  QCOMPARE(role.has_value(), prefix != "none");
  if (!role) return;
  QCOMPARE(QString::fromStdString(role->prefix), prefix);
  QTEST(role->test, "test");
  QTEST(role->labels, "labels");
}

void SourcesTest::knowsThePublishedDataSets() {
  QCOMPARE(family_of("emnist-letters", ".").class_names.size(), std::size_t{26});
  QCOMPARE(family_of("emnist-balanced", ".").class_names.size(), std::size_t{47});
  QCOMPARE(family_of("emnist-bymerge", ".").class_names.back(), std::string("t"));
  QCOMPARE(family_of("emnist-byclass", ".").class_names.size(), std::size_t{62});
  QCOMPARE(family_of("emnist-byclass", ".").class_names[36], std::string("a"));
  QVERIFY(family_of("emnist-digits", ".").class_names.empty() && family_of("emnist-mnist", ".").transposed);
  QCOMPARE(family_of("", "/data/FashionMNIST/raw").class_names[9], std::string("Ankle boot"));
  QCOMPARE(family_of("fashion-mnist", ".").title, std::string("Fashion-MNIST"));
  QCOMPARE(family_of("", "/data/KMNIST/raw").class_names[0], std::string("お"));
  QCOMPARE(family_of("k49", ".").class_names.size(), std::size_t{49});
  QVERIFY(family_of("", "/data/MNIST/raw").title.empty());
  QVERIFY(family_of("", "/kmnist-and-more/mnist").title.empty());
}

void SourcesTest::turnsImagesOfEmnist() {
  const std::uint32_t size[] = {1, 2, 3};
  for (const char* set : {"train", "test"}) {
    put(QString("emnist-letters-%1-images-idx3-ubyte").arg(set), format_idx(size, Bytes{1, 2, 3, 4, 5, 6}));
    put(QString("emnist-letters-%1-labels-idx1-ubyte").arg(set), test::label_file({26}));
  }
  const auto data = open_dataset(path());
  QVERIFY2(data.ok(), data.ok() ? "" : data.error().sentence().c_str());
  QCOMPARE((*data)->name, std::string("EMNIST letters"));
  QCOMPARE((*data)->train.rows, 3);
  QCOMPARE((*data)->train.pixels, (Bytes{1, 4, 2, 5, 3, 6}));
  QCOMPARE((*data)->test.labels, Bytes{25});
  QCOMPARE((*data)->class_name(25), std::string("z"));
  QCOMPARE((*data)->notes.size(), std::size_t{2});
}

void SourcesTest::takesTheLastSixthOfEachClassOfSortedData() {
  Parts parts;
  parts.train = {1, 1, Bytes(24, 0), Bytes(24, 0)};
  for (std::size_t k = 0; k < 24; ++k) {
    parts.train.labels[k] = static_cast<std::uint8_t>(k / 12);
    parts.train.pixels[k] = static_cast<std::uint8_t>(k);
  }
  Parts mixed = parts;
  const auto sorted = assemble(std::move(parts), {});
  QVERIFY(sorted.ok());
  QCOMPARE(sorted->test.pixels, (Bytes{10, 11, 22, 23}));
  for (std::size_t k = 0; k < 24; ++k) mixed.train.labels[k] = k % 2;
  const auto last = assemble(std::move(mixed), {});
  QVERIFY(last.ok());
  QCOMPARE(last->test.pixels, (Bytes{20, 21, 22, 23}));
  QCOMPARE(last->train.count(), 20);
}

void SourcesTest::classesOfFoldersTakeTurns() {
  for (int k = 0; k < 3; ++k) {
    for (const char* name : {"10", "9", ".hidden"})
      put(QString("%1/%2.png").arg(name).arg(k),
          test::png_file(1, 1, {static_cast<std::uint8_t>(10 * atoi(name) / 5 + k)}));
  }
  put("9/notes.txt", {1});
  const auto data = open_dataset(path());
  QVERIFY2(data.ok(), data.ok() ? "" : data.error().sentence().c_str());
  QCOMPARE((*data)->class_names, (std::vector<std::string>{"9", "10"}));  // by value
  QCOMPARE((*data)->train.classes, 2);
  QCOMPARE((*data)->train.labels, (Bytes{0, 1, 0, 1, 0}));
  QCOMPARE((*data)->test.labels, Bytes{1});
  QCOMPARE((*data)->notes.size(), std::size_t{2});
  QCOMPARE((*data)->notes[0], std::string("1 files that are no PNG or JPEG images are left out"));
}

void SourcesTest::refusesFoldersThatDoNotFit() {
  put("train/a/0.png", test::png_file(1, 1, {1}));
  QVERIFY(
      QString::fromStdString(sentenceOf("")).startsWith("DIR/train: the number of classes is out of range"));
  put("train/b/0.PNG", test::png_file(1, 2, {1, 2}));
  QVERIFY(QString::fromStdString(sentenceOf("")).startsWith("DIR/train/b/0.PNG: the image has another size"));
  put("train/b/0.PNG", test::jpeg_file());
  put("train/a/0.png", test::jpeg_file());  // what it is tells its content
  put("test/c/0.jpg", test::jpeg_file());
  QCOMPARE(sentenceOf(""),
           std::string(
               "DIR/test/c: there are no training images of this class; add some, or take the folder away"));
  put("empty/readme.txt", {1});
  QVERIFY(QString::fromStdString(sentenceOf("empty"))
              .startsWith("DIR/empty: holds no data set: expected MNIST's four IDX files"));
  put("empty/archive.zip", {1});
  QVERIFY(QString::fromStdString(sentenceOf("empty"))
              .endsWith("found archive.zip; unpack it: unzip DIR/empty/archive.zip"));
}

void SourcesTest::refusesSeveralDataSets() {
  for (const char* place : {"MNIST/raw", "FashionMNIST/raw"}) {
    for (const char* set : {"train", "t10k"}) {
      put(QString("data/%1/%2-images-idx3-ubyte").arg(place, set), test::image_file(1, 2, 2));
      put(QString("data/%1/%2-labels-idx1-ubyte").arg(place, set), test::label_file({1}));
    }
  }
  QCOMPARE(
      sentenceOf("data"),
      std::string("DIR/data: holds 2 data sets; name one: DIR/data/FashionMNIST/raw, DIR/data/MNIST/raw"));
  QCOMPARE(sentenceOf("data/MNIST"), std::string("taken"));
  QCOMPARE((*open_dataset(path("data/FashionMNIST")))->class_name(0), std::string("T-shirt/top"));
}

void SourcesTest::aFileStandsForItsDataSet() {
  for (const char* prefix : {"emnist-digits", "qmnist"}) {
    for (const char* set : {"train", "test"}) {
      put(QString("%1-%2-images-idx3-ubyte").arg(prefix, set), test::image_file(1, 2, 2));
      put(QString("%1-%2-labels-idx1-ubyte").arg(prefix, set), test::label_file({1}));
    }
  }
  QVERIFY(QString::fromStdString(sentenceOf("")).startsWith("DIR: holds 2 data sets; name one: "));
  const auto data = open_dataset(path("qmnist-test-labels-idx1-ubyte"));
  QVERIFY2(data.ok(), data.ok() ? "" : data.error().sentence().c_str());
  QCOMPARE((*data)->name, std::string("QMNIST"));
  put("alone/train-labels-idx1-ubyte", test::label_file({1}));
  QVERIFY(QString::fromStdString(sentenceOf("alone/train-labels-idx1-ubyte"))
              .startsWith("DIR/alone/train-images-idx3-ubyte: this file is missing"));
}

SYNANN_TEST(SourcesTest)
#include "sources_test.moc"
