// SPDX-License-Identifier: GPL-3.0-or-later
#include <bit>
#include <cmath>
#include <filesystem>
#include <limits>
#include <string>

#include <QFile>
#include <QTemporaryDir>
#include <QtTest>

#include "engine/core/small_disk.h"
#include "engine/std_strings.h"
#include "engine/train/history.h"
#include "engine/train/history_fixtures.h"
#include "tests/test_main.h"

using namespace synann;
using namespace synann::testing;
using namespace synann::train;

namespace fs = std::filesystem;

namespace {

StepLosses losses_of(std::span<const float> losses, int epoch, int first_step) {
  return {.epoch = epoch,
          .first_step = first_step,
          .batch_size = 40,
          .first_examples = (epoch - 1) * 250 + first_step * 40,
          .losses = losses};
}

}  // namespace

// What a run writes into its history can be read again, and nothing that stood there is ever taken away.
class HistoryWriterTest : public QObject {
  Q_OBJECT

 private slots:
  void init();
  void everyEventComesBack();
  void lossesComeBackToTheBit();
  void lossesOfAStretchShareALine();
  void aGapBeginsAnotherLine();
  void manyLossesDoNotWait();
  void lossesReachTheFileWithTheWriter();
  void aResumeOnlyAppends();
  void afterATornLineANewOneBegins_data();
  void afterATornLineANewOneBegins();
  void aResumeThatIsTornIsCounted();
  void aCopyGoesOnByItself();
  void aNewRunReplacesTheFile();
  void aFullDiskLeavesAHistory();

 private:
  fs::path folder() const { return dir_->path().toStdString(); }
  QByteArray content() const {
    QFile file(dir_->filePath(kHistoryFile));
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray("missing");
  }
  History read() const {
    auto history = read_history(folder());
    if (!history) qFatal("%s", history.error().sentence().c_str());
    return std::move(*history);
  }
  std::unique_ptr<HistoryWriter> create() const {
    auto writer = HistoryWriter::create(folder(), small_start());
    return writer ? std::move(*writer) : nullptr;
  }
  std::unique_ptr<HistoryWriter> open() const {
    auto writer = HistoryWriter::open(folder(), read());
    return writer ? std::move(*writer) : nullptr;
  }
  // A killed process left so many bytes less.
  void tear(qint64 bytes) const {
    QFile file(dir_->filePath(kHistoryFile));
    QVERIFY(file.open(QIODevice::ReadWrite) && file.resize(file.size() - bytes));
  }

  std::unique_ptr<QTemporaryDir> dir_;
};

void HistoryWriterTest::init() {
  dir_ = std::make_unique<QTemporaryDir>();
  QVERIFY(dir_->isValid());
}

void HistoryWriterTest::everyEventComesBack() {
  const auto writer = create();
  const SettingChange number{{1, 2}, "lr", 0.1}, word{{1, 2}, "optimizer", std::string("adam")};
  const DeviceChange device{{1, 2}, "GPU", "fused", "sm_90", 3, "it is \"faster\""};
  const EpochTime time{{1, 2}, 0.1 + 0.2};
  const Fork fork{{1, 2}, "a\\b/last.safetensors"};
  const Pause pause{{1, 2}};
  Resume resume = resume_at({1, 2});
  resume.changed = {{"lr", 0.1, 0.3}, {"optimizer", std::string("adam"), std::string("sgd")}};
  resume.fresh_optimiser = true;
  const End end{{1, 2}, State::Failed, "the disk is full"};
  QVERIFY(writer->append(number).ok() && writer->append(word).ok() && writer->append(device).ok() &&
          writer->append(time).ok() && writer->append(fork).ok() && writer->append(pause).ok());
  QVERIFY(writer->append(evaluation_of(0)).ok() && writer->append(resume).ok() && writer->append(end).ok());
  const History h = read();
  QCOMPARE(line_of(h.start), line_of(small_start()));
  QVERIFY((h.changes == std::vector<SettingChange>{
                            number, word, {{1, 2}, "lr", 0.3}, {{1, 2}, "optimizer", std::string("sgd")}}));
  QVERIFY(h.devices.front() == device);
  QVERIFY(h.times == std::vector<EpochTime>{time});
  QVERIFY(h.forks == std::vector<Fork>{fork});
  QVERIFY(h.pauses == std::vector<Pause>{pause});
  QVERIFY(h.resumes == std::vector<Resume>{resume});
  QVERIFY(h.end == end);
  QCOMPARE(line_of(h.evaluations.at(0)), line_of(evaluation_of(0)));
  QCOMPARE(h.unknown_note(), std::string());
}

