// SPDX-License-Identifier: GPL-3.0-or-later
#include <cmath>
#include <csignal>
#include <sys/stat.h>

#include <QDir>
#include <QElapsedTimer>
#include <QFile>
#include <QJsonArray>
#include <QTemporaryDir>
#include <QtEndian>

#include "engine/train/checkpoint.h"
#include "engine/train/history.h"
#include "tests/cases/program.h"
#include "tests/test_main.h"

using namespace synann;
using testing::events_of;
using testing::kWait;
using testing::shell;

// Runs and files that once went wrong, each as a person met it.
class RunCasesTest : public QObject {
  Q_OBJECT
 private slots:
  void initTestCase();
  void largeImagesCanBeReadAgain();
  void aBrokenLossEndsTheRun();
  void aStudyKeepsFailedRuns();
  void aSecondWriterIsRefused();
  void theLockOfAKilledProgramHoldsNobodyUp();
  void closedStreamsStayOutOfFiles();
  void resumingOnlyAppends();
  void aLastBatchOfOneIsLeftOut();
  void signalsSave_data();
  void signalsSave();
  void aStoppedProcessIsNotTraining();
  void onlyRegularFilesAreReplaced();
  void aFullDiskLosesNothing();
  void anEarlierRunIsARun();

 private:
  QString at(const QString& name) const { return home_.filePath(name); }
  // Images of random pixels as IDX files.
  void make_images(const QString& folder, int size, int train, int test) const;
  // Starts a training and waits for its first checkpoint.
  void begin(QProcess& process, const QString& out, const QStringList& more = {}) const;

  QTemporaryDir home_;
};

void RunCasesTest::make_images(const QString& folder, int size, int train, int test) const {
  QDir().mkpath(folder);
  const auto write = [&](const QString& name, const QList<int>& head, const QByteArray& bytes) {
    QFile file(folder + "/" + name);
    if (!file.open(QIODevice::WriteOnly)) qFatal("cannot write %s", qPrintable(file.fileName()));
    for (const int number : head) {
      const quint32 big = qToBigEndian(static_cast<quint32>(number));
      file.write(reinterpret_cast<const char*>(&big), sizeof big);
    }
    file.write(bytes);
  };
  unsigned state = 1;
  const auto next = [&state] { return static_cast<char>((state = state * 1664525u + 1013904223u) >> 24); };
  for (const auto& [name, count] : {std::pair("train", train), std::pair("t10k", test)}) {
    QByteArray pixels, labels;
    for (int k = 0; k < count * size * size; ++k) pixels.append(next());
    for (int k = 0; k < count; ++k) labels.append(static_cast<char>(k % 10));
    write(QString(name) + "-images-idx3-ubyte", {0x803, count, size, size}, pixels);
    write(QString(name) + "-labels-idx1-ubyte", {0x801, count}, labels);
  }
}

void RunCasesTest::initTestCase() {
  QVERIFY(home_.isValid());
  QCOMPARE(testing::synann({"data", "make", at("d"), "--train", "1000", "--test", "300"}).code, 0);
  QCOMPARE(testing::synann({"data", "make", at("big"), "--train", "8000", "--test", "300"}).code, 0);
}

void RunCasesTest::begin(QProcess& process, const QString& out, const QStringList& more) const {
  process.start(SYNANN_BIN_DIR "/synann",
                QStringList{"train", "--data", at("big"), "--epochs", "1000", "--out", at(out)} + more);
  QTRY_VERIFY_WITH_TIMEOUT(QFile::exists(at(out + "/last.safetensors")), kWait);
}

// 4,096 inputs: the optimiser's state of β, as text, was more than a safetensors header may hold.
void RunCasesTest::largeImagesCanBeReadAgain() {
  make_images(at("large"), 128, 24, 10);
  const auto trained =
      testing::synann({"train", "--model", "syna-pixel", "--data", at("large"), "--epochs", "1",
                       "--batch-size", "12", "--optimizer", "adam", "--record", "0", "--out", at("p128")});
  QVERIFY2(trained.code == 0, qPrintable(trained.err));
  for (const char* file : {"last.safetensors", "best.safetensors"}) {
    const auto evaluated =
        testing::synann({"eval", "--checkpoint", at("p128/") + file, "--data", at("large")});
    QVERIFY2(evaluated.code == 0, qPrintable(evaluated.err));
  }
  const auto resumed =
      testing::synann({"train", "--resume", at("p128/last.safetensors"), "--epochs", "2", "--record", "0"});
  QVERIFY2(resumed.code == 0, qPrintable(resumed.err));
  QDir(at("p128")).removeRecursively();
}

