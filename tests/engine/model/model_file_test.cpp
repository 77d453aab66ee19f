// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/model/model_file.h"

#include <QTemporaryDir>
#include <QTest>

#include "engine/model/layer_keys.h"
#include "engine/model/layer_words.h"
#include "engine/model/ready_models.h"
#include "engine/model/state.h"
#include "tests/test_main.h"

using namespace synann;
using namespace synann::model;

namespace {

// A file with these layers before a head for the classes.
std::string file_with(const std::string& layers) {
  return R"({"format": "synann-model-1", "id": "net", "layers": [)" + layers +
         R"(, {"kind": "linear", "name": "head", "out": "classes"}, {"kind": "log_softmax"}]})";
}

QString error_of(const std::string& text, int rows = 12, int columns = 10) {
  const auto definition = parse_model_file(text, "net.json");
  if (!definition) return QString::fromStdString(definition.error().sentence());
  const auto model = build(*definition, rows, columns, 3);
  return model ? QString("no error") : QString::fromStdString(model.error().sentence());
}

}  // namespace

// Networks of a person's own as files.
class ModelFileTest : public QObject {
  Q_OBJECT
 private slots:
  void knownModelsAreThemselvesAgain_data();
  void knownModelsAreThemselvesAgain();
  void readyModelsAreWhatTheirHelpSays();
  void everyKeyComesBack();
  void blocksAreLinked();
  void namedLayersAreExposedUnlessTheFileSays();
  void shapesFollow_data();
  void shapesFollow();
  void badFilesAreNamed_data();
  void badFilesAreNamed();
  void whatIsTooLargeIsRefusedAtOnce();
};

void ModelFileTest::knownModelsAreThemselvesAgain_data() {
  QTest::addColumn<QString>("id");
  for (const ModelInfo& info : known_models()) QTest::newRow(info.id.data()) << QString(info.id.data());
}

// The same layers, and so the same tensors to the bit.
void ModelFileTest::knownModelsAreThemselvesAgain() {
  QFETCH(QString, id);
  for (const SynapseOptions& options :
       {SynapseOptions{}, SynapseOptions{.semantics = SynapseOptions::Semantics::BatchCoupled,
                          .beta = SynapseOptions::Beta::Clamp,
                          .alpha = SynapseOptions::Alpha::Softplus,
                          .diagonal = SynapseOptions::Diagonal::Zero}}) {
    const auto definition = definition_of(id.toStdString(), options);
    QVERIFY(definition.ok());
    const auto again = parse_model_file(model_file_text(*definition), "again");
    QVERIFY2(again.ok(), again ? "" : again.error().sentence().c_str());
    QVERIFY(*again == *definition);
    const auto known = build(id.toStdString(), 28, 28, 10, options), own = build(*again, 28, 28, 10);
    QVERIFY(known.ok() && own.ok());
    QVERIFY(known->layers == own->layers);
    QVERIFY(initialise(*known, 5) == initialise(*own, 5));
  }
}

