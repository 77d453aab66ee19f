// SPDX-License-Identifier: GPL-3.0-or-later
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QTest>

#include "tests/app/command.h"
#include "tests/test_main.h"

using synann::testing::Outcome;
using synann::testing::run_synann;

namespace {

// `synann synapse` with these arguments.
Outcome run_synapse(const QStringList& arguments) {
  return run_synann(QStringList{"synapse"} + arguments);
}

QStringList at(const char* alpha, const char* beta, const char* x, const char* y) {
  return {"--alpha", alpha, "--beta", beta, "--x", x, "--y", y};
}

bool close(const QJsonValue& found, double expected) {
  return found.isDouble() && std::abs(found.toDouble() - expected) <= 1e-12 * std::abs(expected);
}

// The text after a symbol at the start of a line.
QString shown(const QString& text, const QString& symbol) {
  for (const QString& line : text.split('\n'))
    if (line.startsWith(symbol + " ")) return line.mid(symbol.size()).trimmed();
  return {};
}

}  // namespace

// `synann synapse`: one synapse at the prompt.
class SynapseCliTest : public QObject {
  Q_OBJECT
 private slots:
  void json();
  void text();
  void defaultsAreTheTheorys();
  void negativeBeta();
  void undefined_data();
  void undefined();
  void remarksNameTheReason_data();
  void remarksNameTheReason();
  void fifteenDigitsNearThePole();
  void badNumbers_data();
  void badNumbers();
};

void SynapseCliTest::json() {
  const auto outcome = run_synapse(at("0.8", "0.9", "0.25", "0.8") + QStringList{"--json"});
  QCOMPARE(outcome.code, 0);
  QVERIFY(outcome.err.isEmpty());
  QCOMPARE(outcome.out.count('\n'), 1);
  const auto object = QJsonDocument::fromJson(outcome.out.toUtf8()).object();
  const QList<QPair<const char*, double>> expected{
      {"alpha", .8},
      {"beta", .9},
      {"x", .25},
      {"y", .8},
      {"S", .056},
      {"dS_dx", .224},
      {"dS_dy", -.18},
      {"dS_dalpha", .07},
      {"dS_dbeta", -.16},
      {"minus_log_S", 2.88240358824699},
      {"u", 1.38629436111989},
      {"v", .22314355131421},
      {"theta", .22314355131421},
      {"gamma", .105360515657826},
      {"LS", 2.88240358824699},
      {"n_BE", .72 / .28},
      {"G", 1.27296567581289},
  };
  for (const auto& [key, value] : expected)
    QVERIFY2(close(object[key], value), qPrintable(QString("%1: %2").arg(key).arg(object[key].toDouble())));
  QCOMPARE(object["domain"].toString(), "theory");
  QCOMPARE(object["remarks"].toArray().size(), 1);
}

void SynapseCliTest::text() {
  const auto outcome = run_synapse(at("1", "0.5", "0.6", "0.3"));
  QCOMPARE(outcome.code, 0);
  QCOMPARE(shown(outcome.out, "S"), "0.51");
  QCOMPARE(shown(outcome.out, "∂S/∂x"), "0.85");
  QCOMPARE(shown(outcome.out, "∂S/∂y"), "-0.3");
  QCOMPARE(shown(outcome.out, "−log S"), "0.673344553263766");
  QCOMPARE(shown(outcome.out, "LS = θ+u+G(γ+v)"), "0.673344553263766");
  QCOMPARE(shown(outcome.out, "n = βy/(1−βy)"), "0.176470588235294");
  QCOMPARE(shown(outcome.out, "θ = −log α"), "0");  // and not "-0"
  QVERIFY(outcome.out.contains("inside the theory's domain"));
}

void SynapseCliTest::defaultsAreTheTheorys() {
  QCOMPARE(run_synapse({"--x", "0.6", "--y", "0.3"}).out, run_synapse(at("1", "0.5", "0.6", "0.3")).out);
  QCOMPARE(run_synapse(at("+1", "5e-1", ".6", "0.30")).out, run_synapse(at("1", "0.5", "0.6", "0.3")).out);
}

void SynapseCliTest::negativeBeta() {
  const auto outcome = run_synapse(at("1", "-0.25", "0.4", "0.7"));
  QCOMPARE(outcome.code, 0);
  QCOMPARE(shown(outcome.out, "S"), "0.47");
  QCOMPARE(shown(outcome.out, "−log S"), "0.755022584278033");
  QCOMPARE(shown(outcome.out, "γ = −log β"), "undefined: β ≤ 0 has no surprisal");
  const auto object = QJsonDocument::fromJson(
                          run_synapse(at("1", "-0.25", "0.4", "0.7") + QStringList{"--json"}).out.toUtf8())
                          .object();
  for (const char* key : {"gamma", "G", "LS"}) QVERIFY2(object.contains(key) && object[key].isNull(), key);
  QVERIFY(close(object["minus_log_S"], .755022584278033));
  QVERIFY(close(object["n_BE"], -.175 / 1.175));
  QCOMPARE(object["domain"].toString(), "extended");
}

