// SPDX-License-Identifier: GPL-3.0-or-later
#include <atomic>
#include <fmt/format.h>
#include <memory>
#include <optional>
#include <system_error>
#include <utility>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "app/cli/cli.h"
#include "app/cli/console.h"
#include "app/cli/fault_report.h"
#include "app/cli/options.h"
#include "app/cli/rank_group.h"
#include "app/command_line/command_line.h"
#include "engine/data/registry.h"
#include "engine/exports/tensorboard/live_log.h"
#include "engine/train/announcement.h"
#include "engine/train/event_json.h"
#include "engine/train/history.h"
#include "engine/train/log_lines.h"
#include "engine/train/own_model.h"
#include "engine/train/run_folder.h"
#include "engine/train/run_needs.h"
#include "engine/train/session.h"

namespace synann::cli {
namespace {

using train::Session;

constexpr int kMostRecordMib = 1 << 20;

struct TrainArguments {
  std::string model = "syna-cnn", data = "digits";
  train::AskedSettings asked;
  train::Execution execution;
  std::string out, resume, on_end, tensorboard;
  int record_mib = 64;
  bool json = false, fresh_optimiser = false;
  bool data_given = false, model_given = false, device_given = false;
};

// "12 MiB: checkpoints 1.2 MiB, optimiser 640 KiB, records 10 MiB, history 12 KiB"
std::string sizes_text(const train::FolderSizes& sizes) {
  std::string text =
      fmt::format("{}: checkpoints {}", train::bytes_text(sizes.all()), train::bytes_text(sizes.checkpoints));
  if (sizes.optimiser > 0) text += fmt::format(", optimiser {}", train::bytes_text(sizes.optimiser));
  if (sizes.records > 0) text += fmt::format(", records {}", train::bytes_text(sizes.records));
  return text + fmt::format(", history {}", train::bytes_text(sizes.history));
}

// Prints a run as it happens: the original's log lines, or JSON lines.
class Printer final : public train::Observer {
 public:
  // device_asked: a person who asked for a device is told which one it is.
  Printer(bool json, bool device_asked) : json_(json), device_asked_(device_asked) {}

  void on_start(const train::StartInfo& start) override {
    start_ = start;
    if (json_) print(train::to_json(start));
    // Not among the lines of the original's log, which are on standard output.
    if (!json_ && !start.device_note.empty() && (device_asked_ || progress_.enabled()))
      fmt::print(stderr, "synann: {}.\n", start.device_note);
    if (progress_.enabled() && !json_)
      progress_.show(fmt::format("{} on {} · {} · {} threads", start.settings.model, start.data_name,
                                 start.isa, start.threads));
  }

  void on_steps(const train::StepLosses& losses) override {
    steps_ += static_cast<std::int64_t>(losses.losses.size());
    for (std::size_t k = 0; k < losses.losses.size(); ++k) {
      const int step = losses.first_step + static_cast<int>(k);
      if (step % start_.settings.log_interval != 0) continue;
      const std::int64_t in_epoch = std::int64_t{step} * losses.batch_size;
      const auto loss = static_cast<double>(losses.losses[k]);
      if (json_) {
        print({{"event", "step"},
               {"epoch", losses.epoch},
               {"step", step},
               {"examples", std::int64_t{losses.epoch - 1} * start_.train_count + in_epoch},
               {"loss", loss}});
      } else {
        line(train::train_line(losses.epoch, in_epoch, start_.train_count, step, start_.steps_per_epoch,
                               loss));
      }
    }
    show_progress(losses);
  }

  void on_evaluation(const train::Evaluation& e) override {
    if (e.best) best_measured_ = e.epoch;
    last_ = e;
    if (json_) {
      print(train::to_json(e));
    } else if (e.epoch > 0) {
      line("\n" + train::test_line(e.test_loss, e.correct, e.count) + "\n");
    }
  }

  void on_change(const train::SettingChange& change) override {
    train::apply_setting(start_.settings, change.key, change.value);
    if (json_) print(train::to_json(change));
  }

  void on_resume(const train::Resume& resume) override {
    if (json_) print(train::to_json(resume));
  }

  void on_device(const train::DeviceChange& change) override {
    if (json_) print(train::to_json(change));
  }

  void on_notice(const std::string& sentence) override {
    progress_.wipe();
    fmt::print(stderr, "synann: {}.\n", sentence);
  }

  void on_state(train::State state, const std::string& reason) override {
    reason_ = reason;
    const bool early = state == train::State::Stopped || state == train::State::Failed;
    if (json_ && early) print({{"event", "pause"}, {"reason", reason}});
  }
  void on_saved(const std::string& checkpoint) override {
    checkpoint_ = checkpoint;
    best_epoch_ = best_measured_;
  }
  void on_failure(std::shared_ptr<const train::Failure> failure) override { failure_ = std::move(failure); }

