// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/runs/run_care.h"

#include <filesystem>
#include <fstream>
#include <memory>
#include <string>

#include <QTemporaryDir>
#include <QtTest>

#include "engine/core/folder_lock.h"
#include "engine/runs/catalogue.h"
#include "engine/runs/run_notes.h"
#include "engine/train/history_fixtures.h"
#include "engine/train/run_folder.h"
#include "tests/test_main.h"

using namespace synann;
using namespace synann::runs;
namespace fs = std::filesystem;

// Runs are renamed, thrown away, taken back and made smaller, never while they are being written.
class RunCareTest : public QObject {
  Q_OBJECT

 private slots:
  void init();
  void renamesWithItsNotes();
  void aNameThatIsTakenOrNoneIsRefused();
  void theBinIsNoPartOfTheList();
  void twoOfOneNameShareTheBin();
  void comesBackWhereItWas();
  void pruningKeepsResults();
  void aRunThatIsWrittenIsLeftAlone();

 private:
  fs::path top() const { return home_->path().toStdString(); }
  fs::path run(const std::string& name) const {
    fs::create_directories(top() / name);
    std::ofstream(top() / name / "history.jsonl")
        << testing::line_of(testing::small_start()) << testing::losses_line(1, 0, 7)
        << testing::line_of(testing::evaluation_of(1));
    return top() / name;
  }
  std::size_t listed() const { return list_runs(top(), 1)->runs.size(); }

  std::unique_ptr<QTemporaryDir> home_;
};

void RunCareTest::init() {
  home_ = std::make_unique<QTemporaryDir>();
  QVERIFY(home_->isValid());
}

void RunCareTest::renamesWithItsNotes() {
  const fs::path before = run("a");
  QVERIFY(change_notes(before, [](RunNotes& notes) { notes.title = "kept"; }));
  const auto after = rename_run(fs::path(before.string() + "/"), "b");
  QVERIFY2(after.ok(), after.ok() ? "" : after.error().sentence().c_str());
  QVERIFY(*after == top() / "b");
  QVERIFY(!fs::exists(before));
  QCOMPARE(list_runs(top(), 1)->runs.at(0).notes.title, std::string("kept"));
}

void RunCareTest::aNameThatIsTakenOrNoneIsRefused() {
  const fs::path a = run("a");
  run("b");
  for (const char* name : {"b", "", ".", "..", ".hidden", "x/y"}) {
    QVERIFY2(!rename_run(a, name), name);
    QVERIFY(fs::exists(a / "history.jsonl"));
  }
  QVERIFY(!rename_run(top() / "nowhere", "c"));
  QVERIFY(!fs::exists(top() / "nowhere"));
}

void RunCareTest::theBinIsNoPartOfTheList() {
  const fs::path a = run("a");
  run("b");
  const auto binned = bin_run(a);
  QVERIFY(binned.ok());
  QVERIFY(fs::exists(*binned / "history.jsonl"));
  QCOMPARE(listed(), std::size_t{1});
}

void RunCareTest::twoOfOneNameShareTheBin() {
  const auto first = bin_run(run("a")), second = bin_run(run("a"));
  QVERIFY(first.ok() && second.ok());
  QVERIFY(*first != *second);
  QVERIFY(fs::exists(*first / "history.jsonl") && fs::exists(*second / "history.jsonl"));
}

void RunCareTest::comesBackWhereItWas() {
  const fs::path a = run("a");
  const auto binned = bin_run(a);
  run("a");  // another one took its name
  QVERIFY(!restore_run(*binned, a));
  QVERIFY(fs::exists(*binned / "history.jsonl"));
  fs::remove_all(a);
  QVERIFY(restore_run(*binned, a));
  QVERIFY(fs::exists(a / "history.jsonl"));
  QCOMPARE(listed(), std::size_t{1});
}

void RunCareTest::pruningKeepsResults() {
  const fs::path a = run("a");
  const auto put = [&](const std::string& name, int bytes) {
    std::ofstream(a / name) << std::string(static_cast<std::size_t>(bytes), 'x');
  };
  put(train::kSynapseRecord, 1000), put(train::kNetworkRecord, 500);
  put("last.safetensors", 10), put("optimizer-0123456789abcdef.safetensors", 300);
  QCOMPARE(*prune_run(a, Prune::Records), std::uint64_t{1500});
  QVERIFY(!fs::exists(a / train::kSynapseRecord) && !fs::exists(a / train::kNetworkRecord));
  QCOMPARE(*prune_run(a, Prune::Optimiser), std::uint64_t{300});
  QVERIFY(!fs::exists(a / "optimizer-0123456789abcdef.safetensors"));
  QVERIFY(fs::exists(a / "last.safetensors"));
  QCOMPARE(list_runs(top(), 1)->runs.at(0).epochs, 1);
}

void RunCareTest::aRunThatIsWrittenIsLeftAlone() {
  const fs::path a = run("a");
  std::ofstream(a / train::kSynapseRecord) << "record";
  const auto training = FolderLock::take(a);
  QVERIFY(training.ok());
  const auto says = [](const auto& result) {
    return !result && result.error().sentence().find("is being written by this program") != std::string::npos;
  };
  QVERIFY(says(rename_run(a, "b")));
  QVERIFY(says(bin_run(a)));
  QVERIFY(says(prune_run(a, Prune::Records)));
  QVERIFY(fs::exists(a / train::kSynapseRecord));
}

SYNANN_TEST(RunCareTest)
#include "run_care_test.moc"
