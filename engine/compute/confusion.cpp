// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/compute/confusion.h"

#include <algorithm>
#include <numeric>

namespace synann::compute {

double Confusion::precision(int label) const {
  int all = 0;
  for (int truth = 0; truth < classes; ++truth) all += at(truth, label);
  return all > 0 ? static_cast<double>(at(label, label)) / all : 0.0;
}

double Confusion::recall(int label) const {
  int all = 0;
  for (int said = 0; said < classes; ++said) all += at(label, said);
  return all > 0 ? static_cast<double>(at(label, label)) / all : 0.0;
}

double Confusion::f1(int label) const {
  const double p = precision(label), r = recall(label);
  return p + r > 0 ? 2 * p * r / (p + r) : 0.0;
}

int Confusion::count(int truth) const {
  int all = 0;
  for (int said = 0; said < classes; ++said) all += at(truth, said);
  return all;
}

int Confusion::correct() const {
  int all = 0;
  for (int label = 0; label < classes; ++label) all += at(label, label);
  return all;
}

Result<Confusion> measure_confusion(Backend& backend, const model::Model& model, const data::Dataset& set,
                                    int batch_size, const CancelFlag& cancel,
                                    const std::function<void(int done)>& progress) {
  const auto classes = static_cast<std::size_t>(model.classes);
  Confusion confusion{model.classes, std::vector<int>(classes * classes)};
  std::vector<std::uint32_t> samples;
  for (int done = 0; done < set.count(); done += batch_size) {
    if (cancel.is_set())
      return Error{.kind = ErrorKind::Cancelled, .problem = "the evaluation was interrupted"};
    samples.resize(static_cast<std::size_t>(std::min(batch_size, set.count() - done)));
    std::iota(samples.begin(), samples.end(), static_cast<std::uint32_t>(done));
    const auto reply = backend.ask(set, samples, false);
    if (!reply) return reply.error();
    for (std::size_t s = 0; s < samples.size(); ++s) {
      const auto row = reply->log_probs.begin() + static_cast<std::ptrdiff_t>(s * classes);
      const auto said = std::max_element(row, row + model.classes) - row;
      ++confusion.at(set.labels[samples[s]], static_cast<int>(said));
    }
    if (progress) progress(done + static_cast<int>(samples.size()));
  }
  return confusion;
}

}  // namespace synann::compute