  // What is at fault where the numbers broke, if they did.
  std::optional<infer::Fault> find_fault() {
    progress_.wipe();
    if (!failure_) return std::nullopt;
    auto fault = fault_of(*failure_);
    if (fault && json_) print(fault_json(*failure_, *fault));
    return fault;
  }

  void finish(bool failed) {
    progress_.wipe();
    const char* set = start_.settings.validation > 0 ? "the validation set" : "the test set";
    if (json_) {
      print(
          {{"event", "end"}, {"best_epoch", best_epoch_}, {"selected_on", set}, {"checkpoint", checkpoint_}});
    } else if (best_epoch_ > 0 && !failed) {
      // On standard error: standard output is the original's log, line by line.
      const auto folder = std::filesystem::path(checkpoint_).parent_path();
      fmt::print(stderr, "synann: best epoch {}, selected on {}; the run is in {} ({})\n", best_epoch_, set,
                 folder.string(), sizes_text(train::folder_sizes(folder)));
    }
  }
  const std::string& checkpoint() const { return checkpoint_; }
  // What there is to tell of how it ended.
  train::Announcement announcement(const Result<train::State>& end) const {
    using Outcome = train::Announcement::Outcome;
    const bool stopped = end && *end == train::State::Stopped;
    return {.outcome = !end      ? Outcome::Failed
                       : stopped ? Outcome::Stopped
                                 : Outcome::Finished,
            .folder = start_.folder,
            .reason = reason_,
            .last = last_};
  }
  std::int64_t steps() const { return steps_; }  // made by this program
  int epochs() const { return start_.settings.epochs; }

