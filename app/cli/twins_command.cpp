// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cmath>
#include <filesystem>
#include <fmt/format.h>
#include <memory>
#include <mutex>
#include <optional>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "app/cli/cli.h"
#include "app/cli/console.h"
#include "app/cli/json_number.h"
#include "app/cli/options.h"
#include "app/command_line/command_line.h"
#include "engine/core/text_value.h"
#include "engine/data/registry.h"
#include "engine/runs/twins.h"
#include "engine/train/own_model.h"
#include "engine/train/run_folder.h"
#include "engine/train/variation.h"

namespace synann::cli {
namespace {

using nlohmann::ordered_json;
using train::Settings;

constexpr std::size_t kImagesPrinted = 10;

struct TwinsArguments {
  std::string model = "syna-cnn", data = "digits", out;
  train::AskedSettings asked;
  std::string other_model;  // empty: the same
  std::vector<train::Variation> other;
  std::optional<std::uint64_t> other_seed;
  train::Execution execution;
  bool json = false;
};

std::atomic<runs::Twins*> running_twins{nullptr};
std::atomic<bool> twins_interrupted{false};
void stop_twins() {
  twins_interrupted.store(true);
  if (runs::Twins* const twins = running_twins.load()) twins->request_stop();
}

// "--other lr=0.05": one value of one setting; the model and the seed too.
Status take_other(TwinsArguments& a, const std::string& text) {
  constexpr const char* kOther = "--other";
  if (text.starts_with("model=")) {
    a.other_model = text.substr(6);
    return check_model(a.other_model);
  }
  if (text.starts_with("seed=")) {
    const auto seed = parse_number("--other seed", text.substr(5), 0, 2147483647);
    if (!seed) return seed.error();
    a.other_seed = static_cast<std::uint64_t>(*seed);
    return {};
  }
  auto variation = train::parse_variation(kOther, text);
  if (!variation) return variation.error();
  if (variation->values.size() != 1)
    return Error{.where = kOther, .problem = "takes one value", .found = in_quotes(text)};
  a.other.push_back(std::move(*variation));
  return {};
}

Result<std::array<Settings, 2>> settings_of(const TwinsArguments& a) {
  auto recommended = train::settings_for(a.model, a.data);
  if (!recommended) return recommended.error();
  Settings first = std::move(*recommended);
  train::apply_settings(first, a.asked);
  Settings second = first;
  if (!a.other_model.empty()) {
    const auto other = train::settings_for(a.other_model, a.data);
    if (!other) return other.error();
    second.model = other->model, second.own = other->own;
  }
  if (a.other_seed) second.seed = *a.other_seed;
  for (const train::Variation& one : a.other) train::apply_setting(second, one.key, one.values.front());
  return std::array{first, second};
}

std::string divergence_text(const runs::TwinTrace& trace) {
  if (!trace.divergence)
    return fmt::format("Over {} steps they are equal to the bit{}.", trace.steps,
                       trace.same_parameters ? ", losses and parameters" : " in their losses");
  if (trace.divergence->losses)
    return fmt::format("Their losses differ from step {} on.", trace.divergence->step);
  return fmt::format("Their parameters differ after step {}.", trace.divergence->step);
}

ordered_json run_json(const runs::TwinRun& run) {
  ordered_json j{{"steps", run.losses.size()}, {"checkpoint", run.checkpoint}};
  if (!run.evaluations.empty()) {
    const train::Evaluation& e = run.evaluations.back();
    j["accuracy"] = e.accuracy();
    j["test_loss"] = number_or_null(e.test_loss);
  }
  return j;
}

void print_twins(const TwinsArguments& a, const runs::TwinTrace& trace,
                 const std::vector<runs::TwinImage>& images) {
  const runs::TwinDistance* const last = trace.distances.empty() ? nullptr : &trace.distances.back();
  if (a.json) {
    ordered_json j{{"event", "twins"}, {"steps", trace.steps}, {"same_parameters", trace.same_parameters}};
    j["divergence"] = trace.divergence
                          ? ordered_json{{"step", trace.divergence->step},
                                         {"in", trace.divergence->losses ? "losses" : "parameters"}}
                          : ordered_json();
    j["delta_beta"] = number_or_null(last ? last->beta : std::nan(""));
    j["delta_shared"] = number_or_null(last ? last->shared : std::nan(""));
    j["runs"] = {run_json(trace.runs[0]), run_json(trace.runs[1])};
    j["predictions_differ"] = images.size();
    j["images"] = ordered_json::array();
    for (const runs::TwinImage& image : images)
      j["images"].push_back({{"image", image.image}, {"class", image.truth}, {"said", image.said}});
    return print_line(j.dump());
  }
  print_line(divergence_text(trace));
  if (last && !std::isnan(last->beta))
    print_line(
        fmt::format("After step {} the norm of the difference of β is {:.6g}.", last->steps, last->beta));
  print_line(fmt::format("Their predictions differ for {} test images.", images.size()));
  for (std::size_t k = 0; k < std::min(images.size(), kImagesPrinted); ++k)
    print_line(fmt::format("  image {}: class {}, said {} and {}", images[k].image, images[k].truth,
                           images[k].said[0], images[k].said[1]));
  if (images.size() > kImagesPrinted)
    print_line(fmt::format("  … {} more; --json lists all of them", images.size() - kImagesPrinted));
}

// How far both are, and each epoch that both have measured.
class TwinsProgress {
 public:
  TwinsProgress(const runs::Twins& twins, bool json, int epochs)
      : twins_(twins), json_(json), epochs_(epochs) {}

