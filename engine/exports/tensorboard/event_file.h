// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/result.h"

// The framing of TensorBoard's event files, TensorFlow's TFRecord: for each record its length, eight bytes
// little endian, the masked CRC-32C of these, the record, and the masked CRC-32C of it. Needs no protobuf;
// any thread.
namespace synann::exports::tensorboard {

// CRC-32C (Castagnoli) as in RFC 3720, and as TFRecord masks it.
std::uint32_t crc32c(std::span<const std::uint8_t> bytes);
std::uint32_t masked_crc32c(std::span<const std::uint8_t> bytes);

// Puts a record behind those that the file has.
void append_record(std::string& file, std::string_view record);

// A larger record is no event that anybody writes.
inline constexpr std::uint64_t kLargestRecord = std::uint64_t{256} << 20;

struct EventRecords {
  std::vector<std::span<const std::uint8_t>> records;  // borrowed from the file's bytes
  bool cut_off = false;  // the last one is not whole, as a killed program leaves it, and was left out
};
// A pure function of the bytes; `file` begins the sentences. Errors: a check sum that is wrong, a record that
// is too large.
Result<EventRecords> parse_records(std::span<const std::uint8_t> bytes, std::string_view file);

// Whether bytes begin as an event file: with the length of a record and its check sum.
bool begins_as_event_file(std::span<const std::uint8_t> bytes);
inline constexpr std::size_t kRecordHead = 12;  // bytes that this looks at

}  // namespace synann::exports::tensorboard
