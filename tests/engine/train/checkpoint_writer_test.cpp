// SPDX-License-Identifier: GPL-3.0-or-later
#include <filesystem>
#include <fstream>
#include <poll.h>
#include <sys/inotify.h>
#include <thread>
#include <unistd.h>

#include <QTemporaryDir>
#include <QtTest>

#include "engine/core/file.h"
#include "engine/std_strings.h"
#include "engine/train/checkpoint.h"
#include "engine/train/checkpoint_fixtures.h"
#include "engine/train/optimiser_file.h"
#include "tests/test_main.h"

using namespace synann;
using namespace synann::testing;
using namespace synann::train;

namespace fs = std::filesystem;

namespace {

const model::Model& pixel() {
  static const model::Model model = model_of("syna-pixel");  // large: reading it takes a while
  return model;
}

QString optimiser_of(const fs::path& checkpoint) {
  return QString::fromStdString(io::read_tensor_metadata(checkpoint)->at("synann.optimizer"));
}

// What a run does that saves, at the very moment in which somebody opens its last checkpoint: what was
// written in `next` takes its place, and the optimiser's state that it named goes. Renaming is all that is
// left to do, so it is done before the reader has got through the checkpoint.
class SavingRun {
 public:
  SavingRun(const fs::path& folder, const fs::path& next) : watch_(::inotify_init1(IN_CLOEXEC)) {
    const fs::path last = folder / kLastCheckpoint;
    const std::string old_state = optimiser_of(last).toStdString(),
                      new_state = optimiser_of(next / kLastCheckpoint).toStdString();
    ::inotify_add_watch(watch_, last.c_str(), IN_OPEN);
    thread_ = std::jthread([=, this] {
      pollfd event{watch_, POLLIN, 0};
      saved_ = ::poll(&event, 1, 60'000) == 1 &&
               ::rename((next / new_state).c_str(), (folder / new_state).c_str()) == 0 &&
               ::rename((next / kLastCheckpoint).c_str(), last.c_str()) == 0 &&
               ::unlink((folder / old_state).c_str()) == 0;
    });
  }
  ~SavingRun() { finish(); }
  SavingRun(const SavingRun&) = delete;
  SavingRun& operator=(const SavingRun&) = delete;

  bool finish() {
    if (thread_.joinable()) {
      thread_.join();
      ::close(watch_);
    }
    return saved_;
  }

 private:
  int watch_;
  bool saved_ = false;
  std::jthread thread_;
};

}  // namespace

// The checkpoints of a run and the optimiser's states that they name.
class CheckpointWriterTest : public QObject {
  Q_OBJECT

 private slots:
  void init();
  void keepsWhatBestAndLastName();
  void goesOnWithTheBestThatIsThere();
  void aBestThatCannotBeReadKeepsAll();
  void leavesFilesOfOthers();
  void equalStatesShareAFile();
  void aStateOfZerosNeedsNone();
  void bestIsReplacedBeforeLast();
  void aReaderReadsAgainWhatWasReplaced();

 private:
  fs::path folder() const { return dir_->path().toStdString(); }
  QStringList optimisers() const { return listing(folder(), "optimizer-*"); }
  QString last() const { return optimiser_of(folder() / kLastCheckpoint); }
  QString best() const { return optimiser_of(folder() / kBestCheckpoint); }
  bool save(CheckpointWriter& writer, int turn, bool is_best) {
    return writer.save(numbered_checkpoint(cnn(), Adam::No, turn), cnn(), is_best).ok();
  }
  // Both can be gone on from.
  bool complete() const {
    return read_checkpoint(folder() / kLastCheckpoint, OptimiserState::Read).ok() &&
           read_checkpoint(folder() / kBestCheckpoint, OptimiserState::Read).ok();
  }
  static QStringList sorted(QStringList names) {
    names.sort();
    return names;
  }

