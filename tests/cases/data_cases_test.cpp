// SPDX-License-Identifier: GPL-3.0-or-later
#include <QDir>
#include <QJsonArray>
#include <QTemporaryDir>

#include "engine/core/file.h"
#include "engine/data/gzip.h"
#include "engine/data/idx.h"
#include "engine/data/registry.h"
#include "tests/cases/program.h"
#include "tests/engine/data/sample_files.h"
#include "tests/test_main.h"

using namespace synann;
using data::Dataset;
using testing::shell;
using Bytes = std::vector<std::uint8_t>;

// Data sets as people have them: each layout, name and format opens and trains, or is refused with what to
// do.
class DataCasesTest : public QObject {
  Q_OBJECT
 private slots:
  void initTestCase();
  void openEqually_data();
  void openEqually();
  void packedFilesAreNamed_data();
  void packedFilesAreNamed();
  void filesThatDifferAreTold();
  void aSplitIsTold();
  void largeFilesAreRead();
  void lettersTrain();
  void qmnistTrains();
  void foldersOfImagesTrain();
  void aRunFindsItsData();
  void mnistAsItIsDownloaded();

 private:
  QString at(const QString& name) const { return home_.filePath(name); }
  void put(const QString& name, const Bytes& bytes) const {
    QDir().mkpath(QFileInfo(at(name)).path());
    QVERIFY2(write_file_atomically(at(name).toStdString(), bytes).ok(), qPrintable(name));
  }
  static Bytes images(const Dataset& set, bool turned = false);
  static Bytes labels(const Dataset& set, int more = 0);
  static Bytes label_rows(const Dataset& set);
  static Bytes csv(const Dataset& set, bool header, bool last);
  Bytes npz() const;
  // The four files; `name` has %1 for the set and %2 for what follows.
  void put_four(
      const QString& folder, const std::function<QString(bool test, bool labels)>& name,
      const std::function<Bytes(const Bytes&)>& packed = [](const Bytes& b) { return b; }) const;
  QJsonObject verified(const QString& place) const;
  // Trains an epoch or so and gives the evaluation.
  QJsonObject trained(const QString& place, const QString& out, int epochs) const;
  void check_confusion(const QJsonObject& evaluation, const QStringList& names) const;

  QTemporaryDir home_;
  data::DataPairPtr digits_;
};

Bytes DataCasesTest::images(const Dataset& set, bool turned) {
  Bytes pixels = set.pixels;
  const std::size_t side = 28, size = side * side;
  for (std::size_t k = 0; turned && k < pixels.size(); ++k)
    pixels[k] = set.pixels[k / size * size + (k % side) * side + k % size / side];
  const std::uint32_t shape[] = {static_cast<std::uint32_t>(set.count()), 28, 28};
  return data::format_idx(shape, pixels);
}

Bytes DataCasesTest::labels(const Dataset& set, int more) {
  Bytes numbers = set.labels;
  for (std::uint8_t& number : numbers) number = static_cast<std::uint8_t>(number + more);
  return data::test::label_file(numbers);
}

Bytes DataCasesTest::label_rows(const Dataset& set) {
  Bytes file{0, 0, 0x0c, 2};
  data::test::put_big(file, static_cast<std::uint64_t>(set.count()), 4);
  data::test::put_big(file, 8, 4);
  for (const std::uint8_t label : set.labels) {
    data::test::put_big(file, label, 4);
    for (int k = 0; k < 7; ++k) data::test::put_big(file, 3000u + static_cast<unsigned>(k), 4);
  }
  return file;
}

Bytes DataCasesTest::csv(const Dataset& set, bool header, bool last) {
  QByteArray text;
  const auto line = [&](const QByteArray& label, const QByteArrayList& pixels) {
    text += last ? pixels.join(',') + ',' + label : label + ',' + pixels.join(',');
    text += '\n';
  };
  QByteArrayList fields;
  for (int k = 0; k < 784; ++k) fields.append("pixel" + QByteArray::number(k));
  if (header) line("label", fields);
  for (int n = 0; n < set.count(); ++n) {
    const auto image = set.image(n);
    for (int k = 0; k < 784; ++k) fields[k] = QByteArray::number(image[static_cast<std::size_t>(k)]);
    line(QByteArray::number(set.labels[static_cast<std::size_t>(n)]), fields);
  }
  return {text.begin(), text.end()};
}

