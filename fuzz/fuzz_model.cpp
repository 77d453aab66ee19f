// SPDX-License-Identifier: GPL-3.0-or-later
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "engine/model/model_file.h"

// What is read is written and read again as the same network; what is refused, as a file or for images, has
// one sentence.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace synann::model;
  const auto refused = [](const std::string& sentence) {
    if (!sentence.empty() && sentence.find('\n') == std::string::npos) return;
    std::fprintf(stderr, "not one sentence: %s\n", sentence.c_str());
    std::abort();
  };
  const auto definition = parse_model_file({reinterpret_cast<const char*>(data), size}, "model");
  if (!definition) {
    refused(definition.error().sentence());
    return 0;
  }
  const auto again = parse_model_file(model_file_text(*definition), "model");
  if (!again || !(*again == *definition)) {
    std::fprintf(stderr, "what was written reads back otherwise\n");
    std::abort();
  }
  if (const auto model = build(*definition, 28, 28, 10); !model) refused(model.error().sentence());
  return 0;
}
