// SPDX-License-Identifier: GPL-3.0-or-later
#include <bit>
#include <cstdint>
#include <filesystem>
#include <string>

#include <QFile>
#include <QTemporaryDir>
#include <QtTest>

#include "engine/core/version.h"
#include "engine/std_strings.h"
#include "engine/train/history.h"
#include "engine/train/history_fixtures.h"
#include "tests/test_main.h"

using namespace synann;
using namespace synann::testing;
using namespace synann::train;

namespace {

std::string begun() {
  return line_of(small_start()) + losses_line(1, 0, 2);
}

std::string resumed(int torn) {
  Resume resume = resume_at({1, 2});
  resume.torn = torn;
  return line_of(resume);
}

std::string line_complaint(const std::string& text) {
  const auto history = parse_history(text, "h.jsonl");
  return history ? "accepted" : history.error().sentence();
}

// What a killed process may leave of a line.
constexpr const char* kTorn = "{\"event\":\"losses\",\"epoch\":1,\"st";

}  // namespace

// Lines that cannot be read, and what is said of them.
class HistoryLinesTest : public QObject {
  Q_OBJECT

 private slots:
  void aTornLastLineIsLeftOut();
  void aTornLineStandsBeforeTheEventThatSaysSo();
  void otherUnreadableLinesAreErrors_data();
  void otherUnreadableLinesAreErrors();
  void whatIsNoEventIsAnError_data();
  void whatIsNoEventIsAnError();
  void unknownEventsAndKeysAreNamedOnce();
  void theNoteNamesTheVersionThatWroteIt();
  void aNewerVersionIsNeeded();
  void aVersionThatIsThereIsEnough();
  void aSecondStartIsAnError();
  void withoutAStartItIsNoHistory_data();
  void withoutAStartItIsNoHistory();
  void theFirstFormatIsRead();
  void readsAFolderOrAFile();
  void lossesReadAsAReaderOfJsonReadsThem_data();
  void lossesReadAsAReaderOfJsonReadsThem();
};

void HistoryLinesTest::aTornLastLineIsLeftOut() {
  const std::string last = line_of(evaluation_of(1));
  const auto whole = parse_history(begun() + last, "h");
  QVERIFY(whole.ok() && !whole->truncated && !whole->open_line && whole->torn == 0);
  for (std::size_t length = 1; length < last.size(); ++length) {
    const auto h = parse_history(begun() + last.substr(0, length), "h");
    QVERIFY2(h.ok(), h.ok() ? "" : h.error().sentence().c_str());
    QVERIFY(h->truncated && h->open_line);
    QCOMPARE(h->torn, 1);
    QCOMPARE(h->losses.size(), std::size_t{2});
    QVERIFY(h->evaluations.empty());
  }
  // Where the end of the line was all that could still be written behind it.
  const auto closed = parse_history(begun() + kTorn + "\n", "h");
  QVERIFY(closed.ok() && closed->truncated && !closed->open_line);
  QCOMPARE(closed->torn, 1);
}

void HistoryLinesTest::aTornLineStandsBeforeTheEventThatSaysSo() {
  const std::string torn = std::string(kTorn) + "\n";
  const auto one = parse_history(begun() + torn + resumed(1) + losses_line(1, 2, 1), "h");
  QVERIFY(one.ok());
  QCOMPARE(one->losses.size(), std::size_t{3});
  QCOMPARE(one->resumes.front().torn, 1);
  QVERIFY(!one->truncated && one->torn == 0);
  const auto two = parse_history(begun() + torn +
                                     R"({"event":"resume","epo)"
                                     "\n" +
                                     resumed(2),
                                 "h");
  QVERIFY(two.ok());
  QCOMPARE(two->resumes.front().torn, 2);
  // Later ones count anew.
  QVERIFY(parse_history(begun() + torn + resumed(1) + torn + resumed(1), "h").ok());
  // A resume that was itself torn will be followed by one that counts both lines.
  const auto again = parse_history(begun() + torn + resumed(1).substr(0, 20), "h");
  QVERIFY(again.ok());
  QCOMPARE(again->torn, 2);
  // One that lacks no more than its end can be read where another line begins: it explains the first.
  const auto whole = parse_history(begun() + torn + resumed(1).substr(0, resumed(1).size() - 1), "h");
  QVERIFY(whole.ok() && whole->truncated && whole->open_line);
  QCOMPARE(whole->torn, 1);
}