void ModelFileTest::readyModelsAreWhatTheirHelpSays() {
  QCOMPARE(ready_models().size(), 7u);
  const auto trained = [](const char* id) {
    const auto definition = find_ready_model(id);
    return definition ? build(*definition, 28, 28, 10)->parameters.trained_count() : 0;
  };
  QCOMPARE(trained("syna-cnn-tf"), 5'097'242u);  // as TensorFlow counts them
  // 196·128 + 128, twice 2·128, 128² + 128, 10·128 + 10
  QCOMPARE(trained("syna-mlp-relu"), 43'530u);
  QCOMPARE(trained("syna-mlp-250"), 784u * 250 + 250 + 4 * 250 + 250 * 250 + 2510);
  QCOMPARE(trained("syna-mlp-280"), 784u * 280 + 280 + 280 * 280 + 2810);
  QCOMPARE(trained("syna-fast"), 26u * 16 + 401 * 32 + 513 * 64 + 64 * 64 + 2 * 64 + 650);
  QCOMPARE(trained("syna-small"), 8'826u);
  // Convolutions, batch norm of each, the synapse layer with α, its batch norm, 10·128 + 10.
  QCOMPARE(trained("syna-best"), 10u * 32 + 289 * 32 + 801 * 32 + 289 * 64 + 577 * 64 + 1601 * 64 +
                                     1025 * 128 + 2 * (3 * 32 + 3 * 64 + 128) + 128 * 128 + 128 + 2 * 128 +
                                     1290);
  for (const DefinitionPtr& d : ready_models()) {
    const auto again = parse_model_file(model_file_text(*d), "again");
    QVERIFY(again.ok() && *again == *d);
    for (const ModelInfo& info : known_models()) QVERIFY(info.id != d->id);
  }
}

void ModelFileTest::everyKeyComesBack() {
  const std::string text =
      R"({"format": "synann-model-1", "id": "all", "title": "All of them", "help": "A test.",
    "input": {"scale": [0.25, 0.5]}, "training": {"lr": 0.1}, "layers": [
    {"kind": "conv2d", "name": "c", "out": 4, "kernel": 3, "stride": 2, "padding": 1, "groups": 1, "bias": false},
    {"kind": "conv2d", "name": "d", "out": 6, "kernel": 3, "stride": 1, "padding": 2, "groups": 2, "bias": true},
    {"kind": "batch_norm2d", "name": "n"}, {"kind": "relu"}, {"kind": "sigmoid"}, {"kind": "tanh"}, {"kind": "glu"},
    {"kind": "max_pool2d", "kernel": 2, "stride": 1}, {"kind": "avg_pool2d", "kernel": 2, "stride": 2},
    {"kind": "clamp", "min": -1, "max": 0.5}, {"kind": "dropout2d", "p": 0.5}, {"kind": "dropout", "p": 0},
    {"kind": "synapse", "name": "s", "out": 4, "excitatory": [0, 2, 2, 1], "over": "channels",
     "semantics": "batch-coupled", "beta": "sigmoid", "alpha": "exp", "diagonal": "zero"},
    {"kind": "synapse", "name": "t", "excitatory": [3, 0], "over": "channels"},
    {"kind": "synapse", "name": "u", "excitatory": "first"},
    {"kind": "global_max_pool2d"}, {"kind": "global_avg_pool2d"}, {"kind": "batch_norm1d", "name": "b"},
    {"kind": "softmax", "temperature": 2, "scale": 3}, {"kind": "linear", "name": "l", "out": 5, "bias": false},
    {"kind": "linear", "name": "head", "out": "classes", "exposes": "logits"}, {"kind": "log_softmax"}]})";
  const auto d = parse_model_file(text, "all.json");
  QVERIFY2(d.ok(), d ? "" : d.error().sentence().c_str());
  QCOMPARE(d->title, std::string("All of them"));
  QCOMPARE(d->scaling, (InputScaling{0.25, 0.5}));
  QCOMPARE(d->training, std::string(R"({"lr":0.1})"));
  const Layer &c = d->layers[0], &s = d->layers[12], &t = d->layers[13];
  QVERIFY(c.step() == 2 && c.padding == 1 && !c.bias && d->layers[1].groups == 2 && d->layers[1].stride == 0);
  QVERIFY(s.excitatory == (std::vector{0, 2, 2, 1}) && s.over == Over::Channels && s.out == 4);
  QVERIFY(s.synapse == (SynapseOptions{SynapseOptions::Semantics::BatchCoupled, SynapseOptions::Beta::Sigmoid,
                                       SynapseOptions::Alpha::Exp, SynapseOptions::Diagonal::Zero}));
  QCOMPARE(t.out, 2);  // as many as are excited
  QCOMPARE(d->layers[20].out, kOutClasses);
  const auto again = parse_model_file(model_file_text(*d), "again");
  QVERIFY(again.ok() && *again == *d);
  QCOMPARE(model_file_text(*again), model_file_text(*d));
  const auto model = build(*d, 12, 10, 3);
  QVERIFY2(model.ok(), model ? "" : model.error().sentence().c_str());
  QVERIFY(model->parameters.find("c.bias") == nullptr && model->parameters.find("d.bias") != nullptr);
  QCOMPARE(model->parameters.find("d.weight")->shape, (std::vector<std::int64_t>{6, 2, 3, 3}));
  QCOMPARE(model->parameters.find("s.weight")->shape, (std::vector<std::int64_t>{4, 3}));
}

void ModelFileTest::blocksAreLinked() {
  const auto d = parse_model_file(file_with(R"({"kind": "residual", "layers": [{"kind": "relu"},
    {"kind": "residual", "layers": [{"kind": "tanh"}]}]}, {"kind": "sigmoid"})"),
                                  "net.json");
  QVERIFY2(d.ok(), d ? "" : d.error().sentence().c_str());
  const auto again = parse_model_file(model_file_text(*d), "again");
  QVERIFY(again.ok() && *again == *d);
  const auto model = build(*d, 4, 4, 3);
  QVERIFY(model.ok());
  QCOMPARE(model->layers[0].block, 5);  // begin, relu, begin, tanh, end, end
  QCOMPARE(model->layers[5].block, 0);
  QCOMPARE(model->layers[2].block, 4);
  // Numbers are those of the file, which has no ends.
  QCOMPARE(layer_number(*model, 3), 4);
  QCOMPARE(layer_number(*model, 5), 1);
  QCOMPARE(layer_number(*model, 6), 5);
}

