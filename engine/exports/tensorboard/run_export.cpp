// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/exports/tensorboard/run_export.h"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <optional>
#include <span>
#include <system_error>
#include <utility>

#include "engine/data/registry.h"
#include "engine/exports/pictures.h"
#include "engine/exports/tensorboard/event_log.h"
#include "engine/exports/tensorboard/event_names.h"
#include "engine/exports/tensorboard/run_curves.h"
#include "engine/exports/tensorboard/run_tensors.h"
#include "engine/infer/asker.h"
#include "engine/infer/recorded.h"
#include "engine/runs/run_notes.h"
#include "engine/train/checkpoint.h"
#include "engine/train/run_data.h"

namespace synann::exports::tensorboard {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kPieceBytes = std::size_t{1} << 20;
constexpr std::size_t kStepsBetween = 20'000;  // losses between two looks at whether it goes on
// How the work is told: shares that are done when each part begins.
constexpr double kTensorsBegin = 0.2, kSynapsesBegin = 0.5, kConfusionsBegin = 0.6;

// The frames at ends of epochs, each step once; of them `most`, evenly, with the first and the last.
std::vector<std::size_t> chosen_frames(std::span<const train::FrameStep> frames, int steps_per_epoch,
                                       std::size_t most) {
  std::vector<std::size_t> ends;
  for (std::size_t k = 0; k < frames.size(); ++k)
    if (frames[k].steps % std::max(1, steps_per_epoch) == 0) ends.push_back(k);
  if (ends.size() <= most) return ends;
  std::vector<std::size_t> some;
  for (std::size_t k = 0; k < most; ++k) some.push_back(ends[k * (ends.size() - 1) / (most - 1)]);
  return some;
}

// Writes one run, part after part.
class RunExport {
 public:
  RunExport(const RunToExport& run, const EventSink& sink, const ShareDone& done, train::History history)
      : run_(run), sink_(sink), done_(done), history_(std::move(history)), clock_(history_) {}

  Result<ExportedRun> write() {
    begin();
    for (const auto part :
         {&RunExport::losses, &RunExport::tensors, &RunExport::synapses, &RunExport::confusions})
      if (Status status = (this->*part)(); !status) return status.error();
    finish();
    if (Status status = hand_over(0); !status) return status.error();
    if (Status status = done_(1); !status) return status.error();
    const double begun = history_.evaluations.empty() ? 0 : history_.evaluations.front().unix_time;
    return ExportedRun{.begun = static_cast<std::int64_t>(begun), .notes = std::move(notes_)};
  }

 private:
  EventTime time(std::int64_t steps) const { return {.step = steps, .wall = clock_.at(steps)}; }
  Status hand_over(std::size_t most) { return log_.size() > most ? sink_(log_.take()) : Status(); }
  Status go_on(double share) {
    if (Status status = hand_over(kPieceBytes); !status) return status;
    return done_(share);
  }
  // How far part `begin` … `end` is.
  static double share(double begin, double end, std::size_t done, std::size_t count) {
    return begin +
           (end - begin) * static_cast<double>(done) / static_cast<double>(std::max<std::size_t>(1, count));
  }

  void begin();
  void add_notes(const EventTime& at);
  void add_changes(const EventTime& at);
  Status losses();
  Status tensors();
  Status tensors_of_checkpoints();
  Status synapses();
  Status synapse(train::RecordReader& record, const TensorTags::Synapse& synapse, const model::Model& model,
                 double from, double to);
  Status confusions();
  std::optional<data::DataPairPtr> open_data();
  void finish();