void HistoryLinesTest::otherUnreadableLinesAreErrors_data() {
  QTest::addColumn<QString>("text");
  QTest::addColumn<int>("line");
  const auto row = [](const char* name, const std::string& text, int line) {
    QTest::newRow(name) << QString::fromStdString(text) << line;
  };
  const std::string torn = std::string(kTorn) + "\n";
  row("in the middle", begun() + torn + losses_line(1, 2, 1), 3);
  row("before a resume that does not say so", begun() + torn + resumed(0), 3);
  row("before a resume that counts another number", begun() + torn + resumed(2), 3);
  row("two before a resume that counts one", begun() + torn + torn + resumed(1), 3);
  row("not directly before the resume", begun() + torn + losses_line(1, 2, 1) + resumed(1), 3);
  row("an empty line", begun() + "\n" + losses_line(1, 2, 1), 3);
  row("at the end, and never one of ours", begun() + "a remark\n", 3);
  row("ours, then never one of ours", begun() + torn + "a remark\n", 3);
  row("instead of the start", torn + line_of(small_start()), 1);
}

void HistoryLinesTest::otherUnreadableLinesAreErrors() {
  QFETCH(QString, text);
  QFETCH(int, line);
  QCOMPARE(line_complaint(text.toStdString()),
           "h.jsonl, line " + std::to_string(line) + ": is not valid JSON");
}

void HistoryLinesTest::whatIsNoEventIsAnError_data() {
  QTest::addColumn<QString>("line");
  QTest::addColumn<QString>("sentence");
  const auto row = [](const char* line, const char* sentence) { QTest::newRow(line) << line << sentence; };
  const char* const no_event = "is not an event: expected an object with \"event\"";
  row("[]", no_event);
  row("3", no_event);
  row("{}", no_event);
  row(R"({"event":5})", no_event);
  row(R"({"event":"pause","epoch":"one"})", "\"epoch\" is not usable: expected a whole number");
  row(R"({"event":"pause","epoch":1,"step":0.5})", "\"step\" is not usable: expected a whole number");
  row(R"({"event":"pause","epoch":99999999999})",
      "\"epoch\" is not usable: expected a whole number of this size at most");
  row(R"({"event":"pause","epoch":0})", "\"epoch\" is not usable: expected a number of at least 1");
  row(R"({"event":"resume","epoch":1,"step":-1})", "\"step\" is not usable: expected a number of at least 0");
  row(R"({"event":"fork","epoch":1,"step":0,"from":7})", "\"from\" is not usable: expected a text");
  row(R"({"event":"end","state":"bored"})", "\"state\" is not usable: expected finished, stopped or failed");
  row(R"({"event":"change","lr":true})", "\"lr\" is not usable: expected one number or word");
  row(R"({"event":"change","lr":1,"momentum":0})", "\"momentum\" is not usable: expected one number or word");
  row(R"({"event":"resume","changed":{"lr":{"from":1}}})", "\"lr\" is not usable: expected from and to");
  row(R"({"event":"resume","changed":[]})", "\"changed\" is not usable: expected an object");
  const char* const no_losses =
      "the losses are not complete: expected examples, batch_size and a list of numbers";
  row(R"({"event":"losses"})", no_losses);
  row(R"({"event":"losses","examples":-1,"batch_size":1,"loss":[1]})", no_losses);
  row(R"({"event":"losses","examples":0,"batch_size":0,"loss":[1]})", no_losses);
  row(R"({"event":"losses","examples":9223372036854775807,"batch_size":9,"loss":[1,2]})", no_losses);
  row(R"({"event":"losses","examples":0,"batch_size":9223372036854775807,"loss":[1,2,3]})", no_losses);
  row(R"({"event":"losses","examples":0,"batch_size":1,"loss":["x"]})", "a loss is not a number");
}

void HistoryLinesTest::whatIsNoEventIsAnError() {
  QFETCH(QString, line);
  QFETCH(QString, sentence);
  QCOMPARE(line_complaint(begun() + line.toStdString() + "\n"), "h.jsonl, line 3: " + sentence.toStdString());
}

