// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/train/augment_preview.h"

#include <QLabel>
#include <QPushButton>
#include <QTest>
#include <QToolButton>

#include "tests/test_main.h"
#include "ui/pages/train/setting_form.h"

using namespace synann;
using namespace synann::ui;

namespace {

struct PreviewBench {
  TrainingController controller;
  RunPlan plan{controller};
  SettingForm form{plan};
  AugmentPreview* preview = form.findChild<AugmentPreview*>("augment.preview");

  // The settings are unfolded, as a person sees them.
  void unfold() {
    form.show();
    form.showMore(true);
  }
};

}  // namespace

// The strip of augmented images among the settings.
class AugmentPreviewTest : public QObject {
  Q_OBJECT
 private slots:
  void isHiddenWhereNothingMoves();
  void followsTheSettings();
  void showsOtherExamples();
  void saysWhyThereIsNothing();
};

void AugmentPreviewTest::isHiddenWhereNothingMoves() {
  PreviewBench b;
  QVERIFY(b.preview);
  b.unfold();
  QVERIFY(!b.preview->isVisible());
  b.plan.set("augment-rotation", 15.0);
  QVERIFY(b.preview->isVisible());
  b.form.showMore(false);
  QVERIFY(!b.preview->isVisible());
}

void AugmentPreviewTest::followsTheSettings() {
  PreviewBench b;
  b.unfold();
  b.plan.set("augment-rotation", 15.0);
  QTRY_VERIFY(!b.preview->picture().isNull());
  const QImage first = b.preview->picture();
  QCOMPARE(first.size(), QSize(5 * 32 - 4, 3 * 32 - 4));
  b.plan.set("augment-zoom", 0.3);
  QTRY_VERIFY(b.preview->picture() != first);
  const QImage zoomed = b.preview->picture();
  // The first row has the images as they are.
  QCOMPARE(zoomed.copy(0, 0, 156, 28), first.copy(0, 0, 156, 28));
  QVERIFY(zoomed.copy(0, 32, 156, 28) != zoomed.copy(0, 0, 156, 28));
  QVERIFY(zoomed.copy(0, 64, 156, 28) != zoomed.copy(0, 32, 156, 28));
  b.plan.set("augment-zoom", 0.0);
  QTRY_COMPARE(b.preview->picture(), first);  // the same settings make the same images
}

void AugmentPreviewTest::showsOtherExamples() {
  PreviewBench b;
  b.unfold();
  b.plan.set("augment-shift", 0.2);
  QTRY_VERIFY(!b.preview->picture().isNull());
  const QImage first = b.preview->picture();
  auto* const others = b.preview->findChild<QPushButton*>("augment.others");
  QVERIFY(others && !others->accessibleName().isEmpty());
  others->setFocus();
  QTest::keyClick(others, Qt::Key_Space);
  QTRY_VERIFY(b.preview->picture() != first);
  const auto* const sheet = b.preview->findChild<QLabel*>("augment.sheet");
  QCOMPARE(sheet->accessibleName(),
           QString("Training images 5 to 9 as they are, and below as epochs 3 and 4 train on them"));
}

void AugmentPreviewTest::saysWhyThereIsNothing() {
  PreviewBench b;
  b.unfold();
  b.plan.setData("no/such/folder");
  b.plan.set("augment-shear", 10.0);
  const auto words = [&b] {
    for (const QLabel* label : b.preview->findChildren<QLabel*>())
      if (label->isVisible()) return label->text();
    return QString();
  };
  QTRY_VERIFY(words().contains("no/such/folder"));
}

SYNANN_WINDOW_TEST(AugmentPreviewTest)
#include "augment_preview_test.moc"
