// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

#include "engine/core/result.h"
#include "engine/train/settings.h"

namespace CLI {
class App;
class Option;
}  // namespace CLI

// Options that several commands share, generated from the engine's tables.
namespace synann::cli {

// One option per setting_infos() and choice_infos(); `asked` must outlive parsing.
void add_settings(CLI::App& command, train::AskedSettings& asked);

// Of these only how training images are augmented.
void add_augmentation(CLI::App& command, train::AskedSettings& asked);

// --device, --tier, --threads.
void add_execution(CLI::App& command, train::Execution& execution);

// --checkpoint, which must be given, and --model, for bare state dicts.
void add_checkpoint(CLI::App& command, std::string& checkpoint, std::string& model,
                    const std::string& more = {});

// --data, which has a default, and --test-batch-size: what is measured.
CLI::Option* add_data(CLI::App& command, std::string& data);
void add_test_batch_size(CLI::App& command, int& batch_size);

inline constexpr int kMostThreads = 1024;

// One sentence for a model that there is not. The names of files are taken as they are.
Status check_model(const std::string& id);

// Asks for a model by its id or file; an empty text asks for none. Errors: as train::settings_for().
Status ask_for_model(train::AskedSettings& asked, const std::string& model);

std::string model_list();  // "syna-cnn, syna-mlp, …"

}  // namespace synann::cli
