// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/core/text_value.h"

#include <algorithm>
#include <cmath>

#include "tests/engine/std_strings.h"
#include "tests/test_main.h"

using namespace synann;

class TextValueTest : public QObject {
  Q_OBJECT
 private slots:
  void numbers_data();
  void numbers();
  void whole_data();
  void whole();
  void namedRanges_data();
  void namedRanges();
  void wordsNameTheNearest();
  void nearestWord_data();
  void nearestWord();
  void listsAreSplitAtCommas();
  void longTextsAreCutBetweenCharacters();
};

void TextValueTest::numbers_data() {
  QTest::addColumn<QByteArray>("text");
  QTest::addColumn<double>("value");  // NaN: refused
  QTest::addColumn<QByteArray>("says");
  const auto good = [](const char* text, double value) {
    QTest::newRow(text) << QByteArray(text) << value << QByteArray();
  };
  const auto bad = [](const char* text, const char* says) {
    QTest::newRow(text) << QByteArray(text) << double{NAN} << QByteArray(says);
  };
  good("0.3", 0.3);
  good("+1e-3", 1e-3);
  good("-2", -2);
  good("10", 10);
  bad("", "--lr: has an empty value: expected a number from -2 to 10");
  bad("many", "--lr: is not a number: expected a number from -2 to 10, found \"many\"");
  bad("1,5", "--lr: is not a number");
  bad(" 1", "--lr: is not a number");
  bad("1 ", "--lr: is not a number");
  bad("++1", "--lr: is not a number");
  bad("+-1", "--lr: is not a number");
  bad("0x10", "--lr: is not a number");
  bad("nan", "--lr: is not finite");
  bad("inf", "--lr: is not finite");
  bad("-inf", "--lr: is not finite");
  bad("1e400", "--lr: is out of range");
  bad("10.0000001", "--lr: is out of range");
}

void TextValueTest::numbers() {
  QFETCH(QByteArray, text);
  QFETCH(double, value);
  QFETCH(QByteArray, says);
  const auto read = parse_number("--lr", text.toStdString(), -2, 10);
  QCOMPARE(read.ok(), !std::isnan(value));
  if (read) {
    QCOMPARE(*read, value);
  } else {
    QVERIFY2(read.error().sentence().find(says.toStdString()) == 0, read.error().sentence().c_str());
    QVERIFY(read.error().kind == ErrorKind::Input);
  }
}

void TextValueTest::whole_data() {
  QTest::addColumn<QByteArray>("text");
  QTest::addColumn<qlonglong>("value");  // −1: refused
  QTest::addColumn<QByteArray>("says");
  const auto row = [](const char* text, qlonglong value, const char* says = "") {
    QTest::newRow(text) << QByteArray(text) << value << QByteArray(says);
  };
  row("0", 0);
  row("+7", 7);
  row("1e3", 1000);
  row("5.0", 5);
  row("9007199254740993", 9007199254740993);  // no double has this one
  row("", -1, "has an empty value: expected a whole number from 0 to 9223372036854775807");
  row("-1", -1, "is out of range");
  row("2.5", -1, "is not a whole number");
  row("many", -1, "is not a whole number");
  row("9223372036854775808", -1, "is out of range");
  row("1e30", -1, "is out of range");
  row("nan", -1, "is not a whole number");
}

void TextValueTest::whole() {
  QFETCH(QByteArray, text);
  QFETCH(qlonglong, value);
  QFETCH(QByteArray, says);
  const auto read = parse_whole("--seed", text.toStdString(), 0, INT64_MAX);
  QCOMPARE(read.ok(), value >= 0);
  if (read) {
    QCOMPARE(static_cast<qlonglong>(*read), value);
  } else {
    QVERIFY2(read.error().sentence().find("--seed: " + says.toStdString()) == 0,
             read.error().sentence().c_str());
  }
}

