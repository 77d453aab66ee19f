// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <functional>
#include <optional>

#include <QString>

#include "engine/data/dataset.h"
#include "engine/train/settings.h"
#include "ui/session/latest_value_worker.h"

namespace synann::ui {

// The images of a run as it is trained and measured with them: where it holds some back, or draws some, its
// training and validation set are not those of the data. They are copied on a thread of its own, once for
// each choice. Lives in the window's thread.
class RunImages {
 public:
  // Told when images that were not there yet are, or cannot be had.
  explicit RunImages(std::function<void()> told);

  // Null: there are no data, or the images are still being put together, which is told; or error() says why.
  data::DataPairPtr of(const data::DataPairPtr& whole, const train::Settings* run);
  const QString& error() const { return error_; }
  bool busy() const { return worker_.busy(); }

 private:
  struct Query {
    data::DataPairPtr whole;
    train::Settings settings;
    bool same(const Query& other) const;
  };
  struct Answer {
    data::DataPairPtr part;
    QString error;
  };

  std::optional<Query> asked_;
  data::DataPairPtr part_;  // of what was asked; null: not yet, or an error
  QString error_;
  LatestValueWorker<Query, Answer> worker_;  // last: its thread is gone before anything it uses
};

}  // namespace synann::ui
