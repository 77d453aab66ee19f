// SPDX-License-Identifier: GPL-3.0-or-later
// Where a SynapseReader's numbers come from: records and checkpoints.
#include <algorithm>
#include <fmt/format.h>
#include <system_error>

#include "engine/train/synapse_frame.h"

namespace synann::train {
namespace {

namespace fs = std::filesystem;

std::vector<float> part_of(const RecordHeader& header, std::span<const float> frame,
                           const std::string& name) {
  const RecordedTensor* t = header.find(name);
  if (!t) return {};
  const auto begin = frame.begin() + static_cast<std::ptrdiff_t>(t->offset);
  return {begin, begin + static_cast<std::ptrdiff_t>(t->size)};
}

std::vector<float> part_of(const model::Model& model, const std::vector<float>& values,
                           const std::string& name) {
  const Parameter* p = model.parameters.find(name);
  if (!p) return {};
  const auto begin = values.begin() + static_cast<std::ptrdiff_t>(p->offset);
  return {begin, begin + static_cast<std::ptrdiff_t>(p->size())};
}

// Why the record has gaps or an early end, in one sentence; empty where there is nothing to say.
std::string note_on(const RecordReader& record) {
  if (record.damage()) return record.damage()->sentence();
  const auto steps_known = record.frames();
  const RecordHeader& h = record.header();
  const auto bytes = static_cast<double>(record.bytes_until(kLatestStep));
  if (h.every > 0 && bytes >= static_cast<double>(h.budget.bytes) && !steps_known.empty())
    return fmt::format("the budget of {} MiB is used up: from then on β is recorded at the ends of epochs",
                       h.budget.bytes >> 20);
  if (h.every == 0) return "the budget has room for the ends of epochs alone";
  return {};
}

std::shared_ptr<const std::vector<FrameStep>> copied(std::span<const FrameStep> steps_known) {
  return std::make_shared<const std::vector<FrameStep>>(steps_known.begin(), steps_known.end());
}

}  // namespace

Result<SynapseReader::Run*> SynapseReader::open(const fs::path& path, std::uint64_t opened, bool other) {
  std::optional<Run>& slot = other ? other_ : run_;
  if (!slot || slot->path != path || slot->opened != opened) {
    slot.reset();
    Run run;
    run.path = path;
    run.opened = opened;
    if (auto status = open_files(run); !status) return status.error();
    slot = std::move(run);
  }
  if (slot->synapses) {
    const bool grown = slot->synapses->refresh() > 0;
    const bool network_grown = slot->network && slot->network->refresh() > 0;
    if (grown || !slot->frames) slot->frames = copied(slot->synapses->frames());
    if (slot->network && (network_grown || !slot->network_frames))
      slot->network_frames = copied(slot->network->frames());
  }
  return &*slot;
}

Status SynapseReader::open_files(Run& run) {
  std::error_code code;
  if (!fs::is_directory(run.path, code)) return open_checkpoint(run, run.path);
  if (fs::exists(run.path / kSynapseRecord, code)) {
    if (auto status = open_records(run); !status) return status;
    if (run.synapses) return {};
  }
  return open_checkpoint(run, run.path / kLastCheckpoint);
}

Status SynapseReader::open_records(Run& run) {
  auto synapses = RecordReader::open(run.path / kSynapseRecord);
  if (!synapses) return synapses.error();
  auto model = recorded_model(synapses->header());
  if (!model) return model.error();
  for (const std::string& name : synapse_parameters(**model)) {
    const RecordedTensor* t = synapses->header().find(name);
    if (!t || t->shape != (*model)->parameters.find(name)->shape) {
      return Error{.where = (run.path / kSynapseRecord).string(),
                   .problem = fmt::format("does not hold \"{}\" as {} has it", name, (*model)->id)};
    }
  }
  if (synapses->frames().empty()) return {};
  run.model = std::move(*model);
  run.header = synapses->header();
  run.synapses = std::move(*synapses);
  // Without the network's record, or with a damaged one, β is still there.
  if (auto network = RecordReader::open(run.path / kNetworkRecord);
      network && network->header().frame_size() == run.model->parameters.float_count())
    run.network = std::move(*network);
  return {};
}

Status SynapseReader::open_checkpoint(Run& run, const fs::path& file) {
  auto loaded = read_checkpoint(file);
  if (!loaded) return loaded.error();
  Checkpoint& c = loaded->checkpoint;
  run.model = loaded->model;
  run.header.settings = c.settings;
  run.header.data_sha256 = c.data_sha256;
  run.header.rows = c.rows;
  run.header.columns = c.columns;
  run.header.classes = c.classes;
  run.values_at = {c.position, 0};
  run.values = std::make_shared<const std::vector<float>>(std::move(c.state.values));
  return {};
}

Result<SynapseReader::Moment> SynapseReader::moment(Run& run, std::int64_t steps, const std::string& layer) {
  Moment m;
  m.model = run.model;
  if (!run.synapses) {
    m.at = run.values_at;
    m.weight = part_of(*m.model, *run.values, layer + ".weight");
    m.alpha = part_of(*m.model, *run.values, layer + ".alpha");
    m.values = run.values;
    return m;
  }
  const std::size_t k = run.synapses->at_or_before(steps).value_or(0);
  const auto frame = run.synapses->look(k);
  if (!frame) return frame.error();
  m.at = run.synapses->frames()[k];
  m.weight = part_of(run.synapses->header(), *frame, layer + ".weight");
  m.alpha = part_of(run.synapses->header(), *frame, layer + ".alpha");
  if (run.values && run.values_at.steps == m.at.steps) m.values = run.values;
  if (m.values || !run.network) return m;
  const auto k_whole = run.network->at_or_before(m.at.steps);
  if (k_whole && run.network->frames()[*k_whole].steps == m.at.steps) m.values = whole(run, *k_whole);
  return m;
}

// Frame k of the network's record, kept until another is asked for; null where it is damaged.
std::shared_ptr<const std::vector<float>> SynapseReader::whole(Run& run, std::size_t k) {
  const FrameStep& at = run.network->frames()[k];
  if (run.values && run.values_at == at) return run.values;
  auto values = recorded_values(*run.network, k, *run.model);
  if (!values) return nullptr;
  run.values_at = at;
  run.values = std::make_shared<const std::vector<float>>(std::move(*values));
  return run.values;
}

void SynapseReader::look_at_network(const SynapseQuery& query, Run* run, SynapseFrame& frame) {
  if (!query.network) return;
  if (run && run->network && !run->network->frames().empty()) {
    if (!run->start && run->network->frames().front().steps == 0) run->start = whole(*run, 0);
    frame.network_at_start = run->start;
  }
  if (query.live) {
    frame.model = query.live->model;
    frame.network = {query.live, &query.live->values};
    frame.network_at = {query.live->position, query.live->steps};
    return;
  }
  frame.model = run->model;
  frame.run = run->header;
  frame.run.tensors.clear();
  if (run->network) {
    const auto k = run->network->at_or_before(query.steps);
    if (k) frame.network = whole(*run, *k);
  } else {
    frame.network = run->values;
  }
  if (frame.network) frame.network_at = run->values_at;
}

// Read once and kept: every frame is compared with it.
void SynapseReader::find_initial(Run& run, const SynapseLayer& layer) {
  if (!run.synapses || run.initial_layer == layer.name) return;
  run.initial_layer = layer.name;
  run.initial.clear();
  if (auto start = moment(run, 0, layer.name); start && start->at.steps == 0)
    run.initial = synapse_parameters(*start->model, layer, start->weight, start->alpha).beta;
}

void SynapseReader::describe_run(Run& run, const SynapseLayer& layer, SynapseFrame& frame) {
  frame.run = run.header;
  frame.run.tensors.clear();
  frame.frames = run.frames;
  frame.network_frames = run.network_frames;
  if (run.synapses) frame.note = note_on(*run.synapses);
  if (run.scanned_layer != layer.name) {
    run.scanned_layer = layer.name;
    run.scanned = 0;
    run.least = run.most = 0;
  }
  frame.run_least = run.least;
  frame.run_most = run.most;
  frame.run_range_whole = !run.synapses || run.scanned >= run.synapses->frames().size();
}

bool SynapseReader::scan() {
  if (!run_ || !run_->synapses || run_->scanned >= run_->synapses->frames().size()) return false;
  const std::size_t k = run_->scanned++;
  const auto frame = run_->synapses->look(k);
  if (frame) {
    const RecordHeader& header = run_->synapses->header();
    const auto beta =
        synapse_parameters(*run_->model, layer_, part_of(header, *frame, layer_.name + ".weight"),
                           part_of(header, *frame, layer_.name + ".alpha"))
            .beta;
    for (const float value : beta) {
      if (k == 0 && &value == beta.data()) run_->least = run_->most = value;
      run_->least = std::min(run_->least, value);
      run_->most = std::max(run_->most, value);
    }
  }
  return run_->scanned < run_->synapses->frames().size();
}

}  // namespace synann::train
