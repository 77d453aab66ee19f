// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <stop_token>

#include "engine/infer/asker.h"
#include "ui/pages/digits/digits_scene.h"
#include "ui/session/latest_value_worker.h"

namespace synann::ui {

// What the Digits page asks: the images of a set of one network, and of another one beside it.
struct DigitsQuery {
  infer::Network network;
  infer::Network before;  // without a model: none
  infer::SetPtr set;
  infer::Part part = infer::Part::Test;
  QStringList names{};
  std::shared_ptr<const train::SynapseFrame> frame{};  // the moment
  QString when{}, before_when{};
  std::uint64_t number = 0;                 // of the question
  std::stop_source stop{std::nostopstate};  // a person's

  // Whether the answer would be the same.
  bool same(const DigitsQuery& other) const {
    return network == other.network && before == other.before && set == other.set;
  }
};

// The answer, or one sentence on why there is none.
struct DigitsOutcome {
  DigitsAnswerPtr answer;
  QString error;
  std::uint64_t number = 0;  // of the question
};

// Asks on the thread that calls; `now` and `before` keep what they know of the networks asked last.
struct DigitsAskers {
  infer::Asker now, before;
};
DigitsOutcome askDigits(const DigitsQuery& query, DigitsAskers& askers, const infer::Work& work);

using DigitsWorker = LatestValueWorker<DigitsQuery, DigitsOutcome>;

}  // namespace synann::ui
