// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/runs/run_index.h"

#include <cmath>
#include <filesystem>
#include <fstream>
#include <limits>
#include <memory>
#include <sqlite3.h>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include <QTemporaryDir>
#include <QtTest>

#include "engine/core/folder_lock.h"
#include "engine/runs/catalogue.h"
#include "engine/runs/run_notes.h"
#include "engine/train/history_fixtures.h"
#include "tests/test_main.h"

using namespace synann;
using namespace synann::runs;
using namespace synann::testing;
using namespace synann::train;
namespace fs = std::filesystem;

namespace {

// Two epochs, the second of them with this many right.
std::string trained(int correct) {
  Evaluation first = evaluation_of(1), second = evaluation_of(2);
  first.best = true;
  first.train_seconds = 1.5, second.train_seconds = 2.25;
  second.correct = correct;
  return line_of(small_start()) + line_of(evaluation_of(0)) + losses_line(1, 0, 7) + line_of(first) +
         losses_line(2, 0, 7) + line_of(second);
}

void write_text(const fs::path& file, const std::string& text) {
  fs::create_directories(file.parent_path());
  std::ofstream(file, std::ios::binary | std::ios::trunc) << text;
}

std::string all_of(const Evaluation& e) {
  return to_json(e).dump();
}

// All that is said of a run, in one text.
std::string all_of(const RunSummary& run) {
  std::ostringstream text;
  text << run.name << '|' << run.folder << '|' << run.problem << '|' << state_word(run.state) << '|'
       << run.reason << '|' << run.writer << '|' << to_json(run.settings).dump() << '|' << run.data_name
       << '|' << run.data_sha256 << '|' << run.version << '|' << run.device << '|' << run.tier << '|'
       << run.isa << '|' << run.threads << '|' << run.parameter_count << '|' << run.parent << '|' << run.steps
       << '|' << run.epochs << '|' << run.train_seconds << '|' << run.written << '|' << run.bytes << '|'
       << run.notes.title << '|' << (run.best ? all_of(*run.best) : "") << '|'
       << (run.last ? all_of(*run.last) : "");
  for (const EpochScore& score : run.latest) text << '|' << score.accuracy << ' ' << score.test_loss;
  return text.str();
}

std::vector<std::string> all_of(const Catalogue& catalogue) {
  std::vector<std::string> texts;
  for (const RunSummary& run : catalogue.runs) texts.push_back(all_of(run));
  return texts;
}

}  // namespace

// An index saves reading, and changes nothing that is said.
class RunIndexTest : public QObject {
  Q_OBJECT

 private slots:
  void init();
  void saysWhatTheFilesSay();
  void readsNoHistoryTwice();
  void aHistoryThatChangedIsReadAgain();
  void whatIsNoHistoryIsSeenAnew();
  void runsThatAreGoneAreForgotten();
  void knowsOnlyWhatIsBelow();
  void aDamagedFileIsMadeAgain_data();
  void aDamagedFileIsMadeAgain();
  void aRowThatWasTamperedWithIsNotBelieved();
  void withoutAPlaceForItTheRunsAreReadAllTheSame();
  void anotherProgramThatWritesDoesNotStopIt();
  void manyAtOnceSayTheSame();
  void aListThatIsStoppedKeepsWhatItRead();

 private:
  fs::path top() const { return fs::path(home_->path().toStdString()) / "runs"; }
  fs::path file() const { return fs::path(home_->path().toStdString()) / "cache" / "index.sqlite"; }
  void make(const std::string& name, const std::string& history) const {
    write_text(top() / name / "history.jsonl", history);
  }
  Catalogue listed(RunIndex* index, const fs::path& folder = {}) const {
    auto catalogue = list_runs(folder.empty() ? top() : folder, 3, {}, {}, index);
    if (!catalogue) qFatal("%s", catalogue.error().sentence().c_str());
    return std::move(*catalogue);
  }
  // With an index of its own, as another program has.
  Catalogue listed_anew() const {
    RunIndex index(file());
    return listed(&index);
  }
  std::size_t kept() const { return RunIndex(file()).below("/").size(); }
  // Puts other numbers into every row that is kept: who reads them says so.
  void mark_kept() const {
    RunIndex index(file());
    auto rows = index.below("/");
    for (auto& [folder, entry] : rows) {
      const std::string device = "\"device\":\"CPU\"";
      entry.text.replace(entry.text.find(device), device.size(), "\"device\":\"kept\"");
    }
    index.change(rows, {});
  }

  std::unique_ptr<QTemporaryDir> home_;
};

void RunIndexTest::init() {
  home_ = std::make_unique<QTemporaryDir>();
  QVERIFY(home_->isValid());
  make("a", trained(30) + line_of(End{{3, 0}, State::Stopped, "stopped by you"}));
  make("b/c", trained(40) + line_of(Fork{{1, 3}, "a, step 3"}) + line_of(Pause{{3, 0}}));
}