 private:
  void print(const nlohmann::ordered_json& value) {
    line(value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
  }
  void line(const std::string& text) {
    progress_.wipe();
    print_line(text);
  }
  void show_progress(const train::StepLosses& losses) {
    if (!progress_.enabled() || losses.losses.empty()) return;
    const double per_step = losses.seconds / static_cast<double>(losses.losses.size());
    smoothed_ = smoothed_ > 0 ? 0.9 * smoothed_ + 0.1 * per_step : per_step;
    const int done = losses.first_step + static_cast<int>(losses.losses.size());
    const double left = static_cast<double>(start_.steps_per_epoch - done) +
                        static_cast<double>(start_.settings.epochs - losses.epoch) * start_.steps_per_epoch;
    progress_.show(fmt::format("epoch {} of {} · {} % · {:.0f} images/s · {} left", losses.epoch,
                               start_.settings.epochs, 100 * done / start_.steps_per_epoch,
                               losses.batch_size / smoothed_, clock_text(left * smoothed_)));
  }

  ProgressLine progress_;
  bool json_, device_asked_;
  train::StartInfo start_;
  double smoothed_ = 0;  // seconds per step
  std::int64_t steps_ = 0;
  int best_measured_ = 0, best_epoch_ = 0;  // the latter is saved
  std::string checkpoint_, reason_;
  std::optional<train::Evaluation> last_;
  std::shared_ptr<const train::Failure> failure_;
};

std::atomic<Session*> running{nullptr};
std::atomic<bool> interrupted{false};

void stop_training() {
  interrupted.store(true);
  if (Session* session = running.load()) session->request_stop();
}

// What the session tells: the printer, and before it TensorBoard where that was asked for.
Result<std::unique_ptr<train::Observer>> tensorboard_beside(const TrainArguments& a, Printer& printer) {
  namespace board = exports::tensorboard;
  if (a.tensorboard.empty()) return std::unique_ptr<train::Observer>();
  const auto start = a.resume.empty() ? board::LogStart::New : board::LogStart::Resumed;
  return board::open_live_log(a.tensorboard, start, printer);
}

// A command that fails is told, and changes nothing else.
void tell_of_end(const std::string& command, const train::Announcement& announcement) {
  if (command.empty()) return;
  if (auto status = run_user_command(train::announcing_command(command, announcement)); !status)
    fmt::print(stderr, "synann: {}\n", status.error().sentence());
}

int train_with(TrainArguments a, compute::Ranks* ranks) {
  const InterruptGuard guard(stop_training);
  if (a.fresh_optimiser && a.resume.empty())
    return report(input_error("--fresh-optimizer", "has no meaning without --resume", "leave it out"));
  // The recommended settings of the model, then what was asked for; a checkpoint brings its own.
  auto recommended = train::settings_for(a.model, a.data);
  if (!recommended) return report(recommended.error());
  train::Settings settings = std::move(*recommended);
  train::apply_settings(settings, a.asked);
  if (auto status = train::validate(settings); !status) return report(status.error());
  const bool runs_own_data = !a.resume.empty() && !a.data_given;
  data::DataPairPtr data;
  if (!runs_own_data) {
    auto opened = data::open_dataset(a.data);
    if (!opened) return report(opened.error());
    data = std::move(*opened);
    print_notes(data->notes);
    settings.data = data->spec;
  }
  const std::filesystem::path resume = a.resume;
  std::filesystem::path folder = a.out;
  if (folder.empty())
    folder = a.resume.empty() ? train::default_run_folder(settings)
                              : std::filesystem::absolute(resume).parent_path();

  Printer printer(a.json, a.device_given);
  auto board = tensorboard_beside(a, printer);
  if (!board) return report(board.error());
  if (a.model_given) a.asked.model = settings.model, a.asked.own = settings.own;
  auto session = Session::create({.settings = settings,
                                  .execution = a.execution,
                                  .data = data,
                                  .folder = folder,
                                  .resume = resume,
                                  .asked = a.asked,
                                  .fresh_optimiser = a.fresh_optimiser,
                                  .record = {.bytes = std::int64_t{a.record_mib} << 20},
                                  .ranks = ranks},
                                 *board ? **board : printer);
  if (!session) return report(session.error());
  running.store(session->get());
  if (interrupted.load()) (*session)->request_stop();
  const auto end = (*session)->run();
  running.store(nullptr);
  const std::optional<infer::Fault> fault = end ? std::nullopt : printer.find_fault();
  printer.finish(!end);
  session->reset();  // with the folder's lock
  tell_of_end(a.on_end, printer.announcement(end));
  if (end && *end == train::State::Finished && printer.steps() == 0 && !a.resume.empty()) {
    fmt::print(
        stderr,
        "synann: nothing was left to do: all {} epochs of {} are trained; --epochs N goes on to epoch N.\n",
        printer.epochs(), a.resume);
  }
  if (!end) return report(fault ? with_fault(end.error(), *fault) : end.error());
  if (*end != train::State::Stopped) return kOk;
  fmt::print(stderr, "synann: interrupted; the run is saved in {0}; \"synann train --resume {0}\" goes on.\n",
             printer.checkpoint());
  return interrupted_code();
}

int train_run(const TrainArguments& a) {
  return on_all_ranks("train", [&](compute::Ranks* ranks) { return train_with(a, ranks); });
}

}  // namespace

void add_train(CLI::App& app, Action& action) {
  auto a = std::make_shared<TrainArguments>();
  CLI::App* c = app.add_subcommand("train", "Train a network; prints the log of the original program");
  auto* model = app::add_value(
      *c, "--model", "ID|FILE",
      [a](const std::string& id) -> Status {
        a->model = id;
        return check_model(id);
      },
      fmt::format("The network, {} unless told otherwise: a model file, or one of {}.", a->model,
                  model_list()));
  auto* data = add_data(*c, a->data);
  app::add_text(*c, "--resume", "FILE", a->resume,
                "Goes on from this checkpoint with its settings, bit for bit as if never stopped; or begins "
                "with the weights of a PyTorch state dict.");
  c->add_flag("--fresh-optimizer", a->fresh_optimiser,
              "With --resume: the optimiser's state begins at zero, whether its file is there or not.");
  add_settings(*c, a->asked);
  add_execution(*c, a->execution);
  constexpr const char* kOutput = "Output";
  app::add_text(*c, "--out", "FOLDER", a->out,
                "For checkpoints, history and records; a new folder in the user's data folder unless named.")
      ->group(kOutput);
  app::add_whole(
      *c, "--record", a->record_mib, 0, kMostRecordMib,
      fmt::format("Most MiB for the record of β at every step or every few, up to {}; 64 unless told "
                  "otherwise, 0 keeps none.",
                  kMostRecordMib))
      ->group(kOutput);
  app::add_text(
      *c, "--tensorboard", "FOLDER", a->tensorboard,
      "Also writes an event file into this folder while the run is trained, for TensorBoard to show: "
      "losses, measurements, and histograms of all tensors.")
      ->group(kOutput);
  app::add_text(
      *c, "--on-end", "COMMAND", a->on_end,
      "Run by the shell when the run has ended, failed or was interrupted, with its folder in SYNANN_RUN and "
      "SYNANN_OUTCOME=finished|stopped|failed.")
      ->group(kOutput);
  c->add_flag("--json", a->json, "JSON lines instead of the log.")->group(kOutput)->disable_flag_override();
  const auto* device = c->get_option("--device");
  c->callback([a, data, model, device, &action] {
    a->data_given = data->count() > 0;
    a->model_given = model->count() > 0;
    a->device_given = device->count() > 0;
    action = [a] { return train_run(*a); };
  });
}

}  // namespace synann::cli
