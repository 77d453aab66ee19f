// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/io/base64.h"

#include <openssl/evp.h>

namespace synann::io {

std::optional<std::vector<std::uint8_t>> from_base64(std::string_view text) {
  // OpenSSL skips white space and counts padding as zero bytes; both are settled here.
  if (text.size() % 4 != 0 || text.find_first_of(" \t\r\n") != std::string_view::npos) return std::nullopt;
  std::vector<std::uint8_t> bytes(text.size() / 4 * 3);
  if (text.empty()) return bytes;
  const int length = EVP_DecodeBlock(bytes.data(), reinterpret_cast<const unsigned char*>(text.data()),
                                     static_cast<int>(text.size()));
  if (length < 0) return std::nullopt;
  const std::size_t padding = text.ends_with("==") ? 2 : text.ends_with("=") ? 1 : 0;
  bytes.resize(static_cast<std::size_t>(length) - padding);
  return bytes;
}

std::string to_base64(std::span<const std::uint8_t> bytes) {
  std::string text((bytes.size() + 2) / 3 * 4 + 1, '\0');  // OpenSSL ends it with a zero
  const int length = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()), bytes.data(),
                                     static_cast<int>(bytes.size()));
  text.resize(static_cast<std::size_t>(length));
  return text;
}

}  // namespace synann::io
