// SPDX-License-Identifier: GPL-3.0-or-later
#include <QDir>
#include <QTemporaryDir>

#include "tests/cases/program.h"
#include "tests/test_main.h"

using namespace synann;

// What was typed once and went wrong: the answer is one sentence that names option, range and what was found.
class PromptCasesTest : public QObject {
  Q_OBJECT
 private slots:
  void mistakesAreNamed_data();
  void mistakesAreNamed();
  void listsMayHaveSpaces();
  void nothingLeftToDoIsSaid();
  void aStudyIsCheckedBeforeItsFirstStep();
  void helpFitsTheTerminal_data();
  void helpFitsTheTerminal();
  void helpThatCannotBePrintedIsAnError();

 private:
  QString at(const QString& name) const { return home_.filePath(name); }
  QTemporaryDir home_;
};

void PromptCasesTest::mistakesAreNamed_data() {
  QTest::addColumn<QStringList>("arguments");
  QTest::addColumn<QString>("says");
  const auto row = [](const char* name, const QStringList& arguments, const char* says) {
    QTest::newRow(name) << arguments << QString(says);
  };
  row("empty rate", {"train", "--lr", ""}, "--lr: has an empty value: expected a number from 0 to 10");
  row("empty seed", {"train", "--seed", ""}, "--seed: has an empty value");
  row("empty threads", {"train", "--threads", ""}, "--threads: has an empty value");
  row("empty data", {"train", "--data", ""}, "--data: has an empty value");
  row("empty cells", {"train", "--frozen", ""}, "--frozen: has an empty value");
  row("no cells", {"train", "--frozen", "3,"}, "--frozen: names no cells: expected 3,4");
  row("empty folder", {"train", "--out", ""}, "--out: has an empty value");
  row("empty checkpoint", {"train", "--resume", ""}, "--resume: has an empty value");
  row("empty model", {"train", "--model", ""}, "--model: has an empty value");
  row("negative seed", {"data", "make", "x", "--seed", "-1"}, "--seed: is out of range");
  row("endless number", {"train", "--lr", "1e308"},
      "--lr: is out of range: expected a number from 0 to 10, found \"1e308\"");
  row("many digits", {"train", "--epochs", QString(400, '9')},
      "--epochs: is out of range: expected a whole number from 1 to 100000");
  row("decimal comma", {"train", "--lr", "0,5"}, "--lr: is not a number");
  row("hexadecimal", {"train", "--lr", "0x10"}, "--lr: is not a number");
  row("option misspelt", {"train", "--epoch", "3"}, "--epoch: is no option of train; did you mean --epochs?");
  row("option misspelt with =", {"train", "--epoch=3"},
      "--epoch: is no option of train; did you mean --epochs?");
  row("command misspelt", {"tarin"}, "unknown command \"tarin\"");
  row("model misspelt", {"train", "--model", "syn-cnn"}, "did you mean syna-cnn?");
  row("second command misspelt", {"data", "mak"}, "did you mean make?");
  row("example misspelt", {"example", "sarz"},
      "unknown command \"sarz\": expected one of sars; did you mean sars?");
  row("before the command", {"--json", "train"},
      "--json: stands before its command; write it behind, as in \"synann train --json\"");
  row("switch with 1", {"train", "--nesterov", "1"},
      "--nesterov: is a switch and takes no value: found \"1\"; --no-nesterov turns it off");
  row("switch with =1", {"train", "--nesterov=1"}, "--nesterov: is a switch and takes no value: found \"1\"");
  row("no value", {"train", "--lr"}, "--lr: has no value");
  row("given twice", {"eval", "--checkpoint", "a", "--checkpoint", "b"},
      "--checkpoint: is given more than once");
  row("left over", {"train", "stray"}, "stray: is not expected by train");
  row("hole in a list", {"bench", "--widths", "12,,3"}, "--widths: has an empty value");
  row("fresh without resume", {"train", "--fresh-optimizer"},
      "--fresh-optimizer: has no meaning without --resume");
}

void PromptCasesTest::mistakesAreNamed() {
  QFETCH(QStringList, arguments);
  QFETCH(QString, says);
  const auto outcome = testing::synann(arguments);
  QCOMPARE(outcome.code, 2);
  QVERIFY2(outcome.err.startsWith("synann: ") && outcome.err.contains(says), qPrintable(outcome.err));
  QVERIFY(outcome.out.isEmpty());
  QCOMPARE(outcome.err.count('\n'), 1);
  QVERIFY2(outcome.err.size() < 420, qPrintable(outcome.err));
}

void PromptCasesTest::listsMayHaveSpaces() {
  QCOMPARE(testing::synann({"data", "make", at("d"), "--train", "200", "--test", "50"}).code, 0);
  const auto study = testing::synann(
      {"study", "--models", "linear, identity-pixel", "--seeds", "1", "--epochs", "1", "--data", at("d")});
  QVERIFY2(study.code == 0, qPrintable(study.err));
  QVERIFY(study.out.contains("identity-pixel, seed 1: "));
}

void PromptCasesTest::nothingLeftToDoIsSaid() {
  QCOMPARE(testing::synann({"train", "--data", at("d"), "--epochs", "2", "--out", at("r")}).code, 0);
  const auto again = testing::synann({"train", "--resume", at("r/last.safetensors")});
  QCOMPARE(again.code, 0);
  QVERIFY2(again.err.contains("nothing was left to do: all 2 epochs"), qPrintable(again.err));
}

void PromptCasesTest::aStudyIsCheckedBeforeItsFirstStep() {
  const auto study =
      testing::synann({"study", "--models", "linear,liner", "--seeds", "1", "--data", at("d")});
  QCOMPARE(study.code, 2);
  QVERIFY2(study.out.isEmpty() && study.err.contains("did you mean linear?"), qPrintable(study.err));
}

void PromptCasesTest::helpFitsTheTerminal_data() {
  QTest::addColumn<QStringList>("command");
  QTest::newRow("synann") << QStringList{};
  for (const char* command :
       {"train", "eval", "data", "import", "parity", "study", "bench", "check", "synapse"})
    QTest::newRow(command) << QStringList{command};
  QTest::newRow("data make") << QStringList{"data", "make"};
}

void PromptCasesTest::helpFitsTheTerminal() {
  QFETCH(QStringList, command);
  const auto help = testing::synann(command + QStringList{"--help"});
  QCOMPARE(help.code, 0);
  for (const QString& line : help.out.split('\n')) QVERIFY2(line.size() <= 80, qPrintable(line));
  QVERIFY(!help.out.contains("\n\n\n") && !help.out.contains("{false}") && !help.out.contains("FLOAT"));
}

void PromptCasesTest::helpThatCannotBePrintedIsAnError() {
  for (const char* what : {"--help", "train --help", "--version"}) {
    const auto outcome = testing::shell(QString("synann %1 >/dev/full").arg(what));
    QCOMPARE(outcome.code, 1);
    QVERIFY2(outcome.err.contains("standard output cannot be written"), qPrintable(outcome.err));
  }
}

SYNANN_TEST(PromptCasesTest)
#include "prompt_cases_test.moc"
