// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/train/history_tail.h"

#include <filesystem>
#include <fstream>
#include <string>

#include <QTemporaryDir>
#include <QTest>

#include "engine/std_strings.h"
#include "engine/train/history_fixtures.h"
#include "tests/test_main.h"

using namespace synann;
using namespace synann::testing;
using namespace synann::train;

namespace fs = std::filesystem;

namespace {

using Look = HistoryTail::Look;

// A file as its writer leaves it, and the one who reads it meanwhile.
struct TailBench {
  fs::path folder() const { return home.path().toStdString(); }
  fs::path file() const { return folder() / kHistoryFile; }
  void write(const std::string& text) const { std::ofstream(file(), std::ios::binary) << text; }
  void append(const std::string& text) const { std::ofstream(file(), std::ios::app) << text; }
  // What the tail knows is what somebody reads who opens the file now.
  bool knows_all() const {
    const auto whole = read_history(folder());
    const History& known = tail.history();
    return whole && known.losses == whole->losses && known.examples == whole->examples &&
           known.evaluations.size() == whole->evaluations.size() && known.changes == whole->changes &&
           known.resumes == whole->resumes && known.truncated == whole->truncated &&
           known.torn == whole->torn && known.open_line == whole->open_line &&
           known.end.has_value() == whole->end.has_value();
  }
  Look look() {
    const auto seen = tail.look();
    if (!seen) qFatal("%s", seen.error().sentence().c_str());
    return *seen;
  }

  QTemporaryDir home;
  HistoryTail tail{home.path().toStdString()};
};

std::string tail_begin() {
  return line_of(small_start()) + line_of(evaluation_of(0)) + losses_line(1, 0, 3);
}

}  // namespace

// Whoever follows a run reads what was written since, and misses nothing of it.
class HistoryTailTest : public QObject {
  Q_OBJECT

 private slots:
  void readsOnlyWhatWasAppended();
  void aLineWithoutAnEndWaitsForIt();
  void everyCutOfAWriteIsSurvived();
  void aKilledWriterThatIsResumed();
  void aShorterFileIsReadAnew();
  void anotherFileIsReadAnew();
  void anotherFileInTheSamePlaceIsReadAnew();
  void whatCannotBeReadIsToldAndLookedAtAgain();
};

void HistoryTailTest::readsOnlyWhatWasAppended() {
  TailBench b;
  b.write(tail_begin());
  QVERIFY(b.look() == Look::Anew);
  QVERIFY(b.knows_all());
  QVERIFY(b.look() == Look::Same);
  std::string filling;
  for (int epoch = 1; epoch <= 400; ++epoch) filling += losses_line(epoch, 0, 7);
  b.append(filling);
  QVERIFY(b.look() == Look::Grown);
  const std::uint64_t before = b.tail.bytes_read();
  const std::string more = line_of(evaluation_of(1)) + losses_line(401, 0, 2);
  b.append(more);
  QVERIFY(b.look() == Look::Grown);
  QVERIFY(b.knows_all());
  QVERIFY(b.tail.bytes_read() - before >= more.size());
  QVERIFY(b.tail.bytes_read() - before <= more.size() + 512);  // by which it knows the file again
  b.append(line_of(End{{401, 2}, State::Stopped, "stopped by you"}));
  QVERIFY(b.look() == Look::Grown);
  QVERIFY(b.tail.history().end.has_value());
}

void HistoryTailTest::aLineWithoutAnEndWaitsForIt() {
  TailBench b;
  const std::string line = losses_line(1, 3, 4);
  b.write(tail_begin() + line.substr(0, 40));
  QVERIFY(b.look() == Look::Anew);
  QVERIFY(b.knows_all());
  QVERIFY(b.tail.history().truncated);
  b.append(line.substr(40));
  QVERIFY(b.look() == Look::Grown);
  QVERIFY(b.knows_all());
  QVERIFY(!b.tail.history().truncated);
  QCOMPARE(b.tail.history().losses.size(), std::size_t{7});
}

