// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "engine/compute/optimiser.h"
#include "engine/core/result.h"
#include "engine/data/augment.h"
#include "engine/model/description.h"
#include "engine/train/log_lines.h"

namespace synann::train {

// The network of a model file (engine/model/model_file.h), where the model is none of the known ones. Two of
// them are equal where they describe the same network.
struct OwnModel {
  model::DefinitionPtr definition{};
  explicit operator bool() const { return definition != nullptr; }
  friend bool operator==(const OwnModel& a, const OwnModel& b) {
    return a.definition == b.definition || (a.definition && b.definition && *a.definition == *b.definition);
  }
};

// What determines the result of a run: kept in checkpoints and histories. The log interval alone determines
// nothing but the log, and is kept in histories only, so that equal runs leave equal checkpoints.
// The defaults are the original script's; recommended_settings() has those of the other models.
struct Settings {
  std::string model = "syna-cnn";  // of a known model, or of own
  OwnModel own{};
  std::string data = "digits";  // as open_dataset takes it
  int epochs = 200;           // total, counted from the start of the run (the built-in digits default to 20)
  int batch_size = 100;       // samples
  int test_batch_size = 100;  // samples
  double learning_rate = 0.012;
  double momentum = 0.5;  // SGD
  std::uint64_t seed = 5;

  std::string optimizer = "sgd";                // sgd, adam, adamw
  bool nesterov = false;                        // SGD
  double adam_beta1 = 0.9, adam_beta2 = 0.999;  // adam, adamw
  double weight_decay = 0;
  double clip = 0;                    // largest length of the gradient; 0 = no limit
  std::string schedule = "constant";  // constant, step, cosine, one-cycle, plateau, breaks
  std::string schedule_breaks{};      // breaks: "12:0.0001,30:0.00001" (schedule.h)
  int schedule_epochs = 10;           // step: between two drops; plateau: without a better loss before a drop
  double schedule_factor = 0.3;       // step, plateau: what a drop multiplies the rate by

  int validation = 0;   // training images held back for choosing the best epoch; 0 = the test set chooses
  int train_count = 0;  // training images that are drawn; 0 = all
  std::uint64_t train_subset = 0;  // what draws them; 0 = seed
  double augment_rotation = 0, augment_zoom = 0, augment_shift = 0, augment_shear = 0;  // data/augment.h
  double augment_elastic = 0, augment_elastic_sigma = 4;
  double augment_erase = 0, augment_erase_min = 0.02, augment_erase_max = 0.33;
  double target_accuracy = 0;  // percent at which the run ends; 0 = never
  int patience = 0;            // epochs without a better accuracy after which the run ends; 0 = never
  double minutes = 0;          // of training after which the run ends; 0 = never

  std::string synapse = "per-sample";  // per-sample, batch-coupled
  std::string beta = "free";           // free, sigmoid, clamp
  std::string alpha = "one";           // one, exp, softplus
  std::string diagonal = "keep";       // keep, zero
  std::string frozen{};                // cells of β that stay as they are; empty: none (frozen_cells.h)
  bool watch_headroom = true;          // stop before the first update at which min (1 − βx) ≤ 0

  int log_interval = kLogInterval;  // steps between two lines of the log

