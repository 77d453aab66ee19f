// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/session/training_controller.h"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <thread>

#include <QDir>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

#include "engine/core/folder_lock.h"
#include "engine/data/reading.h"
#include "engine/train/checkpoint.h"
#include "tests/test_main.h"
#include "tests/ui/session/small_data.h"

namespace synann::ui {

using testing::smallSettings;

namespace {

// A controller and everything it told.
struct TrainingBench {
  TrainingBench() {
    testing::prepare(controller, home);
    QObject::connect(&controller, &TrainingController::updated, &controller,
                     [this](const Snapshot& s) { take(s); });
    QObject::connect(&controller, &TrainingController::runBegan, &controller,
                     [this] { *this->curve() = {}; });
    QObject::connect(&controller, &TrainingController::stateChanged, &controller,
                     [this](RunState state) { states.push_back(state); });
    QObject::connect(&controller, &TrainingController::failed, &controller,
                     [this](const QString& sentence) { errors.append(sentence); });
  }
  std::vector<float>* curve() { return &losses; }
  void take(const Snapshot& s) {
    if (s.history) losses = s.history->losses;
    for (const LossBatch& batch : s.losses)
      losses.insert(losses.end(), batch.losses.begin(), batch.losses.end());
    evaluations += static_cast<int>(s.evaluations.size());
  }
  bool idle() const { return !controller.busy(); }
  bool in(RunState state) const { return controller.state() == state; }

  QTemporaryDir home;
  std::vector<float> losses;
  std::vector<RunState> states;
  QStringList errors;
  int evaluations = 0;
  TrainingController controller;
};

using testing::kWait;

bool trainsOn(const TrainingBench& b, const train::Settings& settings) {
  return b.controller.next(settings).kind == TrainingController::Next::Kind::TrainOn;
}

std::vector<float> lossesOf(const train::Settings& settings) {
  TrainingBench bench;
  bench.controller.train(settings);
  [&] { QTRY_VERIFY_WITH_TIMEOUT(bench.idle(), kWait); }();
  return bench.losses;
}

}  // namespace

class TrainingControllerTest : public QObject {
  Q_OBJECT

