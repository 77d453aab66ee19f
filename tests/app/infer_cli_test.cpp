// SPDX-License-Identifier: GPL-3.0-or-later
#include <cmath>

#include <QDir>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTemporaryDir>
#include <QTest>

#include "engine/data/registry.h"
#include "engine/io/safetensors.h"
#include "engine/model/state.h"
#include "tests/app/command.h"
#include "tests/test_main.h"

using namespace synann;
using synann::testing::Outcome;
using synann::testing::run_synann;

namespace {

QJsonObject answer_of(const QString& line) {
  return QJsonDocument::fromJson(line.toUtf8()).object();
}

void write_bytes(const QString& path, std::span<const std::uint8_t> bytes) {
  QFile file(path);
  if (!file.open(QIODevice::WriteOnly) ||
      file.write(reinterpret_cast<const char*>(bytes.data()), static_cast<qint64>(bytes.size())) < 0)
    qFatal("cannot write %s", qPrintable(path));
}

std::vector<std::uint8_t> content_of(const QString& path) {
  QFile file(path);
  if (!file.open(QIODevice::ReadOnly)) return {};
  const QByteArray bytes = file.readAll();
  return {bytes.begin(), bytes.end()};
}

}  // namespace

// `synann predict`, `ablate` and `eval --json`: a network is asked at the prompt.
class InferCliTest : public QObject {
  Q_OBJECT

 private slots:
  void initTestCase();
  void predictionsAreTheEvaluations();
  void predictionsAreForPeopleToo();
  void theCheckpointKnowsTheNames();
  void predictNormalises();
  void goldenClassesArePyTorchs();
  void evalTellsTheConfusion();
  void evalTakesAnEnsemble();
  void ablatedRowIsTheEditedStateDict();
  void rankingIsMeasured();
  void whatBrokeARunIsNamed();
  void whatIsWrongIsOneSentence_data();
  void whatIsWrongIsOneSentence();

 private:
  QString at(const QString& name) const { return folder_.filePath(name); }
  QString checkpoint() const { return at("run/last.safetensors"); }
  // The n-th test image as an argument.
  QString image(int n) const { return QString("%1/t10k-images-idx3-ubyte.gz#%2").arg(data_).arg(n); }

  QTemporaryDir folder_;
  QString data_;
};

void InferCliTest::initTestCase() {
  data_ = at("tiny");
  QCOMPARE(run_synann({"data", "make", data_, "--train", "600", "--test", "200", "--seed", "9"}).code, 0);
  const Outcome run = run_synann(
      {"train", "--data", data_, "--epochs", "3", "--batch-size", "20", "--lr", "0.05", "--out", at("run")});
  QVERIFY2(run.code == 0, qPrintable(run.err));
}

void InferCliTest::predictionsAreTheEvaluations() {
  QStringList arguments{"predict", "--json", "--normalise", "none", "--checkpoint", checkpoint()};
  for (int k = 0; k < 200; ++k) arguments << image(k);
  const Outcome said = run_synann(arguments);
  QVERIFY2(said.code == 0, qPrintable(said.err));
  const auto data = data::open_dataset(data_.toStdString());
  const QStringList lines = said.out.split('\n', Qt::SkipEmptyParts);
  QCOMPARE(lines.size(), 200);
  int correct = 0;
  for (int k = 0; k < 200; ++k) {
    const QJsonObject line = answer_of(lines[k]);
    QCOMPARE(line["file"].toString(), image(k));
    const int found = line["class"].toInt();
    QCOMPARE(line["label"].toString(), QString::number(found));
    const QJsonArray probabilities = line["probabilities"].toArray();
    double sum = 0, most = 0;
    for (const auto p : probabilities) {
      sum += p.toDouble();
      most = std::max(most, p.toDouble());
    }
    QCOMPARE(probabilities.size(), 10);
    QVERIFY(std::abs(sum - 1) < 1e-5);
    QCOMPARE(line["probability"].toDouble(), most);
    QCOMPARE(probabilities[found].toDouble(), most);
    correct += found == (*data)->test.labels[static_cast<std::size_t>(k)] ? 1 : 0;
  }
  const auto measured =
      answer_of(run_synann({"eval", "--json", "--checkpoint", checkpoint(), "--data", data_}).out);
  QCOMPARE(correct, measured["correct"].toInt());
  QVERIFY(correct > 100);
}

