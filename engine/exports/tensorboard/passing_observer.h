// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <string>
#include <utility>

#include "engine/train/events.h"

namespace synann::exports::tensorboard {

// Passes everything on to another observer, for one that listens as well.
class PassingObserver : public train::Observer {
 public:
  explicit PassingObserver(train::Observer& other) : other_(other) {}

  void on_start(const train::StartInfo& start) override { other_.on_start(start); }
  void on_steps(const train::StepLosses& losses) override { other_.on_steps(losses); }
  void on_evaluation_progress(int done, int count) override { other_.on_evaluation_progress(done, count); }
  void on_evaluation(const train::Evaluation& evaluation) override { other_.on_evaluation(evaluation); }
  void on_change(const train::SettingChange& change) override { other_.on_change(change); }
  void on_resume(const train::Resume& resume) override { other_.on_resume(resume); }
  void on_device(const train::DeviceChange& change) override { other_.on_device(change); }
  void on_device_refused(const std::string& sentence, const train::Execution& stays) override {
    other_.on_device_refused(sentence, stays);
  }
  void on_resources(const train::Resources& resources) override { other_.on_resources(resources); }
  void on_notice(const std::string& sentence) override { other_.on_notice(sentence); }
  void on_state(train::State state, const std::string& reason) override { other_.on_state(state, reason); }
  bool wants_weights() override { return other_wants_ = other_.wants_weights(); }
  void on_weights(std::shared_ptr<const train::Weights> weights) override {
    if (other_wants_) other_.on_weights(std::move(weights));
  }
  void on_saved(const std::string& checkpoint) override { other_.on_saved(checkpoint); }
  void on_failure(std::shared_ptr<const train::Failure> failure) override {
    other_.on_failure(std::move(failure));
  }

 private:
  train::Observer& other_;
  bool other_wants_ = false;
};

}  // namespace synann::exports::tensorboard
