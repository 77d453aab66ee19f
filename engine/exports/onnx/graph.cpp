// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/exports/onnx/graph.h"

#include <bit>
#include <fmt/format.h>
#include <utility>

namespace synann::exports::onnx {
namespace {

static_assert(std::endian::native == std::endian::little, "raw_data is little-endian");

using messages::AttributeProto;

template <class T>
std::span<const std::uint8_t> raw_bytes(std::span<const T> values) {
  return {reinterpret_cast<const std::uint8_t*>(values.data()), values.size_bytes()};
}

void set_whole_numbers(AttributeProto& to, const std::vector<std::int64_t>& values) {
  to.set_type(AttributeProto::INTS);
  for (const std::int64_t value : values) to.add_ints(value);
}

void set_single_double(AttributeProto& to, double value) {
  to.set_type(AttributeProto::TENSOR);
  to.mutable_t()->set_data_type(messages::TensorProto::DOUBLE);
  to.mutable_t()->add_dims(1);
  to.mutable_t()->set_raw_data(&value, sizeof value);
}

void set_attribute(AttributeProto& to, const Attribute& from) {
  to.set_name(std::string(from.name));
  if (const auto* whole = std::get_if<std::int64_t>(&from.value)) {
    to.set_type(AttributeProto::INT);
    to.set_i(*whole);
  } else if (const auto* single = std::get_if<float>(&from.value)) {
    to.set_type(AttributeProto::FLOAT);
    to.set_f(*single);
  } else if (const auto* list = std::get_if<std::vector<std::int64_t>>(&from.value)) {
    set_whole_numbers(to, *list);
  } else {
    set_single_double(to, std::get<double>(from.value));
  }
}

void set_value_info(messages::ValueInfoProto& to, const std::string& name, Number of,
                    const std::vector<Graph::Dimension>& shape, std::string_view help) {
  to.set_name(name);
  to.set_doc_string(std::string(help));
  auto& type = *to.mutable_type()->mutable_tensor_type();
  type.set_elem_type(static_cast<std::int32_t>(element_type(of)));
  auto& dimensions = *type.mutable_shape();
  for (const Graph::Dimension& dimension : shape) {
    auto& written = *dimensions.add_dim();
    if (dimension.size > 0) written.set_dim_value(dimension.size);
    if (!dimension.symbol.empty()) written.set_dim_param(std::string(dimension.symbol));
  }
}

// Without a shape, which only inputs and outputs of a whole model must have.
void set_body_value(messages::ValueInfoProto& to, const std::string& name, Number of) {
  to.set_name(name);
  to.mutable_type()->mutable_tensor_type()->set_elem_type(static_cast<std::int32_t>(element_type(of)));
}

}  // namespace

std::int64_t element_type(Number of) {
  switch (of) {
    case Number::Float:
      return messages::TensorProto::FLOAT;
    case Number::Double:
      return messages::TensorProto::DOUBLE;
    case Number::Int64:
      return messages::TensorProto::INT64;
  }
  return messages::TensorProto::UNDEFINED;
}

Graph::Graph(messages::GraphProto& to)
    : Graph(to, to, std::make_shared<Names>(), std::make_shared<std::string>()) {}

Graph::Graph(messages::GraphProto& to, messages::GraphProto& outermost, std::shared_ptr<Names> taken,
             std::shared_ptr<std::string> one)
    : to_(&to), outermost_(&outermost), taken_(std::move(taken)), one_(std::move(one)) {}

Graph Graph::body(messages::GraphProto& to) const {
  return {to, *outermost_, taken_, one_};
}

std::string Graph::fresh(const std::string& wanted) {
  // The number goes on from the last one: many of one name must not take time that grows with their square.
  const auto [at, is_new] = taken_->emplace(wanted, 1);
  if (is_new) return wanted;
  for (int& number = at->second;;) {
    std::string name = fmt::format("{}_{}", wanted, ++number);
    if (taken_->contains(name)) continue;
    taken_->emplace(name, 1);
    return name;
  }
}

std::string Graph::add(std::string_view op, const std::string& name, const Values& inputs,
                       const std::vector<Attribute>& attributes) {
  return add_as(op, fresh(name), inputs, attributes);
}

std::string Graph::add_as(std::string_view op, const std::string& name, const Values& inputs,
                          const std::vector<Attribute>& attributes) {
  messages::NodeProto& node = *to_->add_node();
  node.set_name(name);
  node.set_op_type(std::string(op));
  for (const std::string& input : inputs) node.add_input(input);
  node.add_output(name);
  for (const Attribute& attribute : attributes) set_attribute(*node.add_attribute(), attribute);
  return name;
}

Values Graph::split(const std::string& name, const std::string& value, std::int64_t axis,
                    const std::vector<std::int64_t>& sizes) {
  const std::string lengths = integers(name + "/sizes", sizes);
  messages::NodeProto& node = *to_->add_node();
  node.set_name(fresh(name));
  node.set_op_type("Split");
  node.add_input(value);
  node.add_input(lengths);
  set_attribute(*node.add_attribute(), {"axis", axis});
  Values parts;
  for (std::size_t k = 0; k < sizes.size(); ++k)
    node.add_output(parts.emplace_back(fresh(fmt::format("{}/{}", name, k + 1))));
  return parts;
}

std::string Graph::scan(const std::string& name, messages::GraphProto&& body, const std::string& state,
                        const Values& scanned, const std::vector<std::int64_t>& axes) {
  Values inputs{state};
  inputs.insert(inputs.end(), scanned.begin(), scanned.end());
  std::string last =
      add("Scan", name, inputs,
          {{"num_scan_inputs", static_cast<std::int64_t>(scanned.size())}, {"scan_input_axes", axes}});
  AttributeProto& attribute = *to_->mutable_node(to_->node_size() - 1)->add_attribute();
  attribute.set_name("body");
  attribute.set_type(AttributeProto::GRAPH);
  *attribute.mutable_g() = std::move(body);
  attribute.mutable_g()->set_name(last + "/body");
  return last;
}

void Graph::tensor(const std::string& name, Number of, const std::vector<std::int64_t>& shape,
                   std::span<const std::uint8_t> bytes) {
  messages::TensorProto& tensor = *outermost_->add_initializer();
  tensor.set_name(name);
  tensor.set_data_type(static_cast<std::int32_t>(element_type(of)));
  for (const std::int64_t side : shape) tensor.add_dims(side);
  tensor.set_raw_data(bytes.data(), bytes.size());
}

std::string Graph::floats(const std::string& name, const std::vector<std::int64_t>& shape,
                          std::span<const float> values) {
  std::string own = fresh(name);
  floats_as(own, shape, values);
  return own;
}

std::string Graph::doubles(const std::string& name, const std::vector<std::int64_t>& shape,
                           std::span<const double> values) {
  std::string own = fresh(name);
  tensor(own, Number::Double, shape, raw_bytes(values));
  return own;
}

std::string Graph::integers(const std::string& name, const std::vector<std::int64_t>& values) {
  std::string own = fresh(name);
  tensor(own, Number::Int64, {static_cast<std::int64_t>(values.size())}, raw_bytes(std::span(values)));
  return own;
}

void Graph::floats_as(const std::string& name, const std::vector<std::int64_t>& shape,
                      std::span<const float> values) {
  tensor(name, Number::Float, shape, raw_bytes(values));
}

std::string Graph::one() {
  constexpr double kOne = 1;
  if (one_->empty()) *one_ = doubles("one", {}, {&kOne, 1});
  return *one_;
}

void Graph::input(const std::string& name, Number of, const std::vector<Dimension>& shape,
                  std::string_view help) {
  set_value_info(*to_->add_input(), name, of, shape, help);
}

void Graph::output(const std::string& name, Number of, const std::vector<Dimension>& shape,
                   std::string_view help) {
  set_value_info(*to_->add_output(), name, of, shape, help);
}

std::string Graph::body_input(const std::string& wanted, Number of) {
  std::string name = fresh(wanted);
  set_body_value(*to_->add_input(), name, of);
  return name;
}

void Graph::body_output(const std::string& name, Number of) {
  set_body_value(*to_->add_output(), name, of);
}

}  // namespace synann::exports::onnx
