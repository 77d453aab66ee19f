// SPDX-License-Identifier: GPL-3.0-or-later
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTemporaryDir>
#include <QTest>

#include "tests/app/command.h"
#include "tests/test_main.h"

using synann::testing::Outcome;
using synann::testing::run_synann;

// `synann model`: the networks at the prompt.
class ModelCliTest : public QObject {
  Q_OBJECT

 private slots:
  void listNamesWhatTrainTakes();
  void showAddsUp();
  void showReadsForPeople();
  void showTakesACheckpoint();
  void showFollowsTheData();
  void whatIsWrongIsOneSentence_data();
  void whatIsWrongIsOneSentence();
};

namespace {

QJsonObject shown(const QStringList& arguments) {
  const Outcome outcome = run_synann(QStringList{"model", "show", "--json"} + arguments);
  return QJsonDocument::fromJson(outcome.out.toUtf8()).object();
}

QJsonObject layerNamed(const QJsonObject& model, const QString& name) {
  for (const QJsonValue& layer : model["layers"].toArray())
    if (layer["name"].toString() == name) return layer.toObject();
  return {};
}

}  // namespace

void ModelCliTest::listNamesWhatTrainTakes() {
  const Outcome text = run_synann({"model", "list"}), json = run_synann({"model", "list", "--json"});
  QCOMPARE(text.code, 0);
  QVERIFY(text.out.startsWith("syna-cnn "));
  QStringList ids;
  for (const QString& line : json.out.split('\n', Qt::SkipEmptyParts))
    ids.append(QJsonDocument::fromJson(line.toUtf8()).object()["id"].toString());
  QCOMPARE(ids.size(), text.out.count('\n'));
  QVERIFY(ids.contains("syna-rnn") && ids.contains("linear"));
  // What an unknown model is answered with.
  for (const QString& id : ids) QVERIFY(run_synann({"train", "--model", "x"}).err.contains(id));
}

void ModelCliTest::showAddsUp() {
  const QJsonObject model = shown({"syna-cnn"});
  QCOMPARE(model["trained"].toInt(), 30698);
  const QJsonObject fcn = layerNamed(model, "fcn");
  QCOMPARE(fcn["kind"].toString(), QStringLiteral("synapse"));
  QCOMPARE(fcn["output"].toArray(), (QJsonArray{64, 1, 1}));
  QCOMPARE(fcn["twins"].toString(), QStringLiteral("a linear layer in DenseCNN, nothing in IdentityCNN"));
  QCOMPARE(fcn["parameters"].toArray().at(1)["role"].toString(), QStringLiteral("unused"));
  double operations = 0;
  for (const QJsonValue& layer : model["layers"].toArray()) operations += layer["step_operations"].toDouble();
  QCOMPARE(operations, model["step_operations"].toDouble());
}

void ModelCliTest::showReadsForPeople() {
  const Outcome outcome = run_synann({"model", "show", "syna-pixel"});
  QCOMPARE(outcome.code, 0);
  for (const QString& part :
       QStringList{"SynaPixel (syna-pixel)", "Synapse layer", "y_i = x_i Π_j (1 − β_ij x_j)", "fcn.weight",
                   "[196, 196]", "twins: a linear layer in DensePixel"})
    QVERIFY2(outcome.out.contains(part), qPrintable(part));
}

void ModelCliTest::showTakesACheckpoint() {
  const QTemporaryDir folder;
  const Outcome trained = run_synann({"train", "--model", "syna-pixel", "--beta", "sigmoid", "--alpha", "exp",
                                      "--epochs", "1", "--record", "0", "--out", folder.filePath("run")});
  QVERIFY2(trained.code == 0, qPrintable(trained.err));
  const QJsonObject fcn = layerNamed(shown({folder.filePath("run/last.safetensors")}), "fcn");
  QCOMPARE(fcn["formula"].toString(),
           QStringLiteral("y_i = α_i x_i Π_j (1 − β_ij x_j), β = σ(w), α = exp(a)"));
}

void ModelCliTest::showFollowsTheData() {
  QCOMPARE(shown({"linear", "--rows", "8", "--columns", "6", "--classes", "3"})["trained"].toInt(),
           8 * 6 * 3 + 3);
  QCOMPARE(shown({"linear", "--data", "digits"})["trained"].toInt(), 7850);
}

void ModelCliTest::whatIsWrongIsOneSentence_data() {
  QTest::addColumn<QStringList>("arguments");
  QTest::addColumn<QString>("sentence");
  QTest::newRow("unknown") << QStringList{"model", "show", "syna-cn"} << "MODEL: is neither a known model";
  QTest::newRow("nothing") << QStringList{"model", "show"} << "model is required";
  QTest::newRow("no command") << QStringList{"model"} << "list";
  QTest::newRow("too small") << QStringList{"model", "show", "syna-cnn", "--rows", "4"} << "too small";
  QTest::newRow("both") << QStringList{"model", "show", "linear", "--rows", "9", "--data", "digits"}
                        << "--data";
  QTest::newRow("no data") << QStringList{"model", "show", "linear", "--data", "/nowhere"} << "/nowhere";
}

void ModelCliTest::whatIsWrongIsOneSentence() {
  QFETCH(QStringList, arguments);
  QFETCH(QString, sentence);
  const Outcome outcome = run_synann(arguments);
  QCOMPARE(outcome.code, 2);
  QVERIFY2(outcome.err.contains(sentence), qPrintable(outcome.err));
  QCOMPARE(outcome.err.count('\n'), 1);
  QVERIFY(outcome.out.isEmpty());
}

SYNANN_PLAIN_TEST(ModelCliTest)
#include "model_cli_test.moc"
