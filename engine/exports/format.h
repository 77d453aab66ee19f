// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/result.h"
#include "engine/infer/work.h"
#include "engine/train/settings.h"
#include "engine/train/state_dict.h"

// What other programs take: one table of formats, from which the command line, the window's export and the
// manual are made. A format is a row there and files of its own.
namespace synann::exports {

// What of a checkpoint or of runs is written.
enum class Content {
  Network,      // the network itself, to be used elsewhere
  Parameters,   // every tensor of the network
  Predictions,  // log-probabilities, one row for each image
  Activations,  // outputs of the named layers, one row for each image
  Report,       // curves, numbers, pictures, settings
  Epochs,       // one row for each measurement
  Losses,       // one row for each training step
  Record,       // every tensor at every recorded step
};
struct ContentInfo {
  Content content;
  std::string_view id, help;  // "predictions", one phrase for people
};
std::span<const ContentInfo> content_infos();
std::string_view id_of(Content content);

// What somebody asks for. One of checkpoint, runs and circuit is there.
struct Request {
  std::filesystem::path out;                  // the file, or the folder where the format fills one
  std::filesystem::path checkpoint{};         // or a bare state dict
  std::vector<std::filesystem::path> runs{};  // their folders
  std::string circuit{};                      // a file, or the name of an example
  int steps = 1;                              // of the circuit
  Content content = Content::Network;         // one that the format has of this source
  train::Reading reading{};                   // how a bare state dict is read
  std::string data{};                         // asked of the network; empty: the run's own, as it names them
  train::Execution execution{};               // where the network is asked
};

struct Written {
  std::vector<std::filesystem::path> files{};  // in the order in which they were written
  std::vector<std::string> notes{};            // what a person is to be told, each one sentence
};

// A way out of the program.
struct Format {
  std::string_view id;                              // "onnx"
  std::string_view title;                           // "ONNX"
  std::string_view help;                            // one sentence: what takes it
  std::string_view extension;                       // "onnx"; empty: it fills a folder
  std::span<const Content> of_checkpoint, of_runs;  // the first is the default; empty: does not take these
  std::size_t most_runs = 0;
  bool of_circuit = false;
  std::string_view unavailable;  // why this build cannot write it; empty: it can
  // Errors: what cannot be read, what the format cannot say, what cannot be written; Cancelled where it was
  // stopped. What was there stays until the new file is whole.
  Result<Written> (*write)(const Request& request, const infer::Work& work);
};
std::span<const Format> formats();

// Errors: no such format (names those there are).
Result<const Format*> find_format(std::string_view id);

// Checks that the format takes what is asked, then writes. Any thread; long, stopped by `work`.
Result<Written> write(const Format& format, const Request& request, const infer::Work& work);

}  // namespace synann::exports
