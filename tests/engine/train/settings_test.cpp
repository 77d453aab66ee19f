// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/train/settings.h"

#include <cmath>

#include <QTest>
#include <nlohmann/json.hpp>

#include "engine/train/event_json.h"
#include "engine/train/schedule.h"
#include "tests/test_main.h"

using namespace synann;
using namespace synann::train;

class SettingsTest : public QObject {
  Q_OBJECT
 private slots:
  void defaultsAreTheOriginals();
  void everyKeyReadsWhatItWrites();
  void jsonRoundTrip();
  void theOriginalsLogIntervalIsNotWritten();
  void adamsBetasReachTheOptimiser();
  void jsonOfTheWrongTypeIsRefused();
  void refusesWhatIsOutOfRange();
  void choicesBecomeOptions();
  void schedules();
  void oneCycleIsPyTorchs();
  void plateauDropsAfterPatience();
};

void SettingsTest::defaultsAreTheOriginals() {
  const Settings s;
  QVERIFY(recommended_settings("syna-cnn", "mnist") == [] {
    Settings original;
    original.data = "mnist";
    return original;
  }());
  QCOMPARE(s.epochs, 200);
  QCOMPARE(s.batch_size, 100);
  QCOMPARE(s.learning_rate, 0.012);
  QCOMPARE(s.momentum, 0.5);
  QCOMPARE(s.seed, std::uint64_t{5});
  QCOMPARE(recommended_settings("syna-cnn", "digits").epochs, 20);
  for (const SettingInfo& info : setting_infos()) QCOMPARE(setting_value(s, info.key), info.fallback);
  for (const ChoiceInfo& info : choice_infos())
    QCOMPARE(choice_value(s, info.key), std::string(info.is_text() ? "" : info.options.front()));
  for (const auto& info : model::known_models())
    QVERIFY(validate(recommended_settings(info.id, "digits")).ok());
}

void SettingsTest::everyKeyReadsWhatItWrites() {
  for (const SettingInfo& info : setting_infos()) {
    Settings s;
    set_setting(s, info.key, info.maximum);
    QCOMPARE(setting_value(s, info.key), info.maximum);
    int changed = 0;
    for (const SettingInfo& other : setting_infos())
      changed += setting_value(s, other.key) != setting_value(Settings{}, other.key);
    QVERIFY2(changed == (info.maximum == info.fallback ? 0 : 1), info.key.data());
  }
}

void SettingsTest::jsonRoundTrip() {
  Settings s = recommended_settings("syna-rnn", "some/folder");
  s.seed = 123456789;
  s.weight_decay = 1e-4;
  s.beta = "sigmoid";
  s.frozen = "fcn: 3,4 row 5";
  const auto read = settings_from_json(nlohmann::json::parse(to_json(s).dump()), "here");
  QVERIFY(read.ok());
  QVERIFY(*read == s);
}

// A line every hundred steps is what every earlier program had, and did not write.
void SettingsTest::theOriginalsLogIntervalIsNotWritten() {
  Settings s;
  QVERIFY(!to_json(s).contains("log_interval"));
  s.log_interval = 7;
  const auto read = settings_from_json(nlohmann::json::parse(to_json(s).dump()), "here");
  QVERIFY(read.ok());
  QCOMPARE(read->log_interval, 7);
  s.log_interval = 0;
  QCOMPARE(validate(s).error().where, std::string("--log-interval"));
}

void SettingsTest::adamsBetasReachTheOptimiser() {
  Settings s;
  QVERIFY(!to_json(s).contains("adam_beta1"));  // older files stay what they were
  s.adam_beta1 = 0.7, s.adam_beta2 = 0.9;
  QVERIFY(optimiser(s) == compute::Optimiser{.momentum = 0.5});  // SGD has none
  QVERIFY(!setting_matters(s, "adam-beta1"));
  for (const char* adam : {"adam", "adamw"}) {
    s.optimizer = adam;
    QCOMPARE(optimiser(s).beta1, 0.7);
    QCOMPARE(optimiser(s).beta2, 0.9);
    QVERIFY(setting_matters(s, "adam-beta2"));
  }
  const auto back = settings_from_json(to_json(s), "here");
  QVERIFY(back.ok() && *back == s);
  s.adam_beta2 = 1;
  QVERIFY(!validate(s).ok());
}

void SettingsTest::jsonOfTheWrongTypeIsRefused() {
  const auto read = settings_from_json(nlohmann::json::parse(R"({"lr":"fast"})"), "file, line 3");
  QVERIFY(!read.ok());
  QVERIFY2(read.error().sentence().find("file, line 3") == 0 &&
               read.error().sentence().find("lr") != std::string::npos,
           read.error().sentence().c_str());
}

