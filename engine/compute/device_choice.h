// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <string>

#include "engine/compute/backend.h"

namespace synann::compute {

// Seconds a training step of this back end takes, from a few tens of milliseconds of steps on the training
// set that move nothing (learning rate 0); the state must be loaded again afterwards. Errors: the back end's.
Result<double> measure_step(Backend& backend, const data::DataPair& data);

// The faster of two back ends for a model and its data, which must not be null; its info().note says which
// and why. A GPU that fails at the measurement loses.
std::unique_ptr<Backend> choose_faster(std::unique_ptr<Backend> cpu, std::unique_ptr<Backend> gpu,
                                       const model::Model& model, const data::DataPair& data);

// The same back end with a sentence in its info().
std::unique_ptr<Backend> with_note(std::unique_ptr<Backend> backend, std::string note);

}  // namespace synann::compute
