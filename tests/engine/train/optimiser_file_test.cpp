// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/train/optimiser_file.h"

#include <filesystem>
#include <functional>
#include <limits>

#include <QTemporaryDir>
#include <QtTest>

#include "engine/core/file.h"
#include "engine/core/sha256.h"
#include "engine/std_strings.h"
#include "engine/train/checkpoint_fixtures.h"
#include "tests/test_main.h"

using namespace synann;
using namespace synann::testing;
using namespace synann::train;

namespace fs = std::filesystem;

namespace {

// The file of a numbered state, after `change` has had its way with it.
std::vector<std::uint8_t> changed_file(Adam adam, const std::function<void(io::SafeTensors&)>& change) {
  const model::State state = numbered_state(cnn(), adam);
  auto content = *io::parse_safetensors(bytes_of(format_optimiser(state, cnn())->pieces()), "made");
  change(content);
  return io::format_safetensors(content);
}

io::Tensor& tensor(io::SafeTensors& content, std::string_view name) {
  return *std::find_if(content.tensors.begin(), content.tensors.end(),
                       [&](const io::Tensor& t) { return t.name == name; });
}

}  // namespace

// The optimiser's state as a file of tensors, named after its content.
class OptimiserFileTest : public QObject {
  Q_OBJECT

 private slots:
  void roundTrip_data();
  void roundTrip();
  void hasPyTorchsNames_data();
  void hasPyTorchsNames();
  void aStateOfZerosHasNoFile();
  void isNamedAfterItsContent();
  void onlyItsOwnNamesAreItsNames_data();
  void onlyItsOwnNamesAreItsNames();
  void aBrokenFileIsOneSentence_data();
  void aBrokenFileIsOneSentence();
  void aDamagedFileIsNoticedByItsName();
};

void OptimiserFileTest::roundTrip_data() {
  QTest::addColumn<QString>("id");
  QTest::addColumn<bool>("adam");
  for (const auto& info : model::known_models()) {
    for (const bool adam : {false, true})
      QTest::addRow("%s, %s", info.id.data(), adam ? "adam" : "sgd") << QString(info.id.data()) << adam;
  }
}

void OptimiserFileTest::roundTrip() {
  QFETCH(QString, id);
  QFETCH(bool, adam);
  const auto model = model_of(qPrintable(id));
  const auto state = numbered_state(model, adam ? Adam::Yes : Adam::No);
  const auto file = format_optimiser(state, model);
  QVERIFY(file != nullptr);
  model::State read = state;
  read.momenta.assign(state.momenta.size(), 99);
  read.squares.assign(adam ? 0 : state.momenta.size(), 99);  // of another optimiser
  const auto status = parse_optimiser(bytes_of(file->pieces()), "a", model, read);
  QVERIFY2(status.ok(), status.ok() ? "" : status.error().sentence().c_str());
  QVERIFY(read == state);
}

void OptimiserFileTest::hasPyTorchsNames_data() {
  QTest::addColumn<bool>("adam");
  QTest::addColumn<QStringList>("buffers");
  QTest::newRow("sgd") << false << QStringList{"momentum_buffer"};
  QTest::newRow("adam") << true << QStringList{"exp_avg", "exp_avg_sq"};
}

void OptimiserFileTest::hasPyTorchsNames() {
  QFETCH(bool, adam);
  QFETCH(QStringList, buffers);
  const auto state = numbered_state(cnn(), adam ? Adam::Yes : Adam::No);
  const auto content = *io::parse_safetensors(bytes_of(format_optimiser(state, cnn())->pieces()), "made");
  std::size_t trained = 0;
  for (const Parameter& p : cnn().parameters.all()) {
    for (const QString& buffer : buffers) {
      const io::Tensor* t = content.find(p.name + "." + buffer.toStdString());
      QCOMPARE(t != nullptr, p.role == Role::Trained);
      if (!t) continue;
      QCOMPARE(t->shape, p.shape);
      const auto& block = buffer == "exp_avg_sq" ? state.squares : state.momenta;
      QCOMPARE(t->to_float().front(), block[p.offset]);
      ++trained;
    }
  }
  QCOMPARE(content.tensors.size(), trained);
  QCOMPARE(content.metadata.at("synann.format"), std::string("synann-optimizer-1"));
  QCOMPARE(content.metadata.at("optimizer"), std::string(adam ? "adam" : "sgd"));
  QCOMPARE(content.metadata.at("model"), std::string("syna-cnn"));
}

