// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <atomic>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <memory>
#include <numeric>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "app/cli/cli.h"
#include "app/cli/console.h"
#include "app/cli/options.h"
#include "app/command_line/command_line.h"
#include "engine/compute/augment_sheet.h"
#include "engine/compute/distorted_set.h"
#include "engine/core/file.h"
#include "engine/data/digits.h"
#include "engine/data/family.h"
#include "engine/data/packing.h"
#include "engine/data/registry.h"

namespace synann::cli {
namespace {

constexpr int kLargestCount = 10'000'000;

struct DataArguments {
  std::string folder, data;
  int train = data::kDigitsTrainCount, test = data::kDigitsTestCount;
  std::uint64_t seed = data::kDigitsTrainSeed;
  bool force = false, json = false;
  std::string like;
  bool train_given = false, seed_given = false;
  train::AskedSettings asked;
};

struct AugmentArguments {
  std::string data = "digits", out;
  int images = 10, first = 0, epochs = 4;
  std::uint64_t seed = train::Settings{}.seed;
  train::AskedSettings asked;
};
constexpr int kMostImages = 200, kMostEpochs = 200;
constexpr int kSheetImage = 56;  // pixels a side at least

void print_pair(const data::DataPair& pair, bool json) {
  if (json) {
    print_line(nlohmann::ordered_json{{"name", pair.name},
                                      {"train", pair.train.count()},
                                      {"test", pair.test.count()},
                                      {"rows", pair.train.rows},
                                      {"columns", pair.train.columns},
                                      {"classes", pair.train.classes},
                                      {"class_names", pair.class_names},
                                      {"notes", pair.notes},
                                      {"sha256", pair.sha256}}
                   .dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace));
  } else {
    print_line(fmt::format(
        "{}: {} training and {} test images of {} × {} pixels, {} classes\nSHA-256 {}\nClasses: {}",
        pair.name, pair.train.count(), pair.test.count(), pair.train.rows, pair.train.columns,
        pair.train.classes, pair.sha256, fmt::join(pair.class_names, ", ")));
  }
}

int make_run(const DataArguments& a) {
  // Images and their IDX file, of which one is made after the other.
  const std::uint64_t needed = 784 * (2 * std::uint64_t{static_cast<unsigned>(std::max(a.train, a.test))} +
                                      static_cast<unsigned>(std::min(a.train, a.test)));
  if (const std::uint64_t memory = data::free_memory(); needed > memory)
    return report(data::memory_error(a.folder, needed, memory));
  data::DataPair pair{
      .name = "Digits (built in)",
      .spec = "digits",
      .sha256 = {},
      .train = data::make_digits(a.train, a.seed),
      // The test set never shares a seed with the training set: the next one, whatever was asked for.
      .test = data::make_digits(a.test, a.seed + 1)};
  pair.sha256 = data::data_digest(pair.train, pair.test);
  pair.class_names = data::class_names_or_numbers({}, pair.train.classes);
  if (auto status = data::write_idx_folder(pair, a.folder, a.force); !status) return report(status.error());
  print_pair(pair, a.json);
  return kOk;
}

std::atomic<bool> making_stopped{false};
void stop_making() {
  making_stopped.store(true);
}

// A large set made of a small one, image by image.
int make_like_run(const DataArguments& a) {
  const InterruptGuard guard(stop_making);
  const auto source = data::open_dataset(a.like);
  if (!source) return report(source.error());
  compute::DistortedSet what;
  if (a.seed_given) what.seed = a.seed;
  if (a.train_given) what.train = a.train;
  train::Settings settings;
  train::apply_settings(settings, a.asked);
  if (auto status = train::validate(settings); !status) return report(status.error());
  if (train::augmentation(settings).on()) what.augmentation = train::augmentation(settings);
  ProgressLine progress;
  const auto done = compute::write_distorted_set(**source, what, a.folder, making_stopped, [&](int written) {
    progress.show(fmt::format("{} of {} images", written, what.train));
  });
  progress.wipe();
  if (!done) return report(done.error());
  if (!*done) {
    fmt::print(stderr, "synann: interrupted; the same command goes on where it was.\n");
    return interrupted_code();
  }
  const auto made = data::open_dataset(a.folder);
  if (!made) return report(made.error());
  print_pair(**made, a.json);
  return kOk;
}

int verify_run(const DataArguments& a) {
  const auto pair = data::open_dataset(a.data);
  if (!pair) return report(pair.error());
  print_notes((*pair)->notes);
  print_pair(**pair, a.json);
  return kOk;
}

Status check_augmentation(const train::Settings& settings) {
  if (auto status = train::validate(settings); !status) return status;
  if (train::augmentation(settings).on()) return {};
  return input_error("data augment", "nothing is asked for that changes the images",
                     "give one of --augment-rotation, -zoom, -shift, -shear, -elastic, -erase");
}

int augment_run(const AugmentArguments& a) {
  train::Settings settings;
  train::apply_settings(settings, a.asked);
  if (auto status = check_augmentation(settings); !status) return report(status.error());
  const auto pair = data::open_dataset(a.data);
  if (!pair) return report(pair.error());
  const data::Dataset& set = (*pair)->train;
  if (a.first + a.images > set.count())
    return report(Error{.where = "--first",
                        .problem = "goes beyond the training images",
                        .expected = fmt::format("at most {}", std::max(0, set.count() - a.images)),
                        .found = fmt::format("{}", a.first)});
  std::vector<std::uint32_t> samples(static_cast<std::size_t>(a.images));
  std::iota(samples.begin(), samples.end(), static_cast<std::uint32_t>(a.first));
  const auto sheet = compute::augment_sheet(
      set, samples,
      {.augmentation = train::augmentation(settings),
       .seed = a.seed,
       .epochs = a.epochs,
       .enlarged = std::max(1, (kSheetImage + set.rows - 1) / std::max(set.rows, set.columns))});
  const auto bytes = data::format_png(sheet);
  if (!bytes) return report(bytes.error());
  if (auto status = write_file_atomically(a.out, *bytes); !status) return report(status.error());
  print_line(fmt::format("{}: training images {} to {} of {}, as they are and in epochs 1 to {}", a.out,
                         a.first, a.first + a.images - 1, (*pair)->name, a.epochs));
  return kOk;
}

void add_augment(CLI::App& command, Action& action) {
  auto a = std::make_shared<AugmentArguments>();
  CLI::App* c = command.add_subcommand(
      "augment", "Write a PNG sheet: training images as they are and as epochs train on them");
  add_data(*c, a->data);
  app::add_text(*c, "--out", "FILE", a->out, "The PNG file to write.")->required();
  app::add_whole(*c, "--images", a->images, 1, kMostImages,
                 fmt::format("How many images stand side by side, 1 to {}; {} unless told otherwise.",
                             kMostImages, a->images));
  app::add_whole(*c, "--first", a->first, 0, kLargestCount,
                 "The first of them, counted from 0 in the training set.");
  app::add_whole(*c, "--epochs", a->epochs, 1, kMostEpochs,
                 fmt::format("How many epochs stand below each other, 1 to {}; {} unless told otherwise.",
                             kMostEpochs, a->epochs));
  app::add_whole(*c, "--seed", a->seed, 0, INT64_MAX,
                 fmt::format("Seed of the run whose images these are; {} unless told otherwise.", a->seed));
  add_augmentation(*c, a->asked);
  c->callback([a, &action] { action = [a] { return augment_run(*a); }; });
}

}  // namespace

