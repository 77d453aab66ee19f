// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/exports/format.h"

#include <algorithm>
#include <fmt/format.h>

#include "engine/exports/writers.h"

namespace synann::exports {

namespace {

constexpr ContentInfo kContents[] = {
    {Content::Network, "network", "the network, to be used elsewhere"},
    {Content::Parameters, "parameters", "every tensor of the network"},
    {Content::Predictions, "predictions", "log-probabilities, one row for each image"},
    {Content::Activations, "activations", "outputs of the named layers, one row for each image"},
    {Content::Report, "report", "curves, numbers, pictures and settings"},
    {Content::Epochs, "epochs", "one row for each measurement"},
    {Content::Losses, "losses", "one row for each training step"},
    {Content::Record, "record", "every tensor at every recorded step"},
};

constexpr Content kNetwork[] = {Content::Network};
constexpr Content kReport[] = {Content::Report};
constexpr Content kArrays[] = {Content::Parameters, Content::Predictions, Content::Activations};
constexpr Content kRecords[] = {Content::Record, Content::Losses, Content::Epochs};
constexpr Content kTable[] = {Content::Predictions};
constexpr Content kCurves[] = {Content::Epochs, Content::Losses};
constexpr std::size_t kMostRuns = 100;

#ifdef SYNANN_PROTOBUF
constexpr std::string_view kProtobuf{};
#else
constexpr std::string_view kProtobuf =
    "this build has no protobuf library: install libprotobuf-dev and protobuf-compiler, and build again";
constexpr auto write_onnx = [](const Request&, const infer::Work&) -> Result<Written> {
  return infer::interrupted();
};
constexpr auto write_tensorboard = write_onnx;
#endif

const Format kFormats[] = {
    {.id = "onnx",
     .title = "ONNX",
     .help = "A network or a circuit for ONNX Runtime and what builds on it.",
     .extension = "onnx",
     .of_checkpoint = kNetwork,
     .of_runs = {},
     .most_runs = 0,
     .of_circuit = true,
     .unavailable = kProtobuf,
     .write = write_onnx},
    {.id = "tensorboard",
     .title = "TensorBoard",
     .help = "Curves, histograms and pictures of runs for TensorBoard; a folder.",
     .extension = "",
     .of_checkpoint = {},
     .of_runs = kReport,
     .most_runs = kMostRuns,
     .of_circuit = false,
     .unavailable = kProtobuf,
     .write = write_tensorboard},
    {.id = "hub",
     .title = "Hugging Face layout",
     .help =
         "A network as the Hugging Face Hub keeps them: model.safetensors, config.json, README.md; a folder.",
     .extension = "",
     .of_checkpoint = kNetwork,
     .of_runs = {},
     .most_runs = 0,
     .of_circuit = false,
     .unavailable = {},
     .write = write_hub},
    {.id = "html",
     .title = "HTML report",
     .help = "Curves, matrices, confusion, settings and environment of runs on one page that needs no other "
             "file.",
     .extension = "html",
     .of_checkpoint = {},
     .of_runs = kReport,
     .most_runs = kMostRuns,
     .of_circuit = false,
     .unavailable = {},
     .write = write_html},
    {.id = "npz",
     .title = "NumPy archive (NPZ)",
     .help = "Numbers of a network or a run as arrays for NumPy.",
     .extension = "npz",
     .of_checkpoint = kArrays,
     .of_runs = kRecords,
     .most_runs = 1,
     .of_circuit = false,
     .unavailable = {},
     .write = write_npz},
    {.id = "csv",
     .title = "CSV",
     .help = "Curves of runs or predictions of a network as a table.",
     .extension = "csv",
     .of_checkpoint = kTable,
     .of_runs = kCurves,
     .most_runs = kMostRuns,
     .of_circuit = false,
     .unavailable = {},
     .write = write_csv},
    {.id = "jsonl",
     .title = "JSON lines",
     .help = "The same, one JSON object a line.",
     .extension = "jsonl",
     .of_checkpoint = kTable,
     .of_runs = kCurves,
     .most_runs = kMostRuns,
     .of_circuit = false,
     .unavailable = {},
     .write = write_json_lines},
};

Error not_taken(const Format& format, std::string_view source, std::string expected) {
  return {.where = "--format",
          .problem = fmt::format("{} is not made from {}", format.title, source),
          .expected = std::move(expected)};
}

std::string sources(const Format& format) {
  std::vector<std::string_view> names;
  if (!format.of_checkpoint.empty()) names.emplace_back("a checkpoint");
  if (!format.of_runs.empty()) names.emplace_back(format.most_runs > 1 ? "runs" : "a run");
  if (format.of_circuit) names.emplace_back("a circuit");
  return fmt::format("{}", fmt::join(names, " or "));
}

Status check(const Format& format, const Request& request) {
  if (!format.unavailable.empty())
    return input_error("--format", fmt::format("{} cannot be written", format.title),
                       std::string(format.unavailable));
  if (!request.circuit.empty()) {
    if (!format.of_circuit) return not_taken(format, "a circuit", sources(format));
    return {};
  }
  const bool network = !request.checkpoint.empty();
  const auto contents = network ? format.of_checkpoint : format.of_runs;
  if (contents.empty()) return not_taken(format, network ? "a checkpoint" : "a run", sources(format));
  if (!network && request.runs.size() > format.most_runs)
    return not_taken(format, fmt::format("{} runs", request.runs.size()),
                     fmt::format("at most {}", format.most_runs));
  if (std::ranges::find(contents, request.content) != contents.end()) return {};
  std::vector<std::string_view> ids;
  for (const Content content : contents) ids.push_back(id_of(content));
  return Error{.where = "--content",
               .problem = fmt::format("{} of {} has no {}", format.title, network ? "a checkpoint" : "a run",
                                      id_of(request.content)),
               .expected = fmt::format("{}", fmt::join(ids, ", "))};
}

}  // namespace

std::span<const ContentInfo> content_infos() {
  return kContents;
}

std::string_view id_of(Content content) {
  return std::ranges::find(kContents, content, &ContentInfo::content)->id;
}

std::span<const Format> formats() {
  return kFormats;
}

Result<const Format*> find_format(std::string_view id) {
  for (const Format& format : kFormats)
    if (format.id == id) return &format;
  std::vector<std::string_view> ids;
  for (const Format& format : kFormats) ids.push_back(format.id);
  return Error{.where = "--format",
               .problem = fmt::format("there is no format \"{}\"", id),
               .expected = fmt::format("{}", fmt::join(ids, ", "))};
}

Result<Written> write(const Format& format, const Request& request, const infer::Work& work) {
  if (const Status status = check(format, request); !status) return status.error();
  return format.write(request, work);
}

}  // namespace synann::exports