void SettingsTest::refusesWhatIsOutOfRange() {
  for (const SettingInfo& info : setting_infos()) {
    for (const double value : {info.minimum - 1, info.maximum + 1}) {
      Settings s;
      set_setting(s, info.key, value);
      if (setting_value(s, info.key) >= info.minimum && setting_value(s, info.key) <= info.maximum)
        continue;  // unsigned, switches
      const auto status = validate(s);
      QVERIFY2(!status.ok(), info.key.data());
      QVERIFY(status.error().where == "--" + std::string(info.key));
    }
  }
  Settings s;
  s.schedule = "random";
  QVERIFY(validate(s).error().sentence().find("one-cycle") != std::string::npos);
  s = {};
  s.frozen = "row 3; again: 1,2";
  QVERIFY(validate(s).ok());
  s.frozen = "everything";
  QCOMPARE(validate(s).error().found, std::string("\"everything\""));
}

void SettingsTest::choicesBecomeOptions() {
  Settings s;
  QVERIFY(synapse_options(s) == model::SynapseOptions{});
  s.synapse = "batch-coupled";
  s.beta = "clamp";
  s.alpha = "softplus";
  s.diagonal = "zero";
  using Options = model::SynapseOptions;
  QVERIFY((synapse_options(s) == Options{Options::Semantics::BatchCoupled, Options::Beta::Clamp,
                                         Options::Alpha::Softplus, Options::Diagonal::Zero}));
  QVERIFY(optimiser(Settings{}).plain());
  s.optimizer = "adam";
  QVERIFY(optimiser(s).kind == compute::Optimiser::Kind::Adam);
}

void SettingsTest::schedules() {
  Settings s;
  s.learning_rate = 1;
  s.epochs = 10;
  const auto rate = [&](const char* name, int epoch, int step) {
    s.schedule = name;
    return learning_rate(s, {}, epoch, step, 100);
  };
  QCOMPARE(rate("constant", 7, 3), 1.0);
  s.schedule_epochs = 3;
  s.schedule_factor = 0.1;
  QCOMPARE(rate("step", 3, 99), 1.0);
  QVERIFY(std::abs(rate("step", 4, 0) - 0.1) < 1e-15 && std::abs(rate("step", 7, 0) - 0.01) < 1e-15);
  QCOMPARE(rate("cosine", 1, 0), 1.0);
  QVERIFY(std::abs(rate("cosine", 6, 0) - 0.5) < 1e-15);
  QVERIFY(rate("cosine", 10, 99) < 1e-3 && rate("cosine", 10, 99) > 0);
  double before = 2;
  for (int epoch = 1; epoch <= 10; ++epoch) {
    QVERIFY(rate("cosine", epoch, 50) < before);
    before = rate("cosine", epoch, 50);
  }
}

// torch.optim.lr_scheduler.OneCycleLR(max_lr=1, total_steps=N, cycle_momentum=False) of PyTorch 2.15.
void SettingsTest::oneCycleIsPyTorchs() {
  const std::vector<std::vector<double>> rates{
      {4e-06},
      {0.811745653949763, 4e-06},
      {0.9944154354509117, 0.46263710266697505, 4e-06},
      {0.040000000000000036, 0.811745653949763, 0.28306099820869923, 4e-06},
      {0.040000000000000036, 0.52, 1.0, 0.9504846320134737, 0.8117456539497631, 0.6112620219362893,
       0.38874197806371075, 0.18825834605023697, 0.049519367986526286, 4e-06}};
  Settings s;
  s.schedule = "one-cycle";
  s.learning_rate = 1;
  for (const auto& expected : rates) {
    const int steps = static_cast<int>(expected.size());
    for (const int epochs : {1, steps}) {  // one epoch of all steps, and as many epochs of one
      s.epochs = epochs;
      for (int i = 0; i < steps; ++i) {
        const double found =
            epochs == 1 ? learning_rate(s, {}, 1, i, steps) : learning_rate(s, {}, i + 1, 0, 1);
        QVERIFY2(std::abs(found - expected[static_cast<std::size_t>(i)]) <= 1e-15,
                 qPrintable(QString("%1 of %2").arg(i).arg(steps)));
      }
    }
  }
}

void SettingsTest::plateauDropsAfterPatience() {
  Settings s;
  s.schedule = "plateau";
  s.schedule_epochs = 2;
  s.schedule_factor = 0.5;
  Plateau plateau;
  for (const double loss : {1.0, 0.9, 0.95, 0.8}) plateau.see(s, loss);
  QCOMPARE(plateau.factor, 1.0);
  plateau.see(s, 0.85);
  plateau.see(s, 0.81);
  QCOMPARE(plateau.factor, 0.5);
  QCOMPARE(learning_rate(s, plateau, 9, 0, 10), 0.012 * 0.5);
}

SYNANN_TEST(SettingsTest)
#include "settings_test.moc"
