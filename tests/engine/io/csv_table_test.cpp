// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/io/csv_table.h"

#include <QTest>

#include "tests/engine/std_strings.h"
#include "tests/test_main.h"

using namespace synann;

namespace {

Result<CsvTable> table_of(std::string_view text, const CsvLimits& limits = {}) {
  return parse_csv_table({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()}, "t.csv", limits);
}

}  // namespace

// Tables as text: what is read, and one sentence for each way a file can be wrong.
class CsvTableTest : public QObject {
  Q_OBJECT
 private slots:
  void plain();
  void quotesLineEndsAndMark();
  void linesAreThoseOfTheFile();
  void emptyLinesArePassedOver();
  void namesMayBeTakenAsTheyStand();
  void numbersAreWhole();
  void mistakes_data();
  void mistakes();
  void limits();
  void everyPrefixIsATableOrASentence();
};

void CsvTableTest::plain() {
  const auto table = table_of("day,exposures\n1,139\n2, +2.24e2 \n");
  QVERIFY(table);
  QCOMPARE(table->columns(), 2U);
  QCOMPARE(table->rows(), 2U);
  QCOMPARE(*table->column("Exposures"), 1U);
  QVERIFY(!table->column("nights"));
  QVERIFY(*table->numbers(1) == std::vector<double>({139, 224}));
  // A header alone is a table without rows.
  QCOMPARE(table_of("day")->rows(), 0U);
}

void CsvTableTest::quotesLineEndsAndMark() {
  const auto table =
      table_of("\xef\xbb\xbf\"a, b\",c\r\n \"say \"\"1\"\"\" ,\"2\"\r\n\"two\r\nlines\",3\r\n\r\n\n");
  QVERIFY2(table, table ? "" : table.error().sentence().c_str());
  QCOMPARE(table->names[0], std::string("a, b"));
  QCOMPARE(table->rows(), 2U);
  QCOMPARE(table->field(0, 0), std::string("say \"1\""));
  QCOMPARE(table->field(1, 0), std::string("two\r\nlines"));
  QVERIFY(*table->numbers(1) == std::vector<double>({2, 3}));
  // The last line may end in \r alone of a file that was cut.
  QCOMPARE(table_of("a\n1\r")->field(0, 0), std::string("1"));
}

void CsvTableTest::linesAreThoseOfTheFile() {
  const auto table = table_of("a,b\n\"x\ny\",1\nz,two\n");
  QVERIFY(table);
  QVERIFY(table->lines == std::vector<std::size_t>({2, 4}));
  const auto number = table->number(1, 1);
  QVERIFY(!number);
  QCOMPARE(number.error().sentence(),
           std::string("t.csv, line 4, column 2 (b): is no number: expected a finite number with a decimal "
                       "point, found \"two\""));
}

void CsvTableTest::emptyLinesArePassedOver() {
  const auto table = table_of("\n\r\na\n\n1\n\r\n\n2\n\n");
  QVERIFY2(table, table ? "" : table.error().sentence().c_str());
  QCOMPARE(table->header_line, 3U);
  QVERIFY(table->lines == std::vector<std::size_t>({5, 8}));
  // Quotes make an empty field of an empty line; a semicolon in quotes separates nothing.
  QCOMPARE(table_of("\"a;b\"\n\"\"\n")->field(0, 0), std::string());
}

void CsvTableTest::namesMayBeTakenAsTheyStand() {
  const std::string_view text = "a,A,1\n2,3,4\n";
  const std::span bytes(reinterpret_cast<const std::uint8_t*>(text.data()), text.size());
  QVERIFY(!parse_csv_table(bytes, "t.csv"));
  QCOMPARE(parse_csv_table(bytes, "t.csv", {}, CsvNames::Exact)->columns(), 3U);
  const std::string_view twice = "a,a\n2,3\n";
  QVERIFY(!parse_csv_table({reinterpret_cast<const std::uint8_t*>(twice.data()), twice.size()}, "t.csv", {},
                           CsvNames::Exact));
}