Bytes DataCasesTest::npz() const {
  const auto array = [](const Dataset& set, bool pixels) {
    const std::string count = std::to_string(set.count());
    return pixels ? data::test::npy_file("|u1", "(" + count + ", 28, 28)", set.pixels)
                  : data::test::npy_file("|u1", "(" + count + ",)", set.labels);
  };
  return data::test::zip_file({{"x_test.npy", array(digits_->test, true)},
                               {"x_train.npy", array(digits_->train, true)},
                               {"y_train.npy", array(digits_->train, false)},
                               {"y_test.npy", array(digits_->test, false)}});
}

void DataCasesTest::put_four(const QString& folder, const std::function<QString(bool, bool)>& name,
                             const std::function<Bytes(const Bytes&)>& packed) const {
  for (const bool test : {false, true}) {
    const Dataset& set = test ? digits_->test : digits_->train;
    put(folder + "/" + name(test, false), packed(images(set)));
    put(folder + "/" + name(test, true), packed(labels(set)));
  }
}

QJsonObject DataCasesTest::verified(const QString& place) const {
  const auto outcome = testing::synann({"data", "verify", place, "--json"});
  if (outcome.code != 0) qWarning("%s", qPrintable(outcome.err));
  return QJsonDocument::fromJson(outcome.out.toUtf8()).object();
}

namespace {

QString usual(bool test, bool labels) {
  return QString(test ? "t10k" : "train") + (labels ? "-labels-idx1-ubyte" : "-images-idx3-ubyte");
}

Bytes gzipped(const Bytes& bytes) {
  return *data::gzip(bytes);
}

// In two members, with zeros behind.
Bytes two_members(const Bytes& bytes) {
  const auto half = bytes.begin() + static_cast<std::ptrdiff_t>(bytes.size() / 2);
  Bytes file = gzipped({bytes.begin(), half});
  data::test::put(file, gzipped({half, bytes.end()}));
  file.resize(file.size() + 512);
  return file;
}

}  // namespace

void DataCasesTest::initTestCase() {
  QVERIFY(home_.isValid());
  const auto made = testing::synann({"data", "make", at("digits"), "--train", "1200", "--test", "300"});
  QVERIFY2(made.code == 0, qPrintable(made.err));
  const auto opened = data::open_dataset(at("digits").toStdString());
  QVERIFY(opened.ok());
  digits_ = *opened;
  put_four("torch/data/MNIST/raw", usual);
  put_four(
      "torch/data/MNIST/raw", [](bool t, bool l) { return usual(t, l) + ".gz"; }, gzipped);
  put_four("kaggle", [](bool t, bool l) { return usual(t, l) + "/" + usual(t, l); });
  put_four("kaggle both", [](bool t, bool l) { return usual(t, l) + "/" + usual(t, l); });
  put_four("kaggle both", [](bool t, bool l) { return usual(t, l).replace("-idx", ".idx"); });
  put_four("upper", [](bool t, bool l) { return usual(t, l).toUpper(); });
  put_four(
      "members", [](bool t, bool l) { return usual(t, l) + ".gz"; }, two_members);
  put_four("plain named gz", [](bool t, bool l) { return usual(t, l) + ".gz"; });
  put("keras/mnist.npz", npz());
  put("csv first/mnist_train.csv", csv(digits_->train, true, false));
  put("csv first/mnist_test.csv", csv(digits_->test, true, false));
  put("csv last/train.csv", csv(digits_->train, false, true));
  put("csv last/test.csv.gz", gzipped(csv(digits_->test, false, true)));
  for (const bool test : {false, true}) {
    const Dataset& set = test ? digits_->test : digits_->train;
    const QString name = test ? "test" : "train";
    put("emnist/emnist-digits-" + name + "-images-idx3-ubyte.gz", gzipped(images(set, true)));
    put("emnist/emnist-digits-" + name + "-labels-idx1-ubyte.gz", gzipped(labels(set)));
    put("emnist letters/emnist-letters-" + name + "-images-idx3-ubyte.gz", gzipped(images(set, true)));
    put("emnist letters/emnist-letters-" + name + "-labels-idx1-ubyte.gz", gzipped(labels(set, 1)));
    put("qmnist/qmnist-" + name + "-images-idx3-ubyte.gz", gzipped(images(set)));
    put("qmnist/qmnist-" + name + "-labels-idx2-int.gz", gzipped(label_rows(set)));
  }
}

