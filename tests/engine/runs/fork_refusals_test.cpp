// SPDX-License-Identifier: GPL-3.0-or-later
#include <filesystem>
#include <stop_token>
#include <string>

#include <QFile>
#include <QtTest>

#include "engine/runs/fork.h"
#include "engine/runs/fork_fixtures.h"
#include "engine/train/checkpoint.h"
#include "engine/train/session_fixtures.h"
#include "tests/test_main.h"

using namespace synann;
using namespace synann::runs;
using namespace synann::testing;
using namespace synann::train;
namespace fs = std::filesystem;

// What cannot become a run of its own is told in a sentence, and leaves nothing behind.
class ForkRefusalsTest : public QObject, private ForkRuns {
  Q_OBJECT

 private slots:
  void init() { QVERIFY(renew()); }
  void refusals_data();
  void refusals();
  void otherDataAreRefused();
  void brokenHistoriesAreRefused();
  void numbersThatDoNotComeOutAreTold();
  void canBeGivenUp();
};

void ForkRefusalsTest::refusals_data() {
  QTest::addColumn<int>("step");
  QTest::addColumn<QString>("run");
  QTest::addColumn<QString>("out");
  QTest::addColumn<QString>("key");
  QTest::addColumn<QString>("sentence");
  QTest::newRow("before the beginning") << -1 << "parent"
                                        << "new"
                                        << ""
                                        << "--step: the run has no such step: expected 0 to 21, found -1";
  QTest::newRow("beyond the end") << 22 << "parent"
                                  << "new"
                                  << ""
                                  << "--step: the run has no such step: expected 0 to 21, found 22";
  QTest::newRow("a folder with a run") << 5 << "parent"
                                       << "parent"
                                       << ""
                                       << "holds a run already; name a folder";
  QTest::newRow("no run") << 5 << "nowhere"
                          << "new"
                          << ""
                          << "history.jsonl";
  QTest::newRow("another batch size") << 5 << "parent"
                                      << "new"
                                      << "batch-size"
                                      << "--batch-size: cannot change in the middle of a run";
  QTest::newRow("out of range") << 5 << "parent"
                                << "new"
                                << "lr"
                                << "--lr";
}

void ForkRefusalsTest::refusals() {
  QFETCH(int, step);
  QFETCH(QString, run);
  QFETCH(QString, out);
  QFETCH(QString, key);
  QFETCH(QString, sentence);
  this->run(at("parent"));
  AskedSettings asked;
  if (!key.isEmpty()) asked.numbers[key.toStdString()] = key == "lr" ? -1 : 50;
  const QByteArray before = bytes_of(at("parent") / kHistoryFile);
  const auto forked = fork(at(qPrintable(run)), step, at(qPrintable(out)), asked);
  QVERIFY(!forked.ok() && forked.error().kind == ErrorKind::Input);
  QVERIFY2(QString::fromStdString(forked.error().sentence()).contains(sentence),
           forked.error().sentence().c_str());
  QVERIFY(!fs::exists(at("new")));
  QVERIFY(bytes_of(at("parent") / kHistoryFile) == before);
}

void ForkRefusalsTest::otherDataAreRefused() {
  run(at("parent"));
  data_ = tiny_digits(250, 60, 7);
  const auto forked = fork(at("parent"), 5, at("new"));
  data_ = tiny_digits();
  QVERIFY(!forked.ok() && forked.error().kind == ErrorKind::Input);
  QVERIFY2(forked.error().sentence().find("is not the data that") != std::string::npos,
           forked.error().sentence().c_str());
  QVERIFY(!fs::exists(at("new")));
}

void ForkRefusalsTest::brokenHistoriesAreRefused() {
  run(at("parent"));
  const std::string whole = text_at(at("parent") / kHistoryFile);
  fs::create_directory(at("broken"));
  const auto refused = [&](const std::string& from, const std::string& to) {
    std::string text = whole;
    text.replace(text.find(from), from.size(), to);
    QFile file(QString::fromStdString((at("broken") / kHistoryFile).string()));
    if (!file.open(QIODevice::WriteOnly) || file.write(text.c_str()) < 0) return false;
    file.close();
    const auto forked = fork(at("broken"), 5, at("new"));
    return !forked.ok() && forked.error().kind == ErrorKind::Input && !fs::exists(at("new"));
  };
  QVERIFY(refused("\"steps_per_epoch\":7", "\"steps_per_epoch\":0"));
  QVERIFY(refused("\"train_count\":250", "\"train_count\":-1"));
  QVERIFY(refused("\"batch_size\":40", "\"batch_size\":0"));
  QVERIFY(refused("\"model\":\"syna-cnn\"", "\"model\":\"no-model\""));
}

// As on a processor that rounds otherwise: the history, or the record, holds other numbers.
void ForkRefusalsTest::numbersThatDoNotComeOutAreTold() {
  run(at("parent"));
  Settings other = tiny_settings();
  other.seed = 6;
  run(at("other"), 1, {}, -1, other);
  fs::create_directory(at("losses"));
  fs::create_directory(at("record"));
  std::string text = text_at(at("other") / kHistoryFile);
  text.replace(text.find("\"seed\":6"), 8, "\"seed\":5");
  QFile file(QString::fromStdString((at("losses") / kHistoryFile).string()));
  QVERIFY(file.open(QIODevice::WriteOnly) && file.write(text.c_str()) > 0);
  file.close();
  fs::copy_file(at("parent") / kHistoryFile, at("record") / kHistoryFile);
  fs::copy_file(at("other") / kNetworkRecord, at("record") / kNetworkRecord);
  for (const auto& [name, words] :
       {std::pair{"losses", "the loss of step 1 is another one"}, {"record", "other numbers after step 7"}}) {
    const auto forked = fork(at(name), 7, at("new"));
    QVERIFY(!forked.ok() && forked.error().kind == ErrorKind::Failed);
    QVERIFY2(forked.error().sentence().find(words) != std::string::npos, forked.error().sentence().c_str());
    QVERIFY(!fs::exists(at("new")));
  }
}

void ForkRefusalsTest::canBeGivenUp() {
  run(at("parent"));
  std::stop_source stop;
  int told = 0;
  const infer::Work work{.stop = stop.get_token(), .progress = [&](int done, int count) {
                           QVERIFY(count == 20 && done <= count);
                           if (++told == 2) stop.request_stop();
                         }};
  fs::remove(at("parent") / kBestCheckpoint);
  const auto forked = fork_run({.run = at("parent"), .step = 20, .folder = at("new"), .data = data_}, work);
  QVERIFY(!forked.ok() && forked.error().kind == ErrorKind::Cancelled);
  QVERIFY(!fs::exists(at("new")));
}

SYNANN_TEST(ForkRefusalsTest)
#include "fork_refusals_test.moc"
