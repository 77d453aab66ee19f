// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/runs/run_notes.h"

#include <filesystem>
#include <string>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>
#include <vector>

#include <QFile>
#include <QTemporaryDir>
#include <QtTest>

#include "engine/core/folder_lock.h"
#include "tests/test_main.h"

using namespace synann;
using namespace synann::runs;
namespace fs = std::filesystem;

// What a person says about a run is kept, whatever else happens to its folder.
class RunNotesTest : public QObject {
  Q_OBJECT

 private slots:
  void init();
  void comeBackAsTheyWere();
  void areWrittenWhileTheRunIs();
  void severalAtOnceLoseNothing();
  void killedWritersLoseNothing();
  void othersMembersAreKept();
  void aFileThatIsNoneStaysAsItIs_data();
  void aFileThatIsNoneStaysAsItIs();
  void whatCannotBeATagIsRefused_data();
  void whatCannotBeATagIsRefused();
  void aFolderWithoutARunIsRefused();

 private:
  fs::path folder() const { return home_->path().toStdString(); }
  void put(const char* name, const QByteArray& bytes) const {
    QFile file(home_->filePath(name));
    if (!file.open(QIODevice::WriteOnly) || file.write(bytes) < 0) qFatal("cannot write");
  }
  QByteArray bytesOf(const char* name) const {
    QFile file(home_->filePath(name));
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
  }

  std::unique_ptr<QTemporaryDir> home_;
};

void RunNotesTest::init() {
  home_ = std::make_unique<QTemporaryDir>();
  QVERIFY(home_->isValid());
  put("history.jsonl", "{}\n");
}

void RunNotesTest::comeBackAsTheyWere() {
  QVERIFY(read_notes(folder())->empty());
  const RunNotes said{.title = "β of \"4\"",
                      .tags = {"paper", "wide and slow", "für später"},
                      .note = "First line.\nSecond: 1 − βx < 0.",
                      .archived = true};
  QVERIFY(change_notes(folder(), [&](RunNotes& notes) { notes = said; }));
  QVERIFY(*read_notes(folder()) == said);
  // A change of one thing leaves the others, and a tag is there once.
  QVERIFY(change_notes(folder(), [](RunNotes& notes) {
    notes.tags.insert(notes.tags.end(), {"paper", "new"});
  }));
  RunNotes expected = said;
  expected.tags.push_back("new");
  QVERIFY(*read_notes(folder()) == expected);
}

void RunNotesTest::areWrittenWhileTheRunIs() {
  const auto training = FolderLock::take(folder());
  QVERIFY(training.ok());
  QVERIFY(change_notes(folder(), [](RunNotes& notes) { notes.note = "still going"; }));
  QCOMPARE(read_notes(folder())->note, std::string("still going"));
}

void RunNotesTest::severalAtOnceLoseNothing() {
  constexpr int kWriters = 4, kTags = 10;
  std::vector<std::jthread> writers;
  for (int w = 0; w < kWriters; ++w)
    writers.emplace_back([this, w] {
      for (int k = 0; k < kTags; ++k) {
        const std::string tag = QString("%1 of %2").arg(k).arg(w).toStdString();
        if (!change_notes(folder(), [&](RunNotes& notes) { notes.tags.push_back(tag); }))
          qFatal("a change was refused");
      }
    });
  writers.clear();
  QCOMPARE(read_notes(folder())->tags.size(), std::size_t{kWriters * kTags});
}

