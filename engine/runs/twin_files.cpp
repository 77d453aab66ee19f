// SPDX-License-Identifier: GPL-3.0-or-later
// What two runs that were trained already have in common.
#include <algorithm>
#include <cmath>
#include <limits>
#include <system_error>
#include <utility>

#include "engine/infer/asker.h"
#include "engine/runs/twin_meter.h"
#include "engine/runs/twins.h"
#include "engine/train/checkpoint.h"
#include "engine/train/history.h"

namespace synann::runs {
namespace {

namespace fs = std::filesystem;

TwinRun twin_run(const train::History& history) {
  TwinRun run{.start = history.start, .losses = history.losses, .evaluations = history.evaluations};
  run.start.settings = history.settings();
  run.state = history.end ? history.end->state : train::State::Stopped;
  if (history.end) run.reason = history.end->reason;
  return run;
}

// The steps at which both records have a frame.
std::vector<std::array<std::size_t, 2>> common_frames(const train::RecordReader& a,
                                                      const train::RecordReader& b) {
  std::vector<std::array<std::size_t, 2>> both;
  for (std::size_t i = 0, j = 0; i < a.frames().size() && j < b.frames().size();) {
    const std::int64_t left = a.frames()[i].steps, right = b.frames()[j].steps;
    if (left == right) both.push_back({i, j});
    i += left <= right ? 1 : 0;
    j += right <= left ? 1 : 0;
  }
  return both;
}

// Of the tensors of two records, which lie one after the other in their frames.
SharedTensors shared_records(const train::RecordHeader& a, const train::RecordHeader& b) {
  SharedTensors shared;
  for (const train::RecordedTensor& tensor : a.tensors) {
    const train::RecordedTensor* const other = b.find(tensor.name);
    if (other && other->shape == tensor.shape)
      shared.tensors.push_back(
          {{tensor.offset, other->offset}, tensor.size, tensor.name.ends_with(".weight")});
  }
  shared.all = shared.tensors.size() == a.tensors.size() && shared.tensors.size() == b.tensors.size();
  return shared;
}

void compare_records(const std::array<fs::path, 2>& runs, TwinTrace& trace) {
  auto a = train::RecordReader::open(runs[0] / train::kSynapseRecord);
  auto b = train::RecordReader::open(runs[1] / train::kSynapseRecord);
  if (!a || !b) return;
  const SharedTensors shared = shared_records(a->header(), b->header());
  if (shared.tensors.empty()) return;
  trace.same_parameters = shared.all;
  for (const auto& [i, j] : common_frames(*a, *b)) {
    const auto left = a->look(i), right = b->look(j);
    if (!left || !right) return;
    const std::int64_t steps = a->frames()[i].steps;
    if (steps > trace.steps) return;
    trace.distances.push_back(distance_of(shared, steps, *left, *right));
    trace.distances.back().shared = std::numeric_limits<double>::quiet_NaN();  // not all is recorded
    const bool differ = !same_bits(*left, *right);
    if (differ && steps > 0 && (!trace.divergence || steps < trace.divergence->step))
      trace.divergence = TwinDivergence{steps, false};
  }
}

}  // namespace

Result<TwinTrace> read_twins(const std::array<fs::path, 2>& runs) {
  const auto a = train::read_history(runs[0]), b = train::read_history(runs[1]);
  if (!a) return a.error();
  if (!b) return b.error();
  TwinTrace trace{.runs = {twin_run(*a), twin_run(*b)}, .steps_per_epoch = a->start.steps_per_epoch};
  const std::size_t both = std::min(a->losses.size(), b->losses.size());
  trace.steps = static_cast<std::int64_t>(both);
  for (std::size_t k = 0; k < both && !trace.divergence; ++k) {
    if (!same_bits({&a->losses[k], 1}, {&b->losses[k], 1}))
      trace.divergence = TwinDivergence{static_cast<std::int64_t>(k) + 1, true};
  }
  compare_records(runs, trace);
  return trace;
}

TwinCurves twin_curves(const TwinTrace& trace, std::size_t most) {
  const std::vector<float>& a = trace.runs[0].losses;
  const std::vector<float>& b = trace.runs[1].losses;
  const std::size_t count = std::max(a.size(), b.size()),
                    every = std::max<std::size_t>(1, (count + most - 1) / most);
  TwinCurves curves{.every = static_cast<std::int64_t>(every)};
  const auto at = [](const std::vector<float>& losses, std::size_t k) {
    return k < losses.size() ? static_cast<double>(losses[k]) : std::numeric_limits<double>::quiet_NaN();
  };
  for (std::size_t k = 0; k < count; k += every) {
    curves.steps.push_back(static_cast<std::int64_t>(k) + 1);
    curves.losses[0].push_back(at(a, k));
    curves.losses[1].push_back(at(b, k));
    const double apart = std::abs(at(b, k) - at(a, k));
    curves.difference.push_back(apart);
    curves.equal = curves.equal && !(apart > 0);
  }
  return curves;
}

Result<std::vector<TwinImage>> differing_predictions(const std::array<fs::path, 2>& runs,
                                                     const data::DataPair& data, const infer::Work& work) {
  std::array<infer::Predictions, 2> said;
  const int count = data.test.count();
  for (std::size_t side = 0; side < 2; ++side) {
    const auto opened = infer::open_network(runs[side] / train::kLastCheckpoint);
    if (!opened) return opened.error();
    if (auto status = infer::check_fit(opened->network, data.test); !status) return status.error();
    const infer::Work half{.stop = work.stop, .progress = [&](int done, int) {
                             work.tell(static_cast<int>(side) * count + done, 2 * count);
                           }};
    infer::Asker asker;
    auto predictions = asker.predict(opened->network, data.test, {}, half);
    if (!predictions) return predictions.error();
    said[side] = std::move(*predictions);
  }
  std::vector<TwinImage> differing;
  for (int k = 0; k < std::min(said[0].count(), said[1].count()); ++k)
    if (said[0].said(k) != said[1].said(k))
      differing.push_back({k, said[0].truth(k), {said[0].said(k), said[1].said(k)}});
  return differing;
}

}  // namespace synann::runs
