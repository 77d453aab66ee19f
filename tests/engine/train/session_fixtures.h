// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <QFile>
#include <QTemporaryDir>

#include "engine/data/digits.h"
#include "engine/train/session.h"

// Small data and runs for the tests of the session and of what it leaves behind.
namespace synann::testing {

namespace fs = std::filesystem;
using namespace synann::train;

inline data::DataPairPtr tiny_digits(int train = 250, int test = 60, std::uint64_t seed = 1) {
  auto pair = std::make_shared<data::DataPair>();
  pair->name = "Tiny digits";
  pair->spec = "digits";
  pair->train = data::make_digits(train, seed);
  pair->test = data::make_digits(test, seed + 1);
  pair->sha256 = data::data_digest(pair->train, pair->test);
  return pair;
}

// Remembers everything, and can ask for something after a number of steps.
struct Recorder : Observer {
  StartInfo start;
  std::vector<float> losses;
  std::vector<Evaluation> evaluations;
  std::vector<SettingChange> changes;
  std::vector<State> states;
  std::vector<std::string> notices;
  std::string reason;
  std::shared_ptr<const Failure> failure;
  std::function<void(int steps)> after_steps = [](int) {};
  std::function<void(const Evaluation&)> after_evaluation = [](const Evaluation&) {};

  void on_start(const StartInfo& s) override { start = s; }
  void on_steps(const StepLosses& s) override {
    losses.insert(losses.end(), s.losses.begin(), s.losses.end());
    after_steps(static_cast<int>(losses.size()));
  }
  void on_evaluation(const Evaluation& e) override {
    evaluations.push_back(e);
    after_evaluation(e);
  }
  void on_change(const SettingChange& change) override { changes.push_back(change); }
  void on_failure(std::shared_ptr<const Failure> what) override { failure = std::move(what); }
  void on_notice(const std::string& sentence) override { notices.push_back(sentence); }
  void on_state(State state, const std::string& why) override {
    states.push_back(state);
    reason = why;
  }
};

inline QByteArray bytes_of(const fs::path& path) {
  QFile file(QString::fromStdString(path.string()));
  return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray("missing");
}

inline Settings tiny_settings() {
  Settings s;
  s.epochs = 3;
  s.batch_size = 40;  // 250 = 6 · 40 + 10: the last batch is smaller
  return s;
}

// A folder that goes with the test, and runs in it.
class SessionRuns {
 protected:
  bool renew() { return (folder_ = std::make_unique<QTemporaryDir>())->isValid(); }
  fs::path at(const char* name) const { return fs::path(folder_->path().toStdString()) / name; }

  // Runs to the end or until `stop_after` steps; returns what was seen.
  // A run that is resumed goes on to the last epoch of `settings`.
  Recorder run(const fs::path& out, int threads = 1, const fs::path& resume = {}, int stop_after = -1,
               Settings settings = tiny_settings()) {
    Recorder seen;
    auto session = Session::create({.settings = settings,
                                    .execution = {.threads = threads},
                                    .data = data_,
                                    .folder = out,
                                    .resume = resume,
                                    .asked = {.numbers = {{"epochs", settings.epochs}}}},
                                   seen);
    if (!session) qFatal("%s", session.error().sentence().c_str());
    seen.after_steps = [&](int steps) {
      if (stop_after >= 0 && steps >= stop_after) (*session)->request_stop();
    };
    const auto end = (*session)->run();
    if (!end) qFatal("%s", end.error().sentence().c_str());
    return seen;
  }

  std::unique_ptr<QTemporaryDir> folder_;
  data::DataPairPtr data_ = tiny_digits();
};

}  // namespace synann::testing
