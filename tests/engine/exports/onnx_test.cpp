// SPDX-License-Identifier: GPL-3.0-or-later
// ONNX files, read back with the messages they were written with: what is in them, and what is refused.
// Whether a runtime computes the same from them is checked by tests/oracle/onnx_check.py.
#include <algorithm>
#include <cstring>
#include <map>
#include <memory>
#include <set>
#include <stop_token>
#include <string>
#include <vector>

#include <QTemporaryDir>
#include <QTest>

#include "engine/core/file.h"
#include "engine/core/version.h"
#include "engine/exports/format.h"
#include "engine/exports/onnx/circuit.h"
#include "engine/exports/onnx/model.h"
#include "engine/exports/onnx/network.h"
#include "engine/io/safetensors.h"
#include "engine/model/model_file.h"
#include "engine/synapse/circuit_examples.h"
#include "engine/synapse/circuit_file.h"
#include "engine/train/checkpoint.h"
#include "engine/train/own_model.h"
#include "tests/test_main.h"

namespace synann::exports {

namespace fs = std::filesystem;
using onnx::messages::GraphProto;
using onnx::messages::ModelProto;
using onnx::messages::NodeProto;

class OnnxTest : public QObject {
  Q_OBJECT

 private slots:
  void writesTheNetworkAsTheContractHasIt();
  void keepsTheNumbersOfTheStateDict();
  void tellsWhereItComesFrom();
  void writesEveryReadyModel();
  void writesEveryModelFile();
  void writesEqualBytes();
  void hasNamesThatAreUnique();
  void tellsOfCoupledBatches();
  void unrollsACircuit();
  void writesACircuitWithoutMemoryOnce();
  void keepsHostileNamesApart();
  void refusesWhatItCannotWrite();
  void stopsWhenAsked();

 private:
  fs::path folder() const { return dir_.path().toStdString(); }
  // A checkpoint of a network before its first step, on images of 28 × 28.
  fs::path checkpoint(const train::Settings& settings) const;
  fs::path checkpoint(const char* model) const { return checkpoint(*train::settings_for(model, "digits")); }
  fs::path checkpoint_of_file(const fs::path& model_file) const;
  Result<Written> exported(Request request, const infer::Work& work = {}) const;
  ModelProto network(const char* model) const { return network(checkpoint(model)); }
  ModelProto network(const fs::path& checkpoint) const;
  ModelProto circuit(const std::string& name, int steps) const;
  ModelProto read(const fs::path& path) const;