void HistoryWriterTest::lossesComeBackToTheBit() {
  using Limits = std::numeric_limits<float>;
  const std::vector<float> losses{0.1f,          1.0f / 3,      2.3025851f, Limits::denorm_min(),
                                  Limits::min(), Limits::max(), 0};
  const std::vector<float> broken{Limits::quiet_NaN(), Limits::infinity(), -Limits::infinity()};
  const auto writer = create();
  QVERIFY(writer->append(losses_of(losses, 1, 0)).ok());
  QVERIFY(writer->append(losses_of(broken, 2, 0)).ok());
  QVERIFY(writer->flush().ok());
  const History h = read();
  QCOMPARE(h.losses.size(), losses.size() + 3);
  for (std::size_t k = 0; k < losses.size(); ++k)
    QCOMPARE(std::bit_cast<std::uint32_t>(h.losses[k]), std::bit_cast<std::uint32_t>(losses[k]));
  for (std::size_t k = losses.size(); k < h.losses.size(); ++k) QVERIFY(std::isnan(h.losses[k]));
  QVERIFY(content().contains("\"loss\":[null,null,null]}"));
}

void HistoryWriterTest::lossesOfAStretchShareALine() {
  const auto writer = create();
  const auto before = content();
  const std::vector<float> two{1, 2}, one{3};
  QVERIFY(writer->append(losses_of(two, 1, 0)).ok() && writer->append(losses_of(one, 1, 2)).ok());
  QCOMPARE(content(), before);  // collected
  QVERIFY(writer->append(Pause{{1, 3}}).ok());
  QVERIFY(writer->append(losses_of(one, 1, 3)).ok());
  QVERIFY(writer->append(losses_of({}, 1, 4)).ok());
  QVERIFY(writer->append(losses_of(two, 2, 0)).ok());  // of another epoch
  QVERIFY(writer->flush().ok());
  QCOMPARE(content().count("\"event\":\"losses\""), 3);
  QCOMPARE(content().count("\"loss\":[1,2,3]}\n{\"event\":\"pause\""), 1);
  QCOMPARE(read().losses, (std::vector<float>{1, 2, 3, 3, 1, 2}));
  QCOMPARE(read().examples, (std::vector<std::int64_t>{0, 40, 80, 120, 250, 290}));
}

void HistoryWriterTest::aGapBeginsAnotherLine() {
  const auto writer = create();
  const std::vector<float> one{1};
  for (const Position& at : {Position{1, 3}, Position{1, 5}, Position{2, 6}})
    QVERIFY(writer->append(losses_of(one, at.epoch, at.step)).ok());
  QVERIFY(writer->flush().ok());
  QCOMPARE(content().count("\"event\":\"losses\""), 3);
  QCOMPARE(read().examples, (std::vector<std::int64_t>{120, 200, 490}));
}

