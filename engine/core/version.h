// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string_view>

namespace synann {

extern const char* const kVersion;  // "0.1.0"
// The commit that the program was built from, 12 hex digits, with "-dirty" where the tree differed from it;
// empty where it was not built from a repository.
extern const char* const kCommit;

// Whether version `a` is newer than `b`: their numbers between points, from the left ("0.10.0" is newer than
// "0.9.2"). What is not a number counts as 0.
bool is_newer(std::string_view a, std::string_view b);

}  // namespace synann
