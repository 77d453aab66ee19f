// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/train/own_model.h"

#include <algorithm>
#include <fmt/format.h>
#include <memory>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "engine/core/text_value.h"
#include "engine/model/model_file.h"
#include "engine/model/ready_models.h"
#include "engine/train/settings_json.h"

namespace synann::train {
namespace {

bool is_known_model(std::string_view name) {
  const auto known = model::known_models();
  return std::any_of(known.begin(), known.end(),
                     [&](const model::ModelInfo& info) { return info.id == name; });
}

constexpr char kRivalMark = ':';  // "syna-mlp-relu:dense-relu"

const model::RivalInfo* rival_named(std::string_view name) {
  const auto mark = name.rfind(kRivalMark);
  if (mark == std::string_view::npos) return nullptr;
  const auto all = model::rival_infos();
  const auto found = std::find_if(all.begin(), all.end(),
                                  [&](const auto& info) { return info.id == name.substr(mark + 1); });
  return found == all.end() ? nullptr : &*found;
}

Error unknown_model(const std::string& name) {
  std::vector<std::string> ids;
  for (const model::ModelInfo& info : named_models()) ids.emplace_back(info.id);
  const Status status = check_word("--model", name, ids);
  return status ? Error{.where = "--model", .problem = "is no model"} : status.error();
}

// One recommendation of a model file.
Status recommend(Settings& settings, const std::string& where, const std::string& name,
                 const nlohmann::json& value) {
  const std::string key = setting_key(name);
  if (key.empty() || key == "data") {
    std::vector<std::string> keys;
    for (const SettingInfo& info : setting_infos()) keys.push_back(json_key(info.key));
    for (const ChoiceInfo& info : choice_infos()) keys.push_back(json_key(info.key));
    const std::string near = nearest_word(name, keys);
    return Error{.where = where,
                 .problem = fmt::format("{} is no setting", in_quotes(name)),
                 .remedy = near.empty() ? std::string() : fmt::format("did you mean \"{}\"?", near)};
  }
  const bool is_switch = value.is_boolean();
  const auto given =
      is_switch ? std::optional<SettingValue>(value.get<bool>() ? 1.0 : 0.0) : value_from(value);
  if (given && apply_setting(settings, key, *given)) return {};
  return Error{.where = where,
               .problem = fmt::format("\"{}\" cannot be taken", name),
               .expected = std::holds_alternative<double>(any_value(settings, key)) ? "a number" : "a word",
               .found = in_quotes(
                   value.is_string() ? value.get<std::string>()
                                     : value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace))};
}

}  // namespace

Result<model::Model> build_model(const Settings& settings, int rows, int columns, int classes) {
  if (settings.own) return model::build(*settings.own.definition, rows, columns, classes);
  return model::build(settings.model, rows, columns, classes, synapse_options(settings));
}

Result<Settings> recommended_settings(const model::DefinitionPtr& definition, std::string_view data_spec) {
  Settings settings = recommended_settings("", data_spec);
  settings.model = definition->id;
  settings.own = {definition};
  if (definition->training.empty()) return settings;
  const std::string where = fmt::format("{}: training", definition->id);
  const auto training = nlohmann::json::parse(definition->training, nullptr, false);
  if (!training.is_object()) return Error{.where = where, .problem = "is no object"};
  for (const auto& [name, value] : training.items())
    if (auto status = recommend(settings, where, name, value); !status) return status.error();
  if (auto status = validate(settings); !status) {
    Error error = status.error();
    error.where = fmt::format("{}: {}", where, error.where);
    return error;
  }
  return settings;
}

Result<Settings> settings_for(const std::string& name, std::string_view data_spec) {
  if (is_known_model(name)) return recommended_settings(name, data_spec);
  if (const auto ready = model::find_ready_model(name)) return recommended_settings(ready, data_spec);
  if (const model::RivalInfo* rival = rival_named(name)) {
    const auto of = settings_for(name.substr(0, name.rfind(kRivalMark)), data_spec);
    return of ? settings_of_rival(*of, rival->rival) : of;
  }
  if (!model::is_model_file_name(name)) return unknown_model(name);
  auto definition = model::read_model_file(name);
  if (!definition) return definition.error();
  return recommended_settings(std::make_shared<const model::Definition>(std::move(*definition)), data_spec);
}

Result<Settings> settings_of_rival(const Settings& of, model::Rival rival) {
  const auto definition = definition_of_settings(of);
  if (!definition) return definition.error();
  auto made = model::rival_of(*definition, rival);
  if (!made) return made.error();
  return recommended_settings(std::make_shared<const model::Definition>(std::move(*made)), of.data);
}

Status check_model_name(const std::string& name) {
  if (is_known_model(name) || model::find_ready_model(name) || model::is_model_file_name(name)) return {};
  if (rival_named(name)) return check_model_name(name.substr(0, name.rfind(kRivalMark)));
  return unknown_model(name);
}

std::vector<model::ModelInfo> named_models() {
  std::vector<model::ModelInfo> all = model::known_models();
  for (const model::DefinitionPtr& d : model::ready_models()) all.push_back({d->id, d->title, d->help});
  return all;
}

Result<model::Definition> definition_of_settings(const Settings& settings) {
  auto definition = settings.own ? Result<model::Definition>(*settings.own.definition)
                                 : model::definition_of(settings.model, synapse_options(settings));
  if (!definition) return definition;
  nlohmann::json training = nlohmann::json::object();
  for (const SettingDifference& d : differences(recommended_settings("", settings.data), settings)) {
    const bool held = d.key == "data" || d.key == "seed" || d.key == "synapse" || d.key == "beta" ||
                      d.key == "alpha" || d.key == "diagonal";
    if (!held) training[json_key(d.key)] = value_json(d.to);
  }
  definition->training = training.empty() ? std::string() : training.dump();
  return definition;
}

}  // namespace synann::train
