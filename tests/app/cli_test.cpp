// SPDX-License-Identifier: GPL-3.0-or-later
#include <csignal>

#include <QDir>
#include <QFile>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QRegularExpression>
#include <QTemporaryDir>
#include <QTest>
#include <QtEndian>

#include "engine/io/safetensors.h"
#include "tests/app/command.h"
#include "tests/test_main.h"

using synann::testing::Outcome;
using synann::testing::run_synann;

namespace {

QByteArray bytes_of(const QString& path) {
  QFile file(path);
  return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

void write(const QString& path, const QByteArray& bytes) {
  QFile file(path);
  if (!file.open(QIODevice::WriteOnly) || file.write(bytes) != bytes.size())
    qFatal("cannot write %s", qPrintable(path));
}

}  // namespace

// The program `synann` as a user starts it: its contract of lines, files and exit codes.
class CliTest : public QObject {
  Q_OBJECT
 private slots:
  void initTestCase();
  void versionAndHelp();
  void logIsTheOriginals();
  void jsonLines();
  void sameRunSameBytes();
  void evaluatesWhatItTrained();
  void interruptSavesAndResumes();
  void stateDictIsEvaluatedAndTrainsOn();
  void usageErrors_data();
  void usageErrors();
  void brokenData_data();
  void brokenData();
  void deviceIsTold();
  void madeDataIsVerified();
  void studyComparesModels();
  void studyVariesSettings();
  void goldenFiles();