void OptimiserFileTest::aStateOfZerosHasNoFile() {
  auto state = model::initialise(cnn(), 1);
  QVERIFY(format_optimiser(state, cnn()) == nullptr);
  state.squares.assign(state.momenta.size(), 0);
  QVERIFY(format_optimiser(state, cnn()) == nullptr);
  state.squares.back() = 1e-30f;
  QVERIFY(format_optimiser(state, cnn()) != nullptr);
  state.squares.clear();
  state.momenta.back() = -1e-30f;
  QVERIFY(format_optimiser(state, cnn()) != nullptr);
}

void OptimiserFileTest::isNamedAfterItsContent() {
  const auto state = numbered_state(cnn());
  const auto file = format_optimiser(state, cnn());
  const auto bytes = bytes_of(file->pieces());
  const std::string name = optimiser_file_name(*file);
  QCOMPARE(name, "optimizer-" + sha256_hex(bytes).substr(0, 16) + ".safetensors");
  QCOMPARE(optimiser_file_name(bytes), name);
  QVERIFY(is_optimiser_file_name(name));
  auto other = numbered_state(cnn());
  QCOMPARE(optimiser_file_name(*format_optimiser(other, cnn())), name);
  other.values.front() += 1;  // not the optimiser's
  QCOMPARE(optimiser_file_name(*format_optimiser(other, cnn())), name);
  other.momenta.back() += 1;
  QVERIFY(optimiser_file_name(*format_optimiser(other, cnn())) != name);
}

void OptimiserFileTest::onlyItsOwnNamesAreItsNames_data() {
  QTest::addColumn<QString>("name");
  QTest::addColumn<bool>("own");
  const auto row = [](const char* name, bool own) { QTest::newRow(name) << name << own; };
  row("optimizer-0123456789abcdef.safetensors", true);
  row("optimizer-0123456789ABCDEF.safetensors", false);
  row("optimizer-0123456789abcde.safetensors", false);
  row("optimizer-0123456789abcdef0.safetensors", false);
  row("optimizer-0123456789abcdeg.safetensors", false);
  row("optimizer-../../../passwd1.safetensors", false);
  row("/optimizer-0123456789abcdef.safetensors", false);
  row("optimizer-0123456789abcdef.safetensors.part-1", false);
  row("Optimizer-0123456789abcdef.safetensors", false);
  row("last.safetensors", false);
  row("", false);
}

void OptimiserFileTest::onlyItsOwnNamesAreItsNames() {
  QFETCH(QString, name);
  QFETCH(bool, own);
  QCOMPARE(is_optimiser_file_name(name.toStdString()), own);
}

using Change = std::function<void(io::SafeTensors&)>;

