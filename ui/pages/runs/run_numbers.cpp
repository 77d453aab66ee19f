// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/runs/run_numbers.h"

#include <algorithm>
#include <string>
#include <utility>

#include <QCoreApplication>

#include "ui/pages/runs/run_table_model.h"
#include "ui/pages/runs/run_words.h"

namespace synann::ui {
namespace {

using runs::RunSummary;

struct RunNumberWords {
  Q_DECLARE_TR_FUNCTIONS(run_numbers)
};

std::optional<double> meanOf(const RunSummary& run, double runs::EpochScore::*what) {
  const auto mean = runs::mean_of_latest(run, RunTableModel::kMeanEpochs);
  return mean ? std::optional((*mean).*what) : std::nullopt;
}

std::optional<double> lastOf(const RunSummary& run, std::optional<double> train::EpochNumbers::*what) {
  return run.last ? run.last->numbers.*what : std::nullopt;
}

std::vector<RunNumber> outcomeNumbers() {
  const auto tr = [](const char* text) { return RunNumberWords::tr(text); };
  const auto accuracy = [](const std::optional<train::Evaluation>& e) {
    return e ? std::optional(e->accuracy()) : std::nullopt;
  };
  return {
      {"best", tr("Best accuracy (%)"), [=](const RunSummary& run) { return accuracy(run.best); }},
      {"last", tr("Last accuracy (%)"), [=](const RunSummary& run) { return accuracy(run.last); }},
      {"mean-accuracy", tr("Mean accuracy of 5 epochs (%)"),
       [](const RunSummary& run) { return meanOf(run, &runs::EpochScore::accuracy); }},
      {"loss", tr("Test loss (nats)"),
       [](const RunSummary& run) { return run.last ? std::optional(run.last->test_loss) : std::nullopt; }},
      {"mean-loss", tr("Mean test loss of 5 epochs (nats)"),
       [](const RunSummary& run) { return meanOf(run, &runs::EpochScore::test_loss); }},
      {"gradient-norm", tr("Gradient norm"),
       [](const RunSummary& run) { return lastOf(run, &train::EpochNumbers::gradient_norm); }},
      {"dead-share", tr("Share of dead units"),
       [](const RunSummary& run) { return lastOf(run, &train::EpochNumbers::dead_share); }},
      {"headroom", tr("Headroom"),
       [](const RunSummary& run) { return lastOf(run, &train::EpochNumbers::headroom); }},
      {"beta-norm", tr("Norm of β"),
       [](const RunSummary& run) { return lastOf(run, &train::EpochNumbers::beta_norm); }},
      {"epochs-done", tr("Epochs done"),
       [](const RunSummary& run) { return std::optional<double>(run.epochs); }},
      {"time", tr("Training time (s)"),
       [](const RunSummary& run) { return std::optional(run.train_seconds); }},
      {"parameters", tr("Parameters"),
       [](const RunSummary& run) { return std::optional<double>(run.parameter_count); }}};
}

}  // namespace

const std::vector<RunNumber>& runNumbers() {
  static const std::vector<RunNumber> all = [] {
    std::vector<RunNumber> numbers = outcomeNumbers();
    for (const train::SettingInfo& info : train::setting_infos()) {
      const std::string key(info.key);
      numbers.push_back({QString::fromStdString(key), runSettingName(key), [key](const RunSummary& run) {
                           return train::setting_matters(run.settings, key)
                                      ? std::optional(train::setting_value(run.settings, key))
                                      : std::nullopt;
                         }});
    }
    return numbers;
  }();
  return all;
}

int runNumberAt(const QString& id) {
  const auto& all = runNumbers();
  const auto found = std::ranges::find(all, id, &RunNumber::id);
  return found == all.end() ? 0 : static_cast<int>(found - all.begin());
}

}  // namespace synann::ui