void RunCasesTest::aBrokenLossEndsTheRun() {
  const auto broken =
      testing::synann({"train", "--model", "syna-pixel", "--data", at("d"), "--epochs", "1", "--lr", "5",
                       "--batch-size", "1000", "--schedule", "constant", "--out", at("nf")});
  QCOMPARE(broken.code, 1);
  QVERIFY2(broken.err.contains("not finite"), qPrintable(broken.err));
  QVERIFY2(!broken.err.contains("best epoch") && !broken.err.contains("json"), qPrintable(broken.err));
  const auto history = train::read_history(at("nf").toStdString());
  QVERIFY2(history.ok(), history.ok() ? "" : history.error().sentence().c_str());
  QVERIFY(history->end.has_value());
  QVERIFY(history->end->state == train::State::Failed);
  QVERIFY(std::isnan(history->evaluations.back().test_loss));
  QVERIFY(!history->evaluations.back().best);
  for (const auto& event : testing::history(at("nf"))) QVERIFY(!event.isEmpty());
  const auto evaluated =
      testing::synann({"eval", "--checkpoint", at("nf/last.safetensors"), "--data", at("d")});
  QVERIFY2(evaluated.code == 0, qPrintable(evaluated.err));  // the one from before training
  QVERIFY(!QFile::exists(at("nf/best.safetensors")));
}

void RunCasesTest::aStudyKeepsFailedRuns() {
  for (const char* seeds : {"1", "2", "2"}) {
    const auto study = testing::synann({"study", "--models", "syna-pixel,linear", "--seeds", seeds, "--lr",
                                        "5", "--batch-size", "1000", "--data", at("d"), "--epochs", "1",
                                        "--schedule", "constant", "--out", at("ns")});
    QVERIFY2(study.code == 1, qPrintable(study.err));
    QVERIFY2(study.out.contains("syna-pixel, seed 1: failed: "), qPrintable(study.out));
    QVERIFY2(study.out.contains("linear, seed 1: ") && !study.out.contains("nan"), qPrintable(study.out));
    QVERIFY2(study.err.contains("failed") && study.err.count('\n') == 1, qPrintable(study.err));
  }
  const auto file = QJsonDocument::fromJson(testing::bytes_of(at("ns/study.json"))).object();
  QCOMPARE(file["runs"].toArray().size(), 4);
}

void RunCasesTest::aSecondWriterIsRefused() {
  QProcess first;
  begin(first, "two");
  const QString lock = QString::fromUtf8(testing::bytes_of(at("two/run.lock")));
  QVERIFY2(lock.contains(QString("\"pid\":%1,").arg(first.processId())), qPrintable(lock));
  for (const QStringList& more : {QStringList{"--data", at("big"), "--out", at("two"), "--seed", "7"},
                                  QStringList{"--resume", at("two/last.safetensors")}}) {
    const auto second = testing::synann(QStringList{"train", "--epochs", "2"} + more);
    QCOMPARE(second.code, 2);
    QVERIFY2(second.err.contains(QString("is being written by process %1 on ").arg(first.processId())) &&
                 second.err.contains(" since ") && second.err.count('\n') == 1,
             qPrintable(second.err));
  }
  // Looking on is allowed.
  QCOMPARE(testing::synann({"eval", "--checkpoint", at("two/last.safetensors"), "--data", at("big")}).code,
           0);
  QCOMPARE(first.state(), QProcess::Running);
  first.terminate();
  QCOMPARE(testing::outcome_of(first).code, 143);
  QVERIFY(!QFile::exists(at("two/earlier-1")));
  QCOMPARE(events_of(at("two"), "start").size(), 1);
  // A study's folder as well.
  QProcess study;
  study.start(SYNANN_BIN_DIR "/synann", {"study", "--models", "syna-cnn", "--seeds", "1", "--data", at("big"),
                                         "--epochs", "1000", "--out", at("study")});
  QTRY_VERIFY_WITH_TIMEOUT(testing::bytes_of(at("study/run.lock")).contains("pid"), kWait);
  const auto other = testing::synann({"study", "--models", "linear", "--seeds", "1", "--data", at("big"),
                                      "--epochs", "1", "--out", at("study")});
  QCOMPARE(other.code, 2);
  QVERIFY2(other.err.contains("is being written by process"), qPrintable(other.err));
  study.kill();
  study.waitForFinished(kWait);
}

