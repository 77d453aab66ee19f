// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/runs/fork.h"

#include <filesystem>
#include <stop_token>
#include <string>

#include <QFile>
#include <QtTest>

#include "engine/core/sha256.h"
#include "engine/runs/catalogue.h"
#include "engine/runs/fork_fixtures.h"
#include "engine/train/checkpoint.h"
#include "engine/train/history_cut.h"
#include "engine/train/session_fixtures.h"
#include "tests/test_main.h"

using namespace synann;
using namespace synann::runs;
using namespace synann::testing;
using namespace synann::train;
namespace fs = std::filesystem;

// A step of a run becomes a run of its own: with unchanged settings it ends as its parent does, to the byte.
class ForkTest : public QObject, private ForkRuns {
  Q_OBJECT

 private slots:
  void init() { QVERIFY(renew()); }
  void goesOnAsItsParent_data();
  void goesOnAsItsParent();
  void beginsAtTheNearestState();
  void imagesHeldBackStayAside();
  void repeatsWhatAPersonChanged();
  void repeatsWhatAResumeOvertook();
  void aForkIsForked();
  void saysWhereItComesFrom();
  void keepsTheBestOfBefore();
  void keepsTheRecordsOfBefore();
  void ofAnImportIsNotMadeFromTheSeed();
  void otherSettingsHoldFromThereOn();
  void anotherOptimiserBeginsAtZero();
  void cutsAHistoryAtAnyStep();
};

namespace {

// The bytes of a history before its fork event.
std::string before_the_fork(const fs::path& folder) {
  const std::string text = text_at(folder / kHistoryFile);
  return text.substr(0, text.find("{\"event\":\"fork\""));
}

}  // namespace

void ForkTest::goesOnAsItsParent_data() {
  QTest::addColumn<int>("step");
  QTest::addColumn<QString>("optimizer");
  QTest::addColumn<QString>("schedule");
  QTest::newRow("before training") << 0 << "sgd"
                                   << "constant";
  QTest::newRow("in the first epoch") << 3 << "sgd"
                                      << "constant";
  QTest::newRow("at the end of an epoch") << 7 << "sgd"
                                          << "constant";
  QTest::newRow("inside an epoch") << 10 << "sgd"
                                   << "constant";
  QTest::newRow("Adam inside an epoch") << 12 << "adam"
                                        << "constant";
  QTest::newRow("plateau at the end of an epoch") << 14 << "adamw"
                                                  << "plateau";
  QTest::newRow("one cycle") << 16 << "sgd"
                             << "one-cycle";
  QTest::newRow("at the end") << 21 << "sgd"
                              << "constant";
}

void ForkTest::goesOnAsItsParent() {
  QFETCH(int, step);
  QFETCH(QString, optimizer);
  QFETCH(QString, schedule);
  Settings settings = tiny_settings();
  settings.optimizer = optimizer.toStdString();
  settings.schedule = schedule.toStdString();
  run(at("parent"), 1, {}, -1, settings);
  mustFork(at("parent"), step, at("fork"));
  const auto begun = read_checkpoint(at("fork") / kLastCheckpoint);
  QVERIFY(begun.ok());
  QCOMPARE((begun->checkpoint.position.epoch - 1) * 7 + begun->checkpoint.position.step, step);
  trainOn(at("fork"));
  QVERIFY(bytes_of(at("fork") / kLastCheckpoint) == bytes_of(at("parent") / kLastCheckpoint));
  const auto parent = read_history(at("parent")), fork = read_history(at("fork"));
  QVERIFY(parent.ok() && fork.ok());
  QCOMPARE(fork->losses, parent->losses);
  QCOMPARE(fork->evaluations.size(), parent->evaluations.size());
}

// Inside an epoch and with momenta, where the checkpoint is older than the history.
void ForkTest::beginsAtTheNearestState() {
  runUntil(at("parent"), 10);
  fs::copy(at("parent"), at("early"));
  run(at("parent"), 1, at("parent") / kLastCheckpoint);
  fs::copy(at("parent"), at("old"));
  fs::copy(at("early"), at("old"), fs::copy_options::overwrite_existing | fs::copy_options::recursive);
  fs::copy_file(at("parent") / kHistoryFile, at("old") / kHistoryFile, fs::copy_options::overwrite_existing);
  constexpr std::int64_t steps = 10;
  fs::remove(at("old") / kBestCheckpoint);
  for (const std::int64_t step : {steps, steps + 1, std::int64_t{14}, std::int64_t{16}}) {
    const fs::path out = at("fork") += std::to_string(step);
    const auto forked = fork(at("old"), step, out);
    QVERIFY2(forked.ok(), forked.ok() ? "" : forked.error().sentence().c_str());
    QCOMPARE(forked->from_step, steps);
    trainOn(out);
    QVERIFY(bytes_of(out / kLastCheckpoint) == bytes_of(at("parent") / kLastCheckpoint));
  }
  // Before it there is the seed alone.
  QCOMPARE(fork(at("old"), steps - 1, at("before"))->from_step, std::int64_t{0});
}

