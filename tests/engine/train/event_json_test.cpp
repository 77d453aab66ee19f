// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/train/event_json.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

#include <QtTest>
#include <nlohmann/json.hpp>

#include "engine/std_strings.h"
#include "tests/test_main.h"

using namespace synann;
using namespace synann::train;

namespace {

// What comes back of an event that is written as a line and read from it.
template <class Event>
Event through_a_line(const Event& event, Result<Event> (*read)(const nlohmann::json&, const ReadFrom&)) {
  std::vector<std::string> unknown;
  const auto again = read(nlohmann::json::parse(to_json(event).dump()), {"h, line 1", &unknown});
  if (!again) qFatal("%s", again.error().sentence().c_str());
  if (!unknown.empty()) qFatal("%s is not read", unknown.front().c_str());
  return *again;
}

const std::string kWords = "\"quoted\", \\ and {[ü β]}\nin two lines";

}  // namespace

// Events as JSON: what is written is read back the same.
class EventJsonTest : public QObject {
  Q_OBJECT

 private slots:
  void resumesComeBack_data();
  void resumesComeBack();
  void changesComeBack_data();
  void changesComeBack();
  void endsComeBack_data();
  void endsComeBack();
  void pausesForksTimesAndDevicesComeBack();
  void startsComeBack();
  void evaluationsComeBack();
  void aLineIsALine();
  void onlyWhatIsTrueIsSaid();
  void theResumeIsWhatTheDocumentsSay();
  void tornLinesAreCounted_data();
  void tornLinesAreCounted();
};

void EventJsonTest::resumesComeBack_data() {
  QTest::addColumn<int>("torn");
  QTest::addColumn<bool>("fresh");
  QTest::newRow("whole") << 0 << false;
  QTest::newRow("behind a torn line") << 1 << false;
  QTest::newRow("behind three") << 3 << true;
}

void EventJsonTest::resumesComeBack() {
  QFETCH(int, torn);
  QFETCH(bool, fresh);
  const Resume resume{.position = {12, 345},
                      .changed = {{"lr", 0.012, 0.1 + 0.2},
                                  {"batch-size", 40.0, 100.0},
                                  {"optimizer", std::string("sgd"), std::string("adam")},
                                  {"data", std::string("digits"), kWords}},
                      .fresh_optimiser = fresh,
                      .device = "GPU",
                      .tier = "fused",
                      .isa = "sm_90",
                      .threads = 3,
                      .device_note = kWords,
                      .version = "0.2.0",
                      .commit = "0123456789ab-dirty",
                      .torn = torn};
  // The keys of an object have no order of their own.
  Resume again = through_a_line(resume, resume_from_json), expected = resume;
  const auto by_key = [](const SettingDifference& a, const SettingDifference& b) { return a.key < b.key; };
  std::sort(again.changed.begin(), again.changed.end(), by_key);
  std::sort(expected.changed.begin(), expected.changed.end(), by_key);
  QVERIFY(again == expected);
  QVERIFY(through_a_line(Resume{}, resume_from_json) == Resume{});
}

void EventJsonTest::changesComeBack_data() {
  QTest::addColumn<QString>("key");
  for (const SettingInfo& info : setting_infos()) QTest::newRow(info.key.data()) << QString(info.key.data());
  for (const ChoiceInfo& info : choice_infos()) QTest::newRow(info.key.data()) << QString(info.key.data());
  QTest::newRow("data") << "data";
}

void EventJsonTest::changesComeBack() {
  QFETCH(QString, key);
  Settings known;
  const bool number = apply_setting(known, key.toStdString(), 1.0);
  const std::vector<SettingValue> values =
      number ? std::vector<SettingValue>{0.0, 1.0, 1e-7, 1.0 / 3, 123456789.0, 1e17}
             : std::vector<SettingValue>{"adam", kWords, ""};
  for (const SettingValue& value : values) {
    const SettingChange change{{2, 3}, key.toStdString(), value};
    QVERIFY2(through_a_line(change, change_from_json) == change, value_text(value).c_str());
  }
}

void EventJsonTest::endsComeBack_data() {
  QTest::addColumn<int>("state");
  QTest::newRow("finished") << static_cast<int>(State::Finished);
  QTest::newRow("stopped") << static_cast<int>(State::Stopped);
  QTest::newRow("failed") << static_cast<int>(State::Failed);
}

void EventJsonTest::endsComeBack() {
  QFETCH(int, state);
  const End end{{4, 5}, static_cast<State>(state), kWords};
  QVERIFY(through_a_line(end, end_from_json) == end);
  QCOMPARE(to_json(end)["state"].get<std::string>(), std::string(QTest::currentDataTag()));
  QVERIFY(!to_json(end).contains("fault"));
  for (const FaultPlace place : {FaultPlace::Step, FaultPlace::Validation, FaultPlace::Test}) {
    const End broken{{4, 5}, State::Failed, kWords, place};
    QVERIFY(through_a_line(broken, end_from_json) == broken);
  }
  auto other = to_json(end);
  other["fault"] = "somewhere";
  QVERIFY(!end_from_json(other, {"a line"}).ok());
}

void EventJsonTest::pausesForksTimesAndDevicesComeBack() {
  const Pause pause{{3, 7}};
  QVERIFY(through_a_line(pause, pause_from_json) == pause);
  const Fork fork{{3, 7}, kWords};
  QVERIFY(through_a_line(fork, fork_from_json) == fork);
  QCOMPARE(to_json(fork).size(), std::size_t{4});
  const Fork again{{3, 7},
                   "parent",
                   std::string(64, 'a'),
                   std::string(64, 'b'),
                   {{"lr", 0.012, 0.05}, {"optimizer", "sgd", "adam"}},
                   true};
  QVERIFY(through_a_line(again, fork_from_json) == again);
  const EpochTime time{{3, 7}, 1.0 / 3};
  QVERIFY(through_a_line(time, time_from_json) == time);
  const DeviceChange device{{3, 7}, "GPU", "plain", "sm_80", 5, kWords};
  QVERIFY(through_a_line(device, device_from_json) == device);
}

