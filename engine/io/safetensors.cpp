// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/io/safetensors.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <fmt/format.h>
#include <fstream>
#include <optional>
#include <set>
#include <utility>

#include <nlohmann/json.hpp>

#include "engine/core/memory_use.h"
#include "engine/io/file_kind.h"

namespace synann::io {

static_assert(std::endian::native == std::endian::little, "tensor bytes are copied as they are");

namespace {

using nlohmann::json;

template <class In>
In same(In value) {
  return value;
}

template <class Out, class In, class Value>
void convert(const std::vector<std::uint8_t>& bytes, Value (*value_of)(In), std::vector<Out>& out) {
  for (std::size_t k = 0; k < out.size(); ++k) {
    In stored;
    std::memcpy(&stored, bytes.data() + k * sizeof(In), sizeof(In));
    out[k] = static_cast<Out>(value_of(stored));
  }
}

template <class Out>
std::vector<Out> elements(const Tensor& t) {
  std::vector<Out> out(t.element_count());
  switch (t.type) {
    case TensorType::F32:
      convert(t.bytes, same<float>, out);
      break;
    case TensorType::F64:
      convert(t.bytes, same<double>, out);
      break;
    case TensorType::I64:
      convert(t.bytes, same<std::int64_t>, out);
      break;
    case TensorType::F16:
      convert(t.bytes, half_to_float, out);
      break;
    case TensorType::BF16:
      convert(t.bytes, bfloat_to_float, out);
      break;
  }
  return out;
}

template <class T>
Tensor tensor_of(std::string name, TensorType type, std::vector<std::int64_t> shape,
                 std::span<const T> values) {
  Tensor t{.name = std::move(name),
           .type = type,
           .shape = std::move(shape),
           .bytes = std::vector<std::uint8_t>(values.size_bytes())};
  if (!values.empty()) std::memcpy(t.bytes.data(), values.data(), values.size_bytes());
  return t;
}

Error broken(std::string_view file, std::string problem, std::string expected = {}, std::string found = {}) {
  return {.where = std::string(file),
          .problem = std::move(problem),
          .expected = std::move(expected),
          .found = std::move(found)};
}

// A name as a sentence shows it: long ones end in "…".
std::string shown(std::string_view name) {
  constexpr std::size_t kLongest = 100;  // bytes
  if (name.size() <= kLongest) return std::string(name);
  std::size_t end = kLongest;
  while (end > 0 && (static_cast<unsigned char>(name[end]) & 0xc0u) == 0x80u) --end;  // not inside a letter
  return std::string(name.substr(0, end)) + "…";
}

// Whether a key of a tensor's entry means something; whatever else stands there is passed over.
bool is_field(std::string_view key) {
  return key == "dtype" || key == "shape" || key == "data_offsets";
}

// Strict JSON without two equal names of tensors, fields or metadata, of which nlohmann would keep the last,
// and no deeper than the reference implementation reads.
Result<json> parse_header(std::string_view text, std::string_view file) {
  constexpr int kDeepest = 127;
  std::vector<std::set<std::string>> keys;
  std::string trouble, tensor;
  const auto watch = [&](int depth, json::parse_event_t event, json& value) {
    if (depth > kDeepest && trouble.empty()) trouble = "the header is nested too deeply";
    if (event == json::parse_event_t::object_start) keys.emplace_back();
    if (event == json::parse_event_t::object_end && !keys.empty()) keys.pop_back();
    if (event != json::parse_event_t::key || keys.empty() || keys.size() > 2) return trouble.empty();
    const std::string key = value.get<std::string>();
    const bool matters = keys.size() == 1 || tensor == "__metadata__" || is_field(key);
    if (keys.size() == 1) tensor = key;
    if (!keys.back().insert(key).second && matters && trouble.empty())
      trouble = fmt::format("the header names \"{}\" twice", shown(key));
    return trouble.empty();
  };
  if (text.empty() || text.front() != '{')
    return broken(file, "the header is not JSON", "\"{\" as its first byte");
  json header = json::parse(text, watch, false);
  if (!trouble.empty()) return broken(file, trouble);
  if (header.is_discarded() || !header.is_object()) return broken(file, "the header is not valid JSON");
  return header;
}

struct Entry {
  Tensor tensor;
  std::uint64_t begin = 0, end = 0;
};

// A whole number of at most 2⁶³ − 1, written as such.
std::optional<std::uint64_t> whole_number(const json& value) {
  if (!value.is_number_unsigned()) return std::nullopt;
  const auto number = value.get<std::uint64_t>();
  return number <= INT64_MAX ? std::optional(number) : std::nullopt;
}

// What the type of a tensor's entry names; an error that says what can be read instead.
Result<TensorType> parse_type(const json& type, Error error) {
  const std::string name = type.is_string() ? type.get<std::string>() : std::string();
  if (const auto known = type_of(name)) return *known;
  const std::string found = type.dump(-1, ' ', false, json::error_handler_t::replace);
  error.problem +=
      is_tensor_type(name) ? "its type is not one that this program computes with" : "its type is not known";
  error.expected = "F32, F16, BF16, F64 or I64";
  error.found = shown(found);
  error.remedy = "save it as 32-bit floating-point numbers, in Python with v.float()";
  return error;
}

Result<Entry> parse_entry(const std::string& name, const json& value, std::string_view file) {
  const auto wrong = [&](const std::string& problem, std::string expected = {}, std::string found = {}) {
    return broken(file, fmt::format("tensor \"{}\": {}", shown(name), problem), std::move(expected),
                  std::move(found));
  };
  if (!value.is_object()) return wrong("its entry is not an object");
  for (const char* field : {"dtype", "shape", "data_offsets"}) {
    if (!value.contains(field))
      return wrong("its entry is not complete", "dtype, shape and data_offsets", fmt::format("no {}", field));
  }
  Entry entry;
  entry.tensor.name = name;
  const auto type = parse_type(value["dtype"], wrong(""));
  if (!type) return type.error();
  entry.tensor.type = *type;
  if (!value["shape"].is_array()) return wrong("its shape is not a list of numbers");
  std::uint64_t bytes = element_size(*type);
  for (const json& dimension : value["shape"]) {
    const auto n = whole_number(dimension);
    if (!n) return wrong("its shape holds something that is not a whole number");
    if (__builtin_mul_overflow(bytes, *n, &bytes)) return wrong("its shape is too large");
    entry.tensor.shape.push_back(static_cast<std::int64_t>(*n));
  }
  const json& offsets = value["data_offsets"];
  if (!offsets.is_array() || offsets.size() != 2) return wrong("its data_offsets are not two numbers");
  const auto begin = whole_number(offsets[0]), end = whole_number(offsets[1]);
  if (!begin || !end || *end < *begin) return wrong("its data_offsets are not two ascending whole numbers");
  if (*end - *begin != bytes) {
    return wrong("its length does not match its shape", fmt::format("{} bytes", bytes),
                 fmt::format("{}", *end - *begin));
  }
  entry.begin = *begin;
  entry.end = *end;
  return entry;
}

Status parse_metadata(const json& value, std::string_view file,
                      std::map<std::string, std::string>& metadata) {
  if (value.is_null()) return {};
  if (!value.is_object()) return broken(file, "__metadata__ is not an object");
  for (const auto& [key, text] : value.items()) {
    if (!text.is_string())
      return broken(file, fmt::format("__metadata__ \"{}\" is not a string", shown(key)));
    metadata[key] = text.get<std::string>();
  }
  return {};
}

}  // namespace

std::size_t Tensor::element_count() const {
  return bytes.size() / element_size(type);
}
std::vector<float> Tensor::to_float() const {
  return elements<float>(*this);
}
std::vector<double> Tensor::to_double() const {
  return elements<double>(*this);
}
std::vector<std::int64_t> Tensor::to_int64() const {
  return elements<std::int64_t>(*this);
}

Tensor make_tensor(std::string name, std::vector<std::int64_t> shape, std::span<const float> values) {
  return tensor_of(std::move(name), TensorType::F32, std::move(shape), values);
}
Tensor make_tensor(std::string name, std::vector<std::int64_t> shape, std::span<const std::int64_t> values) {
  return tensor_of(std::move(name), TensorType::I64, std::move(shape), values);
}

const Tensor* SafeTensors::find(std::string_view name) const {
  const auto it =
      std::find_if(tensors.begin(), tensors.end(), [&](const Tensor& t) { return t.name == name; });
  return it == tensors.end() ? nullptr : &*it;
}

Result<SafeTensors> parse_safetensors(std::span<const std::uint8_t> bytes, std::string_view file) {
  if (auto kind = other_kind_of_file(bytes, file)) return *kind;
  if (bytes.size() < 8)
    return broken(file, "is too short for a safetensors file", "at least 8 bytes",
                  fmt::format("{}", bytes.size()));
  std::uint64_t length = 0;
  std::memcpy(&length, bytes.data(), 8);
  const std::uint64_t rest = bytes.size() - 8;
  if (length > rest || length > kLargestHeader) {
    return broken(file, "is no safetensors file, or is cut off: the header does not fit into it",
                  fmt::format("at most {} bytes", std::min(rest, kLargestHeader)), fmt::format("{}", length));
  }
  const auto header =
      parse_header({reinterpret_cast<const char*>(bytes.data()) + 8, static_cast<std::size_t>(length)}, file);
  if (!header) return header.error();

  SafeTensors content;
  std::vector<Entry> entries;
  for (const auto& [name, value] : header->items()) {
    if (name == "__metadata__") {
      if (auto status = parse_metadata(value, file, content.metadata); !status) return status.error();
      continue;
    }
    auto entry = parse_entry(name, value, file);
    if (!entry) return entry.error();
    entries.push_back(std::move(*entry));
  }
  std::sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) {
    return std::pair(a.begin, a.end) < std::pair(b.begin, b.end);
  });
  const std::uint64_t buffer = rest - length;
  std::uint64_t next = 0;
  for (Entry& entry : entries) {
    if (entry.begin != next) {
      return broken(
          file,
          fmt::format("tensor \"{}\" leaves a hole or overlaps its neighbour", shown(entry.tensor.name)),
          fmt::format("offset {}", next), fmt::format("{}", entry.begin));
    }
    if (entry.end > buffer) {
      return broken(file,
                    fmt::format("is truncated: tensor \"{}\" ends behind the file", shown(entry.tensor.name)),
                    fmt::format("at least {} bytes of tensors", entry.end), fmt::format("{}", buffer));
    }
    const std::uint8_t* data = bytes.data() + 8 + length;
    entry.tensor.bytes.assign(data + entry.begin, data + entry.end);
    next = entry.end;
    content.tensors.push_back(std::move(entry.tensor));
  }
  if (next != buffer) {
    return broken(file, "bytes follow the last tensor", fmt::format("{} bytes of tensors", next),
                  fmt::format("{}", buffer));
  }
  return content;
}

