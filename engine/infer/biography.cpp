// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/infer/biography.h"

#include <algorithm>
#include <numeric>
#include <utility>

namespace synann::infer {

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

Result<Biographies> biographies(Asker& asker, const BiographyQuery& query, const Work& work) {
  if (!query.set) return input_error("images", "no data set is open", "choose one");
  auto record = train::RecordReader::open(query.run / train::kNetworkRecord);
  if (!record) return record.error();
  const auto model = train::recorded_model(record->header());
  if (!model) return model.error();
  auto samples = samples_of({*model, nullptr}, *query.set, query.samples);
  if (!samples) return samples.error();
  const auto frames = record->frames();
  const auto last = record->at_or_before(query.until);
  if (!last) {
    return input_error(query.run.string(), "no network was recorded there",
                       "train with a larger budget of the record");
  }
  Biographies all{.steps = {frames.begin(), frames.begin() + static_cast<std::ptrdiff_t>(*last + 1)},
                  .samples = std::move(*samples),
                  .labels = {},
                  .said = {},
                  .surprisal = {}};
  for (const std::uint32_t sample : all.samples) all.labels.push_back(query.set->labels[sample]);
  const int count = static_cast<int>(all.steps.size());
  for (int k = 0; k < count; ++k) {
    const auto frame = record->look(static_cast<std::size_t>(k));
    if (!frame) return frame.error();
    auto values = std::make_shared<std::vector<float>>((*model)->parameters.float_count());
    train::scatter(record->header(), **model, *frame, *values);
    const auto said = asker.predict({*model, std::move(values)}, *query.set, all.samples, {work.stop, {}});
    if (!said) return said.error();
    for (int s = 0; s < said->count(); ++s) {
      all.said.push_back(static_cast<std::uint16_t>(said->said(s)));
      all.surprisal.push_back(static_cast<float>(said->surprisal(s)));
    }
    work.tell(k + 1, count);
  }
  return all;
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
