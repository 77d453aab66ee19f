// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/synapse/swap_field.h"

#include <algorithm>
#include <cmath>

#include <QTest>

#include "engine/synapse/closeness.h"
#include "tests/test_main.h"

using namespace synann::synapse;

namespace {

constexpr SwapQuantity kQuantities[] = {SwapQuantity::Forward,    SwapQuantity::Backward,
                                        SwapQuantity::Ratio,      SwapQuantity::LogRatio,
                                        SwapQuantity::Difference, SwapQuantity::Preference};

}  // namespace

// The swap equation over both inputs.
class SwapFieldTest : public QObject {
  Q_OBJECT
 private slots:
  void gridIsTheFunction();
  void sectionsAreTheFunction();
  void exchangeIsMirrored();
  void levelsRiseInsideTheRange();
};

void SwapFieldTest::gridIsTheFunction() {
  const Synapse s{1.3, 0.8};
  for (const SwapQuantity quantity : kQuantities) {
    const auto grid = sample_swap(quantity, s, {0.1, 0.9}, {0.2, 0.8}, 5, 4);
    QVERIFY(grid);
    QCOMPARE(grid->values.size(), 20U);
    for (std::size_t row = 0; row < 4; ++row)
      for (std::size_t column = 0; column < 5; ++column)
        QCOMPARE(grid->at(row, column), swap_quantity(quantity, s, grid->x_at(column), grid->y_at(row)));
  }
  QVERIFY(!sample_swap(SwapQuantity::Ratio, s, {0, 1}, {0, 1}, 1, 4));
  const Swap all = swap(s, 0.6, 0.3);
  QCOMPARE(swap_quantity(SwapQuantity::Forward, s, 0.6, 0.3), all.forward);
  QCOMPARE(swap_quantity(SwapQuantity::Backward, s, 0.6, 0.3), all.backward);
  QCOMPARE(swap_quantity(SwapQuantity::Ratio, s, 0.6, 0.3), all.ratio);
  QCOMPARE(swap_quantity(SwapQuantity::LogRatio, s, 0.6, 0.3), all.log_ratio);
  QCOMPARE(swap_quantity(SwapQuantity::Difference, s, 0.6, 0.3), all.difference);
  QCOMPARE(swap_quantity(SwapQuantity::Preference, s, 0.6, 0.3), all.preference);
}

void SwapFieldTest::sectionsAreTheFunction() {
  const Synapse s{1, 0.9};
  const auto along_x = sample_swap_section(SwapQuantity::LogRatio, s, Along::X, 0.3, {0.1, 0.9}, 9);
  const auto along_y = sample_swap_section(SwapQuantity::LogRatio, s, Along::Y, 0.3, {0.1, 0.9}, 9);
  QVERIFY(along_x && along_y);
  for (std::size_t k = 0; k < 9; ++k) {
    QCOMPARE(along_x->values[k], swap(s, along_x->at[k], 0.3).log_ratio);
    VERIFY_CLOSE(along_y->values[k], -along_x->values[k], 1e-12);
  }
}

// Exchanging x and y inverts the ratio and exchanges S(x, y) and S(y, x).
void SwapFieldTest::exchangeIsMirrored() {
  const Synapse s{0.7, 0.6};
  const auto forward = sample_swap(SwapQuantity::Forward, s, {0, 1}, {0, 1}, 7, 7);
  const auto backward = sample_swap(SwapQuantity::Backward, s, {0, 1}, {0, 1}, 7, 7);
  const auto preference = sample_swap(SwapQuantity::Preference, s, {0.1, 1}, {0.1, 1}, 7, 7);
  for (std::size_t row = 0; row < 7; ++row)
    for (std::size_t column = 0; column < 7; ++column) {
      QCOMPARE(forward->at(row, column), backward->at(column, row));
      VERIFY_CLOSE(preference->at(row, column) + preference->at(column, row), 1.0, 1e-14);
    }
}

void SwapFieldTest::levelsRiseInsideTheRange() {
  for (const double alpha : {1.0, 0.003, -20.0, 1e5})
    for (const SwapQuantity quantity : kQuantities) {
      const auto grid = sample_swap(quantity, {alpha, 0.8}, {0, 1}, {0, 1}, 21, 21);
      const auto levels = swap_levels(quantity, *grid);
      QVERIFY(levels.size() >= 4 && levels.size() <= 11);
      QVERIFY(std::ranges::is_sorted(levels));
      const Range range = swap_range(quantity, *grid);
      QVERIFY(range.to > range.from);
      if (quantity == SwapQuantity::Forward)
        QVERIFY(levels.front() >= range.from && levels.back() <= range.to);
    }
  // α = 0: a field without a range still has one for its colours.
  const auto flat = sample_swap(SwapQuantity::Forward, {0, 0.5}, {0, 1}, {0, 1}, 3, 3);
  QVERIFY(swap_range(SwapQuantity::Forward, *flat).to > swap_range(SwapQuantity::Forward, *flat).from);
}

SYNANN_PLAIN_TEST(SwapFieldTest)
#include "swap_field_test.moc"
