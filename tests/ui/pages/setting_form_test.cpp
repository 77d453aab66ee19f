// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/train/setting_form.h"

#include <QComboBox>
#include <QDoubleSpinBox>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSignalSpy>
#include <QTest>
#include <QToolButton>

#include "tests/test_main.h"
#include "ui/session/workspace.h"

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
  void anotherModelBringsWhatItIsTrainedWith();
  void whatDoesNothingIsHidden();
  void choicesAreWords();
  void frozenCellsAreToldAndCleared();

 private:
  // A form on a plan of its own.
  struct Bench {
    Workspace workspace;
    RunPlan& plan = workspace.plan();
    SettingForm form{plan};
    const train::Settings& settings() const { return plan.settings(); }
  };
  static QDoubleSpinBox* box(const SettingForm& form, std::string_view key) {
    return form.findChild<QDoubleSpinBox*>("setting." + QString::fromStdString(std::string(key)));
  }
};

void SettingFormTest::showsEverySettingWithItsFacts() {
  const Bench b;
  const SettingForm& form = b.form;
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
  // One of a thing is one.
  QDoubleSpinBox* const epochs = box(form, "epochs");
  epochs->setValue(1);
  QCOMPARE(epochs->suffix(), " epoch");
  epochs->setValue(2);
  QCOMPARE(epochs->suffix(), " epochs");
  int buddies = 0;
  for (const QLabel* label : form.findChildren<QLabel*>()) buddies += label->buddy() != nullptr;
  QCOMPARE(buddies,
           static_cast<int>(train::setting_infos().size() + train::choice_infos().size()) + 1);  // the record
}

void SettingFormTest::foldsAwayWhatTheOriginalDoesNotHave() {
  Bench b;
  SettingForm& form = b.form;
  form.show();
  auto* const schedule = form.findChild<QComboBox*>("setting.schedule");
  QVERIFY(schedule);
  QVERIFY(box(form, "lr")->isVisible());
  QVERIFY(!schedule->isVisible());
  form.findChild<QToolButton*>("settings.more")->click();
  QVERIFY(schedule->isVisible());
  schedule->setCurrentText("Cosine");
  QCOMPARE(b.settings().schedule, std::string("cosine"));
  form.findChild<QComboBox*>("setting.nesterov")->setCurrentIndex(1);
  QVERIFY(b.settings().nesterov);
}

void SettingFormTest::aModelBringsItsSettings() {
  Bench b;
  SettingForm& form = b.form;
  box(form, "seed")->setValue(11);
  b.plan.setModel("syna-pixel");
  QCOMPARE(b.settings().model, std::string("syna-pixel"));
  QCOMPARE(b.settings().optimizer, std::string("adam"));
  QCOMPARE(box(form, "lr")->value(), 0.004);
  QCOMPARE(b.settings().seed, std::uint64_t{11});
}

void SettingFormTest::startsWithTheOriginalsValues() {
  const Bench b;
  const SettingForm& form = b.form;
  train::Settings original;
  original.epochs = train::default_epochs("digits");
  QVERIFY(b.settings() == original);
  QCOMPARE(box(form, "lr")->text(), QStringLiteral("0.012"));
  QCOMPARE(box(form, "momentum")->text(), QStringLiteral("0.5"));
  QCOMPARE(box(form, "epochs")->cleanText(), QStringLiteral("20"));
}

void SettingFormTest::tellsWhatWasEdited() {
  Bench b;
  SettingForm& form = b.form;
  QSignalSpy edited(&b.plan, &RunPlan::changed);
  QDoubleSpinBox* const spin = box(form, "lr");
  spin->selectAll();
  QTest::keyClicks(spin, "0.05");
  QCOMPARE(edited.size(), 0);  // half a number is no learning rate
  QTest::keyClick(spin, Qt::Key_Return);
  QCOMPARE(edited.size(), 1);
  QCOMPARE(b.settings().learning_rate, 0.05);
  b.plan.restore({});
  QCOMPARE(box(form, "lr")->value(), 0.012);
  QCOMPARE(edited.size(), 2);  // the form says nothing about what it is told
}

void SettingFormTest::locksWhatMayNotChange() {
  Bench b;
  SettingForm& form = b.form;
  form.setLocked(true);
  for (const train::SettingInfo& info : train::setting_infos()) {
    if (const QDoubleSpinBox* spin = box(form, info.key)) QCOMPARE(spin->isEnabled(), info.live);
  }
  QVERIFY(!form.findChild<QComboBox*>("setting.optimizer")->isEnabled());
  QVERIFY(form.findChild<QComboBox*>("setting.schedule")->isEnabled());
  form.setLocked(false);
  QVERIFY(box(form, "seed")->isEnabled());
}

