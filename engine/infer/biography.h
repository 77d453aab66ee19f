// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <vector>

#include "engine/infer/asker.h"
#include "engine/train/record.h"

namespace synann::infer {

// What a run said of images at its recorded steps, from its start on.
struct Biographies {
  train::RecordHeader run{};            // of which run
  std::vector<train::FrameStep> steps;  // at which the whole network was recorded
  std::vector<std::uint32_t> samples;   // of the set
  std::vector<std::uint8_t> labels;     // [samples]: true classes
  std::vector<std::uint16_t> said;      // [steps, samples]: classes
  std::vector<float> surprisal;         // [steps, samples]: −log p of the true class, nats

  std::size_t at(std::size_t step, std::size_t sample) const { return step * samples.size() + sample; }
  bool right(std::size_t step, std::size_t sample) const { return said[at(step, sample)] == labels[sample]; }
  // How often the sample was right at one step and wrong at the next: the forgetting events of Toneva et al.,
  // "An empirical study of example forgetting during deep neural network learning" (ICLR 2019), here from
  // recorded step to recorded step.
  int forgotten(std::size_t sample) const;
  // The first step from which on it stays right, as an index; nothing where it ends wrong.
  std::optional<std::size_t> learnt(std::size_t sample) const;
};

struct BiographyQuery {
  std::filesystem::path run;             // a run's folder
  SetPtr set;                            // whose images are followed
  std::vector<std::uint32_t> samples{};  // empty: all
  std::int64_t until = INT64_MAX;        // steps of the run
};

// Asks the network at each of its recorded steps. Progress counts steps. Errors: a run without a record, or
// of which no network was recorded there; as RecordReader::open and Asker::predict.
Result<Biographies> biographies(Asker& asker, const BiographyQuery& query, const Work& work);

// Brings `lives` up to the record as it is now: steps that it knows already are not asked again, also where
// it ended with an error or was given up half-way. It is empty, or what an earlier call for the same images
// left; of another run or other samples, it begins anew.
Status follow(Asker& asker, const BiographyQuery& query, Biographies& lives, const Work& work);

// Places of the samples, the most often forgotten first; of those that were forgotten equally often, the one
// learnt last (or never) first.
std::vector<int> by_forgetting(const Biographies& biographies);

}  // namespace synann::infer
