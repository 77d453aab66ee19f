// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/train/history_cut.h"

#include <algorithm>
#include <optional>

#include <nlohmann/json.hpp>

namespace synann::train {
namespace {

// Where an event stands: steps done since the start of the run. Nothing where the event does not tell.
std::optional<std::int64_t> steps_of_event(const nlohmann::json& event, const History& history) {
  const auto number = [&](const char* key) -> std::optional<int> {
    if (!event.contains(key) || !event[key].is_number_integer()) return std::nullopt;
    return event[key].get<int>();
  };
  const std::string name = event.value("event", "");
  const auto epoch = number("epoch"), step = number("step");
  if (name == "start") return history.steps_at(history.start.position);
  if (name == "evaluation") return 0;
  if (!epoch) return std::nullopt;
  if (name == "epoch") return history.steps_at({*epoch + 1, 0});
  if (!step) return std::nullopt;
  return history.steps_at({*epoch, *step});
}

// A line of losses up to its first `count` ones: `loss` is its last key.
std::string first_losses(std::string_view line, std::int64_t count) {
  auto end = line.find('[', line.find("\"loss\""));
  for (std::int64_t k = 0; k < count && end != std::string_view::npos; ++k) end = line.find(',', end + 1);
  return std::string(line.substr(0, end)) + "]}";
}

}  // namespace

std::int64_t last_step(const History& history) {
  std::int64_t last = history.steps_at(history.start.position);
  if (!history.examples.empty()) {
    const std::int64_t x = history.examples.back(), all = std::max(1, history.start.train_count);
    const std::int64_t in_epoch = x % all / std::max(1, history.start.settings.batch_size);
    last = std::max(last, x / all * history.start.steps_per_epoch + in_epoch + 1);
  }
  if (!history.evaluations.empty())
    last = std::max(last, history.steps_at({history.evaluations.back().epoch + 1, 0}));
  return last;
}

std::string cut_history(std::string_view text, const History& history, std::int64_t steps) {
  std::string kept, torn;  // torn: lines that a killed process left, which belong to the event after them
  bool keeps = true;
  for (auto end = text.find('\n'); end != std::string_view::npos; end = text.find('\n')) {
    const std::string_view line = text.substr(0, end);
    const auto event = nlohmann::json::parse(line, nullptr, false);
    if (event.is_discarded() || !event.is_object()) {
      torn.append(text.substr(0, end + 1));
    } else {
      const auto at = steps_of_event(event, history);
      const bool losses = event.value("event", "") == "losses";
      // An event of a later version goes with the one before it.
      if (at) keeps = losses ? *at < steps : *at <= steps;
      const auto count =
          losses && event.contains("loss") ? static_cast<std::int64_t>(event["loss"].size()) : 0;
      if (keeps) {
        kept += torn;
        kept += at && *at + count > steps ? first_losses(line, steps - *at) : std::string(line);
        kept += '\n';
      }
      torn.clear();
    }
    text.remove_prefix(end + 1);
  }
  return kept;
}

}  // namespace synann::train