  bool operator==(const Settings&) const = default;
};

// How a run is computed; changes its speed, never its result (bit for bit on one tier).
struct Execution {
  std::string device = "auto";  // auto, cpu, cuda
  std::string tier = "auto";    // auto, or one of compute::known_tiers()
  int threads = 0;              // 0 = all processors this process may use
  bool operator==(const Execution&) const = default;
};

// What a person needs to know to set one number: shared by the window, the command line and their tests.
struct SettingInfo {
  std::string_view key;    // command-line flag without dashes: "lr"
  std::string_view label;  // for people: "Learning rate"
  std::string_view unit;   // "samples", "epochs" or empty for pure numbers
  std::string_view help;   // what it does to training, one sentence
  double minimum, maximum, fallback, step;
  int decimals;                // 0 = whole number
  bool live;                   // may change while a run is open
  bool advanced;               // the original does not have it; shown on demand
  std::string_view zero = {};  // what 0 means, in one word, where it is not a quantity: "never"
};

// The same for a choice among words, or for a text.
struct ChoiceInfo {
  std::string_view key, label, help;
  std::vector<std::string_view> options;  // the first is the original's; none: a text, empty in the original
  std::vector<std::string_view> names;    // of the options, for people: "Stochastic gradient descent"
  bool live = false;                      // may change while a run is open
  bool is_text() const { return options.empty(); }
};

std::span<const SettingInfo> setting_infos();
std::span<const ChoiceInfo> choice_infos();

inline constexpr std::string_view kFrozenOption = "--frozen";  // in sentences about it

bool is_live(std::string_view key);  // SettingInfo::live or ChoiceInfo::live; false for any other key
const std::vector<std::string>& live_keys();  // all of these, choices first: they decide what numbers mean

// The value behind a key of setting_infos() or choice_infos().
double setting_value(const Settings& settings, std::string_view key);
void set_setting(Settings& settings, std::string_view key, double value);
const std::string& choice_value(const Settings& settings, std::string_view key);
void set_choice(Settings& settings, std::string_view key, std::string_view option);
// One sentence where a choice does not have this option, or a text means nothing; an empty text is none.
Status check_choice(std::string_view key, std::string_view option);

// The value of a setting by its key: a number of setting_infos(), or a word of choice_infos() or of "data".
using SettingValue = std::variant<double, std::string>;
SettingValue any_value(const Settings& settings, std::string_view key);  // of a number or a choice
// As a person types it: "0.006", "cosine".
std::string value_text(const SettingValue& value);
// With its name, as a sentence has it: "learning rate 0.006".
std::string setting_words(std::string_view key, const SettingValue& value);
// Takes over a value; false where the key is not known or its kind is the other one.
bool apply_setting(Settings& settings, std::string_view key, const SettingValue& value);

// The heading that a setting stands under: "Training", "Optimiser", "Learning rate schedule", "Data and stop
// criteria", "Augmentation", "Synapse layer".
std::string_view setting_group(std::string_view key);
// Whether a setting has any effect beside the others: momentum has none under Adam, the synapse's options
// none in a network without a synapse layer.
bool setting_matters(const Settings& settings, std::string_view key);

// Which settings differ, key by key, in the order of the tables; "data" last. The model is not among them.
struct SettingDifference {
  std::string key;
  SettingValue from, to;
  bool operator==(const SettingDifference&) const = default;
};
std::vector<SettingDifference> differences(const Settings& from, const Settings& to);

// The settings that somebody asked for, and only those.
struct AskedSettings {
  std::string model{};  // empty: not asked for
  OwnModel own{};       // with its id in model
  std::map<std::string, double, std::less<>> numbers{};
  std::map<std::string, std::string, std::less<>> choices{};
};
// Asks for one more by its key; the data are no such setting.
void ask_for(AskedSettings& asked, std::string_view key, const SettingValue& value);
// Takes over all that was asked for but the model.
void apply_settings(Settings& settings, const AskedSettings& asked);

// The default number of epochs for a data set: 20 for the built-in digits, otherwise the original's 200.
int default_epochs(std::string_view data_spec);

// What a model is trained with unless something else is asked for: the original's settings for syna-cnn,
// those of the published SynaMLP, of docs/theory.md for the others. Twins have their original's.
Settings recommended_settings(std::string_view model, std::string_view data_spec);

// One sentence for the first setting outside its range.
Status validate(const Settings& settings);

// What the settings mean to the engine; call validate() first.
model::SynapseOptions synapse_options(const Settings& settings);
compute::Optimiser optimiser(const Settings& settings);
data::Augmentation augmentation(const Settings& settings);

}  // namespace synann::train
