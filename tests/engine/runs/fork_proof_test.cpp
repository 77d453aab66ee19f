// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/runs/fork_proof.h"

#include <filesystem>
#include <fstream>
#include <string>

#include <QtTest>

#include "engine/runs/fork_fixtures.h"
#include "engine/runs/run_tree.h"
#include "engine/train/checkpoint.h"
#include "engine/train/record.h"
#include "tests/test_main.h"

using namespace synann;
using namespace synann::runs;
using namespace synann::testing;
using namespace synann::train;
namespace fs = std::filesystem;

// What a fork and its parent have in common is looked up in the files of both, and runs stand in a tree.
class ForkProofTest : public QObject, private ForkRuns {
  Q_OBJECT

 private slots:
  void init() { QVERIFY(renew()); }
  void holdsAtAnyStep_data();
  void holdsAtAnyStep();
  void holdsAfterTrainingOn();
  void seesWhatWasChanged();
  void saysThatTheParentIsGone();
  void aRunOfItsOwnHasNone();
  void runsStandInATree();
  void aHistoryThatNamesItsOwnForkIsARoot();
};

void ForkProofTest::holdsAtAnyStep_data() {
  QTest::addColumn<int>("step");
  for (const int step : {0, 3, 7, 10, 21}) QTest::addRow("%d", step) << step;
}

void ForkProofTest::holdsAtAnyStep() {
  QFETCH(int, step);
  run(at("parent"));
  mustFork(at("parent"), step, at("fork"), {.numbers = {{"lr", 0.05}}});
  const auto proof = prove_fork(at("fork"));
  QVERIFY(proof.ok() && proof->holds());
  QCOMPARE(proof->steps, std::int64_t{step});
  QVERIFY(proof->own_history == Agreement::Equal && proof->parent_history == Agreement::Equal);
  QVERIFY(proof->own_parameters == Agreement::Equal && proof->parent_parameters == Agreement::Equal);
  QVERIFY(proof->sentence().find("equal to the parent's at step " + std::to_string(step)) !=
          std::string::npos);
}

// The checkpoint is another one then: its record has the numbers of the fork.
void ForkProofTest::holdsAfterTrainingOn() {
  run(at("parent"));
  mustFork(at("parent"), 10, at("fork"), {.numbers = {{"lr", 0.05}}});
  trainOn(at("fork"));
  const auto proof = prove_fork(at("fork"));
  QVERIFY(proof.ok() && proof->holds());
  QVERIFY(proof->parent_parameters == Agreement::Equal);
  QVERIFY(proof->own_parameters == Agreement::Unknown);
  fs::remove(at("fork") / kNetworkRecord);
  const auto less = prove_fork(at("fork"));
  QVERIFY(less.ok() && less->holds());
  QVERIFY(less->sentence().find("digest") != std::string::npos);
}

void ForkProofTest::seesWhatWasChanged() {
  run(at("parent"));
  mustFork(at("parent"), 10, at("fork"));
  std::string text = text_at(at("fork") / kHistoryFile);
  const std::size_t digit = text.find_last_of("0123456789", text.find("{\"event\":\"fork\"") - 4);
  text[digit] = text[digit] == '7' ? '8' : '7';
  std::ofstream(at("fork") / kHistoryFile) << text;
  const auto own = prove_fork(at("fork"));
  QVERIFY(own.ok() && !own->holds());
  QVERIFY(own->own_history == Agreement::Different && own->parent_history == Agreement::Equal);

  mustFork(at("parent"), 10, at("second"));
  fs::remove_all(at("parent"));
  Settings other = tiny_settings();
  other.seed += 1;
  run(at("parent"), 1, {}, -1, other);
  const auto parent = prove_fork(at("second"));
  QVERIFY(parent.ok() && !parent->holds());
  QVERIFY(parent->parent_history == Agreement::Different &&
          parent->parent_parameters == Agreement::Different);
}

void ForkProofTest::saysThatTheParentIsGone() {
  run(at("parent"));
  mustFork(at("parent"), 10, at("fork"));
  fs::rename(at("parent"), at("elsewhere"));
  const auto proof = prove_fork(at("fork") / "");
  QVERIFY(proof.ok() && !proof->holds() && proof->parent.empty());
  QVERIFY(proof->own_history == Agreement::Equal && proof->parent_history == Agreement::Unknown);
  QVERIFY(proof->sentence().find("parent parent is not beside") != std::string::npos);
}

void ForkProofTest::aRunOfItsOwnHasNone() {
  run(at("parent"));
  const auto proof = prove_fork(at("parent"));
  QVERIFY(!proof.ok() && proof.error().sentence().find("is no fork") != std::string::npos);
  QVERIFY(!prove_fork(at("nothing")).ok());
}

void ForkProofTest::runsStandInATree() {
  run(at("parent"));
  run(at("alone"), 1, {}, 3);
  mustFork(at("parent"), 14, at("late"), {.numbers = {{"lr", 0.05}}});
  mustFork(at("parent"), 3, at("z early"));
  trainOn(at("late"));
  mustFork(at("late"), 15, at("child"), {.choices = {{"optimizer", "adam"}}});
  const auto listed = list_runs(at("."), 1);
  QVERIFY(listed.ok());
  const auto& runs = listed->runs;
  std::vector<TreeRun> tree = run_tree(runs);
  QStringList names;
  for (const TreeRun& entry : tree)
    names.append(QString(entry.depth, '-') + QString::fromStdString(runs[entry.run].name));
  QCOMPARE(names, (QStringList{"alone", "parent", "-z early", "-late", "--child"}));
  QCOMPARE(tree[3].steps, std::int64_t{14});
  QCOMPARE(tree[3].changed, std::string("lr 0.012 → 0.05"));
  QCOMPARE(tree[4].changed, std::string("optimizer sgd → adam"));
  QVERIFY(tree[4].parent && *tree[4].parent == 3 && tree[2].changed.empty());

  fs::remove_all(at("parent"));
  tree = run_tree(list_runs(at("."), 1)->runs);
  QCOMPARE(tree.size(), std::size_t{4});
  QCOMPARE(tree.back().lost_parent, std::string("parent"));
}

void ForkProofTest::aHistoryThatNamesItsOwnForkIsARoot() {
  RunSummary a, b;
  a.folder = "/runs/a";
  b.folder = "/runs/b";
  a.fork.emplace();
  b.fork.emplace();
  a.fork->from = "b";
  b.fork->from = "a";
  a.fork->history_sha256 = b.fork->history_sha256 = "1";
  const auto tree = run_tree({a, b});
  QCOMPARE(tree.size(), std::size_t{2});
  QVERIFY(!tree[0].parent && tree[1].parent);
  // A checkpoint that was named without its folder.
  a.fork->from = "best.safetensors";
  a.fork->history_sha256.clear();
  const auto alone = run_tree({a});
  QVERIFY(alone.size() == 1 && !alone[0].parent);
  QCOMPARE(alone[0].lost_parent, std::string("best.safetensors"));
}

SYNANN_TEST(ForkProofTest)
#include "fork_proof_test.moc"
