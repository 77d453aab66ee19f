// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/setting_form.h"

#include <QComboBox>
#include <QDoubleSpinBox>
#include <QLabel>
#include <QPushButton>
#include <QSignalSpy>
#include <QTest>
#include <QToolButton>

#include "tests/test_main.h"

namespace synann::ui {

class SettingFormTest : public QObject {
  Q_OBJECT

 private slots:
  void showsEverySettingWithItsFacts();
  void foldsAwayWhatTheOriginalDoesNotHave();
  void aModelBringsItsSettings();
  void startsWithTheOriginalsValues();
  void tellsWhatWasEdited();
  void locksWhatMayNotChange();
  void epochsFollowTheDataSet();
  void resetBringsTheOriginalBack();
  void aWheelWithoutFocusChangesNothing();
  void zeroIsAWord();
  void anotherModelKeepsWhatWasTyped();

 private:
  static QDoubleSpinBox* box(const SettingForm& form, std::string_view key) {
    return form.findChild<QDoubleSpinBox*>("setting." + QString::fromStdString(std::string(key)));
  }
};

void SettingFormTest::showsEverySettingWithItsFacts() {
  const SettingForm form;
  for (const train::SettingInfo& info : train::setting_infos()) {
    const QDoubleSpinBox* const spin = box(form, info.key);
    if (info.maximum == 1 && info.decimals == 0) {
      QVERIFY2(form.findChild<QComboBox*>("setting." + QString::fromStdString(std::string(info.key))),
               info.key.data());
      continue;
    }
    QVERIFY2(spin, info.key.data());
    QCOMPARE(spin->minimum(), info.minimum);
    QCOMPARE(spin->maximum(), info.maximum);
    QCOMPARE(spin->decimals(), info.decimals);
    QCOMPARE(spin->suffix().trimmed().toStdString(), std::string(info.unit));
    QVERIFY(!spin->toolTip().isEmpty());
    QCOMPARE(spin->toolTip().contains("Fixed while a run is open"), !info.live);
    QVERIFY(!spin->accessibleName().isEmpty());
  }
  int buddies = 0;
  for (const QLabel* label : form.findChildren<QLabel*>()) buddies += label->buddy() != nullptr;
  QCOMPARE(buddies,
           static_cast<int>(train::setting_infos().size() + train::choice_infos().size()) + 1);  // the record
}

void SettingFormTest::foldsAwayWhatTheOriginalDoesNotHave() {
  SettingForm form;
  form.show();
  auto* const schedule = form.findChild<QComboBox*>("setting.schedule");
  QVERIFY(schedule);
  QVERIFY(box(form, "lr")->isVisible());
  QVERIFY(!schedule->isVisible());
  form.findChild<QToolButton*>("settings.more")->click();
  QVERIFY(schedule->isVisible());
  schedule->setCurrentText("cosine");
  QCOMPARE(form.settings().schedule, std::string("cosine"));
  form.findChild<QComboBox*>("setting.nesterov")->setCurrentIndex(1);
  QVERIFY(form.settings().nesterov);
}

void SettingFormTest::aModelBringsItsSettings() {
  SettingForm form;
  box(form, "seed")->setValue(11);
  form.setModel("syna-pixel");
  QCOMPARE(form.settings().model, std::string("syna-pixel"));
  QCOMPARE(form.settings().optimizer, std::string("adam"));
  QCOMPARE(box(form, "lr")->value(), 0.004);
  QCOMPARE(form.settings().seed, std::uint64_t{11});
}

void SettingFormTest::startsWithTheOriginalsValues() {
  const SettingForm form;
  train::Settings original;
  original.epochs = train::default_epochs("digits");
  QVERIFY(form.settings() == original);
  QCOMPARE(box(form, "lr")->text(), QStringLiteral("0.012"));
  QCOMPARE(box(form, "momentum")->text(), QStringLiteral("0.5"));
  QCOMPARE(box(form, "epochs")->cleanText(), QStringLiteral("20"));
}

void SettingFormTest::tellsWhatWasEdited() {
  SettingForm form;
  QSignalSpy edited(&form, &SettingForm::edited);
  QDoubleSpinBox* const spin = box(form, "lr");
  spin->selectAll();
  QTest::keyClicks(spin, "0.05");
  QCOMPARE(edited.size(), 0);  // half a number is no learning rate
  QTest::keyClick(spin, Qt::Key_Return);
  QCOMPARE(edited.size(), 1);
  QCOMPARE(edited[0][1].toDouble(), 0.05);
  QCOMPARE(form.settings().learning_rate, 0.05);
  form.setSettings({});
  QCOMPARE(edited.size(), 1);
}

void SettingFormTest::locksWhatMayNotChange() {
  SettingForm form;
  form.setLocked(true);
  for (const train::SettingInfo& info : train::setting_infos()) {
    if (const QDoubleSpinBox* spin = box(form, info.key)) QCOMPARE(spin->isEnabled(), info.live);
  }
  QVERIFY(!form.findChild<QComboBox*>("setting.optimizer")->isEnabled());
  form.setLocked(false);
  QVERIFY(box(form, "seed")->isEnabled());
}

void SettingFormTest::epochsFollowTheDataSet() {
  SettingForm form;
  form.setData("some/mnist");
  QCOMPARE(form.settings().data, std::string("some/mnist"));
  QCOMPARE(form.settings().epochs, 200);
  box(form, "epochs")->setValue(7);
  form.setData("digits");
  QCOMPARE(form.settings().epochs, 7);  // chosen by hand
}

void SettingFormTest::resetBringsTheOriginalBack() {
  SettingForm form;
  box(form, "lr")->setValue(1);
  box(form, "seed")->setValue(77);
  box(form, "epochs")->setValue(3);
  auto* const reset = form.findChild<QPushButton*>("settings.reset");
  QTest::mouseClick(reset, Qt::LeftButton);
  QVERIFY(form.settings() == SettingForm().settings());
}

void SettingFormTest::aWheelWithoutFocusChangesNothing() {
  SettingForm form;
  form.show();
  QDoubleSpinBox* const spin = box(form, "lr");
  spin->clearFocus();
  QWheelEvent wheel(QPointF(5, 5), spin->mapToGlobal(QPointF(5, 5)), {}, {0, 120}, Qt::NoButton,
                    Qt::NoModifier, Qt::NoScrollPhase, false);
  QApplication::sendEvent(spin, &wheel);
  QCOMPARE(spin->value(), 0.012);
  form.showMore(true);
  auto* const choice = form.findChild<QComboBox*>("setting.nesterov");
  choice->clearFocus();
  QWheelEvent down(QPointF(5, 5), choice->mapToGlobal(QPointF(5, 5)), {}, {0, -120}, Qt::NoButton,
                   Qt::NoModifier, Qt::NoScrollPhase, false);
  QApplication::sendEvent(choice, &down);
  QCOMPARE(choice->currentIndex(), 0);
  QVERIFY(!form.settings().nesterov);
}

void SettingFormTest::zeroIsAWord() {
  const SettingForm form;
  QCOMPARE(box(form, "patience")->text(), QStringLiteral("never"));
  QCOMPARE(box(form, "validation")->text(), QStringLiteral("none"));
  box(form, "patience")->setValue(3);
  QCOMPARE(box(form, "patience")->text(), QStringLiteral("3 epochs"));
}

void SettingFormTest::anotherModelKeepsWhatWasTyped() {
  SettingForm form;
  box(form, "lr")->setValue(0.02);
  form.setModel("syna-pixel");
  QCOMPARE(form.settings().learning_rate, 0.02);
  QCOMPARE(form.settings().optimizer, std::string("adam"));
  form.setModel("syna-cnn");
  QCOMPARE(form.settings().learning_rate, 0.02);
  QCOMPARE(form.settings().optimizer, std::string("sgd"));
}

}  // namespace synann::ui

SYNANN_WINDOW_TEST(synann::ui::SettingFormTest)
#include "setting_form_test.moc"
