// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/data/registry.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QtTest>

#include "engine/core/file.h"
#include "engine/data/gzip.h"
#include "engine/data/image_file.h"
#include "engine/data/reading.h"
#include "engine/data/sample_bytes.h"
#include "engine/std_strings.h"
#include "tests/test_main.h"

using namespace synann;
using namespace synann::data;
using synann::data::test::Bytes;

namespace {

constexpr const char* kTrainImages = "train-images-idx3-ubyte";
constexpr const char* kTrainLabels = "train-labels-idx1-ubyte";
constexpr const char* kTestImages = "t10k-images-idx3-ubyte";
constexpr const char* kTestLabels = "t10k-labels-idx1-ubyte";
constexpr int kLargeImages = 3000;  // of 28 × 28: more than two megabytes

}  // namespace

// A folder of IDX files opens in every form it may have, or the sentence names the file that is wrong.
class RegistryTest : public QObject {
  Q_OBJECT

 private slots:
  void init();
  void cleanup();
  void opensAFolder_data();
  void opensAFolder();
  void refusesAFolder_data();
  void refusesAFolder();
  void refusesWhatIsNoFolder();
  void writesAFolderThatOpensAgain();
  void overwritesOnlyWhenAsked();
  void neverMixesTwoSpellings();
  void saysWhyAFolderCannotBeMade();
  void knowsMnistWhereItIsInstalled();
  void trustsTheNamedFolderAlone();
  void givesTheDigestOfTheContent();
  void tellsHowFarTheReadingIs_data();
  void tellsHowFarTheReadingIs();
  void givesTheReadingUp();
  void readsTheOriginalMnist();

 private:
  std::string path(const QString& name = {}) const { return dir_->filePath(name).toStdString(); }
  bool put(const QString& name, const Bytes& bytes) const {
    return write_file_atomically(path(name), bytes).ok();
  }
  bool putSmallSet() const;
  bool putLargeSet() const;

  std::unique_ptr<QTemporaryDir> dir_;
  QByteArray mnist_ = qgetenv("SYNANN_MNIST"), dataHome_ = qgetenv("XDG_DATA_HOME"), home_ = qgetenv("HOME");
};

void RegistryTest::init() {
  dir_ = std::make_unique<QTemporaryDir>();
  QVERIFY(dir_->isValid());
  qunsetenv("SYNANN_MNIST");
  qputenv("XDG_DATA_HOME", dir_->filePath("share").toUtf8());
  qputenv("XDG_DATA_DIRS", dir_->filePath("system").toUtf8());
}

void RegistryTest::cleanup() {
  qputenv("HOME", home_);
  qputenv("XDG_DATA_HOME", dataHome_);
  qunsetenv("XDG_DATA_DIRS");
}

bool RegistryTest::putSmallSet() const {
  return put(kTrainImages, test::image_file(3, 4, 4)) && put(kTrainLabels, test::label_file({0, 1, 9})) &&
         put(kTestImages, test::image_file(2, 4, 4)) && put(kTestLabels, test::label_file({5, 5}));
}

bool RegistryTest::putLargeSet() const {
  return put(kTrainImages, test::image_file(kLargeImages, 28, 28)) &&
         put(kTrainLabels, test::label_file(Bytes(kLargeImages, 3))) &&
         put(kTestImages, test::image_file(2, 28, 28)) && put(kTestLabels, test::label_file({5, 5}));
}

void RegistryTest::opensAFolder_data() {
  QTest::addColumn<QString>("suffix");
  QTest::addColumn<bool>("dotted");
  QTest::addColumn<bool>("compressed");
  QTest::newRow("plain") << "" << false << false;
  QTest::newRow("gzip") << ".gz" << false << true;
  QTest::newRow("other spelling") << "" << true << false;
  QTest::newRow("other spelling, gzip") << ".gz" << true << true;
  QTest::newRow("gzip without its suffix") << "" << false << true;
}

