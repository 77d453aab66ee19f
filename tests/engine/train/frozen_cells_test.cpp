// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/train/frozen_cells.h"

#include <QTest>
#include <nlohmann/json.hpp>

#include "engine/std_strings.h"
#include "engine/train/checkpoint.h"
#include "engine/train/event_json.h"
#include "engine/train/history.h"
#include "engine/train/session_fixtures.h"
#include "tests/test_main.h"

using namespace synann;
using namespace synann::testing;

namespace {

constexpr const char* kFrozen = "row 3 5,7";

Settings frozen_settings(const char* optimiser = "sgd") {
  Settings s = tiny_settings();
  s.optimizer = optimiser;
  s.frozen = kFrozen;
  return s;
}

}  // namespace

// A run that leaves some cells of β as they are.
class FrozenCellsTest : public QObject, private SessionRuns {
  Q_OBJECT
 private slots:
  void init() { QVERIFY(renew()); }
  void cellsAreThePlacesOfTheirWeights();
  void cellsThatAreNotThereAreRefused_data();
  void cellsThatAreNotThereAreRefused();
  void aRunLeavesThemAsTheyAre_data();
  void aRunLeavesThemAsTheyAre();
  void aResumedRunIsTheSame_data();
  void aResumedRunIsTheSame();
  void theyCannotChangeInTheMiddleOfARun();
  void theyAreRecorded();
  void anImportBeginsWithThem();
  void aRunWithoutThemSaysNothing();
};

void FrozenCellsTest::cellsAreThePlacesOfTheirWeights() {
  const auto model = *model::build("syna-cnn", 28, 28, 10);
  const auto first = static_cast<std::uint32_t>(model.parameters.find("fcn.weight")->offset);
  QVERIFY(frozen_places(model, "")->empty());
  QCOMPARE(*frozen_places(model, "1,2 0,3"), (std::vector<std::uint32_t>{first + 3, first + 66}));
  QCOMPARE(*frozen_places(model, "fcn: 1,2; fcn: 1,2"), (std::vector<std::uint32_t>{first + 66}));
  QCOMPARE(frozen_places(model, "all")->size(), std::size_t{64 * 64});
  const auto recurrent = *model::build("syna-rnn", 28, 28, 10);
  const auto there = static_cast<std::uint32_t>(recurrent.parameters.find("rnn.weight")->offset);
  QCOMPARE(*frozen_places(recurrent, "0,1"), (std::vector<std::uint32_t>{there + 1}));
}

void FrozenCellsTest::cellsThatAreNotThereAreRefused_data() {
  QTest::addColumn<QString>("model");
  QTest::addColumn<QString>("cells");
  QTest::addColumn<QString>("says");
  QTest::newRow("beyond the matrix")
      << "syna-cnn"
      << "64,0"
      << "--frozen: there is no such cell: expected row and column from 0 to 63, "
         "found 64,0";
  QTest::newRow("no cell") << "syna-cnn"
                           << "here"
                           << "--frozen: names no cells: expected 3,4 for a cell";
  QTest::newRow("no such layer") << "syna-cnn"
                                 << "fc9: 1,1"
                                 << "has no such synapse layer: expected fcn, found \"fc9\"";
  QTest::newRow("no layer at all") << "linear"
                                   << "1,1"
                                   << "has no synapse layer";
}

// Nothing is made for a run that cannot begin.
void FrozenCellsTest::cellsThatAreNotThereAreRefused() {
  QFETCH(QString, model);
  QFETCH(QString, cells);
  QFETCH(QString, says);
  Settings settings = tiny_settings();
  settings.model = model.toStdString();
  settings.frozen = cells.toStdString();
  Recorder seen;
  const auto session = Session::create({.settings = settings, .data = data_, .folder = at("run")}, seen);
  QVERIFY(!session.ok());
  QVERIFY2(session.error().sentence().find(says.toStdString()) != std::string::npos,
           session.error().sentence().c_str());
  QVERIFY(!fs::exists(at("run")));
}

void FrozenCellsTest::aRunLeavesThemAsTheyAre_data() {
  QTest::addColumn<QString>("optimiser");
  QTest::addColumn<int>("threads");
  for (const char* optimiser : {"sgd", "adam"})
    for (const int threads : {1, 3})
      QTest::addRow("%s, %d threads", optimiser, threads) << optimiser << threads;
}

