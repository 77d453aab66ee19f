// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/data/digits.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <set>
#include <string>

#include <QtTest>

#include "engine/data/digit_strokes.h"
#include "engine/data/linear_softmax.h"
#include "engine/data/registry.h"
#include "engine/std_strings.h"
#include "tests/test_main.h"

using namespace synann::data;

// The built-in digits are the same for everyone, balanced, look like MNIST's, and are not too easy.
class DigitsTest : public QObject {
  Q_OBJECT

 private slots:
  void areTheSameOnEveryMachine();
  void doNotDependOnTheThreads();
  void beginAlikeWhateverTheCount();
  void differBetweenSeeds();
  void holdNoImageTwice();
  void areBalanced();
  void haveInkLikeMnist();
  void areCentredLikeMnist();
  void haveSkeletonsInTheirBox();
  void mayBeNone();
  void areHardForALinearClassifier();

 private:
  Dataset train_ = make_digits(kDigitsTrainCount, kDigitsTrainSeed);
  Dataset test_ = make_digits(kDigitsTestCount, kDigitsTestSeed);
};

void DigitsTest::areTheSameOnEveryMachine() {
  const auto data = open_dataset("digits");
  QVERIFY(data.ok());
  QCOMPARE((*data)->name, std::string("Digits (built in)"));
  QCOMPARE((*data)->spec, std::string("digits"));
  QCOMPARE((*data)->train.count(), 20000);
  QCOMPARE((*data)->test.count(), 4000);
  // Changes only if the digits change: results and checkpoints are then no longer comparable, so the version
  // must say so.
  QCOMPARE((*data)->sha256, std::string("e1f33020460cd897b565bf42c6069d83088419d5fe59f319dadb5fd8ed7abd5f"));
}

void DigitsTest::doNotDependOnTheThreads() {
  const Dataset one = make_digits(1000, 7, 1);
  for (const int threads : {2, 3, 8}) {
    const Dataset many = make_digits(1000, 7, threads);
    QCOMPARE(many.labels, one.labels);
    QVERIFY(many.pixels == one.pixels);
  }
}

void DigitsTest::beginAlikeWhateverTheCount() {
  for (const int count : {1, 127, 128, 129, 1003}) {
    const Dataset part = make_digits(count, kDigitsTrainSeed);
    QCOMPARE(part.count(), count);
    QVERIFY(std::equal(part.labels.begin(), part.labels.end(), train_.labels.begin()));
    QVERIFY(std::equal(part.pixels.begin(), part.pixels.end(), train_.pixels.begin()));
  }
}

void DigitsTest::differBetweenSeeds() {
  const Dataset a = make_digits(100, 7), b = make_digits(100, 8);
  QVERIFY(a.labels != b.labels);
  for (int i = 0; i < 100; ++i) QVERIFY(!std::ranges::equal(a.image(i), b.image(i)));
}

void DigitsTest::holdNoImageTwice() {
  // Within and across training and test set, so that the test set tests.
  std::set<std::string> seen;
  for (const Dataset* set : {&train_, &test_}) {
    for (int i = 0; i < set->count(); ++i) seen.emplace(set->image(i).begin(), set->image(i).end());
  }
  QCOMPARE(seen.size(), std::size_t{24000});
}

void DigitsTest::areBalanced() {
  std::array<int, 10> histogram{};
  for (const std::uint8_t label : train_.labels) ++histogram[label];
  for (const int count : histogram) QCOMPARE(count, 2000);
  // Each ten in a row hold every digit once, in changing order.
  std::set<std::string> orders;
  for (std::size_t i = 0; i < train_.labels.size(); i += 10) {
    const auto begin = train_.labels.begin() + static_cast<std::ptrdiff_t>(i);
    orders.emplace(begin, begin + 10);
    QCOMPARE(std::set<std::uint8_t>(begin, begin + 10).size(), std::size_t{10});
  }
  QVERIFY(orders.size() > 1990);
}