void ForkTest::imagesHeldBackStayAside() {
  Settings settings = tiny_settings();
  settings.validation = 49;  // 201 = 5 · 40 + 1: batch norm leaves one out
  run(at("parent"), 1, {}, -1, settings);
  mustFork(at("parent"), 7, at("fork"));
  trainOn(at("fork"));
  QVERIFY(bytes_of(at("fork") / kLastCheckpoint) == bytes_of(at("parent") / kLastCheckpoint));
}

// The rate that a person changed in the middle of an epoch, and an optimiser that was set to zero.
void ForkTest::repeatsWhatAPersonChanged() {
  runWithRate(at("parent"), 9, 0.05);
  mustFork(at("parent"), 12, at("after"));
  trainOn(at("after"));
  QVERIFY(bytes_of(at("after") / kLastCheckpoint) == bytes_of(at("parent") / kLastCheckpoint));
  mustFork(at("parent"), 9, at("there"));
  trainOn(at("there"));
  QVERIFY(bytes_of(at("there") / kLastCheckpoint) == bytes_of(at("parent") / kLastCheckpoint));

  run(at("zero"), 1, {}, 5);
  Recorder seen;
  auto session = Session::create({.execution = {.threads = 1},
                                  .data = data_,
                                  .folder = at("zero"),
                                  .resume = at("zero") / kLastCheckpoint,
                                  .fresh_optimiser = true},
                                 seen);
  QVERIFY(session.ok() && (*session)->run().ok());
  session->reset();
  mustFork(at("zero"), 6, at("fork"));
  trainOn(at("fork"));
  QVERIFY(bytes_of(at("fork") / kLastCheckpoint) == bytes_of(at("zero") / kLastCheckpoint));
}

// A program that was killed is ahead of its checkpoint: what it did then does not count.
void ForkTest::repeatsWhatAResumeOvertook() {
  run(at("run"), 1, {}, 5);
  fs::copy(at("run"), at("killed"));
  run(at("run"), 1, at("run") / kLastCheckpoint, 5);
  fs::copy_file(at("run") / kHistoryFile, at("killed") / kHistoryFile, fs::copy_options::overwrite_existing);
  Settings settings = tiny_settings();
  Recorder seen;
  auto session = Session::create({.execution = {.threads = 1},
                                  .data = data_,
                                  .folder = at("killed"),
                                  .resume = at("killed") / kLastCheckpoint,
                                  .asked = {.numbers = {{"lr", 0.03}}}},
                                 seen);
  QVERIFY(session.ok() && (*session)->run().ok());
  session->reset();
  mustFork(at("killed"), 8, at("fork"));
  trainOn(at("fork"));
  QVERIFY(bytes_of(at("fork") / kLastCheckpoint) == bytes_of(at("killed") / kLastCheckpoint));
}

void ForkTest::aForkIsForked() {
  run(at("parent"));
  mustFork(at("parent"), 5, at("child"), {.numbers = {{"lr", 0.03}, {"weight-decay", 0.01}}});
  trainOn(at("child"));
  for (const auto& [step, name] : {std::pair{3, "before"}, {5, "there"}, {9, "after"}}) {
    mustFork(at("child"), step, at(name));
    trainOn(at(name));
  }
  QVERIFY(bytes_of(at("after") / kLastCheckpoint) == bytes_of(at("child") / kLastCheckpoint));
  QVERIFY(bytes_of(at("there") / kLastCheckpoint) == bytes_of(at("child") / kLastCheckpoint));
  // Before its own fork the child is its parent.
  QVERIFY(bytes_of(at("before") / kLastCheckpoint) == bytes_of(at("parent") / kLastCheckpoint));
}

