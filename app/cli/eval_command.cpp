// SPDX-License-Identifier: GPL-3.0-or-later
#include <cmath>
#include <filesystem>
#include <fmt/format.h>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "app/cli/asked_work.h"
#include "app/cli/cancel_on_interrupt.h"
#include "app/cli/cli.h"
#include "app/cli/console.h"
#include "app/cli/json_number.h"
#include "app/cli/options.h"
#include "app/command_line/command_line.h"
#include "engine/compute/backend.h"
#include "engine/compute/confusion.h"
#include "engine/core/text_value.h"
#include "engine/data/registry.h"
#include "engine/infer/asker.h"
#include "engine/infer/ensemble.h"
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

// One network of several.
struct Member {
  std::string checkpoint;
  infer::Score score;
};

struct Measured {
  compute::EvaluationResult result;
  std::optional<compute::Confusion> confusion;  // with --json
  data::DataPairPtr data;
  std::vector<Member> members;  // where there are several
};

Error interrupted_evaluation(const std::string& checkpoint) {
  return {.kind = ErrorKind::Cancelled, .where = checkpoint, .problem = "the evaluation was interrupted"};
}

Result<Measured> measure(const EvalArguments& a, const train::AskedSettings& asked,
                         const data::DataPairPtr& data) {
  const CancelOnInterrupt guard;
  const auto& test = data->test;
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
      data);
  if (!backend) return backend.error();
  if (auto status = (*backend)->load(c.state); !status) return status.error();
  ProgressLine progress;
  const auto result = (*backend)->evaluate(
      compute::EvaluationSet::Test, a.batch_size, interrupt_flag(),
      [&](int done) { progress.show(fmt::format("{} of {} test images", done, test.count())); });
  if (!result) return result.error();
  if (result->count < test.count()) return interrupted_evaluation(a.checkpoint);
  Measured measured{*result, {}, data, {}};
  if (!a.json) return measured;
  auto confusion = compute::measure_confusion(
      **backend, *loaded->model, test, a.batch_size, interrupt_flag(),
      [&](int done) { progress.show(fmt::format("{} of {} test images by class", done, test.count())); });
  if (!confusion) return confusion.error();
  measured.confusion = std::move(*confusion);
  return measured;
}

// Each by itself, and the mean of the probabilities.
Result<Measured> measure_together(const EvalArguments& a, const std::vector<std::string>& checkpoints,
                                  const train::AskedSettings& asked, const data::DataPairPtr& data) {
  const auto& test = data->test;
  std::vector<infer::Predictions> said;
  Measured measured{{}, {}, data, {}};
  for (const std::string& checkpoint : checkpoints) {
    const auto opened = infer::open_network(
        checkpoint, {.asked = asked, .sizes = train::DataSizes{test.rows, test.columns, test.classes}});
    if (!opened) return opened.error();
    print_notes(opened->notes);
    infer::Asker asker(
        {.backend = {a.execution.device, a.execution.tier, a.execution.threads}, .batch = a.batch_size});
    AskedWork work([&](int done, int count) {
      return fmt::format("{} of {} test images, network {} of {}", done, count, said.size() + 1,
                         checkpoints.size());
    });
    auto predictions = asker.predict(opened->network, test, {}, work.work());
    if (!predictions) {
      if (predictions.error().kind == ErrorKind::Cancelled) return interrupted_evaluation(checkpoint);
      Error error = predictions.error();
      error.where = checkpoint;
      return error;
    }
    measured.members.push_back({checkpoint, infer::score(*predictions)});
    said.push_back(std::move(*predictions));
  }
  const auto mean = infer::mean_of(said);
  if (!mean) return mean.error();
  const infer::Score score = infer::score(*mean);
  measured.result = {score.loss_sum, score.correct, score.count};
  if (a.json) measured.confusion = infer::confusion(*mean);
  return measured;
}

// One checkpoint, or several with commas between them; a file whose name has commas is one.
Result<Measured> measure_all(const EvalArguments& a) {
  train::AskedSettings asked;
  if (auto status = ask_for_model(asked, a.model); !status) return status.error();
  const auto data = data::open_dataset(a.data);
  if (!data) return data.error();
  print_notes((*data)->notes);
  std::error_code ignored;
  const std::vector<std::string> checkpoints = split_list(a.checkpoint);
  if (checkpoints.size() < 2 || std::filesystem::exists(a.checkpoint, ignored))
    return measure(a, asked, *data);
  return measure_together(a, checkpoints, asked, *data);
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
  nlohmann::ordered_json json{{"test_loss", loss},
                              {"correct", m.result.correct},
                              {"count", m.result.count},
                              {"accuracy", 100.0 * m.result.correct / m.result.count},
                              {"class_names", m.data->class_names},
                              {"confusion", rows},
                              {"precision", precision},
                              {"recall", recall},
                              {"f1", f1}};
  for (const Member& member : m.members)
    json["members"].push_back({{"checkpoint", member.checkpoint},
                               {"test_loss", number_or_null(member.score.loss())},
                               {"correct", member.score.correct}});
  return json;
}

int eval_run(const EvalArguments& a) {
  const auto measured = measure_all(a);
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
    for (const Member& member : measured->members)
      print_notes({fmt::format("{} alone: {} of {} right ({:.2f} %), loss {:.4f}", member.checkpoint,
                               member.score.correct, member.score.count, 100 * member.score.accuracy(),
                               member.score.loss())});
    print_line(train::test_line(loss, result.correct, result.count));
  }
  return kOk;
}

}  // namespace

void add_eval(CLI::App& app, Action& action) {
  auto a = std::make_shared<EvalArguments>();
  CLI::App* c = app.add_subcommand("eval", "Measure a checkpoint on a test set, or the mean of several");
  add_checkpoint(*c, a->checkpoint, a->model,
                 "Several with commas between them: the mean of their probabilities, and each alone.");
  add_data(*c, a->data);
  add_test_batch_size(*c, a->batch_size);
  add_execution(*c, a->execution);
  c->add_flag("--json", a->json, "One JSON object");
  c->callback([a, &action] { action = [a] { return eval_run(*a); }; });
}

}  // namespace synann::cli