void RegistryTest::opensAFolder() {
  QFETCH(QString, suffix);
  QFETCH(bool, dotted);
  QFETCH(bool, compressed);
  const auto put_as = [&](QString name, const Bytes& bytes) {
    if (dotted) name.replace("-idx", ".idx");
    return put(name + suffix, compressed ? *gzip(bytes) : bytes);
  };
  QVERIFY(put_as(kTrainImages, test::image_file(3, 4, 5)) &&
          put_as(kTrainLabels, test::label_file({0, 1, 9})));
  QVERIFY(put_as(kTestImages, test::image_file(2, 4, 5)) && put_as(kTestLabels, test::label_file({5, 6})));
  const auto data = open_dataset(path());
  QVERIFY2(data.ok(), data.ok() ? "" : data.error().sentence().c_str());
  const DataPair& pair = **data;
  QCOMPARE(pair.spec, path());
  QCOMPARE(pair.location, path());
  QCOMPARE(pair.name, QDir(dir_->path()).dirName().toStdString());
  QCOMPARE(pair.train.rows, 4);
  QCOMPARE(pair.train.columns, 5);
  QCOMPARE(pair.train.classes, 10);
  QCOMPARE(pair.train.labels, (Bytes{0, 1, 9}));
  QCOMPARE(pair.test.labels, (Bytes{5, 6}));
  QCOMPARE(int{pair.train.image(2)[19]}, 59);
  QCOMPARE(pair.sha256, data_digest(pair.train, pair.test));
  // The same content under every name and compression.
  QCOMPARE(pair.sha256, std::string("c50d9d0b141dd37c6f6ee4266bc7abb69f9644a08f2342bfcdc1d1bd72178f40"));
}

void RegistryTest::refusesAFolder_data() {
  QTest::addColumn<QString>("name");
  QTest::addColumn<QByteArray>("content");  // null: the file is removed
  QTest::addColumn<QString>("sentence");
  const auto row = [](const char* title, const char* name, const Bytes& bytes, const QString& sentence) {
    const QByteArray content(bytes.empty() ? "" : reinterpret_cast<const char*>(bytes.data()),
                             static_cast<qsizetype>(bytes.size()));
    QTest::newRow(title) << name << content << sentence;
  };
  for (const char* name : {kTrainImages, kTrainLabels, kTestImages, kTestLabels}) {
    const QString usual = name, other = QString(name).replace("-idx", ".idx");
    QTest::addRow("without %s", name) << usual << QByteArray()
                                      << QString(
                                             "DIR/%1: this file is missing: expected %1 or %1.gz (or %2, "
                                             "%2.gz), found none of them; choose a "
                                             "folder that holds MNIST's four IDX files")
                                             .arg(usual, other);
  }
  row("fewer labels", kTrainLabels, test::label_file({1, 2}),
      "DIR/train-labels-idx1-ubyte: the number of labels is not the number of images: expected 3 as in "
      "train-images-idx3-ubyte, found 2; use files that belong together");
  row("other size", kTestImages, test::image_file(2, 5, 4),
      "DIR/t10k-images-idx3-ubyte: the test images have another size than the training images: expected 4×4 "
      "pixels, "
      "found 5×4; use files that belong together");
  row("huge images", kTrainImages, test::image_file(3, 257, 1),
      "DIR/train-images-idx3-ubyte: the images are too large: expected at most 256×256 pixels, found 257×1; "
      "use files "
      "that belong together");
  row("swapped", kTrainImages, test::label_file({1, 2, 3}),
      "DIR/train-images-idx3-ubyte: not an IDX image file at byte 0: expected magic 0x00000803, found "
      "0x00000801, a "
      "label file; check that the four files carry their right names");
  row("label 62", kTestLabels, test::label_file({5, 62}),
      "DIR/t10k-labels-idx1-ubyte: label 1 (counted from 0) is out of range at byte 9: expected 0 to 61, "
      "found 62; only "
      "data with labels 0 to 61 can be used");
  row("empty file", kTestLabels, {},
      "DIR/t10k-labels-idx1-ubyte: too short for an IDX file at byte 0: expected a header of 8 bytes, found "
      "0 bytes; "
      "get the file again");
}

void RegistryTest::refusesAFolder() {
  QFETCH(QString, name);
  QFETCH(QByteArray, content);
  QFETCH(QString, sentence);
  QVERIFY(putSmallSet());
  QVERIFY(QFile::remove(dir_->filePath(name)));
  if (!content.isNull()) QVERIFY(put(name, Bytes(content.begin(), content.end())));
  const auto data = open_dataset(path());
  QVERIFY(!data.ok());
  QCOMPARE(data.error().kind, ErrorKind::Input);
  QCOMPARE(QString::fromStdString(data.error().sentence()), sentence.replace("DIR", dir_->path()));
}

