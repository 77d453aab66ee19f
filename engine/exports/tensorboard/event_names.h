// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <set>
#include <string>
#include <string_view>

// What may stand in TensorBoard's tags, in the names of its folders, and in its texts, which are Markdown
// there: names and notes of a run come from wherever the run came from. Pure functions; any thread.
namespace synann::exports::tensorboard {

inline constexpr std::size_t kLongestTag = 200, kLongestFolder = 100;  // bytes

// Letters, digits and ._- of ASCII, "/" between parts; any other byte is an underscore.
std::string safe_tag(std::string_view name);
// The same without "/", and not hidden.
std::string safe_folder(std::string_view name);
// The text as Markdown and HTML show it, whatever is in it: every sign that could mean something there as a
// character reference. Bytes that are no UTF-8 are U+FFFD, control characters and line breaks spaces.
std::string plain_markdown(std::string_view text);
// The text where it is no Markdown; the same bytes and control characters are replaced.
std::string plain_text(std::string_view text);

// Names, of which none is given twice.
class UniqueNames {
 public:
  // The name itself, or with "-2", "-3", … behind it.
  std::string take(const std::string& name);

 private:
  std::set<std::string> taken_;
};

}  // namespace synann::exports::tensorboard