  // From either of the two threads.
  void look() {
    const std::unique_lock lock(mutex_, std::try_to_lock);
    if (!lock) return;
    const auto now = std::chrono::steady_clock::now();
    if (now - looked_ < std::chrono::milliseconds(100)) return;
    looked_ = now;
    tell();
  }
  void finish() {
    tell();
    line_.wipe();
  }

 private:
  void tell() {
    const runs::TwinTrace trace = twins_.trace();
    const auto& a = trace.runs[0].evaluations;
    const auto& b = trace.runs[1].evaluations;
    for (; told_ < std::min(a.size(), b.size()); ++told_) {
      line_.wipe();
      print_epoch(a[told_], b[told_]);
    }
    line_.show(fmt::format("step {} · epoch {} of {} · {}", trace.steps, trace.epoch(), epochs_,
                           trace.divergence ? fmt::format("apart since step {}", trace.divergence->step)
                                            : std::string("equal so far")));
  }
  void print_epoch(const train::Evaluation& a, const train::Evaluation& b) const {
    if (a.epoch == 0) return;
    if (json_) {
      print_line(ordered_json{{"event", "epoch"},
                              {"epoch", a.epoch},
                              {"accuracy", {a.accuracy(), b.accuracy()}},
                              {"test_loss", {number_or_null(a.test_loss), number_or_null(b.test_loss)}}}
                     .dump());
      return;
    }
    print_line(fmt::format("epoch {:>3}   {:6.2f} %  {:.4f}   {:6.2f} %  {:.4f}   {:+.2f} points", a.epoch,
                           a.accuracy(), a.test_loss, b.accuracy(), b.test_loss,
                           b.accuracy() - a.accuracy()));
  }

  const runs::Twins& twins_;
  bool json_;
  int epochs_;
  std::mutex mutex_;
  std::chrono::steady_clock::time_point looked_{};
  std::size_t told_ = 0;
  ProgressLine line_;
};

int twins_run(const TwinsArguments& a) {
  const InterruptGuard guard(stop_twins);
  const auto asked = settings_of(a);
  if (!asked) return report(asked.error());
  const std::array<Settings, 2>& settings = *asked;
  auto data = data::open_dataset(a.data);
  if (!data) return report(data.error());
  print_notes((*data)->notes);
  const std::filesystem::path folder =
      a.out.empty() ? train::default_run_folder(settings[0]) : std::filesystem::path(a.out);
  auto twins = runs::Twins::create({.settings = settings,
                                    .execution = a.execution,
                                    .data = *data,
                                    .folders = {folder / "a", folder / "b"}});
  if (!twins) return report(twins.error());
  running_twins.store(twins->get());
  if (twins_interrupted.load()) (*twins)->request_stop();
  TwinsProgress progress(**twins, a.json, settings[0].epochs);
  (*twins)->on_change([&progress] { progress.look(); });
  const auto whole = (*twins)->run();
  running_twins.store(nullptr);
  progress.finish();
  if (!whole) return report(whole.error());
  const auto images = runs::differing_predictions({folder / "a", folder / "b"}, **data, {});
  if (!images) return report(images.error());
  print_twins(a, (*twins)->trace(), *images);
  if (*whole) {
    fmt::print(stderr, "synann: the runs are in {} and {}.\n", (folder / "a").string(),
               (folder / "b").string());
    return kOk;
  }
  fmt::print(
      stderr,
      "synann: interrupted; both runs are saved, and \"synann train --resume {}/last.safetensors\" goes on "
      "with one of them.\n",
      (folder / "a").string());
  return interrupted_code();
}

}  // namespace

void add_twins(CLI::App& app, Action& action) {
  auto a = std::make_shared<TwinsArguments>();
  CLI::App* c = app.add_subcommand(
      "twins", "Train two runs in lock-step on the same batches with one difference, and say what it does");
  app::add_value(
      *c, "--model", "ID|FILE",
      [a](const std::string& id) -> Status {
        a->model = id;
        return check_model(id);
      },
      fmt::format("The network of both, {} unless told otherwise: a model file, or one of {}.", a->model,
                  model_list()));
  app::add_value(
      *c, "--other", "SETTING=VALUE", [a](const std::string& text) { return take_other(*a, text); },
      "What the second one has instead, as in model=dense-cnn, synapse=batch-coupled, lr=0.03 or seed=7. "
      "Without "
      "it both are equal.")
      ->trigger_on_parse()
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
  add_data(*c, a->data);
  add_settings(*c, a->asked);
  add_execution(*c, a->execution);
  app::add_text(
      *c, "--out", "FOLDER", a->out,
      "For the two runs, in its folders a and b; a new folder in the user's data folder unless named.");
  c->add_flag("--json", a->json, "JSON lines: one for each epoch, then the comparison.");
  c->callback([a, &action] { action = [a] { return twins_run(*a); }; });
}

}  // namespace synann::cli