namespace {

void brokenRow(const char* name, bool adam, const Change& change, const char* sentence) {
  QTest::newRow(name) << adam << change << QString(sentence);
}

void brokenTensors() {
  const auto row = brokenRow;
  row(
      "missing", false,
      [](io::SafeTensors& c) {
        std::erase_if(c.tensors, [](const io::Tensor& t) { return t.name == "fc2.bias.momentum_buffer"; });
      },
      "tensor \"fc2.bias.momentum_buffer\" is missing: expected 10 numbers of syna-cnn");
  row(
      "squares missing", true,
      [](io::SafeTensors& c) {
        std::erase_if(c.tensors, [](const io::Tensor& t) { return t.name == "fc2.bias.exp_avg_sq"; });
      },
      "tensor \"fc2.bias.exp_avg_sq\" is missing: expected 10 numbers of syna-cnn");
  row(
      "misshapen", false,
      [](io::SafeTensors& c) {
        tensor(c, "fc1.weight.momentum_buffer").shape = {320, 64};
      },
      "tensor \"fc1.weight.momentum_buffer\" does not fit: expected 20480 numbers of syna-cnn");
  row(
      "another type", false,
      [](io::SafeTensors& c) {
        const std::vector<std::int64_t> whole(10);
        tensor(c, "fc2.bias.momentum_buffer") =
            io::make_tensor("fc2.bias.momentum_buffer", {10}, std::span(whole));
      },
      "tensor \"fc2.bias.momentum_buffer\" does not fit: expected 10 numbers of syna-cnn");
  row(
      "not finite", true,
      [](io::SafeTensors& c) {
        std::vector<float> values(10);
        values[3] = std::numeric_limits<float>::infinity();
        tensor(c, "fc2.bias.exp_avg_sq") = io::make_tensor("fc2.bias.exp_avg_sq", {10}, std::span(values));
      },
      "tensor \"fc2.bias.exp_avg_sq\" holds a number that is not finite at element 3; go back to an earlier "
      "checkpoint");
  row(
      "one too many", false,
      [](io::SafeTensors& c) {
        const std::vector<float> values(10);
        c.tensors.push_back(io::make_tensor("fc3.bias.momentum_buffer", {10}, std::span(values)));
      },
      "holds a tensor \"fc3.bias.momentum_buffer\" that the sgd state of syna-cnn does not have");
  row(
      "the other optimiser's too", false,
      [](io::SafeTensors& c) {
        const std::vector<float> values(10);
        c.tensors.push_back(io::make_tensor("fc2.bias.exp_avg", {10}, std::span(values)));
      },
      "holds a tensor \"fc2.bias.exp_avg\" that the sgd state of syna-cnn does not have");
}

void brokenHeaders() {
  const auto row = brokenRow;
  row(
      "another model", false, [](io::SafeTensors& c) { c.metadata["model"] = "dense-cnn"; },
      "belongs to another model: expected syna-cnn, found \"dense-cnn\"");
  row(
      "another optimiser", false, [](io::SafeTensors& c) { c.metadata["optimizer"] = "rmsprop"; },
      "holds the state of an optimiser that is not known: expected sgd or adam, found \"rmsprop\"");
  row(
      "another format", false, [](io::SafeTensors& c) { c.metadata["synann.format"] = "synann-optimizer-9"; },
      "is not an optimiser's state of this program: expected synann.format synann-optimizer-1, found "
      "\"synann-optimizer-9\"");
  row(
      "no format", false, [](io::SafeTensors& c) { c.metadata.clear(); },
      "is not an optimiser's state of this program: expected synann.format synann-optimizer-1, found none");
}

}  // namespace

void OptimiserFileTest::aBrokenFileIsOneSentence_data() {
  QTest::addColumn<bool>("adam");
  QTest::addColumn<Change>("change");
  QTest::addColumn<QString>("sentence");
  brokenTensors();
  brokenHeaders();
}

void OptimiserFileTest::aBrokenFileIsOneSentence() {
  QFETCH(bool, adam);
  QFETCH(Change, change);
  QFETCH(QString, sentence);
  auto state = model::initialise(cnn(), 1);
  const auto status =
      parse_optimiser(changed_file(adam ? Adam::Yes : Adam::No, change), "run/o", cnn(), state);
  QVERIFY(!status.ok());
  QCOMPARE(status.error().kind, ErrorKind::Input);
  QCOMPARE(QString::fromStdString(status.error().sentence()), "run/o: " + sentence);
}

void OptimiserFileTest::aDamagedFileIsNoticedByItsName() {
  const QTemporaryDir dir;
  const auto state = numbered_state(cnn());
  const auto file = format_optimiser(state, cnn());
  const fs::path path = fs::path(dir.path().toStdString()) / optimiser_file_name(*file);
  auto bytes = bytes_of(file->pieces());
  QVERIFY(write_file_atomically(path, bytes).ok());
  auto read = model::initialise(cnn(), 2);
  QVERIFY(read_optimiser(path, cnn(), read).ok());
  QVERIFY(read.momenta == state.momenta);
  bytes[bytes.size() - 3] ^= 1;  // a number like any other
  QVERIFY(write_file_atomically(path, bytes).ok());
  const auto status = read_optimiser(path, cnn(), read);
  QVERIFY(!status.ok());
  QCOMPARE(status.error().sentence(), path.string() +
                                          ": is damaged: its content is not what its name says: expected " +
                                          path.filename().string() + ", found " + optimiser_file_name(bytes) +
                                          "; resume from another checkpoint, or with --fresh-optimizer");
}

SYNANN_TEST(OptimiserFileTest)
#include "optimiser_file_test.moc"
