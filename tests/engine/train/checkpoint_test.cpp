// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/train/checkpoint.h"

#include <cstring>
#include <filesystem>
#include <limits>

#include <QTemporaryDir>
#include <QtTest>
#include <nlohmann/json.hpp>

#include "engine/core/file.h"
#include "engine/core/version.h"
#include "engine/data/family.h"
#include "engine/std_strings.h"
#include "engine/train/checkpoint_fixtures.h"
#include "engine/train/event_json.h"
#include "engine/train/optimiser_file.h"
#include "tests/test_main.h"

using namespace synann;
using namespace synann::testing;
using namespace synann::train;

namespace fs = std::filesystem;

namespace {

// A checkpoint as version 0.1.0 wrote it: momenta in base64 among the metadata, `format` its name.
io::SafeTensors first_format(const Checkpoint& c, const model::Model& model) {
  auto settings = to_json(c.settings);
  settings.erase("data");
  io::SafeTensors content;
  content.metadata = {{"format", "synann-checkpoint-1"},
                      {"model", model.id},
                      {"settings", settings.dump()},
                      {"data_sha256", c.data_sha256},
                      {"rows", "28"},
                      {"columns", "28"},
                      {"classes", "10"},
                      {"seed", "77"},
                      {"epoch", "3"},
                      {"step", "5"},
                      {"epoch_loss_sum", "12.345678901234567"},
                      {"best_epoch", "2"},
                      {"best_correct", "41"},
                      {"best_loss", "0.30000000000000004"},
                      {"plateau_factor", "0.3"},
                      {"plateau_best_loss", "0.3333333333333333"},
                      {"plateau_bad_epochs", "1"},
                      {"plateau_epochs_seen", "2"},
                      {"momentum", base64_of(c.state.momenta)}};
  if (!c.state.squares.empty()) content.metadata["adam_squares"] = base64_of(c.state.squares);
  for (const Parameter& p : model.parameters.all()) {
    content.tensors.push_back(
        p.type == ElementType::I64
            ? io::make_tensor(p.name, p.shape, std::span(c.state.counters).subspan(p.offset, p.size()))
            : io::make_tensor(p.name, p.shape, std::span(c.state.values).subspan(p.offset, p.size())));
  }
  return content;
}

// "" where they are equal to the bit, else what differs.
std::string difference(const Checkpoint& a, const Checkpoint& b) {
  if (!(a.settings == b.settings)) return "settings";
  if (a.data_sha256 != b.data_sha256 || a.rows != b.rows || a.columns != b.columns || a.classes != b.classes)
    return "data";
  if (!(a.position == b.position)) return "position";
  if (a.best.epoch != b.best.epoch || a.best.correct != b.best.correct || a.best.loss != b.best.loss)
    return "best";
  if (!(a.plateau == b.plateau)) return "plateau";
  if (a.epoch_loss_sum != b.epoch_loss_sum) return "sum of losses";
  if (a.state.momenta != b.state.momenta || a.state.squares != b.state.squares) return "optimiser";
  return a.state == b.state ? "" : "values";
}

std::string complaint(const io::SafeTensors& content) {
  const auto parsed = parse_checkpoint(io::format_safetensors(content), "run/c");
  return parsed ? "accepted" : parsed.error().sentence();
}

}  // namespace

// What a checkpoint holds comes back to the bit; what it cannot hold is one sentence.
class CheckpointTest : public QObject {
  Q_OBJECT

 private slots:
  void init();
  void roundTrip_data();
  void roundTrip();
  void isAStateDict();
  void equalOnesAreEqualFiles();
  void classesKeepTheirNames();
  void withoutMomentaThereIsNoSecondFile();
  void leavesTheOptimiserWhereItIsNotAsked();
  void theFirstFormatIsRead_data();
  void theFirstFormatIsRead();
  void brokenMomentaOfTheFirstFormatAreRefused();
  void theOptimiserIsAFileBesideIt_data();
  void theOptimiserIsAFileBesideIt();
  void anUnknownFormatNamesTheVersion();
  void aMissingOptimiserIsOneSentence();
  void adamKeepsItsSquares();