void ModelFileTest::namedLayersAreExposedUnlessTheFileSays() {
  const auto silent =
      parse_model_file(file_with(R"({"kind": "linear", "name": "a", "out": 4}, {"kind": "relu"})"), "f");
  QCOMPARE(silent->layers[0].exposes, std::string("a"));
  QVERIFY(silent->layers[1].exposes.empty());
  const auto says = parse_model_file(
      file_with(R"({"kind": "linear", "name": "a", "out": 4}, {"kind": "relu", "exposes": "a"})"), "f");
  QVERIFY(says->layers[0].exposes.empty());
  QCOMPARE(says->layers[1].exposes, std::string("a"));
}

void ModelFileTest::shapesFollow_data() {
  QTest::addColumn<QString>("layers");
  QTest::addColumn<QString>("shape");
  const auto row = [](const char* layers, const char* shape) {
    QTest::newRow(layers) << QString(layers) << QString(shape);
  };
  // PyTorch: (12 + 2 − 3) / 2 + 1 = 6, (10 + 2 − 3) / 2 + 1 = 5
  row(R"({"kind": "conv2d", "name": "c", "out": 2, "kernel": 3, "stride": 2, "padding": 1})", "2 × 6 × 5");
  row(R"({"kind": "max_pool2d", "kernel": 3, "stride": 2})", "1 × 5 × 4");
  row(R"({"kind": "avg_pool2d", "kernel": 5})", "1 × 2 × 2");
  row(R"({"kind": "global_avg_pool2d"})", "1");
  row(R"({"kind": "synapse", "name": "s", "out": 7})", "7");
  row(R"({"kind": "synapse", "name": "s"})", "1 × 12 × 10");
  row(R"({"kind": "synapse", "name": "s", "over": "positions", "out": 9})", "1 × 9 × 1");
  row(R"({"kind": "conv2d", "name": "c", "out": 4, "kernel": 1}, {"kind": "glu"})", "2 × 12 × 10");
  row(R"({"kind": "syna_rnn", "name": "r", "out": 6})", "6");
}

void ModelFileTest::shapesFollow() {
  QFETCH(QString, layers);
  const auto model = build(*parse_model_file(file_with(layers.toStdString()), "f"), 12, 10, 3);
  QVERIFY2(model.ok(), model ? "" : model.error().sentence().c_str());
  QTEST(QString::fromStdString(shape_text(model->layers[model->layers.size() - 3].result)), "shape");
}

