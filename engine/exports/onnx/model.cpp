// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/exports/onnx/model.h"

#include <fmt/format.h>
#include <vector>

#include "engine/core/file.h"
#include "engine/core/version.h"

namespace synann::exports::onnx {

messages::ModelProto begun_model(const std::string& name, std::string_view help) {
  messages::ModelProto model;
  model.set_ir_version(kIrVersion);
  model.set_producer_name("SynaNN Studio");
  model.set_producer_version(kVersion);
  model.set_doc_string(std::string(help));
  messages::OperatorSetIdProto& opset = *model.add_opset_import();
  opset.set_domain("");
  opset.set_version(kOpset);
  // The specification wants a name.
  model.mutable_graph()->set_name(name.empty() ? "circuit" : name);
  return model;
}

void add_metadata(messages::ModelProto& to, std::string_view key, const std::string& value) {
  messages::StringStringEntryProto& entry = *to.add_metadata_props();
  entry.set_key(std::string(key));
  entry.set_value(value);
}

Status save_model(const messages::ModelProto& model, const std::filesystem::path& path, std::size_t largest) {
  const std::size_t size = model.ByteSizeLong();
  if (size > largest) {
    return Error{.where = path.string(),
                 .problem = "would be too large for an ONNX file",
                 .expected = fmt::format("at most {} bytes", largest),
                 .found = fmt::format("{} bytes", size)};
  }
  std::vector<std::uint8_t> bytes(size);
  model.SerializeWithCachedSizesToArray(bytes.data());
  return write_file_atomically(path, bytes);
}

}  // namespace synann::exports::onnx
