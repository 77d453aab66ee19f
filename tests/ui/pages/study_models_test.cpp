// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/study/study_models.h"

#include <fstream>

#include <QLabel>
#include <QListWidget>
#include <QMenu>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>
#include <QToolButton>

#include "engine/model/model_file.h"
#include "tests/test_main.h"
#include "tests/ui/session/small_data.h"

namespace synann::ui {

using model::Rival;
using testing::kWait;

namespace {

model::Definition ownNetwork(const char* id = "my-net") {
  auto own = *model::definition_of("syna-pixel");
  own.id = id;
  own.title = "My net";
  return own;
}

train::Settings screenOf(const model::Definition& own) {
  return *train::recommended_settings(std::make_shared<const model::Definition>(own), "digits");
}

struct ModelsBench {
  ModelsBench() {
    models.resize(260, 300);
    models.show();
    models.tick({});
  }
  QListWidget* list() { return models.findChild<QListWidget*>("study.models"); }
  QString words() { return models.findChild<QLabel*>("study.models-words")->text(); }
  QMenu* menu() {
    auto* const menu = models.findChild<QToolButton*>("study.rivals")->menu();
    emit menu->aboutToShow();
    return menu;
  }
  void choose(const QString& pick) {
    for (int k = 0; k < list()->count(); ++k)
      if (list()->item(k)->data(Qt::UserRole).toString() == pick) return list()->setCurrentRow(k);
    QFAIL(qPrintable(pick + " is not in the list"));
  }
  QString write(const QString& name, const std::string& text) {
    std::ofstream(home.filePath(name).toStdString()) << text;
    return home.filePath(name);
  }
  std::string nameOf(const QString& pick) {
    const auto made = models.settings(pick, "digits");
    return made ? made->model : made.error().sentence();
  }

  QTemporaryDir home;
  StudyModels models;
};

}  // namespace

// The networks that a study can compare.
class StudyModelsTest : public QObject {
  Q_OBJECT

