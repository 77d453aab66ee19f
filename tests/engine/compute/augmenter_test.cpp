// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/compute/augmenter.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include <QFile>
#include <QTest>
#include <nlohmann/json.hpp>

#include "engine/data/digits.h"
#include "engine/io/safetensors.h"
#include "tests/engine/compute/augment_plain.h"
#include "tests/test_main.h"

using namespace synann;
using namespace synann::compute;

namespace {

// Noise of full contrast: an image on which every error of the geometry shows.
std::vector<std::uint8_t> noise_image(int rows, int columns, std::uint64_t seed) {
  std::vector<std::uint8_t> image;
  const auto stream = random_stream(seed, Purpose::Check);
  for (int k = 0; k < rows * columns; ++k)
    image.push_back(static_cast<std::uint8_t>(stream.word(static_cast<std::uint32_t>(k)) >> 24));
  return image;
}

std::vector<std::uint8_t> augmented(const Augmenter& augmenter, const std::vector<std::uint8_t>& image,
                                    const data::AugmentPlace& place) {
  std::vector<std::uint8_t> made(image.size());
  Augmenter::Scratch scratch;
  augmenter.make(image.data(), place, made.data(), scratch);
  return made;
}

// How far rounded values lie beyond the half that rounding takes, over full scale.
template <class Values>
double beyond_rounding(const std::vector<std::uint8_t>& made, const Values& expected) {
  double worst = 0;
  for (std::size_t k = 0; k < made.size(); ++k)
    worst = std::max(worst, std::abs(static_cast<double>(made[k]) - static_cast<double>(expected[k])) - 0.5);
  return worst / 255;
}

constexpr data::Augmentation kEverything{.rotation = 20,
                                         .zoom = 0.2,
                                         .shift = 0.1,
                                         .shear = 15,
                                         .elastic = 30,
                                         .elastic_sigma = 4,
                                         .erase = 0.5,
                                         .erase_min = 0.02,
                                         .erase_max = 0.33};

struct Size {
  int rows, columns;
};
constexpr Size kSizes[] = {{28, 28}, {1, 1}, {3, 70}, {33, 2}, {17, 31}, {64, 48}};

data::Augmentation read_augmentation(const nlohmann::json& j) {
  const auto value = [&j](const char* key, double otherwise) { return j.value(key, otherwise); };
  return {.rotation = value("rotation", 0),
          .zoom = value("zoom", 0),
          .shift = value("shift", 0),
          .shear = value("shear", 0),
          .elastic = value("elastic", 0),
          .elastic_sigma = value("elastic_sigma", 4),
          .erase = value("erase", 0),
          .erase_min = value("erase_min", 0.02),
          .erase_max = value("erase_max", 0.33)};
}

}  // namespace

// Augmented images against scipy's and against the plain formulas, and what they promise.
class AugmenterTest : public QObject {
  Q_OBJECT
 private slots:
  void makesScipysImages();
  void makesThePlainImages();
  void instructionSetsMakeTheSameBytes();
  void nothingAskedForIsTheImageItself();
  void knownMotionsMoveKnownPixels();
  void threadsAndCutsChangeNothing();
  void anElementIsTheSameWhateverElseIsOn();
  void drawsAreUniformAndIndependent();
  void rectanglesHaveTheirArea();
};

void AugmenterTest::makesScipysImages() {
  QFile file(SYNANN_SOURCE_DIR "/tests/engine/compute/augment_golden.safetensors");
  QVERIFY(file.open(QIODevice::ReadOnly));
  const QByteArray bytes = file.readAll();
  const auto golden = io::parse_safetensors(
      {reinterpret_cast<const std::uint8_t*>(bytes.data()), static_cast<std::size_t>(bytes.size())},
      "augment_golden");
  QVERIFY2(golden.ok(), golden ? "" : golden.error().sentence().c_str());
  const auto cases = nlohmann::json::parse(golden->metadata.at("cases"));
  QCOMPARE(cases.size(), std::size_t{10});
  for (std::size_t k = 0; k < cases.size(); ++k) {
    const auto& j = cases[k];
    const Augmenter augmenter(read_augmentation(j), j["rows"], j["columns"]);
    const auto* input = golden->find("input/" + std::to_string(k));
    const auto* expect = golden->find("expect/" + std::to_string(k));
    QVERIFY(input && expect);
    std::vector<std::uint8_t> image;
    for (const float pixel : input->to_float()) image.push_back(static_cast<std::uint8_t>(pixel));
    const auto made = augmented(augmenter, image, {j["seed"], j["epoch"], j["image"]});
    const double error = beyond_rounding(made, expect->to_float());
    QVERIFY2(error < 1e-4, qPrintable(QString("case %1: %2").arg(k).arg(error)));
  }
}