Result<std::vector<std::uint8_t>> read_tensor_file(const std::filesystem::path& path) {
  constexpr std::uint64_t kAlways = 1ull << 30;  // bytes; also where the system does not tell what is free
  // Told before a large file of another kind is read whole. Opening a named pipe would wait for ever.
  std::error_code code;
  if (std::filesystem::is_regular_file(path, code)) {
    std::ifstream in(path, std::ios::binary);
    std::vector<std::uint8_t> head(kHeadOfFile);
    in.read(reinterpret_cast<char*>(head.data()), static_cast<std::streamsize>(head.size()));
    head.resize(static_cast<std::size_t>(in.gcount()));
    if (auto kind = head.empty() ? std::nullopt : other_kind_of_file(head, path.string())) return *kind;
  }
  return read_file(path, std::max(kAlways, memory_use().available));
}

Result<std::map<std::string, std::string>> read_tensor_metadata(const std::filesystem::path& path) {
  const std::string file = path.string();
  std::error_code code;
  std::ifstream in;
  // Opening a named pipe would wait for a writer for ever.
  if (std::filesystem::is_regular_file(path, code)) in.open(path, std::ios::binary);
  if (!in.is_open()) {
    const auto why = read_file(path, kLargestHeader);
    return why ? broken(file, "cannot be read") : why.error();
  }
  std::uint64_t length = 0;
  in.read(reinterpret_cast<char*>(&length), 8);
  if (!in || length > kLargestHeader) return broken(file, "is not a safetensors file");
  std::string text(static_cast<std::size_t>(length), ' ');
  in.read(text.data(), static_cast<std::streamsize>(length));
  if (!in) return broken(file, "is truncated");
  const auto header = parse_header(text, file);
  if (!header) return header.error();
  std::map<std::string, std::string> metadata;
  if (!header->contains("__metadata__")) return metadata;
  if (auto status = parse_metadata((*header)["__metadata__"], file, metadata); !status) return status.error();
  return metadata;
}

