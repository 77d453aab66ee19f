// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <memory>

#include "engine/compute/backend.h"

namespace synann::compute {

// A back end of the CPU whose training images stay in their file (engine/data/image_file.h): those of the
// next steps are read one group of batches ahead on a helper thread, and the tier that `make` makes of data
// that has them at hand computes as ever, bit for bit. Errors of a span or a measurement: the file was
// changed meanwhile.
Result<std::unique_ptr<Backend>> make_stored_backend(
    const data::DataPair& data,
    const std::function<Result<std::unique_ptr<Backend>>(data::DataPairPtr)>& make);

}  // namespace synann::compute
