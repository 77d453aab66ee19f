// SPDX-License-Identifier: GPL-3.0-or-later
// The main() of every test program: `program idx_test [arguments of Qt Test]` runs the class of idx_test.cpp,
// and so does `program IdxTest`. Without a name all classes run, one after the other.
#include "tests/test_main.h"

#include <algorithm>
#include <cstdio>
#include <string_view>
#include <vector>

namespace synann::testing {
namespace {

std::vector<TestClass>& tests() {
  static std::vector<TestClass> all;
  return all;
}

// "synann::ui::IdxTest" → "IdxTest", "/there/idx_test.cpp" → "idx_test".
std::string_view class_name(const TestClass& test) {
  const std::string_view name = test.name;
  const auto colon = name.rfind(':');
  return colon == std::string_view::npos ? name : name.substr(colon + 1);
}
std::string_view file_name(const TestClass& test) {
  std::string_view name = test.file;
  name.remove_prefix(name.rfind('/') + 1);  // npos + 1 is 0
  return name.substr(0, name.rfind('.'));
}

int run_named(std::string_view name, int argc, char** argv) {
  for (const TestClass& test : tests()) {
    if (name != class_name(test) && name != file_name(test)) continue;
    argv[1] = argv[0];  // Qt Test sees its own arguments
    return test.run(argc - 1, argv + 1);
  }
  std::fprintf(stderr, "There is no test \"%.*s\" here, but:\n", static_cast<int>(name.size()), name.data());
  for (const TestClass& test : tests()) {
    const std::string_view known = file_name(test);
    std::fprintf(stderr, "  %.*s\n", static_cast<int>(known.size()), known.data());
  }
  return 2;
}

int run_all(int argc, char** argv) {
  int failed = 0;
  for (const TestClass& test : tests()) failed += test.run(argc, argv) == 0 ? 0 : 1;
  return std::min(failed, 127);
}

}  // namespace

bool add_test(const TestClass& test) {
  tests().push_back(test);
  return true;
}

}  // namespace synann::testing

int main(int argc, char** argv) {
  const bool named = argc > 1 && argv[1][0] != '-';
  return named ? synann::testing::run_named(argv[1], argc, argv) : synann::testing::run_all(argc, argv);
}
