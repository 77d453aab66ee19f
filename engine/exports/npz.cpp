// SPDX-License-Identifier: GPL-3.0-or-later
// NPZ: parameters, predictions and activations of a network; records and curves of a run.
#include <algorithm>
#include <fmt/format.h>
#include <memory>
#include <utility>

#include "engine/exports/asked_network.h"
#include "engine/exports/table.h"
#include "engine/exports/writers.h"
#include "engine/io/npz_writer.h"
#include "engine/train/record.h"

namespace synann::exports {

namespace {

using Arrays = std::vector<io::NpzArray>;

std::span<const std::uint8_t> raw_bytes(std::span<const float> values) {
  return {reinterpret_cast<const std::uint8_t*>(values.data()), values.size_bytes()};
}

Arrays parameter_arrays(const train::LoadedCheckpoint& loaded) {
  Arrays arrays;
  const model::State& state = loaded.checkpoint.state;
  for (const Parameter& p : loaded.model->parameters.all()) {
    const auto offset = static_cast<std::ptrdiff_t>(p.offset), size = static_cast<std::ptrdiff_t>(p.size());
    if (p.type == ElementType::I64)
      arrays.push_back(io::npz_array(p.name, p.shape,
                                     std::vector<std::int64_t>(state.counters.begin() + offset,
                                                               state.counters.begin() + offset + size)));
    else
      arrays.push_back(io::npz_array(
          p.name, p.shape,
          std::vector<float>(state.values.begin() + offset, state.values.begin() + offset + size)));
  }
  return arrays;
}

// What a network is asked while its answers are written: batch after batch, so that no more than one is in
// memory.
struct Questioning {
  AskedNetwork asked;
  infer::Asker asker;
  infer::Work work;
  std::vector<float> values{};