  const RunToExport& run_;
  const EventSink& sink_;
  const ShareDone& done_;
  train::History history_;
  RunClock clock_;
  EventLog log_;
  std::vector<std::string> notes_;
};

void RunExport::begin() {
  const EventTime start = time(0);
  log_.begin(start.wall);
  const train::Settings settings = history_.settings();
  add_hyper_parameters(log_, start, settings, history_.start.data_name);
  add_settings_table(log_, start, settings, history_.start);
  add_changes(start);
  add_notes(start);
  if (history_.truncated)
    notes_.push_back(
        fmt::format("{}: the last line of the history is not whole and was left out", run_.folder.string()));
  if (std::string note = history_.unknown_note(); !note.empty()) notes_.push_back(std::move(note));
}

void RunExport::add_changes(const EventTime& at) {
  if (history_.changes.empty()) return;
  std::vector<std::pair<std::string, std::string>> rows{{"Steps done", "From there on"}};
  for (const train::SettingChange& change : history_.changes)
    rows.emplace_back(fmt::format("{}", history_.steps_at(change.position)),
                      plain_markdown(train::setting_words(change.key, change.value)));
  log_.table(at, "changes", rows);
}

void RunExport::add_notes(const EventTime& at) {
  const auto notes = runs::read_notes(run_.folder);
  if (!notes) {
    notes_.push_back(notes.error().sentence());
    return;
  }
  if (!notes->title.empty()) log_.text(at, "title", plain_markdown(notes->title));
  if (!notes->tags.empty()) {
    log_.text(at, "tags", plain_markdown(fmt::format("{}", fmt::join(notes->tags, ", "))));
  }
  if (notes->note.empty()) return;
  std::string text;  // a paragraph for each line
  for (std::size_t at_line = 0; at_line < notes->note.size();) {
    const std::size_t end = std::min(notes->note.find('\n', at_line), notes->note.size());
    text += plain_markdown(std::string_view(notes->note).substr(at_line, end - at_line)) + "\n\n";
    at_line = end + 1;
  }
  log_.text(at, "note", text);
}

// x of a loss: the steps done when it was measured, before the update.
Status RunExport::losses() {
  EpochFollower follower;
  for (const train::Evaluation& e : history_.evaluations)
    add_scalars(log_, time(history_.steps_at({.epoch = e.epoch + 1, .step = 0})), follower.next(e));
  const int batch = std::max(1, history_.start.settings.batch_size);
  const int images = std::max(1, history_.start.train_count);
  for (std::size_t k = 0; k < history_.losses.size(); ++k) {
    const std::int64_t epoch = history_.examples[k] / images, in_epoch = history_.examples[k] % images;
    const std::int64_t steps = epoch * history_.start.steps_per_epoch + in_epoch / batch;
    log_.scalar(time(steps), kStepLossTag, history_.losses[k]);
    if (k % kStepsBetween == 0)
      if (Status status = go_on(share(0, kTensorsBegin, k, history_.losses.size())); !status) return status;
  }
  return {};
}

Status RunExport::tensors() {
  std::error_code code;
  if (!fs::exists(run_.folder / train::kNetworkRecord, code)) return tensors_of_checkpoints();
  auto recorded = infer::RecordedNetworks::open(run_.folder);
  if (!recorded) return recorded.error();
  const TensorTags tags(*recorded->model());
  const auto frames = chosen_frames(recorded->steps(), history_.start.steps_per_epoch, kMostHistogramSteps);
  for (std::size_t k = 0; k < frames.size(); ++k) {
    const auto network = recorded->read(frames[k]);
    if (!network) return network.error();
    tags.add_tensors(log_, time(recorded->steps()[frames[k]].steps), *network->values);
    if (Status status = go_on(share(kTensorsBegin, kSynapsesBegin, k, frames.size())); !status) return status;
  }
  return {};
}

// Of a run without a record: the best epoch's, and the last.
Status RunExport::tensors_of_checkpoints() {
  std::optional<std::int64_t> written;
  for (const char* name : {train::kBestCheckpoint, train::kLastCheckpoint}) {
    std::error_code code;
    if (!fs::exists(run_.folder / name, code)) continue;
    const auto saved = train::read_checkpoint(run_.folder / name);
    if (!saved) {
      notes_.push_back(saved.error().sentence());
      continue;
    }
    const std::int64_t steps = history_.steps_at(saved->checkpoint.position);
    if (written && steps <= *written) continue;
    TensorTags(*saved->model).add_tensors(log_, time(steps), saved->checkpoint.state.values);
    written = steps;
  }
  notes_.push_back(fmt::format("{}: the run has no record of its network, so {}", run_.folder.string(),
                               written ? "histograms of its tensors are those of its checkpoints"
                                       : "there are no histograms of its tensors"));
  return {};
}

Status RunExport::synapses() {
  std::error_code code;
  if (!fs::exists(run_.folder / train::kSynapseRecord, code)) return {};
  auto record = train::RecordReader::open(run_.folder / train::kSynapseRecord);
  if (!record) return record.error();
  const auto model = train::recorded_model(record->header());
  if (!model) return model.error();
  const TensorTags tags(**model);
  const std::size_t count = tags.synapses().size();
  for (std::size_t k = 0; k < count; ++k)
    if (Status status =
            synapse(*record, tags.synapses()[k], **model, share(kSynapsesBegin, kConfusionsBegin, k, count),
                    share(kSynapsesBegin, kConfusionsBegin, k + 1, count));
        !status)
      return status;
  return {};
}

// β at the chosen frames, all in memory: the colours of a picture are those of the whole run.
Status RunExport::synapse(train::RecordReader& record, const TensorTags::Synapse& synapse,
                          const model::Model& model, double from, double to) {
  const auto part = [&](std::span<const float> frame, const char* what) {
    const train::RecordedTensor* tensor = record.header().find(synapse.layer.name + what);
    return tensor ? frame.subspan(tensor->offset, tensor->size) : std::span<const float>();
  };
  const auto frames = chosen_frames(record.frames(), history_.start.steps_per_epoch, kMostHistogramSteps);
  const auto drawn = chosen_frames(record.frames(), history_.start.steps_per_epoch, kMostPictureSteps);
  std::vector<std::pair<std::int64_t, std::vector<float>>> pictures;
  float range = 0;
  for (std::size_t k = 0; k < frames.size(); ++k) {
    const auto frame = record.look(frames[k]);
    if (!frame) return frame.error();
    const std::int64_t steps = record.frames()[frames[k]].steps;
    if (part(*frame, ".weight").empty()) return {};
    std::vector<float> beta =
        train::synapse_parameters(model, synapse.layer, part(*frame, ".weight"), part(*frame, ".alpha")).beta;
    log_.histogram(time(steps), synapse.tag, histogram_of(beta));
    range = std::max(range, signed_range(beta));
    if (std::ranges::find(drawn, frames[k]) != drawn.end()) pictures.emplace_back(steps, std::move(beta));
    if (Status status = go_on(share(from, to, k, 2 * frames.size())); !status) return status;
  }
  for (std::size_t k = 0; k < pictures.size(); ++k) {
    const auto picture = signed_picture(pictures[k].second, synapse.layer.n, synapse.layer.n, range);
    if (!picture) return picture.error();
    log_.picture(time(pictures[k].first), fmt::format("{}/picture", synapse.tag), *picture);
    if (Status status = go_on(share((from + to) / 2, to, k, pictures.size())); !status) return status;
  }
  return {};
}

std::optional<data::DataPairPtr> RunExport::open_data() {
  if (!run_.data.empty()) {
    auto data = data::open_dataset(run_.data);
    if (data) return *data;
    notes_.push_back(data.error().sentence());
  } else {
    auto found = train::open_run_data(history_, run_.folder);
    if (found && !found->note.empty()) notes_.push_back(found->note);
    if (found) return found->data;
    notes_.push_back(found.error().sentence());
  }
  notes_.push_back(fmt::format("{}: without the data there are no confusion matrices", run_.folder.string()));
  return std::nullopt;
}

Status RunExport::confusions() {
  std::error_code code;
  if (!fs::exists(run_.folder / train::kNetworkRecord, code)) return {};
  const auto data = open_data();
  if (!data) return {};
  auto recorded = infer::RecordedNetworks::open(run_.folder);
  if (!recorded) return recorded.error();
  infer::Asker asker({.backend = {.device = run_.execution.device,
                                  .tier = run_.execution.tier,
                                  .threads = run_.execution.threads},
                      .batch = history_.start.settings.test_batch_size});
  const auto frames = chosen_frames(recorded->steps(), history_.start.steps_per_epoch, kMostPictureSteps);
  for (std::size_t k = 0; k < frames.size(); ++k) {
    if (Status status = go_on(share(kConfusionsBegin, 1, k, frames.size())); !status) return status;
    const auto network = recorded->read(frames[k]);
    if (!network) return network.error();
    const auto said = asker.predict(*network, (*data)->test, {}, {.stop = run_.stop});
    if (!said && said.error().kind == ErrorKind::Cancelled) return said.error();
    if (!said) {  // other images than the network is made for
      notes_.push_back(fmt::format("{}; there are no confusion matrices", said.error().sentence()));
      return {};
    }
    const auto picture = confusion_picture(infer::confusion(*said));
    if (!picture) return picture.error();
    log_.picture(time(recorded->steps()[frames[k]].steps), "confusion", *picture);
  }
  return {};
}

void RunExport::finish() {
  std::int64_t last = 0;
  for (const train::Evaluation& e : history_.evaluations)
    last = std::max(last, history_.steps_at({.epoch = e.epoch + 1, .step = 0}));
  if (!history_.end) return;  // it goes on, or was killed
  const bool failed = history_.end->state == train::State::Failed;
  const bool finished = history_.end->state == train::State::Finished;
  log_.session_end(time(last), failed     ? SessionEnd::Failure
                               : finished ? SessionEnd::Success
                                          : SessionEnd::Unknown);
}

}  // namespace

Result<ExportedRun> export_run(const RunToExport& run, const EventSink& sink, const ShareDone& done) {
  auto history = train::read_history(run.folder);
  if (!history) return history.error();
  return RunExport(run, sink, done, std::move(*history)).write();
}

}  // namespace synann::exports::tensorboard
