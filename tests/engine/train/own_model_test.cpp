// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/train/own_model.h"

#include <fstream>

#include <QTest>
#include <nlohmann/json.hpp>

#include "engine/model/model_file.h"
#include "engine/std_strings.h"
#include "engine/train/checkpoint.h"
#include "engine/train/schedule.h"
#include "engine/train/session_fixtures.h"
#include "engine/train/settings_json.h"
#include "tests/test_main.h"

using namespace synann;
using namespace synann::testing;

namespace {

constexpr const char* kNet = R"({"format": "synann-model-1", "id": "my-net", "title": "My net",
  "training": {"epochs": 2, "batch_size": 50, "optimizer": "adam", "lr": 0.01},
  "layers": [{"kind": "conv2d", "name": "c", "out": 4, "kernel": 5, "stride": 2, "bias": false},
             {"kind": "batch_norm2d", "name": "n"}, {"kind": "sigmoid"},
             {"kind": "residual", "layers": [{"kind": "synapse", "name": "s", "over": "channels", "beta": "sigmoid"}]},
             {"kind": "avg_pool2d", "kernel": 3, "stride": 2},
             {"kind": "linear", "name": "h", "out": "classes"}, {"kind": "log_softmax"}]})";

Settings own_settings(const char* text = kNet) {
  return *recommended_settings(std::make_shared<const model::Definition>(*model::parse_model_file(text, "f")),
                               "digits");
}

QString error_of(const Result<Settings>& settings) {
  return settings ? QString() : QString::fromStdString(settings.error().sentence());
}

}  // namespace

// Models of files with their settings, and the runs on them.
class OwnModelTest : public QObject, private SessionRuns {
  Q_OBJECT
 private slots:
  void init() { QVERIFY(renew()); }
  void theFileRecommends();
  void badRecommendationsAreNamed();
  void optionsOfItsLayersAreNotAskedFor();
  void settingsKeepTheNetwork();
  void namesAreFound();
  void aCheckpointNeedsNothingElse();
  void anotherNumberOfThreadsIsTheSame();
  void aResumedRunEndsTheSame();
  void aStateDictIsReadWithTheFile();
  void breaksChangeTheRate();
};

void OwnModelTest::theFileRecommends() {
  const Settings s = own_settings();
  QCOMPARE(s.model, std::string("my-net"));
  QCOMPARE(s.epochs, 2);
  QCOMPARE(s.batch_size, 50);
  QCOMPARE(s.optimizer, std::string("adam"));
  QCOMPARE(s.momentum, Settings().momentum);
}

void OwnModelTest::badRecommendationsAreNamed() {
  const auto with = [](const std::string& training) {
    auto definition = *model::parse_model_file(kNet, "f");
    definition.training = training;
    return error_of(recommended_settings(std::make_shared<const model::Definition>(definition), "digits"));
  };
  QCOMPARE(with(R"({"epoch": 3})"),
           QString("my-net: training: \"epoch\" is no setting; did you mean \"epochs\"?"));
  QCOMPARE(with(R"({"lr": "fast"})"),
           QString("my-net: training: \"lr\" cannot be taken: expected a number, found \"fast\""));
  QCOMPARE(with(R"({"lr": 11})"),
           QString("my-net: training: --lr: is out of range: expected 0 to 10, found 11"));
}

void OwnModelTest::optionsOfItsLayersAreNotAskedFor() {
  Settings s = own_settings();
  QVERIFY(validate(s).ok());
  QVERIFY(!setting_matters(s, "beta") && setting_matters(s, "frozen"));
  s.beta = "sigmoid";
  QCOMPARE(validate(s).error().sentence(),
           std::string(
               "--beta: cannot be asked of the model file \"my-net\", which says it for each of its synapse "
               "layers; set \"beta\" in the file"));
}

void OwnModelTest::settingsKeepTheNetwork() {
  const Settings s = own_settings();
  const auto again = settings_from_json(nlohmann::json::parse(to_json(s).dump()), "where");
  QVERIFY2(again.ok(), again ? "" : again.error().sentence().c_str());
  QVERIFY(*again == s);
  Settings other = s;
  auto changed = *s.own.definition;
  changed.layers[0].out = 5;
  other.own = {std::make_shared<const model::Definition>(changed)};
  QVERIFY(!(other == s));
  auto broken = nlohmann::json::parse(to_json(s).dump());
  broken["model_file"]["layers"][0]["kernel"] = -1;
  QVERIFY(error_of(settings_from_json(broken, "where"))
              .contains("layer 1 (conv2d): its \"kernel\" cannot be taken"));
}

