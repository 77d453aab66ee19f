// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <cmath>
#include <set>

#include <QStringList>
#include <QTest>

#include "engine/model/description.h"
#include "engine/model/state.h"
#include "tests/test_main.h"

using namespace synann;
using namespace synann::model;

namespace {

// "64x320", "scalar".
QString sides(const std::vector<std::int64_t>& shape) {
  QStringList parts;
  for (const std::int64_t side : shape) parts.append(QString::number(side));
  return parts.isEmpty() ? QString("scalar") : parts.join('x');
}

// "conv1.weight 10x1x5x5, conv1.bias 10, …" in the order of the state dict.
QString state_dict_of(const Model& model) {
  QStringList parts;
  for (const Parameter& p : model.parameters.all())
    parts.append(QString("%1 %2").arg(QString::fromStdString(p.name), sides(p.shape)));
  return parts.join(", ");
}

// "10x24x24 10x12x12 …": what each layer hands on, channels x rows x columns.
QString results_of(const Model& model) {
  QStringList parts;
  for (const Layer& l : model.layers)
    parts.append(sides({l.result.channels, l.result.rows, l.result.columns}));
  return parts.join(' ');
}

// A BatchNorm1d of PyTorch.
QString norm(const char* name, int n) {
  return QString(
             "%1.weight %2, %1.bias %2, %1.running_mean %2, %1.running_var %2, "
             "%1.num_batches_tracked scalar")
      .arg(name)
      .arg(n);
}

const QString kConvolutions =
    "conv1.weight 10x1x5x5, conv1.bias 10, conv2.weight 20x10x5x5, conv2.bias 20, fc1.weight 64x320, "
    "fc1.bias 64";
const QString kGates =
    "rnn.weight_ie 64x28, rnn.weight_he 64x64, rnn.bias_e 64, rnn.weight_if 64x28, rnn.weight_hf 64x64, "
    "rnn.bias_f 64";
const QString kLast = "fc2.weight 10x64, fc2.bias 10";
const char* const kConvolved =
    "10x24x24 10x12x12 10x12x12 20x8x8 20x8x8 20x4x4 20x4x4 64x1x1 64x1x1 64x1x1 64x1x1";

Model built(const QString& id, const SynapseOptions& options = {}) {
  auto model = build(id.toStdString(), 28, 28, 10, options);
  if (!model) qFatal("%s", model.error().sentence().c_str());
  return std::move(*model);
}

const Parameter& parameter(const Model& model, const char* name) {
  const Parameter* p = model.parameters.find(name);
  if (p == nullptr) qFatal("%s has no %s", model.id.c_str(), name);
  return *p;
}

}  // namespace

// The models against PyTorch's modules, whose shapes are written down here by hand.
class ModelTest : public QObject {
  Q_OBJECT
 private slots:
  void aStateDictIsThatOfItsModule_data();
  void aStateDictIsThatOfItsModule();
  void everyKnownModelIsTested();
  void layersHandOnWhatTheyComputed_data();
  void layersHandOnWhatTheyComputed();
  void theUnusedBiasOfASynapseIsNotTrained();
  void alphaIsAParameterWhereItIsTrained();
  void twinsStandInTheSamePlace();
  void anUnknownModelNamesTheKnownOnes();
  void imagesThatAreTooSmallAreRefused_data();
  void imagesThatAreTooSmallAreRefused();
  void otherImagesAndClassesShapeTheModel();
  void aModelMayBeMadeByHand();
  void aFreshStateHasPyTorchsDistributions();
  void aTensorDrawsFromItsOwnStream();
};

