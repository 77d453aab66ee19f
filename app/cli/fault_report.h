// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>

#include <nlohmann/json_fwd.hpp>

#include "engine/infer/fault.h"

// What `synann train` says of a run whose numbers broke.
namespace synann::cli {

// Looks for it; an interrupt gives that up. Nothing where it was not found.
std::optional<infer::Fault> fault_of(const train::Failure& failure);

// The error of the run with what is at fault in its sentence.
Error with_fault(Error error, const infer::Fault& fault);

// {"event":"fault", …}: docs/formats.md
nlohmann::ordered_json fault_json(const train::Failure& failure, const infer::Fault& fault);

}  // namespace synann::cli