void OwnModelTest::namesAreFound() {
  QCOMPARE(settings_for("syna-mlp", "digits")->learning_rate, 0.01);
  const auto ready = settings_for("syna-mlp-relu", "digits");
  QVERIFY(ready.ok() && ready->own && ready->learning_rate == 0.004);
  // A rival is trained as what it is the rival of.
  const auto rival = settings_for("syna-mlp-relu:dense-bn-relu", "digits");
  QVERIFY2(rival.ok(), rival ? "" : rival.error().sentence().c_str());
  QCOMPARE(rival->model, std::string("dense-bn-relu-mlp-relu"));
  QCOMPARE(rival->learning_rate, 0.004);
  const auto pixel = settings_for("syna-pixel:glu", "digits");
  QCOMPARE(pixel->schedule, std::string("cosine"));
  { std::ofstream(at("net.json")) << kNet; }
  const auto file = settings_for(at("net.json").string(), "digits");
  QVERIFY(file.ok() && *file == own_settings());
  QVERIFY(error_of(settings_for(at("net.json").string() + ":identity", "digits"))
              .endsWith("my-net: layer 5 is no square synapse layer over the features"));
}

void OwnModelTest::aCheckpointNeedsNothingElse() {
  run(at("run"), 1, {}, -1, own_settings());
  const auto loaded = read_checkpoint(at("run") / kLastCheckpoint);
  QVERIFY2(loaded.ok(), loaded ? "" : loaded.error().sentence().c_str());
  QVERIFY(loaded->checkpoint.settings == own_settings());
  QCOMPARE(loaded->model->title, std::string("My net"));
  QVERIFY(loaded->model->parameters.find("s.weight") != nullptr);
}

void OwnModelTest::anotherNumberOfThreadsIsTheSame() {
  const auto one = run(at("one"), 1, {}, -1, own_settings()),
             three = run(at("three"), 3, {}, -1, own_settings());
  QCOMPARE(one.losses, three.losses);
  QCOMPARE(bytes_of(at("one") / kLastCheckpoint), bytes_of(at("three") / kLastCheckpoint));
}

void OwnModelTest::aResumedRunEndsTheSame() {
  run(at("whole"), 1, {}, -1, own_settings());
  run(at("run"), 1, {}, 7, own_settings());
  run(at("run"), 2, at("run") / kLastCheckpoint, -1, own_settings());
  QCOMPARE(bytes_of(at("run") / kLastCheckpoint), bytes_of(at("whole") / kLastCheckpoint));
}

void OwnModelTest::aStateDictIsReadWithTheFile() {
  const auto definition = own_settings().own;
  const auto model = *model::build(*definition.definition, 28, 28, 10);
  Checkpoint checkpoint;
  checkpoint.settings = own_settings();
  checkpoint.rows = checkpoint.columns = 28;
  checkpoint.classes = 10;
  checkpoint.state = model::initialise(model, 3);
  QVERIFY(write_checkpoint(at("c.safetensors"), checkpoint, model).ok());
  const auto read = read_checkpoint(at("c.safetensors"));
  QVERIFY2(read.ok(), read ? "" : read.error().sentence().c_str());
  QVERIFY(read->checkpoint.state.values == checkpoint.state.values);
}

void OwnModelTest::breaksChangeTheRate() {
  Settings s;
  s.learning_rate = 0.001;
  s.schedule = "breaks";
  QCOMPARE(
      validate(s).error().sentence(),
      std::string(
          "--schedule: has no breaks: expected --schedule-breaks EPOCH:RATE,…, as in 12:0.0001,30:0.00001"));
  s.schedule_breaks = "12:0.0001,30:0.00001";
  QVERIFY(validate(s).ok());
  const auto rate = [&](int epoch) { return train::learning_rate(s, {}, epoch, 5, 10); };
  QCOMPARE(rate(1), 0.001);
  QCOMPARE(rate(12), 0.001);
  QCOMPARE(rate(13), 0.0001);
  QCOMPARE(rate(30), 0.0001);
  QCOMPARE(rate(31), 0.00001);
  const auto error = [](const char* text) {
    const auto breaks = parse_breaks("--schedule-breaks", text);
    return breaks ? QString() : QString::fromStdString(breaks.error().sentence());
  };
  QCOMPARE(
      error("12"),
      QString(
          "--schedule-breaks: holds what is no break: expected EPOCH:RATE, as in 12:0.0001, found \"12\""));
  QCOMPARE(error("3:0.1,3:0.2"),
           QString("--schedule-breaks: does not go forward: expected an epoch after 3, found 3"));
  QVERIFY(!error("0:0.1").isEmpty() && !error("3:11").isEmpty() && !error("").isEmpty());
}

SYNANN_TEST(OwnModelTest)
#include "own_model_test.moc"