void EventJsonTest::startsComeBack() {
  StartInfo start;
  start.settings = recommended_settings("syna-rnn", kWords);
  start.data_name = kWords;
  start.data_sha256 = "abc";
  start.train_count = 1;
  start.test_count = 2;
  start.steps_per_epoch = 3;
  start.parameter_count = 4;
  start.device = "GPU";
  start.tier = "fused";
  start.isa = "sm_90";
  start.threads = 5;
  start.device_note = kWords;
  start.position = {6, 7};
  start.folder = kWords;
  start.left_out = 1;
  start.version = "0.2.0";
  start.commit = "0123456789ab";
  const StartInfo again = through_a_line(start, start_from_json);
  QVERIFY(again.settings == start.settings);
  QVERIFY(again.position == start.position);
  QCOMPARE(again.left_out, 1);
  QCOMPARE(again.version, start.version);
  QCOMPARE(again.commit, start.commit);
  QCOMPARE(to_json(again).dump(), to_json(start).dump());
}

void EventJsonTest::evaluationsComeBack() {
  const Evaluation trained{.epoch = 3,
                           .examples = 180'000,
                           .train_loss = 0.1 + 0.2,
                           .test_loss = 1.0 / 3,
                           .correct = 9876,
                           .count = 10'000,
                           .validation_loss = 0.7,
                           .validation_correct = 4,
                           .validation_count = 5,
                           .learning_rate = 0.012,
                           .train_seconds = 1.5,
                           .eval_seconds = 0.25,
                           .best = true,
                           .numbers = {.gradient_norm = 1.0 / 7, .dead_share = 0, .headroom = -0.125},
                           .unix_time = 1'796'000'000.125};
  QCOMPARE(to_json(through_a_line(trained, evaluation_from_json)).dump(), to_json(trained).dump());
  QCOMPARE(*through_a_line(trained, evaluation_from_json).numbers.dead_share, 0.0);
  QVERIFY(!to_json(trained).contains("beta_norm"));
  QCOMPARE(through_a_line(trained, evaluation_from_json).test_loss, trained.test_loss);
  const Evaluation broken{.epoch = 1,
                          .train_loss = std::numeric_limits<double>::infinity(),
                          .test_loss = std::numeric_limits<double>::quiet_NaN()};
  const Evaluation again = through_a_line(broken, evaluation_from_json);
  QVERIFY(std::isnan(again.test_loss) && std::isnan(again.train_loss));  // JSON has no infinity
  QVERIFY(!again.best);
  QVERIFY(!again.numbers.gradient_norm && again.unix_time == 0);
}

void EventJsonTest::aLineIsALine() {
  const std::string lines[] = {to_json(End{{1, 0}, State::Failed, kWords}).dump(),
                               to_json(Fork{{1, 0}, kWords}).dump(),
                               to_json(SettingChange{{1, 0}, "data", kWords}).dump()};
  for (const std::string& line : lines) {
    QVERIFY2(line.find('\n') == std::string::npos, line.c_str());
    QVERIFY2(line.starts_with("{\"event\":\""), line.c_str());  // by which a torn one is known
  }
}

void EventJsonTest::onlyWhatIsTrueIsSaid() {
  const auto resume = to_json(Resume{});
  for (const char* key : {"torn", "fresh_optimizer", "device_note"}) QVERIFY2(!resume.contains(key), key);
  const auto start = to_json(StartInfo{});
  for (const char* key : {"left_out", "device_note", "needs"}) QVERIFY2(!start.contains(key), key);
  QVERIFY(!to_json(Evaluation{.epoch = 1}).contains("best"));
}

void EventJsonTest::theResumeIsWhatTheDocumentsSay() {
  const Resume resume{.position = {2, 5},
                      .changed = {{"lr", 0.012, 0.006}, {"epochs", 3.0, 5.0}},
                      .device = "CPU",
                      .tier = "eigen",
                      .isa = "AVX2",
                      .threads = 2,
                      .version = "0.2.0",
                      .commit = "0123456789ab",
                      .torn = 1};
  const std::string expected =
      R"({"event":"resume","epoch":2,"step":5,"changed":{"lr":{"from":0.012,"to":0.006},)"
      R"("epochs":{"from":3,"to":5}},"device":"CPU","tier":"eigen","isa":"AVX2","threads":2,)"
      R"("version":"0.2.0","commit":"0123456789ab","torn":true})";
  QCOMPARE(to_json(resume).dump(), expected);
}

void EventJsonTest::tornLinesAreCounted_data() {
  QTest::addColumn<QString>("json");
  QTest::addColumn<int>("lines");
  const auto row = [](const char* json, int lines) { QTest::newRow(json) << json << lines; };
  row("{}", 0);
  row("[]", 0);
  row(R"({"torn":true})", 1);
  row(R"({"torn":false})", 0);
  row(R"({"torn":4})", 4);
  row(R"({"torn":-4})", 0);
  row(R"({"torn":1.5})", 0);
  row(R"({"torn":"all"})", 0);
  row(R"({"torn":18446744073709551615})", 1000);
}

void EventJsonTest::tornLinesAreCounted() {
  QFETCH(QString, json);
  QFETCH(int, lines);
  QCOMPARE(torn_lines(nlohmann::json::parse(json.toStdString())), lines);
}

SYNANN_TEST(EventJsonTest)
#include "event_json_test.moc"
