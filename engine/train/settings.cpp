// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/train/settings.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>

#include "engine/core/text_value.h"
#include "engine/synapse/cells_text.h"
#include "engine/train/schedule.h"

namespace synann::train {
namespace {

// A number's description and where it lives.
struct Number {
  SettingInfo info;
  double (*get)(const Settings&);
  void (*set)(Settings&, double);
};

template <auto Member>
double get(const Settings& s) {
  return static_cast<double>(s.*Member);
}
template <auto Member>
void set(Settings& s, double value) {
  using T = std::remove_reference_t<decltype(s.*Member)>;
  if constexpr (std::is_same_v<T, bool>) {
    s.*Member = value != 0;
  } else {
    s.*Member = static_cast<T>(value);
  }
}

template <auto Member>
constexpr Number number(SettingInfo info) {
  return {info, get<Member>, set<Member>};
}

constexpr Number kNumbers[] = {
    number<&Settings::epochs>({"epochs", "Epochs", "epochs", "Number of passes over the training set.", 1,
                               100000, 200, 1, 0, true, false}),
    number<&Settings::batch_size>({"batch-size", "Batch size", "samples",
                                   "Number of samples in a batch: one step averages its gradient over them.",
                                   1, 10000, 100, 10, 0, false, false}),
    number<&Settings::test_batch_size>(
        {"test-batch-size", "Test batch size", "samples",
         "Number of test samples measured at a time; matters only for the batch-coupled synapse.", 1, 100000,
         100, 100, 0, false, false}),
    number<&Settings::learning_rate>({"lr", "Learning rate", "",
                                      "How far a step moves the weights along the gradient.", 0, 10, 0.012,
                                      0.001, 6, true, false}),
    number<&Settings::momentum>({"momentum", "Momentum", "",
                                 "How much of the previous step's direction the next one keeps (SGD).", 0,
                                 0.999, 0.5, 0.05, 4, true, false}),
    number<&Settings::seed>({"seed", "Seed", "",
                             "Names the random numbers: initial weights, order of the images, dropout. The "
                             "same seed gives the same run.",
                             0, 2147483647, 5, 1, 0, false, false}),
    number<&Settings::log_interval>({"log-interval", "Log interval", "steps",
                                     "Steps between two lines of the log; the training is the same.", 1,
                                     1000000, kLogInterval, 10, 0, true, false}),
    number<&Settings::nesterov>(
        {"nesterov", "Nesterov", "", "Nesterov momentum for SGD.", 0, 1, 0, 1, 0, false, true}),
    number<&Settings::weight_decay>({"weight-decay", "Weight decay", "",
                                     "L2 penalty: this times the weight is added to its gradient.", 0, 1, 0,
                                     0.0001, 6, true, true}),
    number<&Settings::clip>({"clip", "Gradient clip", "", "Maximum norm of the gradient; 0: no clipping.", 0,
                             1000000, 0, 1, 3, true, true, "never"}),
    number<&Settings::schedule_epochs>(
        {"schedule-epochs", "Schedule epochs", "epochs",
         "step: epochs between two drops of the rate; plateau: epochs without a lower loss before one.", 1,
         100000, 10, 1, 0, true, true}),
    number<&Settings::schedule_factor>({"schedule-factor", "Schedule factor", "",
                                        "step, plateau: what a drop multiplies the rate by.", 0.001, 1, 0.3,
                                        0.1, 3, true, true}),
    number<&Settings::validation>(
        {"validation", "Validation images", "samples",
         "Training images held back to choose the best epoch; 0 lets the test set choose.", 0, 1000000, 0,
         1000, 0, false, true, "none"}),
    number<&Settings::train_count>(
        {"train-count", "Training images", "samples",
         "Number of training images to use, drawn at random without the validation images; 0 uses all.", 0,
         10000000, 0, 1000, 0, false, true, "all"}),
    number<&Settings::train_subset>(
        {"train-subset", "Training subset", "",
         "Draws the training images: the same number draws the same; 0: the seed does.", 0, 2147483647, 0, 1,
         0, false, true, "seed"}),
    number<&Settings::augment_rotation>(
        {"augment-rotation", "Rotation", "°",
         "Turns each training image by an angle of at most this, another one in every epoch.", 0, 180, 0, 5,
         2, true, true, "none"}),
    number<&Settings::augment_zoom>({"augment-zoom", "Zoom", "",
                                     "Stretches height and width of each training image, each by a factor "
                                     "between 1 − this and 1 + this.",
                                     0, 0.9, 0, 0.05, 3, true, true, "none"}),
    number<&Settings::augment_shift>({"augment-shift", "Shift", "",
                                      "Moves each training image up or down and to a side, each by at most "
                                      "this fraction of the side.",
                                      0, 1, 0, 0.05, 3, true, true, "none"}),
    number<&Settings::augment_shear>({"augment-shear", "Shear", "°",
                                      "Slants each training image by an angle of at most this.", 0, 60, 0, 5,
                                      2, true, true, "none"}),
    number<&Settings::augment_elastic>({"augment-elastic", "Elastic distortion", "px",
                                        "Moves the pixels of each training image along a smooth random "
                                        "field: its strength α before smoothing.",
                                        0, 1000, 0, 5, 2, true, true, "none"}),
    number<&Settings::augment_elastic_sigma>(
        {"augment-elastic-sigma", "Elastic smoothness", "px",
         "Elastic distortion: standard deviation σ of the Gaussian that smooths the random field.", 0.5, 50,
         4, 0.5, 2, true, true}),
    number<&Settings::augment_erase>({"augment-erase", "Erasing", "",
                                      "Probability that a rectangle of a training image is black.", 0, 1, 0,
                                      0.05, 3, true, true, "never"}),
    number<&Settings::augment_erase_min>({"augment-erase-min", "Least erased area", "",
                                          "Erasing: the least part of the image that the rectangle takes.", 0,
                                          1, 0.02, 0.01, 3, true, true}),
    number<&Settings::augment_erase_max>({"augment-erase-max", "Largest erased area", "",
                                          "Erasing: the largest part of the image that the rectangle takes.",
                                          0, 1, 0.33, 0.01, 3, true, true}),
    number<&Settings::target_accuracy>({"target-accuracy", "Target accuracy", "%",
                                        "The run ends when it is reached; 0 never.", 0, 100, 0, 0.1, 2, false,
                                        true, "never"}),
    number<&Settings::patience>({"patience", "Patience", "epochs",
                                 "The run ends after so many epochs without a better accuracy; 0 never.", 0,
                                 100000, 0, 1, 0, false, true, "never"}),
    number<&Settings::minutes>({"minutes", "Time limit", "min",
                                "The run ends after so many minutes of training; 0 never.", 0, 100000, 0, 1,
                                2, false, true, "never"}),
    number<&Settings::watch_headroom>({"watch-headroom", "Watch headroom", "",
                                       "Stops the run before the first update at which min (1 − βx) ≤ 0, "
                                       "where factors stop being probabilities.",
                                       0, 1, 1, 1, 0, false, true}),
};

struct Choice {
  ChoiceInfo info;
  std::string Settings::*member;
};

const std::vector<Choice>& choices() {
  static const std::vector<Choice> all = {
      {{"optimizer",
        "Optimiser",
        "SGD with momentum, Adam, or AdamW, whose weight decay stays apart from the gradient.",
        {"sgd", "adam", "adamw"},
        {"Stochastic gradient descent", "Adam", "AdamW"}},
       &Settings::optimizer},
      {{"schedule",
        "Schedule",
        "How the learning rate changes: never, in steps, along a cosine to zero, up and down in one cycle "
        "(as "
        "OneCycleLR, the momentum kept), on a plateau, or at named epochs.",
        {"constant", "step", "cosine", "one-cycle", "plateau", "breaks"},
        {"Constant", "Steps", "Cosine", "One cycle", "On a plateau", "At named epochs"},
        true},
       &Settings::schedule},
      {{"schedule-breaks",
        "Breaks",
        "breaks: epochs and the learning rates behind them, as in 12:0.0001,30:0.00001.",
        {},
        {},
        true},
       &Settings::schedule_breaks},
      {{"synapse",
        "Synapse",
        "per-sample is the formula; batch-coupled is what the original script computes: one factor for the "
        "whole batch.",
        {"per-sample", "batch-coupled"},
        {"Per sample (the formula)", "Batch-coupled (the original)"}},
       &Settings::synapse},
      {{"beta",
        "β",
        "free as in the original, in (0, 1) through a sigmoid, or clamped to [0, 1).",
        {"free", "sigmoid", "clamp"},
        {"Free", "Sigmoid", "Clamped to [0, 1)"}},
       &Settings::beta},
      {{"alpha",
        "α",
        "1 as in the original, or trained as exp(a) or softplus(a).",
        {"one", "exp", "softplus"},
        {"Fixed at 1", "exp(a)", "softplus(a)"}},
       &Settings::alpha},
      {{"diagonal",
        "Diagonal",
        "zero removes the inhibition of an output by its own input.",
        {"keep", "zero"},
        {"Kept", "Zero"}},
       &Settings::diagonal},
      {{"frozen",
        "Frozen cells",
        "Cells of β that training leaves as they are: 3,4 is row 3, column 4; 0-7,16-23 a block; row 3; "
        "column 4; all; with spaces between them. A name and a colon before them choose another layer than "
        "the first, a semicolon goes on to the next.",
        {},
        {}},
       &Settings::frozen},
  };
  return all;
}

const Number& find_number(std::string_view key) {
  return *std::find_if(std::begin(kNumbers), std::end(kNumbers),
                       [&](const Number& n) { return n.info.key == key; });
}
const Choice& find_choice(std::string_view key) {
  return *std::find_if(choices().begin(), choices().end(),
                       [&](const Choice& c) { return c.info.key == key; });
}

template <class E>
E enum_of(std::string_view key, const std::string& option) {
  const auto& options = find_choice(key).info.options;
  return static_cast<E>(std::find(options.begin(), options.end(), option) - options.begin());
}

}  // namespace

std::span<const SettingInfo> setting_infos() {
  static const std::vector<SettingInfo> infos = [] {
    std::vector<SettingInfo> all;
    for (const Number& n : kNumbers) all.push_back(n.info);
    return all;
  }();
  return infos;
}

std::span<const ChoiceInfo> choice_infos() {
  static const std::vector<ChoiceInfo> infos = [] {
    std::vector<ChoiceInfo> all;
    for (const Choice& c : choices()) all.push_back(c.info);
    return all;
  }();
  return infos;
}

std::string_view setting_group(std::string_view key) {
  constexpr std::pair<std::string_view, std::string_view> kGroups[] = {
      {"optimizer", "Optimiser"},
      {"nesterov", "Optimiser"},
      {"weight-decay", "Optimiser"},
      {"clip", "Optimiser"},
      {"schedule", "Learning rate schedule"},
      {"schedule-breaks", "Learning rate schedule"},
      {"schedule-epochs", "Learning rate schedule"},
      {"schedule-factor", "Learning rate schedule"},
      {"validation", "Data and stop criteria"},
      {"train-count", "Data and stop criteria"},
      {"train-subset", "Data and stop criteria"},
      {"target-accuracy", "Data and stop criteria"},
      {"patience", "Data and stop criteria"},
      {"minutes", "Data and stop criteria"},
      {"watch-headroom", "Synapse layer"},
      {"synapse", "Synapse layer"},
      {"beta", "Synapse layer"},
      {"alpha", "Synapse layer"},
      {"diagonal", "Synapse layer"},
      {"frozen", "Synapse layer"},
  };
  if (key.starts_with("augment-")) return "Augmentation";
  for (const auto& [named, group] : kGroups)
    if (named == key) return group;
  return "Training";
}

namespace {

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

bool is_live(std::string_view key) {
  return std::find(live_keys().begin(), live_keys().end(), key) != live_keys().end();
}

const std::vector<std::string>& live_keys() {
  static const std::vector<std::string> keys = [] {
    std::vector<std::string> all;
    for (const Choice& c : choices())
      if (c.info.live) all.emplace_back(c.info.key);
    for (const Number& n : kNumbers)
      if (n.info.live) all.emplace_back(n.info.key);
    return all;
  }();
  return keys;
}

SettingValue any_value(const Settings& s, std::string_view key) {
  const auto named = [key](const Choice& c) { return c.info.key == key; };
  if (std::any_of(choices().begin(), choices().end(), named)) return choice_value(s, key);
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
  if (number && std::any_of(std::begin(kNumbers), std::end(kNumbers), named)) {
    set_setting(s, key, *number);
  } else if (word && std::any_of(choices().begin(), choices().end(), named)) {
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
  for (const Number& n : kNumbers) compare(n.info.key, n.get(from), n.get(to));
  for (const Choice& c : choices()) compare(c.info.key, from.*c.member, to.*c.member);
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
  for (const Number& n : kNumbers) {
    const double value = n.get(settings);
    if (std::isfinite(value) && value >= n.info.minimum && value <= n.info.maximum) continue;
    return Error{.where = fmt::format("--{}", n.info.key),
                 .problem = "is out of range",
                 .expected = fmt::format("{} to {}", n.info.minimum, n.info.maximum),
                 .found = fmt::format("{}", value)};
  }
  for (const Choice& c : choices()) {
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
  return {.kind = kind,
          .momentum = sgd ? s.momentum : 0,
          .nesterov = sgd && s.nesterov,
          .weight_decay = s.weight_decay,
          .clip_norm = s.clip};
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
