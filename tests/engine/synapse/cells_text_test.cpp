// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/synapse/cells_text.h"

#include <QTest>

#include "engine/core/random.h"
#include "tests/test_main.h"

using namespace synann;
using namespace synann::synapse;

namespace {

std::vector<std::uint8_t> mask_of(const std::string& text, int n) {
  const auto blocks = parse_cells("--cells", text);
  if (!blocks) qFatal("%s", blocks.error().sentence().c_str());
  const auto chosen = chosen_cells("--cells", *blocks, n);
  if (!chosen) qFatal("%s", chosen.error().sentence().c_str());
  return *chosen;
}

}  // namespace

// Cells of β as a person types them.
class CellsTextTest : public QObject {
  Q_OBJECT
 private slots:
  void textNamesCells_data();
  void textNamesCells();
  void layersAreNamed();
  void cellsBecomeTheirText_data();
  void cellsBecomeTheirText();
  void anyCellsComeBack();
  void whatMeansNothingIsOneSentence_data();
  void whatMeansNothingIsOneSentence();
  void cellsBeyondTheMatrixAreRefused();
};

void CellsTextTest::textNamesCells_data() {
  QTest::addColumn<QString>("text");
  QTest::addColumn<QString>("rows");  // of a matrix of 3 × 3
  const auto row = [](const char* text, const char* rows) { QTest::newRow(text) << text << rows; };
  row("1,2", "000 001 000");
  row("0,0 2,2", "100 000 001");
  row("  0,0\t2,2\n", "100 000 001");
  row("0-1,1-2", "011 011 000");
  row("row 1", "000 111 000");
  row("row 1-2", "000 111 111");
  row("column 0", "100 100 100");
  row("column 1-2 0,0", "111 011 011");
  row("all", "111 111 111");
  row("1,1 1,1 row 1", "000 111 000");
}

void CellsTextTest::textNamesCells() {
  QFETCH(QString, text);
  QFETCH(QString, rows);
  QString found;
  for (const std::uint8_t one : mask_of(text.toStdString(), 3)) found += one != 0 ? '1' : '0';
  QCOMPARE(found, rows.remove(' '));
}

void CellsTextTest::layersAreNamed() {
  const auto one = parse_layer_cells("--frozen", "3,4");
  QVERIFY(one.ok() && *one == (std::vector<LayerCells>{{"", {{3, 3, 4, 4}}}}));
  const auto two = parse_layer_cells("--frozen", " fcn : row 2;again: 0,1 1,0;");
  QVERIFY(two.ok());
  QVERIFY(*two == (std::vector<LayerCells>{{"fcn", {{2, 2, 0, kToTheEnd}}},
                                           {"again", {{0, 0, 1, 1}, {1, 1, 0, 0}}}}));
}

void CellsTextTest::cellsBecomeTheirText_data() {
  QTest::addColumn<QString>("text");
  QTest::addColumn<QString>("shortest");
  const auto row = [](const char* text, const char* shortest) { QTest::newRow(text) << text << shortest; };
  row("2,1 1,2 1,1 2,2", "1-2,1-2");
  row("0,0 0,1 0,2 0,3", "row 0");
  row("0,3 1,3 2,3 3,3", "column 3");
  row("row 0-3", "all");
  row("3,1", "3,1");
  row("0,0-1 1,0-2", "0,0-1 1,0-2");
}

void CellsTextTest::cellsBecomeTheirText() {
  QFETCH(QString, text);
  QFETCH(QString, shortest);
  QCOMPARE(QString::fromStdString(cells_text(mask_of(text.toStdString(), 4), 4)), shortest);
}

void CellsTextTest::anyCellsComeBack() {
  QVERIFY(cells_text(std::vector<std::uint8_t>(9), 3).empty());
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    const auto stream = random_stream(seed, Purpose::Check);
    const int n = 1 + static_cast<int>(stream.word(0) % 9u);
    std::vector<std::uint8_t> mask(static_cast<std::size_t>(n * n));
    for (std::size_t k = 0; k < mask.size(); ++k)
      mask[k] = stream.word(static_cast<std::uint32_t>(k + 1)) % 5u < seed % 6u ? 1 : 0;
    const std::string text = cells_text(mask, n);
    if (text.empty()) {
      QVERIFY(mask == std::vector<std::uint8_t>(mask.size()));
    } else {
      QVERIFY2(mask_of(text, n) == mask, text.c_str());
    }
  }
}

void CellsTextTest::whatMeansNothingIsOneSentence_data() {
  QTest::addColumn<QString>("text");
  QTest::addColumn<QString>("found");
  const auto row = [](const char* text, const char* found) { QTest::newRow(text) << text << found; };
  row("", "nothing");
  row("  ", "nothing");
  row("3", "\"3\"");
  row("1,2,3", "\"1,2,3\"");
  row("1,2 x", "\"x\"");
  row("-1,2", "\"-1,2\"");
  row("2-1,0", "\"2-1,0\"");
  row("1,", "\"1,\"");
  row("row", "\"row \"");
  row("row x", "\"row x\"");
  row("99999999999,0", "\"99999999999,0\"");
  row("2147483647,0", "\"2147483647,0\"");
  row("fcn:", "nothing");
}

void CellsTextTest::whatMeansNothingIsOneSentence() {
  QFETCH(QString, text);
  QFETCH(QString, found);
  const auto cells = parse_layer_cells("--frozen", text.toStdString());
  QVERIFY(!cells.ok());
  QCOMPARE(cells.error().where, std::string("--frozen"));
  QCOMPARE(QString::fromStdString(cells.error().found), found);
}

void CellsTextTest::cellsBeyondTheMatrixAreRefused() {
  for (const char* text : {"3,0", "0,3", "0-3,0", "row 3", "column 1-3"}) {
    const auto chosen = chosen_cells("--cells", *parse_cells("--cells", text), 3);
    QVERIFY2(!chosen.ok(), text);
    QCOMPARE(chosen.error().expected, std::string("row and column from 0 to 2"));
  }
}

SYNANN_TEST(CellsTextTest)
#include "cells_text_test.moc"
