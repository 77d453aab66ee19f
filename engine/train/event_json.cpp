// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/train/event_json.h"

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

ordered_json to_json(const Settings& s) {
  return {{"model", s.model},
          {"data", s.data},
          {"epochs", s.epochs},
          {"batch_size", s.batch_size},
          {"test_batch_size", s.test_batch_size},
          {"lr", s.learning_rate},
          {"momentum", s.momentum},
          {"seed", s.seed}};
}

Result<Settings> settings_from_json(const json& value, const std::string& where) {
  Settings s;
  Fields f(value, where);
  f.read("model", s.model);
  f.read("data", s.data);
  f.read("epochs", s.epochs);
  f.read("batch_size", s.batch_size);
  f.read("test_batch_size", s.test_batch_size);
  f.read("lr", s.learning_rate);
  f.read("momentum", s.momentum);
  f.read("seed", s.seed);
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
  f.read("from_epoch", s.position.epoch);
  f.read("from_step", s.position.step);
  f.read("out", s.folder);
  return f.finish(std::move(s));
}

ordered_json to_json(const Evaluation& e) {
  ordered_json j{
      {"event", e.epoch == 0 ? "evaluation" : "epoch"}, {"epoch", e.epoch}, {"examples", e.examples}};
  if (e.epoch > 0) j["train_loss"] = e.train_loss;
  j.update(ordered_json{{"test_loss", e.test_loss}, {"correct", e.correct}, {"count", e.count}});
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
  f.read("correct", e.correct);
  f.read("count", e.count);
  f.read("train_seconds", e.train_seconds);
  f.read("eval_seconds", e.eval_seconds);
  f.read("best", e.best);
  return f.finish(e);
}

}  // namespace synann::train
