// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/io/tensor_type.h"

#include <algorithm>
#include <array>

namespace synann::io {
namespace {

struct Row {
  TensorType type;
  const char* name;
  std::size_t size;  // bytes
};

// In the order of the enumeration.
constexpr std::array kRows = {Row{TensorType::F32, "F32", 4}, Row{TensorType::F64, "F64", 8},
                              Row{TensorType::I64, "I64", 8}, Row{TensorType::F16, "F16", 2},
                              Row{TensorType::BF16, "BF16", 2}};

constexpr bool in_order() {
  for (std::size_t k = 0; k < kRows.size(); ++k)
    if (static_cast<std::size_t>(kRows[k].type) != k) return false;
  return true;
}
static_assert(in_order() && kRows.size() == static_cast<std::size_t>(TensorType::BF16) + 1);

// Types of the format that no network of this program is stored in.
constexpr std::array<std::string_view, 18> kOthers = {
    "BOOL",        "F4",          "F6_E2M3", "F6_E3M2", "U8",  "I8",  "F8_E5M2", "F8_E4M3", "F8_E8M0",
    "F8_E4M3FNUZ", "F8_E5M2FNUZ", "I16",     "U16",     "I32", "U32", "U64",     "C64",     "C128"};

const Row& row(TensorType type) {
  return kRows[static_cast<std::size_t>(type)];
}

}  // namespace

std::size_t element_size(TensorType type) {
  return row(type).size;
}

const char* type_name(TensorType type) {
  return row(type).name;
}

std::optional<TensorType> type_of(std::string_view name) {
  for (const Row& r : kRows)
    if (name == r.name) return r.type;
  return std::nullopt;
}

bool is_tensor_type(std::string_view name) {
  return type_of(name).has_value() || std::find(kOthers.begin(), kOthers.end(), name) != kOthers.end();
}

}  // namespace synann::io
