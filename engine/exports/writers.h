// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/exports/format.h"

// The rows of the table of formats: each writes what `request` asks for, which format.cpp has checked.
namespace synann::exports {

Result<Written> write_onnx(const Request& request, const infer::Work& work);
Result<Written> write_tensorboard(const Request& request, const infer::Work& work);
Result<Written> write_hub(const Request& request, const infer::Work& work);
Result<Written> write_html(const Request& request, const infer::Work& work);
Result<Written> write_npz(const Request& request, const infer::Work& work);
Result<Written> write_csv(const Request& request, const infer::Work& work);
Result<Written> write_json_lines(const Request& request, const infer::Work& work);

}  // namespace synann::exports
