// SPDX-License-Identifier: GPL-3.0-or-later
// The network beside others, and beside itself at other moments.
#include "ui/pages/digits/digits_beside.h"

#include <algorithm>

#include <QComboBox>
#include <QDir>
#include <QTest>

#include "engine/compute/confusion.h"
#include "engine/infer/recorded.h"
#include "engine/train/record.h"
#include "tests/test_main.h"
#include "tests/ui/pages/digits_bench.h"
#include "ui/pages/digits/digits_export.h"
#include "ui/pages/digits/digits_minus.h"

namespace synann::ui {

using testing::DigitsBench;
using testing::writeIdx;

class DigitsBesideTest : public QObject {
  Q_OBJECT

 private slots:
  void theStartIsSubtracted();
  void anotherRunIsSubtractedAtItsSteps();
  void accuracyFallsAsImagesTurn();
  void curvesOfOtherCheckpointsStandBeside();
  void networksAreNamedByWhatDiffers();
};

void DigitsBesideTest::theStartIsSubtracted() {
  const DigitsBench b;
  b.show();
  const auto plain = b.figure("confusion").figure();
  b.choose("digits.compare", 1);
  QTRY_VERIFY_WITH_TIMEOUT(b.page().answer()->before.has_value(), testing::kWait);
  const compute::Confusion start = infer::confusion(*b.page().answer()->before);
  const auto change = b.figure("confusion").figure();
  for (int t = 0; t < 10; ++t)
    for (int s = 0; s < 10; ++s)
      QCOMPARE(change->cell(t, s).toDouble(), plain->cell(t, s).toDouble() - start.at(t, s));
  b.choose("digits.compare", 0);
  QTRY_VERIFY_WITH_TIMEOUT(!b.page().answer()->before.has_value(), testing::kWait);
}

void DigitsBesideTest::anotherRunIsSubtractedAtItsSteps() {
  DigitsBench b;
  const std::filesystem::path first = b.run();
  b.settings.seed += 1;
  b.train();
  QVERIFY(b.run() != first);
  b.show();
  const auto plain = b.figure("confusion").figure();
  auto* const steps = b.find<QComboBox>("digits.compare-step");
  QVERIFY(!steps->isVisible());
  QVERIFY2(b.page().minus().chooseRun(first), "cannot choose the other run");
  QTRY_VERIFY_WITH_TIMEOUT(b.page().answer()->before.has_value() && !b.page().busy(), testing::kWait);
  QVERIFY(steps->isVisible());
  const auto record = train::RecordReader::open(first / train::kNetworkRecord);
  QCOMPARE(steps->count(), 2 + static_cast<int>(record->frames().size()));  // last, best
  const auto subtracted = [&] {
    const compute::Confusion& other = *b.page().answer()->counts_before;
    const auto change = b.figure("confusion").figure();
    for (int k = 0; k < 100; ++k)
      QCOMPARE(change->cell(k / 10, k % 10).toDouble(),
               plain->cell(k / 10, k % 10).toDouble() - other.at(k / 10, k % 10));
  };
  subtracted();
  // At its start, too.
  b.choose("digits.compare-step", 2);
  QTRY_VERIFY_WITH_TIMEOUT(b.page().answer()->before_when.contains("step 0") && !b.page().busy(),
                           testing::kWait);
  subtracted();
  const compute::Confusion start = *b.page().answer()->counts_before;
  infer::Asker asker;
  const auto at_start = infer::RecordedNetworks::open(first)->read(0);
  const auto said = asker.predict(*at_start, b.window->workspace().source().data()->test, {}, {});
  QCOMPARE(start.counts, infer::confusion(*said).counts);
  // The prompt subtracts the same, and the figure brings the comparison back.
  ViewOptions options;
  options.history = b.run().string();
  options.data = writeIdx(*b.window->workspace().source().data(), b.home.filePath("idx"));
  options.view = "confusion";
  options.minus_run = first.string();
  options.minus_step = 0;
  const auto shown = digitsViewFigure(options);
  QVERIFY2(shown.ok(), shown ? "" : shown.error().sentence().c_str());
  for (int k = 0; k < 100; ++k)
    QCOMPARE(shown->figure->cell(k / 10, k % 10), b.figure("confusion").figure()->cell(k / 10, k % 10));
  QCOMPARE(b.page().shownFigure()->view["minus_run"], shown->view["minus_run"]);
  QCOMPARE(b.page().shownFigure()->view["minus_step"], shown->view["minus_step"]);
  b.choose("digits.compare", 0);
  QTRY_VERIFY_WITH_TIMEOUT(!b.page().answer()->before.has_value(), testing::kWait);
  QVERIFY(!steps->isVisible());
  QVERIFY(b.page().restoreView(shown->view));
  QTRY_VERIFY_WITH_TIMEOUT(b.page().answer()->before_when.contains("step 0"), testing::kWait);
  // What is no run is told, and nothing changes.
  const auto none = b.page().minus().chooseRun(b.home.path().toStdString());
  QVERIFY(!none && none.error().sentence().find("is no folder of a run") != std::string::npos);
  QVERIFY(b.page().minus().ofRun());
}

void DigitsBesideTest::accuracyFallsAsImagesTurn() {
  const DigitsBench b;
  b.show();
  b.look("robustness");
  QTRY_VERIFY_WITH_TIMEOUT(b.figure("robustness").figure() != nullptr, testing::kWait);
  const auto curve = b.figure("robustness").figure();
  double upright = -1, turned = 101;
  for (int k = 0; k < curve->rowCount(); ++k) {
    if (curve->cell(k, 0).toDouble() == 0) upright = curve->cell(k, 1).toDouble();
    turned = std::min(turned, curve->cell(k, 1).toDouble());
  }
  QCOMPARE(upright, 100 * infer::score(b.page().answer()->now).accuracy());
  QVERIFY(turned < upright);
}

void DigitsBesideTest::curvesOfOtherCheckpointsStandBeside() {
  const DigitsBench b;
  b.show();
  const std::filesystem::path last = b.run() / train::kLastCheckpoint, best = b.run() / "copy.safetensors";
  std::filesystem::copy_file(last, best);
  QCOMPARE(b.page().claims(QString::fromStdString(last.string())), Page::Claim::None);
  b.look("robustness");
  QTRY_VERIFY_WITH_TIMEOUT(b.figure("robustness").figure() && !b.page().busy(), testing::kWait);
  const auto alone = b.figure("robustness").figure();
  // A drop is one more curve while the curves are seen, and a run elsewhere.
  QCOMPARE(b.page().claims(QString::fromStdString(last.string())), Page::Claim::WhileShown);
  QVERIFY(b.window->openDropped(QString::fromStdString(last.string())));
  QVERIFY(b.page().beside().add(QString::fromStdString(best.string())));
  QTRY_VERIFY_WITH_TIMEOUT(!b.page().busy() && b.figure("robustness").figure()->columnCount() == 4,
                           testing::kWait);
  const auto curves = b.figure("robustness").figure();
  for (int k = 0; k < curves->rowCount(); ++k)
    for (int c = 1; c < 4; ++c) QCOMPARE(curves->cell(k, c), alone->cell(k, 1));  // the same network thrice
  QCOMPARE(curves->columnName(2), QStringLiteral("last, %"));
  QCOMPARE(curves->columnName(3), QStringLiteral("copy, %"));
  // The same one again, and what is no checkpoint, are refused.
  const auto again = b.page().beside().add(QString::fromStdString(last.string()));
  QVERIFY(!again && again.error().sentence().find("has a curve already") != std::string::npos);
  QVERIFY(!b.page().beside().add(b.home.filePath("nothing.safetensors")));
  // The figure of the prompt is the same, and rebuilds the view.
  ViewOptions options;
  options.history = b.run().string();
  options.data = writeIdx(*b.window->workspace().source().data(), b.home.filePath("idx"));
  options.view = "robustness";
  options.files["--checkpoint"] = last.string() + "," + best.string();
  const auto shown = digitsViewFigure(options);
  QVERIFY2(shown.ok(), shown ? "" : shown.error().sentence().c_str());
  QCOMPARE(shown->figure->columnCount(), 4);
  b.page().beside().remove(0);
  QTRY_VERIFY_WITH_TIMEOUT(b.figure("robustness").figure()->columnCount() == 3, testing::kWait);
  QVERIFY(b.page().restoreView(shown->view));
  QCOMPARE(b.page().beside().networks().size(), std::size_t{2});
  options.files["--checkpoint"] = b.home.filePath("nothing.safetensors").toStdString();
  QVERIFY(!digitsViewFigure(options));
}

void DigitsBesideTest::networksAreNamedByWhatDiffers() {
  const auto of = [](const char* run, const char* what) {
    return OtherNetwork{.path = {}, .network = {}, .run = run, .what = what};
  };
  QCOMPARE(namesApart({of("a", "best"), of("b", "best")}), QStringList({"a", "b"}));
  QCOMPARE(namesApart({of("a", "best"), of("a", "last")}), QStringList({"best", "last"}));
  QCOMPARE(namesApart({of("a", "best"), of("a", "last"), of("b", "last")}),
           QStringList({"a, best", "a, last", "b, last"}));
  QCOMPARE(namesApart({of("a", "last"), of("a", "last")}), QStringList({"last", "last (2)"}));
}

}  // namespace synann::ui

SYNANN_WINDOW_TEST(synann::ui::DigitsBesideTest)
#include "digits_beside_test.moc"
