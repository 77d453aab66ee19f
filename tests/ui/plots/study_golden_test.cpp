// SPDX-License-Identifier: GPL-3.0-or-later
// The figure of a study, light and dark, in its three shapes; and its numbers, which are the engine's.
#include <cmath>

#include <QTest>

#include "golden_pictures.h"
#include "tests/test_main.h"
#include "ui/pages/study/study_figures.h"
#include "ui/plots/figure_view.h"
#include "ui/plots/groups_figure.h"

using namespace synann;
using namespace synann::ui;

namespace {

runs::StudyPlan drawnPlan() {
  runs::StudyPlan plan;
  plan.models = {train::recommended_settings("syna-pixel", "mnist"),
                 train::recommended_settings("linear", "mnist")};
  plan.variations = {{"lr", {0.004, 0.02}}};
  plan.seeds = 5;
  return plan;
}

// Four rows from five seeds, made up; one run failed.
std::vector<runs::StudyRow> drawnTable() {
  const double accuracies[4][5] = {{97.6, 97.7, 97.5, 97.8, 97.65},
                                   {96.9, 96.2, 97.3, 95.8, 0},
                                   {92.3, 92.4, 92.35, 92.2, 92.3},
                                   {93.0, 92.7, 92.9, 93.1, 92.8}};
  const auto plan = drawnPlan();
  const auto rows = runs::planned_rows(plan);
  std::vector<runs::StudyRun> made;
  for (std::size_t r = 0; r < rows.size(); ++r)
    for (std::size_t k = 0; k < 5; ++k) {
      runs::StudyRun run;
      run.settings = rows[r].settings;
      run.settings.seed = k + 1;
      run.accuracy = accuracies[r][k];
      run.test_loss = (100 - accuracies[r][k]) / 30;
      run.epochs = 10;
      if (run.accuracy == 0) run.failed = "the loss is not a number";
      made.push_back(std::move(run));
    }
  return runs::study_table(plan, made);
}

std::shared_ptr<const Figure> drawnFigure(StudyShape shape,
                                          StudyQuantity quantity = StudyQuantity::Accuracy) {
  StudyScene scene;
  scene.shape = shape;
  scene.quantity = quantity;
  return studyResultFigure(scene, drawnPlan(), drawnTable());
}

QImage drawnStudy(StudyShape shape, bool dark) {
  FigureView widget;
  widget.setPalette(test::paletteOf(dark));
  widget.setFigure(drawnFigure(shape));
  widget.resize(520, 320);
  return widget.grab().toImage();
}

}  // namespace

class StudyGoldenTest : public QObject {
  Q_OBJECT
 private slots:
  void studiesLookAsRecorded_data();
  void studiesLookAsRecorded();
  void theShapesDiffer();
  void theTableHasEverySeed();
  void aFailedRunSaysWhy();
  void pointsAreFoundWhereTheyAre();
  void intervalsAreSeenWhole();
  void whatIsPlannedIsDrawnToo();
  void theExpectedIsMarked();
  void studyScenesReadBack();
};

void StudyGoldenTest::studiesLookAsRecorded_data() {
  QTest::addColumn<StudyShape>("shape");
  QTest::addColumn<bool>("dark");
  const std::pair<const char*, StudyShape> shapes[] = {
      {"interval", StudyShape::Interval}, {"box", StudyShape::Box}, {"bar", StudyShape::Bar}};
  for (const auto& [name, shape] : shapes)
    for (const bool dark : {false, true})
      QTest::newRow(qPrintable(QString(name) + (dark ? "-dark" : "-light"))) << shape << dark;
}

void StudyGoldenTest::studiesLookAsRecorded() {
  QFETCH(StudyShape, shape);
  QFETCH(bool, dark);
  test::compareWithGolden(drawnStudy(shape, dark), QStringLiteral("study-") + QTest::currentDataTag());
}

void StudyGoldenTest::theShapesDiffer() {
  const QImage interval = test::shrunk(drawnStudy(StudyShape::Interval, false));
  for (const StudyShape other : {StudyShape::Box, StudyShape::Bar})
    QVERIFY(test::largestDifference(interval, test::shrunk(drawnStudy(other, false))) > test::kTolerance);
}