 private slots:
  void picksAreTextsAndBack();
  void rivalsStandBehindTheirModel();
  void allRivalsAtOnce();
  void whatDoesNotExistIsToldAtOnce();
  void theMenuTicksAndTakesOut();
  void anEqualRivalIsTheModelWithAName();
  void filesAreAddedWithTheirRivals();
  void theNetworkOnTheScreenFollowsAndStays();
  void itIsRememberedWithoutTheFile();
  void deleteTakesOutWhatWasAdded();
};

void StudyModelsTest::picksAreTextsAndBack() {
  const auto file = std::make_shared<const model::Definition>(ownNetwork());
  for (const ModelPick& base :
       {ModelPick{}, ModelPick{.name = "syna-mlp-relu"}, ModelPick{.name = {}, .file = file, .rival = {}}}) {
    for (const Rival rival : allRivals()) {
      const auto again = pickOfText(textOfPick(base.with(rival)));
      QVERIFY(again && again->rival == rival && again->name == base.name);
      QCOMPARE(again->file == nullptr, base.file == nullptr);
      QVERIFY(!base.file || *again->file == *base.file);
    }
    QVERIFY(pickOfText(textOfPick(base)) && !pickOfText(textOfPick(base))->rival);
  }
  for (const char* wrong : {"syna-none", "syna-none:glu", "{\"format\": 1}", "syna-cnn:none"})
    QVERIFY2(!pickOfText(wrong), wrong);
}

void StudyModelsTest::rivalsStandBehindTheirModel() {
  ModelsBench b;
  QSignalSpy changed(&b.models, &StudyModels::changed);
  b.models.tick({"syna-cnn"});
  b.models.addRivals("syna-cnn", {Rival::GatedLinear});
  b.models.addRivals("syna-cnn", {Rival::DenseRelu});
  QCOMPARE(changed.count(), 2);
  QCOMPARE(b.models.ticked(), (QStringList{"syna-cnn", "syna-cnn:glu", "syna-cnn:dense-relu"}));
  QCOMPARE(b.nameOf("syna-cnn:glu"), std::string("glu-cnn"));
  QVERIFY(b.models.words("syna-cnn:glu").startsWith("glu-cnn"));
  QCOMPARE(b.words(), QString());
  // Trained as its model is.
  auto as_model = *b.models.settings("syna-cnn", "digits");
  const auto rival = *b.models.settings("syna-cnn:glu", "digits");
  as_model.model = rival.model, as_model.own = rival.own;
  QVERIFY(as_model == rival);
}

void StudyModelsTest::allRivalsAtOnce() {
  ModelsBench b;
  b.models.addRivals("syna-mlp-relu", allRivals());
  QCOMPARE(b.models.ticked().size(), static_cast<qsizetype>(allRivals().size()));
  QCOMPARE(b.words(), QString());
  for (const QString& pick : b.models.ticked()) QVERIFY(b.models.settings(pick, "digits").ok());
  b.models.addRivals("syna-mlp-relu", allRivals());
  QCOMPARE(b.models.ticked().size(), static_cast<qsizetype>(allRivals().size()));
}

void StudyModelsTest::whatDoesNotExistIsToldAtOnce() {
  ModelsBench b;
  b.models.addRivals("linear", {Rival::Dense});
  QCOMPARE(b.words(), QString("linear: has no synapse layer"));
  QVERIFY(b.models.ticked().isEmpty());
  // What exists is added beside the sentence about what does not.
  b.models.addRivals("syna-pixel", allRivals());
  QVERIFY2(b.words().startsWith("syna-pixel: has no linear layer before its synapse layer"),
           qPrintable(b.words()));
  QCOMPARE(b.models.ticked().size(), static_cast<qsizetype>(allRivals().size() - 1));
  b.models.addRivals("syna-cnn", {Rival::GatedLinear});
  QCOMPARE(b.words(), QString());
}

void StudyModelsTest::theMenuTicksAndTakesOut() {
  ModelsBench b;
  b.choose("syna-cnn");
  const auto action = [&](const QString& text) {
    for (QAction* one : b.menu()->actions())
      if (one->text() == text) return one;
    return static_cast<QAction*>(nullptr);
  };
  QVERIFY(!action("with a gated linear unit")->isChecked());
  action("with a gated linear unit")->trigger();
  QCOMPARE(b.models.ticked(), QStringList{"syna-cnn:glu"});
  QVERIFY(action("with a gated linear unit")->isChecked());
  action("with a gated linear unit")->trigger();
  QCOMPARE(b.models.ticked(), QStringList());
  action("&All rivals")->trigger();
  QVERIFY(action("with a linear layer")->isChecked());
  action("with a linear layer")->trigger();
  QVERIFY(!b.models.ticked().contains("dense-cnn"));
  QVERIFY(!action("with a linear layer")->isChecked());
}

void StudyModelsTest::anEqualRivalIsTheModelWithAName() {
  ModelsBench b;
  const int before = b.list()->count();
  b.models.addRivals("syna-cnn", {Rival::Dense, Rival::Identity});
  QCOMPARE(b.models.ticked(), (QStringList{"dense-cnn", "identity-cnn"}));
  QCOMPARE(b.list()->count(), before);
}

void StudyModelsTest::filesAreAddedWithTheirRivals() {
  ModelsBench b;
  const QString good = b.write("net.json", model::model_file_text(ownNetwork()));
  const QString wrong = b.write("wrong.json", "{}");
  b.models.addFiles({good, wrong});
  QVERIFY(b.models.busy());
  QTRY_VERIFY_WITH_TIMEOUT(!b.models.busy(), kWait);
  QVERIFY2(b.words().contains("wrong.json"), qPrintable(b.words()));
  QCOMPARE(b.models.ticked().size(), 1);
  const QString file = b.models.ticked().front();
  QCOMPARE(b.nameOf(file), std::string("my-net"));
  QCOMPARE(b.models.words(file), QString("My net"));
  b.models.addRivals(file, {Rival::DenseRelu});
  QCOMPARE(b.models.ticked(), (QStringList{file, file + ":dense-relu"}));
  QCOMPARE(b.nameOf(file + ":dense-relu"), std::string("my-net-dense-relu"));
  b.models.addFiles({good});
  QTRY_VERIFY_WITH_TIMEOUT(!b.models.busy(), kWait);
  QCOMPARE(b.models.ticked().size(), 2);
  // Changed, and added again.
  auto changed = ownNetwork();
  changed.title = "My other net";
  b.models.addFiles({b.write("net.json", model::model_file_text(changed))});
  QTRY_VERIFY_WITH_TIMEOUT(!b.models.busy(), kWait);
  QCOMPARE(b.models.ticked().size(), 2);
  QCOMPARE(b.models.words(b.models.ticked().front()), QString("My other net"));
}

void StudyModelsTest::theNetworkOnTheScreenFollowsAndStays() {
  ModelsBench b;
  const int before = b.list()->count();
  model::Definition own = ownNetwork();
  QVERIFY(b.models.setScreen(screenOf(own)));
  QVERIFY(!b.models.setScreen(screenOf(own)));
  QCOMPARE(b.list()->count(), before + 1);
  QCOMPARE(b.list()->item(0)->text(), QString("My net (on the screen)"));
  // As it is edited.
  b.models.tick({""});
  b.models.addRivals("", {Rival::DenseRelu});
  own.layers.erase(own.layers.begin() + 2);  // batch norm
  QVERIFY(b.models.setScreen(screenOf(own)));
  QCOMPARE(b.models.ticked(), (QStringList{"", ":dense-relu"}));
  QVERIFY(*b.models.settings("", "digits")->own.definition == own);
  // Another one takes its place.
  QVERIFY(b.models.setScreen(screenOf(ownNetwork("other"))));
  const QString text = QString::fromStdString(model::model_file_text(own));
  QCOMPARE(b.models.ticked(), (QStringList{text, text + ":dense-relu"}));
  QCOMPARE(b.nameOf(text + ":dense-relu"), std::string("my-net-dense-relu"));
  // One that nobody ticked goes.
  QVERIFY(b.models.setScreen(train::recommended_settings("syna-cnn", "digits")));
  QCOMPARE(b.list()->count(), before + 2);
}

void StudyModelsTest::itIsRememberedWithoutTheFile() {
  ModelsBench b;
  b.models.setScreen(screenOf(ownNetwork()));
  b.models.tick({"", ":glu", "syna-cnn"});
  const QStringList kept = b.models.remembered(b.models.ticked());
  ModelsBench other;
  other.models.tick(kept);
  QCOMPARE(other.models.ticked().size(), 3);
  QStringList again = other.models.remembered(other.models.ticked()), first = kept;
  again.sort(), first.sort();
  QCOMPARE(again, first);
  // Where it is on the screen again, it is that one.
  other.models.setScreen(screenOf(ownNetwork()));
  QVERIFY(other.models.ticked().contains("") && other.models.ticked().contains(":glu"));
  ModelsBench third;
  third.models.setScreen(screenOf(ownNetwork()));
  third.models.tick(kept);
  QVERIFY(third.models.ticked().contains(""));
}

void StudyModelsTest::deleteTakesOutWhatWasAdded() {
  ModelsBench b;
  b.models.addRivals("syna-cnn", {Rival::GatedLinear});
  b.choose("syna-cnn");
  QTest::keyClick(b.list(), Qt::Key_Delete);
  QVERIFY(b.words().contains("stay in the list"));
  b.choose("syna-cnn:glu");
  QTest::keyClick(b.list(), Qt::Key_Delete);
  QVERIFY(b.models.ticked().isEmpty());
  QCOMPARE(b.words(), QString());
}

}  // namespace synann::ui

SYNANN_WINDOW_TEST(synann::ui::StudyModelsTest)
#include "study_models_test.moc"