void FrozenCellsTest::aRunLeavesThemAsTheyAre() {
  QFETCH(QString, optimiser);
  QFETCH(int, threads);
  const QByteArray name = optimiser.toUtf8();
  run(at("run"), threads, {}, -1, frozen_settings(name.constData()));
  const auto loaded = read_checkpoint(at("run") / kLastCheckpoint, OptimiserState::Read);
  QVERIFY(loaded.ok());
  QCOMPARE(loaded->checkpoint.settings.frozen, std::string(kFrozen));
  const model::State& state = loaded->checkpoint.state;
  const model::State start = model::initialise(*loaded->model, loaded->checkpoint.settings.seed);
  const auto places = *frozen_places(*loaded->model, kFrozen);
  QCOMPARE(places.size(), std::size_t{65});
  for (const std::uint32_t k : places) {
    QCOMPARE(state.values[k], start.values[k]);
    QCOMPARE(state.momenta[k], 0.0F);
    if (!state.squares.empty()) QCOMPARE(state.squares[k], 0.0F);
  }
  const Parameter& beta = *loaded->model->parameters.find("fcn.weight");
  int moved = 0;
  for (std::size_t k = beta.offset; k < beta.offset + beta.size(); ++k)
    moved += state.values[k] != start.values[k] ? 1 : 0;
  QCOMPARE(moved, 64 * 64 - 65);
}

void FrozenCellsTest::aResumedRunIsTheSame_data() {
  QTest::addColumn<QString>("optimiser");
  QTest::addColumn<int>("steps");
  for (const char* optimiser : {"sgd", "adam"})
    for (const int steps : {3, 9}) QTest::addRow("%s, step %d", optimiser, steps) << optimiser << steps;
}

// Byte for byte, wherever it was interrupted.
void FrozenCellsTest::aResumedRunIsTheSame() {
  QFETCH(QString, optimiser);
  QFETCH(int, steps);
  const QByteArray name = optimiser.toUtf8();
  const Settings settings = frozen_settings(name.constData());
  const Recorder whole = run(at("whole"), 1, {}, -1, settings);
  run(at("cut"), 1, {}, steps, settings);
  const Recorder rest = run(at("cut"), 2, at("cut") / kLastCheckpoint);
  QVERIFY(!rest.losses.empty() && rest.losses.size() < whole.losses.size());
  QVERIFY(bytes_of(at("cut") / kLastCheckpoint) == bytes_of(at("whole") / kLastCheckpoint));
}

void FrozenCellsTest::theyCannotChangeInTheMiddleOfARun() {
  run(at("run"), 1, {}, 3, frozen_settings());
  Recorder seen;
  const auto session = Session::create({.settings = tiny_settings(),
                                        .data = data_,
                                        .folder = at("run"),
                                        .resume = at("run") / kLastCheckpoint,
                                        .asked = {.choices = {{"frozen", "all"}}}},
                                       seen);
  QVERIFY(!session.ok());
  QVERIFY2(session.error().problem == "--frozen cannot change in the middle of a run",
           session.error().sentence().c_str());
}

void FrozenCellsTest::theyAreRecorded() {
  run(at("run"), 1, {}, 3, frozen_settings());
  const auto history = read_history(at("run"));
  QVERIFY(history.ok());
  QCOMPARE(history->settings().frozen, std::string(kFrozen));
}

// A network whose run has not begun takes the cells that are asked for, and keeps what stands in them.
void FrozenCellsTest::anImportBeginsWithThem() {
  auto model = *model::build("syna-cnn", 28, 28, 10);
  Checkpoint checkpoint;
  checkpoint.settings = tiny_settings();
  checkpoint.state = model::initialise(model, 77);
  const auto places = *frozen_places(model, kFrozen);
  for (const std::uint32_t k : places) checkpoint.state.values[k] = 0.125F;
  QVERIFY(write_checkpoint(fs::path(folder_->path().toStdString()) / "knocked.safetensors", checkpoint, model)
              .ok());
  Recorder seen;
  auto session = Session::create({.settings = tiny_settings(),
                                  .data = data_,
                                  .folder = at("run"),
                                  .resume = at("knocked.safetensors"),
                                  .asked = {.choices = {{"frozen", kFrozen}}}},
                                 seen);
  QVERIFY2(session.ok(), session ? "" : session.error().sentence().c_str());
  QVERIFY((*session)->run().ok());
  const auto loaded = read_checkpoint(at("run") / kLastCheckpoint);
  QVERIFY(loaded.ok());
  for (const std::uint32_t k : places) QCOMPARE(loaded->checkpoint.state.values[k], 0.125F);
  QVERIFY(loaded->checkpoint.state.values != checkpoint.state.values);
}

// Files of runs that freeze nothing are what they were before there was freezing.
void FrozenCellsTest::aRunWithoutThemSaysNothing() {
  QVERIFY(!to_json(Settings{}).contains("frozen"));
  QVERIFY(to_json(frozen_settings()).contains("frozen"));
}

SYNANN_TEST(FrozenCellsTest)
#include "frozen_cells_test.moc"
