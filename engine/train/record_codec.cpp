// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/train/record_codec.h"

#include <algorithm>
#include <cstring>
#include <fmt/format.h>
#include <zlib.h>

#include <nlohmann/json.hpp>

#include "engine/train/event_json.h"

namespace synann::train::record {
namespace {

using nlohmann::json;
using nlohmann::ordered_json;

constexpr const char* kFormat = "synann-record-1";

Error bad_header(const std::string& file, const std::string& what) {
  return {.where = file,
          .problem = "the record's header is damaged",
          .expected = what,
          .remedy = "open another run; its checkpoints and its history are in files of their own"};
}

// A whole number of the object in [least, most], or nothing.
template <class T>
bool read_number(const json& object, const char* key, T least, T most, T& out) {
  if (!object.contains(key) || !object[key].is_number_integer()) return false;
  const auto value = object[key].get<std::int64_t>();
  if (value < static_cast<std::int64_t>(least) || value > static_cast<std::int64_t>(most)) return false;
  out = static_cast<T>(value);
  return true;
}

bool read_tensors(const json& list, std::vector<RecordedTensor>& tensors) {
  if (!list.is_array() || list.empty()) return false;
  std::size_t offset = 0;
  for (const json& entry : list) {
    if (!entry.is_object() || !entry.contains("name") || !entry["name"].is_string() ||
        !entry.contains("shape") || !entry["shape"].is_array())
      return false;
    RecordedTensor tensor{.name = entry["name"].get<std::string>(), .shape = {}, .offset = offset, .size = 1};
    for (const json& side : entry["shape"]) {
      if (!side.is_number_integer() || side.get<std::int64_t>() < 1 ||
          side.get<std::int64_t>() > std::int64_t{1} << 24)
        return false;
      tensor.shape.push_back(side.get<std::int64_t>());
      tensor.size *= static_cast<std::size_t>(tensor.shape.back());
      if (offset + tensor.size > kLargestFrame) return false;
    }
    offset += tensor.size;
    tensors.push_back(std::move(tensor));
  }
  return true;
}

}  // namespace

std::uint32_t checksum(FrameHead head, std::span<const std::uint8_t> payload) {
  head.checksum = 0;
  std::array<std::uint8_t, sizeof(FrameHead)> bytes{};
  std::memcpy(bytes.data(), &head, sizeof head);
  const auto first = crc32(0, bytes.data(), static_cast<uInt>(bytes.size()));
  return static_cast<std::uint32_t>(crc32(first, payload.data(), static_cast<uInt>(payload.size())));
}

std::uint32_t checksum_of(std::string_view text) {
  return static_cast<std::uint32_t>(
      crc32(0, reinterpret_cast<const Bytef*>(text.data()), static_cast<uInt>(text.size())));
}

std::vector<std::uint8_t> format_header(const RecordHeader& h) {
  auto settings = to_json(h.settings);
  settings.erase("data");
  settings.erase("log_interval");
  ordered_json tensors = ordered_json::array();
  for (const RecordedTensor& t : h.tensors)
    tensors.push_back(ordered_json{{"name", t.name}, {"shape", t.shape}});
  const std::string text = ordered_json{
      {"format", kFormat},
      {"settings", std::move(settings)},
      {"data_sha256", h.data_sha256},
      {"rows", h.rows},
      {"columns", h.columns},
      {"classes", h.classes},
      {"steps_per_epoch", h.steps_per_epoch},
      {"epoch_ends", h.epoch_ends},
      {"every", h.every},
      {"budget_frames", h.budget.frames},
      {"budget_bytes", h.budget.bytes},
      {"tensors",
       std::move(tensors)}}.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  const auto length = static_cast<std::uint32_t>(text.size());
  const std::uint32_t sum = checksum_of(text);
  std::vector<std::uint8_t> bytes(kMagic.size() + 4 + text.size() + 4);
  std::uint8_t* to = bytes.data();
  const auto put = [&to](const void* from, std::size_t size) {
    std::memcpy(to, from, size);
    to += size;
  };
  put(kMagic.data(), kMagic.size());
  put(&length, 4);
  put(text.data(), text.size());
  put(&sum, 4);
  return bytes;
}

Result<RecordHeader> parse_header(const std::string& text, const std::string& file) {
  const json value = json::parse(text, nullptr, false);
  if (!value.is_object() || value.value("format", json()) != json(kFormat))
    return bad_header(file, fmt::format("format {}", kFormat));
  RecordHeader h;
  if (!value.contains("settings")) return bad_header(file, "the run's settings");
  auto settings = settings_from_json(value["settings"], file + ": settings");
  if (!settings) return settings.error();
  h.settings = std::move(*settings);
  if (!value.contains("data_sha256") || !value["data_sha256"].is_string())
    return bad_header(file, "the data's digest");
  h.data_sha256 = value["data_sha256"].get<std::string>();
  constexpr int kMost = 1 << 30;
  const bool numbers = read_number(value, "rows", 1, 4096, h.rows) &&
                       read_number(value, "columns", 1, 4096, h.columns) &&
                       read_number(value, "classes", 1, 4096, h.classes) &&
                       read_number(value, "steps_per_epoch", 1, kMost, h.steps_per_epoch) &&
                       read_number(value, "every", 0, kMost, h.every) &&
                       read_number(value, "budget_frames", 0, kMost, h.budget.frames) &&
                       read_number(value, "budget_bytes", std::int64_t{0}, INT64_MAX, h.budget.bytes);
  if (!value.contains("epoch_ends") || !value["epoch_ends"].is_boolean())
    return bad_header(file, "whether the ends of epochs are kept");
  h.epoch_ends = value["epoch_ends"].get<bool>();
  if (!numbers) return bad_header(file, "whole numbers for the data's size and the record's plan");
  if (!value.contains("tensors") || !read_tensors(value["tensors"], h.tensors))
    return bad_header(file, "a list of tensors with name and shape");
  return h;
}

bool unpack(std::span<const std::uint8_t> payload, std::size_t count, Planes& planes) {
  for (std::size_t p = 0; p < kPlanes; ++p) {
    if (payload.size() < kPlaneHead) return false;
    const auto method = static_cast<PlaneMethod>(payload[0]);
    std::uint32_t size = 0;
    std::memcpy(&size, payload.data() + 1, 4);
    payload = payload.subspan(kPlaneHead);
    if (size > payload.size()) return false;
    planes.bytes[p] = payload.data();
    if (method == PlaneMethod::Deflated) {
      planes.inflated[p].resize(count);
      auto whole = static_cast<uLongf>(count);
      if (uncompress(planes.inflated[p].data(), &whole, payload.data(), size) != Z_OK || whole != count)
        return false;
      planes.bytes[p] = planes.inflated[p].data();
    } else if (method != PlaneMethod::Stored || size != count) {
      return false;
    }
    payload = payload.subspan(size);
  }
  return payload.empty();
}

namespace {

std::uint32_t word(const Planes& planes, std::size_t k) {
  const auto& b = planes.bytes;
  return std::uint32_t{b[0][k]} | std::uint32_t{b[1][k]} << 8 | std::uint32_t{b[2][k]} << 16 |
         std::uint32_t{b[3][k]} << 24;
}

}  // namespace

void join(const Planes& planes, std::span<std::uint32_t> bits) {
  for (std::size_t k = 0; k < bits.size(); ++k) bits[k] = word(planes, k);
}

void join(const Planes& planes, std::span<const std::uint32_t> key, std::span<float> frame) {
  for (std::size_t k = 0; k < frame.size(); ++k) frame[k] = std::bit_cast<float>(word(planes, k) ^ key[k]);
}

}  // namespace synann::train::record