void InferCliTest::predictionsAreForPeopleToo() {
  const Outcome said = run_synann({"predict", "--normalise", "none", "--checkpoint", checkpoint(), image(3)});
  QCOMPARE(said.code, 0);
  QVERIFY2(QRegularExpression("^.*#3: \\d \\(\\d+\\.\\d\\d %\\)\n$").match(said.out).hasMatch(),
           qPrintable(said.out));
}

// Of classes that have names; the data are not asked for again, and others may be named.
void InferCliTest::theCheckpointKnowsTheNames() {
  const QString fashion = at("fashion-mnist");
  QCOMPARE(run_synann({"data", "make", fashion, "--train", "200", "--test", "50", "--seed", "9"}).code, 0);
  const Outcome run =
      run_synann({"train", "--data", fashion, "--epochs", "1", "--batch-size", "20", "--out", at("named")});
  QVERIFY2(run.code == 0, qPrintable(run.err));
  const auto names = (*data::open_dataset(fashion.toStdString()))->class_names;
  QCOMPARE(names[9], std::string("Ankle boot"));
  QVERIFY(QDir(fashion).removeRecursively());
  const auto label = [&](const QStringList& more) {
    const Outcome said = run_synann(QStringList{"predict", "--json", "--normalise", "none", "--checkpoint",
                                                at("named/last.safetensors"), image(3)} +
                                    more);
    return answer_of(said.out);
  };
  const QJsonObject line = label({});
  QCOMPARE(line["label"].toString().toStdString(), names[static_cast<std::size_t>(line["class"].toInt())]);
  QCOMPARE(label({"--data", data_})["label"].toString(), QString::number(line["class"].toInt()));
}

// A digit as MNIST has it is what it was, also where its picture was doubled and inverted.
void InferCliTest::predictNormalises() {
  const auto folder = qgetenv("SYNANN_MNIST");
  if (folder.isEmpty()) QSKIP("skipped: set SYNANN_MNIST to the folder of MNIST");
  const QString mnist = QString::fromUtf8(folder) + "/t10k-images-idx3-ubyte.gz#17";
  const auto data = *data::open_dataset(folder.toStdString());
  const auto pixels = data->test.image(17);
  std::vector<std::uint8_t> pgm, large;
  for (int r = 0; r < 56; ++r)
    for (int c = 0; c < 56; ++c)
      large.push_back(static_cast<std::uint8_t>(255 - pixels[static_cast<std::size_t>(r / 2 * 28 + c / 2)]));
  // An IDX file of one image needs no index.
  std::vector<std::uint8_t> idx{0, 0, 8, 3, 0, 0, 0, 1, 0, 0, 0, 56, 0, 0, 0, 56};
  idx.insert(idx.end(), large.begin(), large.end());
  write_bytes(at("seventeen.idx"), idx);
  const auto line = [&](const QString& normalise, const QString& file) {
    const Outcome said =
        run_synann({"predict", "--json", "--normalise", normalise, "--checkpoint", checkpoint(), file});
    return answer_of(said.out)["probabilities"].toArray();
  };
  const QJsonArray as_it_is = line("none", mnist);
  QCOMPARE(as_it_is.size(), 10);
  QCOMPARE(line("mnist", mnist), as_it_is);
  QCOMPARE(line("mnist", at("seventeen.idx")), as_it_is);
}

