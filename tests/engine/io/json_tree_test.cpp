// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/io/json_tree.h"

#include <fmt/format.h>

#include <QTest>

#include "tests/engine/std_strings.h"
#include "tests/test_main.h"

using namespace synann;

namespace {

constexpr int kLevels = 4;

QString tree_refusal(std::string_view text) {
  const auto tree = parse_json_tree(text, "t.json", kLevels);
  return tree ? QString() : QString::fromStdString(tree.error().sentence());
}

}  // namespace

// JSON as a tree: the same as the library's own, the place of what is wrong, and no time for the members
// before.
class JsonTreeTest : public QObject {
  Q_OBJECT

 private slots:
  void theTreeIsTheLibrarys();
  void mistakes_data();
  void mistakes();
  void aKeyTwiceIsSeenAmongMany();
  void largeObjectsAndArraysAreRead();
  void membersAreAppended();
};

void JsonTreeTest::theTreeIsTheLibrarys() {
  for (const char* text :
       {"null", "true", "-3", "18446744073709551615", "0.1", "-0.0", "1e-320", "\"\\u00e9\\n\"", "[]", "{}",
        R"({"b": 1, "a": [1, [2, {}], "x", false, null], "": {"k": {"l": -1.5e300}}, "z": 2})"}) {
    const auto tree = parse_json_tree(text, "t.json", kLevels);
    QVERIFY2(tree.ok(), tree.ok() ? "" : tree.error().sentence().c_str());
    QCOMPARE(tree->dump(), JsonTree::parse(text).dump());
    QVERIFY(*tree == JsonTree::parse(text));
  }
}

void JsonTreeTest::mistakes_data() {
  QTest::addColumn<QByteArray>("text");
  QTest::addColumn<QString>("sentence");
  const auto number = [](const char* name) {
    return QString("is no JSON, which has neither NaN nor infinities: expected a finite number, found \"%1\"")
        .arg(name);
  };
  QTest::newRow("empty") << QByteArray("") << "t.json, line 1, column 1: is no JSON";
  QTest::newRow("ends") << QByteArray("{\n \"a\": [1,") << "t.json, line 2, column 10: is no JSON";
  QTest::newRow("letters are characters")
      << QByteArray("{\"\xce\xb1\": ?}") << "t.json, line 1, column 7: is no JSON";
  QTest::newRow("more") << QByteArray("[1]\r\n2") << "t.json, line 2, column 1: is no JSON";
  QTest::newRow("NaN") << QByteArray("{\"a\":\n  NaN}") << "t.json, line 2, column 3: " + number("NaN");
  QTest::newRow("nan") << QByteArray("[1, nan]") << "t.json, line 1, column 5: " + number("nan");
  QTest::newRow("Infinity") << QByteArray("[Infinity]") << "t.json, line 1, column 2: " + number("Infinity");
  QTest::newRow("-Infinity") << QByteArray("[-Infinity]") << "column 2: " + number("-Infinity");
  QTest::newRow("+inf") << QByteArray("[+inf]") << "column 2: " + number("+inf");
  QTest::newRow("-inf") << QByteArray("-inf") << "column 1: " + number("-inf");
  QTest::newRow("other word") << QByteArray("[nil]") << "t.json, line 1, column 3: is no JSON";
  QTest::newRow("too large") << QByteArray("[1e999]")
                             << "t.json: holds a number beyond the range of double precision";
  QTest::newRow("twice") << QByteArray("{\"a\": {\"b\": 1, \"b\": 2}}")
                         << "t.json: has the key \"b\" twice in one object";
  QTest::newRow("deep") << QByteArray("[[[[[]]]]]")
                        << "t.json: is nested too deep: expected 4 levels of brackets at most";
  QTest::newRow("endless") << QByteArray(1'000'000, '[') << "t.json: is nested too deep";
}

void JsonTreeTest::mistakes() {
  QFETCH(QByteArray, text);
  QFETCH(QString, sentence);
  const QString found = tree_refusal({text.constData(), static_cast<std::size_t>(text.size())});
  QVERIFY2(found.contains(sentence), qPrintable(found));
  QVERIFY(!found.contains('\n'));
}

void JsonTreeTest::aKeyTwiceIsSeenAmongMany() {
  for (const int members : {1, 15, 16, 17, 40})
    for (const int again : {0, members / 2, members - 1}) {
      std::string text = "{";
      for (int k = 0; k < members; ++k) text += fmt::format("\"k{}\": {{\"k0\": 1}}, ", k);
      QVERIFY(tree_refusal(text + "\"z\": 2}").isEmpty());
      QVERIFY(tree_refusal(text + fmt::format("\"k{}\": 2}}", again)).contains("twice"));
    }
}

// Looking at all that stand before would take minutes.
void JsonTreeTest::largeObjectsAndArraysAreRead() {
  constexpr int kMany = 300'000;
  std::string text = "{\"object\": {";
  for (int k = 0; k < kMany; ++k) text += fmt::format("{}\"k{}\": {{\"v\": [{}]}}", k == 0 ? "" : ", ", k, k);
  text += "}, \"array\": [";
  for (int k = 0; k < kMany; ++k) text += fmt::format("{}{{\"v\": {}}}", k == 0 ? "" : ", ", k);
  text += "]}";
  const auto tree = parse_json_tree(text, "t.json", kLevels);
  QVERIFY2(tree.ok(), tree.ok() ? "" : tree.error().sentence().c_str());
  int expected = 0;
  for (const auto& [name, value] : (*tree)["object"].items()) QVERIFY(value["v"][0] == expected++);
  QCOMPARE(expected, kMany);
  QCOMPARE((*tree)["array"].size(), std::size_t{kMany});
  QVERIFY((*tree)["array"].back()["v"] == kMany - 1);
}

void JsonTreeTest::membersAreAppended() {
  JsonTree object = JsonTree::object();
  append_member(object, "b", 1);
  append_member(object, "a", JsonTree::array({1, "x"}));
  QCOMPARE(object.dump(), std::string(R"({"b":1,"a":[1,"x"]})"));
  QVERIFY(object["b"] == 1);
}

SYNANN_PLAIN_TEST(JsonTreeTest)
#include "json_tree_test.moc"