void RegistryTest::refusesWhatIsNoFolder() {
  QVERIFY(put("file", {1}));
  const std::array<std::pair<std::string, std::string>, 4> cases{{
      {"", "data: no data set is named; say digits, mnist, or a folder or file"},
      {path("none"), path("none") + ": no such file or folder; give a folder or a file of images, or digits"},
      {path("file"),
       path("file") +
           ": is of no kind that can be read: expected IDX, NPZ, PNG, JPEG, CSV, found 1 bytes that begin "
           "as none of them; get the file again"},
      {"mnist", "mnist: MNIST is not on this machine: expected its files in " +
                    path("share/synann-studio/mnist") +
                    "; set SYNANN_MNIST to the folder that holds it, or give the folder itself"},
  }};
  for (const auto& [spec, sentence] : cases) {
    const auto data = open_dataset(spec);
    QVERIFY(!data.ok());
    QCOMPARE(data.error().kind, ErrorKind::Input);
    QCOMPARE(data.error().sentence(), sentence);
  }
}

void RegistryTest::writesAFolderThatOpensAgain() {
  QVERIFY(putSmallSet());
  const auto data = open_dataset(path());
  QVERIFY(data.ok());
  QVERIFY(write_idx_folder(**data, path("deep/copy"), false));
  QCOMPARE(QDir(dir_->filePath("deep/copy")).entryList(QDir::Files),
           (QStringList{"t10k-images-idx3-ubyte.gz", "t10k-labels-idx1-ubyte.gz",
                        "train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz"}));
  const auto copy = open_dataset(path("deep/copy"));
  QVERIFY(copy.ok());
  QCOMPARE((*copy)->sha256, (*data)->sha256);
  QCOMPARE((*copy)->name, std::string("copy"));
  QCOMPARE((*copy)->test.pixels, (*data)->test.pixels);
}

void RegistryTest::overwritesOnlyWhenAsked() {
  QVERIFY(putSmallSet());
  const auto data = open_dataset(path());
  QVERIFY(data.ok() && QDir(dir_->path()).mkdir("out") && put("out/t10k-labels-idx1-ubyte.gz", {1}));
  const auto refused = write_idx_folder(**data, path("out"), false);
  QVERIFY(!refused.ok());
  QCOMPARE(refused.error().sentence(), path("out/t10k-labels-idx1-ubyte.gz") +
                                           ": exists already; choose an empty folder or ask to overwrite");
  QCOMPARE(QDir(dir_->filePath("out")).entryList(QDir::Files).size(), 1);  // nothing was begun
  QVERIFY(write_idx_folder(**data, path("out"), true));
  QVERIFY(open_dataset(path("out")).ok());
}

void RegistryTest::neverMixesTwoSpellings() {
  QVERIFY(putSmallSet());
  const auto data = open_dataset(path());
  QVERIFY(data.ok());
  const auto refused = write_idx_folder(**data, path(), true);  // plain files lie there and would win
  QVERIFY(!refused.ok());
  QCOMPARE(refused.error().sentence(),
           path(kTrainImages) + ": exists already; choose an empty folder or remove it");
}

void RegistryTest::saysWhyAFolderCannotBeMade() {
  QVERIFY(putSmallSet());
  const auto data = open_dataset(path());
  QVERIFY(data.ok());
  const auto refused = write_idx_folder(**data, path(QString(kTrainImages) + "/sub"), false);
  QVERIFY(!refused.ok());
  QCOMPARE(refused.error().kind, ErrorKind::Input);
  QCOMPARE(refused.error().sentence(),
           path(kTrainImages) + "/sub: the folder cannot be made (Not a directory)");
}

void RegistryTest::knowsMnistWhereItIsInstalled() {
  QCOMPARE(known_datasets().size(), std::size_t{1});
  QCOMPARE(known_datasets()[0].spec, std::string("digits"));
  QVERIFY(putSmallSet());
  const auto data = open_dataset(path());
  QVERIFY(data.ok());
  for (const char* place : {"system/synann-studio/mnist", "share/synann-studio/mnist"}) {
    QVERIFY(write_idx_folder(**data, path(place), false));
    const auto known = known_datasets();
    QCOMPARE(known.size(), std::size_t{2});
    QCOMPARE(known[1].name, std::string("MNIST"));
    QCOMPARE(known[1].spec, path(place));
    const auto opened = open_dataset("mnist");
    QVERIFY(opened.ok());
    QCOMPARE((*opened)->spec, path(place));
  }
  QCOMPARE(user_data_folder()->string(), path("share/synann-studio"));
  qputenv("XDG_DATA_HOME", "relative");  // the standard wants it ignored
  qputenv("HOME", "/home/someone");
  QCOMPARE(user_data_folder()->string(), std::string("/home/someone/.local/share/synann-studio"));
  qunsetenv("HOME");
  QVERIFY(!user_data_folder());
}

