// SPDX-License-Identifier: GPL-3.0-or-later
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>

#include "engine/io/csv_table.h"

// What is read is whole; what is refused, also when numbers are asked for, has one sentence.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace synann;
  const auto refused = [](const Error& error) {
    const std::string sentence = error.sentence();
    if (!sentence.empty() && sentence.find('\n') == std::string::npos) return;
    std::fprintf(stderr, "not one sentence: %s\n", sentence.c_str());
    std::abort();
  };
  const auto table = parse_csv_table({data, size}, "table");
  if (!table) {
    refused(table.error());
    return 0;
  }
  if (table->names.empty() || table->fields.size() != table->rows() * table->columns()) std::abort();
  for (std::size_t column = 0; column < table->columns(); ++column)
    if (const auto numbers = table->numbers(column); !numbers) refused(numbers.error());
  return 0;
}