// Each writer adds tags in their order and is killed: what is found is a beginning of these.
void RunNotesTest::killedWritersLoseNothing() {
  std::size_t before = 0;
  // As long as it takes on a slow disk until one of them has written something.
  for (int round = 0; round < 20 || (before == 0 && round < 500); ++round) {
    const pid_t child = ::fork();
    QVERIFY(child >= 0);
    if (child == 0) {
      for (;;)
        if (!change_notes(folder(), [](RunNotes& notes) {
              notes.tags.push_back(std::to_string(notes.tags.size()));
              if (notes.tags.size() > kMostTags - 1) notes.tags.resize(1);
            }))
          ::_exit(1);
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(3 + 2 * round));
    ::kill(child, SIGKILL);
    int status = 0;
    QCOMPARE(::waitpid(child, &status, 0), child);
    QVERIFY(WIFSIGNALED(status));
    const auto notes = read_notes(folder());
    QVERIFY2(notes.ok(), notes.ok() ? "" : notes.error().sentence().c_str());
    for (std::size_t k = 0; k < notes->tags.size(); ++k) QCOMPARE(notes->tags[k], std::to_string(k));
    before = std::max(before, notes->tags.size());
  }
  QVERIFY(before > 0);
  QVERIFY(change_notes(folder(), [](RunNotes& notes) { notes.tags.clear(); }));
}

void RunNotesTest::othersMembersAreKept() {
  put("notes.json", R"({"format": "synann-notes-1", "colour": "blue", "title": "a"})");
  QVERIFY(change_notes(folder(), [](RunNotes& notes) { notes.title = "b"; }));
  QVERIFY(bytesOf("notes.json").contains("\"colour\": \"blue\""));
  QCOMPARE(read_notes(folder())->title, std::string("b"));
}

void RunNotesTest::aFileThatIsNoneStaysAsItIs_data() {
  QTest::addColumn<QByteArray>("bytes");
  QTest::addColumn<QByteArray>("says");
  QTest::newRow("cut off") << QByteArray(R"({"format": "synann-no)") << QByteArray("expected a JSON object");
  QTest::newRow("a list") << QByteArray("[1]") << QByteArray("expected a JSON object");
  QTest::newRow("no format") << QByteArray(R"({"title": "a"})") << QByteArray("found none");
  QTest::newRow("another format") << QByteArray(R"({"format": "synann-notes-2"})")
                                  << QByteArray("synann-notes-2");
  QTest::newRow("a number") << QByteArray(R"({"format": "synann-notes-1", "note": 3})")
                            << QByteArray("found number");
  QTest::newRow("tags") << QByteArray(R"({"format": "synann-notes-1", "tags": ["a", 1]})")
                        << QByteArray("texts as \"tags\"");
}

void RunNotesTest::aFileThatIsNoneStaysAsItIs() {
  QFETCH(QByteArray, bytes);
  QFETCH(QByteArray, says);
  put("notes.json", bytes);
  const auto read = read_notes(folder());
  QVERIFY(!read);
  QVERIFY2(read.error().sentence().find(says.toStdString()) != std::string::npos,
           read.error().sentence().c_str());
  QVERIFY(!change_notes(folder(), [](RunNotes& notes) { notes.title = "b"; }));
  QCOMPARE(bytesOf("notes.json"), bytes);
}

void RunNotesTest::whatCannotBeATagIsRefused_data() {
  QTest::addColumn<QString>("tag");
  QTest::newRow("empty") << "";
  QTest::newRow("spaces") << "  ";
  QTest::newRow("comma") << "a,b";
  QTest::newRow("line break") << "a\nb";
  QTest::newRow("long") << QString(101, 'a');
}

void RunNotesTest::whatCannotBeATagIsRefused() {
  QFETCH(QString, tag);
  QVERIFY(change_notes(folder(), [](RunNotes& notes) { notes.tags = {"good"}; }));
  QVERIFY(!change_notes(folder(), [&](RunNotes& notes) { notes.tags.push_back(tag.toStdString()); }));
  QCOMPARE(read_notes(folder())->tags, std::vector<std::string>{"good"});
}

void RunNotesTest::aFolderWithoutARunIsRefused() {
  const QTemporaryDir empty;
  const auto status = change_notes(empty.path().toStdString(), [](RunNotes& notes) { notes.title = "a"; });
  QVERIFY(!status);
  QVERIFY(status.error().sentence().find("holds no run") != std::string::npos);
  QVERIFY(QDir(empty.path()).isEmpty());
}

SYNANN_TEST(RunNotesTest)
#include "run_notes_test.moc"
