// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/exports/tensorboard/event_scalars.h"

#include <bit>
#include <cstring>
#include <fmt/format.h>
#include <limits>
#include <optional>

#include "engine/exports/tensorboard.pb.h"
#include "engine/exports/tensorboard/event_file.h"

namespace synann::exports::tensorboard {
namespace {

namespace wire = messages::tensorboard;

template <class Number>
std::optional<double> content_number(const std::string& content) {
  static_assert(std::endian::native == std::endian::little, "tensor_content is little endian");
  if (content.size() != sizeof(Number)) return std::nullopt;
  Number number = 0;
  std::memcpy(&number, content.data(), sizeof(Number));
  return static_cast<double>(number);
}

// Of a tensor that is one number.
std::optional<double> tensor_number(const wire::TensorProto& tensor) {
  for (const auto& dim : tensor.tensor_shape().dim())
    if (dim.size() != 1) return std::nullopt;
  if (tensor.dtype() == wire::DT_FLOAT)
    return tensor.float_val_size() == 1 ? static_cast<double>(tensor.float_val(0))
                                        : content_number<float>(tensor.tensor_content());
  if (tensor.dtype() == wire::DT_DOUBLE)
    return tensor.double_val_size() == 1 ? tensor.double_val(0)
                                         : content_number<double>(tensor.tensor_content());
  return std::nullopt;
}

std::optional<double> scalar_of(const wire::Summary::Value& value) {
  if (value.value_case() == wire::Summary::Value::kSimpleValue)
    return static_cast<double>(value.simple_value());
  if (value.value_case() != wire::Summary::Value::kTensor) return std::nullopt;
  // Later values of a tag need not name their plugin.
  const std::string& plugin = value.metadata().plugin_data().plugin_name();
  if (!plugin.empty() && plugin != "scalars") return std::nullopt;
  return tensor_number(value.tensor());
}

// A program that goes on writes again what it had written behind the step at which it was saved.
void forget_from(EventScalars& scalars, std::int64_t step) {
  for (auto& [tag, series] : scalars.series) {
    while (!series.steps.empty() && series.steps.back() >= step) {
      series.steps.pop_back();
      series.wall.pop_back();
      series.values.pop_back();
      --scalars.points;
    }
  }
}

Status take_event(const wire::Event& event, const std::string& file, EventScalars& scalars) {
  if (event.what_case() == wire::Event::kSessionLog &&
      event.session_log().status() == wire::SessionLog::START)
    forget_from(scalars, event.step());
  if (event.what_case() != wire::Event::kSummary) return {};
  for (const wire::Summary::Value& value : event.summary().value()) {
    const std::optional<double> number = scalar_of(value);
    if (!number || value.tag().empty()) continue;
    if (value.tag().size() > kLongestScalarTag)
      return input_error(file, fmt::format("a tag is longer than {} bytes", kLongestScalarTag));
    ScalarSeries& series = scalars.series[value.tag()];
    series.steps.push_back(event.step());
    series.wall.push_back(event.wall_time());
    series.values.push_back(*number);
    if (++scalars.points > kMostScalarPoints)
      return input_error(file, fmt::format("has more than {} numbers", kMostScalarPoints));
    if (scalars.series.size() > kMostScalarTags)
      return input_error(file, fmt::format("has more than {} tags", kMostScalarTags));
  }
  return {};
}

}  // namespace

Status add_event_scalars(std::span<const std::uint8_t> bytes, const std::string& file,
                         EventScalars& scalars) {
  const auto records = parse_records(bytes, file);
  if (!records) return records.error();
  scalars.cut_off = scalars.cut_off || records->cut_off;
  wire::Event event;
  for (const auto record : records->records) {
    if (!event.ParseFromArray(record.data(), static_cast<int>(record.size()))) {
      ++scalars.unreadable;
      continue;
    }
    if (Status status = take_event(event, file, scalars); !status) return status;
  }
  return {};
}

}  // namespace synann::exports::tensorboard
