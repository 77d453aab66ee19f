// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/exports/tensorboard/event_file.h"

#include <boost/crc.hpp>
#include <cstddef>
#include <fmt/format.h>

namespace synann::exports::tensorboard {
namespace {

constexpr std::size_t kLengthBytes = 8, kSumBytes = 4;
static_assert(kRecordHead == kLengthBytes + kSumBytes);

std::uint64_t little_endian(std::span<const std::uint8_t> bytes) {
  std::uint64_t value = 0;
  for (std::size_t k = bytes.size(); k-- > 0;) value = value << 8 | bytes[k];
  return value;
}

void append_number(std::string& file, std::uint64_t value, std::size_t bytes) {
  for (std::size_t k = 0; k < bytes; ++k) file.push_back(static_cast<char>(value >> (8 * k) & 0xff));
}

std::span<const std::uint8_t> event_bytes(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

bool sum_is_right(std::span<const std::uint8_t> bytes, std::span<const std::uint8_t> sum) {
  return masked_crc32c(bytes) == little_endian(sum);
}

}  // namespace

std::uint32_t crc32c(std::span<const std::uint8_t> bytes) {
  boost::crc_optimal<32, 0x1EDC6F41, 0xFFFFFFFF, 0xFFFFFFFF, true, true> sum;
  sum.process_bytes(bytes.data(), bytes.size());
  return sum.checksum();
}

std::uint32_t masked_crc32c(std::span<const std::uint8_t> bytes) {
  const std::uint32_t sum = crc32c(bytes);
  return (sum >> 15 | sum << 17) + 0xA282EAD8u;
}

void append_record(std::string& file, std::string_view record) {
  const std::size_t begin = file.size();
  append_number(file, record.size(), kLengthBytes);
  append_number(file, masked_crc32c(event_bytes(file).subspan(begin)), kSumBytes);
  file.append(record);
  append_number(file, masked_crc32c(event_bytes(record)), kSumBytes);
}

Result<EventRecords> parse_records(std::span<const std::uint8_t> bytes, std::string_view file) {
  EventRecords found;
  std::size_t at = 0;
  const auto damaged = [&](std::string problem) {
    return Error{.where = std::string(file), .problem = std::move(problem), .offset = at};
  };
  while (at < bytes.size()) {
    const auto rest = bytes.subspan(at);
    if (rest.size() < kRecordHead) {
      found.cut_off = true;
      break;
    }
    const auto length_bytes = rest.first(kLengthBytes);
    if (!sum_is_right(length_bytes, rest.subspan(kLengthBytes, kSumBytes)))
      return damaged(at == 0 ? "is no TensorBoard event file" : "a record's length is damaged");
    const std::uint64_t length = little_endian(length_bytes);
    if (length > kLargestRecord)
      return damaged(
          fmt::format("a record of {} bytes is too large, {} are the most", length, kLargestRecord));
    if (rest.size() - kRecordHead < length + kSumBytes) {
      found.cut_off = true;
      break;
    }
    const auto record = rest.subspan(kRecordHead, static_cast<std::size_t>(length));
    if (!sum_is_right(record, rest.subspan(kRecordHead + record.size(), kSumBytes)))
      return damaged("a record is damaged");
    found.records.push_back(record);
    at += kRecordHead + record.size() + kSumBytes;
  }
  return found;
}

bool begins_as_event_file(std::span<const std::uint8_t> bytes) {
  return bytes.size() >= kRecordHead &&
         sum_is_right(bytes.first(kLengthBytes), bytes.subspan(kLengthBytes, kSumBytes));
}

}  // namespace synann::exports::tensorboard