void RunCasesTest::theLockOfAKilledProgramHoldsNobodyUp() {
  QProcess first;
  begin(first, "killed");
  first.kill();
  first.waitForFinished(kWait);
  QVERIFY(QFile::exists(at("killed/run.lock")));
  const auto on = testing::synann({"train", "--resume", at("killed/last.safetensors"), "--epochs", "1"});
  QVERIFY2(on.code == 0, qPrintable(on.err));
}

void RunCasesTest::closedStreamsStayOutOfFiles() {
  for (const char* closed : {">&-", "2>&-", "<&- >&- 2>&-"}) {
    const auto outcome = shell(QString("synann train --data '%1' --epochs 1 --out '%2' %3")
                                   .arg(at("d"), at("closed"), QLatin1String(closed)));
    QCOMPARE(outcome.code, 0);
    for (const auto& event : testing::history(at("closed"))) QVERIFY(!event["event"].toString().isEmpty());
    QVERIFY(train::read_history(at("closed").toStdString()).ok());
    QVERIFY(train::read_checkpoint(at("closed/last.safetensors").toStdString(), train::OptimiserState::Read)
                .ok());
    QDir(at("closed")).removeRecursively();
  }
}

void RunCasesTest::resumingOnlyAppends() {
  QCOMPARE(testing::synann({"train", "--data", at("d"), "--epochs", "3", "--out", at("hr")}).code, 0);
  const QByteArray first = testing::bytes_of(at("hr/history.jsonl"));
  QCOMPARE(
      testing::synann({"train", "--resume", at("hr/last.safetensors"), "--epochs", "4", "--lr", "0.05"}).code,
      0);
  const QByteArray second = testing::bytes_of(at("hr/history.jsonl"));
  QVERIFY(second.startsWith(first));
  QCOMPARE(testing::synann({"train", "--resume", at("hr/last.safetensors"), "--epochs", "5"}).code, 0);
  QVERIFY(testing::bytes_of(at("hr/history.jsonl")).startsWith(second));

  const auto starts = events_of(at("hr"), "start"), resumes = events_of(at("hr"), "resume");
  QCOMPARE(starts.size(), 1);
  QCOMPARE(starts[0]["lr"].toDouble(), 0.012);
  QCOMPARE(starts[0]["epochs"].toInt(), 3);
  QVERIFY(!starts[0]["version"].toString().isEmpty() && starts[0].contains("commit"));
  QCOMPARE(resumes.size(), 2);
  QCOMPARE(resumes[0]["epoch"].toInt(), 4);
  QCOMPARE(resumes[0]["step"].toInt(), 0);
  const QJsonObject changed = resumes[0]["changed"].toObject();
  QCOMPARE(changed["lr"].toObject()["from"].toDouble(), 0.012);
  QCOMPARE(changed["lr"].toObject()["to"].toDouble(), 0.05);
  QCOMPARE(changed["epochs"].toObject()["to"].toInt(), 4);
  for (const char* key : {"device", "tier", "isa", "threads", "version", "commit"})
    QVERIFY2(resumes[0].contains(key), key);
  QCOMPARE(resumes[1]["changed"].toObject().keys(), QStringList{"epochs"});
  QCOMPARE(events_of(at("hr"), "end").size(), 3);

  const auto history = train::read_history(at("hr").toStdString());
  QVERIFY(history.ok());
  QCOMPARE(history->settings_at(0).learning_rate, 0.012);
  QCOMPARE(history->settings_at(29).learning_rate, 0.012);
  QCOMPARE(history->settings_at(30).learning_rate, 0.05);
  QCOMPARE(history->settings().epochs, 5);
  QCOMPARE(history->evaluations.size(), std::size_t{6});
}