 private:
  fs::path path(const std::string& name) const { return fs::path(dir_->path().toStdString()) / name; }

  std::unique_ptr<QTemporaryDir> dir_;
};

void CheckpointTest::init() {
  dir_ = std::make_unique<QTemporaryDir>();
  QVERIFY(dir_->isValid());
}

void CheckpointTest::roundTrip_data() {
  QTest::addColumn<QString>("id");
  QTest::addColumn<bool>("adam");
  for (const auto& info : model::known_models()) {
    for (const bool adam : {false, true})
      QTest::addRow("%s, %s", info.id.data(), adam ? "adam" : "sgd") << QString(info.id.data()) << adam;
  }
}

void CheckpointTest::roundTrip() {
  QFETCH(QString, id);
  QFETCH(bool, adam);
  const auto model = model_of(qPrintable(id));
  const auto written = numbered_checkpoint(model, adam ? Adam::Yes : Adam::No);
  QVERIFY(write_checkpoint(path("c"), written, model).ok());
  const auto read = read_checkpoint(path("c"), OptimiserState::Read);
  QVERIFY2(read.ok(), read.ok() ? "" : read.error().sentence().c_str());
  QCOMPARE(difference(read->checkpoint, written), std::string());
  QCOMPARE(read->model->id, model.id);
  QCOMPARE(listing(dir_->path().toStdString()),
           (QStringList{"c", QString::fromStdString(read->optimiser_file)}));
}

// So that PyTorch loads it strictly: these tensors and no others.
void CheckpointTest::isAStateDict() {
  const auto model = model_of("syna-cnn");
  QVERIFY(write_checkpoint(path("c"), numbered_checkpoint(model), model).ok());
  const auto content = io::parse_safetensors(*io::read_tensor_file(path("c")), "c");
  QVERIFY(content.ok());
  QCOMPARE(content->tensors.size(), model.parameters.all().size());
  for (const Parameter& p : model.parameters.all()) QVERIFY2(content->find(p.name), p.name.c_str());
  QCOMPARE(content->metadata.at("format"), std::string("pt"));
  QCOMPARE(content->metadata.at("synann.format"), std::string("synann-checkpoint-2"));
  QVERIFY(!content->metadata.contains("momentum"));
}

void CheckpointTest::equalOnesAreEqualFiles() {
  const auto model = model_of("syna-cnn");
  fs::create_directory(path("other"));
  QVERIFY(write_checkpoint(path("a"), numbered_checkpoint(model), model).ok());
  QVERIFY(write_checkpoint(path("other/b"), numbered_checkpoint(model), model).ok());
  QCOMPARE(*read_file(path("a"), 1 << 20), *read_file(path("other/b"), 1 << 20));
  const auto optimiser = listing(path("other"), "optimizer-*");
  QCOMPARE(optimiser.size(), 1);
  QCOMPARE(listing(dir_->path().toStdString(), "optimizer-*"), optimiser);
}

void CheckpointTest::classesKeepTheirNames() {
  const auto model = model_of("linear");
  Checkpoint c = numbered_checkpoint(model);
  QVERIFY(data::names_beyond_numbers({}, 10).empty());
  QVERIFY(data::names_beyond_numbers({"a", "b"}, 10).empty());  // of other data
  c.class_names = data::names_beyond_numbers({"a", "b", "c", "\"d\"", "お", "f", "g", "h", "i", "j"}, 10);
  QCOMPARE(c.class_names.size(), std::size_t{10});
  QVERIFY(write_checkpoint(path("named"), c, model).ok());
  const auto read = read_checkpoint(path("named"));
  QVERIFY2(read.ok(), read ? "" : read.error().sentence().c_str());
  QVERIFY(read->checkpoint.class_names == c.class_names);
  // As many names as classes, or one sentence.
  c.class_names.pop_back();
  QVERIFY(write_checkpoint(path("wrong"), c, model).ok());
  const auto wrong = read_checkpoint(path("wrong"));
  QVERIFY(!wrong &&
          wrong.error().sentence().find("expected a list of 10 names, found 9 entries") != std::string::npos);
}