void RegistryTest::trustsTheNamedFolderAlone() {
  QVERIFY(putSmallSet());
  const auto data = open_dataset(path());
  QVERIFY(data.ok() && write_idx_folder(**data, path("share/synann-studio/mnist"), false));
  qputenv("SYNANN_MNIST", dir_->path().toUtf8());
  QCOMPARE(known_datasets()[1].spec, path());
  QVERIFY(QFile::remove(dir_->filePath(kTestLabels)));
  QCOMPARE(known_datasets().size(), std::size_t{1});
  const auto refused = open_dataset("mnist");
  QVERIFY(!refused.ok());
  QCOMPARE(refused.error().where, path(kTestLabels));
  qunsetenv("SYNANN_MNIST");
}

void RegistryTest::givesTheDigestOfTheContent() {
  Dataset train{1, 2, 10, {1, 2, 3, 4}, {0, 1}}, other = train, test{1, 2, 10, {5, 6}, {2}};
  const std::string digest = data_digest(train, test);
  QCOMPARE(digest.size(), std::size_t{64});
  QVERIFY(data_digest(test, train) != digest);
  other.pixels[3] = 5;
  QVERIFY(data_digest(other, test) != digest);
  other = train, other.labels[0] = 1;
  QVERIFY(data_digest(other, test) != digest);
  other = train, std::swap(other.rows, other.columns);
  QVERIFY(data_digest(other, test) != digest);
}

void RegistryTest::tellsHowFarTheReadingIs_data() {
  QTest::addColumn<int>("place");
  QTest::newRow("in memory") << static_cast<int>(ImagePlace::Memory);
  QTest::newRow("in the file") << static_cast<int>(ImagePlace::File);
}

void RegistryTest::tellsHowFarTheReadingIs() {
  QFETCH(int, place);
  QVERIFY(putLargeSet());
  const auto unwatched = open_dataset(path());
  QVERIFY2(unwatched.ok(), unwatched.ok() ? "" : unwatched.error().sentence().c_str());
  keep_images(static_cast<ImagePlace>(place));
  std::vector<std::uint64_t> told;
  std::uint64_t all = 0;
  const ReadingWatch outer(
      [](std::uint64_t, std::uint64_t) { return false; });  // the inner one alone is told
  const auto watched = [&] {
    const ReadingWatch watch([&](std::uint64_t done, std::uint64_t bytes) {
      told.push_back(done);
      all = bytes;
      return true;
    });
    return open_dataset(path());
  }();
  keep_images(ImagePlace::Auto);
  QVERIFY2(watched.ok(), watched.ok() ? "" : watched.error().sentence().c_str());
  QCOMPARE((*watched)->train.stored != nullptr, place == static_cast<int>(ImagePlace::File));
  QCOMPARE((*watched)->sha256, (*unwatched)->sha256);
  QCOMPARE(all, std::uint64_t{kLargeImages + 2} * 784);
  QVERIFY(told.size() >= 3);
  QVERIFY(std::is_sorted(told.begin(), told.end()));
  QCOMPARE(told.back(), all);
}

void RegistryTest::givesTheReadingUp() {
  QVERIFY(putLargeSet());
  int told = 0;
  const auto refused = [&] {
    const ReadingWatch watch([&](std::uint64_t, std::uint64_t) { return ++told < 2; });
    return open_dataset(path());
  }();
  QCOMPARE(told, 2);
  QVERIFY(!refused.ok());
  QVERIFY(refused.error().kind == ErrorKind::Cancelled);
  QVERIFY(open_dataset(path()).ok());
}

void RegistryTest::readsTheOriginalMnist() {
  if (mnist_.isEmpty()) QSKIP("skipped: set SYNANN_MNIST to the MNIST folder");
  const auto data = open_dataset(mnist_.toStdString());
  QVERIFY2(data.ok(), data.ok() ? "" : data.error().sentence().c_str());
  const DataPair& pair = **data;
  QCOMPARE(pair.name, std::string("MNIST"));  // recognised by its digest
  QCOMPARE(pair.train.count(), 60000);
  QCOMPARE(pair.test.count(), 10000);
  QCOMPARE(pair.train.rows, 28);
  QCOMPARE(pair.train.columns, 28);
  std::array<int, 10> histogram{};
  for (const std::uint8_t label : pair.test.labels) ++histogram[label];
  QCOMPARE(histogram, (std::array<int, 10>{980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009}));
  const auto first = pair.train.image(0);  // the well-known 5
  QCOMPARE(int{pair.train.labels[0]}, 5);
  QCOMPARE(int{first[5 * 28 + 12]}, 3);
  QCOMPARE(int{first[5 * 28 + 21]}, 255);
}

SYNANN_TEST(RegistryTest)
#include "registry_test.moc"
