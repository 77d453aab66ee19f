// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/train/setting_table.h"

#include <algorithm>
#include <type_traits>
#include <utility>

namespace synann::train {
namespace {

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
constexpr NumberSetting number(SettingInfo info) {
  return {info, get<Member>, set<Member>};
}

constexpr NumberSetting kNumbers[] = {
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
    number<&Settings::adam_beta1>(
        {"adam-beta1", "Adam β₁", "",
         "Adam, AdamW: how much of the previous mean of the gradient the next one keeps.", 0, 0.9999, 0.9,
         0.05, 4, false, true}),
    number<&Settings::adam_beta2>(
        {"adam-beta2", "Adam β₂", "",
         "Adam, AdamW: how much of the previous mean of the squared gradient the next one keeps.", 0, 0.99999,
         0.999, 0.005, 5, false, true}),
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

}  // namespace

std::span<const NumberSetting> number_settings() {
  return kNumbers;
}

std::span<const ChoiceSetting> choice_settings() {
  static const std::vector<ChoiceSetting> all = {
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

const NumberSetting& find_number(std::string_view key) {
  return *std::find_if(std::begin(kNumbers), std::end(kNumbers),
                       [&](const NumberSetting& n) { return n.info.key == key; });
}
const ChoiceSetting& find_choice(std::string_view key) {
  return *std::find_if(choice_settings().begin(), choice_settings().end(),
                       [&](const ChoiceSetting& c) { return c.info.key == key; });
}

std::span<const SettingInfo> setting_infos() {
  static const std::vector<SettingInfo> infos = [] {
    std::vector<SettingInfo> all;
    for (const NumberSetting& n : kNumbers) all.push_back(n.info);
    return all;
  }();
  return infos;
}

std::span<const ChoiceInfo> choice_infos() {
  static const std::vector<ChoiceInfo> infos = [] {
    std::vector<ChoiceInfo> all;
    for (const ChoiceSetting& c : choice_settings()) all.push_back(c.info);
    return all;
  }();
  return infos;
}

std::string_view setting_group(std::string_view key) {
  constexpr std::pair<std::string_view, std::string_view> kGroups[] = {
      {"optimizer", "Optimiser"},
      {"nesterov", "Optimiser"},
      {"adam-beta1", "Optimiser"},
      {"adam-beta2", "Optimiser"},
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

bool is_live(std::string_view key) {
  return std::find(live_keys().begin(), live_keys().end(), key) != live_keys().end();
}

const std::vector<std::string>& live_keys() {
  static const std::vector<std::string> keys = [] {
    std::vector<std::string> all;
    for (const ChoiceSetting& c : choice_settings())
      if (c.info.live) all.emplace_back(c.info.key);
    for (const NumberSetting& n : kNumbers)
      if (n.info.live) all.emplace_back(n.info.key);
    return all;
  }();
  return keys;
}

}  // namespace synann::train