void CsvTableTest::numbersAreWhole() {
  for (const char* text : {"1x", "", "1 2", "nan", "inf", "1,5", "0x10", "--1", "1e999"}) {
    const auto table = table_of("a\n\"" + std::string(text) + "\"\n");
    QVERIFY(table);
    QVERIFY2(!table->number(0, 0), text);
  }
}

void CsvTableTest::mistakes_data() {
  QTest::addColumn<QByteArray>("text");
  QTest::addColumn<QString>("part");
  QTest::newRow("empty") << QByteArray("") << "t.csv: holds no table";
  QTest::newRow("blank lines") << QByteArray("\n\r\n") << "t.csv: holds no table";
  QTest::newRow("no header") << QByteArray("1,2\n3,4\n")
                             << "line 1, column 1: is a number where a name belongs";
  QTest::newRow("no name") << QByteArray("a,,b\n1,2,3\n") << "line 1, column 2: has no name";
  QTest::newRow("twice") << QByteArray("a,A\n1,2\n") << "line 1, column 2: has a name that stands twice";
  QTest::newRow("short") << QByteArray("a,b\n1,2\n3\n")
                         << "line 3: has another number of fields than the header: expected 2, found 1";
  QTest::newRow("long") << QByteArray("a,b\n1,2,3\n") << "line 2: has another number of fields";
  QTest::newRow("behind empty lines")
      << QByteArray("\n\r\na,b\n\n\n1\n") << "line 6: has another number of fields";
  QTest::newRow("header behind empty lines") << QByteArray("\n\na,\n") << "line 3, column 2: has no name";
  QTest::newRow("quotes inside") << QByteArray("a\n1\"2\n") << "line 2, column 1: has quotes inside a field";
  QTest::newRow("no end") << QByteArray("a,b\n1,\"2\n3,4\n")
                          << "line 2, column 2: has a quoted field without its end";
  QTest::newRow("behind quotes") << QByteArray("a\n\"1\"2\n")
                                 << "line 2, column 1: goes on behind the closing quotes";
  QTest::newRow("old Mac") << QByteArray("a\r1\r2")
                           << "line 1, column 1: has a carriage return inside a line";
  QTest::newRow("semicolons") << QByteArray("a;b\n1;2,3\n") << "t.csv, line 1: looks separated by semicolons";
  QTest::newRow("semicolons throughout")
      << QByteArray("day;exposures\n1;139\n") << "t.csv, line 1: looks separated by semicolons";
  QTest::newRow("tabs") << QByteArray("day\texposures\n1\t139\n") << "t.csv, line 1: looks separated by tabs";
}

void CsvTableTest::mistakes() {
  QFETCH(QByteArray, text);
  QFETCH(QString, part);
  const auto table = table_of({text.constData(), static_cast<std::size_t>(text.size())});
  QVERIFY(!table);
  const QString sentence = QString::fromStdString(table.error().sentence());
  QVERIFY2(sentence.contains(part), qPrintable(sentence));
  QVERIFY(!sentence.contains('\n'));
}

void CsvTableTest::limits() {
  QVERIFY(table_of("a,b\n1,2\n", {.bytes = 8, .columns = 2, .fields = 2}));
  QVERIFY(!table_of("a,b\n1,2\n", {.bytes = 7, .columns = 2, .fields = 2}));
  QVERIFY(!table_of("a,b\n1,2\n", {.bytes = 8, .columns = 1, .fields = 2}));
  QVERIFY(!table_of("a,b\n1,2\n", {.bytes = 8, .columns = 2, .fields = 1}));
}

// A file that was cut anywhere is a shorter table or refused; nothing reads beyond its end.
void CsvTableTest::everyPrefixIsATableOrASentence() {
  const std::string whole = "\xef\xbb\xbfname,\"a \"\"b\"\"\"\r\n\"x,\ny\", 1 \r\n z ,\"2\"\r\n";
  for (std::size_t length = 0; length <= whole.size(); ++length) {
    const auto table = table_of(std::string(whole, 0, length));
    QVERIFY(table || !table.error().sentence().empty());
    if (table) QCOMPARE(table->fields.size(), table->rows() * table->columns());
  }
}

SYNANN_PLAIN_TEST(CsvTableTest)
#include "csv_table_test.moc"