void DataCasesTest::openEqually_data() {
  QTest::addColumn<QString>("place");
  for (const char* place : {"torch/data",
                            "torch/data/MNIST",
                            "torch/data/MNIST/raw",
                            "torch",
                            "torch/data/MNIST/raw/t10k-labels-idx1-ubyte.gz",
                            "kaggle",
                            "kaggle both",
                            "kaggle/train-images-idx3-ubyte/train-images-idx3-ubyte",
                            "upper",
                            "members",
                            "plain named gz",
                            "keras",
                            "keras/mnist.npz",
                            "csv first",
                            "csv first/mnist_train.csv",
                            "csv last",
                            "csv last/train.csv",
                            "emnist",
                            "emnist/emnist-digits-test-images-idx3-ubyte.gz",
                            "qmnist"})
    QTest::newRow(place) << QString(place);
}

void DataCasesTest::openEqually() {
  QFETCH(QString, place);
  const auto outcome = testing::synann({"data", "verify", at(place), "--json"});
  QVERIFY2(outcome.code == 0, qPrintable(outcome.err));
  const auto found = QJsonDocument::fromJson(outcome.out.toUtf8()).object();
  QCOMPARE(found["sha256"].toString().toStdString(), digits_->sha256);
  const bool turned = place.startsWith("emnist");
  QCOMPARE(outcome.err,
           turned ? QString("synann: EMNIST's images are stored transposed: they are turned.\n") : QString());
}

void DataCasesTest::packedFilesAreNamed_data() {
  QTest::addColumn<QString>("ending");
  QTest::addColumn<QByteArray>("start");
  QTest::addColumn<QString>("words");
  const auto row = [](const char* ending, const QByteArray& start, const char* words) {
    QTest::newRow(ending) << QString(ending) << start << QString(words);
  };
  row(".xz",
      QByteArray("\xfd"
                 "7zXZ\0",
                 6),
      "is packed with xz; unpack it: xz -dk ");
  row(".zst", "\x28\xb5\x2f\xfd", "is packed with zstd; unpack it: zstd -d ");
  row(".zip", "PK\x03\x04", "the NPZ archive cannot be read");
  row(".bz2", "BZh91AY", "is packed with bzip2; unpack it: bzip2 -dk ");
  row(".gz", "<!DOCTYPE html><html>", "is a web page");
}

void DataCasesTest::packedFilesAreNamed() {
  QFETCH(QString, ending);
  QFETCH(QByteArray, start);
  QFETCH(QString, words);
  const QString folder = "packed" + ending;
  put_four(folder, usual);
  QVERIFY(QFile::remove(at(folder + "/train-images-idx3-ubyte")));
  put(folder + "/train-images-idx3-ubyte" + ending, Bytes(start.begin(), start.end()));
  const auto refused = testing::synann({"data", "verify", at(folder)});
  QCOMPARE(refused.code, 2);
  QVERIFY2(refused.err.contains(at(folder + "/train-images-idx3-ubyte" + ending) + ": ") &&
               refused.err.contains(words),
           qPrintable(refused.err));
  QCOMPARE(refused.err.count('\n'), 1);
  QCOMPARE(testing::synann({"data", "verify", at("upper")}).code, 0);
}

void DataCasesTest::filesThatDifferAreTold() {
  put_four("differ", usual);
  Bytes other = images(digits_->train);
  other.back() ^= 1;
  put("differ/train-images-idx3-ubyte.gz", gzipped(other));
  const auto told = testing::synann({"data", "verify", at("differ")});
  QCOMPARE(told.code, 0);
  QCOMPARE(told.err, QString("synann: train-images-idx3-ubyte and train-images-idx3-ubyte.gz differ: "
                             "train-images-idx3-ubyte is used.\n"));
  QCOMPARE(verified(at("differ"))["sha256"].toString().toStdString(), digits_->sha256);
}

void DataCasesTest::aSplitIsTold() {
  put("kaggle csv/train.csv", csv(digits_->test, true, false));
  QByteArrayList names, pixels;
  for (int k = 0; k < 784; ++k) names.append("pixel" + QByteArray::number(k)), pixels.append("0");
  const QByteArray unlabelled = names.join(',') + '\n' + pixels.join(',') + '\n';
  put("kaggle csv/test.csv", Bytes(unlabelled.begin(), unlabelled.end()));
  put("kaggle csv/sample_submission.csv", data::test::bytes_of("ImageId,Label\n1,0\n"));
  const auto told = testing::synann({"data", "verify", at("kaggle csv")});
  QCOMPARE(told.code, 0);
  QCOMPARE(told.err,
           QString("synann: test.csv holds no labels and is left out.\n"
                   "synann: there is no labelled test part: the last sixth of the training part is it, 50 of "
                   "300 images.\n"));
  QVERIFY2(told.out.startsWith("kaggle csv: 250 training and 50 test images of 28 × 28 pixels, 10 classes\n"),
           qPrintable(told.out));
}

