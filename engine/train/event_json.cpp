// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/train/event_json.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <iterator>
#include <optional>
#include <utility>

#include <nlohmann/json.hpp>

#include "engine/train/json_fields.h"
#include "engine/train/settings_json.h"

namespace synann::train {
namespace {

using nlohmann::json;
using nlohmann::ordered_json;

// What `fields` held beyond what was read from them.
void note_unknown(const Fields& fields, const char* event, const ReadFrom& from) {
  for (const std::string& key : fields.unknown()) from.note(fmt::format("\"{}\" of {}", key, event));
}

// Every event has its name, and most a position.
Fields open_event(const json& value, const std::string& where) {
  Fields fields(value, where);
  fields.value("event");
  return fields;
}

void read_position(Fields& fields, Position& position) {
  fields.read("epoch", position.epoch);
  fields.read("step", position.step);
  if (position.epoch < 1) fields.fail("epoch", "a number of at least 1");
  if (position.step < 0) fields.fail("step", "a number of at least 0");
}

template <class T>
Result<T> close_event(const Fields& fields, const char* event, const ReadFrom& from, T value) {
  note_unknown(fields, event, from);
  return fields.finish(std::move(value));
}

ordered_json position_json(const char* event, const Position& position) {
  return {{"event", event}, {"epoch", position.epoch}, {"step", position.step}};
}

constexpr State kEnds[] = {State::Finished, State::Stopped, State::Failed};

const char* end_word(State state) {
  return state == State::Finished ? "finished" : state == State::Stopped ? "stopped" : "failed";
}

// FaultPlace::None is not written.
constexpr std::pair<FaultPlace, const char*> kFaults[] = {
    {FaultPlace::Step, "step"}, {FaultPlace::Validation, "validation"}, {FaultPlace::Test, "test"}};

constexpr std::pair<const char*, std::optional<double> EpochNumbers::*> kEpochNumbers[] = {
    {"gradient_norm", &EpochNumbers::gradient_norm},
    {"dead_share", &EpochNumbers::dead_share},
    {"headroom", &EpochNumbers::headroom},
    {"beta_norm", &EpochNumbers::beta_norm}};

}  // namespace

void ReadFrom::note(std::string words) const {
  if (unknown != nullptr && std::find(unknown->begin(), unknown->end(), words) == unknown->end())
    unknown->push_back(std::move(words));
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
                        {"ranks", s.ranks},
                        {"from_epoch", s.position.epoch},
                        {"from_step", s.position.step},
                        {"out", s.folder}});
  if (!s.device_note.empty()) j["device_note"] = s.device_note;
  if (s.left_out > 0) j["left_out"] = s.left_out;
  j["version"] = s.version;
  j["commit"] = s.commit;
  return j;
}

Result<StartInfo> start_from_json(const json& value, const ReadFrom& from) {
  StartInfo s;
  Fields f = open_event(value, from.where);
  read_settings(f, s.settings);
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
  f.read("ranks", s.ranks);
  f.read("device_note", s.device_note);
  f.read("from_epoch", s.position.epoch);
  f.read("from_step", s.position.step);
  f.read("out", s.folder);
  f.read("left_out", s.left_out);
  f.read("version", s.version);
  f.read("commit", s.commit);
  f.value("needs");  // the history's reader looks at it before
  return close_event(f, "start", from, std::move(s));
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
  for (const auto& [key, number] : kEpochNumbers)
    if (const auto& value = e.numbers.*number) j[key] = *value;
  if (e.unix_time > 0) j["unix_time"] = e.unix_time;
  return j;
}

Result<Evaluation> evaluation_from_json(const json& value, const ReadFrom& from) {
  Evaluation e;
  Fields f = open_event(value, from.where);
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
  for (const auto& [key, number] : kEpochNumbers) {
    if (!f.has(key)) continue;
    double recorded = 0;
    f.read(key, recorded);
    if (std::isfinite(recorded)) e.numbers.*number = recorded;
  }
  f.read("unix_time", e.unix_time);
  return close_event(f, e.epoch == 0 ? "evaluation" : "epoch", from, e);
}

ordered_json to_json(const SettingChange& c) {
  ordered_json j = position_json("change", c.position);
  j[json_key(c.key)] = value_json(c.value);
  return j;
}

Result<SettingChange> change_from_json(const json& value, const ReadFrom& from) {
  SettingChange c;
  Fields f = open_event(value, from.where);
  read_position(f, c.position);
  for (const std::string& name : f.unknown()) {
    const std::string key = setting_key(name);
    if (key.empty()) continue;  // of a newer version
    if (const auto setting = value_from(*f.value(name.c_str())); setting && c.key.empty()) {
      c.key = key;
      c.value = *setting;
    } else {
      f.fail(name.c_str(), "one number or word");
    }
  }
  return close_event(f, "change", from, std::move(c));
}

ordered_json to_json(const DeviceChange& c) {
  ordered_json j = position_json("device", c.position);
  j.update(ordered_json{{"device", c.device}, {"tier", c.tier}, {"isa", c.isa}, {"threads", c.threads}});
  if (!c.note.empty()) j["device_note"] = c.note;
  return j;
}

