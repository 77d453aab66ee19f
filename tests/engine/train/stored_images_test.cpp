// SPDX-License-Identifier: GPL-3.0-or-later
// Training sets that stay in their file, and the large ones that are made of small ones.
#include <atomic>
#include <filesystem>
#include <fstream>
#include <thread>

#include <QTemporaryDir>
#include <QtTest>

#include "engine/compute/augmenter.h"
#include "engine/compute/distorted_set.h"
#include "engine/data/image_file.h"
#include "engine/data/registry.h"
#include "engine/train/checkpoint.h"
#include "tests/engine/train/session_fixtures.h"
#include "tests/test_main.h"

using namespace synann;
using namespace synann::train;
using namespace synann::testing;
namespace fs = std::filesystem;

namespace {

const std::atomic<bool> kGoOn{false};
constexpr int kImages = 9000;  // more than are at hand at once

// Opens with the images in the file or in memory, whatever their size.
Result<data::DataPairPtr> opened(const fs::path& folder, data::ImagePlace place) {
  data::keep_images(place);
  auto pair = data::open_dataset(folder.string());
  data::keep_images(data::ImagePlace::Auto);
  return pair;
}

}  // namespace

class StoredImagesTest : public QObject, private SessionRuns {
  Q_OBJECT

 private slots:
  void initTestCase();
  void init() { QVERIFY(renew()); }
  void distortedImagesAreThoseOfTheEpochs();
  void anInterruptedSetGoesOn();
  void anotherSetIsRefused();
  void theDigestAndTheImagesAreTheSame();
  void runsAreTheSame_data();
  void runsAreTheSame();
  void partsOfTheSetAreTheSame();
  void threadsMayAskWhileItTrains();
  void aFileThatShrinksIsAnError();
  void whatCannotStayIsReadIntoMemory();
  void theGpuIsRefusedInOneSentence();

 private:
  fs::path set() const { return fs::path(made_.path().toStdString()) / "set"; }
  Recorder trained(const data::DataPairPtr& data, const Settings& settings, const char* out,
                   const std::string& tier = "auto", int threads = 1) {
    Recorder seen;
    auto session = Session::create({.settings = settings,
                                    .execution = {.device = "cpu", .tier = tier, .threads = threads},
                                    .data = data,
                                    .folder = at(out)},
                                   seen);
    if (!session) qFatal("%s", session.error().sentence().c_str());
    const auto end = (*session)->run();
    if (!end) qFatal("%s", end.error().sentence().c_str());
    return seen;
  }
  static Settings short_run(const char* model) {
    Settings s = recommended_settings(model, "digits");
    s.epochs = 2;
    s.batch_size = 64;
    return s;
  }

  QTemporaryDir made_;
  data::DataPairPtr source_;
};

void StoredImagesTest::initTestCase() {
  source_ = tiny_digits(250, 60);
  QVERIFY(
      *compute::write_distorted_set(*source_, {.train = kImages, .threads = 2}, set(), kGoOn, [](int) {}));
}

void StoredImagesTest::distortedImagesAreThoseOfTheEpochs() {
  const auto pair = opened(set(), data::ImagePlace::Memory);
  QVERIFY2(pair.ok(), pair.ok() ? "" : pair.error().sentence().c_str());
  QCOMPARE((*pair)->train.count(), kImages);
  QVERIFY(!(*pair)->train.stored);
  QVERIFY((*pair)->test.pixels == source_->test.pixels && (*pair)->test.labels == source_->test.labels);
  const compute::DistortedSet usual;
  const compute::Augmenter augmenter(usual.augmentation, 28, 28);
  compute::Augmenter::Scratch scratch;
  std::vector<std::uint8_t> expected(784);
  for (const int k : {0, 249, 250, 1234, kImages - 1}) {
    augmenter.make(source_->train.image(k % 250).data(),
                   {.seed = usual.seed, .epoch = k / 250 + 1, .image = static_cast<std::uint32_t>(k % 250)},
                   expected.data(), scratch);
    const auto image = (*pair)->train.image(k);
    QVERIFY(std::equal(image.begin(), image.end(), expected.begin()));
    QCOMPARE((*pair)->train.labels[static_cast<std::size_t>(k)],
             source_->train.labels[static_cast<std::size_t>(k % 250)]);
  }
}