void RunIndexTest::saysWhatTheFilesSay() {
  Evaluation broken = evaluation_of(3);
  broken.test_loss = std::numeric_limits<double>::quiet_NaN();
  make("broken", trained(20) + line_of(broken) + line_of(End{{3, 7}, State::Failed, "not finite"}));
  make("begun", line_of(small_start()) + losses_line(1, 0, 3));
  make("unreadable", "{}\n");
  make("wordy", trained(20) + line_of(resume_at({2, 7})) + losses_line(3, 0, 2));
  QVERIFY(change_notes(top() / "a", [](RunNotes& notes) { notes.title = "best of all"; }));
  const auto plain = all_of(listed(nullptr));
  QCOMPARE(plain.size(), std::size_t{6});
  QCOMPARE(all_of(listed_anew()), plain);  // and writes it
  QCOMPARE(all_of(listed_anew()), plain);  // and has it
  QCOMPARE(kept(), std::size_t{5});        // what cannot be read is not kept
  const auto lock = FolderLock::take(top() / "b/c");
  QVERIFY(lock);
  const auto running = listed_anew();
  QCOMPARE(all_of(running), all_of(listed(nullptr)));
  QCOMPARE(running.runs.at(1).state, RunState::Paused);
}

void RunIndexTest::readsNoHistoryTwice() {
  (void)listed_anew();
  mark_kept();
  const auto runs = listed_anew().runs;
  QCOMPARE(runs.at(0).device, std::string("kept"));
  QCOMPARE(runs.at(1).device, std::string("kept"));
  // Not through another name for the folder either.
  fs::create_directory_symlink(top(), top().parent_path() / "link");
  RunIndex index(file());
  QCOMPARE(listed(&index, top().parent_path() / "link").runs.at(0).device, std::string("kept"));
  QCOMPARE(listed(&index, fs::path(top().string() + "/")).runs.at(0).device, std::string("kept"));
}

void RunIndexTest::aHistoryThatChangedIsReadAgain() {
  (void)listed_anew();
  mark_kept();
  std::ofstream(top() / "a/history.jsonl", std::ios::app) << line_of(resume_at({2, 7}));
  // As many bytes, and the time of before.
  const fs::path other = top() / "b/c/history.jsonl";
  const auto time = fs::last_write_time(other);
  make("b/c", trained(41) + line_of(Fork{{1, 3}, "a, step 3"}) + line_of(Pause{{3, 0}}));
  fs::last_write_time(other, time);
  const auto runs = listed_anew().runs;
  QCOMPARE(runs.at(0).device, std::string("CPU"));
  QCOMPARE(runs.at(0).state, RunState::Interrupted);
  QCOMPARE(runs.at(1).last->correct, 41);
  QCOMPARE(all_of(listed_anew()), all_of(listed(nullptr)));
}

void RunIndexTest::whatIsNoHistoryIsSeenAnew() {
  (void)listed_anew();
  QVERIFY(change_notes(top() / "a", [](RunNotes& notes) { notes.tags = {"new"}; }));
  write_text(top() / "a/last.safetensors", std::string(1000, 'x'));
  const auto runs = listed_anew().runs;
  QCOMPARE(runs.at(0).notes.tags, (std::vector<std::string>{"new"}));
  QCOMPARE(runs.at(0).bytes, listed(nullptr).runs.at(0).bytes);
}

void RunIndexTest::runsThatAreGoneAreForgotten() {
  (void)listed_anew();
  QCOMPARE(kept(), std::size_t{2});
  fs::rename(top() / "a", top().parent_path() / "elsewhere");
  QCOMPARE(listed_anew().runs.size(), std::size_t{1});
  QCOMPARE(kept(), std::size_t{1});
}

void RunIndexTest::knowsOnlyWhatIsBelow() {
  make("a-2", trained(5));
  make("a/earlier-1", trained(6));
  (void)listed_anew();
  RunIndex index(file());
  const auto below = index.below(fs::canonical(top() / "a"));
  QCOMPARE(below.size(), std::size_t{2});  // a and a/earlier-1, not a-2
  // A list of one folder forgets nothing of the others.
  QCOMPARE(listed(&index, top() / "a").runs.size(), std::size_t{2});
  QCOMPARE(kept(), std::size_t{4});
}

void RunIndexTest::aDamagedFileIsMadeAgain_data() {
  QTest::addColumn<QString>("damage");
  for (const char* damage : {"no database", "empty", "half", "zeros", "another table"})
    QTest::newRow(damage) << damage;
}

