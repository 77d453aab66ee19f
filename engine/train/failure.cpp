// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/train/failure.h"

#include <fmt/format.h>
#include <utility>

#include "engine/train/record.h"
#include "engine/train/run_data.h"
#include "engine/train/training_part.h"

namespace synann::train {
namespace {

Result<std::shared_ptr<const Weights>> recorded_weights(const std::filesystem::path& run,
                                                        const Failure& failure) {
  const Error missing{.where = run.string(),
                      .problem = fmt::format(
                          "the network is not recorded at step {}, where the numbers broke", failure.steps),
                      .remedy = "resume the run from its last checkpoint: it comes to the same step"};
  std::error_code code;
  if (!std::filesystem::exists(run / kNetworkRecord, code)) return missing;
  auto record = RecordReader::open(run / kNetworkRecord);
  if (!record) return record.error();
  const auto k = record->at_or_before(failure.steps);
  if (!k || record->frames()[*k].steps != failure.steps) return missing;
  auto model = recorded_model(record->header());
  if (!model) return model.error();
  auto values = recorded_values(*record, *k, **model);
  if (!values) return values.error();
  return std::make_shared<const Weights>(Weights{
      .position = failure.position, .steps = failure.steps, .model = *model, .values = std::move(*values)});
}

}  // namespace

Failure failure_of(const History& history) {
  Failure failure{.place = history.end->fault,
                  .position = history.end->position,
                  .steps = history.steps_at(history.end->position),
                  .reason = history.end->reason};
  failure.settings = history.settings_at(failure.steps);
  return failure;
}

Result<Failure> read_failure(const std::filesystem::path& run, const data::DataPairPtr& opened) {
  const auto history = read_history(run);
  if (!history) return history.error();
  if (!history->end || history->end->fault == FaultPlace::None)
    return input_error(run.string(), "the run did not end because its numbers broke", "choose one that did");
  Failure failure = failure_of(*history);
  auto weights = recorded_weights(run, failure);
  if (!weights) return weights.error();
  failure.weights = std::move(*weights);
  if (opened && opened->sha256 == history->start.data_sha256) {
    failure.data = opened;
  } else {
    auto found = open_run_data(*history, run);
    if (!found) return found.error();
    failure.data = std::move(found->data);
  }
  auto part = training_part(failure.data, failure.settings);
  if (!part) return part.error();
  failure.data = std::move(*part);
  return failure;
}

}  // namespace synann::train