void AugmenterTest::makesThePlainImages() {
  for (const Size& size : kSizes) {
    const Augmenter augmenter(kEverything, size.rows, size.columns);
    const auto image = noise_image(size.rows, size.columns, 3);
    for (std::uint32_t k = 0; k < 6; ++k) {
      const data::AugmentPlace place{.seed = 11, .epoch = 2, .image = k};
      const auto made = augmented(augmenter, image, place);
      const auto plain = testing::plain_augmented(image, size.rows, size.columns, kEverything, place);
      const double error = beyond_rounding(made, plain);
      QVERIFY2(
          error < 1e-4,
          qPrintable(QString("%1 × %2, image %3: %4").arg(size.rows).arg(size.columns).arg(k).arg(error)));
    }
  }
}

void AugmenterTest::instructionSetsMakeTheSameBytes() {
  data::Augmentation affine = kEverything;
  affine.elastic = 0;
  for (const Size& size : kSizes) {
    for (const auto& augmentation : {kEverything, affine}) {
      const Augmenter baseline(augmentation, size.rows, size.columns, Isa::Baseline);
      for (const Isa isa : available_isas()) {
        const Augmenter other(augmentation, size.rows, size.columns, isa);
        for (std::uint32_t k = 0; k < 40; ++k) {
          const auto image = noise_image(size.rows, size.columns, k);
          const data::AugmentPlace place{.seed = 4, .epoch = 1, .image = k};
          QVERIFY(augmented(other, image, place) == augmented(baseline, image, place));
        }
      }
    }
  }
}

void AugmenterTest::nothingAskedForIsTheImageItself() {
  QVERIFY(!data::Augmentation{}.on());
  for (const Size& size : kSizes) {
    for (const Isa isa : available_isas()) {
      const auto image = noise_image(size.rows, size.columns, 8);
      const Augmenter augmenter({}, size.rows, size.columns, isa);
      QVERIFY(augmented(augmenter, image, {.seed = 1, .epoch = 1, .image = 1}) == image);
    }
  }
}

// The conventions: degrees turn the picture one way, a shift moves it up and to the left, a zoom above 1
// makes it smaller.
void AugmenterTest::knownMotionsMoveKnownPixels() {
  const auto row = [](const data::AffineMap& m, double r, double c) {
    return m.row[0] + m.row[1] * r + m.row[2] * c;
  };
  const auto column = [](const data::AffineMap& m, double r, double c) {
    return m.column[0] + m.column[1] * r + m.column[2] * c;
  };
  const auto near = [](double a, double b) { return std::abs(a - b) < 1e-12; };
  const auto turned = data::inverse_map({.rotation = 90}, 28, 28);
  QVERIFY(near(row(turned, 0, 0), 27) && near(column(turned, 0, 0), 0));
  const auto moved = data::inverse_map({.shift_rows = 3, .shift_columns = -2}, 28, 28);
  QVERIFY(near(row(moved, 5, 5), 8) && near(column(moved, 5, 5), 3));
  const auto smaller = data::inverse_map({.zoom_rows = 2, .zoom_columns = 1.5}, 29, 29);
  QVERIFY(near(row(smaller, 15, 14), 16) && near(column(smaller, 14, 16), 17));
  const auto leaning = data::inverse_map({.shear = 30}, 29, 29);
  QVERIFY(near(row(leaning, 14, 18), 12) && near(column(leaning, 14, 18), 14 + 4 * std::sqrt(0.75)));
}