void RunIndexTest::aDamagedFileIsMadeAgain() {
  QFETCH(QString, damage);
  for (int k = 0; k < 40; ++k) make("many/" + std::to_string(k), trained(k));
  const auto plain = all_of(listed_anew());
  const auto size = fs::file_size(file());
  if (damage == "no database") write_text(file(), std::string(5000, 'x'));
  if (damage == "empty") write_text(file(), "");
  if (damage == "half") fs::resize_file(file(), size / 2);
  if (damage == "zeros") {
    std::fstream stream(file(), std::ios::in | std::ios::out | std::ios::binary);
    stream.seekp(4096);
    const std::string zeros(size - 4096, '\0');
    stream.write(zeros.data(), static_cast<std::streamsize>(zeros.size()));
  }
  if (damage == "another table") {
    fs::remove(file());
    sqlite3* database = nullptr;
    QCOMPARE(sqlite3_open(file().c_str(), &database), SQLITE_OK);
    QCOMPARE(sqlite3_exec(database, "CREATE TABLE run (name TEXT)", nullptr, nullptr, nullptr), SQLITE_OK);
    sqlite3_close(database);
  }
  const Catalogue first = listed_anew();
  QCOMPARE(all_of(first), plain);
  if (damage != "empty") {  // which is a new one
    QCOMPARE(first.notes.size(), std::size_t{1});
    QVERIFY2(first.notes[0].ends_with("index.sqlite: the index of the runs was damaged and is made again"),
             first.notes[0].c_str());
  }
  const Catalogue second = listed_anew();
  QCOMPARE(all_of(second), plain);
  QVERIFY(second.notes.empty());
  QCOMPARE(kept(), plain.size());
}

void RunIndexTest::aRowThatWasTamperedWithIsNotBelieved() {
  const auto plain = all_of(listed_anew());
  sqlite3* database = nullptr;
  QCOMPARE(sqlite3_open(file().c_str(), &database), SQLITE_OK);
  QCOMPARE(
      sqlite3_exec(database, "UPDATE run SET text = replace(text, 'CPU', 'GPU')", nullptr, nullptr, nullptr),
      SQLITE_OK);
  sqlite3_close(database);
  QCOMPARE(kept(), std::size_t{0});
  QCOMPARE(all_of(listed_anew()), plain);
  QCOMPARE(kept(), std::size_t{2});
}

void RunIndexTest::withoutAPlaceForItTheRunsAreReadAllTheSame() {
  const auto plain = all_of(listed(nullptr));
  write_text(top().parent_path() / "file", "no folder");
  for (const fs::path& place : {fs::path(), top().parent_path() / "file" / "index.sqlite", top()}) {
    RunIndex index(place);
    const Catalogue catalogue = listed(&index);
    QCOMPARE(all_of(catalogue), plain);
    if (place.empty()) {
      QVERIFY(catalogue.notes.empty());
    } else {
      QCOMPARE(catalogue.notes.size(), std::size_t{1});
      QVERIFY2(catalogue.notes[0].find("the index of the runs cannot be used (") != std::string::npos,
               catalogue.notes[0].c_str());
    }
  }
}

// It waits for a moment, then goes without; what was read is kept the next time.
void RunIndexTest::anotherProgramThatWritesDoesNotStopIt() {
  const auto plain = all_of(listed(nullptr));
  RunIndex index(file());
  sqlite3* other = nullptr;
  QCOMPARE(sqlite3_open(file().c_str(), &other), SQLITE_OK);
  QCOMPARE(sqlite3_exec(other, "BEGIN EXCLUSIVE", nullptr, nullptr, nullptr), SQLITE_OK);
  const Catalogue catalogue = listed(&index);
  QCOMPARE(all_of(catalogue), plain);
  QVERIFY(catalogue.notes.empty());
  sqlite3_exec(other, "ROLLBACK", nullptr, nullptr, nullptr);
  sqlite3_close(other);
  (void)listed(&index);
  QCOMPARE(kept(), std::size_t{2});
}

void RunIndexTest::manyAtOnceSayTheSame() {
  for (int k = 0; k < 20; ++k) make("many/" + std::to_string(k), trained(k));
  const auto plain = all_of(listed(nullptr));
  std::vector<Catalogue> said(6);
  {
    std::vector<std::jthread> programs;
    for (Catalogue& catalogue : said)
      programs.emplace_back([&] {
        for (int round = 0; round < 3; ++round) catalogue = listed_anew();
      });
  }
  for (const Catalogue& catalogue : said) {
    QCOMPARE(all_of(catalogue), plain);
    QVERIFY(catalogue.notes.empty());
  }
}

void RunIndexTest::aListThatIsStoppedKeepsWhatItRead() {
  RunIndex index(file());
  std::stop_source stop;
  const auto stopped = list_runs(
      top(), 1, [&](int done, int) { done == 1 ? (void)stop.request_stop() : void(); }, stop.get_token(),
      &index);
  QVERIFY(!stopped);
  QCOMPARE(kept(), std::size_t{1});
}

SYNANN_TEST(RunIndexTest)
#include "run_index_test.moc"
