// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/exports/tensorboard/event_names.h"

#include <cstdint>
#include <fmt/format.h>

namespace synann::exports::tensorboard {
namespace {

bool is_plain_letter(unsigned char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

std::string only_safe(std::string_view name, bool slashes, std::size_t most) {
  std::string safe;
  for (const char c : name.substr(0, most)) {
    const bool kept = is_plain_letter(static_cast<unsigned char>(c)) || c == '.' || c == '_' || c == '-' ||
                      (slashes && c == '/' && !safe.empty() && safe.back() != '/');
    safe.push_back(kept ? c : '_');
  }
  if (safe.empty()) safe.push_back('_');
  return safe;
}

// Bytes of the character that begins the text; 0 where it is no UTF-8 (RFC 3629).
std::size_t character_bytes(std::string_view text) {
  const auto byte = [&](std::size_t k) { return static_cast<unsigned char>(text[k]); };
  const unsigned char first = byte(0);
  if (first < 0x80) return 1;
  const std::size_t count = first >= 0xC2 && first <= 0xDF   ? 2
                            : first >= 0xE0 && first <= 0xEF ? 3
                            : first >= 0xF0 && first <= 0xF4 ? 4
                                                             : 0;
  if (count == 0 || text.size() < count) return 0;
  for (std::size_t k = 1; k < count; ++k)
    if ((byte(k) & 0xC0) != 0x80) return 0;
  const bool overlong = (first == 0xE0 && byte(1) < 0xA0) || (first == 0xF0 && byte(1) < 0x90);
  const bool outside = (first == 0xED && byte(1) > 0x9F) || (first == 0xF4 && byte(1) > 0x8F);
  return overlong || outside ? 0 : count;
}

// Calls `take` with each character, as it may stand in a text.
template <class Take>
void each_character(std::string_view text, Take&& take) {
  while (!text.empty()) {
    const std::size_t bytes = character_bytes(text);
    const bool control = bytes == 1 && (static_cast<unsigned char>(text[0]) < 0x20 || text[0] == 0x7f);
    take(bytes == 0 ? std::string_view("\xEF\xBF\xBD")
         : control  ? std::string_view(" ")
                    : text.substr(0, bytes));
    text.remove_prefix(bytes == 0 ? 1 : bytes);
  }
}

}  // namespace

std::string safe_tag(std::string_view name) {
  std::string tag = only_safe(name, true, kLongestTag);
  if (tag.back() == '/') tag.back() = '_';
  return tag;
}

std::string safe_folder(std::string_view name) {
  std::string folder = only_safe(name, false, kLongestFolder);
  if (folder.front() == '.' || folder.front() == '-') folder.front() = '_';
  return folder;
}

std::string plain_markdown(std::string_view text) {
  std::string plain;
  each_character(text, [&plain](std::string_view character) {
    const auto first = static_cast<unsigned char>(character.front());
    const bool harmless = character.size() > 1 || is_plain_letter(first);
    if (harmless)
      plain.append(character);
    else if (first == ' ' && !plain.empty() && plain.back() != ' ')
      plain.push_back(' ');
    else if (first != ' ')
      plain += fmt::format("&#{};", first);
  });
  return plain;
}

std::string plain_text(std::string_view text) {
  std::string plain;
  each_character(text, [&plain](std::string_view character) { plain.append(character); });
  return plain;
}

std::string UniqueNames::take(const std::string& name) {
  std::string unique = name;
  for (int k = 2; !taken_.insert(unique).second; ++k) unique = fmt::format("{}-{}", name, k);
  return unique;
}

}  // namespace synann::exports::tensorboard
