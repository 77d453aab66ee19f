// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/train/record.h"

// Private to record*.cpp: how a record's header and frames look as bytes (docs/formats.md).
namespace synann::train::record {

static_assert(std::endian::native == std::endian::little, "records are written as the memory holds them");

inline constexpr std::array<char, 8> kMagic = {'S', 'Y', 'N', 'A', 'R', 'E', 'C', '1'};
inline constexpr std::uint32_t kFrameMagic = 0x4d415246;    // "FRAM"
inline constexpr std::uint32_t kLargestHeader = 1u << 20;   // bytes of JSON
inline constexpr std::uint64_t kLargestFrame = 1ull << 26;  // floats
inline constexpr int kPlanes = 4;                           // bytes of a float, each kept apart

// What stands before the bytes of a frame.
struct FrameHead {
  std::uint32_t magic = kFrameMagic;
  std::uint32_t back = 0;  // frames back to the key frame; 0 for a key frame
  std::int32_t epoch = 1, step = 0;
  std::int64_t steps = 0;
  std::uint32_t payload = 0;   // bytes that follow the head
  std::uint32_t checksum = 0;  // CRC-32 of the head with this field zero, then of the payload
};
static_assert(sizeof(FrameHead) == 32);

std::uint32_t checksum(FrameHead head, std::span<const std::uint8_t> payload);
std::uint32_t checksum_of(std::string_view text);

std::vector<std::uint8_t> format_header(const RecordHeader& header);
Result<RecordHeader> parse_header(const std::string& json, const std::string& file);

// A plane of a frame: one byte of each float, deflated or as it is.
enum class PlaneMethod : std::uint8_t { Stored, Deflated };
struct PlaneHead {
  PlaneMethod method = PlaneMethod::Stored;
  std::uint32_t size = 0;  // bytes that follow
};
inline constexpr std::size_t kPlaneHead = 5;  // bytes

// The planes of a frame, unpacked: bytes[p][k] is byte p of float k. Kept from frame to frame for its memory;
// a stored plane stands in the payload, which must outlive its use.
struct Planes {
  std::array<const std::uint8_t*, kPlanes> bytes{};
  std::array<std::vector<std::uint8_t>, kPlanes> inflated;
};

// Undoes the packing of a frame's payload of `count` floats; false where it is not well formed.
bool unpack(std::span<const std::uint8_t> payload, std::size_t count, Planes& planes);
// The floats' bits, and the floats themselves of a frame that is kept as the difference to a key.
void join(const Planes& planes, std::span<std::uint32_t> bits);
void join(const Planes& planes, std::span<const std::uint32_t> key, std::span<float> frame);

}  // namespace synann::train::record
