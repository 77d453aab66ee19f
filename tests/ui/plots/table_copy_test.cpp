// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plots/table_copy.h"

#include <QAction>
#include <QClipboard>
#include <QGuiApplication>
#include <QHeaderView>
#include <QStandardItemModel>
#include <QTableView>
#include <QTest>

#include "sample_curve.h"
#include "sample_matrix.h"
#include "tests/test_main.h"
#include "ui/plots/accuracy_table_model.h"
#include "ui/plots/figure_table_model.h"

using namespace synann::ui;

namespace {

void choose(QTableView& table, int row, int column) {
  table.selectionModel()->select(table.model()->index(row, column), QItemSelectionModel::Select);
}

}  // namespace

class TableCopyTest : public QObject {
  Q_OBJECT

 private slots:
  void theKeyCopiesTheRowsWithTheirHeadings() {
    AccuracyTableModel model;
    model.setCurve(test::sampleCurve(3, 10));
    QTableView table;
    table.setModel(&model);
    table.setSelectionBehavior(QAbstractItemView::SelectRows);
    table.verticalHeader()->hide();
    addTableCopy(&table);
    table.show();
    table.setFocus();
    QVERIFY(QTest::qWaitForWindowActive(&table));
    table.selectRow(1);
    QGuiApplication::clipboard()->setText("before");
    QTest::keyClick(&table, Qt::Key_C, Qt::ControlModifier);
    QCOMPARE(QGuiApplication::clipboard()->text(),
             QString("Epoch\tTrain loss\tTest loss\tCorrect\tAccuracy\tRate\tTime\tNote\n"
                     "1\t0.2553\t0.4500\t9050/10000\t90.50 %\t0\t2.8 s\t\n"));
    table.clearSelection();
    QGuiApplication::clipboard()->setText("before");
    table.actions().front()->trigger();
    QCOMPARE(QGuiApplication::clipboard()->text(), QString("before"));
  }

  void aMatrixNamesItsRowsAndKeepsItsDigits() {
    const auto data = test::sampleHeat(12);
    FigureTableModel model;
    model.setFigure(std::make_shared<const HeatFigure>(data, scaleOf(data->values, ColorMap::Automatic)));
    QTableView table;
    table.setModel(&model);
    for (const auto& [row, column] : {std::pair{2, 3}, {2, 4}, {5, 3}}) choose(table, row, column);
    const QStringList lines = selectedTableText(table).split('\n');
    QCOMPARE(lines[0], QString("\t3\t4"));
    QVERIFY(lines[1].startsWith("2\t") && lines[2].startsWith("5\t"));
    QVERIFY(lines[1].section('\t', 1, 1).toFloat() == data->at(2, 3));
    QVERIFY(lines[1].section('\t', 2, 2).toFloat() == data->at(2, 4));
    QCOMPARE(lines[2].section('\t', 2, 2), QString());  // not selected
    table.setColumnHidden(3, true);
    QCOMPARE(selectedTableText(table).split('\n')[0], QString("\t4"));
  }

  void theOrderIsTheOneThatIsSeen() {
    QStandardItemModel model(2, 3);
    for (int row = 0; row < 2; ++row)
      for (int column = 0; column < 3; ++column)
        model.setData(model.index(row, column), QString(QChar('a' + 3 * row + column)) + "\t");
    model.setHorizontalHeaderLabels({"one", "two", "three"});
    QTableView table;
    table.setModel(&model);
    table.verticalHeader()->hide();
    table.horizontalHeader()->moveSection(2, 0);
    table.selectAll();
    QCOMPARE(selectedTableText(table),
             QString("three\tone\ttwo\n\"c\t\"\t\"a\t\"\t\"b\t\"\n\"f\t\"\t\"d\t\"\t\"e\t\"\n"));
  }

  void withoutAModelNothingIsCopied() {
    QTableView table;
    addTableCopy(&table);
    QCOMPARE(selectedTableText(table), QString());
  }

  void headingsAreWhole() {
    QStandardItemModel model(1, 2);
    QTableView table;
    table.setModel(&model);
    table.show();
    keepHeadingsWhole(&table);
    const QHeaderView* header = table.horizontalHeader();
    const auto whole = [&] {
      for (int column = 0; column < header->count(); ++column)
        if (header->sectionSize(column) < header->sectionSizeHint(column)) return false;
      return true;
    };
    model.setHorizontalHeaderLabels({"a heading that is much longer than a column is wide", "b"});
    QVERIFY(whole());
    model.setColumnCount(3);
    model.setHorizontalHeaderItem(2,
                                  new QStandardItem("another one that is longer than its column would be"));
    QVERIFY(whole());
  }
};

SYNANN_WINDOW_TEST(TableCopyTest)
#include "table_copy_test.moc"