void CheckpointTest::withoutMomentaThereIsNoSecondFile() {
  const auto model = model_of("syna-cnn");
  auto written = numbered_checkpoint(model);
  written.state.momenta.assign(written.state.momenta.size(), 0);
  QVERIFY(write_checkpoint(path("c"), written, model).ok());
  QCOMPARE(io::read_tensor_metadata(path("c"))->at("synann.optimizer"), std::string("none"));
  QCOMPARE(listing(dir_->path().toStdString()), QStringList{"c"});
  const auto read = read_checkpoint(path("c"), OptimiserState::Read);
  QVERIFY(read.ok());
  QCOMPARE(read->optimiser_file, std::string());
  QCOMPARE(difference(read->checkpoint, written), std::string());
}

void CheckpointTest::leavesTheOptimiserWhereItIsNotAsked() {
  const auto model = model_of("syna-cnn");
  const auto written = numbered_checkpoint(model);
  QVERIFY(write_checkpoint(path("c"), written, model).ok());
  QVERIFY(fs::remove(path(read_checkpoint(path("c"))->optimiser_file)));
  const auto read = read_checkpoint(path("c"));
  QVERIFY(read.ok());
  QVERIFY(read->checkpoint.state.values == written.state.values);
  QVERIFY(read->checkpoint.state.momenta == std::vector<float>(written.state.momenta.size()));
}

void CheckpointTest::theFirstFormatIsRead_data() {
  QTest::addColumn<bool>("adam");
  QTest::newRow("sgd") << false;
  QTest::newRow("adam") << true;
}

void CheckpointTest::theFirstFormatIsRead() {
  QFETCH(bool, adam);
  const auto model = model_of("syna-cnn");
  const auto written = numbered_checkpoint(model, adam ? Adam::Yes : Adam::No);
  QVERIFY(write_file_atomically(path("c"), io::format_safetensors(first_format(written, model))).ok());
  const auto read = read_checkpoint(path("c"), OptimiserState::Read);
  QVERIFY2(read.ok(), read.ok() ? "" : read.error().sentence().c_str());
  QCOMPARE(difference(read->checkpoint, written), std::string());
  QCOMPARE(read->optimiser_file, std::string());
}

void CheckpointTest::brokenMomentaOfTheFirstFormatAreRefused() {
  const auto model = model_of("syna-cnn");
  const auto written = numbered_checkpoint(model, Adam::Yes);
  const std::size_t count = written.state.momenta.size();
  auto content = first_format(written, model);
  QCOMPARE(complaint(content), std::string("accepted"));
  const std::string expected = "expected " + std::to_string(count) + " numbers in base64, found ";
  content.metadata["momentum"] = base64_of({1, 2});
  QCOMPARE(complaint(content), "run/c: the checkpoint's momentum: " + expected + "8 bytes");
  content.metadata["momentum"] = "%%%";
  QCOMPARE(complaint(content), "run/c: the checkpoint's momentum: " + expected + "no base64");
  content.metadata.erase("momentum");
  QCOMPARE(complaint(content), std::string("run/c: the checkpoint's momentum: expected a value, found none"));
  content = first_format(written, model);
  std::vector<float> squares(count, 1);
  squares.back() = std::numeric_limits<float>::quiet_NaN();
  content.metadata["adam_squares"] = base64_of(squares);
  QCOMPARE(
      complaint(content),
      std::string("run/c: the checkpoint's adam_squares: expected finite numbers, found NaN or infinity"));
}