void ForkTest::saysWhereItComesFrom() {
  run(at("parent"));
  const auto forked = fork(at("parent") / "", 10, at("fork"));
  QVERIFY(forked.ok());
  QCOMPARE(forked->fork.from, std::string("parent"));
  QVERIFY((forked->fork.position == Position{2, 3}));
  const std::string shared = before_the_fork(at("fork"));
  const auto as_bytes = [](const std::string& text) {
    return std::span(reinterpret_cast<const std::uint8_t*>(text.data()), text.size());
  };
  QCOMPARE(forked->fork.history_sha256, sha256_hex(as_bytes(shared)));
  const std::string file = text_at(at("fork") / kLastCheckpoint);
  std::uint64_t header = 0;
  for (int k = 7; k >= 0; --k)
    header = header << 8 | static_cast<std::uint8_t>(file[static_cast<std::size_t>(k)]);
  QCOMPARE(forked->fork.parameters_sha256, sha256_hex(as_bytes(file.substr(8 + header))));

  const auto history = read_history(at("fork"));
  QVERIFY(history.ok());
  QVERIFY(history->forks == std::vector<Fork>{forked->fork});
  QCOMPARE(history->losses.size(), std::size_t{10});
  QCOMPARE(history->evaluations.size(), std::size_t{2});
  const RunSummary summary = summarise(at("fork"));
  QCOMPARE(summary.parent, std::string("parent"));
  QCOMPARE(summary.steps, std::int64_t{10});
  QVERIFY(summary.state == RunState::Stopped);
  // Nothing of it stands in the checkpoint, and nothing in the parent.
  QVERIFY(!QByteArray::fromStdString(file).contains("parent"));
  QVERIFY(read_history(at("parent"))->forks.empty());
}

void ForkTest::keepsTheBestOfBefore() {
  run(at("parent"));
  const auto best = read_checkpoint(at("parent") / kBestCheckpoint);
  QVERIFY(best.ok());
  const std::int64_t steps = std::int64_t{best->checkpoint.best.epoch} * 7;
  mustFork(at("parent"), steps, at("with"));
  QVERIFY(bytes_of(at("with") / kBestCheckpoint) == bytes_of(at("parent") / kBestCheckpoint));
  mustFork(at("parent"), steps - 1, at("without"));
  QVERIFY(!fs::exists(at("without") / kBestCheckpoint));
}

void ForkTest::keepsTheRecordsOfBefore() {
  run(at("parent"));
  mustFork(at("parent"), 10, at("fork"), {.numbers = {{"lr", 0.05}}});
  trainOn(at("fork"));
  for (const char* name : {kSynapseRecord, kNetworkRecord}) {
    auto parent = RecordReader::open(at("parent") / name), fork = RecordReader::open(at("fork") / name);
    QVERIFY(parent.ok() && fork.ok());
    std::size_t k = 0;
    for (; k < parent->frames().size() && parent->frames()[k].steps <= 10; ++k) {
      QVERIFY(parent->frames()[k] == fork->frames()[k]);
      QCOMPARE(*parent->read(k), *fork->read(k));
    }
    QVERIFY(k > 1 && fork->frames()[k - 1].steps <= 10);
    QCOMPARE(fork->frames().back().steps, std::int64_t{21});
  }
  // What may change in the middle of a run goes on in its records: another weight decay too.
  mustFork(at("parent"), 10, at("decay"), {.numbers = {{"weight-decay", 0.01}}});
  QVERIFY(fs::exists(at("decay") / kSynapseRecord));
  // A record holds one optimiser: of another one it begins anew.
  mustFork(at("parent"), 10, at("adam"), {.choices = {{"optimizer", "adam"}}});
  QVERIFY(!fs::exists(at("adam") / kSynapseRecord));
  trainOn(at("adam"));
  QCOMPARE(RecordReader::open(at("adam") / kSynapseRecord)->frames().front().steps, std::int64_t{10});
}