void ModelTest::aStateDictIsThatOfItsModule_data() {
  QTest::addColumn<QString>("expected");
  const auto row = [](const char* id, const QStringList& parts) { QTest::newRow(id) << parts.join(", "); };
  const QString fcn64 = "fcn.weight 64x64, fcn.bias 64", fcn300 = "fcn.weight 300x300, fcn.bias 300",
                fcn196 = "fcn.weight 196x196, fcn.bias 196";
  const QString last300 = "fc2.weight 10x300, fc2.bias 10", last196 = "fc2.weight 10x196, fc2.bias 10";
  const QString first300 = "fc1.weight 300x784, fc1.bias 300";
  for (const char* id : {"syna-cnn", "dense-cnn"}) row(id, {kConvolutions, fcn64, norm("fcb", 64), kLast});
  row("identity-cnn", {kConvolutions, norm("fcb", 64), kLast});
  for (const char* id : {"syna-mlp", "dense-mlp"})
    row(id, {first300, norm("fc1b", 300), fcn300, norm("fcb", 300), last300});
  row("identity-mlp", {first300, norm("fc1b", 300), norm("fcb", 300), last300});
  for (const char* id : {"syna-pixel", "dense-pixel"}) row(id, {fcn196, norm("fcb", 196), last196});
  row("identity-pixel", {norm("fcb", 196), last196});
  for (const char* id : {"syna-rnn", "dense-rnn"}) row(id, {kGates, "rnn.weight 64x64", kLast});
  row("identity-rnn", {kGates, kLast});
  row("linear", {"fc2.weight 10x784, fc2.bias 10"});
}

void ModelTest::aStateDictIsThatOfItsModule() {
  QFETCH(QString, expected);
  const Model model = built(QTest::currentDataTag());
  QCOMPARE(state_dict_of(model), expected);
  QCOMPARE(model.id, std::string(QTest::currentDataTag()));
  QVERIFY(!model.title.empty() && !model.help.empty());
  QVERIFY(model.layers.back().kind == LayerKind::LogSoftmax);
}

void ModelTest::everyKnownModelIsTested() {
  const auto infos = known_models();
  QCOMPARE(infos.size(), std::size_t{13});
  QCOMPARE(QString::fromUtf8(infos.front().id.data()), QString("syna-cnn"));
  std::set<std::string_view> ids;
  for (const ModelInfo& info : infos) {
    ids.insert(info.id);
    QVERIFY(build(info.id, 28, 28, 10).ok());
  }
  QCOMPARE(ids.size(), infos.size());
}

void ModelTest::layersHandOnWhatTheyComputed_data() {
  QTest::addColumn<QString>("expected");
  const QString tail64 = " 64x1x1 10x1x1 10x1x1";
  QTest::newRow("syna-cnn") << kConvolved + QString(" 64x1x1") + tail64;
  QTest::newRow("identity-cnn") << kConvolved + tail64;
  QTest::newRow("dense-mlp") << "300x1x1 300x1x1 300x1x1 300x1x1 300x1x1 10x1x1 10x1x1";
  QTest::newRow("syna-pixel") << "1x14x14 1x14x14 1x14x14 10x1x1 10x1x1";
  QTest::newRow("dense-pixel") << "1x14x14 196x1x1 196x1x1 10x1x1 10x1x1";
  QTest::newRow("syna-rnn") << "64x1x1 10x1x1 10x1x1";
  QTest::newRow("linear") << "10x1x1 10x1x1";
}

void ModelTest::layersHandOnWhatTheyComputed() {
  QFETCH(QString, expected);
  const Model model = built(QTest::currentDataTag());
  QCOMPARE(results_of(model), expected);
  for (std::size_t k = 1; k < model.layers.size(); ++k)
    QVERIFY(model.layers[k].in == model.layers[k - 1].result);
}

// As in the original, where it stands in the state dict and in no formula; the linear twin trains its own.
void ModelTest::theUnusedBiasOfASynapseIsNotTrained() {
  QVERIFY(parameter(built("syna-cnn"), "fcn.bias").role == Role::Unused);
  QVERIFY(parameter(built("dense-cnn"), "fcn.bias").role == Role::Trained);
  const Model model = built("syna-cnn");
  // Convolutions, fc1, β, batch norm, fc2; without the bias of 64 and the running statistics.
  constexpr std::size_t kTrained = 260 + 5020 + 20544 + 4096 + 128 + 650;
  QCOMPARE(model.parameters.trained_count(), kTrained);
  QCOMPARE(model.parameters.float_count(), kTrained + 64 + 128);
  QCOMPARE(model.parameters.counter_count(), std::size_t{1});
}

