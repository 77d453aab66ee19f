// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <utility>

#include "engine/runs/fork.h"
#include "engine/train/session_fixtures.h"

// Runs and their forks, for the tests of these.
namespace synann::testing {

struct ForkRuns : SessionRuns {
  using AskedSettings = train::AskedSettings;
  using Command = train::Command;
  using Session = train::Session;

  Result<runs::Forked> fork(const std::filesystem::path& run, std::int64_t step,
                            const std::filesystem::path& out, AskedSettings asked = {}) const {
    return runs::fork_run({.run = run, .step = step, .folder = out, .data = data_, .asked = std::move(asked)},
                          {});
  }
  void mustFork(const std::filesystem::path& run, std::int64_t step, const std::filesystem::path& out,
                AskedSettings asked = {}) const {
    const auto forked = fork(run, step, out, std::move(asked));
    if (!forked) qFatal("%s", forked.error().sentence().c_str());
  }
  // Goes on to the end with the settings that the fork has.
  void trainOn(const std::filesystem::path& folder) const {
    Recorder seen;
    auto session = Session::create({.execution = {.threads = 1},
                                    .data = data_,
                                    .folder = folder,
                                    .resume = folder / train::kLastCheckpoint},
                                   seen);
    if (!session) qFatal("%s", session.error().sentence().c_str());
    const auto end = (*session)->run();
    if (!end) qFatal("%s", end.error().sentence().c_str());
  }
  // A run of single steps, after each of which `then` may steer it.
  void runStepwise(const std::filesystem::path& out,
                   const std::function<void(Session& session, int now)>& then) const {
    Recorder seen;
    auto session = Session::create({.settings = tiny_settings(),
                                    .execution = {.threads = 1},
                                    .data = data_,
                                    .folder = out,
                                    .start_paused = true},
                                   seen);
    if (!session) qFatal("%s", session.error().sentence().c_str());
    (*session)->post({Command::Kind::StepBatch});
    seen.after_steps = [&](int now) { then(**session, now); };
    if (!(*session)->run()) qFatal("the run failed");
  }
  // A run that a person stops after so many steps.
  void runUntil(const std::filesystem::path& out, int steps) const {
    runStepwise(out, [steps](Session& session, int now) {
      if (now < steps) session.post({Command::Kind::StepBatch});
      if (now == steps) session.request_stop();
    });
  }
  // A run whose learning rate a person changes where so many steps are done.
  void runWithRate(const std::filesystem::path& out, int steps, double rate) const {
    runStepwise(out, [steps, rate](Session& session, int now) {
      if (now < steps) session.post({Command::Kind::StepBatch});
      if (now != steps) return;
      session.post({Command::Kind::Set, "lr", rate});
      session.post({Command::Kind::Train});
    });
  }
};

inline std::string text_at(const std::filesystem::path& path) {
  return bytes_of(path).toStdString();
}

}  // namespace synann::testing