// As EMNIST's digits: more than the 64 MiB that once were the limit.
void DataCasesTest::largeFilesAreRead() {
  put_four(
      "large", [](bool t, bool l) { return usual(t, l) + ".gz"; }, gzipped);
  const std::uint32_t count = 100'000, shape[] = {count, 28, 28};
  put("large/train-images-idx3-ubyte.gz",
      gzipped(data::format_idx(shape, Bytes(std::size_t{count} * 784, 0))));
  put("large/train-labels-idx1-ubyte.gz", gzipped(data::test::label_file(Bytes(count, 1))));
  QCOMPARE(verified(at("large"))["train"].toInt(), 100'000);
  // A header that claims more than any machine has is refused at once.
  Bytes bomb = data::format_idx(shape, {});
  for (const std::size_t k : {4u, 9u, 13u}) bomb[k] = 0x0f;
  put("large/train-images-idx3-ubyte.gz", gzipped(bomb));
  const auto refused = testing::synann({"data", "verify", at("large")});
  QCOMPARE(refused.code, 2);
  QVERIFY2(refused.err.contains("does not fit the free memory"), qPrintable(refused.err));
  QDir(at("large")).removeRecursively();
}

QJsonObject DataCasesTest::trained(const QString& place, const QString& out, int epochs) const {
  const auto training = testing::synann({"train", "--data", at(place), "--epochs", QString::number(epochs),
                                         "--batch-size", "20", "--record", "0", "--out", at(out)});
  if (training.code != 0) qWarning("%s", qPrintable(training.err));
  const auto evaluation =
      testing::synann({"eval", "--checkpoint", at(out + "/last.safetensors"), "--data", at(place), "--json"});
  if (evaluation.code != 0) qWarning("%s", qPrintable(evaluation.err));
  return QJsonDocument::fromJson(evaluation.out.toUtf8()).object();
}

// Names, sums and the diagonal of the confusion are those of the evaluation.
void DataCasesTest::check_confusion(const QJsonObject& evaluation, const QStringList& names) const {
  QStringList found;
  for (const auto& name : evaluation["class_names"].toArray()) found.append(name.toString());
  QCOMPARE(found, names);
  const QJsonArray rows = evaluation["confusion"].toArray();
  QCOMPARE(rows.size(), names.size());
  int all = 0, right = 0;
  for (int truth = 0; truth < rows.size(); ++truth) {
    const QJsonArray row = rows[truth].toArray();
    QCOMPARE(row.size(), names.size());
    for (const auto& number : row) all += number.toInt();
    right += row[truth].toInt();
  }
  QCOMPARE(all, evaluation["count"].toInt());
  QCOMPARE(right, evaluation["correct"].toInt());
}

void DataCasesTest::lettersTrain() {
  const auto evaluation = trained("emnist letters", "letters run", 6);
  QStringList letters;
  for (char c = 'a'; c <= 'z'; ++c) letters.append(QString(QChar(c)));
  check_confusion(evaluation, letters);
  QVERIFY2(evaluation["accuracy"].toDouble() > 50,
           qPrintable(QString::number(evaluation["accuracy"].toDouble())));
  // The ten digits stand for a to j: nothing else is in the data.
  const QJsonArray rows = evaluation["confusion"].toArray();
  QVERIFY(rows[0].toArray()[0].toInt() > 0 && rows[9].toArray()[9].toInt() > 0);
  for (int k = 10; k < 26; ++k) QCOMPARE(rows[k].toArray()[k].toInt(), 0);
}

void DataCasesTest::qmnistTrains() {
  const auto evaluation = trained("qmnist", "qmnist run", 6);
  check_confusion(evaluation, {"0", "1", "2", "3", "4", "5", "6", "7", "8", "9"});
  QVERIFY2(evaluation["accuracy"].toDouble() > 50,
           qPrintable(QString::number(evaluation["accuracy"].toDouble())));
}

void DataCasesTest::foldersOfImagesTrain() {
  for (const bool test : {false, true}) {
    const Dataset& set = test ? digits_->test : digits_->train;
    for (int k = 0; k < set.count(); ++k) {
      if (set.labels[static_cast<std::size_t>(k)] > 2) continue;
      const char* names[] = {"zero", "one", "two"};
      const auto image = set.image(k);
      put(QString("png/%1/%2/%3.png")
              .arg(test ? "test" : "train", names[set.labels[static_cast<std::size_t>(k)]])
              .arg(k),
          data::test::png_file(28, 28, Bytes(image.begin(), image.end())));
    }
  }
  const auto evaluation = trained("png", "png run", 6);
  check_confusion(evaluation, {"one", "two", "zero"});
  QVERIFY2(evaluation["accuracy"].toDouble() > 50,
           qPrintable(QString::number(evaluation["accuracy"].toDouble())));
}

// A history remembers where the data lay, wherever one stands; and finds them where they were moved to.
void DataCasesTest::aRunFindsItsData() {
  QDir().mkpath(at("here"));
  put_four("here/data", usual);
  const auto begun =
      shell("cd '" + at("here") + "' && synann train --model linear --data data --epochs 1 --out run");
  QVERIFY2(begun.code == 0, qPrintable(begun.err));
  QCOMPARE(testing::events_of(at("here/run"), "start")[0]["data"].toString(), at("here/data"));
  const QString resume = "synann train --epochs %2 --resume '%1/run/last.safetensors'";
  const auto elsewhere = shell("cd / && " + resume.arg(at("here"), "2"));
  QVERIFY2(elsewhere.code == 0, qPrintable(elsewhere.err));
  QVERIFY2(!elsewhere.err.contains("no longer"), qPrintable(elsewhere.err));
  QVERIFY(QDir().rename(at("here"), at("moved")));
  const auto moved = shell("cd / && " + resume.arg(at("moved"), "3"));
  QVERIFY2(moved.code == 0, qPrintable(moved.err));
  QVERIFY2(moved.err.contains("the data of the run are found in " + at("moved/data")), qPrintable(moved.err));
  // Other data in their place are not taken for them.
  put("moved/data/train-labels-idx1-ubyte", labels(digits_->train, 1));
  const auto changed = shell("cd / && " + resume.arg(at("moved"), "4"));
  QCOMPARE(changed.code, 2);
  QVERIFY2(changed.err.contains("not what the run was trained on") && changed.err.contains("--data"),
           qPrintable(changed.err));
  QVERIFY(QDir(at("moved/data")).removeRecursively());
  const auto gone = shell("cd / && " + resume.arg(at("moved"), "4"));
  QCOMPARE(gone.code, 2);
  QVERIFY2(gone.err.contains("not there any more; name them with --data"), qPrintable(gone.err));
  const auto named = shell("cd / && " + resume.arg(at("moved"), "4") + " --data '" + at("upper") + "'");
  QVERIFY2(named.code == 0, qPrintable(named.err));
}

// torchvision's folder and Kaggle's, with MNIST itself: the same data, and the same run to the bit.
void DataCasesTest::mnistAsItIsDownloaded() {
  const QString mnist = qEnvironmentVariable("SYNANN_MNIST");
  if (mnist.isEmpty()) QSKIP("skipped: set SYNANN_MNIST to the MNIST folder");
  const auto original = data::open_dataset(mnist.toStdString());
  QVERIFY(original.ok());
  digits_ = *original;
  put_four("mnist/torch/MNIST/raw", usual);
  put_four(
      "mnist/torch/MNIST/raw", [](bool t, bool l) { return usual(t, l) + ".gz"; }, gzipped);
  put_four("mnist/kaggle", [](bool t, bool l) { return usual(t, l) + "/" + usual(t, l); });
  QByteArray first;
  for (const char* place : {"mnist/torch", "mnist/kaggle"}) {
    const QString out = QString(place) + " run";
    const auto evaluation = trained(place, out, 1);
    QVERIFY2(evaluation["accuracy"].toDouble() > 90,
             qPrintable(QString::number(evaluation["accuracy"].toDouble())));
    const QByteArray checkpoint = testing::bytes_of(at(out + "/last.safetensors"));
    if (first.isEmpty()) first = checkpoint;
    QVERIFY(checkpoint == first);
  }
}

SYNANN_TEST(DataCasesTest)
#include "data_cases_test.moc"