void DigitsTest::haveInkLikeMnist() {
  double sum = 0, blank = 0;
  for (int i = 0; i < test_.count(); ++i) {
    const auto image = test_.image(i);
    int inked = 0;
    for (const std::uint8_t pixel : image) {
      sum += pixel;
      inked += pixel > 0;
    }
    blank += 784 - inked;
    QVERIFY2(inked >= 20 && inked <= 350,
             qPrintable(QString("image %1 has %2 inked pixels").arg(i).arg(inked)));
    QVERIFY(*std::max_element(image.begin(), image.end()) >= 128);
  }
  const double pixels = 784.0 * test_.count();
  const double mean = sum / pixels / 255.0;  // MNIST: 0.133
  QVERIFY2(mean > 0.10 && mean < 0.16, qPrintable(QString::number(mean)));
  QVERIFY2(blank / pixels > 0.75 && blank / pixels < 0.87,
           qPrintable(QString::number(blank / pixels)));  // 0.807
}

void DigitsTest::areCentredLikeMnist() {
  double sum_x = 0, sum_y = 0;
  for (int i = 0; i < test_.count(); ++i) {
    const auto image = test_.image(i);
    double mass = 0, x = 0, y = 0;
    int left = 28, right = -1, top = 28, bottom = -1;
    for (int row = 0; row < 28; ++row) {
      for (int column = 0; column < 28; ++column) {
        const int ink = image[static_cast<std::size_t>(row * 28 + column)];
        if (ink == 0) continue;
        mass += ink, x += ink * (column + 0.5), y += ink * (row + 0.5);
        left = std::min(left, column), right = std::max(right, column);
        top = std::min(top, row), bottom = std::max(bottom, row);
      }
    }
    const QString where = QString("image %1: centre %2, %3, box %4 to %5, %6 to %7")
                              .arg(i)
                              .arg(x / mass)
                              .arg(y / mass)
                              .arg(left)
                              .arg(right)
                              .arg(top)
                              .arg(bottom);
    // One pixel of play, and overlapping strokes that count once in the image but twice along the pen's path.
    QVERIFY2(std::abs(x / mass - 14) < 2.5 && std::abs(y / mass - 14) < 2.5, qPrintable(where));
    sum_x += x / mass, sum_y += y / mass;
    // The longer side fills 20 pixels, and its soft edges may touch one more on both sides.
    const int side = std::max(right - left, bottom - top) + 1;
    QVERIFY2(side >= 18 && side <= 22, qPrintable(where));
  }
  QVERIFY(std::abs(sum_x / test_.count() - 14) < 0.1);
  QVERIFY(std::abs(sum_y / test_.count() - 14) < 0.1);
}

void DigitsTest::haveSkeletonsInTheirBox() {
  for (int digit = 0; digit < 10; ++digit) {
    QVERIFY(digit_skeletons(digit).size() >= 3);
    for (const Skeleton& skeleton : digit_skeletons(digit)) {
      QVERIFY(!skeleton.empty());
      for (const Stroke& stroke : skeleton) {
        QVERIFY(stroke.size() >= 2);
        for (const StrokePoint& p : stroke) QVERIFY(p.x >= 0 && p.x <= 1 && p.y >= 0 && p.y <= 1);
      }
    }
  }
}

void DigitsTest::mayBeNone() {
  for (const int count : {0, -5}) {
    const Dataset none = make_digits(count, 1);
    QCOMPARE(none.count(), 0);
    QVERIFY(none.pixels.empty());
  }
}

void DigitsTest::areHardForALinearClassifier() {
  test::LinearSoftmax classifier;
  for (int epoch = 0; epoch < 10; ++epoch) classifier.train_epoch(train_, 0.01f, epoch);
  const double accuracy = classifier.accuracy(test_);
  QVERIFY2(accuracy > 80 && accuracy < 92, qPrintable(QString::number(accuracy)));
}

SYNANN_TEST(DigitsTest)
#include "digits_test.moc"