void ModelTest::alphaIsAParameterWhereItIsTrained() {
  const auto alpha = [](SynapseOptions::Alpha kind) { return built("syna-cnn", {.alpha = kind}); };
  QVERIFY(alpha(SynapseOptions::Alpha::One).parameters.find("fcn.alpha") == nullptr);
  for (const auto kind : {SynapseOptions::Alpha::Exp, SynapseOptions::Alpha::Softplus}) {
    const Model model = alpha(kind);
    QCOMPARE(sides(parameter(model, "fcn.alpha").shape), QString("64"));
  }
  // α starts at 1: exp(0), and log(1 + e^a) with e^a = e − 1.
  QCOMPARE(parameter(alpha(SynapseOptions::Alpha::Exp), "fcn.alpha").centre, 0.0);
  const double a = parameter(alpha(SynapseOptions::Alpha::Softplus), "fcn.alpha").centre;
  QVERIFY(std::abs(std::log1p(std::exp(a)) - 1) < 1e-15);
}

void ModelTest::twinsStandInTheSamePlace() {
  QVERIFY(has_synapse(built("syna-mlp")) && !has_synapse(built("dense-mlp")));
  QVERIFY(!has_synapse(built("syna-rnn")));  // its options cannot be chosen
  QVERIFY(has_batch_norm(built("identity-pixel")) && !has_batch_norm(built("syna-rnn")));
  const auto inhibits = [](const char* id) {
    const Model model = built(id);
    return std::any_of(model.layers.begin(), model.layers.end(), has_inhibition);
  };
  for (const char* id : {"syna-cnn", "syna-mlp", "syna-pixel", "syna-rnn"}) QVERIFY2(inhibits(id), id);
  for (const char* id : {"dense-rnn", "identity-rnn", "dense-cnn", "linear"}) QVERIFY2(!inhibits(id), id);
}

void ModelTest::anUnknownModelNamesTheKnownOnes() {
  const auto model = build("resnet", 28, 28, 10);
  QVERIFY(!model.ok());
  const std::string sentence = model.error().sentence();
  for (const char* part : {"--model", "unknown model", "syna-cnn, syna-mlp", "linear", "\"resnet\""})
    QVERIFY2(sentence.find(part) != std::string::npos, sentence.c_str());
}

void ModelTest::imagesThatAreTooSmallAreRefused_data() {
  QTest::addColumn<QString>("id");
  QTest::addColumn<int>("rows");
  QTest::addColumn<int>("columns");
  QTest::addColumn<bool>("fits");
  // conv 5, pool 2, conv 5, pool 2: 16 → 12 → 6 → 2 → 1.
  QTest::newRow("smallest") << "syna-cnn" << 16 << 16 << true;
  QTest::newRow("a row too few") << "syna-cnn" << 15 << 28 << false;
  QTest::newRow("a column too few") << "syna-cnn" << 28 << 15 << false;
  QTest::newRow("smaller than a kernel") << "dense-cnn" << 4 << 4 << false;
  QTest::newRow("one window") << "syna-pixel" << 2 << 2 << true;
  QTest::newRow("no window") << "syna-pixel" << 1 << 2 << false;
  QTest::newRow("one pixel") << "linear" << 1 << 1 << true;
}

void ModelTest::imagesThatAreTooSmallAreRefused() {
  QFETCH(QString, id);
  QFETCH(int, rows);
  QFETCH(int, columns);
  QFETCH(bool, fits);
  const auto model = build(id.toStdString(), rows, columns, 10);
  QCOMPARE(model.ok(), fits);
  if (fits) return;
  const QString sentence = QString::fromStdString(model.error().sentence());
  QVERIFY2(sentence.contains(QString("%1 × %2 pixels").arg(rows).arg(columns)) && sentence.contains(id),
           qPrintable(sentence));
}

