// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <vector>

#include <QString>
#include <QStringList>

#include "engine/core/result.h"
#include "engine/infer/network.h"
#include "engine/train/record.h"

// Networks beside the one that is shown. Functions of values; any thread.
namespace synann::ui {

struct OtherNetwork {
  std::filesystem::path path;  // a checkpoint, or the folder of a run
  infer::Network network;
  QString run, what;  // "run2"; "best", "step 470 · epoch 1"
};

// A checkpoint's file; or of a run's folder the last recorded step at or before `steps`, without them its
// last checkpoint. Errors: as open_network and RecordedNetworks::open; nothing was recorded there.
Result<OtherNetwork> openOther(const std::filesystem::path& path, std::optional<std::int64_t> steps = {});

// Of a dialog that opens a checkpoint.
QString checkpointFilter();
// "step 470 · epoch 1"
QString stepWords(const train::FrameStep& at);

// A name for each that none of the others has: of the run where these differ, of the file or step where all
// are of one run, else of both.
QStringList namesApart(const std::vector<OtherNetwork>& networks);

}  // namespace synann::ui
