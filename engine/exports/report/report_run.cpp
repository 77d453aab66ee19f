// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/exports/report/report_run.h"

#include <fmt/format.h>
#include <utility>

#include "engine/exports/asked_network.h"
#include "engine/infer/predictions.h"
#include "engine/train/checkpoint.h"
#include "engine/train/synapse_layers.h"

namespace synann::exports::report {

namespace {

std::string reported_name(const std::filesystem::path& folder, const runs::RunNotes& notes) {
  if (!notes.title.empty()) return notes.title;
  const auto whole = std::filesystem::absolute(folder).lexically_normal();
  const auto name = whole.has_filename() ? whole.filename() : whole.parent_path().filename();
  return name.empty() ? folder.string() : name.string();
}

void add_betas(ReportedRun& run, const train::LoadedCheckpoint& loaded) {
  for (const train::SynapseLayer& layer : train::synapse_layers(*loaded.model))
    run.betas.push_back(
        {layer.name, layer.n,
         train::synapse_parameters(*loaded.model, layer, loaded.checkpoint.state.values).beta});
}

Status add_confusion(ReportedRun& run, const Request& request, const infer::Work& work) {
  const auto asked = ask_network(request);
  if (!asked) {
    run.missing.push_back(fmt::format("No confusion matrix: {}.", asked.error().sentence()));
    return {};
  }
  run.class_names = asked->data->class_names;
  const auto said = ask_test_set(request, *asked, {work.stop, {}});
  if (!said) return said.error();
  run.confusion = infer::confusion(*said);
  return {};
}

}  // namespace

Result<ReportedRun> read_reported_run(const std::filesystem::path& folder, const Request& request,
                                      const infer::Work& work) {
  auto history = train::read_history(folder);
  if (!history) return history.error();
  ReportedRun run{
      .name = {}, .summary = runs::summarise(folder), .history = std::move(*history), .curve = {}};
  run.name = reported_name(folder, run.summary.notes);
  run.curve = runs::learning_curve(run.history);
  if (!run.summary.notes_problem.empty()) run.missing.push_back(run.summary.notes_problem + ".");
  Request network = request;
  network.checkpoint = folder / train::kLastCheckpoint;
  const auto loaded = read_network(network);
  if (!loaded) {
    run.missing.push_back(fmt::format("No matrices: {}.", loaded.error().sentence()));
    return run;
  }
  add_betas(run, *loaded);
  if (const Status status = add_confusion(run, network, work); !status) return status.error();
  return run;
}

}  // namespace synann::exports::report