  std::int64_t count() const { return asked.data->test.count(); }
  // The images that follow `done`.
  std::vector<std::uint32_t> batch(std::int64_t done) const {
    std::vector<std::uint32_t> samples;
    for (std::int64_t k = done; k < std::min<std::int64_t>(done + asker.batch(), count()); ++k)
      samples.push_back(static_cast<std::uint32_t>(k));
    return samples;
  }
};

// The outputs of one layer, in the order of the test set.
io::NpzArray activation_array(const std::shared_ptr<Questioning>& questions, const infer::Activation& layer,
                              std::size_t index) {
  std::vector<std::int64_t> shape{questions->count()};
  if (layer.shape.rows * layer.shape.columns > 1)
    shape.insert(shape.end(), {layer.shape.channels, layer.shape.rows, layer.shape.columns});
  else
    shape.push_back(layer.shape.channels);
  return {layer.name == "output" ? "log_probs" : layer.name, io::NpyType::F32, std::move(shape),
          [questions, index, done = std::int64_t{0}]() mutable -> Result<std::span<const std::uint8_t>> {
            Questioning& q = *questions;
            const auto samples = q.batch(done);
            auto said = q.asker.activations(q.asked.network, q.asked.data->test, samples, {q.work.stop, {}});
            if (!said) return said.error();
            done += static_cast<std::int64_t>(samples.size());
            q.values = std::move((*said)[index].values);
            return raw_bytes(q.values);
          }};
}

Result<Arrays> activation_arrays(const Request& request, const infer::Work& work,
                                 std::vector<std::string>& notes) {
  auto asked = ask_network(request);
  if (!asked) return asked.error();
  notes = asked->notes;
  auto questions = std::make_shared<Questioning>(Questioning{std::move(*asked), asker_of(request), work});
  const data::Dataset& test = questions->asked.data->test;
  const std::uint32_t first[] = {0};
  const auto layers = questions->asker.activations(questions->asked.network, test, first, work);
  if (!layers) return layers.error();
  Arrays arrays;
  for (std::size_t k = 0; k < layers->size(); ++k)
    arrays.push_back(activation_array(questions, (*layers)[k], k));
  arrays.push_back(io::npz_array("labels", {test.count()},
                                 std::vector<std::int64_t>(test.labels.begin(), test.labels.end())));
  return arrays;
}

Result<Arrays> prediction_arrays(const Request& request, const infer::Work& work,
                                 std::vector<std::string>& notes) {
  const auto asked = ask_network(request);
  if (!asked) return asked.error();
  notes = asked->notes;
  const auto said = ask_test_set(request, *asked, work);
  if (!said) return said.error();
  const std::int64_t count = said->count();
  std::vector<std::int64_t> classes;
  classes.reserve(said->samples.size());
  for (int k = 0; k < said->count(); ++k) classes.push_back(said->said(k));
  Arrays arrays;
  arrays.push_back(io::npz_array("log_probs", {count, said->classes}, said->log_probs));
  arrays.push_back(io::npz_array("class", {count}, std::move(classes)));
  arrays.push_back(
      io::npz_array("label", {count}, std::vector<std::int64_t>(said->labels.begin(), said->labels.end())));
  return arrays;
}

// One tensor at every frame of a record, which is decoded as it is written.
io::NpzArray recorded_array(const std::shared_ptr<train::RecordReader>& record, const std::string& prefix,
                            const train::RecordedTensor& tensor) {
  std::vector<std::int64_t> shape{static_cast<std::int64_t>(record->frames().size())};
  shape.insert(shape.end(), tensor.shape.begin(), tensor.shape.end());
  return {prefix + tensor.name, io::NpyType::F32, std::move(shape),
          [record, tensor, frame = std::size_t{0}]() mutable -> Result<std::span<const std::uint8_t>> {
            const auto values = record->look(frame++);
            if (!values) return values.error();
            return raw_bytes(values->subspan(tensor.offset, tensor.size));
          }};
}

Status append_record(Arrays& arrays, const std::filesystem::path& run, const char* name, const char* prefix,
                     std::vector<std::string>& notes) {
  std::error_code ignored;
  if (!std::filesystem::exists(run / name, ignored)) return {};
  auto opened = train::RecordReader::open(run / name);
  if (!opened) return opened.error();
  if (opened->damage()) notes.push_back(opened->damage()->sentence());
  const auto record = std::make_shared<train::RecordReader>(std::move(*opened));
  std::vector<std::int64_t> steps, epochs;
  for (const train::FrameStep& frame : record->frames()) {
    steps.push_back(frame.steps);
    epochs.push_back(frame.position.epoch);
  }
  const auto count = static_cast<std::int64_t>(steps.size());
  arrays.push_back(io::npz_array(fmt::format("{}step", prefix), {count}, std::move(steps)));
  arrays.push_back(io::npz_array(fmt::format("{}epoch", prefix), {count}, std::move(epochs)));
  if (count == 0) return {};
  for (const train::RecordedTensor& tensor : record->header().tensors)
    arrays.push_back(recorded_array(record, prefix, tensor));
  return {};
}

Result<Arrays> record_arrays(const Request& request, std::vector<std::string>& notes) {
  Arrays arrays;
  const std::filesystem::path& run = request.runs.front();
  if (const Status s = append_record(arrays, run, train::kSynapseRecord, "synapses/", notes); !s)
    return s.error();
  if (const Status s = append_record(arrays, run, train::kNetworkRecord, "network/", notes); !s)
    return s.error();
  if (arrays.empty())
    return input_error(run.string(), "the run has no records", "it was trained without, or is no run");
  return arrays;
}

Arrays table_arrays(const Columns& table) {
  Arrays arrays;
  const auto rows = static_cast<std::int64_t>(row_count(table));
  for (const Column& column : table)
    std::visit(
        [&](const auto& values) {
          if constexpr (!std::is_same_v<decltype(values), const std::vector<std::string>&>)
            arrays.push_back(io::npz_array(column.name, {rows}, values));
        },
        column.values);
  return arrays;
}

Result<Arrays> arrays_of(const Request& request, const infer::Work& work, std::vector<std::string>& notes) {
  switch (request.content) {
    case Content::Parameters: {
      const auto loaded = read_network(request);
      if (!loaded) return loaded.error();
      notes = loaded->notes;
      return parameter_arrays(*loaded);
    }
    case Content::Predictions:
      return prediction_arrays(request, work, notes);
    case Content::Activations:
      return activation_arrays(request, work, notes);
    case Content::Record:
      return record_arrays(request, notes);
    case Content::Epochs:
    case Content::Losses: {
      const auto table = run_table(request, work);
      if (!table) return table.error();
      return table_arrays(*table);
    }
    case Content::Network:
    case Content::Report:
      break;
  }
  return input_error("--content", "NPZ has no such content");
}

}  // namespace

Result<Written> write_npz(const Request& request, const infer::Work& work) {
  constexpr int kShares = 1000;
  std::vector<std::string> notes;
  auto arrays = arrays_of(request, work, notes);
  if (!arrays) return arrays.error();
  const Status written = io::write_npz(request.out, std::move(*arrays), work.stop, [&work](double share) {
    work.tell(static_cast<int>(share * kShares), kShares);
  });
  if (!written) return written.error();
  return Written{{request.out}, std::move(notes)};
}

}  // namespace synann::exports