 private:
  QStringList train(const QString& out, const QStringList& more = {}) const {
    return QStringList{"train", "--data", data_, "--epochs", "2", "--log-interval", "4", "--out", at(out)} +
           more;
  }
  QString at(const QString& name) const { return folder_.filePath(name); }
  QTemporaryDir folder_;
  QString data_;
};

void CliTest::initTestCase() {
  data_ = at("tiny");
  const auto made = run_synann({"data", "make", data_, "--train", "1150", "--test", "300", "--seed", "9"});
  QVERIFY2(made.code == 0, qPrintable(made.err));
  QVERIFY(QDir(data_).entryList(QDir::Files).contains("train-images-idx3-ubyte.gz"));
}

void CliTest::versionAndHelp() {
  const auto version = run_synann({"--version"});
  QCOMPARE(version.code, 0);
  QVERIFY(QRegularExpression("^synann \\d+\\.\\d+\\.\\d+\n$").match(version.out).hasMatch());
  for (const QStringList& arguments :
       {QStringList{"--help"}, {"train", "--help"}, {"eval", "--help"}, {"data", "make", "--help"}}) {
    const auto help = run_synann(arguments);
    QCOMPARE(help.code, 0);
    QVERIFY(help.out.contains("Usage"));
    QVERIFY(help.err.isEmpty());
  }
}

void CliTest::logIsTheOriginals() {
  const auto trained = run_synann(train("log"));
  QVERIFY2(trained.code == 0, qPrintable(trained.err));
  // No terminal, no progress: one line about what came out, beside the original's log.
  QVERIFY2(trained.err.startsWith("synann: best epoch ") && trained.err.contains("selected on the test set"),
           qPrintable(trained.err));
  QCOMPARE(trained.err.count('\n'), 1);
  const auto lines = trained.lines();
  // Steps 0, 4, 8 of 12; then a blank line around the test line.
  const QStringList heads{"Train Epoch: 1 [0/1150 (0%)]\tLoss: ", "Train Epoch: 1 [400/1150 (33%)]\tLoss: ",
                          "Train Epoch: 1 [800/1150 (67%)]\tLoss: "};
  for (int k = 0; k < 3; ++k) {
    QVERIFY2(lines[k].startsWith(heads[k]), qPrintable(lines[k]));
    QVERIFY(QRegularExpression("^\\d+\\.\\d{6}$").match(lines[k].mid(heads[k].size())).hasMatch());
  }
  QCOMPARE(lines[3], QString());
  QVERIFY2(
      QRegularExpression("^Test set: Average loss: \\d+\\.\\d{4}, Accuracy: \\d+/300 \\(\\d+\\.\\d{2}%\\)$")
          .match(lines[4])
          .hasMatch(),
      qPrintable(lines[4]));
  QCOMPARE(lines[5], QString());
  QVERIFY(lines[6].startsWith("Train Epoch: 2 [0/1150 (0%)]\tLoss: "));
  QCOMPARE(trained.out.count("Test set:"), 2);
  for (const char* file : {"last.safetensors", "best.safetensors", "history.jsonl"})
    QVERIFY2(QFile::exists(at("log/") + file), file);
}

void CliTest::jsonLines() {
  const auto trained = run_synann(train("json", {"--json"}));
  QVERIFY2(trained.code == 0, qPrintable(trained.err));
  QMap<QString, int> events;
  QJsonObject start, first_step, epoch, end;
  for (const QString& line : trained.out.split('\n', Qt::SkipEmptyParts)) {
    const auto object = QJsonDocument::fromJson(line.toUtf8()).object();
    QVERIFY2(!object.isEmpty(), qPrintable(line));
    const QString event = object["event"].toString();
    ++events[event];
    if (event == "start") start = object;
    if (event == "step" && object["step"].toInt() == 4 && object["epoch"].toInt() == 2) first_step = object;
    if (event == "epoch") epoch = object;
    if (event == "end") end = object;
  }
  QCOMPARE(events["start"], 1);
  QCOMPARE(events["step"], 6);
  QCOMPARE(events["evaluation"], 1);  // the honest point at 0 examples
  QCOMPARE(events["epoch"], 2);
  QCOMPARE(events["end"], 1);
  QCOMPARE(start["seed"].toInt(), 5);
  QCOMPARE(start["lr"].toDouble(), 0.012);
  QCOMPARE(first_step["examples"].toInt(), 1150 + 400);
  QCOMPARE(epoch["examples"].toInt(), 2300);
  QCOMPARE(epoch["count"].toInt(), 300);
  for (const char* key : {"train_loss", "test_loss", "correct", "train_seconds", "eval_seconds"})
    QVERIFY2(epoch.contains(key), key);
  QCOMPARE(end["checkpoint"].toString(), at("json/last.safetensors"));
  QVERIFY(end["best_epoch"].toInt() >= 1);
}

void CliTest::sameRunSameBytes() {
  QCOMPARE(run_synann(train("one", {"--threads", "1"})).code, 0);
  QCOMPARE(run_synann(train("two", {"--threads", "2"})).code, 0);
  QVERIFY(!bytes_of(at("one/last.safetensors")).isEmpty());
  QCOMPARE(bytes_of(at("one/last.safetensors")), bytes_of(at("two/last.safetensors")));
}

void CliTest::evaluatesWhatItTrained() {
  const auto trained = run_synann(train("eval"));
  const auto measured = run_synann({"eval", "--checkpoint", at("eval/last.safetensors"), "--data", data_});
  QVERIFY2(measured.code == 0, qPrintable(measured.err));
  const QString last = trained.out.split('\n', Qt::SkipEmptyParts).last();
  QCOMPARE(measured.out.trimmed(), last);
  // The batch a sample is measured in does not matter: the layer is computed per sample.
  QCOMPARE(run_synann({"eval", "--checkpoint", at("eval/last.safetensors"), "--data", data_,
                       "--test-batch-size", "7"})
               .out.trimmed(),
           last);
  QCOMPARE(run_synann(
               {"eval", "--checkpoint", at("eval/last.safetensors"), "--data", data_, "--tier", "reference"})
               .out.trimmed(),
           last);
}

void CliTest::interruptSavesAndResumes() {
  QProcess process;
  process.start(SYNANN_BIN_DIR "/synann", QStringList{"train", "--data", data_, "--epochs", "1000",
                                                      "--log-interval", "1", "--out", at("stopped")});
  QVERIFY(process.waitForReadyRead(60'000));  // the first step is done
  QCOMPARE(::kill(static_cast<pid_t>(process.processId()), SIGINT), 0);
  QVERIFY(process.waitForFinished(30'000));
  QCOMPARE(process.exitCode(), 130);
  const auto message = QString::fromUtf8(process.readAllStandardError());
  QVERIFY2(message.contains(at("stopped/last.safetensors")), qPrintable(message));

  // Goes on where it stood, with its own data, and ends in the bytes of a run that was never stopped.
  const auto resumed =
      run_synann({"train", "--resume", at("stopped/last.safetensors"), "--epochs", "2", "--json"});
  QVERIFY2(resumed.code == 0, qPrintable(resumed.err));
  const auto contradicted =
      run_synann({"train", "--resume", at("stopped/last.safetensors"), "--batch-size", "50"});
  QCOMPARE(contradicted.code, 2);
  QVERIFY2(contradicted.err.contains("--batch-size cannot change"), qPrintable(contradicted.err));
  QCOMPARE(run_synann(train("whole")).code, 0);
  QCOMPARE(bytes_of(at("stopped/last.safetensors")), bytes_of(at("whole/last.safetensors")));
}

void CliTest::stateDictIsEvaluatedAndTrainsOn() {
  // What PyTorch's safetensors.torch.save_file(net.state_dict()) writes: the same tensors, no metadata of
  // ours.
  QCOMPARE(run_synann(train("source")).code, 0);
  const auto bytes = bytes_of(at("source/last.safetensors"));
  auto content = synann::io::parse_safetensors(
      {reinterpret_cast<const std::uint8_t*>(bytes.data()), static_cast<std::size_t>(bytes.size())}, "a");
  QVERIFY(content.ok());
  content->metadata = {{"format", "pt"}};
  const auto bare = synann::io::format_safetensors(*content);
  write(at("bare.safetensors"),
        QByteArray(reinterpret_cast<const char*>(bare.data()), static_cast<qsizetype>(bare.size())));

  const auto ours = run_synann({"eval", "--checkpoint", at("source/last.safetensors"), "--data", data_});
  const auto theirs = run_synann({"eval", "--checkpoint", at("bare.safetensors"), "--data", data_});
  QVERIFY2(theirs.code == 0, qPrintable(theirs.err));
  QCOMPARE(theirs.out, ours.out);

  const auto imported = run_synann({"import", at("bare.safetensors"), "--out", at("imported")});
  QVERIFY2(imported.code == 0, qPrintable(imported.err));
  QCOMPARE(run_synann({"import", at("bare.safetensors"), "--out", at("imported")}).code,
           2);  // never replaces a run
  const auto on = run_synann({"train", "--resume", at("imported/last.safetensors"), "--data", data_,
                              "--epochs", "1", "--out", at("on"), "--json"});
  QVERIFY2(on.code == 0, qPrintable(on.err));
  QVERIFY(on.out.contains("\"model\":\"syna-cnn\""));
  // It starts from the imported weights: the point at 0 examples is where the source ended.
  const auto first = QJsonDocument::fromJson(on.out.split('\n').value(1).toUtf8()).object();
  QCOMPARE(first["event"].toString(), QString("evaluation"));
  QVERIFY(ours.out.contains(QString("Accuracy: %1/").arg(first["correct"].toInt())));
}

void CliTest::usageErrors_data() {
  QTest::addColumn<QStringList>("arguments");
  QTest::addColumn<QString>("part");
  const auto row = [](const char* name, QStringList arguments, const char* part) {
    QTest::newRow(name) << arguments << QString(part);
  };
  row("nothing", {}, "no command is named");
  row("unknown command", {"fly"}, "fly");
  row("unknown option", {"train", "--speed", "9"}, "--speed");
  row("not a number", {"train", "--epochs", "many"}, "--epochs");
  row("no epochs", {"train", "--epochs", "0"}, "--epochs");
  row("negative rate", {"train", "--lr", "-1"}, "--lr");
  row("negative seed", {"train", "--seed", "-3"}, "from 0 to 2147483647, found \"-3\"");
  row("nan rate", {"train", "--lr", "nan"}, "--lr");
  row("huge batch", {"train", "--batch-size", "100000"}, "--batch-size");
  row("momentum", {"train", "--momentum", "1"}, "--momentum");
  row("log interval", {"train", "--log-interval", "0"}, "--log-interval");
  row("threads", {"train", "--threads", "-2"}, "--threads");
  row("unknown model", {"train", "--model", "syna-x"}, "syna-cnn");
  row("half an epoch", {"train", "--epochs", "2.5"}, "whole number");
  row("unknown schedule", {"train", "--schedule", "random"}, "one-cycle");
  row("unknown beta", {"train", "--beta", "big"}, "sigmoid");
  row("import absent", {"import", "absent.safetensors", "--out", "x"}, "absent.safetensors");
  row("unknown device", {"train", "--device", "tpu"}, "one of auto, cpu, cuda");
  row("unknown tier", {"train", "--tier", "quick"}, "reference");
  row("no data", {"train", "--data", "nowhere/at/all"}, "nowhere/at/all");
  row("no checkpoint", {"eval", "--checkpoint", "absent.safetensors"}, "absent.safetensors");
  row("resume absent", {"train", "--resume", "absent.safetensors"}, "absent.safetensors");
}

void CliTest::usageErrors() {
  QFETCH(QStringList, arguments);
  QFETCH(QString, part);
  if (arguments.value(0) == "train") arguments << "--out" << at("unused");
  const auto outcome = run_synann(arguments);
  QCOMPARE(outcome.code, 2);
  QVERIFY(outcome.out.isEmpty());
  QVERIFY2(outcome.err.contains(part), qPrintable(outcome.err));
  QCOMPARE(outcome.err.count('\n'), 1);  // one sentence
}

void CliTest::brokenData_data() {
  QTest::addColumn<QString>("file");
  QTest::addColumn<QByteArray>("bytes");
  QTest::newRow("not gzip") << "train-images-idx3-ubyte.gz" << QByteArray("hello");
  QTest::newRow("wrong magic") << "train-labels-idx1-ubyte"
                               << QByteArray::fromHex("0000080300000001000000020000000205050505");
  QTest::newRow("truncated") << "t10k-images-idx3-ubyte"
                             << QByteArray::fromHex("00000803000000ff0000001c0000001c0102");
  QTest::newRow("empty") << "t10k-labels-idx1-ubyte" << QByteArray();
  QTest::newRow("hostile size") << "train-images-idx3-ubyte"
                                << QByteArray::fromHex("00000803ffffffffffffffffffffffff");
}

void CliTest::brokenData() {
  QFETCH(QString, file);
  QFETCH(QByteArray, bytes);
  const QString folder = at(QString("broken-") + QTest::currentDataTag());
  QDir().mkpath(folder);
  for (const QString& name : QDir(data_).entryList(QDir::Files)) {
    if (!name.startsWith(file.chopped(file.endsWith(".gz") ? 3 : 0)))
      QVERIFY(QFile::copy(data_ + "/" + name, folder + "/" + name));
  }
  write(folder + "/" + file, bytes);
  const auto outcome = run_synann({"train", "--data", folder, "--epochs", "1", "--out", at("unused")});
  QCOMPARE(outcome.code, 2);
  QVERIFY2(outcome.err.contains(folder + "/" + file), qPrintable(outcome.err));
  QCOMPARE(outcome.err.count('\n'), 1);
  QVERIFY(!QFile::exists(at("unused")));
}

// A person who asks for a device hears which one it is; one that is not there is refused.
void CliTest::deviceIsTold() {
  const auto automatic = run_synann(train("device-auto", {"--device", "auto"}));
  QCOMPARE(automatic.code, 0);
  // At most one sentence about the device, then the one about the best epoch.
  const auto lines = automatic.err.split('\n', Qt::SkipEmptyParts);
  QVERIFY2(lines.size() == 1 || (lines.size() == 2 && lines[0].startsWith("synann: trained on the ")),
           qPrintable(automatic.err));
  QVERIFY(lines.last().startsWith("synann: best epoch "));
  const auto cuda = run_synann(train("device-cuda", {"--device", "cuda"}));
  if (cuda.code == 0) return;  // this machine has a GPU
  QCOMPARE(cuda.code, 2);
  QVERIFY2(cuda.err.startsWith("synann: --device cuda: ") && cuda.err.contains("--device cpu"),
           qPrintable(cuda.err));
  QCOMPARE(cuda.err.count('\n'), 1);
  QVERIFY(!QDir(at("device-cuda")).exists());
}

void CliTest::madeDataIsVerified() {
  const auto verified = run_synann({"data", "verify", data_, "--json"});
  QCOMPARE(verified.code, 0);
  const auto object = QJsonDocument::fromJson(verified.out.toUtf8()).object();
  QCOMPARE(object["train"].toInt(), 1150);
  QCOMPARE(object["sha256"].toString().size(), 64);
  // The same seed makes the same images; files that are there are not replaced without being asked.
  QCOMPARE(run_synann({"data", "make", at("again"), "--train", "1150", "--test", "300", "--seed", "9"}).code,
           0);
  QCOMPARE(QJsonDocument::fromJson(run_synann({"data", "verify", at("again"), "--json"}).out.toUtf8())
               .object()["sha256"],
           object["sha256"]);
  QCOMPARE(run_synann({"data", "make", at("again"), "--train", "10", "--test", "10"}).code, 2);
  QCOMPARE(run_synann({"data", "make", at("again"), "--train", "10", "--test", "10", "--force"}).code, 0);
}

void CliTest::studyComparesModels() {
  const QStringList study{"study",   "--data", data_,       "--models", "identity-pixel,linear",
                          "--seeds", "2",      "--epochs",  "1",        "--batch-size",
                          "50",      "--out",  at("study"), "--seed",   "3"};
  const auto table = run_synann(study);
  QVERIFY2(table.code == 0, qPrintable(table.err));
  QVERIFY2(table.out.contains("linear, seed 4: "), qPrintable(table.out));
  QVERIFY2(table.out.contains("| identity-pixel |"), qPrintable(table.out));
  // The same study again trains nothing and says the same, now as JSON.
  const auto again = run_synann(study + QStringList{"--json"});
  QCOMPARE(again.code, 0);
  const auto rows = again.out.split('\n', Qt::SkipEmptyParts);
  QCOMPARE(rows.size(), 2);
  const auto row = QJsonDocument::fromJson(rows[1].toUtf8()).object();
  QCOMPARE(row["model"].toString(), QString("linear"));
  QCOMPARE(row["runs"].toInt(), 2);
  QVERIFY(table.out.contains(QString::number(row["accuracy"].toDouble(), 'f', 2)));
  QCOMPARE(run_synann({"study", "--models", "linear,linear"}).code, 2);
}

void CliTest::studyVariesSettings() {
  const QStringList study{"study",    "--data", data_,          "--models", "linear", "--seeds", "2",
                          "--epochs", "1",      "--batch-size", "50",       "--seed", "3"};
  const QStringList varied = study + QStringList{"--vary", "lr=0.003,0.05", "--vary", "batch-size=50,25"};
  const auto table = run_synann(varied);
  QVERIFY2(table.code == 0, qPrintable(table.err));
  QVERIFY2(table.out.contains("linear lr=0.05 batch-size=25, seed 4: "), qPrintable(table.out));
  QVERIFY(table.out.contains("against linear lr=0.003 batch-size=50 |"));
  const auto rows = run_synann(varied + QStringList{"--json"}).out.split('\n', Qt::SkipEmptyParts);
  QCOMPARE(rows.size(), 4);
  const auto row = QJsonDocument::fromJson(rows[3].toUtf8()).object();
  QCOMPARE(row["vary"]["lr"].toDouble(), 0.05);
  QCOMPARE(row["vary"]["batch_size"].toInt(), 25);
  // The row is the study with these settings.
  const auto single = run_synann(study + QStringList{"--lr", "0.05", "--json"});
  const auto alone = QJsonDocument::fromJson(single.out.toUtf8()).object();
  QVERIFY(!alone.contains("vary"));
  const auto same = QJsonDocument::fromJson(rows[2].toUtf8()).object();
  QCOMPARE(same["vary"]["batch_size"].toInt(), 50);
  QCOMPARE(same["test_loss"].toDouble(), alone["test_loss"].toDouble());
  for (const char* wrong : {"lrr=1", "lr=1,x", "lr", "seed=1,2"}) {
    const auto refused = run_synann(study + QStringList{"--vary", wrong});
    QCOMPARE(refused.code, 2);
    QCOMPARE(refused.err.count('\n'), 1);
    QVERIFY2(refused.err.contains("--vary"), qPrintable(refused.err));
  }
}

void CliTest::goldenFiles() {
  const QString golden = qEnvironmentVariable("SYNANN_GOLDEN");
  if (golden.isEmpty()) QSKIP("skipped: set SYNANN_GOLDEN to the folder of golden files");
  const QString file = golden + "/syna-cnn-per-sample.safetensors";
  const auto outcome = run_synann({"parity", file, "--json"});
  QVERIFY2(outcome.code == 0, qPrintable(outcome.out));
  QVERIFY(outcome.out.contains("\"tensor\":\"grad/fcn.weight\""));
  if (!qEnvironmentVariable("SYNANN_MNIST").isEmpty())
    QVERIFY(outcome.out.contains("\"tensor\":\"after_5_steps/conv1.weight\""));
  // The check can fail: a gradient moved by a few percent is seen.
  auto bytes = bytes_of(file);
  const auto header = qFromLittleEndian<qint64>(bytes.constData());
  const auto tensors = QJsonDocument::fromJson(bytes.mid(8, header)).object();
  const QJsonValue place = tensors["expect/grad/fcn.weight"].toObject()["data_offsets"];
  QVERIFY(place.isArray());
  for (qsizetype k = 8 + header + place[0].toInteger(); k < 8 + header + place[1].toInteger(); k += 4)
    bytes[k + 2] = static_cast<char>(bytes[k + 2] ^ 0x10);
  write(at("moved.safetensors"), bytes);
  QCOMPARE(run_synann({"parity", at("moved.safetensors")}).code, 1);
}

SYNANN_TEST(CliTest)
#include "cli_test.moc"