// A run that began with weights of its own is made again from a state that was kept, and from nothing else.
void ForkTest::ofAnImportIsNotMadeFromTheSeed() {
  run(at("other"), 1, {}, 9);
  const auto weights = read_checkpoint(at("other") / kLastCheckpoint);
  QVERIFY(weights.ok());
  Checkpoint begun = weights->checkpoint;
  begun.data_sha256.clear();
  begun.position = {};
  begun.best = {};
  begun.epoch_loss_sum = 0;
  begun.state.momenta.assign(begun.state.momenta.size(), 0);
  fs::create_directory(at("import"));
  QVERIFY(write_checkpoint(at("import") / kLastCheckpoint, begun, *weights->model).ok());
  trainOn(at("import"));
  mustFork(at("import"), 21, at("end"));
  QVERIFY(bytes_of(at("end") / kLastCheckpoint) == bytes_of(at("import") / kLastCheckpoint));
  fs::remove(at("import") / kBestCheckpoint);
  const auto forked = fork(at("import"), 10, at("new"));
  QVERIFY(!forked.ok() && forked.error().kind == ErrorKind::Failed);
  QVERIFY(!fs::exists(at("new")));
}

// As if a person had changed the rate there in a run of its own.
void ForkTest::otherSettingsHoldFromThereOn() {
  run(at("parent"));
  runWithRate(at("by hand"), 10, 0.05);
  const AskedSettings asked{.numbers = {{"lr", 0.05}}};
  mustFork(at("parent"), 10, at("fork"), asked);
  mustFork(at("parent"), 10, at("same"));
  const auto changed = read_checkpoint(at("fork") / kLastCheckpoint, OptimiserState::Read);
  const auto same = read_checkpoint(at("same") / kLastCheckpoint, OptimiserState::Read);
  QVERIFY(changed.ok() && same.ok());
  QVERIFY(changed->checkpoint.state == same->checkpoint.state);
  QCOMPARE(changed->checkpoint.settings.learning_rate, 0.05);
  QCOMPARE(before_the_fork(at("fork")), before_the_fork(at("same")));
  trainOn(at("fork"));
  QVERIFY(bytes_of(at("fork") / kLastCheckpoint) == bytes_of(at("by hand") / kLastCheckpoint));
  QVERIFY(bytes_of(at("fork") / kLastCheckpoint) != bytes_of(at("parent") / kLastCheckpoint));
  const auto history = read_history(at("fork"));
  QCOMPARE(history->settings_at(9).learning_rate, 0.012);
  QCOMPARE(history->settings_at(10).learning_rate, 0.05);
  QVERIFY(history->resumes.back().changed.empty());
}

void ForkTest::anotherOptimiserBeginsAtZero() {
  run(at("parent"));
  mustFork(at("parent"), 10, at("fork"), {.choices = {{"optimizer", "adam"}}});
  const auto begun = read_checkpoint(at("fork") / kLastCheckpoint, OptimiserState::Read);
  QVERIFY(begun.ok());
  QCOMPARE(begun->optimiser_file, std::string());
  QCOMPARE(begun->checkpoint.optimiser_begun, std::int64_t{10});
  QVERIFY(read_history(at("fork"))->forks.back().fresh_optimiser);
  trainOn(at("fork"));
  mustFork(at("fork"), 12, at("again"));
  trainOn(at("again"));
  QVERIFY(bytes_of(at("again") / kLastCheckpoint) == bytes_of(at("fork") / kLastCheckpoint));
}

// Cut anywhere, a history reads as the same run up to there.
void ForkTest::cutsAHistoryAtAnyStep() {
  runWithRate(at("parent"), 9, 0.05);
  const std::string text = text_at(at("parent") / kHistoryFile);
  const auto whole = parse_history(text, "whole");
  QVERIFY(whole.ok());
  QCOMPARE(last_step(*whole), std::int64_t{21});
  QCOMPARE(cut_history(text, *whole, 21), text);
  for (std::int64_t steps = 0; steps <= 21; ++steps) {
    const std::string cut = cut_history(text, *whole, steps);
    const auto part = parse_history(cut, "part");
    QVERIFY2(part.ok(), part.ok() ? "" : part.error().sentence().c_str());
    QCOMPARE(part->losses.size(), static_cast<std::size_t>(steps));
    QVERIFY(std::equal(part->losses.begin(), part->losses.end(), whole->losses.begin()));
    QCOMPARE(part->evaluations.size(), static_cast<std::size_t>(1 + steps / 7));
    QCOMPARE(part->settings().learning_rate, whole->settings_at(steps).learning_rate);
    QCOMPARE(last_step(*part), steps);
    // Every line stands in the parent's file, the last one of losses at least in its beginning.
    QVERIFY(text.starts_with(cut.substr(0, cut.find("]}\n"))) || steps == 0);
  }
}

SYNANN_TEST(ForkTest)
#include "fork_test.moc"
