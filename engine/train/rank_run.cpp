// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/train/rank_run.h"

#include <utility>

#include <nlohmann/json.hpp>

#include "engine/data/registry.h"
#include "engine/train/event_json.h"
#include "engine/train/own_model.h"
#include "engine/train/training_part.h"

namespace synann::train {

std::string rank_run(const Settings& settings, const data::DataPair& data, const Execution& execution) {
  // MNIST by its name is where each machine has it.
  const bool is_name = data.location.empty() || data.spec == "mnist";
  nlohmann::ordered_json run{{"settings", to_json(settings)},
                             {"data", is_name ? data.spec : data.location},
                             {"tier", execution.tier},
                             {"threads", execution.threads}};
  return run.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

Result<compute::RankWork> rank_work(const std::string& run) {
  const auto said = nlohmann::json::parse(run, nullptr, false);
  if (said.is_discarded()) return input_error("rank 0", "said something that is no JSON");
  const auto settings = settings_from_json(said.value("settings", nlohmann::json::object()), "rank 0");
  if (!settings) return settings.error();
  auto whole = data::open_dataset(said.value("data", ""));
  if (!whole) return whole.error();
  auto part = training_part(*whole, *settings);
  if (!part) return part.error();
  const data::Dataset& train = (*part)->train;
  auto model = build_model(*settings, train.rows, train.columns, train.classes);
  if (!model) return model.error();
  return compute::RankWork{
      .request = {.device = "cpu", .tier = said.value("tier", "auto"), .threads = said.value("threads", 0)},
      .model = std::make_shared<const model::Model>(std::move(*model)),
      .data = std::move(*part),
      .batch_size = settings->batch_size};
}

}  // namespace synann::train