void add_data(CLI::App& app, Action& action) {
  auto a = std::make_shared<DataArguments>();
  CLI::App* c = app.add_subcommand("data", "Make, verify or augment data sets");
  c->require_subcommand(1);
  CLI::App* make =
      c->add_subcommand("make", "Write the built-in digits as IDX files with the names of MNIST");
  app::add_text(*make, "folder,--out", "FOLDER", a->folder, "Where to write.")->required();
  app::add_text(
      *make, "--like", "DATA", a->like,
      "Makes a large training set of this one instead: each image augmented anew, 600000 unless --train "
      "says otherwise, by up to 15°, 15 % and 10 % of the side unless --augment-… do. Plain IDX files; an "
      "interrupted one goes on.");
  auto* train = app::add_whole(
      *make, "--train", a->train, 1, kLargestCount,
      fmt::format("Training images, 1 to {}; {} unless told otherwise.", kLargestCount, a->train));
  app::add_whole(*make, "--test", a->test, 1, kLargestCount,
                 fmt::format("Test images, 1 to {}; {} unless told otherwise.", kLargestCount, a->test));
  auto* seed = app::add_whole(
      *make, "--seed", a->seed, 0, INT64_MAX,
      fmt::format("Seed of the training images, {} unless told otherwise; the test images take the next "
                  "one.",
                  a->seed));
  make->add_flag("--force", a->force, "Replace files that are there");
  make->add_flag("--json", a->json, "One JSON object");
  add_augmentation(*make, a->asked);
  make->callback([a, train, seed, &action] {
    a->train_given = train->count() > 0;
    a->seed_given = seed->count() > 0;
    action = [a] { return a->like.empty() ? make_run(*a) : make_like_run(*a); };
  });
  CLI::App* verify = c->add_subcommand("verify", "Read a data set, check every rule, print its digest");
  app::add_text(*verify, "data,--data", "DATA", a->data,
                "digits, mnist, or a folder or file: IDX, NPZ, CSV, images.")
      ->required();
  verify->add_flag("--json", a->json, "One JSON object");
  verify->callback([a, &action] { action = [a] { return verify_run(*a); }; });
  add_augment(*c, action);
}

}  // namespace synann::cli