 private slots:
  void trainsToTheEnd();
  void pausesInMidEpochAndGoesOn();
  void stepsOneBatchAndOneEpoch();
  void stopThenTrainGivesTheSameCurve();
  void restartGivesTheSameLosses();
  void changedSettingsBeginANewRun();
  void finishedRunGoesOnWithMoreEpochs();
  void theEpochsAskedForDecideWhatTrainDoes();
  void loweredEpochsAreThoseThatHaveBegun();
  void learningRateChangesLive();
  void unreadableDataIsTold();
  void aRunThatDoesNotComeToBeLeavesTheOldOne();
  void noOtherFolderIsAskedFor();
  void stopWhileLoading();
  void stopsInTheMiddleOfReading();
  void restartInMidRunShowsOnlyTheNewRun();
  void opensAnEarlierRunAndGoesOn();
  void openingNoRunIsTold();
  void goingAwayWhileTrainingSaves();
  void shutDownEndsEverything();
  void aRunBeginsFromANetwork();
  void aNetworkThatCannotBeginLeavesNothing();
};

void TrainingControllerTest::trainsToTheEnd() {
  TrainingBench b;
  QSignalSpy idle(&b.controller, &TrainingController::idle);
  b.controller.train(smallSettings());
  QVERIFY(b.controller.sessionOpen());
  QTRY_COMPARE_WITH_TIMEOUT(idle.size(), 1, kWait);
  QVERIFY(b.in(RunState::Finished));
  QCOMPARE(b.losses.size(), 40u);
  QCOMPARE(b.evaluations, 3);
  QVERIFY(b.errors.isEmpty());
  QCOMPARE(b.controller.progress().fraction, 1.0);
  QVERIFY(std::filesystem::exists(b.controller.runFolder() / train::kLastCheckpoint));
}

void TrainingControllerTest::pausesInMidEpochAndGoesOn() {
  TrainingBench b;
  b.controller.train(smallSettings(200));
  QTRY_VERIFY_WITH_TIMEOUT(b.losses.size() > 5, kWait);
  b.controller.pause();
  QTRY_VERIFY_WITH_TIMEOUT(b.in(RunState::Paused), kWait);
  const auto paused_at = b.losses.size();
  b.controller.train(smallSettings(200));
  QTRY_VERIFY_WITH_TIMEOUT(b.losses.size() > paused_at, kWait);
  b.controller.stop();
  QVERIFY(b.controller.stopping());
  QTRY_VERIFY_WITH_TIMEOUT(b.idle(), kWait);
  QVERIFY(b.in(RunState::Stopped));
}

void TrainingControllerTest::stepsOneBatchAndOneEpoch() {
  TrainingBench b;
  b.controller.stepBatch(smallSettings());
  QTRY_COMPARE_WITH_TIMEOUT(b.losses.size(), 1u, kWait);
  QTRY_VERIFY_WITH_TIMEOUT(b.in(RunState::Paused), kWait);
  b.controller.stepBatch(smallSettings());
  QTRY_COMPARE_WITH_TIMEOUT(b.losses.size(), 2u, kWait);
  QTRY_VERIFY_WITH_TIMEOUT(b.in(RunState::Paused), kWait);
  b.controller.stepEpoch(smallSettings());
  QTRY_COMPARE_WITH_TIMEOUT(b.evaluations, 2, kWait);
  QTRY_VERIFY_WITH_TIMEOUT(b.in(RunState::Paused), kWait);
  QCOMPARE(b.losses.size(), 20u);
  QVERIFY(b.controller.sessionOpen());
}

void TrainingControllerTest::stopThenTrainGivesTheSameCurve() {
  const std::vector<float> whole = lossesOf(smallSettings(4));
  TrainingBench b;
  b.controller.train(smallSettings(4));
  QTRY_VERIFY_WITH_TIMEOUT(b.losses.size() > 23, kWait);
  b.controller.stop();
  QTRY_VERIFY_WITH_TIMEOUT(b.idle(), kWait);
  const auto folder = b.controller.runFolder();
  if (b.in(RunState::Stopped)) QVERIFY(trainsOn(b, smallSettings(4)));
  b.controller.train(smallSettings(4));
  QTRY_VERIFY_WITH_TIMEOUT(b.idle() && b.in(RunState::Finished), kWait);
  QCOMPARE(b.controller.runFolder(), folder);
  QCOMPARE(b.losses.size(), 80u);
  QCOMPARE(b.losses, whole);
}

void TrainingControllerTest::restartGivesTheSameLosses() {
  TrainingBench b;
  b.controller.train(smallSettings());
  QTRY_VERIFY_WITH_TIMEOUT(b.idle(), kWait);
  const std::vector<float> first = b.losses;
  const auto folder = b.controller.runFolder();
  b.controller.restart(smallSettings());
  QTRY_VERIFY_WITH_TIMEOUT(b.idle(), kWait);
  QCOMPARE(b.losses, first);
  QVERIFY(b.controller.runFolder() != folder);
}

void TrainingControllerTest::changedSettingsBeginANewRun() {
  TrainingBench b;
  b.controller.train(smallSettings(1));
  QTRY_VERIFY_WITH_TIMEOUT(b.idle(), kWait);
  train::Settings other = smallSettings(1);
  other.seed = 6;
  QVERIFY(!trainsOn(b, other));
  const std::vector<float> first = b.losses;
  b.controller.train(other);
  QTRY_VERIFY_WITH_TIMEOUT(b.idle(), kWait);
  QCOMPARE(b.losses.size(), first.size());
  QVERIFY(b.losses != first);
}

void TrainingControllerTest::finishedRunGoesOnWithMoreEpochs() {
  TrainingBench b;
  b.controller.train(smallSettings(2));
  QTRY_VERIFY_WITH_TIMEOUT(b.idle(), kWait);
  QSignalSpy changed(&b.controller, &TrainingController::settingsChanged);
  b.controller.train(smallSettings(2));
  QCOMPARE(changed.size(), 1);
  QCOMPARE(changed[0][0].value<train::Settings>().epochs, 4);
  QTRY_VERIFY_WITH_TIMEOUT(b.idle(), kWait);
  QCOMPARE(b.losses, lossesOf(smallSettings(4)));
}

// What is asked for is what is done: fewer epochs than there are is another run.
void TrainingControllerTest::theEpochsAskedForDecideWhatTrainDoes() {
  using Kind = TrainingController::Next::Kind;
  TrainingBench b;
  QVERIFY(b.controller.next(smallSettings(3)).kind == Kind::Begin);
  b.controller.train(smallSettings(3));
  QVERIFY(b.controller.next(smallSettings(3)).kind == Kind::GoOn);
  QTRY_VERIFY_WITH_TIMEOUT(b.idle(), kWait);
  const auto folder = b.controller.runFolder();
  QCOMPARE(b.controller.next(smallSettings(3)).epochs, 6);
  QCOMPARE(b.controller.next(smallSettings(5)).epochs, 5);
  QVERIFY(trainsOn(b, smallSettings(5)));
  QVERIFY(!trainsOn(b, smallSettings(2)));
  QCOMPARE(b.controller.next(smallSettings(2)).epochs, 2);
  b.controller.train(smallSettings(2));
  QTRY_VERIFY_WITH_TIMEOUT(b.idle(), kWait);
  QVERIFY(b.controller.runFolder() != folder);
  QCOMPARE(b.losses.size(), 40u);
}

// The engine trains an epoch that has begun to its end, and the window takes over the number.
void TrainingControllerTest::loweredEpochsAreThoseThatHaveBegun() {
  TrainingBench b;
  b.controller.stepEpoch(smallSettings(9));
  QTRY_VERIFY_WITH_TIMEOUT(b.in(RunState::Paused) && b.losses.size() == 20, kWait);
  b.controller.stepBatch(smallSettings(9));
  QTRY_VERIFY_WITH_TIMEOUT(b.in(RunState::Paused) && b.losses.size() == 21, kWait);
  QSignalSpy changed(&b.controller, &TrainingController::settingsChanged);
  b.controller.setLive("epochs", 1.0);
  QTRY_COMPARE_WITH_TIMEOUT(changed.size(), 1, kWait);
  QCOMPARE(changed[0][0].value<train::Settings>().epochs, 2);
  b.controller.train(smallSettings(9));
  QTRY_VERIFY_WITH_TIMEOUT(b.idle(), kWait);
  QVERIFY(b.in(RunState::Finished));
  QCOMPARE(b.losses.size(), 40u);
  QCOMPARE(b.controller.progress().epochs, 2);
}

void TrainingControllerTest::learningRateChangesLive() {
  TrainingBench b;
  b.controller.stepBatch(smallSettings());
  QTRY_VERIFY_WITH_TIMEOUT(b.in(RunState::Paused) && b.losses.size() == 1, kWait);
  b.controller.setLive("lr", 0.1);
  b.controller.train(smallSettings());
  QTRY_VERIFY_WITH_TIMEOUT(b.idle(), kWait);
  const std::vector<float> usual = lossesOf(smallSettings());
  QCOMPARE(b.losses.size(), usual.size());
  QCOMPARE(b.losses[1], usual[1]);  // measured before the first changed update
  QVERIFY(b.losses[2] != usual[2]);
}

void TrainingControllerTest::unreadableDataIsTold() {
  TrainingBench b;
  b.controller.openData("no/such/folder");
  QTRY_COMPARE_WITH_TIMEOUT(b.errors.size(), 1, kWait);
  QVERIFY(b.errors[0].contains("no/such/folder"));
  QTRY_VERIFY(b.idle());
  QVERIFY(b.in(RunState::Ready));
  train::Settings settings = smallSettings();
  settings.data = "no/such/folder";
  b.controller.train(settings);
  QTRY_COMPARE_WITH_TIMEOUT(b.errors.size(), 2, kWait);
  QTRY_VERIFY(b.idle());
  QVERIFY(b.in(RunState::Ready));
  QVERIFY(!trainsOn(b, settings));
}

void TrainingControllerTest::aRunThatDoesNotComeToBeLeavesTheOldOne() {
  TrainingBench b;
  b.controller.train(smallSettings(1));
  QTRY_VERIFY_WITH_TIMEOUT(b.idle(), kWait);
  train::Settings missing = smallSettings(1);
  missing.data = "no/such/folder";
  QSignalSpy refused(&b.controller, &TrainingController::dataRefused);
  b.controller.train(missing);
  QTRY_VERIFY_WITH_TIMEOUT(b.idle(), kWait);
  QCOMPARE(refused.size(), 1);
  QVERIFY(b.in(RunState::Finished));
  QCOMPARE(b.losses.size(), 20u);
  QVERIFY(trainsOn(b, smallSettings(1)));
}

// The window has no choice of a folder for a run.
void TrainingControllerTest::noOtherFolderIsAskedFor() {
  TrainingBench b;
  b.controller.setFolderChooser([](const train::Settings&) { return "/dev/null/run"; });
  b.controller.train(smallSettings(1));
  QTRY_VERIFY_WITH_TIMEOUT(b.idle(), kWait);
  QCOMPARE(b.errors.size(), 1);
  QVERIFY2(b.errors[0].startsWith("/dev/null/run: cannot be made") && b.errors[0].contains("XDG_DATA_HOME"),
           qPrintable(b.errors[0]));
  QVERIFY2(!b.errors[0].contains("choose"), qPrintable(b.errors[0]));
  // One that another program writes to is waited for.
  const std::filesystem::path taken = b.home.path().toStdString() + "/taken";
  const auto lock = FolderLock::take(taken);
  QVERIFY(lock.ok());
  b.controller.setFolderChooser([&](const train::Settings&) { return taken; });
  b.controller.train(smallSettings(1));
  QTRY_VERIFY_WITH_TIMEOUT(b.idle(), kWait);
  QCOMPARE(b.errors.size(), 2);
  QVERIFY2(b.errors[1].endsWith("wait until it has finished"), qPrintable(b.errors[1]));
}

void TrainingControllerTest::stopWhileLoading() {
  TrainingBench b;
  std::atomic<bool> opening{false}, go_on{false};
  b.controller.setDataOpener([&](const std::string& spec) {
    opening = true;
    opening.notify_all();
    go_on.wait(false);
    return testing::openSmallDigits(spec);
  });
  b.controller.train(smallSettings());
  QTRY_VERIFY_WITH_TIMEOUT(b.in(RunState::Loading), kWait);
  b.controller.stop();
  go_on = true;
  go_on.notify_all();
  QTRY_VERIFY_WITH_TIMEOUT(b.idle(), kWait);
  QVERIFY(opening);
  QVERIFY(b.losses.empty());
  QVERIFY(b.in(RunState::Ready));
}

// What the opener reads is followed, and Stop gives it up in the middle.
void TrainingControllerTest::stopsInTheMiddleOfReading() {
  TrainingBench b;
  std::atomic<int> pieces{0};
  b.controller.setDataOpener([&](const std::string&) -> Result<data::DataPairPtr> {
    for (constexpr std::uint64_t kBytes = 1'000'000; pieces < 100'000;) {
      std::this_thread::sleep_for(std::chrono::milliseconds(1));  // a slow disk
      ++pieces;
      if (!data::ReadingWatch::goes_on(kBytes / 4, kBytes))
        return Error{.kind = ErrorKind::Cancelled, .problem = "reading the data was given up"};
    }
    return input_error("data", "nobody stopped");
  });
  QSignalSpy failures(&b.controller, &TrainingController::failed);
  b.controller.train(smallSettings());
  QTRY_COMPARE_WITH_TIMEOUT(b.controller.progress().loading, 0.25, kWait);
  QVERIFY(b.in(RunState::Loading));
  b.controller.stop();
  QTRY_VERIFY_WITH_TIMEOUT(b.idle(), kWait);
  QVERIFY(pieces < 100'000);
  QVERIFY(b.in(RunState::Ready));
  QCOMPARE(failures.size(), 0);
  QVERIFY(b.controller.progress().loading < 0);
}

void TrainingControllerTest::restartInMidRunShowsOnlyTheNewRun() {
  TrainingBench b;
  b.controller.train(smallSettings(200));
  QTRY_VERIFY_WITH_TIMEOUT(b.losses.size() > 10, kWait);
  b.controller.restart(smallSettings(2));
  QTRY_VERIFY_WITH_TIMEOUT(b.idle(), kWait);
  QVERIFY(b.in(RunState::Finished));
  QCOMPARE(b.losses, lossesOf(smallSettings(2)));
}

void TrainingControllerTest::opensAnEarlierRunAndGoesOn() {
  TrainingBench first;
  first.controller.train(smallSettings(2));
  QTRY_VERIFY_WITH_TIMEOUT(first.idle(), kWait);

  TrainingBench b;
  QSignalSpy changed(&b.controller, &TrainingController::settingsChanged);
  b.controller.openRun(QString::fromStdString(first.controller.runFolder().string()));
  QTRY_VERIFY_WITH_TIMEOUT(b.idle(), kWait);
  QCOMPARE(b.losses, first.losses);
  QVERIFY(b.in(RunState::Finished));
  QCOMPARE(changed.size(), 1);
  QCOMPARE(b.controller.progress().position, (train::Position{3, 0}));
  train::Settings more = changed[0][0].value<train::Settings>();
  more.epochs = 3;
  b.controller.train(more);
  QTRY_VERIFY_WITH_TIMEOUT(b.idle(), kWait);
  QCOMPARE(b.losses, lossesOf(smallSettings(3)));
}

void TrainingControllerTest::openingNoRunIsTold() {
  TrainingBench b;
  b.controller.openRun(b.home.path() + "/nothing");
  QTRY_COMPARE_WITH_TIMEOUT(b.errors.size(), 1, kWait);
  QTRY_VERIFY(b.idle());
  QVERIFY(b.in(RunState::Ready));
}

void TrainingControllerTest::goingAwayWhileTrainingSaves() {
  auto b = std::make_unique<TrainingBench>();
  b->controller.train(smallSettings(200));
  QTRY_VERIFY_WITH_TIMEOUT(b->losses.size() > 5, kWait);
  const auto checkpoint = b->controller.runFolder() / train::kLastCheckpoint;
  b->home.setAutoRemove(false);
  const QString home = b->home.path();
  b.reset();
  const auto loaded = train::read_checkpoint(checkpoint);
  QVERIFY2(loaded.ok(), loaded.ok() ? "" : loaded.error().sentence().c_str());
  QVERIFY(loaded->checkpoint.position != train::Position{});
  QDir(home).removeRecursively();
}

void TrainingControllerTest::shutDownEndsEverything() {
  TrainingBench b;
  QSignalSpy idle(&b.controller, &TrainingController::idle);
  b.controller.train(smallSettings(200));
  QTRY_VERIFY_WITH_TIMEOUT(b.losses.size() > 5, kWait);
  b.controller.restart(smallSettings());  // waits for the end of the run that is open
  b.controller.shutDown();
  b.controller.train(smallSettings());  // comes too late
  QTRY_COMPARE_WITH_TIMEOUT(idle.size(), 1, kWait);
  QVERIFY(b.idle());
  QVERIFY(b.in(RunState::Stopped));
}

namespace {

NetworkStartPtr startWith(const train::Settings& settings, std::uint64_t seed) {
  auto model = std::make_shared<const model::Model>(*model::build(settings.model, 28, 28, 10));
  auto start = std::make_shared<NetworkStart>();
  start->checkpoint.settings = settings;
  start->checkpoint.state = model::initialise(*model, seed);
  start->model = std::move(model);
  return start;
}

}  // namespace

// Whatever trains is stopped; the network stays with the run, and the run can be gone on with.
void TrainingControllerTest::aRunBeginsFromANetwork() {
  TrainingBench b;
  train::Settings settings = smallSettings(50);
  b.controller.train(settings);
  QTRY_VERIFY_WITH_TIMEOUT(!b.losses.empty(), kWait);
  const std::filesystem::path before = b.controller.runFolder();
  settings.epochs = 1;
  const NetworkStartPtr start = startWith(settings, 99);
  b.controller.trainFrom(start);
  QTRY_VERIFY_WITH_TIMEOUT(b.idle() && b.in(RunState::Finished), kWait);
  const std::filesystem::path run = b.controller.runFolder();
  QVERIFY(run != before && std::filesystem::exists(before / train::kLastCheckpoint));
  const auto kept = train::read_checkpoint(run / kStartCheckpoint);
  QVERIFY(kept.ok() && kept->checkpoint.state.values == start->checkpoint.state.values);
  QVERIFY(b.losses != lossesOf(settings));  // the seed's own network begins elsewhere
  const std::size_t count = b.losses.size();
  settings.epochs = 2;
  b.controller.train(settings);
  QTRY_VERIFY_WITH_TIMEOUT(b.idle() && b.losses.size() == 2 * count, kWait);
  QCOMPARE(b.controller.runFolder(), run);
  QVERIFY2(b.errors.isEmpty(), qPrintable(b.errors.join('\n')));
}

void TrainingControllerTest::aNetworkThatCannotBeginLeavesNothing() {
  TrainingBench b;
  train::Settings settings = smallSettings(1);
  settings.frozen = "64,64";
  b.controller.trainFrom(startWith(settings, 99));
  QTRY_COMPARE_WITH_TIMEOUT(b.errors.size(), 1, kWait);
  QTRY_VERIFY_WITH_TIMEOUT(b.idle(), kWait);
  QVERIFY2(b.errors[0].contains("--frozen: there is no such cell"), qPrintable(b.errors[0]));
  QVERIFY(b.controller.runFolder().empty());
  QVERIFY(QDir(b.home.path()).entryList({"run*"}, QDir::Dirs).isEmpty());
}

}  // namespace synann::ui

SYNANN_TEST(synann::ui::TrainingControllerTest)
#include "training_controller_test.moc"