// However few bytes arrive at a time, and wherever one looks.
void HistoryTailTest::everyCutOfAWriteIsSurvived() {
  TailBench b;
  b.write(tail_begin());
  b.look();
  const std::string more = line_of(SettingChange{{1, 3}, "lr", 0.006}) + losses_line(1, 3, 4) +
                           line_of(evaluation_of(1)) + losses_line(2, 0, 2);
  for (const char byte : more) {
    b.append(std::string(1, byte));
    QVERIFY(b.look() == Look::Grown);
    QVERIFY(b.knows_all());
  }
}

void HistoryTailTest::aKilledWriterThatIsResumed() {
  TailBench b;
  b.write(tail_begin() + losses_line(1, 3, 4).substr(0, 50));
  b.look();
  Resume resume = resume_at({1, 2});
  resume.torn = 1;
  b.append("\n");
  QVERIFY(b.look() == Look::Grown);  // the line that was cut off has its end, and says nothing
  QCOMPARE(b.tail.history().losses.size(), std::size_t{3});
  b.append(line_of(resume) + losses_line(1, 2, 5));
  QVERIFY(b.look() == Look::Anew);
  QVERIFY(b.knows_all());
  QCOMPARE(b.tail.history().losses.size(), std::size_t{7});
  b.append(line_of(evaluation_of(1)));
  QVERIFY(b.look() == Look::Grown);
  QVERIFY(b.knows_all());
}

void HistoryTailTest::aShorterFileIsReadAnew() {
  TailBench b;
  b.write(tail_begin() + losses_line(1, 3, 4));
  b.look();
  fs::resize_file(b.file(), tail_begin().size());
  QVERIFY(b.look() == Look::Anew);
  QVERIFY(b.knows_all());
  QCOMPARE(b.tail.history().losses.size(), std::size_t{3});
  b.append(losses_line(1, 3, 1));
  QVERIFY(b.look() == Look::Grown);
  QVERIFY(b.knows_all());
}

void HistoryTailTest::anotherFileIsReadAnew() {
  TailBench b;
  b.write(tail_begin());
  b.look();
  fs::rename(b.file(), b.folder() / "earlier.jsonl");
  QVERIFY(!b.tail.look().ok());
  QCOMPARE(b.tail.history().losses.size(), std::size_t{3});  // what is shown stays
  b.write(tail_begin() + losses_line(1, 3, 4));
  QVERIFY(b.look() == Look::Anew);
  QVERIFY(b.knows_all());
}

// One that is written over the old one, and is longer.
void HistoryTailTest::anotherFileInTheSamePlaceIsReadAnew() {
  TailBench b;
  b.write(tail_begin());
  b.look();
  StartInfo other = small_start();
  other.data_sha256 = std::string(64, 'e');
  b.write(line_of(other) + losses_line(1, 0, 7) + line_of(evaluation_of(1)) + losses_line(2, 0, 7));
  QVERIFY(b.look() == Look::Anew);
  QVERIFY(b.knows_all());
  QCOMPARE(b.tail.history().start.data_sha256, other.data_sha256);
}

void HistoryTailTest::whatCannotBeReadIsToldAndLookedAtAgain() {
  TailBench b;
  QVERIFY(!b.tail.look().ok());  // there is none yet
  QVERIFY(b.tail.history().losses.empty());
  b.write(tail_begin());
  QVERIFY(b.look() == Look::Anew);
  b.append("no line of ours\n" + losses_line(1, 3, 4));
  const auto broken = b.tail.look();
  QVERIFY(!broken.ok());
  QVERIFY2(broken.error().sentence().find("line 4") != std::string::npos, broken.error().sentence().c_str());
  QCOMPARE(b.tail.history().losses.size(), std::size_t{3});
  QVERIFY(b.look() == Look::Same);  // told once
  b.write(tail_begin() + losses_line(1, 3, 4));
  QVERIFY(b.look() == Look::Anew);
  QVERIFY(b.knows_all());
}

SYNANN_TEST(HistoryTailTest)
#include "history_tail_test.moc"
