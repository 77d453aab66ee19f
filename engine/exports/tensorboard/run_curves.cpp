// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/exports/tensorboard/run_curves.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <optional>
#include <string_view>

#include "engine/exports/tensorboard/event_names.h"
#include "engine/train/settings.h"

namespace synann::exports::tensorboard {
namespace {

constexpr HyperMetric kMetrics[] = {
    {"accuracy/test", "Test accuracy", "Of the last epoch, percent"},
    {"accuracy/best", "Best accuracy", "On the test set, of the epoch that is kept as the best one, percent"},
    {"loss/test", "Test loss", "Of the last epoch, nats"}};

void add_number(EventLog& log, const EventTime& at, std::string_view tag,
                const std::optional<double>& value) {
  if (value) log.scalar(at, tag, static_cast<float>(*value));
}

template <class Take>
void each_setting(Take&& take) {
  for (const train::ChoiceInfo& info : train::choice_infos()) take(info);
  for (const train::SettingInfo& info : train::setting_infos()) take(info);
}

}  // namespace

void add_scalars(EventLog& log, const EventTime& at, const EpochScalars& epoch) {
  const train::Evaluation& e = epoch.evaluation;
  log.scalar(at, "loss/test", static_cast<float>(e.test_loss));
  log.scalar(at, "accuracy/test", static_cast<float>(e.accuracy()));
  if (e.validation_count > 0) {
    log.scalar(at, "loss/validation", static_cast<float>(e.validation_loss));
    log.scalar(at, "accuracy/validation",
               static_cast<float>(100.0 * e.validation_correct / e.validation_count));
  }
  if (e.epoch > 0) {
    log.scalar(at, "loss/train", static_cast<float>(e.train_loss));
    log.scalar(at, "learning_rate", static_cast<float>(e.learning_rate));
    log.scalar(at, "accuracy/best", static_cast<float>(epoch.best_accuracy));
    log.scalar(at, "seconds/training", static_cast<float>(epoch.seconds));
    log.scalar(at, "seconds/epoch", static_cast<float>(e.train_seconds));
  }
  log.scalar(at, "seconds/evaluation", static_cast<float>(e.eval_seconds));
  log.scalar(at, "epoch", static_cast<float>(e.epoch));
  add_number(log, at, "network/gradient_norm", e.numbers.gradient_norm);
  add_number(log, at, "network/dead_share", e.numbers.dead_share);
  add_number(log, at, "network/headroom", e.numbers.headroom);
  add_number(log, at, "network/beta_norm", e.numbers.beta_norm);
}

EpochScalars EpochFollower::next(const train::Evaluation& evaluation) {
  if (evaluation.best) best_accuracy_ = evaluation.accuracy();
  seconds_ += evaluation.epoch > 0 ? evaluation.train_seconds : 0;
  return {evaluation, best_accuracy_, seconds_};
}

void add_hyper_parameters(EventLog& log, const EventTime& at, const train::Settings& settings,
                          const std::string& data_name) {
  std::vector<HyperParameter> parameters;
  parameters.push_back({"model", "Model", "The network", plain_text(settings.model)});
  parameters.push_back({"data", "Data", "The data set", plain_text(data_name)});
  // TensorBoard takes the columns of whichever run it finds first: all runs name the same.
  each_setting([&](const auto& info) {
    const train::SettingValue value = train::any_value(settings, info.key);
    const auto* number = std::get_if<double>(&value);
    HyperParameter parameter{std::string(info.key),
                             std::string(info.label),
                             std::string(info.help),
                             {},
                             train::setting_matters(settings, info.key)};
    if (number)
      parameter.value = *number;
    else
      parameter.value = plain_text(std::get<std::string>(value));
    parameters.push_back(std::move(parameter));
  });
  log.hyper_parameters(at, parameters, kMetrics);
}

void add_settings_table(EventLog& log, const EventTime& at, const train::Settings& settings,
                        const train::StartInfo& start) {
  std::vector<std::pair<std::string, std::string>> rows;
  const auto add = [&rows](std::string_view name, std::string_view value) {
    rows.emplace_back(plain_markdown(name), plain_markdown(value));
  };
  add("Setting", "Value");
  add("Model", settings.model);
  add("Data", start.data_name);
  add("SHA-256 of the data", start.data_sha256);
  add("Images to train and test", fmt::format("{} and {}", start.train_count, start.test_count));
  add("Trained numbers", fmt::format("{}", start.parameter_count));
  add("Steps in an epoch", fmt::format("{}", start.steps_per_epoch));
  each_setting([&](const auto& info) {
    if (!train::setting_matters(settings, info.key)) return;
    const train::SettingValue value = train::any_value(settings, info.key);
    add(info.label, train::value_text(value));
  });
  log.table(at, "settings", rows);
}

RunClock::RunClock(const train::History& history) {
  double seconds = 0, last = 0;
  const bool timed =
      std::ranges::all_of(history.evaluations, [](const train::Evaluation& e) { return e.unix_time > 0; });
  for (const train::Evaluation& e : history.evaluations) {
    seconds += e.epoch > 0 ? e.train_seconds : 0;
    last = std::max(last,
                    timed ? e.unix_time : seconds);  // a clock that was set back must not turn curves round
    known_.emplace_back(history.steps_at({.epoch = e.epoch + 1, .step = 0}), last);
  }
}

double RunClock::at(std::int64_t steps) const {
  const auto after = std::ranges::lower_bound(known_, steps, {}, &std::pair<std::int64_t, double>::first);
  if (known_.empty()) return 0;
  if (after == known_.begin()) return known_.front().second;
  if (after == known_.end()) return known_.back().second;
  const auto& [before_steps, before_time] = *(after - 1);
  const double share =
      static_cast<double>(steps - before_steps) / static_cast<double>(after->first - before_steps);
  return before_time + share * (after->second - before_time);
}

}  // namespace synann::exports::tensorboard