void CheckpointTest::theOptimiserIsAFileBesideIt_data() {
  QTest::addColumn<QString>("name");
  for (const char* name :
       {"../optimizer-0123456789abcdef.safetensors", "/etc/passwd", "optimizer-0123456789abcdef.safetensors/",
        "sub/optimizer-0123456789abcdef.safetensors", "optimizer-0123456789abcdeX.safetensors",
        "last.safetensors", "None", ".."})
    QTest::newRow(name) << name;
}

void CheckpointTest::theOptimiserIsAFileBesideIt() {
  QFETCH(QString, name);
  const auto model = model_of("syna-cnn");
  QVERIFY(write_checkpoint(path("c"), numbered_checkpoint(model), model).ok());
  auto content = *io::parse_safetensors(*io::read_tensor_file(path("c")), "c");
  QCOMPARE(complaint(content), std::string("accepted"));
  content.metadata["synann.optimizer"] = name.toStdString();
  QCOMPARE(complaint(content),
           "run/c: the checkpoint's synann.optimizer: expected none, or optimizer-<16 hex "
           "digits>.safetensors, found \"" +
               name.toStdString() + "\"");
}

void CheckpointTest::anUnknownFormatNamesTheVersion() {
  const auto model = model_of("syna-cnn");
  QVERIFY(write_checkpoint(path("c"), numbered_checkpoint(model), model).ok());
  auto content = *io::parse_safetensors(*io::read_tensor_file(path("c")), "c");
  content.metadata["synann.format"] = "synann-checkpoint-9";
  const std::string unread =
      "run/c: is not a checkpoint that this version of the program reads: expected synann.format "
      "synann-checkpoint-2, found ";
  QCOMPARE(complaint(content), unread + "\"synann-checkpoint-9\"");
  content.metadata["synann.needs"] = "9.1.0";
  QCOMPARE(
      complaint(content),
      unread + "\"synann-checkpoint-9\"; open it with version 9.1.0 or newer (this is " + kVersion + ")");
  // Nothing else of it need be what is known today.
  content.metadata.erase("settings");
  content.tensors.clear();
  QVERIFY(complaint(content).ends_with(std::string("9.1.0 or newer (this is ") + kVersion + ")"));
  content.metadata = {{"settings", "{}"}};
  QCOMPARE(complaint(content), unread + "no format");
}

void CheckpointTest::aMissingOptimiserIsOneSentence() {
  const auto model = model_of("syna-cnn");
  QVERIFY(write_checkpoint(path("c"), numbered_checkpoint(model), model).ok());
  const fs::path optimiser = path(read_checkpoint(path("c"))->optimiser_file);
  QVERIFY(fs::remove(optimiser));
  const auto read = read_checkpoint(path("c"), OptimiserState::Read);
  QVERIFY(!read.ok());
  QCOMPARE(read.error().kind, ErrorKind::Input);
  QCOMPARE(read.error().sentence(), optimiser.string() + ": is missing: it holds the optimiser's state of " +
                                        path("c").string() +
                                        "; bring it back, or resume with --fresh-optimizer");
}

// A state that another optimiser left is not mixed with what is read.
void CheckpointTest::adamKeepsItsSquares() {
  const auto model = model_of("syna-mlp");
  const auto adam = numbered_checkpoint(model, Adam::Yes), sgd = numbered_checkpoint(model, Adam::No, 1);
  QVERIFY(write_checkpoint(path("a"), adam, model).ok());
  QVERIFY(write_checkpoint(path("b"), sgd, model).ok());
  QVERIFY(read_checkpoint(path("a"), OptimiserState::Read)->checkpoint.state == adam.state);
  QVERIFY(read_checkpoint(path("b"), OptimiserState::Read)->checkpoint.state == sgd.state);
  QCOMPARE(listing(dir_->path().toStdString(), "optimizer-*").size(), 2);
}

SYNANN_TEST(CheckpointTest)
#include "checkpoint_test.moc"