  std::unique_ptr<QTemporaryDir> dir_;
};

void CheckpointWriterTest::init() {
  dir_ = std::make_unique<QTemporaryDir>();
  QVERIFY(dir_->isValid());
}

void CheckpointWriterTest::keepsWhatBestAndLastName() {
  CheckpointWriter writer(folder());
  QVERIFY(save(writer, 0, false));
  QCOMPARE(optimisers(), QStringList{last()});
  QVERIFY(!fs::exists(folder() / kBestCheckpoint));
  QVERIFY(save(writer, 1, true));
  QCOMPARE(optimisers(), QStringList{last()});
  QCOMPARE(best(), last());
  const QString first_best = best();
  for (int turn = 2; turn < 5; ++turn) {
    QVERIFY(save(writer, turn, false));
    QCOMPARE(best(), first_best);
    QCOMPARE(optimisers(), sorted({first_best, last()}));
    QVERIFY(complete());
  }
  QVERIFY(save(writer, 5, true));
  QVERIFY(best() != first_best);
  QCOMPARE(optimisers(), QStringList{last()});
  QVERIFY(complete());
}

void CheckpointWriterTest::goesOnWithTheBestThatIsThere() {
  {
    CheckpointWriter writer(folder());
    QVERIFY(save(writer, 0, true) && save(writer, 1, false));
  }
  CheckpointWriter writer(folder());
  QVERIFY(save(writer, 2, false));
  QCOMPARE(optimisers(), sorted({best(), last()}));
  QVERIFY(complete());
}

// It may name any of them.
void CheckpointWriterTest::aBestThatCannotBeReadKeepsAll() {
  {
    CheckpointWriter writer(folder());
    QVERIFY(save(writer, 0, true) && save(writer, 1, false));
  }
  std::ofstream(folder() / kBestCheckpoint) << "broken";
  CheckpointWriter writer(folder());
  QVERIFY(save(writer, 2, false));
  QCOMPARE(optimisers().size(), 3);
  QVERIFY(save(writer, 3, true));  // now it is understood
  QCOMPARE(optimisers(), QStringList{last()});
}

void CheckpointWriterTest::leavesFilesOfOthers() {
  const QStringList others{"optimizer-mine.safetensors", "optimizer-0123456789abcdef.safetensors.bak",
                           "optimizer.safetensors", "other.safetensors"};
  for (const QString& name : others) std::ofstream(folder() / name.toStdString()) << "x";
  std::ofstream(folder() / "optimizer-0123456789abcdef.safetensors") << "of nobody";
  CheckpointWriter writer(folder());
  QVERIFY(save(writer, 0, true));
  for (const QString& name : others) QVERIFY2(fs::exists(folder() / name.toStdString()), qPrintable(name));
  QVERIFY(!fs::exists(folder() / "optimizer-0123456789abcdef.safetensors"));
}

void CheckpointWriterTest::equalStatesShareAFile() {
  CheckpointWriter writer(folder());
  QVERIFY(save(writer, 0, true));
  auto later = numbered_checkpoint(cnn());
  later.position = {9, 0};
  QVERIFY(writer.save(later, cnn(), false).ok());
  QCOMPARE(optimisers(), QStringList{best()});
  QCOMPARE(last(), best());
  QVERIFY(complete());
}

void CheckpointWriterTest::aStateOfZerosNeedsNone() {
  CheckpointWriter writer(folder());
  QVERIFY(save(writer, 0, false));
  auto zero = numbered_checkpoint(cnn());
  zero.state.momenta.assign(zero.state.momenta.size(), 0);
  QVERIFY(writer.save(zero, cnn(), true).ok());
  QCOMPARE(last(), QString("none"));
  QVERIFY(optimisers().isEmpty());
  QVERIFY(complete());
}

// Whoever finds the new last one finds what it names, and the best one that it knows of.
void CheckpointWriterTest::bestIsReplacedBeforeLast() {
  const int watch = ::inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
  ::inotify_add_watch(watch, folder().c_str(), IN_MOVED_TO);
  CheckpointWriter writer(folder());
  QVERIFY(save(writer, 0, true));
  alignas(inotify_event) char events[4096];
  const ssize_t length = ::read(watch, events, sizeof events);
  ::close(watch);
  QStringList renamed;
  for (ssize_t at = 0; at < length;) {
    const auto* event = reinterpret_cast<const inotify_event*>(events + at);
    renamed << event->name;
    at += static_cast<ssize_t>(sizeof *event + event->len);
  }
  QCOMPARE(renamed, (QStringList{last(), kBestCheckpoint, kLastCheckpoint}));
}

// What is read is of one moment, whichever: never the numbers of one and the momenta of another.
void CheckpointWriterTest::aReaderReadsAgainWhatWasReplaced() {
  const Checkpoint turns[] = {numbered_checkpoint(pixel(), Adam::No, 0),
                              numbered_checkpoint(pixel(), Adam::No, 1)};
  const fs::path next = folder() / "next";
  fs::create_directory(next);
  QVERIFY(write_checkpoint(folder() / kLastCheckpoint, turns[0], pixel()).ok());
  for (int k = 1; k < 10; ++k) {
    QVERIFY(write_checkpoint(next / kLastCheckpoint, turns[k % 2], pixel()).ok());
    SavingRun run(folder(), next);
    const auto read = read_checkpoint(folder() / kLastCheckpoint, OptimiserState::Read);
    QVERIFY(run.finish());
    QVERIFY2(read.ok(), read.ok() ? "" : read.error().sentence().c_str());
    QVERIFY(read->checkpoint.state == turns[0].state || read->checkpoint.state == turns[1].state);
  }
}

SYNANN_TEST(CheckpointWriterTest)
#include "checkpoint_writer_test.moc"
