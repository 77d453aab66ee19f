// SPDX-License-Identifier: GPL-3.0-or-later
#include <csignal>

#include <QDir>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

#include "tests/app/command.h"
#include "tests/test_main.h"

using synann::testing::Outcome;
using synann::testing::run_synann;

namespace {

// Rows of study --json without times.
QList<QJsonObject> table_rows(const QString& out) {
  QList<QJsonObject> rows;
  for (const QString& line : out.split('\n', Qt::SkipEmptyParts)) {
    rows += QJsonDocument::fromJson(line.toUtf8()).object();
    rows.last().remove("train_seconds_per_epoch");
  }
  return rows;
}

QString file_text(const QString& path) {
  QFile file(path);
  return file.open(QIODevice::ReadOnly) ? QString::fromUtf8(file.readAll()) : QString();
}

void write_program(const QString& path, const QByteArray& text) {
  QFile file(path);
  QVERIFY(file.open(QIODevice::WriteOnly));
  file.write(text);
  file.close();
  QVERIFY(file.setPermissions(file.permissions() | QFile::ExeOwner | QFile::ExeUser));
}

}  // namespace

// `synann study plan`, `task`, `submit`, `collect`, `watch` and `cancel`, as a cluster's nodes would run
// them.
class StudyTasksCliTest : public QObject {
  Q_OBJECT

 private slots:
  void initTestCase();
  void collectPrintsTheSerialTable();
  void whatIsMissingIsNamed();
  void watchEndsWithTheLastTask();
  void aTermSavesATask();
  void slurmGetsAnArray();
  void anElementOfAnArrayDoesItsLine();
  void slurmThatRefusesIsTold();
  void trainingInSeveralProcessesIsRefused();
  void refusesInOneSentence_data();
  void refusesInOneSentence();