void AugmenterTest::threadsAndCutsChangeNothing() {
  const auto set = data::make_digits(90, 5);
  std::vector<std::uint32_t> order(90);
  std::iota(order.rbegin(), order.rend(), 0u);
  BatchAugmenter one(1);
  const auto whole = one.make(set, order, kEverything, 5, 3);
  for (const int threads : {1, 2, 4}) {
    BatchAugmenter more(threads);
    for (const std::size_t cut : {1u, 7u, 90u}) {
      for (std::size_t first = 0; first < 90; first += cut) {
        const auto part = std::span(order).subspan(first, std::min(cut, 90 - first));
        const data::Dataset& made = more.make(set, part, kEverything, 5, 3);
        QVERIFY(std::equal(made.pixels.begin(), made.pixels.end(),
                           whole.pixels.begin() + static_cast<std::ptrdiff_t>(first * 784)));
        QVERIFY(std::equal(made.labels.begin(), made.labels.end(),
                           whole.labels.begin() + static_cast<std::ptrdiff_t>(first)));
      }
    }
  }
  const auto next = one.make(set, order, kEverything, 5, 4);
  QVERIFY(next.pixels != whole.pixels);
}

void AugmenterTest::anElementIsTheSameWhateverElseIsOn() {
  const data::AugmentPlace place{.seed = 3, .epoch = 2, .image = 77};
  const auto all = data::draw_augmentation(kEverything, place, 28, 28);
  const auto alone = data::draw_augmentation({.shear = 15}, place, 28, 28);
  QCOMPARE(alone.shear, all.shear);
  QCOMPARE(alone.rotation, 0.0);
  QCOMPARE(alone.zoom_rows, 1.0);
}

void AugmenterTest::drawsAreUniformAndIndependent() {
  constexpr int kCount = 20000;
  double sum[6] = {}, square[6] = {}, product = 0, least = 1, most = -1;
  int erased = 0;
  for (std::uint32_t k = 0; k < kCount; ++k) {
    const auto d = data::draw_augmentation(kEverything, {.seed = 5, .epoch = 1, .image = k}, 28, 28);
    const double u[6] = {d.rotation / 20,    (d.zoom_rows - 1) / 0.2, (d.zoom_columns - 1) / 0.2,
                         d.shift_rows / 2.8, d.shift_columns / 2.8,   d.shear / 15};
    for (int i = 0; i < 6; ++i) {
      sum[i] += u[i], square[i] += u[i] * u[i];
      least = std::min(least, u[i]), most = std::max(most, u[i]);
    }
    product += u[1] * u[2];
    erased += d.erased.rows > 0;
  }
  QVERIFY(least >= -1.0000001 && least < -0.999 && most <= 1 && most > 0.999);
  for (int i = 0; i < 6; ++i) {
    QVERIFY(std::abs(sum[i] / kCount) < 4 / std::sqrt(3.0 * kCount));  // four standard errors
    QVERIFY(std::abs(square[i] / kCount - 1.0 / 3) < 4 * std::sqrt(4.0 / 45 / kCount));
  }
  QVERIFY(std::abs(product / kCount) < 4.0 / 3 / std::sqrt(kCount));
  QVERIFY(std::abs(erased / double{kCount} - 0.5) < 4 * 0.5 / std::sqrt(kCount));
}

void AugmenterTest::rectanglesHaveTheirArea() {
  for (std::uint32_t k = 0; k < 2000; ++k) {
    const auto e = data::draw_augmentation({.erase = 1, .erase_min = 0.1, .erase_max = 0.2},
                                           {.seed = 5, .epoch = 1, .image = k}, 28, 28)
                       .erased;
    QVERIFY(e.rows > 0 && e.row >= 0 && e.column >= 0 && e.row + e.rows <= 28 && e.column + e.columns <= 28);
    const double area = e.rows * e.columns / 784.0;  // off by the rounding of the sides
    QVERIFY(area > 0.1 - 0.03 && area < 0.2 + 0.03);
  }
}

SYNANN_TEST(AugmenterTest)
#include "augmenter_test.moc"