void TextValueTest::namedRanges_data() {
  QTest::addColumn<QByteArray>("text");
  QTest::addColumn<QByteArray>("says");  // empty: taken
  const auto row = [](const char* text, const char* says) {
    QTest::newRow(text) << QByteArray(text) << QByteArray(says);
  };
  row("a=b:c=-1:+2.5e0", "");
  row("a=b:c=2.5:-1", "");
  row("x.alpha=1", "--b: is no range of a parameter: expected PARAM=FROM:TO, such as x.alpha=1:4, found");
  row("x.alpha", "is no range of a parameter");
  row("x:1=4", "is no range of a parameter");
  row("=1:4", "is no range of a parameter");
  row("", "--b: has an empty value: expected PARAM=FROM:TO");
  row("x=:4", "--b FROM: has an empty value");
  row("x=1:z", "--b TO: is not a number");
  row("x=1:inf", "--b TO: is not finite");
}

void TextValueTest::namedRanges() {
  QFETCH(QByteArray, text);
  QFETCH(QByteArray, says);
  const auto range = parse_named_range("--b", text.toStdString());
  QCOMPARE(range.ok(), says.isEmpty());
  if (!range) {
    const QByteArray sentence = QByteArray::fromStdString(range.error().sentence());
    QVERIFY2(sentence.contains(says), sentence.constData());
    return;
  }
  QCOMPARE(range->name, std::string("a=b:c"));
  QCOMPARE(std::min(range->from, range->to), -1.0);
  QCOMPARE(std::max(range->from, range->to), 2.5);
}

void TextValueTest::wordsNameTheNearest() {
  const std::vector<std::string> words{"sgd", "adam"};
  QVERIFY(check_word("--optimizer", "adam", words).ok());
  QCOMPARE(check_word("--optimizer", "Adam", words).error().sentence(),
           "--optimizer: is not known: expected one of sgd, adam, found \"Adam\"; did you mean adam?");
  QCOMPARE(check_word("--optimizer", "", words).error().sentence(),
           "--optimizer: has an empty value: expected one of sgd, adam");
}

void TextValueTest::nearestWord_data() {
  QTest::addColumn<QByteArray>("word");
  QTest::addColumn<QByteArray>("nearest");
  QTest::newRow("letter left out") << QByteArray("--epoch") << QByteArray("--epochs");
  QTest::newRow("letters swapped") << QByteArray("--epohcs") << QByteArray("--epochs");
  QTest::newRow("beginning") << QByteArray("--target") << QByteArray("--target-accuracy");
  QTest::newRow("two begin so") << QByteArray("--schedule-") << QByteArray("--schedule");
  QTest::newRow("another word") << QByteArray("--colour") << QByteArray();
  QTest::newRow("empty") << QByteArray("") << QByteArray();
  QTest::newRow("upper case") << QByteArray("--LR") << QByteArray("--lr");
  QTest::newRow("endless") << QByteArray(100000, 'x') << QByteArray();
}

void TextValueTest::nearestWord() {
  QFETCH(QByteArray, word);
  QFETCH(QByteArray, nearest);
  const std::vector<std::string> names{
      "--epochs",          "--lr",   "--schedule", "--schedule-epochs", "--schedule-factor",
      "--target-accuracy", "--seed", "--tier"};
  QCOMPARE(nearest_word(word.toStdString(), names), nearest.toStdString());
}

void TextValueTest::listsAreSplitAtCommas() {
  using List = std::vector<std::string>;
  QCOMPARE(split_list("a, b ,c"), (List{"a", "b", "c"}));
  QCOMPARE(split_list("12,,3"), (List{"12", "", "3"}));
  QCOMPARE(split_list(""), (List{""}));
}

void TextValueTest::longTextsAreCutBetweenCharacters() {
  QCOMPARE(in_quotes("short"), "\"short\"");
  QCOMPARE(in_quotes("a\nb\x1b[0m"), "\"a?b?[0m\"");
  const std::string betas(60, 'x');
  QCOMPARE(in_quotes(betas), "\"" + betas.substr(0, 40) + "…\"");
  std::string greek;
  for (int k = 0; k < 30; ++k) greek += "β";  // two bytes each
  QCOMPARE(in_quotes("x" + greek), "\"x" + greek.substr(0, 38) + "…\"");
}

SYNANN_TEST(TextValueTest)
#include "text_value_test.moc"
