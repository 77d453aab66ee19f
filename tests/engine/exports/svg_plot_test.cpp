// SPDX-License-Identifier: GPL-3.0-or-later
// Curves as SVG: well-formed whatever the numbers are, and no extreme is lost where there are many.
#include "engine/exports/report/svg_plot.h"

#include <cmath>
#include <limits>

#include <QTest>
#include <QXmlStreamReader>

#include "tests/test_main.h"

namespace synann::exports::report {

class SvgPlotTest : public QObject {
  Q_OBJECT

 private slots:
  void textsStayTexts();
  void isWellFormedWhateverTheNumbers();
  void keepsTheExtremesOfManyPoints();
  void ticksAreRound();
};

namespace {

bool well_formed(const std::string& svg) {
  QXmlStreamReader reader(QString::fromStdString(svg));
  while (!reader.atEnd()) reader.readNext();
  return !reader.hasError();
}

}  // namespace

void SvgPlotTest::textsStayTexts() {
  QCOMPARE(markup_text("a<b>&\"'\x01\xff"), std::string("a&lt;b&gt;&amp;&quot;&#39; \xef\xbf\xbd"));
  QCOMPARE(markup_text("βx ≥ 0"), std::string("βx ≥ 0"));
}

void SvgPlotTest::isWellFormedWhateverTheNumbers() {
  const double inf = std::numeric_limits<double>::infinity(), nan = std::nan("");
  const std::vector<std::vector<double>> all{
      {}, {1}, {0, 0, 0}, {nan, inf, -inf}, {-1, 2, 1e300}, {1e-300, 5e-324, 1}, {3, 3, 3}};
  for (const bool logarithmic : {false, true})
    for (const auto& y : all) {
      std::vector<double> x;
      for (std::size_t k = 0; k < y.size(); ++k) x.push_back(static_cast<double>(k));
      const std::string svg = svg_plot(
          {"<title>", "&x", "\"y\"", logarithmic, {{"one", x, y, false, 0}, {"µ</svg>", x, y, true, 9}}});
      QVERIFY(well_formed(svg));
      QVERIFY(svg.find("nan") == std::string::npos && svg.find("inf") == std::string::npos);
    }
}

void SvgPlotTest::keepsTheExtremesOfManyPoints() {
  PlotSeries series{.name = "s", .x = {}, .y = {}, .faint = false, .colour = 0};
  for (int k = 0; k < 200'000; ++k) {
    series.x.push_back(k);
    series.y.push_back(k == 123'456 ? 100 : std::sin(k));
  }
  const std::string svg = svg_plot({"t", "x", "y", false, {series}});
  QVERIFY(svg.size() < 40'000);
  // The peak stands 4 % of the range below the upper edge, which is at 34.
  const double range = 101 * 1.08, place = 34 + (316 - 34) * (0.04 * 101) / range;
  QVERIFY2(svg.find(QString::number(place, 'f', 1).prepend(' ').toStdString()) != std::string::npos,
           svg.c_str());
}

void SvgPlotTest::ticksAreRound() {
  const std::string svg = svg_plot({"t", "x", "y", true, {{"s", {0, 7}, {0.013, 2.4}, false, 0}}});
  for (const char* tick : {">0.02<", ">0.1<", ">1<", ">2<", ">4<"})
    QVERIFY2(svg.find(tick) != std::string::npos, tick);
}

}  // namespace synann::exports::report

SYNANN_TEST(synann::exports::report::SvgPlotTest)
#include "svg_plot_test.moc"