Result<DeviceChange> device_from_json(const json& value, const ReadFrom& from) {
  DeviceChange c;
  Fields f = open_event(value, from.where);
  read_position(f, c.position);
  f.read("device", c.device);
  f.read("tier", c.tier);
  f.read("isa", c.isa);
  f.read("threads", c.threads);
  f.read("device_note", c.note);
  return close_event(f, "device", from, std::move(c));
}

ordered_json to_json(const Resume& r) {
  ordered_json j = position_json("resume", r.position);
  j["changed"] = changed_json(r.changed);
  if (r.fresh_optimiser) j["fresh_optimizer"] = true;
  j.update(ordered_json{{"device", r.device}, {"tier", r.tier}, {"isa", r.isa}, {"threads", r.threads}});
  if (r.ranks > 1) j["ranks"] = r.ranks;
  if (!r.device_note.empty()) j["device_note"] = r.device_note;
  j["version"] = r.version;
  j["commit"] = r.commit;
  if (r.torn == 1) j["torn"] = true;
  if (r.torn > 1) j["torn"] = r.torn;
  return j;
}

Result<Resume> resume_from_json(const json& value, const ReadFrom& from) {
  Resume r;
  Fields f = open_event(value, from.where);
  read_position(f, r.position);
  f.read("fresh_optimizer", r.fresh_optimiser);
  f.read("device", r.device);
  f.read("tier", r.tier);
  f.read("isa", r.isa);
  f.read("threads", r.threads);
  f.read("ranks", r.ranks);
  f.read("device_note", r.device_note);
  f.read("version", r.version);
  f.read("commit", r.commit);
  f.value("torn");
  r.torn = torn_lines(value);
  read_changed(f, "resume", from, r.changed);
  return close_event(f, "resume", from, std::move(r));
}

ordered_json to_json(const Pause& pause) {
  return position_json("pause", pause.position);
}

Result<Pause> pause_from_json(const json& value, const ReadFrom& from) {
  Pause pause;
  Fields f = open_event(value, from.where);
  read_position(f, pause.position);
  return close_event(f, "pause", from, pause);
}

ordered_json to_json(const End& end) {
  ordered_json j = position_json("end", end.position);
  j["state"] = end_word(end.state);
  j["reason"] = end.reason;
  for (const auto& [fault, word] : kFaults)
    if (end.fault == fault) j["fault"] = word;
  return j;
}

Result<End> end_from_json(const json& value, const ReadFrom& from) {
  End end;
  std::string word, broken;
  Fields f = open_event(value, from.where);
  read_position(f, end.position);
  f.read("state", word);
  f.read("reason", end.reason);
  const auto known =
      std::find_if(std::begin(kEnds), std::end(kEnds), [&](State s) { return word == end_word(s); });
  if (known == std::end(kEnds)) {
    f.fail("state", "finished, stopped or failed");
  } else {
    end.state = *known;
  }
  f.read("fault", broken);
  for (const auto& [fault, name] : kFaults)
    if (broken == name) end.fault = fault;
  if (!broken.empty() && end.fault == FaultPlace::None) f.fail("fault", "step, validation or test");
  return close_event(f, "end", from, std::move(end));
}

ordered_json to_json(const Fork& fork) {
  ordered_json j = position_json("fork", fork.position);
  j["from"] = fork.from;
  if (!fork.history_sha256.empty()) j["history_sha256"] = fork.history_sha256;
  if (!fork.parameters_sha256.empty()) j["parameters_sha256"] = fork.parameters_sha256;
  if (!fork.changed.empty()) j["changed"] = changed_json(fork.changed);
  if (fork.fresh_optimiser) j["fresh_optimizer"] = true;
  return j;
}

Result<Fork> fork_from_json(const json& value, const ReadFrom& from) {
  Fork fork;
  Fields f = open_event(value, from.where);
  read_position(f, fork.position);
  f.read("from", fork.from);
  f.read("history_sha256", fork.history_sha256);
  f.read("parameters_sha256", fork.parameters_sha256);
  f.read("fresh_optimizer", fork.fresh_optimiser);
  read_changed(f, "fork", from, fork.changed);
  return close_event(f, "fork", from, std::move(fork));
}

ordered_json to_json(const EpochTime& t) {
  ordered_json j = position_json("time", t.position);
  j["train_seconds"] = t.seconds;
  return j;
}

Result<EpochTime> time_from_json(const json& value, const ReadFrom& from) {
  EpochTime t;
  Fields f = open_event(value, from.where);
  read_position(f, t.position);
  f.read("train_seconds", t.seconds);
  return close_event(f, "time", from, t);
}

int torn_lines(const json& value) {
  if (!value.is_object() || !value.contains("torn")) return 0;
  const json& torn = value["torn"];
  if (torn.is_boolean()) return torn.get<bool>() ? 1 : 0;
  return torn.is_number_unsigned()
             ? static_cast<int>(std::min<std::uint64_t>(torn.get<std::uint64_t>(), 1000))
             : 0;
}

}  // namespace synann::train