void StoredImagesTest::anInterruptedSetGoesOn() {
  std::atomic<bool> stop{false};
  const compute::DistortedSet what{.train = kImages, .threads = 1};
  const auto stopped =
      compute::write_distorted_set(*source_, what, at("set"), stop, [&](int written) { stop = written > 0; });
  QVERIFY(stopped.ok() && !*stopped);
  QVERIFY(!fs::exists(at("set") / "train-images-idx3-ubyte"));
  // A kill in the middle of an image.
  std::ofstream(at("set") / "train-images-idx3-ubyte.part", std::ios::app) << "torn";
  int first = 0;
  QVERIFY(*compute::write_distorted_set(*source_, what, at("set"), kGoOn, [&](int written) {
    if (first == 0) first = written;
  }));
  QVERIFY(first > 8192);
  for (const char* file : {"train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte"})
    QVERIFY(bytes_of(at("set") / file) == bytes_of(set() / file));
}

void StoredImagesTest::anotherSetIsRefused() {
  std::atomic<bool> stop{true};
  QVERIFY(compute::write_distorted_set(*source_, {.train = kImages}, at("set"), stop, [](int) {}).ok());
  const auto other =
      compute::write_distorted_set(*source_, {.seed = 2, .train = kImages}, at("set"), kGoOn, [](int) {});
  QVERIFY(!other.ok());
  QVERIFY(other.error().sentence().find("another set") != std::string::npos);
  const auto again = compute::write_distorted_set(*source_, {.train = kImages}, set(), kGoOn, [](int) {});
  QVERIFY(!again.ok());
  QVERIFY(again.error().sentence().find("exists already") != std::string::npos);
}

void StoredImagesTest::theDigestAndTheImagesAreTheSame() {
  const auto memory = opened(set(), data::ImagePlace::Memory), file = opened(set(), data::ImagePlace::File);
  QVERIFY(file.ok());
  QVERIFY((*file)->train.stored && (*file)->train.pixels.empty() && !(*file)->test.stored);
  QCOMPARE((*file)->sha256, (*memory)->sha256);
  for (const int k : {0, 17, kImages - 1}) {
    const auto a = (*file)->train.image(k), b = (*memory)->train.image(k);
    QVERIFY(std::equal(a.begin(), a.end(), b.begin(), b.end()));
  }
}

void StoredImagesTest::runsAreTheSame_data() {
  QTest::addColumn<QString>("model");
  QTest::addColumn<QString>("tier");
  QTest::addColumn<bool>("augmented");
  QTest::newRow("fused") << "syna-cnn"
                         << "fused" << false;
  QTest::newRow("fused, augmented") << "syna-cnn"
                                    << "fused" << true;
  QTest::newRow("eigen") << "linear"
                         << "eigen" << false;
  QTest::newRow("eigen, augmented") << "syna-pixel"
                                    << "eigen" << true;
  QTest::newRow("reference") << "linear"
                             << "reference" << false;
}

// To the bit: losses, measurements, checkpoint.
void StoredImagesTest::runsAreTheSame() {
  QFETCH(QString, model);
  QFETCH(QString, tier);
  QFETCH(bool, augmented);
  Settings settings = short_run(model.toLatin1().constData());
  if (augmented) settings.augment_rotation = 10;
  const auto memory = opened(set(), data::ImagePlace::Memory), file = opened(set(), data::ImagePlace::File);
  const Recorder a = trained(*memory, settings, "memory", tier.toStdString());
  const Recorder b = trained(*file, settings, "file", tier.toStdString(), 2);
  QCOMPARE(a.losses.size(), std::size_t{2 * ((kImages + 63) / 64)});
  QVERIFY(a.losses == b.losses);
  QCOMPARE(a.evaluations.back().test_loss, b.evaluations.back().test_loss);
  QVERIFY(bytes_of(at("memory") / kLastCheckpoint) == bytes_of(at("file") / kLastCheckpoint));
}

