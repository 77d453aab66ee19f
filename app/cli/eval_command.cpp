// SPDX-License-Identifier: GPL-3.0-or-later
#include <cmath>
#include <fmt/format.h>
#include <memory>
#include <optional>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "app/cli/cancel_on_interrupt.h"
#include "app/cli/cli.h"
#include "app/cli/console.h"
#include "app/cli/options.h"
#include "app/command_line/command_line.h"
#include "engine/compute/backend.h"
#include "engine/compute/confusion.h"
#include "engine/data/registry.h"
#include "engine/train/checkpoint.h"
#include "engine/train/log_lines.h"

namespace synann::cli {
namespace {

struct EvalArguments {
  std::string checkpoint, model, data = "digits";
  train::Execution execution;
  int batch_size = 100;
  bool json = false;
};

struct Measured {
  compute::EvaluationResult result;
  std::optional<compute::Confusion> confusion;  // with --json
  data::DataPairPtr data;
};

Result<Measured> measure(const EvalArguments& a) {
  train::AskedSettings asked;
  if (auto status = ask_for_model(asked, a.model); !status) return status.error();
  auto data = data::open_dataset(a.data);
  if (!data) return data.error();
  print_notes((*data)->notes);
  const auto& test = (*data)->test;
  const auto loaded = train::read_checkpoint(
      a.checkpoint, train::OptimiserState::Leave,
      {.asked = asked, .sizes = train::DataSizes{test.rows, test.columns, test.classes}});
  if (!loaded) return loaded.error();
  print_notes(loaded->notes);
  const auto& c = loaded->checkpoint;
  if (test.rows != c.rows || test.columns != c.columns || test.classes != c.classes) {
    return Error{.where = a.data,
                 .problem = "its images do not fit the checkpoint",
                 .expected = fmt::format("{} × {} pixels, {} classes", c.rows, c.columns, c.classes),
                 .found = fmt::format("{} × {}, {}", test.rows, test.columns, test.classes)};
  }
  auto backend = compute::make_backend(
      {.device = a.execution.device, .tier = a.execution.tier, .threads = a.execution.threads}, loaded->model,
      *data);
  if (!backend) return backend.error();
  if (auto status = (*backend)->load(c.state); !status) return status.error();
  ProgressLine progress;
  const auto result = (*backend)->evaluate(
      compute::EvaluationSet::Test, a.batch_size, interrupt_flag(),
      [&](int done) { progress.show(fmt::format("{} of {} test images", done, test.count())); });
  if (!result) return result.error();
  if (result->count < test.count()) {
    return Error{
        .kind = ErrorKind::Cancelled, .where = a.checkpoint, .problem = "the evaluation was interrupted"};
  }
  Measured measured{*result, {}, *data};
  if (!a.json) return measured;
  auto confusion = compute::measure_confusion(
      **backend, *loaded->model, test, a.batch_size, interrupt_flag(),
      [&](int done) { progress.show(fmt::format("{} of {} test images by class", done, test.count())); });
  if (!confusion) return confusion.error();
  measured.confusion = std::move(*confusion);
  return measured;
}

// {"test_loss":…,"confusion":[[…],…],…}: rows are the true class, columns what the network
// says.
nlohmann::ordered_json to_json(const Measured& m, double loss) {
  nlohmann::ordered_json rows, precision, recall, f1;
  for (int truth = 0; truth < m.confusion->classes; ++truth) {
    nlohmann::ordered_json row;
    for (int said = 0; said < m.confusion->classes; ++said) row.push_back(m.confusion->at(truth, said));
    rows.push_back(row);
    precision.push_back(m.confusion->precision(truth));
    recall.push_back(m.confusion->recall(truth));
    f1.push_back(m.confusion->f1(truth));
  }
  return {{"test_loss", loss},
          {"correct", m.result.correct},
          {"count", m.result.count},
          {"accuracy", 100.0 * m.result.correct / m.result.count},
          {"class_names", m.data->class_names},
          {"confusion", rows},
          {"precision", precision},
          {"recall", recall},
          {"f1", f1}};
}

int eval_run(const EvalArguments& a) {
  const CancelOnInterrupt guard;
  const auto measured = measure(a);
  if (!measured) return report(measured.error());
  const compute::EvaluationResult& result = measured->result;
  const double loss = result.loss_sum / result.count;
  if (!std::isfinite(loss)) {
    return report({.kind = ErrorKind::Failed,
                   .where = a.checkpoint,
                   .problem = "its loss on the test set is not finite",
                   .remedy = "go back to an earlier checkpoint"});
  }
  if (a.json) {
    // Class names may be names of folders, which hold any bytes.
    print_line(to_json(*measured, loss).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
  } else {
    print_line(train::test_line(loss, result.correct, result.count));
  }
  return kOk;
}

}  // namespace

void add_eval(CLI::App& app, Action& action) {
  auto a = std::make_shared<EvalArguments>();
  CLI::App* c = app.add_subcommand("eval", "Measure a checkpoint on a test set");
  add_checkpoint(*c, a->checkpoint, a->model);
  add_data(*c, a->data);
  add_test_batch_size(*c, a->batch_size);
  add_execution(*c, a->execution);
  c->add_flag("--json", a->json, "One JSON object");
  c->callback([a, &action] { action = [a] { return eval_run(*a); }; });
}

}  // namespace synann::cli
