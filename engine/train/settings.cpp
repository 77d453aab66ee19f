// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/train/settings.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>

#include "engine/core/text_value.h"
#include "engine/synapse/cells_text.h"
#include "engine/train/schedule.h"
#include "engine/train/setting_table.h"

namespace synann::train {
namespace {

template <class E>
E enum_of(std::string_view key, const std::string& option) {
  const auto& options = find_choice(key).info.options;
  return static_cast<E>(std::find(options.begin(), options.end(), option) - options.begin());
}

// The options of a synapse layer that a model file has for each of them.
bool is_synapse_option(std::string_view key) {
  constexpr std::string_view kOptions[] = {"synapse", "beta", "alpha", "diagonal"};
  return std::find(std::begin(kOptions), std::end(kOptions), key) != std::end(kOptions);
}

}  // namespace

bool setting_matters(const Settings& s, std::string_view key) {
  const bool sgd = s.optimizer == "sgd",
             synapse = s.own ? std::ranges::any_of(s.own.definition->layers, model::has_inhibition)
                             : s.model.starts_with("syna-");
  if (key == "momentum") return sgd;
  if (key == "nesterov") return sgd && s.momentum > 0;
  if (key == "adam-beta1" || key == "adam-beta2") return !sgd;
  if (key == "schedule-epochs" || key == "schedule-factor")
    return s.schedule == "step" || s.schedule == "plateau";
  if (key == "schedule-breaks") return s.schedule == "breaks";
  if (key == "train-subset") return s.train_count > 0;
  if (key == "augment-elastic-sigma") return s.augment_elastic > 0;
  if (key == "augment-erase-min" || key == "augment-erase-max") return s.augment_erase > 0;
  if (key == "test-batch-size")
    return s.own ? model::is_batch_coupled(s.own.definition->layers)
                 : synapse && s.synapse == "batch-coupled";
  if (s.own && is_synapse_option(key)) return false;  // the file says them
  if (setting_group(key) == "Synapse layer") return synapse;
  return true;
}

SettingValue any_value(const Settings& s, std::string_view key) {
  const auto named = [key](const ChoiceSetting& c) { return c.info.key == key; };
  if (std::any_of(choice_settings().begin(), choice_settings().end(), named)) return choice_value(s, key);
  return setting_value(s, key);
}

double setting_value(const Settings& s, std::string_view key) {
  return find_number(key).get(s);
}
void set_setting(Settings& s, std::string_view key, double value) {
  find_number(key).set(s, value);
}
const std::string& choice_value(const Settings& s, std::string_view key) {
  return s.*find_choice(key).member;
}
void set_choice(Settings& s, std::string_view key, std::string_view option) {
  s.*find_choice(key).member = option;
}

std::string value_text(const SettingValue& value) {
  const double* number = std::get_if<double>(&value);
  return number ? fmt::format("{}", *number) : std::get<std::string>(value);
}

std::string setting_words(std::string_view key, const SettingValue& value) {
  std::string name(key);
  for (const SettingInfo& info : setting_infos())
    if (info.key == key) name = info.label;
  for (const ChoiceInfo& info : choice_infos())
    if (info.key == key) name = info.label;
  // In the middle of a sentence; "β" and abbreviations stay.
  const bool word = name.size() > 1 && name[0] >= 'A' && name[0] <= 'Z' && name[1] >= 'a' && name[1] <= 'z';
  if (word) name[0] = static_cast<char>(name[0] - 'A' + 'a');
  const std::string text = value_text(value);
  constexpr std::size_t kLongest = 60;  // a sentence goes on behind it
  return name + ' ' + (text.size() > kLongest ? in_quotes(text) : text);
}

bool apply_setting(Settings& s, std::string_view key, const SettingValue& value) {
  const double* number = std::get_if<double>(&value);
  const std::string* word = std::get_if<std::string>(&value);
  const auto named = [key](const auto& entry) { return entry.info.key == key; };
  if (number && std::any_of(std::begin(number_settings()), std::end(number_settings()), named)) {
    set_setting(s, key, *number);
  } else if (word && std::any_of(choice_settings().begin(), choice_settings().end(), named)) {
    set_choice(s, key, *word);
  } else if (word && key == "data") {
    s.data = *word;
  } else {
    return false;
  }
  return true;
}

std::vector<SettingDifference> differences(const Settings& from, const Settings& to) {
  std::vector<SettingDifference> all;
  const auto compare = [&all](std::string_view key, const auto& a, const auto& b) {
    if (a != b) all.push_back({std::string(key), a, b});
  };
  for (const NumberSetting& n : number_settings()) compare(n.info.key, n.get(from), n.get(to));
  for (const ChoiceSetting& c : choice_settings()) compare(c.info.key, from.*c.member, to.*c.member);
  compare("data", from.data, to.data);
  return all;
}

void ask_for(AskedSettings& asked, std::string_view key, const SettingValue& value) {
  if (const double* number = std::get_if<double>(&value)) asked.numbers[std::string(key)] = *number;
  if (const auto* word = std::get_if<std::string>(&value); word && key != "data")
    asked.choices[std::string(key)] = *word;
}

void apply_settings(Settings& settings, const AskedSettings& asked) {
  for (const auto& [key, value] : asked.numbers) set_setting(settings, key, value);
  for (const auto& [key, option] : asked.choices) set_choice(settings, key, option);
}

int default_epochs(std::string_view data_spec) {
  return data_spec == "digits" ? 20 : Settings{}.epochs;
}

Settings recommended_settings(std::string_view model, std::string_view data_spec) {
  Settings s{
      .model = std::string(model), .data = std::string(data_spec), .epochs = default_epochs(data_spec)};
  if (model.ends_with("-mlp")) {
    s.epochs = 30;
    s.learning_rate = 0.01;
    s.momentum = 0.9;
    s.nesterov = true;
  } else if (model.ends_with("-pixel")) {
    s.epochs = 10;
    s.watch_headroom = false;  // free β cross 1 / x there after some epochs, and go on learning
    s.optimizer = "adam";
    s.learning_rate = 0.004;
    s.schedule = "cosine";
  } else if (model.ends_with("-rnn")) {
    s.epochs = 12;
    s.optimizer = "adam";
    s.learning_rate = 0.01;
    s.schedule = "cosine";
    s.clip = 1;
  }
  return s;
}

Status validate(const Settings& settings) {
  for (const NumberSetting& n : number_settings()) {
    const double value = n.get(settings);
    if (std::isfinite(value) && value >= n.info.minimum && value <= n.info.maximum) continue;
    return Error{.where = fmt::format("--{}", n.info.key),
                 .problem = "is out of range",
                 .expected = fmt::format("{} to {}", n.info.minimum, n.info.maximum),
                 .found = fmt::format("{}", value)};
  }
  for (const ChoiceSetting& c : choice_settings()) {
    if (auto status = check_choice(c.info.key, settings.*c.member); !status) return status;
    if (settings.own && is_synapse_option(c.info.key) && settings.*c.member != c.info.options.front())
      return Error{
          .where = fmt::format("--{}", c.info.key),
          .problem = fmt::format("cannot be asked of the model file \"{}\", which says it for each of its "
                                 "synapse layers",
                                 settings.model),
          .remedy = fmt::format("set \"{}\" in the file",
                                c.info.key == "synapse" ? std::string_view("semantics") : c.info.key)};
  }
  if (settings.augment_erase_min > settings.augment_erase_max)
    return Error{.where = "--augment-erase-min",
                 .problem = "is above --augment-erase-max",
                 .expected = fmt::format("at most {}", settings.augment_erase_max),
                 .found = fmt::format("{}", settings.augment_erase_min)};
  if (settings.schedule == "breaks" && settings.schedule_breaks.empty())
    return Error{.where = "--schedule",
                 .problem = "has no breaks",
                 .expected = "--schedule-breaks EPOCH:RATE,…, as in 12:0.0001,30:0.00001"};
  return {};
}

Status check_choice(std::string_view key, std::string_view option) {
  const ChoiceInfo& info = find_choice(key).info;
  const std::string name = fmt::format("--{}", key);
  if (!info.is_text()) {
    const std::vector<std::string> words(info.options.begin(), info.options.end());
    return check_word(name, option, words);
  }
  if (option.empty()) return {};
  if (key == "schedule-breaks") {
    const auto breaks = parse_breaks(name, option);
    return breaks ? Status() : Status(breaks.error());
  }
  const auto cells = synapse::parse_layer_cells(name, option);
  return cells ? Status() : Status(cells.error());
}

model::SynapseOptions synapse_options(const Settings& s) {
  using Options = model::SynapseOptions;
  return {.semantics = enum_of<Options::Semantics>("synapse", s.synapse),
          .beta = enum_of<Options::Beta>("beta", s.beta),
          .alpha = enum_of<Options::Alpha>("alpha", s.alpha),
          .diagonal = enum_of<Options::Diagonal>("diagonal", s.diagonal)};
}

compute::Optimiser optimiser(const Settings& s) {
  const auto kind = enum_of<compute::Optimiser::Kind>("optimizer", s.optimizer);
  const bool sgd = kind == compute::Optimiser::Kind::Sgd;
  compute::Optimiser optimiser{.kind = kind, .weight_decay = s.weight_decay, .clip_norm = s.clip};
  if (sgd) {
    optimiser.momentum = s.momentum;
    optimiser.nesterov = s.nesterov;
  } else {
    optimiser.beta1 = s.adam_beta1;
    optimiser.beta2 = s.adam_beta2;
  }
  return optimiser;
}

data::Augmentation augmentation(const Settings& s) {
  return {.rotation = s.augment_rotation,
          .zoom = s.augment_zoom,
          .shift = s.augment_shift,
          .shear = s.augment_shear,
          .elastic = s.augment_elastic,
          .elastic_sigma = s.augment_elastic_sigma,
          .erase = s.augment_erase,
          .erase_min = s.augment_erase_min,
          .erase_max = s.augment_erase_max};
}

}  // namespace synann::train
