// SPDX-License-Identifier: GPL-3.0-or-later
#include <QAbstractItemModelTester>
#include <QFont>
#include <QSignalSpy>
#include <QTest>

#include "sample_curve.h"
#include "tests/test_main.h"
#include "ui/plots/accuracy_table_model.h"
#include "ui/plots/ticks.h"

using namespace synann;
using namespace synann::ui;

namespace {

constexpr auto kStrict = QAbstractItemModelTester::FailureReportingMode::QtTest;

QString cell(const QAbstractItemModel& model, int row, int column) {
  return model.index(row, column).data().toString();
}

}  // namespace

class LossTablesTest : public QObject {
  Q_OBJECT

 private slots:
  void theAccuracyTableMarksTheBestInWords() {
    AccuracyTableModel model;
    const QAbstractItemModelTester tester(&model, kStrict);
    model.setCurve(test::sampleCurve(4, 10));
    QCOMPARE(model.rowCount(), 5);
    for (int row = 0; row < 5; ++row) {
      const bool best = row == 3;
      QCOMPARE(cell(model, row, AccuracyTableModel::Note) == "best", best);
      QCOMPARE(model.index(row, 1).data(Qt::FontRole).value<QFont>().bold(), best);
    }
    QCOMPARE(cell(model, 0, AccuracyTableModel::Note), QString("before training"));
    QCOMPARE(cell(model, 0, AccuracyTableModel::TrainLoss), QString("–"));
    QCOMPARE(cell(model, 1, AccuracyTableModel::Epoch), QString("1"));
    QCOMPARE(cell(model, 1, AccuracyTableModel::TestLoss), QString("0.4500"));
    QCOMPARE(cell(model, 1, AccuracyTableModel::Correct), QString("9050/10000"));
    QCOMPARE(cell(model, 1, AccuracyTableModel::Accuracy), QString("90.50 %"));
    QCOMPARE(cell(model, 1, AccuracyTableModel::Seconds), QString("2.8 s"));
  }

  void aChangedSettingStandsBesideItsEpoch() {
    auto curve = test::sampleCurve(4, 10);
    const std::int64_t epoch = curve->trainCount();
    QVERIFY(epoch > 0);
    curve->mark(epoch, "learning rate 0.006");  // the first step of epoch 2
    curve->mark(3 * epoch - 1, "momentum 0.9");
    AccuracyTableModel model;
    model.setCurve(curve);
    const auto note = [&](int row) { return cell(model, row, AccuracyTableModel::Note); };
    QCOMPARE(note(1), QString());
    QCOMPARE(note(2), QString("from %1 examples on: learning rate 0.006").arg(countText(epoch)));
    QCOMPARE(note(3), QString("best · from %1 examples on: momentum 0.9").arg(countText(3 * epoch - 1)));
    QCOMPARE(note(4), QString());
  }

  void aNewBestUnmarksTheOldOne() {
    auto curve = test::sampleCurve(4, 10);
    AccuracyTableModel model;
    const QAbstractItemModelTester tester(&model, kStrict);
    model.setCurve(curve);
    const QSignalSpy changed(&model, &QAbstractItemModel::dataChanged);
    LossEvaluation next = curve->evaluations().back();
    next.epoch = 5;
    next.examples = 5000;
    next.best = true;
    curve->append(next);
    model.refresh();
    QCOMPARE(model.rowCount(), 6);
    QCOMPARE(changed.size(), 1);
    QCOMPARE(changed[0][0].toModelIndex().row(), 3);
    QCOMPARE(cell(model, 3, AccuracyTableModel::Note), QString());
    QCOMPARE(cell(model, 5, AccuracyTableModel::Note), QString("best"));
  }
};

SYNANN_TEST(LossTablesTest)
#include "loss_tables_test.moc"