void SynapseCliTest::undefined_data() {
  QTest::addColumn<QStringList>("arguments");
  QTest::addColumn<QStringList>("nulls");
  QTest::addColumn<QString>("domain");
  QTest::newRow("theory") << at("1", "0.5", "0.6", "0.3") << QStringList{} << "theory";
  QTest::newRow("no excitation") << at("1", "0.5", "0", "0.3") << QStringList{"minus_log_S", "u", "LS"}
                                 << "extended";
  QTest::newRow("no inhibitor") << at("1", "0.5", "0.6", "0") << QStringList{"v"} << "extended";
  QTest::newRow("no inhibition") << at("1", "0", "0.6", "0.3") << QStringList{"gamma", "LS", "G"}
                                 << "extended";
  QTest::newRow("pole") << at("1", "2", "0.6", "0.5") << QStringList{"minus_log_S", "LS", "n_BE", "G"}
                        << "pole";
  QTest::newRow("pole in decimals") << at("1", "1.25", "0.6", "0.8")
                                    << QStringList{"minus_log_S", "LS", "n_BE", "G"} << "pole";
  QTest::newRow("beyond the pole") << at("1", "2", "0.6", "0.75") << QStringList{"minus_log_S", "LS", "G"}
                                   << "negative";
  QTest::newRow("α = 0") << at("0", "0.5", "0.6", "0.3") << QStringList{"minus_log_S", "theta", "LS"}
                         << "extended";
  QTest::newRow("x < 0") << at("1", "0.5", "-0.6", "0.3") << QStringList{"minus_log_S", "u", "LS"}
                         << "negative";
  QTest::newRow("y < 0") << at("1", "0.5", "0.6", "-0.3") << QStringList{"v", "LS", "G"} << "extended";
}

void SynapseCliTest::undefined() {
  QFETCH(QStringList, arguments);
  QFETCH(QStringList, nulls);
  QFETCH(QString, domain);
  const auto outcome = run_synapse(arguments + QStringList{"--json"});
  QCOMPARE(outcome.code, 0);
  const auto object = QJsonDocument::fromJson(outcome.out.toUtf8()).object();
  QCOMPARE(object["domain"].toString(), domain);
  QStringList found;
  for (auto it = object.begin(); it != object.end(); ++it)
    if (it->isNull()) found << it.key();
  found.sort();
  nulls.sort();
  QCOMPARE(found, nulls);
  // In words, each of them has its reason and nothing reads "nan" or "inf".
  const QString text = run_synapse(arguments).out;
  QCOMPARE(text.count("undefined: ") + text.count("infinite: "), nulls.size());
  QVERIFY(!text.contains("nan") && !text.contains(" inf\n") && !text.contains("-inf"));
}

void SynapseCliTest::remarksNameTheReason_data() {
  QTest::addColumn<QStringList>("arguments");
  QTest::addColumn<QString>("remark");
  QTest::newRow("α > 1") << at("1.5", "0.5", "0.9", "0.2") << "because α > 1";
  QTest::newRow("S > 1") << at("1.5", "0.5", "0.9", "0.2") << "S > 1 is no probability";
  QTest::newRow("β < 0") << at("1", "-0.25", "0.4", "0.7") << "Fermi–Dirac";
  QTest::newRow("β > 1") << at("1", "2", "0.4", "0.3") << "because β > 1";
  QTest::newRow("x = 1") << at("1", "0.5", "1", "0.3") << "because x is not in (0, 1)";
  QTest::newRow("y = 0") << at("1", "0.5", "0.4", "0") << "because y is not in (0, 1)";
  QTest::newRow("pole") << at("1", "2", "0.4", "0.5") << "at the pole";
}

void SynapseCliTest::remarksNameTheReason() {
  QFETCH(QStringList, arguments);
  QFETCH(QString, remark);
  const auto outcome = run_synapse(arguments);
  QVERIFY2(outcome.out.contains(remark), qPrintable(outcome.out));
  QVERIFY(!outcome.out.contains("inside the theory's domain"));
}

void SynapseCliTest::fifteenDigitsNearThePole() {
  // 1 − 0.999² = 0.001999: the digits that a subtraction of rounded numbers would lose are there.
  const auto outcome = run_synapse(at("1", "0.999", "0.999", "0.999"));
  QCOMPARE(shown(outcome.out, "S"), "0.001997001");
  QCOMPARE(shown(outcome.out, "−log S"), "6.21610872379746");
  QCOMPARE(shown(outcome.out, "LS = θ+u+G(γ+v)"), "6.21610872379746");
}

void SynapseCliTest::badNumbers_data() {
  QTest::addColumn<QStringList>("arguments");
  QTest::addColumn<QString>("part");
  QTest::newRow("a word") << at("1", "0.5", "many", "0.3") << "--x: is not a number";
  QTest::newRow("half a number") << at("1", "0.5", "0.6x", "0.3") << "\"0.6x\"";
  QTest::newRow("empty") << at("1", "0.5", "", "0.3") << "--x";
  QTest::newRow("comma") << at("1", "0,5", "0.6", "0.3") << "--beta";
  QTest::newRow("nan") << at("1", "0.5", "0.6", "nan") << "--y: is not finite";
  QTest::newRow("infinite") << at("-inf", "0.5", "0.6", "0.3") << "--alpha: is not finite";
  QTest::newRow("too large") << at("1", "1e999", "0.6", "0.3") << "out of range";
  QTest::newRow("no x") << QStringList{"--y", "0.3"} << "--x";
  QTest::newRow("no value") << QStringList{"--y", "0.3", "--x"} << "--x";
  QTest::newRow("unknown option") << QStringList{"--z", "0.3", "--x", "1", "--y", "1"} << "--z";
}

void SynapseCliTest::badNumbers() {
  QFETCH(QStringList, arguments);
  QFETCH(QString, part);
  const auto outcome = run_synapse(arguments);
  QCOMPARE(outcome.code, 2);
  QVERIFY(outcome.out.isEmpty());
  QVERIFY2(outcome.err.contains(part), qPrintable(outcome.err));
  QCOMPARE(outcome.err.count('\n'), 1);  // one sentence
}

SYNANN_TEST(SynapseCliTest)
#include "synapse_cli_test.moc"
