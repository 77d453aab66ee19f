// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/train/checkpoint.h"
#include "tests/cases/state_dicts.h"
#include "tests/test_main.h"

using namespace synann;
using namespace synann::testing;

// State dicts that were misread, each as a person met it: of which network, with which settings and sizes.
class ImportCasesTest : public QObject, private StateDictFiles {
  Q_OBJECT
 private slots:
  void initTestCase();
  void aTwinIsNamedAndCanBeChosen();
  void anUnknownModelIsRefused();
  void settingsOfAnImportAreTheRuns();
  void aBareStateDictTakesOptionsAtResume();
  void theLastAccuracyIsTheCheckpoints();
  void sizesThatDoNotFitAreRefused();
  void otherSizesOfTheSameShapesFit();
  void aCheckpointBeginsANewRun();

 private:
  void make_images(const QString& folder, int rows, int columns) const;
};

void ImportCasesTest::make_images(const QString& folder, int rows, int columns) const {
  QDir().mkpath(at(folder));
  const auto file = [&](const QString& name, const QList<int>& head, const QByteArray& bytes) {
    QByteArray whole;
    for (const int number : head) {
      QByteArray big(4, 0);
      qToBigEndian(static_cast<quint32>(number), big.data());
      whole += big;
    }
    write(folder + "/" + name, whole + bytes);
  };
  for (const char* part : {"train", "t10k"}) {
    QByteArray pixels(20 * rows * columns, 0), labels(20, 0);
    for (int k = 0; k < pixels.size(); ++k) pixels[k] = static_cast<char>(k * 37 % 251);
    for (int k = 0; k < 20; ++k) labels[k] = static_cast<char>(k % 10);
    file(QString("%1-images-idx3-ubyte").arg(part), {0x803, 20, rows, columns}, pixels);
    file(QString("%1-labels-idx1-ubyte").arg(part), {0x801, 20}, labels);
  }
}

void ImportCasesTest::initTestCase() {
  QVERIFY(home_.isValid());
  QCOMPARE(testing::synann({"data", "make", at("d"), "--train", "400", "--test", "150"}).code, 0);
}

void ImportCasesTest::aTwinIsNamedAndCanBeChosen() {
  QCOMPARE(testing::synann({"train", "--model", "dense-pixel", "--data", at("d"), "--epochs", "4", "--record",
                            "0", "--out", at("dense")})
               .code,
           0);
  auto content =
      *io::parse_safetensors(*io::read_tensor_file(at("dense/last.safetensors").toStdString()), "c");
  content.metadata.clear();
  const QString file = write("dense.safetensors", content);
  const QString accuracy = eval(at("dense/last.safetensors"), at("d")).out;
  const QString line = "is read as the state dict of syna-pixel, and dense-pixel would fit as well";

  const auto silent = import(file);
  QVERIFY2(silent.code == 0 && silent.err.contains(line) && silent.err.count('\n') == 1,
           qPrintable(silent.err));
  QVERIFY(eval(at("i/last.safetensors"), at("d")).out != accuracy);
  const auto chosen = import(file, {"--model", "dense-pixel"});
  QVERIFY2(chosen.code == 0 && chosen.err.isEmpty(), qPrintable(chosen.err));
  QCOMPARE(eval(at("i/last.safetensors"), at("d")).out, accuracy);

  QVERIFY(eval(file, at("d")).err.contains(line));
  const auto measured = eval(file, at("d"), {"--model", "dense-pixel"});
  QCOMPARE(measured.out, accuracy);
  QVERIFY2(measured.err.isEmpty(), qPrintable(measured.err));

  const auto resumed =
      testing::synann({"train", "--resume", file, "--model", "dense-pixel", "--data", at("d"), "--epochs",
                       "1", "--record", "0", "--out", at("dense-on"), "--json"});
  QVERIFY2(resumed.code == 0, qPrintable(resumed.err));
  const auto before = events_of(at("dense-on"), "evaluation").value(0);
  QVERIFY2(accuracy.contains(QString("Accuracy: %1/150").arg(before["correct"].toInt())),
           qPrintable(accuracy));
}

