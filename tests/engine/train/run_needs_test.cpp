// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/train/run_needs.h"

#include <filesystem>

#include <QRegularExpression>
#include <QTemporaryDir>
#include <QtTest>

#include "engine/core/memory_use.h"
#include "engine/std_strings.h"
#include "tests/test_main.h"

using namespace synann;
using namespace synann::train;

namespace fs = std::filesystem;

namespace {

constexpr std::int64_t kRecords = 64 << 20;  // bytes

RunNeeds needs_of(const char* id, int pixels = 28, const char* optimizer = "sgd", int epochs = 20,
                  std::int64_t record_bytes = kRecords) {
  Settings settings;
  settings.model = id;
  settings.optimizer = optimizer;
  settings.epochs = epochs;
  return run_needs(*model::build(id, pixels, pixels, 10), settings, record_bytes);
}

}  // namespace

// What a run will take up is told before it begins, where it is much.
class RunNeedsTest : public QObject {
  Q_OBJECT

 private slots:
  void growWithTheModel();
  void areAtLeastTheStates();
  void growWithTheOptimiser();
  void recordsTakeRoom();
  void aSmallRunIsNotWorthASentence();
  void aLargeRunSaysHowMuch();
  void whereNothingIsWrittenTheDiskIsNotNamed();
  void theFolderNeedNotExist();
  void bytesInWords_data();
  void bytesInWords();
};

void RunNeedsTest::growWithTheModel() {
  QVERIFY(needs_of("syna-pixel").memory > needs_of("syna-cnn").memory);
  QVERIFY(needs_of("syna-pixel").disk > needs_of("syna-cnn").disk);
  // 784 × 784 synapses, 3136 × 3136 synapses: sixteen times as many.
  const auto small = needs_of("syna-pixel", 28), large = needs_of("syna-pixel", 56);
  QVERIFY(large.memory > 15 * small.memory && large.memory < 17 * small.memory);
}

// Parameters, momenta and gradients of four bytes each stand in memory; last, best and the next one on disk.
void RunNeedsTest::areAtLeastTheStates() {
  for (const auto& info : model::known_models()) {
    const auto model = *model::build(info.id, 28, 28, 10);
    const std::uint64_t values = 4 * model.parameters.float_count(),
                        momenta = 4 * model.parameters.trained_count();
    const auto needs = needs_of(info.id.data());
    QVERIFY2(needs.memory >= 2 * values + momenta, info.id.data());
    QVERIFY2(needs.disk >= 2 * (values + momenta), info.id.data());
  }
}

void RunNeedsTest::growWithTheOptimiser() {
  const auto sgd = needs_of("syna-cnn"), adam = needs_of("syna-cnn", 28, "adam");
  const std::uint64_t block = 4 * model::build("syna-cnn", 28, 28, 10)->parameters.trained_count();
  QVERIFY(adam.memory >= sgd.memory + block);
  QVERIFY(adam.disk >= sgd.disk + 2 * block);
}

void RunNeedsTest::recordsTakeRoom() {
  const auto with = needs_of("syna-cnn"), without = needs_of("syna-cnn", 28, "sgd", 20, 0);
  QVERIFY(with.memory > without.memory);
  QVERIFY(with.disk > without.disk + kRecords);
  QVERIFY(needs_of("syna-cnn", 28, "sgd", 200).disk > with.disk);  // a frame at the end of each epoch
  QCOMPARE(needs_of("syna-cnn", 28, "sgd", 200, 0).disk, without.disk);
  // A model without synapses has no records.
  QCOMPARE(needs_of("linear").disk, needs_of("linear", 28, "sgd", 20, 0).disk);
}

void RunNeedsTest::aSmallRunIsNotWorthASentence() {
  const QTemporaryDir dir;
  for (const auto& info : model::known_models()) {
    const auto words = needs_note(needs_of(info.id.data()), dir.path().toStdString());
    QVERIFY2(words.empty(), words.c_str());
  }
  QCOMPARE(needs_note({}, dir.path().toStdString()), std::string());
}

void RunNeedsTest::aLargeRunSaysHowMuch() {
  const QTemporaryDir dir;
  if (memory_use().available == 0) QSKIP("the system does not tell how much memory is free");
  const std::string words = needs_note({.memory = 1ull << 50, .disk = 1ull << 60}, dir.path().toStdString());
  const QRegularExpression expected(
      "^this run needs about 1048576\\.0 GiB of memory, of which [\\d.]+ [GM]iB are "
      "free, and up to 1073741824\\.0 GiB on the disk of " +
      QRegularExpression::escape(dir.path()) + ", where [\\d.]+ [GM]iB are free$");
  QVERIFY2(expected.match(QString::fromStdString(words)).hasMatch(), words.c_str());
  const auto disk_alone = QString::fromStdString(needs_note({.disk = 1ull << 60}, dir.path().toStdString()));
  QVERIFY2(disk_alone.startsWith("this run needs up to 1073741824.0 GiB on the disk of "),
           qPrintable(disk_alone));
  // More than a quarter of what is free is worth it, less is not.
  const std::uint64_t free = memory_use().available;
  QVERIFY(!needs_note({.memory = free / 3}, {}).empty());
  QVERIFY(needs_note({.memory = free / 6}, {}).empty());
}

void RunNeedsTest::whereNothingIsWrittenTheDiskIsNotNamed() {
  QCOMPARE(needs_note({.disk = 1ull << 60}, {}), std::string());
  QVERIFY(QString::fromStdString(needs_note({.memory = 1ull << 50, .disk = 1ull << 60}, {}))
              .endsWith("are free"));
}

void RunNeedsTest::theFolderNeedNotExist() {
  const QTemporaryDir dir;
  const fs::path folder = fs::path(dir.path().toStdString()) / "runs" / "a" / "b";
  const std::string words = needs_note({.disk = 1ull << 60}, folder);
  QVERIFY2(words.find("on the disk of " + folder.string()) != std::string::npos, words.c_str());
  QVERIFY(!fs::exists(folder.parent_path()));
}

void RunNeedsTest::bytesInWords_data() {
  QTest::addColumn<quint64>("bytes");
  QTest::addColumn<QString>("text");
  const auto row = [](quint64 bytes, const char* text) { QTest::newRow(text) << bytes << text; };
  row(0, "0 KiB");
  row(3 << 10, "3 KiB");
  row(1023 << 10, "1023 KiB");
  row(1 << 20, "1.0 MiB");
  row((9 << 20) + (1 << 19), "9.5 MiB");
  row(64 << 20, "64 MiB");
  row(1023 << 20, "1023 MiB");
  row(1ull << 30, "1.0 GiB");
  row(5ull << 28, "1.2 GiB");
}

void RunNeedsTest::bytesInWords() {
  QFETCH(quint64, bytes);
  QFETCH(QString, text);
  QCOMPARE(QString::fromStdString(bytes_text(bytes)), text);
}

SYNANN_TEST(RunNeedsTest)
#include "run_needs_test.moc"