void HistoryLinesTest::unknownEventsAndKeysAreNamedOnce() {
  const std::string future = R"({"event":"dream","epoch":1,"of":"sheep"})"
                             "\n";
  const std::string paused = R"({"event":"pause","epoch":1,"step":2,"because":"tea"})"
                             "\n";
  const std::string changed = R"({"event":"change","epoch":1,"step":2,"warmth":3})"
                              "\n";
  const std::string again =
      R"({"event":"resume","epoch":1,"step":2,"device":"CPU","tier":"eigen","isa":"AVX2",)"
      R"("threads":1,"changed":{"warmth":{"from":1,"to":2},"lr":{"from":0.012,"to":0.5}}})"
      "\n";
  const auto h = parse_history(
      begun() + future + paused + changed + again + future + paused + changed + again + losses_line(1, 2, 1),
      "h");
  QVERIFY2(h.ok(), h.ok() ? "" : h.error().sentence().c_str());
  QCOMPARE(h->unknown, (std::vector<std::string>{"event \"dream\"", "\"because\" of pause",
                                                 "\"warmth\" of change", "\"warmth\" changed by a resume"}));
  QCOMPARE(h->pauses.size(), std::size_t{2});
  QCOMPARE(h->changes.size(), std::size_t{2});  // of the rate, by the resumes
  QCOMPARE(h->losses.size(), std::size_t{3});
}

void HistoryLinesTest::theNoteNamesTheVersionThatWroteIt() {
  const std::string future = R"({"event":"dream"})"
                             "\n";
  const std::string note = std::string("the history holds what version ") + kVersion +
                           " does not know and leaves out (event \"dream\"); it was written by version ";
  StartInfo start = small_start();
  start.version = "7.0.0";
  QCOMPARE(parse_history(line_of(start) + future, "h")->unknown_note(), note + "7.0.0");
  QCOMPARE(parse_history(line_of(start) + resumed(0) + future, "h")->unknown_note(), note + "0.2.0");
  start.version.clear();
  QCOMPARE(parse_history(line_of(start) + future, "h")->unknown_note(), note + "unknown");
}

void HistoryLinesTest::aNewerVersionIsNeeded() {
  const std::string expected =
      std::string("h.jsonl: needs version 999.2 of the program or a newer one: found version ") + kVersion;
  auto start = to_json(small_start());
  start["needs"] = "999.2";
  QCOMPARE(line_complaint(start.dump() + "\n"), expected);
  QCOMPARE(line_complaint(R"({"event":"start","needs":"999.2"})"
                          "\n"
                          R"({"event":"dream"})"
                          "\n"),
           expected);
  start["epochs"] = "forever";  // which that version may well understand
  QCOMPARE(line_complaint(start.dump() + "\n"), expected);
}

void HistoryLinesTest::aVersionThatIsThereIsEnough() {
  for (const char* version : {kVersion, "0.0.1", ""}) {
    auto start = to_json(small_start());
    start["needs"] = version;
    const auto h = parse_history(start.dump() + "\n", "h");
    QVERIFY(h.ok());
    QCOMPARE(h->unknown_note(), std::string());
  }
}

void HistoryLinesTest::aSecondStartIsAnError() {
  QCOMPARE(line_complaint(begun() + line_of(small_start())),
           std::string("h.jsonl, line 3: begins another run in the middle of this one"));
}

void HistoryLinesTest::withoutAStartItIsNoHistory_data() {
  QTest::addColumn<QString>("text");
  QTest::newRow("empty") << "";
  QTest::newRow("a line without end") << QString::fromStdString(line_of(small_start())).chopped(1);
  QTest::newRow("another event first") << QString::fromStdString(losses_line(1, 0, 1) + begun());
  QTest::newRow("something else") << "[1, 2]\n";
}

void HistoryLinesTest::withoutAStartItIsNoHistory() {
  QFETCH(QString, text);
  QCOMPARE(line_complaint(text.toStdString()),
           std::string("h.jsonl: is not a history of this program: expected a \"start\" event in the first "
                       "line"));
}

