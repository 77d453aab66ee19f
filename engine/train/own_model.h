// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/core/result.h"
#include "engine/model/description.h"
#include "engine/model/twins.h"
#include "engine/train/settings.h"

// Models by name or by file, with the settings they are trained with. Any thread.
namespace synann::train {

// The network that settings describe, for images of rows × columns and a number of classes: settings.own, or
// the known model with their synapse options. Errors as model::build().
Result<model::Model> build_model(const Settings& settings, int rows, int columns, int classes);

// What a network of a person's own is trained with unless something else is asked for: the original's
// settings, and what its file recommends. Errors: a recommendation that is no setting or out of its range.
Result<Settings> recommended_settings(const model::DefinitionPtr& definition, std::string_view data_spec);

// The models that have a name: the known ones, then those of model::ready_models().
std::vector<model::ModelInfo> named_models();

// The recommended settings of `name`: the id of a named model, a model file, or one of the two with a rival
// of it behind a colon ("syna-mlp-relu:dense-relu", engine/model/twins.h), which is trained with the settings
// of the first. Errors: none of them; a file that cannot be read or taken; its recommendations.
Result<Settings> settings_for(const std::string& name, std::string_view data_spec);

// The rival of the network that settings describe, trained as that is. Errors: as model::rival_of().
Result<Settings> settings_of_rival(const Settings& of, model::Rival rival);

// Whether it may be one; files are not opened.
Status check_model_name(const std::string& name);

// The network that settings describe as a model file would have it, with what in them differs from the
// original's; the data, the seed and the options of synapse layers, which the layers hold, are left out.
// Errors: unknown id.
Result<model::Definition> definition_of_settings(const Settings& settings);

}  // namespace synann::train
