// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/exports/writers.h"

namespace synann::exports {

Result<Written> write_tensorboard(const Request&, const infer::Work&) {
  return input_error("--format", "not yet");
}

}  // namespace synann::exports