void StoredImagesTest::partsOfTheSetAreTheSame() {
  Settings settings = short_run("linear");
  settings.validation = 1000;
  settings.train_count = 5000;
  const auto memory = opened(set(), data::ImagePlace::Memory), file = opened(set(), data::ImagePlace::File);
  const Recorder a = trained(*memory, settings, "memory"), b = trained(*file, settings, "file");
  QVERIFY(a.losses == b.losses);
  QCOMPARE(b.evaluations.back().validation_count, 1000);
  QCOMPARE(a.evaluations.back().validation_loss, b.evaluations.back().validation_loss);
  QVERIFY(bytes_of(at("memory") / kLastCheckpoint) == bytes_of(at("file") / kLastCheckpoint));
}

void StoredImagesTest::threadsMayAskWhileItTrains() {
  const auto file = opened(set(), data::ImagePlace::File), memory = opened(set(), data::ImagePlace::Memory);
  std::atomic<bool> ended{false}, equal{true};
  std::thread asks([&] {
    for (int k = 0; !ended; k = (k + 101) % kImages) {
      const auto a = (*file)->train.image(k), b = (*memory)->train.image(k);
      if (!std::equal(a.begin(), a.end(), b.begin(), b.end())) equal = false;
    }
  });
  trained(*file, short_run("linear"), "file");
  ended = true;
  asks.join();
  QVERIFY(equal);
}

void StoredImagesTest::aFileThatShrinksIsAnError() {
  fs::copy(set(), at("copy"), fs::copy_options::recursive);
  const auto file = opened(at("copy"), data::ImagePlace::File);
  Recorder seen;
  auto session = Session::create(
      {.settings = short_run("linear"), .execution = {.threads = 1}, .data = *file, .folder = at("run")},
      seen);
  QVERIFY(session.ok());
  seen.after_evaluation = [&](const Evaluation& e) {
    if (e.epoch == 1) fs::resize_file(at("copy") / "train-images-idx3-ubyte", 784 * 1000);
  };
  const auto end = (*session)->run();
  QVERIFY(!end.ok());
  QCOMPARE(end.error().kind, ErrorKind::Failed);
  QVERIFY2(end.error().sentence().find("has become shorter") != std::string::npos,
           end.error().sentence().c_str());
  QVERIFY(fs::exists(at("run") / kLastCheckpoint));
}

void StoredImagesTest::whatCannotStayIsReadIntoMemory() {
  QVERIFY(data::write_idx_folder(*source_, at("packed"), false).ok());  // gzip
  const auto packed = opened(at("packed"), data::ImagePlace::File);
  QVERIFY(packed.ok() && !(*packed)->train.stored);
  QVERIFY(!data::ImageFile::open(at("nothing")));
  std::ofstream(at("short")) << std::string("\0\0\x08\x03\0\0\0\x02\0\0\0\x1c\0\0\0\x1c", 16) << "few";
  QVERIFY(!data::ImageFile::open(at("short")));
  QVERIFY(!data::ImageFile::open(at("packed")));  // a folder
}

void StoredImagesTest::theGpuIsRefusedInOneSentence() {
  const auto file = opened(set(), data::ImagePlace::File);
  Recorder seen;
  const auto session = Session::create(
      {.settings = short_run("linear"), .execution = {.device = "cuda"}, .data = *file}, seen);
  QVERIFY(!session.ok());
  QVERIFY2(session.error().sentence().find("stay in their file") != std::string::npos,
           session.error().sentence().c_str());
}

SYNANN_TEST(StoredImagesTest)
#include "stored_images_test.moc"
