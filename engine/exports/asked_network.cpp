// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/exports/asked_network.h"

#include <memory>
#include <utility>

#include "engine/data/registry.h"
#include "engine/train/history.h"
#include "engine/train/run_data.h"

namespace synann::exports {

namespace {

Result<data::DataPairPtr> open_asked_data(const Request& request, std::vector<std::string>& notes) {
  if (!request.data.empty()) {
    auto opened = data::open_dataset(request.data);
    if (opened) notes.insert(notes.end(), (*opened)->notes.begin(), (*opened)->notes.end());
    return opened;
  }
  const std::filesystem::path folder = request.checkpoint.parent_path();
  const auto history = train::read_history(folder / train::kHistoryFile);
  if (!history)
    return input_error(request.checkpoint.string(), "no history beside it says on what data it was trained",
                       "name them with --data");
  auto found = train::open_run_data(*history, folder);
  if (!found) return found.error();
  if (!found->note.empty()) notes.push_back(found->note);
  return found->data;
}

}  // namespace

infer::Network network_of(const train::LoadedCheckpoint& loaded) {
  return {loaded.model, std::make_shared<const std::vector<float>>(loaded.checkpoint.state.values)};
}

Result<train::LoadedCheckpoint> read_network(const Request& request) {
  return train::read_checkpoint(request.checkpoint, train::OptimiserState::Leave, request.reading);
}

Result<AskedNetwork> ask_network(const Request& request) {
  std::vector<std::string> notes;
  auto data = open_asked_data(request, notes);
  if (!data) return data.error();
  train::Reading reading = request.reading;
  const data::Dataset& test = (*data)->test;
  reading.sizes = train::DataSizes{test.rows, test.columns, test.classes};
  auto loaded = train::read_checkpoint(request.checkpoint, train::OptimiserState::Leave, reading);
  if (!loaded) return loaded.error();
  notes.insert(notes.begin(), loaded->notes.begin(), loaded->notes.end());
  infer::Network network = network_of(*loaded);
  if (const Status fits = infer::check_fit(network, test); !fits) return fits.error();
  return AskedNetwork{std::move(*loaded), std::move(network), std::move(*data), std::move(notes)};
}

infer::Asker asker_of(const Request& request) {
  return infer::Asker(
      {.backend = {request.execution.device, request.execution.tier, request.execution.threads}});
}

Result<infer::Predictions> ask_test_set(const Request& request, const AskedNetwork& asked,
                                        const infer::Work& work) {
  return asker_of(request).predict(asked.network, asked.data->test, {}, work);
}

}  // namespace synann::exports