void RunCasesTest::aLastBatchOfOneIsLeftOut() {
  QCOMPARE(testing::synann({"data", "make", at("s"), "--train", "101", "--test", "30"}).code, 0);
  const auto left = testing::synann({"train", "--model", "syna-pixel", "--data", at("s"), "--epochs", "2",
                                     "--batch-size", "100", "--out", at("lb")});
  QVERIFY2(left.code == 0, qPrintable(left.err));
  QVERIFY2(left.err.count("leaves one of the 101 training samples out") == 1, qPrintable(left.err));
  QCOMPARE(events_of(at("lb"), "start")[0]["left_out"].toInt(), 1);
  QCOMPARE(events_of(at("lb"), "start")[0]["steps_per_epoch"].toInt(), 1);
  const auto one = testing::synann({"train", "--model", "syna-pixel", "--data", at("s"), "--epochs", "1",
                                    "--batch-size", "1", "--out", at("lb1")});
  QCOMPARE(one.code, 2);
  QVERIFY2(one.err.contains("--batch-size") && one.err.contains("batch norm"), qPrintable(one.err));
  QVERIFY(!QFile::exists(at("lb1")));
  // Without batch norm one sample is as good as any.
  QCOMPARE(testing::synann({"train", "--model", "linear", "--data", at("s"), "--epochs", "1", "--batch-size",
                            "100", "--out", at("lin")})
               .code,
           0);
  QCOMPARE(events_of(at("lin"), "start")[0]["steps_per_epoch"].toInt(), 2);
}

void RunCasesTest::signalsSave_data() {
  QTest::addColumn<int>("number");
  QTest::newRow("SIGINT") << SIGINT;
  QTest::newRow("SIGTERM") << SIGTERM;
  QTest::newRow("SIGHUP") << SIGHUP;
}

void RunCasesTest::signalsSave() {
  QFETCH(int, number);
  const QString out = QString("signal-%1").arg(number);
  QProcess process;
  begin(process, out, {"--log-interval", "1"});
  QVERIFY(process.waitForReadyRead(kWait));  // the first step is done
  QCOMPARE(::kill(static_cast<pid_t>(process.processId()), number), 0);
  const auto outcome = testing::outcome_of(process);
  QCOMPARE(outcome.code, 128 + number);
  QVERIFY2(outcome.err.contains("the run is saved in"), qPrintable(outcome.err));
  const auto saved =
      train::read_checkpoint(at(out + "/last.safetensors").toStdString(), train::OptimiserState::Read);
  QVERIFY(saved.ok());
  QVERIFY(saved->checkpoint.position.step > 0 || saved->checkpoint.position.epoch > 1);
  const auto history = train::read_history(at(out).toStdString());
  QVERIFY(history.ok() && history->end.has_value());
  QVERIFY(history->end->state == train::State::Stopped);
  QVERIFY(history->end->position == saved->checkpoint.position);
}

// The state of a process as the system tells it: 'R' runs, 'T' is stopped.
static char state_of(qint64 process) {
  QFile file(QString("/proc/%1/stat").arg(process));
  const QByteArray line = file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
  return line.mid(line.lastIndexOf(')') + 2, 1).append('?')[0];
}

