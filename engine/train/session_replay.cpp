// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <utility>

#include "engine/train/frozen_cells.h"
#include "engine/train/session_impl.h"

namespace synann::train {

void zero_optimiser(Checkpoint& checkpoint, std::int64_t steps) {
  model::State& state = checkpoint.state;
  std::fill(state.momenta.begin(), state.momenta.end(), 0.0f);
  state.squares.clear();
  if (checkpoint.settings.optimizer.starts_with("adam")) checkpoint.optimiser_begun = steps;
}

Status Session::Impl::begin_replay() {
  Replay& replay = *options_.replay;
  measured_start_ = true;
  if (!replay.start) {
    options_.settings = replay.legs.front().settings;
    return build_model();
  }
  checkpoint_ = std::move(replay.start->checkpoint);
  model_ = std::move(replay.start->model);
  adopt_settings(checkpoint_, replay.legs.front().settings);
  return {};
}

// An epoch's evaluation belongs to its last step.
bool Session::Impl::replay_measures() const {
  const Replay& replay = *options_.replay;
  return at().step >= steps_per_epoch() && (steps_done() < replay.until || replay.measured);
}

bool Session::Impl::replay_done() const {
  return steps_done() >= options_.replay->until && !replay_measures();
}

Status Session::Impl::follow_replay() {
  const std::vector<Replay::Leg>& legs = options_.replay->legs;
  for (; !replay_measures() && next_leg_ < legs.size() && legs[next_leg_].from <= steps_done(); ++next_leg_) {
    adopt_settings(checkpoint_, legs[next_leg_].settings);
    auto frozen = frozen_places(*model_, settings().frozen);
    if (!frozen) return frozen.error();
    frozen_ = std::move(*frozen);
    if (!legs[next_leg_].fresh_optimiser) continue;
    if (auto status = backend_->fetch(checkpoint_.state); !status) return status;
    zero_optimiser(checkpoint_, steps_done());
    if (auto status = backend_->load(checkpoint_.state); !status) return status;
  }
  return {};
}

std::int64_t Session::Impl::until_leg() const {
  const Replay& replay = *options_.replay;
  const std::int64_t next =
      next_leg_ < replay.legs.size() ? std::min(replay.legs[next_leg_].from, replay.until) : replay.until;
  return std::max<std::int64_t>(1, next - steps_done());
}

Result<State> Session::Impl::end_replay() {
  if (auto status = backend_->fetch(checkpoint_.state); !status) return fail(status.error());
  if (auto status = check_finite(); !status) return fail(status.error());
  set_state(State::Finished);
  return State::Finished;
}

}  // namespace synann::train