void ModelTest::otherImagesAndClassesShapeTheModel() {
  const auto model = build("syna-cnn", 32, 20, 26);
  QVERIFY(model.ok());
  QCOMPARE(model->classes, 26);
  // 32 → 28 → 14 → 10 → 5 rows, 20 → 16 → 8 → 4 → 2 columns, of 20 maps.
  QCOMPARE(sides(parameter(*model, "fc1.weight").shape), QString("64x200"));
  QCOMPARE(sides(parameter(*model, "fc2.weight").shape), QString("26x64"));
  const auto rnn = build("syna-rnn", 32, 20, 26);
  QCOMPARE(sides(parameter(*rnn, "rnn.weight_ie").shape), QString("64x20"));  // rows are times
}

void ModelTest::aModelMayBeMadeByHand() {
  const auto model = resolve({.id = "mine",
                              .title = {},
                              .help = {},
                              .scaling = {},
                              .input = {2, 9, 7},
                              .classes = 3,
                              .layers = {{.kind = LayerKind::Conv2d, .name = "c", .out = 4, .kernel = 3},
                                         {.kind = LayerKind::AvgPool2d, .kernel = 2},
                                         {.kind = LayerKind::Linear, .name = "l", .out = 3},
                                         {.kind = LayerKind::LogSoftmax}},
                              .parameters = {}});
  QVERIFY(model.ok());
  QCOMPARE(results_of(*model), QString("4x7x5 4x3x2 3x1x1 3x1x1"));
  QCOMPARE(state_dict_of(*model), QString("c.weight 4x2x3x3, c.bias 4, l.weight 3x24, l.bias 3"));
}

// kaiming_uniform(a = √5) is U(±1/√fan_in), of weight and bias; batch norm starts as the identity.
void ModelTest::aFreshStateHasPyTorchsDistributions() {
  const Model model = built("syna-cnn");
  const State state = initialise(model, 5);
  QCOMPARE(state.values.size(), model.parameters.float_count());
  QCOMPARE(state.momenta, std::vector<float>(model.parameters.trained_count()));
  QVERIFY(state.squares.empty());
  QCOMPARE(state.counters, std::vector<std::int64_t>{0});
  const auto values = [&](const char* name) {
    const Parameter& p = parameter(model, name);
    return std::span(state.values).subspan(p.offset, p.size());
  };
  const std::pair<const char*, double> uniform[] = {{"conv1.weight", 25},  {"conv1.bias", 25},
                                                    {"conv2.weight", 250}, {"fc1.weight", 320},
                                                    {"fcn.weight", 64},    {"fc2.bias", 64}};
  for (const auto& [name, fan_in] : uniform) {
    const auto drawn = values(name);
    const auto [least, most] = std::minmax_element(drawn.begin(), drawn.end());
    const double bound = 1 / std::sqrt(fan_in);
    QVERIFY2(-bound <= static_cast<double>(*least) && static_cast<double>(*most) <= bound, name);
    // Of n numbers the range misses 2 / (n + 1) of the interval on average; four times that would be rare.
    const double expected = 2 * bound * (1 - 8.0 / static_cast<double>(drawn.size() + 1));
    QVERIFY2(static_cast<double>(*most - *least) > expected, name);
  }
  for (const float v : values("fcb.weight")) QCOMPARE(v, 1.0f);
  for (const float v : values("fcb.bias")) QCOMPARE(v, 0.0f);
  for (const float v : values("fcb.running_mean")) QCOMPARE(v, 0.0f);
  for (const float v : values("fcb.running_var")) QCOMPARE(v, 1.0f);
}

// Another seed is another start; the same one is the same, and what is behind a tensor does not change it.
void ModelTest::aTensorDrawsFromItsOwnStream() {
  const Model model = built("syna-cnn");
  QVERIFY(initialise(model, 1) == initialise(model, 1));
  QVERIFY(initialise(model, 1).values != initialise(model, 2).values);
  const Model identity = built("identity-cnn");
  const auto first = [](const Model& m) {
    const auto values = initialise(m, 3).values;
    return std::vector(values.begin(), values.begin() + 260 + 5020 + 20544);  // up to and with fc1
  };
  QCOMPARE(first(model), first(identity));
}

SYNANN_TEST(ModelTest)
#include "model_test.moc"