void InferCliTest::goldenClassesArePyTorchs() {
  const QString folder = qEnvironmentVariable("SYNANN_GOLDEN"), mnist = qEnvironmentVariable("SYNANN_MNIST");
  if (folder.isEmpty() || mnist.isEmpty()) QSKIP("skipped: set SYNANN_GOLDEN and SYNANN_MNIST");
  const QString file = folder + "/syna-cnn-per-sample.safetensors";
  const auto golden = io::parse_safetensors(content_of(file), file.toStdString());
  QVERIFY(golden.ok());
  // Its parameters as PyTorch would save them.
  const auto model = *model::build("syna-cnn", 28, 28, 10);
  io::SafeTensors state_dict;
  for (const Parameter& p : model.parameters.all()) {
    const io::Tensor* t = golden->find("param/" + p.name);
    QVERIFY(t != nullptr);
    state_dict.tensors.push_back({p.name, t->type, p.shape, t->bytes});
  }
  write_bytes(at("golden.safetensors"), io::format_safetensors(state_dict));
  QStringList arguments{"predict", "--json", "--normalise", "none", "--checkpoint", at("golden.safetensors")};
  for (int k = 0; k < 100; ++k) arguments << mnist + QString("/train-images-idx3-ubyte.gz#%1").arg(k);
  const Outcome said = run_synann(arguments);
  QVERIFY2(said.code == 0, qPrintable(said.err));
  const auto expected = golden->find("expect/eval_log_probs")->to_double();
  const QStringList lines = said.out.split('\n', Qt::SkipEmptyParts);
  for (int k = 0; k < 100; ++k) {
    const auto row = expected.begin() + 10 * k;
    const auto best = std::max_element(row, row + 10);
    const QJsonObject line = answer_of(lines[k]);
    QCOMPARE(line["class"].toInt(), static_cast<int>(best - row));
    QVERIFY(std::abs(std::log(line["probability"].toDouble()) - *best) < 1e-4);
  }
}

void InferCliTest::evalTellsTheConfusion() {
  const auto e = answer_of(run_synann({"eval", "--json", "--checkpoint", checkpoint(), "--data", data_}).out);
  const QJsonArray rows = e["confusion"].toArray();
  int all = 0, right = 0;
  for (int truth = 0; truth < 10; ++truth) {
    int row = 0, column = 0;
    for (int k = 0; k < 10; ++k) {
      row += rows[truth].toArray()[k].toInt();
      column += rows[k].toArray()[truth].toInt();
    }
    const int hit = rows[truth].toArray()[truth].toInt();
    all += row, right += hit;
    const double precision = column > 0 ? static_cast<double>(hit) / column : 0,
                 recall = row > 0 ? static_cast<double>(hit) / row : 0;
    QCOMPARE(e["precision"].toArray()[truth].toDouble(), precision);
    QCOMPARE(e["recall"].toArray()[truth].toDouble(), recall);
    QCOMPARE(e["f1"].toArray()[truth].toDouble(),
             precision + recall > 0 ? 2 * precision * recall / (precision + recall) : 0.0);
  }
  QCOMPARE(all, 200);
  QCOMPARE(right, e["correct"].toInt());
}

