// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <string>

#include <QtTest>
#include <nlohmann/json.hpp>

#include "engine/std_strings.h"
#include "engine/train/event_json.h"
#include "engine/train/settings.h"
#include "tests/test_main.h"

using namespace synann;
using namespace synann::train;

namespace {

// Another value than the one by default, that may be had.
SettingValue other_value(const SettingInfo& info) {
  return info.fallback == info.maximum ? info.minimum : info.maximum;
}

}  // namespace

// Settings as values behind keys: what differs, and what that comes to when it is applied.
class SettingValuesTest : public QObject {
  Q_OBJECT

 private slots:
  void equalSettingsDoNotDiffer();
  void everyNumberMakesADifference();
  void everyChoiceMakesADifference();
  void theDataIsTheLastDifference();
  void theModelIsNoDifference();
  void differencesLeadFromOneToTheOther();
  void whatIsNotKnownIsNotApplied_data();
  void whatIsNotKnownIsNotApplied();
  void valuesAreToldAsTheyAreTyped_data();
  void valuesAreToldAsTheyAreTyped();
  void someNumbersAreLive();
  void askedSettingsLeaveTheOthers();
  void differencesCanBeAskedFor();
};

void SettingValuesTest::equalSettingsDoNotDiffer() {
  QVERIFY(differences({}, {}).empty());
  for (const auto& info : model::known_models()) {
    const Settings s = recommended_settings(info.id, "digits");
    QVERIFY(differences(s, s).empty());
  }
}

void SettingValuesTest::everyNumberMakesADifference() {
  for (const SettingInfo& info : setting_infos()) {
    Settings to;
    QVERIFY(apply_setting(to, info.key, other_value(info)));
    QVERIFY(to != Settings{});
    const std::vector<SettingDifference> expected{{std::string(info.key), info.fallback, other_value(info)}};
    QVERIFY2(differences({}, to) == expected, info.key.data());
  }
}

void SettingValuesTest::everyChoiceMakesADifference() {
  for (const ChoiceInfo& info : choice_infos()) {
    const std::string before(info.is_text() ? "" : info.options.front()),
        after(info.is_text() ? "3,4" : info.options.back());
    Settings to;
    QVERIFY(apply_setting(to, info.key, after));
    const std::vector<SettingDifference> expected{{std::string(info.key), before, after}};
    QVERIFY2(differences({}, to) == expected, info.key.data());
  }
}

void SettingValuesTest::theDataIsTheLastDifference() {
  Settings to;
  to.data = "mnist";
  to.epochs = 7;
  to.beta = "clamp";
  const std::vector<SettingDifference> expected{{"epochs", 200.0, 7.0},
                                                {"beta", std::string("free"), std::string("clamp")},
                                                {"data", std::string("digits"), std::string("mnist")}};
  QVERIFY(differences({}, to) == expected);
}

void SettingValuesTest::theModelIsNoDifference() {
  Settings to;
  to.model = "syna-mlp";
  QVERIFY(differences({}, to).empty());
}

void SettingValuesTest::differencesLeadFromOneToTheOther() {
  for (const auto& info : model::known_models()) {
    const Settings from = recommended_settings("syna-cnn", "digits"),
                   to = recommended_settings(info.id, "mnist");
    Settings s = from;
    for (const SettingDifference& d : differences(from, to)) {
      QVERIFY(d.from != d.to);
      QVERIFY(apply_setting(s, d.key, d.to));
    }
    s.model = to.model;
    QVERIFY(s == to);
    const auto there = differences(from, to), back = differences(to, from);
    QVERIFY(std::equal(
        there.begin(), there.end(), back.begin(), back.end(),
        [](const auto& a, const auto& b) { return a.key == b.key && a.from == b.to && a.to == b.from; }));
  }
}

void SettingValuesTest::whatIsNotKnownIsNotApplied_data() {
  QTest::addColumn<QString>("key");
  QTest::addColumn<bool>("number");
  const auto row = [](const char* name, const char* key, bool number) {
    QTest::newRow(name) << key << number;
  };
  row("unknown number", "warmth", true);
  row("unknown word", "warmth", false);
  row("a word for a number", "lr", false);
  row("a number for a word", "optimizer", true);
  row("a number for the data", "data", true);
  row("the model", "model", false);
  row("the key of JSON", "batch_size", true);
  row("nothing", "", true);
}

void SettingValuesTest::whatIsNotKnownIsNotApplied() {
  QFETCH(QString, key);
  QFETCH(bool, number);
  Settings s;
  const SettingValue value = number ? SettingValue(1.0) : SettingValue("adam");
  QVERIFY(!apply_setting(s, key.toStdString(), value));
  QVERIFY(s == Settings{});
}

void SettingValuesTest::valuesAreToldAsTheyAreTyped_data() {
  QTest::addColumn<double>("value");
  QTest::addColumn<QString>("text");
  const auto row = [](double value, const char* text) { QTest::newRow(text) << value << text; };
  row(0.006, "0.006");
  row(0.1, "0.1");
  row(200, "200");
  row(0, "0");
  row(1e-05, "1e-05");
  row(2147483647, "2147483647");
}

void SettingValuesTest::valuesAreToldAsTheyAreTyped() {
  QFETCH(double, value);
  QFETCH(QString, text);
  QCOMPARE(QString::fromStdString(value_text(value)), text);
  QCOMPARE(text.toDouble(), value);
  QCOMPARE(value_text(std::string("cosine")), std::string("cosine"));
}

void SettingValuesTest::someNumbersAreLive() {
  QStringList live;
  for (const SettingInfo& info : setting_infos()) {
    QCOMPARE(is_live(info.key), info.live);
    if (is_live(info.key)) live << info.key.data();
  }
  QCOMPARE(live, (QStringList{"epochs", "lr", "momentum", "log-interval", "weight-decay", "clip",
                              "schedule-epochs", "schedule-factor", "augment-rotation", "augment-zoom",
                              "augment-shift", "augment-shear", "augment-elastic", "augment-elastic-sigma",
                              "augment-erase", "augment-erase-min", "augment-erase-max"}));
  for (const ChoiceInfo& info : choice_infos()) {
    QCOMPARE(is_live(info.key), info.live);
    QCOMPARE(info.live, info.key == "schedule" || info.key == "schedule-breaks");
  }
  QCOMPARE(live_keys().size(), std::size_t{19});
  QVERIFY(!is_live("no-such-key"));
}

void SettingValuesTest::askedSettingsLeaveTheOthers() {
  Settings s = recommended_settings("syna-rnn", "digits");
  AskedSettings asked;
  asked.model = "syna-cnn";
  asked.numbers = {{"lr", 0.25}, {"batch-size", 7}};
  asked.choices = {{"schedule", "step"}};
  apply_settings(s, asked);
  Settings expected = recommended_settings("syna-rnn", "digits");
  expected.learning_rate = 0.25;
  expected.batch_size = 7;
  expected.schedule = "step";
  QVERIFY(s == expected);  // the model stays, too
}

void SettingValuesTest::differencesCanBeAskedFor() {
  Settings from, to;
  to.learning_rate = 0.25;
  to.schedule = "step";
  to.data = "elsewhere";  // no setting that can be asked for
  AskedSettings asked;
  for (const SettingDifference& d : differences(from, to)) ask_for(asked, d.key, d.to);
  QCOMPARE(asked.numbers.size() + asked.choices.size(), std::size_t{2});
  apply_settings(from, asked);
  to.data = from.data;
  QVERIFY(from == to);
}

SYNANN_TEST(SettingValuesTest)
#include "setting_values_test.moc"
