// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/infer/biography.h"

#include <algorithm>
#include <numeric>
#include <span>
#include <utility>

#include "engine/infer/recorded.h"

namespace synann::infer {
namespace {

// Whether what is known is of the first of these frames, of the same run and samples.
bool goes_on_with(const Biographies& lives, const RecordedNetworks& record,
                  std::span<const train::FrameStep> frames, const std::vector<std::uint32_t>& samples) {
  return !lives.steps.empty() && lives.run.same_run(record.run()) && lives.samples == samples &&
         lives.steps.size() <= frames.size() &&
         std::equal(lives.steps.begin(), lives.steps.end(), frames.begin());
}

void begin_lives(Biographies& lives, const RecordedNetworks& record, std::span<const train::FrameStep> frames,
                 std::vector<std::uint32_t> samples, const data::Dataset& set) {
  if (goes_on_with(lives, record, frames, samples)) return;
  lives = {};
  lives.run = record.run();
  lives.samples = std::move(samples);
  for (const std::uint32_t sample : lives.samples) lives.labels.push_back(set.labels[sample]);
}

}  // namespace

int Biographies::forgotten(std::size_t sample) const {
  int events = 0;
  for (std::size_t k = 1; k < steps.size(); ++k) events += right(k - 1, sample) && !right(k, sample) ? 1 : 0;
  return events;
}

std::optional<std::size_t> Biographies::learnt(std::size_t sample) const {
  std::size_t first = steps.size();
  while (first > 0 && right(first - 1, sample)) --first;
  if (first == steps.size()) return {};
  return first;
}

Status follow(Asker& asker, const BiographyQuery& query, Biographies& lives, const Work& work) {
  if (!query.set) return input_error("images", "no data set is open", "choose one");
  auto record = RecordedNetworks::open(query.run);
  if (!record) return record.error();
  auto samples = samples_of({record->model(), nullptr}, *query.set, query.samples);
  if (!samples) return samples.error();
  const auto last = record->at_or_before(query.until);
  if (!last) {
    return input_error(query.run.string(), "no network was recorded there",
                       "train with a larger budget of the record");
  }
  const auto frames = record->steps().first(*last + 1);
  begin_lives(lives, *record, frames, std::move(*samples), *query.set);
  const int count = static_cast<int>(frames.size());
  for (std::size_t k = lives.steps.size(); k < frames.size(); ++k) {
    const auto network = record->read(k);
    if (!network) return network.error();
    const auto said = asker.predict(*network, *query.set, lives.samples, {work.stop, {}});
    if (!said) return said.error();
    lives.steps.push_back(frames[k]);
    for (int s = 0; s < said->count(); ++s) {
      lives.said.push_back(static_cast<std::uint16_t>(said->said(s)));
      lives.surprisal.push_back(static_cast<float>(said->surprisal(s)));
    }
    work.tell(static_cast<int>(k) + 1, count);
  }
  return {};
}

Result<Biographies> biographies(Asker& asker, const BiographyQuery& query, const Work& work) {
  Biographies lives;
  if (auto status = follow(asker, query, lives, work); !status) return status.error();
  return lives;
}

std::vector<int> by_forgetting(const Biographies& b) {
  std::vector<std::pair<int, std::size_t>> key;  // how often, and when it was learnt
  for (std::size_t s = 0; s < b.samples.size(); ++s)
    key.emplace_back(b.forgotten(s), b.learnt(s).value_or(b.steps.size()));
  std::vector<int> places(key.size());
  std::iota(places.begin(), places.end(), 0);
  std::stable_sort(places.begin(), places.end(), [&](int a, int c) {
    return key[static_cast<std::size_t>(a)] > key[static_cast<std::size_t>(c)];
  });
  return places;
}

}  // namespace synann::infer
