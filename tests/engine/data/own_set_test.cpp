// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/data/own_set.h"

#include <csignal>
#include <memory>
#include <string>
#include <unistd.h>

#include <QFile>
#include <QTemporaryDir>
#include <QtTest>

#include "engine/core/child.h"
#include "engine/core/file.h"
#include "engine/core/folder_lock.h"
#include "engine/data/registry.h"
#include "engine/data/sample_bytes.h"
#include "tests/test_main.h"

using namespace synann;
using namespace synann::data;
namespace fs = std::filesystem;

namespace {

Picture one_picture(std::uint8_t first, int rows = 3, int columns = 2) {
  Picture picture{.rows = rows, .columns = columns, .pixels = {}};
  for (int k = 0; k < rows * columns; ++k) picture.pixels.push_back(static_cast<std::uint8_t>(first + k));
  return picture;
}

}  // namespace

// Images that a person adds one by one are a data set at every moment.
class OwnSetTest : public QObject {
  Q_OBJECT

 private slots:
  void init();
  void whatIsAddedOpensAsData();
  void theLastOneCanBeTakenAway();
  void otherSizesAndClassesAreRefused();
  void whatIsNotOursIsLeftAlone_data();
  void whatIsNotOursIsLeftAlone();
  void oneProgramAtATime();
  void damageIsTold();
  void aKillLeavesOneOrTheOther();

 private:
  fs::path at(const char* name = "mine") const { return fs::path(dir_->path().toStdString()) / name; }
  static std::string sentence_of(const Result<int>& result) {
    return result ? "taken" : result.error().sentence();
  }

  std::unique_ptr<QTemporaryDir> dir_;
};

void OwnSetTest::init() {
  dir_ = std::make_unique<QTemporaryDir>();
  QVERIFY(dir_->isValid());
}

void OwnSetTest::whatIsAddedOpensAsData() {
  QCOMPARE(*add_to_own_set(at(), one_picture(10), 4), 1);
  const auto alone = open_dataset(at().string());
  QVERIFY(!alone && alone.error().sentence().find("too few images") != std::string::npos);
  QCOMPARE(*add_to_own_set(at(), one_picture(20), 9), 2);
  QCOMPARE(*add_to_own_set(at(), one_picture(30), 4), 3);
  const auto part = read_own_set(at());
  QVERIFY(part.ok());
  QCOMPARE(part->labels, (test::Bytes{4, 9, 4}));
  QCOMPARE(part->image_count(), std::size_t{3});
  QCOMPARE(part->pixels[6], std::uint8_t{20});
  const auto opened = open_dataset(at().string());
  QVERIFY2(opened.ok(), opened ? "" : opened.error().sentence().c_str());
  QCOMPARE((*opened)->name, std::string("mine"));
  QCOMPARE((*opened)->train.labels, (test::Bytes{4, 9}));
  QCOMPARE((*opened)->test.labels, test::Bytes{4});
  QCOMPARE((*opened)->train.rows, 3);
  QCOMPARE((*opened)->train.classes, 10);
  QVERIFY(!fs::exists(at() / ".raw.part"));
}

void OwnSetTest::theLastOneCanBeTakenAway() {
  QVERIFY(add_to_own_set(at(), one_picture(10), 4).ok());
  QVERIFY(add_to_own_set(at(), one_picture(20), 9).ok());
  QVERIFY(sentence_of(take_from_own_set(at(), one_picture(10), 4)).find("another one by now") !=
          std::string::npos);
  QVERIFY(!take_from_own_set(at(), one_picture(20), 8).ok());
  QCOMPARE(*take_from_own_set(at(), one_picture(20), 9), 1);
  QCOMPARE(read_own_set(at())->labels, test::Bytes{4});
  QCOMPARE(*take_from_own_set(at(), one_picture(10), 4), 0);
  QVERIFY(read_own_set(at())->labels.empty());
  QVERIFY(!take_from_own_set(at(), one_picture(10), 4).ok());
  // Empty again: images of any size may follow.
  QCOMPARE(*add_to_own_set(at(), one_picture(1, 5, 5), 0), 1);
}

