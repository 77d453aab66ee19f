// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>

#include "engine/infer/network.h"
#include "engine/train/record.h"

namespace synann::infer {

// The networks of a run at its recorded steps. Reads one when it is asked for; keeps the file open. One
// thread at a time.
class RecordedNetworks {
 public:
  // `run` is the folder of a run, which may go on meanwhile: steps are those recorded by now. Errors: a run
  // without a record of its network; as RecordReader::open.
  static Result<RecordedNetworks> open(const std::filesystem::path& run);

  const train::RecordHeader& run() const { return record_.header(); }
  const std::shared_ptr<const model::Model>& model() const { return model_; }
  std::span<const train::FrameStep> steps() const { return record_.frames(); }
  // The last one at or before so many steps of the run; nothing where there is none.
  std::optional<std::size_t> at_or_before(std::int64_t steps) const { return record_.at_or_before(steps); }
  // The network at steps()[k]. Errors: damaged there.
  Result<Network> read(std::size_t k);

 private:
  RecordedNetworks(train::RecordReader record, std::shared_ptr<const model::Model> model)
      : record_(std::move(record)), model_(std::move(model)) {}

  train::RecordReader record_;
  std::shared_ptr<const model::Model> model_;
};

}  // namespace synann::infer
