// SPDX-License-Identifier: GPL-3.0-or-later
#include <cmath>
#include <fmt/format.h>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "app/cli/asked_work.h"
#include "app/cli/cli.h"
#include "app/cli/console.h"
#include "app/cli/json_number.h"
#include "app/cli/options.h"
#include "app/command_line/command_line.h"
#include "engine/core/text_value.h"
#include "engine/data/registry.h"
#include "engine/infer/ranking.h"
#include "engine/synapse/cells_text.h"

namespace synann::cli {
namespace {

using nlohmann::ordered_json;

constexpr int kMostRanked = 1'000'000;
constexpr const char* kCells = "--cells";

struct AblateArguments {
  std::string checkpoint, model, data = "digits", layer;
  std::vector<synapse::CellBlock> cells;
  std::optional<int> row, column, rank;
  double value = 0;
  train::Execution execution;
  int batch_size = 100;
  bool json = false;
};

struct Opened {
  infer::OpenedNetwork checkpoint;
  data::DataPairPtr data;
};

Result<Opened> open(const AblateArguments& a) {
  train::AskedSettings asked;
  if (auto status = ask_for_model(asked, a.model); !status) return status.error();
  auto data = data::open_dataset(a.data);
  if (!data) return data.error();
  print_notes((*data)->notes);
  const data::Dataset& test = (*data)->test;
  auto opened = infer::open_network(
      a.checkpoint, {.asked = asked, .sizes = train::DataSizes{test.rows, test.columns, test.classes}});
  if (!opened) return opened.error();
  print_notes(opened->notes);
  if (auto status = infer::check_fit(opened->network, test); !status) return status.error();
  return Opened{std::move(*opened), std::move(*data)};
}

Result<std::vector<infer::Cell>> cells_of(const AblateArguments& a, int n) {
  if (a.row) return infer::cells_of_row(n, *a.row);
  if (a.column) return infer::cells_of_column(n, *a.column);
  const auto chosen = synapse::chosen_cells(kCells, a.cells, n);
  if (!chosen) return chosen.error();
  return infer::cells_of_mask(*chosen, n);
}

ordered_json json_of(const infer::Score& score) {
  return {{"test_loss", number_or_null(score.loss())},
          {"correct", score.correct},
          {"count", score.count},
          {"accuracy", 100 * score.accuracy()}};
}

ordered_json json_of(const infer::Ablation& result, const data::DataPair& data) {
  ordered_json classes = ordered_json::array();
  for (std::size_t k = 0; k < result.class_counts.size(); ++k)
    classes.push_back({{"class", k},
                       {"label", data.class_name(static_cast<int>(k))},
                       {"count", result.class_counts[k]},
                       {"correct_before", result.correct_before[k]},
                       {"correct", result.correct_after[k]},
                       {"change", result.correct_after[k] - result.correct_before[k]}});
  return classes;
}

std::string dumped(const ordered_json& line) {
  return line.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::string score_text(const infer::Score& score) {
  return fmt::format("loss {:.6f}, {}/{} ({:.2f} %)", score.loss(), score.correct, score.count,
                     100 * score.accuracy());
}

void print_ablation(const AblateArguments& a, const std::string& layer, std::size_t cells,
                    const infer::Ablation& result, const data::DataPair& data) {
  if (a.json) {
    ordered_json line{{"layer", layer}, {"value", a.value}, {"cells", cells}};
    line.update(json_of(result.after));
    line["before"] = json_of(result.before);
    line["classes"] = json_of(result, data);
    line["changed"] = result.switched.size();
    print_line(dumped(line));
    return;
  }
  print_line(fmt::format("{}: {} β set to {}", layer, cells, a.value));
  print_line(fmt::format("before: {}", score_text(result.before)));
  print_line(fmt::format("after:  {}", score_text(result.after)));
  for (std::size_t k = 0; k < result.class_counts.size(); ++k)
    print_line(fmt::format("{:>8}: {} of {} right, {:+d}", data.class_name(static_cast<int>(k)),
                           result.correct_after[k], result.class_counts[k],
                           result.correct_after[k] - result.correct_before[k]));
  print_line(fmt::format("{} images are taken for another class", result.switched.size()));
}

void print_ranking(const AblateArguments& a, const infer::Ranking& ranking) {
  if (a.json) {
    ordered_json cells = ordered_json::array();
    for (const infer::RankedCell& r : ranking.top) {
      ordered_json cell{{"row", r.cell.row}, {"column", r.cell.column}, {"beta", r.beta}};
      cell.update(json_of(r.after));
      cell["loss_change"] = number_or_null(r.after.loss() - ranking.before.loss());
      cells.push_back(std::move(cell));
    }
    print_line(dumped({{"layer", ranking.layer.name},
                       {"value", a.value},
                       {"before", json_of(ranking.before)},
                       {"rank", cells}}));
    return;
  }
  print_line(fmt::format("{}: each β set to {}; as it is: {}", ranking.layer.name, a.value,
                         score_text(ranking.before)));
  for (const infer::RankedCell& r : ranking.top)
    print_line(fmt::format("β[{},{}] = {:.6f}: {}, loss {:+.3e}", r.cell.row, r.cell.column,
                           static_cast<double>(r.beta), score_text(r.after),
                           r.after.loss() - ranking.before.loss()));
}

Status ablate_asked(const AblateArguments& a, const Opened& opened, infer::Ablator& ablator) {
  const infer::Network& network = opened.checkpoint.network;
  const infer::SetPtr test = infer::set_of(opened.data);
  const auto layer = infer::layer_named(*network.model, a.layer);
  if (!layer) return layer.error();
  const auto value = static_cast<float>(a.value);
  if (a.rank) {
    Result<infer::Ranking> ranking = infer::interrupted();
    {
      AskedWork asked([](int done, int count) { return fmt::format("{} of {}", done, count); });
      ranking = infer::rank_cells(ablator,
                                  {.network = network,
                                   .set = test,
                                   .layer = layer->name,
                                   .value = value,
                                   .top = *a.rank,
                                   .threads = a.execution.threads},
                                  asked.work());
    }
    if (!ranking) return ranking.error();
    print_ranking(a, *ranking);
    return {};
  }
  const auto cells = cells_of(a, layer->n);
  if (!cells) return cells.error();
  Result<infer::Ablation> result = infer::interrupted();
  {
    AskedWork asked([](int done, int count) { return fmt::format("{} of {}", done, count); });
    result = ablator.ablate(
        {.network = network, .set = test, .layer = layer->name, .changes = infer::set_to(*cells, value)},
        asked.work());
  }
  if (!result) return result.error();
  print_ablation(a, layer->name, cells->size(), *result, *opened.data);
  return {};
}

int ablate_run(const AblateArguments& a) {
  const auto opened = open(a);
  if (!opened) return report(opened.error());
  infer::Ablator ablator(
      {.backend = {a.execution.device, a.execution.tier, a.execution.threads}, .batch = a.batch_size});
  const auto status = ablate_asked(a, *opened, ablator);
  if (status) return kOk;
  Error error = status.error();
  if (error.kind == ErrorKind::Cancelled) error.where = a.checkpoint;
  return report(error);
}

// An option for one whole number, which is not asked for unless it is named.
CLI::Option* add_one(CLI::App& c, const char* name, std::optional<int>& out, int least, const char* help) {
  return app::add_whole_value(
      c, name, [&out](std::int64_t value) { out = static_cast<int>(value); }, least, kMostRanked, help);
}

}  // namespace

void add_ablate(CLI::App& app, Action& action) {
  auto a = std::make_shared<AblateArguments>();
  CLI::App* c = app.add_subcommand("ablate", "Knock out β of a synapse layer, and measure what that does");
  add_checkpoint(*c, a->checkpoint, a->model);
  add_data(*c, a->data);
  std::vector<CLI::Option*> choices{
      app::add_phrase(
          *c, kCells, "CELLS",
          [a](const std::string& text) -> Status {
            auto cells = synapse::parse_cells(kCells, text);
            if (!cells) return cells.error();
            a->cells = std::move(*cells);
            return {};
          },
          "Cells of β, rows and columns from 0, with spaces between them: 3,4 is row 3, column 4; "
          "0-7,16-23 a block; row 3; column 4; all."),
      add_one(*c, "--row", a->row, 0, "All cells of this row: what inhibits one output."),
      add_one(*c, "--column", a->column, 0, "All cells of this column: what one input inhibits."),
      add_one(*c, "--rank", a->rank, 1,
              "Knocks out every cell by itself, and names the N with the largest "
              "effect on the loss.")};
  for (CLI::Option* one : choices)
    for (CLI::Option* other : choices)
      if (one != other) one->excludes(other);
  app::add_text(*c, "--layer", "NAME", a->layer, "The synapse layer; the first unless told otherwise.");
  app::add_number(*c, "--value", a->value, -1e6, 1e6, "What β becomes; 0 unless told otherwise.");
  add_test_batch_size(*c, a->batch_size);
  add_execution(*c, a->execution);
  c->add_flag("--json", a->json, "One JSON object");
  c->callback([a, choices, &action] {
    bool chosen = false;
    for (const CLI::Option* choice : choices) chosen = chosen || choice->count() > 0;
    if (!chosen) throw CLI::RequiredError("--cells, --row, --column or --rank");
    action = [a] { return ablate_run(*a); };
  });
}

}  // namespace synann::cli