void StudyGoldenTest::theTableHasEverySeed() {
  const auto figure = drawnFigure(StudyShape::Interval),
             loss = drawnFigure(StudyShape::Box, StudyQuantity::TestLoss);
  const auto table = drawnTable();
  QCOMPARE(figure->rowCount(), 20);
  QCOMPARE(figure->cell(6, 0).toString(), QString("syna-pixel lr=0.02"));
  QCOMPARE(figure->cell(6, 1).toString(), QString("seed 2"));
  QCOMPARE(figure->cell(6, 2).toDouble(), 96.2);
  QCOMPARE(figure->cell(6, 3).toDouble(), table[1].accuracy);
  QCOMPARE(figure->cell(6, 4).toDouble(), table[1].accuracy_interval->from);
  QCOMPARE(figure->cell(6, 5).toDouble(), table[1].accuracy_interval->to);
  QCOMPARE(loss->cell(6, 2).toDouble(), table[1].made[1].test_loss);
}

void StudyGoldenTest::aFailedRunSaysWhy() {
  const auto figure = drawnFigure(StudyShape::Interval);
  QVERIFY(std::isnan(figure->cell(9, 2).toDouble()));
  QCOMPARE(figure->whyNoValue(9, 2), QString("the loss is not a number"));
  QCOMPARE(figure->pointText(9), QString("syna-pixel lr=0.02, seed 5: the loss is not a number"));
  QVERIFY(figure->pointText(0).startsWith("syna-pixel lr=0.004, seed 1: 97.6 %; mean 97.65 %, from "));
}

void StudyGoldenTest::pointsAreFoundWhereTheyAre() {
  const auto figure = drawnFigure(StudyShape::Interval);
  const QRectF area(0, 0, 520, 320);
  int found = 0;
  for (int y = 0; y < 320; y += 3)
    for (int x = 0; x < 520; x += 3)
      found += figure->pointAt({double(x), double(y)}, area, {}).has_value() ? 1 : 0;
  QVERIFY(found > 50);
  QVERIFY(!figure->pointAt({2, 2}, area, {}));
}

// The axis reaches as far as for a number at the end of the interval.
void StudyGoldenTest::intervalsAreSeenWhole() {
  const QRectF area(0, 0, 520, 320);
  const auto rightmost = [&](GroupsFigure::Shape shape, std::optional<double> to,
                             std::optional<double> more) {
    GroupsFigure::Group group;
    group.points.push_back({.name = "seed 1", .value = 91});
    if (more) group.points.push_back({.name = "seed 2", .value = *more});
    if (to) group.from = 0;
    group.to = to;
    GroupsFigure::Content content;
    content.groups.push_back(group);
    content.shape = shape;
    const GroupsFigure figure(std::move(content));
    int most = -1;
    for (int x = 0; x < 520; ++x)
      for (int y = 0; y < 320; ++y)
        if (figure.pointAt({double(x), double(y)}, area, {}) == 0) most = x;
    return most;
  };
  using enum GroupsFigure::Shape;
  QVERIFY(rightmost(Bar, {}, {}) > 0);
  QCOMPARE(rightmost(Bar, 130, {}), rightmost(Bar, {}, 130));
  QVERIFY(rightmost(Bar, 130, {}) < rightmost(Bar, {}, {}));
}

void StudyGoldenTest::whatIsPlannedIsDrawnToo() {
  const auto figure = studyResultFigure({}, drawnPlan(), {});
  QVERIFY(figure != nullptr);
  QCOMPARE(figure->pointCount(), 0);
  QVERIFY(studyResultFigure({}, {}, {}) == nullptr);
}

void StudyGoldenTest::theExpectedIsMarked() {
  auto plan = drawnPlan();
  plan.variations.clear();
  plan.ready = "pixel-test";
  plan.names = {"formula, free β", "none (logistic regression)"};
  const auto figure = std::dynamic_pointer_cast<const GroupsFigure>(studyResultFigure({}, plan, {}));
  QCOMPARE(figure->content().groups[0].expected.value_or(0), 97.7);
  QCOMPARE(figure->content().groups[1].expected.value_or(0), 92.3);
  QCOMPARE(figure->content().notes.size(), 1);
}

void StudyGoldenTest::studyScenesReadBack() {
  StudyScene scene;
  scene.shape = StudyShape::Box;
  scene.quantity = StudyQuantity::TestLoss;
  const QJsonObject json = toJson(scene, "some/where");
  QCOMPARE(json.value("program").toString(), QString("synann-studio"));  // else no figure's file opens again
  QVERIFY(studySceneFromJson(json).shape == StudyShape::Box);
  QVERIFY(studySceneFromJson(json).quantity == StudyQuantity::TestLoss);
  QVERIFY(studyFromJson(json) == std::filesystem::path("some/where"));
  QVERIFY(studySceneFromJson({{"shape", "round"}}).shape == StudyShape::Interval);
}

SYNANN_WINDOW_TEST(StudyGoldenTest)
#include "study_golden_test.moc"
