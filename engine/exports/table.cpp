// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/exports/table.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <limits>
#include <optional>
#include <utility>

#include "engine/exports/asked_network.h"
#include "engine/train/history.h"

namespace synann::exports {

namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

double number_or_none(const std::optional<double>& number) {
  return number.value_or(kNone);
}

// A column of the measurements of runs: what it is called, and where its number comes from.
struct EpochColumn {
  const char* name;
  bool whole;
  double (*value)(const train::Evaluation&);
};

constexpr EpochColumn kEpochColumns[] = {
    {"epoch", true, [](const train::Evaluation& e) -> double { return e.epoch; }},
    {"examples", true, [](const train::Evaluation& e) { return static_cast<double>(e.examples); }},
    {"train_loss", false, [](const train::Evaluation& e) { return e.epoch > 0 ? e.train_loss : kNone; }},
    {"test_loss", false, [](const train::Evaluation& e) { return e.test_loss; }},
    {"correct", true, [](const train::Evaluation& e) -> double { return e.correct; }},
    {"count", true, [](const train::Evaluation& e) -> double { return e.count; }},
    {"accuracy", false, [](const train::Evaluation& e) { return e.accuracy(); }},
    {"validation_loss", false,
     [](const train::Evaluation& e) { return e.validation_count > 0 ? e.validation_loss : kNone; }},
    {"validation_correct", true, [](const train::Evaluation& e) -> double { return e.validation_correct; }},
    {"validation_count", true, [](const train::Evaluation& e) -> double { return e.validation_count; }},
    {"lr", false, [](const train::Evaluation& e) { return e.epoch > 0 ? e.learning_rate : kNone; }},
    {"train_seconds", false, [](const train::Evaluation& e) { return e.train_seconds; }},
    {"eval_seconds", false, [](const train::Evaluation& e) { return e.eval_seconds; }},
    {"best", true, [](const train::Evaluation& e) -> double { return e.best ? 1 : 0; }},
    {"gradient_norm", false,
     [](const train::Evaluation& e) { return number_or_none(e.numbers.gradient_norm); }},
    {"dead_share", false, [](const train::Evaluation& e) { return number_or_none(e.numbers.dead_share); }},
    {"headroom", false, [](const train::Evaluation& e) { return number_or_none(e.numbers.headroom); }},
    {"beta_norm", false, [](const train::Evaluation& e) { return number_or_none(e.numbers.beta_norm); }},
    {"unix_time", false, [](const train::Evaluation& e) { return e.unix_time > 0 ? e.unix_time : kNone; }},
};

// Appends to the column at `index`, which it makes first.
template <class Number>
std::vector<Number>& column(Columns& table, std::size_t index, std::string name) {
  if (index == table.size()) table.push_back({std::move(name), std::vector<Number>()});
  return std::get<std::vector<Number>>(table[index].values);
}

void append_epochs(Columns& table, std::size_t first, const train::History& history) {
  for (const EpochColumn& from : kEpochColumns) {
    for (const train::Evaluation& e : history.evaluations) {
      const double value = from.value(e);
      if (from.whole)
        column<std::int64_t>(table, first, from.name).push_back(static_cast<std::int64_t>(value));
      else
        column<double>(table, first, from.name).push_back(value);
    }
    if (history.evaluations.empty())
      from.whole ? void(column<std::int64_t>(table, first, from.name))
                 : void(column<double>(table, first, from.name));
    ++first;
  }
}

void append_losses(Columns& table, std::size_t first, const train::History& history) {
  const std::int64_t begin = history.steps_at(history.start.position);  // 0, or where its history begins
  auto& steps = column<std::int64_t>(table, first, "step");
  for (std::size_t k = 0; k < history.losses.size(); ++k)
    steps.push_back(begin + static_cast<std::int64_t>(k));
  auto& examples = column<std::int64_t>(table, first + 1, "examples");
  examples.insert(examples.end(), history.examples.begin(), history.examples.end());
  auto& losses = column<float>(table, first + 2, "loss");
  losses.insert(losses.end(), history.losses.begin(), history.losses.end());
}

}  // namespace

std::size_t row_count(const Columns& table) {
  return table.empty() ? 0 : std::visit([](const auto& values) { return values.size(); }, table[0].values);
}

Result<Columns> run_table(const Request& request, const infer::Work& work) {
  Columns table;
  const bool several = request.runs.size() > 1;
  const int count = static_cast<int>(request.runs.size());
  for (int k = 0; k < count; ++k) {
    if (work.stopped()) return infer::interrupted();
    const auto& run = request.runs[static_cast<std::size_t>(k)];
    const auto history = train::read_history(run);
    if (!history) return history.error();
    if (several) {
      const std::size_t rows =
          request.content == Content::Losses ? history->losses.size() : history->evaluations.size();
      auto& names = column<std::string>(table, 0, "run");
      names.insert(names.end(), rows, run.string());
    }
    const std::size_t first = several ? 1 : 0;
    request.content == Content::Losses ? append_losses(table, first, *history)
                                       : append_epochs(table, first, *history);
    work.tell(k + 1, count);
  }
  return table;
}

Result<Columns> prediction_table(const Request& request, const infer::Work& work,
                                 std::vector<std::string>& notes) {
  const auto asked = ask_network(request);
  if (!asked) return asked.error();
  notes = asked->notes;
  const auto said = ask_test_set(request, *asked, work);
  if (!said) return said.error();
  const auto count = static_cast<std::size_t>(said->count());
  std::vector<std::int64_t> images(said->samples.begin(), said->samples.end());
  std::vector<std::int64_t> labels(said->labels.begin(), said->labels.end()), classes;
  for (int k = 0; k < said->count(); ++k) classes.push_back(said->said(k));
  Columns table{{"image", std::move(images)}, {"label", std::move(labels)}, {"class", std::move(classes)}};
  for (int label = 0; label < said->classes; ++label) {
    std::vector<float> log_probs(count);
    for (std::size_t k = 0; k < count; ++k)
      log_probs[k] = said->row(static_cast<int>(k))[static_cast<std::size_t>(label)];
    table.push_back({fmt::format("log_prob_{}", label), std::move(log_probs)});
  }
  return table;
}

}  // namespace synann::exports
