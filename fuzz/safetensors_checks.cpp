// SPDX-License-Identifier: GPL-3.0-or-later
#include "fuzz/safetensors_checks.h"

#include <algorithm>

#include "engine/io/safetensors.h"

namespace synann::fuzz {
namespace {

bool same(const io::SafeTensors& a, const io::SafeTensors& b) {
  if (a.metadata != b.metadata || a.tensors.size() != b.tensors.size()) return false;
  return std::all_of(a.tensors.begin(), a.tensors.end(), [&](const io::Tensor& t) {
    const io::Tensor* other = b.find(t.name);
    return other && other->type == t.type && other->shape == t.shape && other->bytes == t.bytes;
  });
}

}  // namespace

Outcome check_safetensors(std::span<const std::uint8_t> bytes) {
  const auto read = io::parse_safetensors(bytes, "the-file");
  if (!read) {
    const Error& error = read.error();
    if (!error.sentence().starts_with("the-file: "))
      return {false, "the error does not begin with the file's name"};
    if (error.problem.empty() || error.kind != ErrorKind::Input)
      return {false, "the error is no input error"};
    return {false, {}};
  }
  for (const io::Tensor& t : read->tensors) {
    if (t.to_double().size() != t.element_count() || t.to_float().size() != t.element_count())
      return {true, "a tensor has another number of elements"};
  }
  const auto again = io::parse_safetensors(io::format_safetensors(*read), "the-file");
  return {true, again && same(*read, *again) ? "" : "writing and reading changes the tensors"};
}

}  // namespace synann::fuzz
