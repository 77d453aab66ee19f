// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/train/event_json.h"

#include <algorithm>
#include <fmt/format.h>
#include <optional>

#include <nlohmann/json.hpp>

namespace synann::train {
namespace {

using nlohmann::json;
using nlohmann::ordered_json;

// Reads fields of one object and keeps the first complaint.
class Fields {
 public:
  Fields(const json& object, std::string where) : object_(object), where_(std::move(where)) {
    if (!object.is_object()) fail("this", "an object");
  }

  template <class T>
  void read(const char* key, T& out) {
    if (error_ || !object_.contains(key)) return;
    const json& value = object_[key];
    if constexpr (std::is_same_v<T, bool>) {
      value.is_boolean() ? void(out = value.get<bool>()) : fail(key, "true or false");
    } else if constexpr (std::is_same_v<T, std::string>) {
      value.is_string() ? void(out = value.get<std::string>()) : fail(key, "a text");
    } else if constexpr (std::is_integral_v<T>) {
      value.is_number_integer() ? void(out = value.get<T>()) : fail(key, "a whole number");
    } else {
      value.is_number() ? void(out = value.get<T>()) : fail(key, "a number");
    }
  }

  template <class T>
  Result<T> finish(T value) {
    if (error_) return *error_;
    return value;
  }