void ModelFileTest::badFilesAreNamed_data() {
  QTest::addColumn<QString>("text");
  QTest::addColumn<QString>("begins");
  const auto row = [](const char* name, const std::string& text, const char* begins) {
    QTest::newRow(name) << QString::fromStdString(text) << QString(begins);
  };
  row("no JSON", "{", "net.json, line 1, column 2: is no JSON");
  row("another format", R"({"format": "synann-circuit-1"})",
      "net.json: is no model file: expected a JSON object with \"format\": \"synann-model-1\"");
  row("no layers", R"({"format": "synann-model-1", "id": "a"})",
      "net.json: has no layers: expected \"layers\": an array of at least one");
  row("unknown key", file_with(R"({"kind": "linear", "name": "a", "outs": 3})"),
      "net.json: layer 1 (linear): has an unknown key \"outs\": expected kind, name, out, bias, exposes; did "
      "you mean "
      "\"out\"?");
  row("unknown kind", file_with(R"({"kind": "relu"}, {"kind": "batchnorm1d", "name": "a"})"),
      "net.json: layer 2: is of an unknown kind: expected one of residual, conv2d, ");
  row("no kind", file_with(R"({"name": "a"})"), "net.json: layer 1: has no \"kind\": expected one of ");
  row("no name", file_with(R"({"kind": "batch_norm1d"})"),
      "net.json: layer 1 (batch_norm1d): has no \"name\": expected 1 to 64 letters");
  row("a name twice",
      file_with(R"({"kind": "linear", "name": "a", "out": 3}, {"kind": "batch_norm1d", "name": "a"})"),
      "net.json: layer 2 (batch_norm1d): has the name \"a\", which an earlier layer has");
  row("no number", file_with(R"({"kind": "linear", "name": "a", "out": "many"})"),
      "net.json: layer 1 (linear): its \"out\" cannot be taken: expected a whole number from 1 to 1048576, "
      "or "
      "\"classes\", found ");
  row("half a pixel", file_with(R"({"kind": "conv2d", "name": "a", "out": 3, "kernel": 2.5})"),
      "net.json: layer 1 (conv2d): its \"kernel\" cannot be taken: expected a whole number from 1 to 255, "
      "found");
  row("all dropped", file_with(R"({"kind": "dropout", "p": 1})"),
      "net.json: layer 1 (dropout): its \"p\" cannot be taken: expected a number from 0 to below 1, found");
  row("nothing clamped", file_with(R"({"kind": "clamp", "min": 1, "max": 1})"),
      "net.json: layer 1 (clamp): clamps to nothing");
  row("empty block", file_with(R"({"kind": "residual", "layers": []})"),
      "net.json: layer 1 (residual): has no layers");
  row("in a block",
      file_with(R"({"kind": "residual", "layers": [{"kind": "relu"}, {"kind": "softmax", "t": 1}]})"),
      "net.json: layer 3 (softmax): has an unknown key \"t\"");
  row("no head", R"({"format": "synann-model-1", "id": "a", "layers": [{"kind": "relu"}]})",
      "net.json: does not end with log_softmax");
  row("scale",
      R"({"format": "synann-model-1", "id": "a", "input": {"scale": [0, 0]}, "layers": [{"kind": "log_softmax"}]})",
      "net.json: input: has no usable scale");
  row("id", R"({"format": "synann-model-1", "id": "../a", "layers": [{"kind": "log_softmax"}]})",
      "net.json: has no usable \"id\"");
  // What is seen when the network is built for images.
  row("odd channels", file_with(R"({"kind": "glu"})"),
      "net: layer 1 (glu): does not fit what comes before it: expected an even number of channels or "
      "features, found 1 "
      "× 12 × 10");
  row("groups", file_with(R"({"kind": "conv2d", "name": "a", "out": 4, "kernel": 1, "groups": 2})"),
      "net: layer 1 (conv2d): does not fit what comes before it: expected a number of channels that 2 groups "
      "share");
  row("too many outputs",
      file_with(R"({"kind": "linear", "name": "a", "out": 4}, {"kind": "synapse", "name": "s", "out": 5})"),
      "net: layer 2 (synapse): does not fit what comes before it: expected \"out\" at most 4");
  row("excitatory",
      file_with(
          R"({"kind": "linear", "name": "a", "out": 4}, {"kind": "synapse", "name": "s", "excitatory": [4]})"),
      "net: layer 2 (synapse): does not fit what comes before it: expected excitatory inputs from 0 to 3, "
      "found 4");
  row("block of another shape",
      file_with(R"({"kind": "residual", "layers": [{"kind": "linear", "name": "a", "out": 4}]})"),
      "net: layer 1 (residual): cannot add what comes out of its layers to what went in: expected 1 × 12 × "
      "10, found 4");
  row("too small", file_with(R"({"kind": "max_pool2d", "kernel": 13})"),
      "net: the images are too small for this model: found 12 × 10 pixels; layer 1 (max_pool2d) sees 1 × 12 "
      "× 10");
  row("classes", R"({"format": "synann-model-1", "id": "a", "layers": [{"kind": "log_softmax"}]})",
      "a: layer 1 (log_softmax): does not see one number for each class: expected 3, found 1 × 12 × 10");
}

void ModelFileTest::badFilesAreNamed() {
  QFETCH(QString, text);
  QFETCH(QString, begins);
  const QString error = error_of(text.toStdString());
  QVERIFY2(error.startsWith(begins), qPrintable(error));
}

void ModelFileTest::whatIsTooLargeIsRefusedAtOnce() {
  std::string layers;
  for (int k = 0; k < 20'000; ++k) layers += R"({"kind": "relu"},)";
  layers.pop_back();
  QVERIFY(error_of(file_with(layers)).startsWith("net.json: has too many layers: expected at most 1000"));
  for (int k = 0; k < 6; ++k) layers += "," + layers;
  QVERIFY(error_of(file_with(layers)).startsWith("net.json: is too large for a model file"));
  const QString wide = error_of(file_with(R"({"kind": "linear", "name": "a", "out": 1000000},
                                             {"kind": "linear", "name": "b", "out": 1000000})"));
  QVERIFY2(wide.startsWith("net: layer 2 (linear): makes more parameters than this program trains"),
           qPrintable(wide));
  const QString deep = error_of(file_with(R"({"kind": "conv2d", "name": "a", "out": 1000000, "kernel": 1})"));
  QVERIFY2(deep.startsWith("net: layer 1 (conv2d): makes too many numbers of one image"), qPrintable(deep));
}

SYNANN_TEST(ModelFileTest)
#include "model_file_test.moc"