 private:
  QString at(const QString& name) const { return folder_.filePath(name); }
  QStringList what() const {
    return {"--data",       at("data"), "--models", "linear,identity-pixel", "--seeds", "2", "--epochs", "1",
            "--batch-size", "50",       "--vary",   "lr=0.01,0.05"};
  }
  QStringList planned(const QString& name) const {
    const Outcome made = run_synann(QStringList{"study", "plan", "--json", "--out", at(name)} + what());
    QStringList ids;
    for (const QString& line : made.out.split('\n', Qt::SkipEmptyParts))
      ids += QJsonDocument::fromJson(line.toUtf8()).object()["id"].toString();
    return ids;
  }
  // Runs a program with made-up Slurm programs before all others.
  Outcome with_slurm(const QString& program, const QStringList& arguments,
                     const QStringList& more = {}) const {
    QProcess process;
    auto environment = QProcessEnvironment::systemEnvironment();
    environment.insert("PATH", at("slurm") + ":" + environment.value("PATH"));
    environment.insert("SLURM_LOG", at("slurm/log"));
    for (const QString& pair : more) environment.insert(pair.section('=', 0, 0), pair.section('=', 1));
    process.setProcessEnvironment(environment);
    process.start(program, arguments);
    if (!process.waitForFinished(120'000)) process.kill();
    return {process.exitStatus() == QProcess::NormalExit ? process.exitCode() : -1,
            QString::fromUtf8(process.readAllStandardOutput()),
            QString::fromUtf8(process.readAllStandardError())};
  }

  QTemporaryDir folder_;
};

void StudyTasksCliTest::initTestCase() {
  QVERIFY(folder_.isValid());
  QCOMPARE(run_synann({"data", "make", at("data"), "--train", "300", "--test", "100"}).code, 0);
  QVERIFY(QDir().mkpath(at("slurm")));
  write_program(at("slurm/sbatch"),
                "#!/bin/sh\necho \"sbatch $*\" >>\"$SLURM_LOG\"\n"
                "if [ -n \"$REFUSE\" ]; then echo 'sbatch: error: invalid partition' >&2; exit 1; fi\n"
                "echo '4711;cluster'\n");
  write_program(at("slurm/scontrol"), "#!/bin/sh\necho 'MaxArraySize            = 6'\n");
  write_program(at("slurm/squeue"), "#!/bin/sh\necho 4711\n");
  write_program(at("slurm/scancel"), "#!/bin/sh\necho \"scancel $*\" >>\"$SLURM_LOG\"\n");
}

void StudyTasksCliTest::collectPrintsTheSerialTable() {
  const Outcome serial = run_synann(QStringList{"study", "--json"} + what());
  QVERIFY2(serial.code == 0, qPrintable(serial.err));
  const QStringList ids = planned("study");
  QCOMPARE(ids.size(), 8);
  // Some by name, with another number of threads, from another folder; the others wherever they are left.
  for (int k : {5, 0}) {
    const Outcome done = run_synann({"study", "task", at("study"), ids[k], "--threads", "2"});
    QVERIFY2(done.code == 0, qPrintable(done.err));
  }
  QVERIFY(run_synann({"study", "submit", at("study"), "--local"}).code == 0);
  const Outcome collected = run_synann({"study", "collect", at("study"), "--json"});
  QVERIFY2(collected.code == 0, qPrintable(collected.err));
  QVERIFY2(collected.err.isEmpty(), qPrintable(collected.err));
  QCOMPARE(table_rows(collected.out), table_rows(serial.out));
  QVERIFY(table_rows(serial.out).size() == 4);
  // Doing it all again does nothing.
  const QString result = at("study/runs/" + ids[0] + "/result.json");
  const QString before = file_text(result);
  QVERIFY(before.contains("\"isa\""));
  QCOMPARE(run_synann({"study", "task", at("study"), ids[0]}).code, 0);
  QCOMPARE(file_text(result), before);
  const Outcome table = run_synann({"study", "collect", at("study"), "--table", at("t.csv")});
  QVERIFY(table.out.contains("p (Holm) |"));
  QCOMPARE(file_text(at("t.csv")).count('\n'), 5);
}

void StudyTasksCliTest::whatIsMissingIsNamed() {
  const QStringList ids = planned("missing");
  QCOMPARE(run_synann({"study", "task", at("missing"), "--line", "2"}).code, 0);
  QCOMPARE(run_synann({"study", "task", at("missing"), ids[2], "--data", at("missing")}).code, 2);
  const Outcome collected = run_synann({"study", "collect", at("missing"), "--json"});
  QCOMPARE(collected.code, 1);
  QCOMPARE(table_rows(collected.out).size(), 1);
  QVERIFY2(collected.err.contains("7 of 8 tasks are not done"), qPrintable(collected.err));
  for (int k : {0, 2, 7}) QVERIFY2(collected.err.contains(ids[k]), qPrintable(collected.err));
  QVERIFY(!collected.err.contains(ids[1]));
  QVERIFY2(collected.err.contains("broken: "), qPrintable(collected.err));
}

void StudyTasksCliTest::watchEndsWithTheLastTask() {
  planned("watched");
  QProcess watch;
  watch.start(SYNANN_BIN_DIR "/synann", {"study", "watch", at("watched"), "--json"});
  QVERIFY(watch.waitForStarted());
  QCOMPARE(run_synann({"study", "submit", at("watched")}).code, 0);
  QVERIFY(watch.waitForFinished(30'000));
  QCOMPARE(watch.exitCode(), 0);
  QCOMPARE(watch.readAllStandardOutput().count("\"state\":\"done\""), 8);
}

void StudyTasksCliTest::aTermSavesATask() {
  const Outcome made = run_synann({"study", "plan", "--out", at("long"), "--data", at("data"), "--models",
                                   "syna-pixel", "--seeds", "1", "--epochs", "100000"});
  QVERIFY2(made.code == 0, qPrintable(made.err));
  QProcess task;
  task.start(SYNANN_BIN_DIR "/synann", {"study", "submit", at("long"), "--local"});
  const QDir runs(at("long/runs"));
  QTRY_VERIFY_WITH_TIMEOUT(!runs.entryList(QDir::Dirs | QDir::NoDotAndDotDot).isEmpty(), 30'000);
  const QString run = runs.filePath(runs.entryList(QDir::Dirs | QDir::NoDotAndDotDot).first());
  QTRY_VERIFY_WITH_TIMEOUT(QFile::exists(run + "/last.safetensors"), 30'000);
  // Somebody else is told who works on it.
  const Outcome second = run_synann({"study", "task", at("long"), "--line", "1"});
  QCOMPARE(second.code, 2);
  QVERIFY2(second.err.contains("process "), qPrintable(second.err));
  const Outcome cancelled = run_synann({"study", "cancel", at("long")});
  QVERIFY2(cancelled.out.contains("told to save and end"), qPrintable(cancelled.out + cancelled.err));
  QVERIFY(task.waitForFinished(30'000));
  QCOMPARE(task.exitCode(), 128 + SIGTERM);
  const Outcome collected = run_synann({"study", "collect", at("long")});
  QVERIFY2(collected.err.contains("interrupted after epoch "), qPrintable(collected.err));
  QVERIFY(run_synann({"study", "cancel", at("long")}).out.contains("Nothing"));
}

void StudyTasksCliTest::slurmGetsAnArray() {
  const QStringList ids = planned("array");
  QCOMPARE(run_synann({"study", "task", at("array"), ids[1]}).code, 0);
  const Outcome made = with_slurm(SYNANN_BIN_DIR "/synann", {"study", "submit", at("array"), "--slurm",
                                                             "--partition=debug", "--time", "10"});
  QVERIFY2(made.code == 0, qPrintable(made.err));
  QVERIFY2(made.out.contains("7 tasks in job 4711, 4711"), qPrintable(made.out));
  // Numbers stay below Slurm's limit, 6 here: 5 in an array.
  const QString log = file_text(at("slurm/log"));
  QVERIFY2(log.contains("--array=1,3-5 --export=ALL,SYNANN_FIRST_TASK=0 --partition=debug --time 10"),
           qPrintable(log));
  QVERIFY2(log.contains("--array=1-3 --export=ALL,SYNANN_FIRST_TASK=5"), qPrintable(log));
  const Outcome cancelled = with_slurm(SYNANN_BIN_DIR "/synann", {"study", "cancel", at("array")});
  QVERIFY2(cancelled.out.contains("Slurm job 4711: cancelled"), qPrintable(cancelled.out));
  QVERIFY(file_text(at("slurm/log")).contains("scancel 4711"));
}

void StudyTasksCliTest::anElementOfAnArrayDoesItsLine() {
  const QStringList ids = planned("array");
  const Outcome done = with_slurm("bash", {at("array/slurm.sh")},
                                  {"SLURM_ARRAY_TASK_ID=2", "SYNANN_FIRST_TASK=5", "SLURM_JOB_ID=4711"});
  QVERIFY2(done.code == 0, qPrintable(done.err));
  QVERIFY(QFile::exists(at("array/runs/" + ids[6] + "/result.json")));
  // What ends with an error ends the element with its code.
  QCOMPARE(with_slurm("bash", {at("array/slurm.sh")}, {"SLURM_ARRAY_TASK_ID=9", "SYNANN_FIRST_TASK=5"}).code,
           2);
}

void StudyTasksCliTest::slurmThatRefusesIsTold() {
  const Outcome made =
      with_slurm(SYNANN_BIN_DIR "/synann", {"study", "submit", at("array"), "--slurm"}, {"REFUSE=1"});
  QCOMPARE(made.code, 1);
  QVERIFY2(made.err.contains("invalid partition"), qPrintable(made.err));
}

void StudyTasksCliTest::trainingInSeveralProcessesIsRefused() {
  const QStringList train{"train",    "--data", at("data"), "--model", "linear",
                          "--epochs", "1",      "--out",    at("mpi")};
  for (const char* const size : {"OMPI_COMM_WORLD_SIZE=2", "PMI_SIZE=3", "SLURM_STEP_NUM_TASKS=2"}) {
    const Outcome told = with_slurm(SYNANN_BIN_DIR "/synann", train, {size});
    QCOMPARE(told.code, 2);
    QVERIFY2(told.err.contains("several processes") && told.err.count('\n') == 1, qPrintable(told.err));
  }
  QCOMPARE(with_slurm(SYNANN_BIN_DIR "/synann", train, {"OMPI_COMM_WORLD_SIZE=1"}).code, 0);
}

void StudyTasksCliTest::refusesInOneSentence_data() {
  QTest::addColumn<QStringList>("arguments");
  QTest::addColumn<QString>("words");
  QTest::newRow("no folder") << QStringList{"study", "plan"} << "--out";
  QTest::newRow("not planned") << QStringList{"study", "collect", "DATA"} << "study plan";
  QTest::newRow("nothing named") << QStringList{"study", "task", "STUDY"} << "--line";
  QTest::newRow("no such id") << QStringList{"study", "task", "STUDY", "0123"} << "0123";
  QTest::newRow("no such line") << QStringList{"study", "task", "STUDY", "--line", "9"} << "1 to 8";
  QTest::newRow("two ways") << QStringList{"study", "submit", "STUDY", "--slurm", "--local"}
                            << "more than one way";
  QTest::newRow("no option") << QStringList{"study", "submit", "STUDY", "--locl"} << "--locl";
  QTest::newRow("hosts") << QStringList{"study", "submit", "STUDY", "--hosts", "h"} << "--parallel";
  QTest::newRow("no command") << QStringList{"study", "colect", "STUDY"} << "colect";
  QTest::newRow("done") << QStringList{"study", "submit", "STUDY", "--slurm"} << "no task that is not done";
}

void StudyTasksCliTest::refusesInOneSentence() {
  QFETCH(QStringList, arguments);
  QFETCH(QString, words);
  arguments.replaceInStrings("STUDY", at("study"));
  arguments.replaceInStrings("DATA", at("data"));
  const Outcome told = run_synann(arguments);
  QCOMPARE(told.code, 2);
  QVERIFY2(told.err.contains(words), qPrintable(told.err));
  QCOMPARE(told.err.count('\n'), 1);
}

SYNANN_TEST(StudyTasksCliTest)
#include "study_tasks_cli_test.moc"