void OwnSetTest::otherSizesAndClassesAreRefused() {
  QVERIFY(add_to_own_set(at(), one_picture(10), 4).ok());
  QCOMPARE(QString::fromStdString(sentence_of(add_to_own_set(at(), one_picture(10, 2, 3), 4))),
           QString::fromStdString(at().string()) +
               ": its images are of another size: expected 3 × 2 pixels, found 2 × 3 pixels; choose another "
               "folder");
  for (const int label : {-1, 62})
    QVERIFY(sentence_of(add_to_own_set(at(), one_picture(10), label)).find("no such class") !=
            std::string::npos);
  QVERIFY(!add_to_own_set(at("none"), {}, 1).ok());
  QVERIFY(!add_to_own_set(at("none"), {.rows = 2, .columns = 2, .pixels = {1, 2, 3}}, 1).ok());
  QVERIFY(!fs::exists(at("none")));
  QCOMPARE(read_own_set(at())->labels, test::Bytes{4});
}

void OwnSetTest::whatIsNotOursIsLeftAlone_data() {
  QTest::addColumn<QString>("file");
  for (const char* file : {"notes.txt", "t10k-images-idx3-ubyte", "raw/t10k-images-idx3-ubyte",
                           "raw/train-images-idx3-ubyte", "raw/.hidden"})
    QTest::newRow(file) << file;
}

void OwnSetTest::whatIsNotOursIsLeftAlone() {
  QFETCH(QString, file);
  const fs::path path = at() / file.toStdString();
  fs::create_directories(path.parent_path());
  QVERIFY(write_file_atomically(path, test::bytes_of("something")).ok());
  QVERIFY(sentence_of(add_to_own_set(at(), one_picture(10), 4)).find("was not added here") !=
          std::string::npos);
  QCOMPARE(*read_file(path, 100), test::bytes_of("something"));
  QVERIFY(!fs::exists(at() / FolderLock::kFile));
  QVERIFY(!add_to_own_set(path, one_picture(10), 4).ok());  // a file, not a folder
}

void OwnSetTest::oneProgramAtATime() {
  const auto lock = FolderLock::take(at());
  QVERIFY(lock.ok());
  QVERIFY(sentence_of(add_to_own_set(at(), one_picture(10), 4)).find("is being written by") !=
          std::string::npos);
}

void OwnSetTest::damageIsTold() {
  QVERIFY(add_to_own_set(at(), one_picture(10), 4).ok());
  const fs::path labels = at() / "raw/train-labels-idx1-ubyte";
  QVERIFY(write_file_atomically(labels, test::label_file({1, 2})).ok());
  QVERIFY(sentence_of(add_to_own_set(at(), one_picture(10), 4)).find("number of labels") !=
          std::string::npos);
  QVERIFY(write_file_atomically(labels, test::bytes_of("no labels")).ok());
  QVERIFY(sentence_of(add_to_own_set(at(), one_picture(10), 4)).find("not an IDX label file") !=
          std::string::npos);
}

// A child adds as fast as it can and is killed at some moment: images and labels belong together, and the
// next one is added to them.
void OwnSetTest::aKillLeavesOneOrTheOther() {
  for (int round = 0; round < 40; ++round) {
    testing::Child child([&](int) {
      for (int k = 0; k < 100'000; ++k)
        if (!add_to_own_set(at(), one_picture(static_cast<std::uint8_t>(k)), k % 10)) return 1;
      return 0;
    });
    ::usleep(static_cast<useconds_t>(2000 + 1511 * round));
    ::kill(child.id(), SIGKILL);
    QCOMPARE(child.wait(), -SIGKILL);
    const auto part = read_own_set(at());
    QVERIFY2(part.ok(), part ? "" : part.error().sentence().c_str());
    if (part->labels.size() < 2) continue;
    const auto opened = open_dataset(at().string());
    QVERIFY2(opened.ok(), opened ? "" : opened.error().sentence().c_str());
    QCOMPARE((*opened)->train.count() + (*opened)->test.count(), static_cast<int>(part->labels.size()));
  }
  const std::size_t before = read_own_set(at())->labels.size();
  QVERIFY(before > 0);
  QCOMPARE(*add_to_own_set(at(), one_picture(7), 7), static_cast<int>(before) + 1);
  QVERIFY(!fs::exists(at() / ".raw.part"));
}

SYNANN_TEST(OwnSetTest)
#include "own_set_test.moc"