  QTemporaryDir dir_;
};

fs::path OnnxTest::checkpoint(const train::Settings& settings) const {
  train::Checkpoint c;
  c.settings = settings;
  c.data_sha256 = std::string(64, 'a');
  c.class_names = {"0", "1", "2", "3", "4", "5", "6", "7", "8", "\"nine\""};
  c.position = {3, 5};
  const auto model = train::build_model(settings, c.rows, c.columns, c.classes);
  if (!model) qFatal("%s", model.error().sentence().c_str());
  c.state = model::initialise(*model, 11);
  const fs::path path = folder() / "model.safetensors";
  if (!train::write_checkpoint(path, c, *model)) qFatal("cannot write");
  return path;
}

fs::path OnnxTest::checkpoint_of_file(const fs::path& model_file) const {
  const auto definition = model::read_model_file(model_file);
  if (!definition) qFatal("%s", definition.error().sentence().c_str());
  train::Settings settings;
  settings.model = definition->id;
  settings.own = {std::make_shared<const model::Definition>(*definition)};
  return checkpoint(settings);
}

Result<Written> OnnxTest::exported(Request request, const infer::Work& work) const {
  if (request.out.empty()) request.out = folder() / "model.onnx";
  return write(**find_format("onnx"), request, work);
}

ModelProto OnnxTest::read(const fs::path& path) const {
  const auto bytes = read_file(path, onnx::kLargestModel);
  ModelProto model;
  if (!bytes || !model.ParseFromArray(bytes->data(), static_cast<int>(bytes->size()))) qFatal("cannot parse");
  return model;
}

ModelProto OnnxTest::network(const fs::path& checkpoint) const {
  const auto written = exported({.out = {}, .checkpoint = checkpoint});
  if (!written) qFatal("%s", written.error().sentence().c_str());
  return read(written->files.front());
}

ModelProto OnnxTest::circuit(const std::string& name, int steps) const {
  const auto written = exported({.out = {}, .circuit = name, .steps = steps});
  if (!written) qFatal("%s", written.error().sentence().c_str());
  return read(written->files.front());
}

namespace {

std::string shape_of(const onnx::messages::ValueInfoProto& value) {
  std::string text;
  for (const auto& side : value.type().tensor_type().shape().dim())
    text += (text.empty() ? "" : " ") +
            (side.has_dim_value() ? std::to_string(side.dim_value()) : "?" + side.dim_param());
  return text;
}

std::map<std::string, std::string> metadata_of(const ModelProto& model) {
  std::map<std::string, std::string> metadata;
  for (const auto& entry : model.metadata_props()) metadata[entry.key()] = entry.value();
  return metadata;
}

int count_of(const GraphProto& graph, std::string_view op) {
  return static_cast<int>(
      std::ranges::count_if(graph.node(), [op](const NodeProto& node) { return node.op_type() == op; }));
}

// Every name that a value of the graph has, also in bodies; "" where one stands twice, or is read before it
// is there.
bool is_in_order(const GraphProto& graph, std::set<std::string>& values) {
  const auto add = [&values](const std::string& name) { return !name.empty() && values.insert(name).second; };
  for (const auto& tensor : graph.initializer())
    if (!add(tensor.name())) return false;
  for (const auto& input : graph.input())
    if (!add(input.name())) return false;
  for (const NodeProto& node : graph.node()) {
    for (const std::string& input : node.input())
      if (!values.contains(input)) return false;
    for (const auto& attribute : node.attribute())
      if (attribute.has_g() && !is_in_order(attribute.g(), values)) return false;
    for (const std::string& output : node.output())
      if (!add(output)) return false;
  }
  return std::ranges::all_of(graph.output(),
                             [&](const auto& output) { return values.contains(output.name()); });
}

bool is_whole(const ModelProto& model) {
  std::set<std::string> values;
  return !model.graph().name().empty() && model.graph().output_size() > 0 &&
         is_in_order(model.graph(), values);
}

double first_double(const GraphProto& graph, const std::string& name) {
  for (const auto& tensor : graph.initializer())
    if (tensor.name() == name && tensor.raw_data().size() == sizeof(double)) {
      double value = 0;
      std::memcpy(&value, tensor.raw_data().data(), sizeof value);
      return value;
    }
  return -1;
}

}  // namespace

void OnnxTest::writesTheNetworkAsTheContractHasIt() {
  const ModelProto model = network("syna-cnn");
  QCOMPARE(model.ir_version(), 8);
  QCOMPARE(model.opset_import_size(), 1);
  QVERIFY(model.opset_import(0).has_domain() && model.opset_import(0).domain().empty());
  QCOMPARE(model.opset_import(0).version(), 17);
  QCOMPARE(model.producer_name(), std::string("SynaNN Studio"));
  QCOMPARE(model.producer_version(), std::string(kVersion));
  const GraphProto& graph = model.graph();
  QCOMPARE(graph.input_size(), 1);
  QCOMPARE(graph.input(0).name(), std::string("image"));
  QCOMPARE(shape_of(graph.input(0)), std::string("?N 1 28 28"));
  QCOMPARE(graph.output_size(), 1);
  QCOMPARE(graph.output(0).name(), std::string("log_probs"));
  QCOMPARE(shape_of(graph.output(0)), std::string("?N 10"));
  QVERIFY(is_whole(model));
}

// Under the same names, bit for bit: all that an evaluation reads, and nothing else of the state dict.
void OnnxTest::keepsTheNumbersOfTheStateDict() {
  const ModelProto model = network("syna-cnn");
  const auto bytes = *io::read_tensor_file(folder() / "model.safetensors");
  const auto state = *io::parse_safetensors(bytes, "model");
  std::set<std::string> missing;
  for (const io::Tensor& tensor : state.tensors) {
    const auto& all = model.graph().initializer();
    const auto found = std::ranges::find(all, tensor.name, [](const auto& one) { return one.name(); });
    if (found == all.end()) {
      missing.insert(tensor.name);
      continue;
    }
    QVERIFY(std::ranges::equal(found->dims(), tensor.shape));
    QCOMPARE(found->raw_data(), std::string(tensor.bytes.begin(), tensor.bytes.end()));
  }
  QCOMPARE(missing, (std::set<std::string>{"fcb.num_batches_tracked", "fcn.bias"}));
}

void OnnxTest::tellsWhereItComesFrom() {
  const ModelProto model = network("syna-fast");
  auto metadata = metadata_of(model);
  const auto checkpoint = *io::read_tensor_metadata(folder() / "model.safetensors");
  for (const char* key : {"model", "settings", "data_sha256", "epoch", "step", "class_names"})
    QCOMPARE(metadata[key], checkpoint.at(key));
  const auto loaded = *train::read_checkpoint(folder() / "model.safetensors");
  QCOMPARE(metadata["parameters_sha256"], train::parameters_sha256(loaded.checkpoint.state, *loaded.model));
  QCOMPARE(metadata["title"], std::string("SynaFast"));
  QCOMPARE(metadata["batch_coupled"], std::string("false"));
  const auto definition = model::parse_model_file(metadata["definition"], "definition");
  QVERIFY(definition && *definition == *loaded.checkpoint.settings.own.definition);
}

void OnnxTest::writesEveryReadyModel() {
  for (const model::ModelInfo& info : train::named_models()) {
    const ModelProto model = network(std::string(info.id).c_str());
    QVERIFY2(is_whole(model), std::string(info.id).c_str());
  }
}

void OnnxTest::writesEveryModelFile() {
  int count = 0;
  for (const auto& entry : fs::directory_iterator(fs::path(SYNANN_SOURCE_DIR) / "tests/models")) {
    if (entry.path().extension() != ".json") continue;
    QVERIFY2(is_whole(network(checkpoint_of_file(entry.path()))), entry.path().c_str());
    ++count;
  }
  QVERIFY(count > 30);
}

void OnnxTest::writesEqualBytes() {
  const fs::path from = checkpoint("syna-rnn"), other = folder() / "other.onnx";
  QVERIFY(exported({.out = {}, .checkpoint = from}));
  QVERIFY(exported({.out = other, .checkpoint = from}));
  QVERIFY(*read_file(folder() / "model.onnx", 1 << 30) == *read_file(other, 1 << 30));
}

// A layer may be called as the nodes of another one are.
void OnnxTest::hasNamesThatAreUnique() {
  const std::string text = R"({"format": "synann-model-1", "id": "names", "title": "Names", "layers": [
    {"kind": "relu"}, {"kind": "linear", "name": "relu_1", "out": 9}, {"kind": "relu"},
    {"kind": "synapse", "name": "image"}, {"kind": "batch_norm1d", "name": "one"},
    {"kind": "linear", "name": "log_probs", "out": "classes"}, {"kind": "log_softmax"}]})";
  const fs::path file = folder() / "names.json";
  QVERIFY(write_file_atomically(file, {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()}));
  const ModelProto model = network(checkpoint_of_file(file));
  QVERIFY(is_whole(model));
  QCOMPARE(model.graph().output(0).name(), std::string("log_probs"));
}