// Seconds in which nothing ran are in no epoch's time: all epochs together are that much less than went by.
// Three stops in the midst of training, for one may fall between two steps.
void RunCasesTest::aStoppedProcessIsNotTraining() {
  constexpr qint64 kStopped = 700;  // milliseconds each: more than start and end take beside the epochs
  QProcess process;
  QElapsedTimer clock, stopped;
  clock.start();
  process.start(SYNANN_BIN_DIR "/synann", {"train", "--data", at("d"), "--epochs", "400", "--log-interval",
                                           "1", "--out", at("asleep")});
  QVERIFY(process.waitForStarted(kWait));
  const auto id = static_cast<pid_t>(process.processId());
  QByteArray log;
  double still = 0;
  for (const char* epoch : {"Train Epoch: 20 ", "Train Epoch: 120 ", "Train Epoch: 220 "}) {
    QTRY_VERIFY_WITH_TIMEOUT((log += process.readAllStandardOutput()).contains(epoch), kWait);
    QCOMPARE(::kill(id, SIGSTOP), 0);
    QTRY_COMPARE_WITH_TIMEOUT(state_of(id), 'T', kWait);  // still at work, and stopped
    stopped.start();
    QTRY_VERIFY_WITH_TIMEOUT(stopped.elapsed() >= kStopped, kWait);
    still += static_cast<double>(stopped.elapsed()) / 1000;
    QCOMPARE(::kill(id, SIGCONT), 0);
  }
  QCOMPARE(testing::outcome_of(process).code, 0);
  const double passed = static_cast<double>(clock.elapsed()) / 1000;
  double told = 0;
  for (const auto& event : events_of(at("asleep"), "epoch"))
    told += event["train_seconds"].toDouble() + event["eval_seconds"].toDouble();
  QVERIFY2(told > 0 && told <= passed - still, qPrintable(QString("%1 of %2 s").arg(told).arg(passed)));
}

void RunCasesTest::onlyRegularFilesAreReplaced() {
  const QString pipe = at("pipe");
  QCOMPARE(::mkfifo(qPrintable(pipe), 0600), 0);
  for (const QString& target : {pipe, QString("/dev/null"), at("d")}) {
    const auto bench = testing::synann({"bench", "--quick", "--models", "linear", "--work", "eval",
                                        "--threads", "1", "--data", at("d"), "--save", target});
    QCOMPARE(bench.code, 2);
    QVERIFY2(bench.err.contains(target), qPrintable(bench.err));
  }
  struct stat info {};
  QCOMPARE(::stat(qPrintable(pipe), &info), 0);
  QVERIFY(S_ISFIFO(info.st_mode));
}

// The limit of `ulimit -f` stands for a full disk: SIGXFSZ would kill the program.
void RunCasesTest::aFullDiskLosesNothing() {
  QCOMPARE(
      testing::synann({"train", "--data", at("d"), "--epochs", "1", "--record", "0", "--out", at("full")})
          .code,
      0);
  const QByteArray before = testing::bytes_of(at("full/last.safetensors"));
  const auto outcome = shell(QString("ulimit -f 1; synann train --resume '%1' --epochs 2 --record 0")
                                 .arg(at("full/last.safetensors")));
  QCOMPARE(outcome.code, 1);
  QVERIFY2(outcome.err.contains("ulimit -f") && !outcome.err.contains("best epoch"), qPrintable(outcome.err));
  QCOMPARE(testing::bytes_of(at("full/last.safetensors")), before);
  const auto on = testing::synann({"train", "--resume", at("full/last.safetensors"), "--epochs", "2"});
  QVERIFY2(on.code == 0, qPrintable(on.err));
}

void RunCasesTest::anEarlierRunIsARun() {
  for (int k = 0; k < 2; ++k)
    QCOMPARE(testing::synann({"train", "--data", at("d"), "--epochs", "1", "--out", at("again")}).code, 0);
  const QString earlier = at("again/earlier-1");
  QVERIFY(train::read_history(earlier.toStdString()).ok());
  QCOMPARE(testing::synann({"eval", "--checkpoint", earlier + "/best.safetensors", "--data", at("d")}).code,
           0);
  const auto resumed = testing::synann({"train", "--resume", earlier + "/last.safetensors", "--epochs", "2"});
  QVERIFY2(resumed.code == 0, qPrintable(resumed.err));
  QVERIFY2(
      resumed.err.contains("optimiser") && resumed.err.contains("records") && resumed.err.contains("history"),
      qPrintable(resumed.err));
}

SYNANN_TEST(RunCasesTest)
#include "run_cases_test.moc"
