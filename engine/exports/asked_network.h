// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "engine/data/dataset.h"
#include "engine/exports/format.h"
#include "engine/infer/asker.h"
#include "engine/infer/network.h"
#include "engine/train/checkpoint.h"

// Private to engine/exports: the network of a request, and the images it is asked about.
namespace synann::exports {

struct AskedNetwork {
  train::LoadedCheckpoint loaded;
  infer::Network network;
  data::DataPairPtr data;
  std::vector<std::string> notes;  // what a person is to be told, each one sentence
};

// The checkpoint alone, with what is to be told of it. Errors: as read_checkpoint.
Result<train::LoadedCheckpoint> read_network(const Request& request);
infer::Network network_of(const train::LoadedCheckpoint& loaded);

// And its data: those the request names, else those of the history beside the checkpoint. Errors: there are
// none, or they do not fit; the sentence names --data.
Result<AskedNetwork> ask_network(const Request& request);

// Asks as the request says: on its device, with its threads.
infer::Asker asker_of(const Request& request);
// What the network says of every test image. Errors: as Asker::predict.
Result<infer::Predictions> ask_test_set(const Request& request, const AskedNetwork& asked,
                                        const infer::Work& work);

}  // namespace synann::exports
