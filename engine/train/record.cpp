// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/train/record.h"

#include <algorithm>

#include "engine/train/own_model.h"

namespace synann::train {

std::size_t RecordHeader::frame_size() const {
  return tensors.empty() ? 0 : tensors.back().offset + tensors.back().size;
}

const RecordedTensor* RecordHeader::find(std::string_view name) const {
  const auto found =
      std::find_if(tensors.begin(), tensors.end(), [&](const RecordedTensor& t) { return t.name == name; });
  return found == tensors.end() ? nullptr : &*found;
}

bool RecordHeader::same_run(const RecordHeader& other) const {
  Settings mine = settings, theirs = other.settings;
  mine.data = theirs.data = {};
  for (const std::string& key : live_keys()) apply_setting(theirs, key, any_value(mine, key));
  return mine == theirs && data_sha256 == other.data_sha256 && rows == other.rows &&
         columns == other.columns && classes == other.classes && steps_per_epoch == other.steps_per_epoch &&
         tensors == other.tensors;
}

namespace {

std::int64_t frame_bytes(const RecordHeader& header) {
  return static_cast<std::int64_t>(header.frame_size() * sizeof(float)) +
         64;  // with its head, not compressed
}

RecordHeader header_of(const model::Model& model, const StartInfo& start, const RecordBudget& budget,
                       std::span<const std::string> tensors) {
  RecordHeader h{.settings = start.settings,
                 .data_sha256 = start.data_sha256,
                 .rows = model.input.rows,
                 .columns = model.input.columns,
                 .classes = model.classes,
                 .steps_per_epoch = start.steps_per_epoch,
                 .budget = budget,
                 .tensors = {}};
  std::size_t offset = 0;
  for (const std::string& name : tensors) {
    const Parameter* p = model.parameters.find(name);
    h.tensors.push_back({.name = name, .shape = p->shape, .offset = offset, .size = p->size()});
    offset += p->size();
  }
  return h;
}

}  // namespace

// The distances are such that even frames that do not compress keep to the budget.
RecordHeader synapse_header(const model::Model& model, const StartInfo& start, const RecordBudget& budget) {
  RecordHeader h = header_of(model, start, budget, synapse_parameters(model));
  const std::int64_t epochs = start.settings.epochs, steps = epochs * start.steps_per_epoch;
  const std::int64_t between =
      std::min<std::int64_t>(budget.frames, budget.bytes / frame_bytes(h) - (epochs + 1));
  if (between > 0)
    h.every = static_cast<int>(std::min<std::int64_t>((steps + between - 1) / between, INT32_MAX));
  return h;
}

RecordHeader network_header(const model::Model& model, const StartInfo& start, const RecordBudget& budget) {
  RecordHeader h = header_of(model, start, budget, all_parameters(model));
  h.epoch_ends = false;
  const std::int64_t room = std::min<std::int64_t>(budget.frames, budget.bytes / frame_bytes(h));
  if (room < 1) return h;
  const std::int64_t epochs = (start.settings.epochs + room - 1) / room;
  h.every = static_cast<int>(std::min<std::int64_t>(epochs * start.steps_per_epoch, INT32_MAX));
  return h;
}

std::vector<std::string> synapse_parameters(const model::Model& model) {
  std::vector<std::string> names;
  for (const model::Layer& l : model.layers) {
    if (!model::has_inhibition(l)) continue;
    for (const char* what : {".weight", ".alpha"}) {
      if (model.parameters.find(l.name + what)) names.push_back(l.name + what);
    }
  }
  return names;
}

std::vector<std::string> all_parameters(const model::Model& model) {
  std::vector<std::string> names;
  for (const Parameter& p : model.parameters.all()) {
    if (p.type == ElementType::F32) names.push_back(p.name);
  }
  return names;
}

std::vector<float> gather(const RecordHeader& header, const model::Model& model,
                          std::span<const float> values) {
  std::vector<float> frame(header.frame_size());
  for (const RecordedTensor& t : header.tensors) {
    const Parameter* p = model.parameters.find(t.name);
    if (p && p->size() == t.size)
      std::copy_n(values.begin() + static_cast<std::ptrdiff_t>(p->offset), t.size,
                  frame.begin() + static_cast<std::ptrdiff_t>(t.offset));
  }
  return frame;
}

void scatter(const RecordHeader& header, const model::Model& model, std::span<const float> frame,
             std::span<float> values) {
  for (const RecordedTensor& t : header.tensors) {
    const Parameter* p = model.parameters.find(t.name);
    if (p && p->size() == t.size)
      std::copy_n(frame.begin() + static_cast<std::ptrdiff_t>(t.offset), t.size,
                  values.begin() + static_cast<std::ptrdiff_t>(p->offset));
  }
}

Result<std::vector<float>> recorded_values(RecordReader& record, std::size_t k, const model::Model& model) {
  const auto frame = record.look(k);
  if (!frame) return frame.error();
  std::vector<float> values(model.parameters.float_count());
  scatter(record.header(), model, *frame, values);
  return values;
}

Result<std::shared_ptr<const model::Model>> recorded_model(const RecordHeader& header) {
  auto built = build_model(header.settings, header.rows, header.columns, header.classes);
  if (!built) return built.error();
  return std::make_shared<const model::Model>(std::move(*built));
}

}  // namespace synann::train