 private:
  void fail(const char* key, const char* expected) {
    error_ =
        Error{.where = where_, .problem = fmt::format("\"{}\" is not usable", key), .expected = expected};
  }
  const json& object_;
  std::string where_;
  std::optional<Error> error_;
};

}  // namespace

// "batch-size" is "batch_size" in JSON.
std::string json_key(std::string_view key) {
  std::string name(key);
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}

ordered_json to_json(const Settings& s) {
  ordered_json j{{"model", s.model}, {"data", s.data}};
  for (const SettingInfo& info : setting_infos()) {
    const double value = setting_value(s, info.key);
    if (info.decimals == 0) {
      j[json_key(info.key)] = static_cast<std::int64_t>(value);
    } else {
      j[json_key(info.key)] = value;
    }
  }
  for (const ChoiceInfo& info : choice_infos()) j[json_key(info.key)] = choice_value(s, info.key);
  return j;
}

Result<Settings> settings_from_json(const json& value, const std::string& where) {
  Settings s;
  Fields f(value, where);
  f.read("model", s.model);
  f.read("data", s.data);
  for (const SettingInfo& info : setting_infos()) {
    double number = setting_value(s, info.key);
    f.read(json_key(info.key).c_str(), number);
    set_setting(s, info.key,
                std::clamp(number, info.minimum - 1, info.maximum + 1));  // validate() says what is wrong
  }
  for (const ChoiceInfo& info : choice_infos()) {
    std::string option = choice_value(s, info.key);
    f.read(json_key(info.key).c_str(), option);
    set_choice(s, info.key, option);
  }
  return f.finish(std::move(s));
}

ordered_json to_json(const StartInfo& s) {
  ordered_json j{{"event", "start"}};
  j.update(to_json(s.settings));
  j.update(ordered_json{{"data_name", s.data_name},
                        {"data_sha256", s.data_sha256},
                        {"train_count", s.train_count},
                        {"test_count", s.test_count},
                        {"steps_per_epoch", s.steps_per_epoch},
                        {"parameters", s.parameter_count},
                        {"device", s.device},
                        {"tier", s.tier},
                        {"isa", s.isa},
                        {"threads", s.threads},
                        {"from_epoch", s.position.epoch},
                        {"from_step", s.position.step},
                        {"out", s.folder}});
  if (!s.device_note.empty()) j["device_note"] = s.device_note;
  return j;
}

Result<StartInfo> start_from_json(const json& value, const std::string& where) {
  auto settings = settings_from_json(value, where);
  if (!settings) return settings.error();
  StartInfo s;
  s.settings = std::move(*settings);
  Fields f(value, where);
  f.read("data_name", s.data_name);
  f.read("data_sha256", s.data_sha256);
  f.read("train_count", s.train_count);
  f.read("test_count", s.test_count);
  f.read("steps_per_epoch", s.steps_per_epoch);
  f.read("parameters", s.parameter_count);
  f.read("device", s.device);
  f.read("tier", s.tier);
  f.read("isa", s.isa);
  f.read("threads", s.threads);
  f.read("device_note", s.device_note);
  f.read("from_epoch", s.position.epoch);
  f.read("from_step", s.position.step);
  f.read("out", s.folder);
  return f.finish(std::move(s));
}

ordered_json to_json(const Evaluation& e) {
  ordered_json j{
      {"event", e.epoch == 0 ? "evaluation" : "epoch"}, {"epoch", e.epoch}, {"examples", e.examples}};
  if (e.epoch > 0) j["train_loss"] = e.train_loss;
  if (e.validation_count > 0) {
    j.update(ordered_json{{"validation_loss", e.validation_loss},
                          {"validation_correct", e.validation_correct},
                          {"validation_count", e.validation_count}});
  }
  j.update(ordered_json{{"test_loss", e.test_loss}, {"correct", e.correct}, {"count", e.count}});
  if (e.epoch > 0) j["lr"] = e.learning_rate;
  if (e.epoch > 0) j["train_seconds"] = e.train_seconds;
  j["eval_seconds"] = e.eval_seconds;
  if (e.best) j["best"] = true;
  return j;
}

Result<Evaluation> evaluation_from_json(const json& value, const std::string& where) {
  Evaluation e;
  Fields f(value, where);
  f.read("epoch", e.epoch);
  f.read("examples", e.examples);
  f.read("train_loss", e.train_loss);
  f.read("test_loss", e.test_loss);
  f.read("validation_loss", e.validation_loss);
  f.read("validation_correct", e.validation_correct);
  f.read("validation_count", e.validation_count);
  f.read("correct", e.correct);
  f.read("count", e.count);
  f.read("lr", e.learning_rate);
  f.read("train_seconds", e.train_seconds);
  f.read("eval_seconds", e.eval_seconds);
  f.read("best", e.best);
  return f.finish(e);
}

ordered_json to_json(const SettingChange& c) {
  return {{"event", "change"}, {"epoch", c.position.epoch}, {"step", c.position.step}, {c.key, c.value}};
}

Result<SettingChange> change_from_json(const json& value, const std::string& where) {
  SettingChange c;
  Fields f(value, where);
  f.read("epoch", c.position.epoch);
  f.read("step", c.position.step);
  for (const SettingInfo& info : setting_infos()) {
    if (!info.live || !value.contains(info.key)) continue;
    c.key = info.key;
    f.read(c.key.c_str(), c.value);
  }
  if (c.key.empty())
    return Error{
        .where = where, .problem = "does not say what changed", .expected = "lr, momentum or epochs"};
  return f.finish(std::move(c));
}

ordered_json to_json(const DeviceChange& c) {
  ordered_json j{{"event", "device"},       {"epoch", c.position.epoch},
                 {"step", c.position.step}, {"device", c.device},
                 {"tier", c.tier},          {"isa", c.isa},
                 {"threads", c.threads}};
  if (!c.note.empty()) j["device_note"] = c.note;
  return j;
}

Result<DeviceChange> device_from_json(const json& value, const std::string& where) {
  DeviceChange c;
  Fields f(value, where);
  f.read("epoch", c.position.epoch);
  f.read("step", c.position.step);
  f.read("device", c.device);
  f.read("tier", c.tier);
  f.read("isa", c.isa);
  f.read("threads", c.threads);
  f.read("device_note", c.note);
  return f.finish(std::move(c));
}

ordered_json to_json(const Fork& fork) {
  return {
      {"event", "fork"}, {"epoch", fork.position.epoch}, {"step", fork.position.step}, {"from", fork.from}};
}

Result<Fork> fork_from_json(const json& value, const std::string& where) {
  Fork fork;
  Fields f(value, where);
  f.read("epoch", fork.position.epoch);
  f.read("step", fork.position.step);
  f.read("from", fork.from);
  return f.finish(std::move(fork));
}

ordered_json to_json(const EpochTime& t) {
  return {{"event", "time"},
          {"epoch", t.position.epoch},
          {"step", t.position.step},
          {"train_seconds", t.seconds}};
}

Result<EpochTime> time_from_json(const json& value, const std::string& where) {
  EpochTime t;
  Fields f(value, where);
  f.read("epoch", t.position.epoch);
  f.read("step", t.position.step);
  f.read("train_seconds", t.seconds);
  return f.finish(t);
}

}  // namespace synann::train