void InferCliTest::evalTakesAnEnsemble() {
  auto content = io::parse_safetensors(content_of(checkpoint()), "checkpoint");
  QVERIFY(content.ok());
  for (io::Tensor& t : content->tensors)
    if (t.name == "fc2.bias") std::fill(t.bytes.begin(), t.bytes.end(), std::uint8_t{0});
  const QString other = at("without bias.safetensors");
  write_bytes(other, io::format_safetensors(*content));
  const auto eval = [&](const QString& checkpoints) {
    return run_synann({"eval", "--json", "--checkpoint", checkpoints, "--data", data_});
  };
  const auto first = answer_of(eval(checkpoint()).out), second = answer_of(eval(other).out);
  const auto together = answer_of(eval(checkpoint() + ", " + other).out);
  const QJsonArray members = together["members"].toArray();
  QCOMPARE(members.size(), 2);
  QCOMPARE(members[0].toObject()["correct"].toInt(), first["correct"].toInt());
  QVERIFY(std::abs(members[1].toObject()["test_loss"].toDouble() - second["test_loss"].toDouble()) < 1e-6);
  // By Jensen's inequality.
  QVERIFY(together["test_loss"].toDouble() <
          (first["test_loss"].toDouble() + second["test_loss"].toDouble()) / 2);
  QVERIFY(!first.contains("members"));
  const auto twice = answer_of(eval(other + "," + other).out);
  QCOMPARE(twice["correct"].toInt(), second["correct"].toInt());
  QVERIFY(std::abs(twice["test_loss"].toDouble() - second["test_loss"].toDouble()) < 1e-6);

  const auto words = run_synann({"eval", "--checkpoint", checkpoint() + "," + other, "--data", data_});
  QVERIFY(words.err.contains("alone: "));
  QCOMPARE(words.out.trimmed().count('\n'), 0);
  const auto missing = eval(checkpoint() + "," + at("not there.safetensors"));
  QCOMPARE(missing.code, 2);
  QVERIFY(missing.err.contains("not there.safetensors"));
}

// A state dict with the row set to zero by hand gives the same loss, digit for digit.
void InferCliTest::ablatedRowIsTheEditedStateDict() {
  const auto a = answer_of(
      run_synann({"ablate", "--json", "--row", "5", "--checkpoint", checkpoint(), "--data", data_}).out);
  auto content = io::parse_safetensors(content_of(checkpoint()), "checkpoint");
  QVERIFY(content.ok());
  for (io::Tensor& t : content->tensors)
    if (t.name == "fcn.weight") std::fill_n(t.bytes.begin() + 5 * 64 * 4, 64 * 4, std::uint8_t{0});
  write_bytes(at("edited.safetensors"), io::format_safetensors(*content));
  const auto e = answer_of(
      run_synann({"eval", "--json", "--checkpoint", at("edited.safetensors"), "--data", data_}).out);
  QVERIFY(a["test_loss"].toDouble() > 0);
  QCOMPARE(a["test_loss"].toDouble(), e["test_loss"].toDouble());
  QCOMPARE(a["correct"].toInt(), e["correct"].toInt());
  QVERIFY(a["before"].toObject()["test_loss"].toDouble() != e["test_loss"].toDouble());
  QCOMPARE(a["cells"].toInt(), 64);
  int change = 0;
  for (const auto c : a["classes"].toArray()) change += c.toObject()["change"].toInt();
  QCOMPARE(change, a["correct"].toInt() - a["before"].toObject()["correct"].toInt());
}

void InferCliTest::rankingIsMeasured() {
  const auto ranked = answer_of(
      run_synann({"ablate", "--json", "--rank", "3", "--checkpoint", checkpoint(), "--data", data_}).out);
  const QJsonArray rank = ranked["rank"].toArray();
  QCOMPARE(rank.size(), 3);
  for (const auto entry : rank) {
    const QJsonObject cell = entry.toObject();
    const QString where = QString("%1,%2").arg(cell["row"].toInt()).arg(cell["column"].toInt());
    const auto alone = answer_of(
        run_synann({"ablate", "--json", "--cells", where, "--checkpoint", checkpoint(), "--data", data_})
            .out);
    QCOMPARE(cell["test_loss"].toDouble(), alone["test_loss"].toDouble());
    QCOMPARE(cell["loss_change"].toDouble(),
             alone["test_loss"].toDouble() - ranked["before"].toObject()["test_loss"].toDouble());
  }
}

