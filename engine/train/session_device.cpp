// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/format.h>
#include <utility>

#include "engine/core/memory_use.h"
#include "engine/train/session_impl.h"

namespace synann::train {

Result<std::unique_ptr<compute::Backend>> Session::Impl::make_backend(const Execution& execution) const {
  return options_.make_backend(
      {.device = execution.device, .tier = execution.tier, .threads = execution.threads}, model_,
      options_.data);
}

// Between two epochs alone: the history then says of each epoch where it was computed.
Status Session::Impl::switch_device() {
  if (at().step != 0) return {};
  std::optional<Execution> wanted;
  {
    const std::lock_guard lock(mutex_);
    wanted = std::exchange(wanted_execution_, std::nullopt);
  }
  if (!wanted || *wanted == options_.execution) return {};
  if (auto status = backend_->fetch(checkpoint_.state); !status) return status;
  auto made = make_backend(*wanted);
  const Status loaded = made ? (*made)->load(checkpoint_.state) : Status(made.error());
  if (!loaded) {
    refuse_device(loaded.error());
    return {};
  }
  earlier_ = Earlier{std::exchange(backend_, std::move(*made)),
                     std::exchange(options_.execution, std::move(*wanted))};
  return tell_device();
}

// The device failed at the first work it was given, so the run goes on where it was before. Nothing is lost:
// a step that failed was not counted, and before the first one checkpoint_ holds the state.
Status Session::Impl::fall_back(const Error& error) {
  if (!earlier_) return error;
  // Where steps were done, a failing one may have left the state half moved; a measurement leaves it alone.
  if (earlier_->stepped && at().step < steps_per_epoch()) return error;
  if (earlier_->stepped && !backend_->fetch(checkpoint_.state)) return error;
  if (!earlier_->backend->load(checkpoint_.state)) return error;
  backend_ = std::move(earlier_->backend);
  options_.execution = earlier_->execution;
  earlier_.reset();
  refuse_device(error);
  return tell_device();
}

void Session::Impl::refuse_device(Error error) {
  error.where.clear();  // an option of the command line
  error.remedy.clear();
  observer_.on_device_refused(
      fmt::format("the run goes on on the {}: {}", backend_->info().device, error.sentence()),
      options_.execution);
}

Status Session::Impl::tell_device() {
  step_seconds_ = 0;  // the first span is one step: nobody knows how fast it is here
  const auto info = backend_->info();
  const DeviceChange change{.position = at(),
                            .device = info.device,
                            .tier = info.tier,
                            .isa = info.isa,
                            .threads = info.threads,
                            .note = info.note};
  tell_resources();
  // Another name for the place where the run is already changes nothing: "auto" that chooses the CPU.
  const bool same = info.device == place_.device && info.tier == place_.tier && info.isa == place_.isa &&
                    info.threads == place_.threads;
  place_ = info;
  if (same) return {};
  observer_.on_device(change);
  return folder_ ? folder_->append(change) : Status{};
}

void Session::Impl::tell_resources() {
  const auto info = backend_->info();
  Resources resources{.memory_used = info.memory_used, .memory_total = info.memory_bytes};
  if (resources.memory_total == 0) {
    const MemoryUse use = memory_use();
    resources.memory_used = use.used;
    resources.memory_total = use.total;
  }
  if (folder_) resources.record_bytes = folder_->record_bytes();
  observer_.on_resources(resources);
}

}  // namespace synann::train