void OnnxTest::tellsOfCoupledBatches() {
  auto settings = *train::settings_for("syna-cnn", "digits");
  settings.synapse = "batch-coupled";
  const auto written = exported({.out = {}, .checkpoint = checkpoint(settings)});
  QVERIFY(written);
  QCOMPARE(written->notes.size(), std::size_t{1});
  QVERIFY(written->notes.front().find("depends on the other images of the batch") != std::string::npos);
  const ModelProto model = read(written->files.front());
  QCOMPARE(metadata_of(model)["batch_coupled"], std::string("true"));
  QCOMPARE(count_of(model.graph(), "Scan"), 1);  // over the images of the batch
}

void OnnxTest::unrollsACircuit() {
  const ModelProto model = circuit("latch", 3);
  QVERIFY(is_whole(model));
  const auto latch = synapse::circuit_example("latch")->make();
  const GraphProto& graph = model.graph();
  QCOMPARE(graph.input_size(), static_cast<int>(latch.inputs.size()));
  QCOMPARE(graph.output_size(), static_cast<int>(latch.outputs.size()));
  QCOMPARE(graph.output(0).name(), latch.outputs.front());
  QCOMPARE(shape_of(graph.output(0)), std::string("? 3"));
  QCOMPARE(count_of(graph, "Sub"), static_cast<int>(3 * latch.synapses.size()));
  const auto& first = latch.synapses.front();
  QCOMPARE(first_double(graph, first.name + ".alpha"), first.alpha);
  QCOMPARE(first_double(graph, first.name + ".beta"), first.beta);
  const auto metadata = metadata_of(model);
  QCOMPARE(metadata.at("steps"), std::string("3"));
  QVERIFY(*synapse::parse_circuit(metadata.at("definition"), "definition") == latch);
}

