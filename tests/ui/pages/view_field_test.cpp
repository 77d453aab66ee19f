// SPDX-License-Identifier: GPL-3.0-or-later
// A field is told once: control, JSON, prompt and range agree for every field of every page.
#include "ui/pages/view_field.h"

#include <limits>
#include <set>

#include <QCheckBox>
#include <QComboBox>
#include <QJsonArray>
#include <QSignalSpy>
#include <QSpinBox>
#include <QTest>

#include "tests/test_main.h"
#include "ui/pages/field_controls.h"
#include "ui/pages/page_table.h"
#include "ui/pages/surface/surface_scene.h"
#include "ui/pages/synapses/synapse_view.h"

namespace synann::ui {

class ViewFieldTest : public QObject {
  Q_OBJECT

 private slots:
  void rowsMakeSense();
  void valuesComeBackFromJson();
  void nonsenseIsTheFallbackAndExcessTheEnd();
  void theDefaultSceneHasTheFallbacks();
  void controlsShowAndTell();
  void typedValuesAreTakenInOrder();
};

void ViewFieldTest::rowsMakeSense() {
  for (const PageInfo& page : pageTable()) {
    std::set<std::string> ids;
    for (const FieldInfo& info : page.fields) {
      QVERIFY2(ids.insert(info.id).second, info.id.c_str());
      QVERIFY2(info.option.empty() || info.option.starts_with("--"), info.id.c_str());
      QVERIFY2(!info.plain || (!info.label.isEmpty() && !info.help.isEmpty()), info.id.c_str());
      QCOMPARE(info.kind == FieldKind::Word, info.words.size() > 1);
      if (info.kind == FieldKind::Word) continue;
      QVERIFY2(info.least <= info.fallback && info.fallback <= info.most, info.id.c_str());
    }
    QCOMPARE(page.heading.empty(), page.fields.empty());
  }
}

void ViewFieldTest::valuesComeBackFromJson() {
  for (const PageInfo& page : pageTable())
    for (const FieldInfo& info : page.fields) {
      std::vector<double> values = {info.least, info.fallback, info.most};
      if (info.kind == FieldKind::Word) values = {0, static_cast<double>(info.words.size()) - 1};
      for (const double value : values) QCOMPARE(fromJson(info, toJson(info, value)), value);
    }
}

void ViewFieldTest::nonsenseIsTheFallbackAndExcessTheEnd() {
  for (const PageInfo& page : pageTable())
    for (const FieldInfo& info : page.fields) {
      QCOMPARE(fromJson(info, QJsonValue()), info.fallback);
      QCOMPARE(fromJson(info, QJsonArray()), info.fallback);
      QCOMPARE(fromJson(info, QStringLiteral("no such word")), info.fallback);
      if (info.kind != FieldKind::Whole && info.kind != FieldKind::Number) continue;
      QCOMPARE(fromJson(info, 1e300), info.most);
      QCOMPARE(fromJson(info, -1e300), info.least);
      QCOMPARE(fromJson(info, std::numeric_limits<double>::quiet_NaN()), info.fallback);
    }
}

template <class Scene>
void compareFallbacks(const FieldTable<Scene>& table, const std::set<std::string>& besides) {
  const Scene scene;
  for (const Field<Scene>& field : table)
    if (!besides.contains(field.info.id))
      QVERIFY2(field.get(scene) == field.info.fallback, field.info.id.c_str());
}

void ViewFieldTest::theDefaultSceneHasTheFallbacks() {
  // A file that does not say so follows no cell; the page does.
  compareFallbacks(surfaceFields(), {"follow"});
  compareFallbacks(synapseFields(), {});
}

void ViewFieldTest::controlsShowAndTell() {
  QWidget parent;
  FieldControls controls(QStringLiteral("test"), &parent);
  controls.make(surfaceFields());
  SurfaceScene scene;
  scene.shown = SurfaceShown::Flat;
  scene.share = 0.25;
  scene.cell.j = 12;
  scene.lines = true;
  QSignalSpy told(&controls, &FieldControls::changed);
  controls.show(surfaceFields(), scene);
  QCOMPARE(told.count(), 0);
  QCOMPARE(controls.widget<QComboBox>("function")->currentIndex(), 3);
  QCOMPARE(controls.widget<QDoubleSpinBox>("share")->value(), 25.0);  // percent
  QCOMPARE(controls.widget<QSpinBox>("synapse")->text(), QStringLiteral("j 12"));
  QVERIFY(controls.widget<QCheckBox>("lines")->isChecked());
  QCOMPARE(parent.findChild<QComboBox*>("test.function")->accessibleName(), QStringLiteral("Show"));
  controls.widget<QDoubleSpinBox>("share")->setValue(50);
  QCOMPARE(told.count(), 1);
  QCOMPARE(told.front().front().toString(), QStringLiteral("share"));
  controls.take(surfaceFields(), QStringLiteral("share"), scene);
  QCOMPARE(scene.share, 0.5);
  QCOMPARE(scene.cell.j, 12);  // and nothing else
}

void ViewFieldTest::typedValuesAreTakenInOrder() {
  SynapseView view;
  applyTyped(synapseFields(), {{"--classes", {3, 8}}, {"--lens", {2}}, {"--at", {0.1, 0.2}}}, view);
  QCOMPARE(view.query.class_a, 3);
  QCOMPARE(view.query.class_b, 8);
  QCOMPARE(view.query.lens, train::Lens::ClassMean);
  applyTyped(synapseFields(), {{"--classes", {5}}}, view);  // one counts for both
  QCOMPARE(view.query.class_a, 5);
  QCOMPARE(view.query.class_b, 5);
  QCOMPARE(view.query.lens, train::Lens::ClassMean);  // what was not typed stays
}

}  // namespace synann::ui

SYNANN_WINDOW_TEST(synann::ui::ViewFieldTest)
#include "view_field_test.moc"
