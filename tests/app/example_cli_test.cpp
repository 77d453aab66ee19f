// SPDX-License-Identifier: GPL-3.0-or-later
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTemporaryDir>
#include <QTest>

#include "tests/app/command.h"
#include "tests/test_main.h"

using synann::testing::Outcome;
using synann::testing::run_synann;

namespace {

QJsonObject object_of(const QStringList& arguments) {
  return QJsonDocument::fromJson(run_synann(arguments).out.toUtf8()).object();
}

bool near(const QJsonValue& found, double expected, double tolerance) {
  return found.isDouble() && std::abs(found.toDouble() - expected) <= tolerance;
}

}  // namespace

// `synann example sars` and `synann swap --pairs` at the prompt.
class ExampleCliTest : public QObject {
  Q_OBJECT

 private slots:
  void sarsIsTheGoldenFit();
  void sarsOfOnesOwn();
  void pairsOfAFile();
  void zeroCellsAreNull();
  void mistakesAreOneSentence_data();
  void mistakesAreOneSentence();

 private:
  QString write(const char* name, const char* text) {
    QFile file(folder_.filePath(name));
    if (file.open(QIODevice::WriteOnly)) file.write(text);
    return file.fileName();
  }
  QTemporaryDir folder_;
};

void ExampleCliTest::sarsIsTheGoldenFit() {
  const QJsonObject fit = object_of({"example", "sars", "--json"});
  QVERIFY(near(fit["weight"], 67.1714285714285, 1e-11));
  QVERIFY(near(fit["bias"], 80.0666666666666, 1e-11));
  QVERIFY(near(fit["r_squared"], 0.9808352205290616, 1e-12));
  QVERIFY(near(fit["day_6"], 483.095238095238, 1e-10));
  QVERIFY(near(fit["day_7"], 550.266666666666, 1e-10));
  const QJsonObject adam = fit["adam"].toObject();
  QVERIFY(near(adam["day_6"], 486.029067993164, 0.005));  // Keras, from w = 0
  for (const char* key : {"weight", "bias", "r_squared", "day_7"}) QVERIFY2(adam[key].isDouble(), key);
  const Outcome text = run_synann({"example", "sars", "--ahead", "3"});
  QCOMPARE(text.code, 0);
  QVERIFY(text.out.contains("67.1714285714") && text.out.contains("day 9"));
}

void ExampleCliTest::sarsOfOnesOwn() {
  const QString path = write("own.csv", "week,cases\n1,3\n2,5\n4,9\n");
  const QJsonObject fit = object_of({"example", "sars", "--data", path, "--ahead", "2", "--json"});
  QVERIFY(near(fit["weight"], 2, 1e-12) && near(fit["bias"], 1, 1e-12) && near(fit["day_6"], 13, 1e-11));
  QCOMPARE(fit["predictions"].toArray().size(), 2);
  QVERIFY(!fit.contains("published_day_6"));
}

void ExampleCliTest::pairsOfAFile() {
  const QString path = write("pairs.csv", "both,case_only,control_only,neither\n21,34,14,131\n");
  const QJsonObject odds = object_of({"swap", "--pairs", path, "--json", "--beta", "0.5"});
  QVERIFY(near(odds["odds_ratio"], 34.0 / 14, 1e-14));
  QVERIFY(near(odds["wald"].toArray()[1], 4.52535922170263, 1e-11));
  QVERIFY(near(odds["exact"].toArray()[0], 1.269453174338619, 1e-9));
  QVERIFY(near(odds["mcnemar_p"], 0.00551520148550111, 1e-13));
  QVERIFY(near(odds["x"], 55.0 / 200, 1e-15) && near(odds["y"], 35.0 / 200, 1e-15));
  // odds(βx)/odds(βy) by hand: .1375/.8625 over .0875/.9125.
  QVERIFY(near(odds["measured_ratio"], 0.1375 / 0.8625 / (0.0875 / 0.9125), 1e-12));
  const Outcome text = run_synann({"swap", "--pairs", path, "--confidence", "0.9"});
  QVERIFY(text.out.contains("200 pairs") && text.out.contains("Wald interval, 90 %"));
}

void ExampleCliTest::zeroCellsAreNull() {
  const QString path = write("zero.csv", "case,control\n1,0\n1,1\n");
  const QJsonObject odds = object_of({"swap", "--pairs", path, "--json"});
  QVERIFY(odds["odds_ratio"].isNull() && odds["wald"].isNull() && odds["exact"].toArray()[1].isNull());
  QVERIFY(odds["exact"].toArray()[0].isDouble());
  QVERIFY(odds["remarks"].toArray()[0].toString().contains("infinite"));
  QVERIFY(run_synann({"swap", "--pairs", path}).out.contains("infinite"));
}

void ExampleCliTest::mistakesAreOneSentence_data() {
  const QString path = write("bad.csv", "case,control\n1,2\n");
  QTest::addColumn<QStringList>("arguments");
  QTest::addColumn<QString>("sentence");
  QTest::newRow("no example") << QStringList{"example"} << "no command is named";
  QTest::newRow("no file") << QStringList{"swap", "--pairs", "/nowhere/p.csv"} << "/nowhere/p.csv";
  QTest::newRow("bad file") << QStringList{"swap", "--pairs", path} << "line 2, column 2 (control)";
  QTest::newRow("both") << QStringList{"swap", "--pairs", path, "--x", "0.5"} << "--x";
  QTest::newRow("confidence") << QStringList{"swap", "--pairs", path, "--confidence", "1"} << "--confidence";
  QTest::newRow("not of x") << QStringList{"swap", "--x", "0.5", "--y", "0.5", "--confidence", "0.9"}
                            << "--pairs";
  QTest::newRow("no x") << QStringList{"swap", "--y", "0.5"} << "--x";
  QTest::newRow("data") << QStringList{"example", "sars", "--data", path} << "3 to 100000";
  QTest::newRow("ahead") << QStringList{"example", "sars", "--ahead", "0"} << "--ahead";
}

void ExampleCliTest::mistakesAreOneSentence() {
  QFETCH(QStringList, arguments);
  QFETCH(QString, sentence);
  const Outcome outcome = run_synann(arguments);
  QCOMPARE(outcome.code, 2);
  QVERIFY2(outcome.err.contains(sentence), qPrintable(outcome.err));
  QCOMPARE(outcome.err.count('\n'), 1);
  QVERIFY(outcome.out.isEmpty());
}

SYNANN_PLAIN_TEST(ExampleCliTest)
#include "example_cli_test.moc"