void ImportCasesTest::anUnknownModelIsRefused() {
  const QString file = write("linear.safetensors", state_dict("linear"));
  const auto unknown = import(file, {"--model", "syna-xyz"});
  QCOMPARE(unknown.code, 2);
  QVERIFY2(unknown.err.contains("syna-xyz") && unknown.err.contains("syna-pixel"), qPrintable(unknown.err));
  COMPARE_REFUSAL(import(file, {"--model", "dense-mlp"}), file,
                  "tensor \"fc1.weight\" of dense-mlp is missing: expected F32 [300, 784]");
  QCOMPARE(import(file).code, 0);
  COMPARE_REFUSAL(eval(at("i/last.safetensors"), at("d"), {"--model", "syna-cnn"}), at("i/last.safetensors"),
                  "expected --model linear, found --model syna-cnn");
}

void ImportCasesTest::settingsOfAnImportAreTheRuns() {
  const QString file = write("cnn.safetensors", state_dict("syna-cnn"));
  QCOMPARE(
      import(file, {"--lr", "0.5", "--batch-size", "50", "--epochs", "2", "--beta", "sigmoid", "--synapse",
                    "batch-coupled", "--diagonal", "zero", "--seed", "9", "--optimizer", "adamw"})
          .code,
      0);
  const auto evaluated = eval(at("i/last.safetensors"), at("d"));
  const auto resumed = testing::synann({"train", "--resume", at("i/last.safetensors"), "--data", at("d"),
                                        "--lr", "0.001", "--no-watch-headroom"});
  QVERIFY2(resumed.code == 0, qPrintable(resumed.err));
  const auto start = history(at("i")).value(0);
  QCOMPARE(start["event"].toString(), QString("start"));
  QCOMPARE(start["lr"].toDouble(), 0.001);  // asked for now
  QCOMPARE(start["batch_size"].toInt(), 50);
  QCOMPARE(start["epochs"].toInt(), 2);
  QCOMPARE(start["seed"].toInt(), 9);
  QCOMPARE(start["beta"].toString(), QString("sigmoid"));
  QCOMPARE(start["synapse"].toString(), QString("batch-coupled"));
  QCOMPARE(start["diagonal"].toString(), QString("zero"));
  QCOMPARE(start["optimizer"].toString(), QString("adamw"));
  QCOMPARE(start["from_epoch"].toInt(), 1);
  const auto before = events_of(at("i"), "evaluation").value(0);
  QVERIFY(evaluated.out.contains(QString("Accuracy: %1/150").arg(before["correct"].toInt())));
}

void ImportCasesTest::aBareStateDictTakesOptionsAtResume() {
  const QString file = write("cnn.safetensors", state_dict("syna-cnn"));
  for (const char* option : {"--alpha", "--beta"}) {
    const bool alpha = QByteArray(option) == "--alpha";
    const auto resumed = testing::synann({"train", "--resume", file, "--data", at("d"), "--epochs", "1",
                                          "--out", at("bare"), option, alpha ? "exp" : "clamp"});
    if (alpha) {
      COMPARE_REFUSAL(resumed, file, "tensor \"fcn.alpha\" of syna-cnn is missing: expected F32 [64]");
    } else {
      QVERIFY2(resumed.code == 0, qPrintable(resumed.err));
      QCOMPARE(history(at("bare")).value(0)["beta"].toString(), QString("clamp"));
    }
  }
  auto trained = state_dict("syna-cnn");
  const std::vector<float> alpha(64, 0.25f);
  trained.tensors.push_back(io::make_tensor("fcn.alpha", {64}, std::span(alpha)));
  const QString with = write("alpha.safetensors", trained);
  COMPARE_REFUSAL(import(with), with, "import it with --alpha exp or --alpha softplus");
  QCOMPARE(import(with, {"--alpha", "exp"}).code, 0);
  QCOMPARE(eval(at("i/last.safetensors"), at("d")).code, 0);
}

