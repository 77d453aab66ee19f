// SPDX-License-Identifier: GPL-3.0-or-later
// A circuit as it is run in the window, step by step.
#include "ui/pages/circuit/circuit_player.h"

#include <cmath>

#include <QTest>

#include "engine/synapse/circuit_examples.h"
#include "tests/test_main.h"

namespace synann::ui {

class CircuitPlayerTest : public QObject {
  Q_OBJECT

 private slots:
  void aRunKeepsItsStateThroughEdits();
  void aPlaceIsGoneOnFrom();
  void theHistoryIsWholeOnTheWayToAFixedPoint();
};

void CircuitPlayerTest::aRunKeepsItsStateThroughEdits() {
  CircuitPlayer player;
  synapse::Circuit latch = synapse::circuit_example("latch")->make();
  player.setCircuit(latch);
  const auto at = [&](std::size_t k) { return player.values().shown[k]; };
  QCOMPARE(player.values().step, qint64{1});
  QVERIFY(std::abs(at(1) - 0.448) < 1e-12 && std::abs(at(3) - 0.3344) < 1e-12);  // golden, (9)
  player.step();
  QVERIFY(std::abs(at(1) - 0.457979691008) < 1e-12 && std::abs(at(3) - 0.3190564225024) < 1e-12);
  // The same step once more with another number.
  latch.synapses[0].alpha = 0;
  player.setCircuit(latch);
  QCOMPARE(player.values().step, qint64{2});
  QCOMPARE(at(1), 0.0);
  QVERIFY(std::abs(at(3) - 0.3190564225024) < 1e-12);
  QCOMPARE(player.history().values.size(), std::size_t{3});  // with the starts
  QCOMPARE(player.history().values[0], (std::vector<double>{0.5, 0.4}));
  player.reset();
  QCOMPARE(player.values().step, qint64{1});
  // Clamped.
  latch.synapses[0].alpha = 9;
  player.setCircuit(latch);
  QVERIFY(at(0) > 1);
  player.setClamped(true);
  QCOMPARE(at(0), 1.0);
  QVERIFY(player.values().unclamped[0] > 1);
}

void CircuitPlayerTest::aPlaceIsGoneOnFrom() {
  CircuitPlayer player;
  player.setCircuit(synapse::circuit_example("latch")->make());
  player.setPlaying(true);
  const double winner = (1 - 1 / 2.0) / 0.6;  // x̂ = (1 − 1/α)/β_s
  player.place({winner, winner, 0, 0}, 40);
  QVERIFY(!player.playing());
  QCOMPARE(player.values().step, qint64{40});
  QVERIFY(std::abs(player.values().shown[1] - winner) < 1e-15);
  QCOMPARE(player.history().first, qint64{39});  // what was before it, and it
  QCOMPARE(player.history().values.size(), std::size_t{2});
  player.step();
  QCOMPARE(player.values().step, qint64{41});
  player.place({1}, 5);  // of another circuit
  QCOMPARE(player.values().step, qint64{41});
}

void CircuitPlayerTest::theHistoryIsWholeOnTheWayToAFixedPoint() {
  CircuitPlayer player;
  player.setCircuit(synapse::circuit_example("latch")->make());
  player.goTo(5);
  QVERIFY(player.passTo(60));
  QCOMPARE(player.values().step, qint64{60});
  QCOMPARE(player.history().first, qint64{0});
  QCOMPARE(player.history().values.size(), std::size_t{61});
  QVERIFY(!player.passTo(CircuitPlayer::kMostPassed));  // of four synapses
  QVERIFY(!player.passTo(59));
  QCOMPARE(player.values().step, qint64{60});
  // Nothing takes the starts of a circuit without feedback: they are no part of its history.
  player.setCircuit(synapse::circuit_example("xor")->make());
  player.reset();
  QCOMPARE(player.history().first, qint64{1});
  QCOMPARE(player.history().values.size(), std::size_t{1});
}

}  // namespace synann::ui

SYNANN_TEST(synann::ui::CircuitPlayerTest)
#include "circuit_player_test.moc"