void HistoryWriterTest::manyLossesDoNotWait() {
  const auto writer = create();
  const std::vector<float> loss{1};
  for (int step = 0; step < 10'000; ++step) QVERIFY(writer->append(losses_of(loss, 1, step)).ok());
  QVERIFY(read().losses.size() > 7'000);
}

void HistoryWriterTest::lossesReachTheFileWithTheWriter() {
  const std::vector<float> loss{1};
  {
    const auto writer = create();
    QVERIFY(writer->append(losses_of(loss, 1, 0)).ok());
  }
  QCOMPARE(read().losses, loss);
}

// The bytes before are the beginning of the bytes after, also where the resume goes back.
void HistoryWriterTest::aResumeOnlyAppends() {
  const std::vector<float> losses{1, 2, 3, 4, 5, 6, 7};
  {
    const auto writer = create();
    QVERIFY(writer->append(losses_of(losses, 1, 0)).ok() && writer->append(evaluation_of(1)).ok());
  }
  for (const Position& position : {Position{2, 0}, Position{1, 3}, Position{1, 0}}) {
    const auto before = content();
    const auto writer = open();
    QCOMPARE(content(), before);
    QVERIFY(writer->append(resume_at(position)).ok());
    QVERIFY(content().size() > before.size());
    QVERIFY(content().startsWith(before));
  }
  const History h = read();
  QVERIFY(h.losses.empty() && h.evaluations.empty());
  QCOMPARE(h.resumes.size(), std::size_t{1});
}

void HistoryWriterTest::afterATornLineANewOneBegins_data() {
  QTest::addColumn<int>("bytes");
  QTest::addColumn<int>("evaluations");
  QTest::newRow("its end") << 1 << 2;  // then it can be read after all
  QTest::newRow("its last brace") << 2 << 1;
  QTest::newRow("much of it") << 40 << 1;
  QTest::newRow("all but a byte") << static_cast<int>(line_of(evaluation_of(1)).size()) - 1 << 1;
}

void HistoryWriterTest::afterATornLineANewOneBegins() {
  QFETCH(int, bytes);
  QFETCH(int, evaluations);
  QVERIFY(create()->append(evaluation_of(0)).ok() && open()->append(evaluation_of(1)).ok());
  tear(bytes);
  const auto before = content();
  const History past = read();
  QVERIFY(past.truncated);
  QCOMPARE(past.evaluations.size(), std::size_t{1});
  QVERIFY(open()->append(resume_at({2, 0})).ok());
  QVERIFY(content().startsWith(before + "\n{\"event\":\"resume\""));
  QVERIFY(content().contains("\"torn\":true"));
  const History h = read();
  QVERIFY(!h.truncated);
  QCOMPARE(h.resumes.at(0).torn, 1);
  QCOMPARE(h.evaluations.size(), static_cast<std::size_t>(evaluations));
}

void HistoryWriterTest::aResumeThatIsTornIsCounted() {
  QVERIFY(create()->append(evaluation_of(0)).ok());
  tear(5);
  for (int torn = 1; torn <= 3; ++torn) {
    const auto writer = open();
    QVERIFY(writer->append(resume_at({1, 0})).ok());
    QCOMPARE(read().resumes.at(0).torn, torn);
    QVERIFY(writer->append(Pause{{1, 0}}).ok());
    QVERIFY(writer->append(resume_at({1, 0})).ok());  // now it follows none
    QCOMPARE(read().resumes.at(1).torn, 0);
    tear(static_cast<qint64>(line_of(Pause{{1, 0}}).size() + line_of(resume_at({1, 0})).size()) + 5);
  }
}

void HistoryWriterTest::aCopyGoesOnByItself() {
  const std::vector<float> losses{1, 2, 3};
  QVERIFY(create()->append(losses_of(losses, 1, 0)).ok());
  tear(4);
  const auto before = content();
  const fs::path other = folder() / "other";
  fs::create_directory(other);
  {
    auto writer = HistoryWriter::copy(other, read_history_file(folder() / kHistoryFile)->bytes, read());
    QVERIFY(writer.ok());
    QVERIFY((*writer)->append(resume_at({1, 0})).ok() && (*writer)->append(losses_of(losses, 1, 0)).ok());
  }
  QCOMPARE(content(), before);
  const auto h = read_history(other);
  QVERIFY(h.ok());
  QCOMPARE(h->losses, losses);
  QCOMPARE(h->resumes.at(0).torn, 1);
}

void HistoryWriterTest::aNewRunReplacesTheFile() {
  QVERIFY(create()->append(evaluation_of(0)).ok());
  const auto writer = create();
  QVERIFY(writer != nullptr);
  QCOMPARE(content(), QByteArray::fromStdString(line_of(small_start())));
}

void HistoryWriterTest::aFullDiskLeavesAHistory() {
  const auto writer = create();
  QVERIFY(writer->append(evaluation_of(0)).ok());
  const auto before = content();
  {
    const SmallDisk disk(static_cast<rlim_t>(before.size()) + 30);
    const auto status = writer->append(evaluation_of(1));
    QVERIFY(!status.ok());
    QCOMPARE(status.error().kind, ErrorKind::Failed);
  }
  QCOMPARE(content().size(), before.size() + 30);
  // The session says that it failed; that it stands behind half a line does no harm.
  QVERIFY(writer->append(End{{1, 7}, State::Failed, "the disk is full"}).ok());
  QCOMPARE(read().evaluations.size(), std::size_t{1});
  QVERIFY(open()->append(resume_at({1, 7})).ok());
  QVERIFY(open()->append(evaluation_of(1)).ok());
  QCOMPARE(read().evaluations.size(), std::size_t{2});
  QVERIFY(content().startsWith(before));
}

SYNANN_TEST(HistoryWriterTest)
#include "history_writer_test.moc"