void SettingFormTest::epochsFollowTheDataSet() {
  Bench b;
  SettingForm& form = b.form;
  b.plan.setData("some/mnist");
  QCOMPARE(b.settings().data, std::string("some/mnist"));
  QCOMPARE(b.settings().epochs, 200);
  box(form, "epochs")->setValue(7);
  b.plan.setData("digits");
  QCOMPARE(b.settings().epochs, 7);  // chosen by hand
}

void SettingFormTest::resetBringsTheOriginalBack() {
  Bench b;
  SettingForm& form = b.form;
  box(form, "lr")->setValue(1);
  box(form, "seed")->setValue(77);
  box(form, "epochs")->setValue(3);
  auto* const reset = form.findChild<QPushButton*>("settings.reset");
  QTest::mouseClick(reset, Qt::LeftButton);
  QVERIFY(b.settings() == Bench().settings());
}

void SettingFormTest::aWheelWithoutFocusChangesNothing() {
  Bench b;
  SettingForm& form = b.form;
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
  QVERIFY(!b.settings().nesterov);
}

void SettingFormTest::zeroIsAWord() {
  const Bench b;
  const SettingForm& form = b.form;
  QCOMPARE(box(form, "patience")->text(), QStringLiteral("never"));
  QCOMPARE(box(form, "validation")->text(), QStringLiteral("none"));
  box(form, "patience")->setValue(3);
  QCOMPARE(box(form, "patience")->text(), QStringLiteral("3 epochs"));
}

// A learning rate is one of its optimiser: 0.02 would be the end of an Adam run.
void SettingFormTest::anotherModelBringsWhatItIsTrainedWith() {
  Bench b;
  QSignalSpy replaced(&b.plan, &RunPlan::replaced);
  box(b.form, "lr")->setValue(0.02);
  box(b.form, "seed")->setValue(11);
  b.plan.setModel("syna-pixel");
  QCOMPARE(b.settings().learning_rate, 0.004);
  QCOMPARE(b.settings().optimizer, std::string("adam"));
  QCOMPARE(b.settings().seed, std::uint64_t{11});  // no model recommends one
  QCOMPARE(replaced.size(), 1);
  QVERIFY2(replaced[0][0].toString().contains("learning rate 0.02"), qPrintable(replaced[0][0].toString()));
  b.plan.keepMine();
  QCOMPARE(b.settings().learning_rate, 0.02);
  QCOMPARE(b.settings().optimizer, std::string("adam"));
  b.plan.keepMine();               // once
  b.plan.setModel("dense-pixel");  // is trained alike
  QCOMPARE(b.settings().learning_rate, 0.02);
  QCOMPARE(replaced.size(), 1);
}

void SettingFormTest::whatDoesNothingIsHidden() {
  Bench b;
  b.form.show();
  b.form.showMore(true);
  const auto seen = [&](const char* key) {
    return b.form.findChild<QWidget*>(QString("setting.") + key)->isVisible();
  };
  QVERIFY(seen("momentum") && seen("nesterov") && seen("beta") && !seen("schedule-factor") &&
          !seen("test-batch-size"));
  b.plan.set("optimizer", std::string("adam"));
  QVERIFY(!seen("momentum") && !seen("nesterov"));
  b.plan.set("schedule", std::string("step"));
  QVERIFY(seen("schedule-factor") && seen("schedule-epochs"));
  b.plan.set("synapse", std::string("batch-coupled"));
  QVERIFY(seen("test-batch-size"));
  b.plan.setModel("linear");
  QVERIFY(!seen("beta") && !seen("diagonal") && !seen("test-batch-size"));
  b.form.showMore(false);
  QVERIFY(!seen("optimizer") && seen("lr"));
}

// A run that the lab trains on may bring them while the settings beyond the original's are folded away.
void SettingFormTest::frozenCellsAreToldAndCleared() {
  Bench b;
  b.form.show();
  auto* const frozen = b.form.findChild<QLineEdit*>("setting.frozen");
  QVERIFY(!frozen->isVisible());
  train::Settings of_the_lab = b.settings();
  of_the_lab.frozen = "row 3";
  b.plan.restore(of_the_lab);
  QVERIFY(frozen->isVisible());
  QCOMPARE(frozen->text(), QStringLiteral("row 3"));
  auto* const clear = frozen->findChild<QToolButton*>();
  QVERIFY(clear && clear->isVisible());
  QTest::mouseClick(clear, Qt::LeftButton);
  QCOMPARE(b.settings().frozen, std::string());
  QVERIFY(!frozen->isVisible());
}

void SettingFormTest::choicesAreWords() {
  const Bench b;
  const auto* optimizer = b.form.findChild<QComboBox*>("setting.optimizer");
  QCOMPARE(optimizer->currentText(), QStringLiteral("Stochastic gradient descent"));
  for (const train::ChoiceInfo& info : train::choice_infos())
    QCOMPARE(info.names.size(), info.options.size());
}

}  // namespace synann::ui

SYNANN_WINDOW_TEST(synann::ui::SettingFormTest)
#include "setting_form_test.moc"