// The log's accuracy was that of other options than the checkpoint's.
void ImportCasesTest::theLastAccuracyIsTheCheckpoints() {
  const QString file = write("pixel.safetensors", state_dict("syna-pixel"));
  QCOMPARE(import(file, {"--epochs", "2", "--beta", "sigmoid", "--alpha", "one"}).code, 0);
  const auto resumed = testing::synann({"train", "--resume", at("i/last.safetensors"), "--data", at("d")});
  QVERIFY2(resumed.code == 0, qPrintable(resumed.err));
  const QString last = eval(at("i/last.safetensors"), at("d")).out.trimmed();
  QVERIFY2(resumed.out.contains(last), qPrintable(resumed.out + last));
}

void ImportCasesTest::sizesThatDoNotFitAreRefused() {
  make_images("small", 20, 24);
  const QString file = write("pixel.safetensors", state_dict("syna-pixel"));
  const QString words =
      "tensor \"fcn.weight\" does not fit syna-pixel on images of 20 × 24 pixels and 10 classes: expected "
      "F32 "
      "[120, 120], found F32 [196, 196]";
  COMPARE_REFUSAL(eval(file, at("small")), file, words);
  COMPARE_REFUSAL(testing::synann({"train", "--resume", file, "--data", at("small"), "--out", at("s")}), file,
                  words);
  QVERIFY(!QDir(at("s")).exists());
  QCOMPARE(import(file).code, 0);
  const QString imported = at("i/last.safetensors");
  COMPARE_REFUSAL(eval(imported, at("small")), imported, words);
  COMPARE_REFUSAL(testing::synann({"train", "--resume", imported, "--data", at("small")}), imported, words);
  // Classes as well.
  auto seven = state_dict("linear");
  const std::vector<float> seven_zeros(7), zeros(7 * 784);
  tensor(seven, "fc2.bias") = io::make_tensor("fc2.bias", {7}, std::span(seven_zeros));
  tensor(seven, "fc2.weight") = io::make_tensor("fc2.weight", {7, 784}, std::span(zeros));
  const QString classes = write("seven.safetensors", seven);
  const auto imported_seven = import(classes);
  QVERIFY2(imported_seven.out.contains("28 × 28 pixels and 7 classes"), qPrintable(imported_seven.out));
  COMPARE_REFUSAL(eval(classes, at("d")), classes, "expected F32 [10, 784], found F32 [7, 784]");
}

// The means of 2 × 2 pixels are the same number of inputs.
void ImportCasesTest::otherSizesOfTheSameShapesFit() {
  make_images("odd", 29, 29);
  const QString file = write("pixel.safetensors", state_dict("syna-pixel"));
  QCOMPARE(import(file, {"--epochs", "1", "--batch-size", "10"}).code, 0);
  const auto bare = eval(file, at("odd")), imported = eval(at("i/last.safetensors"), at("odd"));
  QVERIFY2(bare.code == 0, qPrintable(bare.err));
  QCOMPARE(imported.out, bare.out);
  const auto resumed = testing::synann({"train", "--resume", at("i/last.safetensors"), "--data", at("odd")});
  QVERIFY2(resumed.code == 0, qPrintable(resumed.err));
  QCOMPARE(eval(at("i/last.safetensors"), at("odd")).code, 0);
}

void ImportCasesTest::aCheckpointBeginsANewRun() {
  QCOMPARE(
      testing::synann({"train", "--model", "linear", "--data", at("d"), "--epochs", "3", "--out", at("r")})
          .code,
      0);
  const auto imported = import(at("r/last.safetensors"), {"--epochs", "1", "--batch-size", "20"});
  QVERIFY2(imported.code == 0 && imported.err.contains("its weights begin a new run"),
           qPrintable(imported.err));
  QCOMPARE(eval(at("i/last.safetensors"), at("d")).out, eval(at("r/last.safetensors"), at("d")).out);
  const auto resumed = testing::synann({"train", "--resume", at("i/last.safetensors"), "--data", at("d")});
  QVERIFY2(resumed.code == 0, qPrintable(resumed.err));
  QCOMPARE(history(at("i")).value(0)["batch_size"].toInt(), 20);
  QCOMPARE(events_of(at("i"), "epoch").size(), 1);
}

SYNANN_TEST(ImportCasesTest)
#include "import_cases_test.moc"
