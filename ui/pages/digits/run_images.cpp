// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/digits/run_images.h"

#include <utility>

#include "engine/train/training_part.h"

namespace synann::ui {

// What training_part() looks at.
bool RunImages::Query::same(const Query& other) const {
  const train::Settings &a = settings, &b = other.settings;
  return whole == other.whole && a.validation == b.validation && a.train_count == b.train_count &&
         a.train_subset == b.train_subset && a.seed == b.seed;
}

RunImages::RunImages(std::function<void()> told)
    : worker_(
          [](const Query& query, const std::stop_token&, const LatestValueWorker<Query, Answer>::Tell& tell) {
            auto part = train::training_part(query.whole, query.settings);
            tell(part ? Answer{std::move(*part), {}}
                      : Answer{nullptr, QString::fromStdString(part.error().sentence())});
          },
          [this, told = std::move(told)](const Answer& answer) {
            part_ = answer.part;
            error_ = answer.error;
            told();
          }) {}

data::DataPairPtr RunImages::of(const data::DataPairPtr& whole, const train::Settings* run) {
  if (!whole || run == nullptr || (run->validation == 0 && run->train_count == 0)) return whole;
  Query query{.whole = whole, .settings = *run};
  if (asked_ && asked_->same(query)) return part_;
  asked_ = query;
  part_ = nullptr;
  error_.clear();
  worker_.ask(std::move(query));
  return nullptr;
}

}  // namespace synann::ui