// In the error, and in a line of its own before the end's.
void InferCliTest::whatBrokeARunIsNamed() {
  const Outcome run = run_synann({"train", "--json", "--model", "syna-pixel", "--data", data_, "--batch-size",
                                  "20", "--lr", "1", "--watch-headroom", "--out", at("broken")});
  QCOMPARE(run.code, 1);
  QList<QJsonObject> events;
  for (const QString& line : run.lines())
    if (!line.isEmpty()) events.append(answer_of(line));
  QVERIFY(events.size() > 2);
  QCOMPARE(events.last()["event"].toString(), QString("end"));
  const QJsonObject fault = events[events.size() - 2];
  QCOMPARE(fault["event"].toString(), QString("fault"));
  QCOMPARE(fault["set"].toString(), QString("train"));
  QVERIFY(run.err.contains(
      QString("epoch %1, step %2: ").arg(fault["epoch"].toInt()).arg(fault["step"].toInt())));
  const QJsonArray batch = fault["batch"].toArray();
  QCOMPARE(batch.size(), 20);
  QVERIFY(batch.contains(fault["image"]));
  const QJsonObject headroom = fault["headroom"].toObject();
  QVERIFY(headroom["value"].toDouble() <= 0);
  QVERIFY(batch.contains(headroom["image"]));
  const QString cell =
      QString("in cell (%1, %2) of fcn for training image %3; training image %4 (batch of 20)")
          .arg(headroom["row"].toInt())
          .arg(headroom["column"].toInt())
          .arg(headroom["image"].toInt())
          .arg(fault["image"].toInt());
  QVERIFY2(run.err.contains(cell), qPrintable(run.err));
  QCOMPARE(run.err.count('\n'), 1);  // one sentence
}

void InferCliTest::whatIsWrongIsOneSentence_data() {
  QTest::addColumn<QStringList>("arguments");
  QTest::addColumn<QString>("says");
  QTest::newRow("no image") << QStringList{"predict"} << "required";
  QTest::newRow("no such file") << QStringList{"predict", "nowhere.png"} << "nowhere.png: no such file";
  QTest::newRow("no index") << QStringList{"predict", "IMAGES"} << "holds 200 images; say which one";
  QTest::newRow("index") << QStringList{"predict", "IMAGES#200"}
                         << "expected an index from 0 to 199, found 200";
  QTest::newRow("no picture") << QStringList{"predict", "CHECKPOINT"} << "last.safetensors";
  QTest::newRow("normalise") << QStringList{"predict", "--normalise", "some", "IMAGES#0"} << "--normalise";
  QTest::newRow("no choice") << QStringList{"ablate"} << "--cells, --row, --column or --rank";
  QTest::newRow("two choices") << QStringList{"ablate", "--row", "1", "--column", "2"} << "excludes";
  QTest::newRow("half a cell") << QStringList{"ablate", "--cells", "1,2,3"}
                               << "--cells: names no cells: expected 3,4";
  QTest::newRow("no such cell") << QStringList{"ablate", "--cells", "row 2", "0-64,1"} << "found 64,1";
  QTest::newRow("no such row") << QStringList{"ablate", "--row", "64"} << "found 64,0";
  QTest::newRow("no such layer") << QStringList{"ablate", "--row", "1", "--layer", "fc1"} << "expected fcn";
}

void InferCliTest::whatIsWrongIsOneSentence() {
  QFETCH(QStringList, arguments);
  QFETCH(QString, says);
  arguments.replaceInStrings("IMAGES", data_ + "/t10k-images-idx3-ubyte.gz");
  arguments.replaceInStrings("CHECKPOINT", checkpoint());
  arguments << "--checkpoint" << checkpoint();
  if (arguments.front() == "ablate") arguments << "--data" << data_;
  const Outcome outcome = run_synann(arguments);
  QCOMPARE(outcome.code, 2);
  QVERIFY(outcome.out.isEmpty());
  QVERIFY2(outcome.err.contains(says) && outcome.err.count('\n') == 1, qPrintable(outcome.err));
}

SYNANN_TEST(InferCliTest)
#include "infer_cli_test.moc"