// As version 0.1.0 wrote it, which began the file again where a run was resumed.
void HistoryLinesTest::theFirstFormatIsRead() {
  const std::string text =
      R"({"event":"start","model":"syna-cnn","data":"digits","epochs":3,"batch_size":40,"lr":0.006,)"
      R"("data_name":"Tiny digits","data_sha256":"dd","train_count":250,"test_count":60,)"
      R"("steps_per_epoch":7,"parameters":30762,"device":"CPU","tier":"eigen","isa":"AVX2","threads":1,)"
      R"("from_epoch":1,"from_step":5,"out":"runs/a"})"
      "\n"
      R"({"event":"losses","epoch":1,"step":0,"batch_size":40,"examples":0,"loss":[2.5,2.25]})"
      "\n"
      R"({"event":"evaluation","epoch":0,"examples":0,"test_loss":2.3,"correct":6,"count":60,"eval_seconds":0.1})"
      "\n"
      R"({"event":"change","epoch":1,"step":3,"lr":0.006})"
      "\n"
      R"({"event":"time","epoch":1,"step":5,"train_seconds":0.5})"
      "\n"
      R"({"event":"losses","epoch":1,"step":5,"batch_size":40,"examples":200,"loss":[2]})"
      "\n"
      R"({"event":"epoch","epoch":1,"examples":250,"train_loss":2.2,"test_loss":2.1,"correct":20,"count":60,)"
      R"("lr":0.006,"train_seconds":1,"eval_seconds":0.1,"best":true})"
      "\n";
  const auto h = parse_history(text, "h");
  QVERIFY2(h.ok(), h.ok() ? "" : h.error().sentence().c_str());
  QVERIFY((h->start.position == Position{1, 5}));
  QCOMPARE(h->start.version, std::string());
  QCOMPARE(h->start.settings.learning_rate, 0.006);
  QCOMPARE(h->losses, (std::vector<float>{2.5f, 2.25f, 2}));
  QCOMPARE(h->examples, (std::vector<std::int64_t>{0, 40, 200}));
  QCOMPARE(h->evaluations.size(), std::size_t{2});
  QVERIFY(h->evaluations.back().best);
  QCOMPARE(h->settings().learning_rate, 0.006);
  QVERIFY(h->resumes.empty() && !h->end && !h->truncated);
  QCOMPARE(h->unknown_note(), std::string());
  // It goes on as every history does.
  QCOMPARE(parse_history(text + line_of(resume_at({1, 6})), "h")->evaluations.size(), std::size_t{1});
}

void HistoryLinesTest::readsAFolderOrAFile() {
  const QTemporaryDir dir;
  QFile file(dir.filePath(kHistoryFile));
  QVERIFY(file.open(QIODevice::WriteOnly));
  file.write(QByteArray::fromStdString(begun() + "nonsense\n"));
  file.close();
  for (const QString& path : {dir.path(), file.fileName()}) {
    const auto history = read_history(path.toStdString());
    QVERIFY(!history.ok());
    QCOMPARE(QString::fromStdString(history.error().sentence()),
             file.fileName() + ", line 3: is not valid JSON");
  }
}

void HistoryLinesTest::lossesReadAsAReaderOfJsonReadsThem_data() {
  QTest::addColumn<QString>("losses");
  for (const char* losses : {"[2.3025851]",
                             "[0.1,1e-45,3.4028235e+38,1.1754944e-38,-2,17,0]",
                             "[null,0.5,null]",
                             "[2.5E3,0.30000001192092896,16777217,1e-400,123456789012345678]",
                             "[]",
                             "[1,]",
                             "[,1]",
                             "[01]",
                             "[.5]",
                             "[1.]",
                             "[+1]",
                             "[1e]",
                             "[inf]",
                             "[nan]",
                             "[0x1]",
                             "[1e999]",
                             "[true]",
                             "[1 ,2]",
                             "[1",
                             "[--1]",
                             "[1]]",
                             "[\"1\"]",
                             "[nullnull]",
                             "[[1]]"})
    QTest::newRow(losses) << losses;
}

// A space makes it another line than the program writes, with the same meaning: both are taken, as the same
// numbers, or both are refused with the same words.
void HistoryLinesTest::lossesReadAsAReaderOfJsonReadsThem() {
  QFETCH(QString, losses);
  const auto parsed = [&](const char* gap) {
    return parse_history(line_of(small_start()) +
                             R"({"event":"losses","epoch":1,"step":0,"batch_size":40,"examples":80,"loss":)" +
                             gap + losses.toStdString() + "}\n" + line_of(evaluation_of(1)),
                         "h");
  };
  const auto one = parsed(""), other = parsed(" ");
  QCOMPARE(one.ok(), other.ok());
  if (!one) {
    QCOMPARE(one.error().sentence(), other.error().sentence());
    return;
  }
  QCOMPARE(one->examples, other->examples);
  QCOMPARE(one->losses.size(), other->losses.size());
  for (std::size_t k = 0; k < one->losses.size(); ++k)
    QCOMPARE(std::bit_cast<std::uint32_t>(one->losses[k]), std::bit_cast<std::uint32_t>(other->losses[k]));
}

SYNANN_TEST(HistoryLinesTest)
#include "history_lines_test.moc"
