// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/exports/tensorboard/event_log.h"

#include <bit>
#include <cstring>
#include <initializer_list>

#include "engine/exports/tensorboard.pb.h"
#include "engine/exports/tensorboard/event_file.h"

namespace synann::exports::tensorboard {
namespace {

namespace pb = messages::tensorboard;

constexpr const char* kFileVersion = "brain.Event:2";
constexpr const char* kExperimentTag = "_hparams_/experiment";
constexpr const char* kSessionStartTag = "_hparams_/session_start_info";
constexpr const char* kSessionEndTag = "_hparams_/session_end_info";

pb::Event event_at(const EventTime& at) {
  pb::Event event;
  event.set_wall_time(at.wall);
  event.set_step(at.step);
  return event;
}

void append_event(std::string& bytes, const pb::Event& event) {
  append_record(bytes, event.SerializeAsString());
}

// A value that a plugin of TensorBoard shows. Its metadata without content is that of the plugin's version 0.
pb::TensorProto& plugin_tensor(pb::Event& event, std::string_view tag, const char* plugin,
                               pb::TensorType type, std::initializer_list<std::size_t> shape) {
  pb::Summary::Value& value = *event.mutable_summary()->add_value();
  value.set_tag(std::string(tag));
  value.mutable_metadata()->mutable_plugin_data()->set_plugin_name(plugin);
  pb::TensorProto& tensor = *value.mutable_tensor();
  tensor.set_dtype(type);
  for (const std::size_t size : shape)
    tensor.mutable_tensor_shape()->add_dim()->set_size(static_cast<std::int64_t>(size));
  return tensor;
}

// What the hparams plugin reads is in the metadata alone, beside an empty tensor.
void append_hparams(std::string& bytes, const EventTime& at, const char* tag,
                    const pb::HParamsPluginData& data) {
  pb::Event event = event_at(at);
  plugin_tensor(event, tag, "hparams", pb::DT_FLOAT, {0});
  event.mutable_summary()->mutable_value(0)->mutable_metadata()->mutable_plugin_data()->set_content(
      data.SerializeAsString());
  append_event(bytes, event);
}

}  // namespace

void EventLog::begin(double wall) {
  pb::Event event = event_at({.step = 0, .wall = wall});
  event.set_file_version(kFileVersion);
  append_event(bytes_, event);
}

void EventLog::restart(const EventTime& at) {
  pb::Event event = event_at(at);
  event.mutable_session_log()->set_status(pb::SessionLog::START);
  append_event(bytes_, event);
}

void EventLog::scalar(const EventTime& at, std::string_view tag, float value) {
  pb::Event event = event_at(at);
  pb::Summary::Value& written = *event.mutable_summary()->add_value();
  written.set_tag(std::string(tag));
  written.set_simple_value(value);
  append_event(bytes_, event);
}

void EventLog::histogram(const EventTime& at, std::string_view tag, const Histogram& histogram) {
  static_assert(std::endian::native == std::endian::little, "tensor_content is little endian");
  pb::Event event = event_at(at);
  pb::TensorProto& tensor =
      plugin_tensor(event, tag, "histograms", pb::DT_DOUBLE, {histogram.rows.size() / 3, 3});
  tensor.set_tensor_content(histogram.rows.data(), histogram.rows.size() * sizeof(double));
  append_event(bytes_, event);
}

void EventLog::picture(const EventTime& at, std::string_view tag, const PngPicture& picture) {
  pb::Event event = event_at(at);
  pb::TensorProto& tensor = plugin_tensor(event, tag, "images", pb::DT_STRING, {3});
  tensor.add_string_val(std::to_string(picture.columns));
  tensor.add_string_val(std::to_string(picture.rows));
  tensor.add_string_val(picture.bytes.data(), picture.bytes.size());
  append_event(bytes_, event);
}

void EventLog::text(const EventTime& at, std::string_view tag, std::string_view markdown) {
  pb::Event event = event_at(at);
  plugin_tensor(event, tag, "text", pb::DT_STRING, {}).add_string_val(std::string(markdown));
  append_event(bytes_, event);
}

void EventLog::table(const EventTime& at, std::string_view tag,
                     std::span<const std::pair<std::string, std::string>> rows) {
  pb::Event event = event_at(at);
  pb::TensorProto& tensor = plugin_tensor(event, tag, "text", pb::DT_STRING, {rows.size(), 2});
  for (const auto& [left, right] : rows) {
    tensor.add_string_val(left);
    tensor.add_string_val(right);
  }
  append_event(bytes_, event);
}

void EventLog::hyper_parameters(const EventTime& at, std::span<const HyperParameter> parameters,
                                std::span<const HyperMetric> metrics) {
  pb::HParamsPluginData told, begun;
  pb::Experiment& experiment = *told.mutable_experiment();
  pb::SessionStartInfo& session = *begun.mutable_session_start_info();
  session.set_start_time_secs(at.wall);
  for (const HyperParameter& parameter : parameters) {
    const auto* number = std::get_if<double>(&parameter.value);
    pb::HParamInfo& info = *experiment.add_hparam_infos();
    info.set_name(parameter.key);
    info.set_display_name(parameter.label);
    info.set_description(parameter.help);
    info.set_type(number ? pb::DATA_TYPE_FLOAT64 : pb::DATA_TYPE_STRING);
    if (!parameter.matters) continue;
    pb::SessionStartInfo::HparamsEntry& entry = *session.add_hparams();
    entry.set_key(parameter.key);
    if (number)
      entry.mutable_value()->set_number_value(*number);
    else
      entry.mutable_value()->set_string_value(std::get<std::string>(parameter.value));
  }
  for (const HyperMetric& metric : metrics) {
    pb::MetricInfo& info = *experiment.add_metric_infos();
    info.mutable_name()->set_tag(std::string(metric.tag));
    info.set_display_name(std::string(metric.label));
    info.set_description(std::string(metric.help));
  }
  append_hparams(bytes_, at, kExperimentTag, told);
  append_hparams(bytes_, at, kSessionStartTag, begun);
}

void EventLog::session_end(const EventTime& at, SessionEnd end) {
  pb::HParamsPluginData data;
  pb::SessionEndInfo& info = *data.mutable_session_end_info();
  info.set_end_time_secs(at.wall);
  info.set_status(end == SessionEnd::Success   ? pb::STATUS_SUCCESS
                  : end == SessionEnd::Failure ? pb::STATUS_FAILURE
                                               : pb::STATUS_UNKNOWN);
  append_hparams(bytes_, at, kSessionEndTag, data);
}

}  // namespace synann::exports::tensorboard