TensorFile::TensorFile(const std::map<std::string, std::string>& metadata, std::vector<TensorView> tensors) {
  std::sort(tensors.begin(), tensors.end(), [](const TensorView& a, const TensorView& b) {
    return std::pair(element_size(b.type), a.name) < std::pair(element_size(a.type), b.name);
  });
  nlohmann::ordered_json header;
  if (!metadata.empty()) header["__metadata__"] = metadata;
  std::uint64_t next = 0;
  for (const TensorView& t : tensors) {
    header[std::string(t.name)] = {{"dtype", type_name(t.type)},
                                   {"shape", std::vector<std::int64_t>(t.shape.begin(), t.shape.end())},
                                   {"data_offsets", {next, next + t.bytes.size()}}};
    next += t.bytes.size();
  }
  std::string text =
      header.is_null() ? "{}" : header.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
  text.resize((text.size() + 7) / 8 * 8, ' ');

  const std::uint64_t length = text.size();
  head_.resize(8 + text.size());
  std::memcpy(head_.data(), &length, 8);
  std::memcpy(head_.data() + 8, text.data(), text.size());
  pieces_.push_back(head_);
  for (const TensorView& t : tensors) pieces_.push_back(t.bytes);
}

std::uint64_t TensorFile::size() const {
  std::uint64_t bytes = 0;
  for (const auto piece : pieces_) bytes += piece.size();
  return bytes;
}

std::vector<std::uint8_t> format_safetensors(const SafeTensors& content) {
  std::vector<TensorView> views;
  for (const Tensor& t : content.tensors) views.push_back({t.name, t.type, t.shape, t.bytes});
  const TensorFile file(content.metadata, std::move(views));
  std::vector<std::uint8_t> bytes;
  bytes.reserve(file.size());
  for (const auto piece : file.pieces()) bytes.insert(bytes.end(), piece.begin(), piece.end());
  return bytes;
}

}  // namespace synann::io