void OnnxTest::writesACircuitWithoutMemoryOnce() {
  const ModelProto model = circuit("chain", 1000);
  QVERIFY(is_whole(model));
  QCOMPARE(count_of(model.graph(), "Sub"), 3);
  QCOMPARE(shape_of(model.graph().output(0)), std::string("? 1000"));
}

void OnnxTest::keepsHostileNamesApart() {
  const std::string text =
      R"({"format": "synann-circuit-1", "name": "", "inputs": {"a.alpha": 0.5, "one": 1, "a/1": 0, "✓ \"": 1},
    "synapses": [{"name": "a", "excitatory": "a.alpha", "inhibitory": {"previous": "outputs/shape"}, "alpha": 1, "beta": 0.5},
                 {"name": "outputs/shape", "excitatory": "a/1", "inhibitory": "✓ \"", "alpha": 1, "beta": 1},
                 {"name": "a/2", "excitatory": "one", "inhibitory": "a", "alpha": 1, "beta": 1}], "outputs": []})";
  const fs::path file = folder() / "names.json";
  QVERIFY(write_file_atomically(file, {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()}));
  const ModelProto model = circuit(file.string(), 2);
  QVERIFY(is_whole(model));
  std::vector<std::string> outputs;
  for (const auto& output : model.graph().output()) outputs.push_back(output.name());
  QCOMPARE(outputs, (std::vector<std::string>{"a", "outputs/shape", "a/2"}));
  QCOMPARE(first_double(model.graph(), "a.alpha_2"), 1.0);  // the input has the name
}

void OnnxTest::refusesWhatItCannotWrite() {
  const auto missing = exported({.out = {}, .checkpoint = folder() / "nothing.safetensors"});
  QVERIFY(!missing && missing.error().sentence().find("nothing.safetensors") != std::string::npos);
  const auto unknown = exported({.out = {}, .circuit = "no such circuit"});
  QVERIFY(!unknown && unknown.error().sentence().find("no such circuit") != std::string::npos);
  const auto nowhere = exported({.out = folder() / "no/such/folder.onnx", .circuit = "latch"});
  QVERIFY(!nowhere && nowhere.error().sentence().find("no/such/folder.onnx") != std::string::npos);

  const auto latch = synapse::circuit_example("latch")->make();
  const int steps = static_cast<int>(onnx::kMostCircuitSynapses / std::ssize(latch.synapses)) + 1;
  const auto too_long = exported({.out = {}, .circuit = "latch", .steps = steps});
  QVERIFY(!too_long);
  QVERIFY(too_long.error().sentence().starts_with(
      "--steps: makes the ONNX model too long: expected at most 4000 "));

  const Status too_large = onnx::save_model(onnx::begun_model("model", ""), folder() / "large.onnx", 10);
  QVERIFY(!too_large);
  QVERIFY(too_large.error().sentence().find(
              "would be too large for an ONNX file: expected at most 10 bytes") != std::string::npos);
  QVERIFY(!fs::exists(folder() / "large.onnx"));
}

void OnnxTest::stopsWhenAsked() {
  std::stop_source stop;
  infer::Work work{.stop = stop.get_token(), .progress = [&stop](int done, int) {
                     if (done == 2) stop.request_stop();
                   }};
  const fs::path from = checkpoint("linear"), to = folder() / "stopped.onnx";
  const auto written = exported({.out = to, .circuit = "latch", .steps = 9}, work);
  QVERIFY(!written);
  QCOMPARE(written.error().kind, ErrorKind::Cancelled);
  const auto network = exported({.out = to, .checkpoint = from}, work);
  QVERIFY(!network && network.error().kind == ErrorKind::Cancelled);
  QVERIFY(!fs::exists(to));
}

}  // namespace synann::exports

SYNANN_TEST(synann::exports::OnnxTest)
#include "onnx_test.moc"
