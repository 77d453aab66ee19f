// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <QString>

#include "ui/session/snapshot.h"

namespace synann::ui {

// The words of the run bar: the same everywhere, independent of the system's locale, as the figures and the
// log are.
QString stateWords(RunState state, bool stopping);
// The title of a model by its id, and a data set by its spec: "SynaCNN", "Digits (built in)", the folder's
// name.
QString modelWords(std::string_view id);
QString dataWords(const std::string& spec);
QString epochsWords(int count);                          // "1 epoch", "20 epochs"
QString countWords(std::int64_t count);                  // "12,300"
QString durationWords(double seconds);                   // "00:21", "1:02:03"
QString epochWords(const Progress& progress);            // "epoch 3 of 20 · 12,300 of 20,000 images"
QString memoryWords(std::uint64_t bytes);                // "310 MiB", "7.6 GiB"
QString deviceWords(const train::DeviceChange& device);  // "CPU AVX-512 · 2 threads"
// "CPU AVX-512 · 2 threads · 310 MiB of 7.6 GiB"; empty while unknown
QString deviceWords(const Progress& progress);
QString speedWords(const Progress& progress);  // "5,210 images/s · 00:21 left"; empty while unknown

}  // namespace synann::ui
