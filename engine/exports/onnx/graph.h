// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <variant>
#include <vector>

#include "engine/exports/onnx.pb.h"

namespace synann::exports::onnx {

namespace messages = ::synann::onnx;

enum class Number { Float, Double, Int64 };  // what a tensor is made of

// An attribute of a node; a double stands for a tensor of this one element.
struct Attribute {
  std::string_view name;
  std::variant<std::int64_t, float, std::vector<std::int64_t>, double> value;
};

using Values = std::vector<std::string>;  // by their names

// Writes the nodes and initialisers of a graph, or of the body of one. A value has the name of the node that
// gives it. A name that is taken gets a number behind it, also across bodies: the specification wants names
// that are unique over all of them. One thread at a time; what it writes into must outlive it.
class Graph {
 public:
  explicit Graph(messages::GraphProto& to);
  // The body of one of its nodes, which may read all that is written here so far. Initialisers go to the
  // outermost graph.
  Graph body(messages::GraphProto& to) const;

  // Keeps a name for add_as() and tensors that are to have it.
  void reserve(const std::string& name) { taken_->emplace(name, 1); }
  // The name itself, or with the first free number behind it ("a_2"); taken from now on.
  std::string fresh(const std::string& wanted);

  // A node with one output; returns its name. add_as() does not look whether the name is free.
  std::string add(std::string_view op, const std::string& name, const Values& inputs,
                  const std::vector<Attribute>& attributes = {});
  std::string add_as(std::string_view op, const std::string& name, const Values& inputs,
                     const std::vector<Attribute>& attributes = {});
  // Parts of a value along an axis, of these sizes.
  Values split(const std::string& name, const std::string& value, std::int64_t axis,
               const std::vector<std::int64_t>& sizes);
  // One state through `body`, which has the inputs state, scanned… and the output state; each of `scanned` is
  // cut along its axis. Returns the last state.
  std::string scan(const std::string& name, messages::GraphProto&& body, const std::string& state,
                   const Values& scanned, const std::vector<std::int64_t>& axes);

  // Initialisers, under a name of their own or the first free one.
  std::string floats(const std::string& name, const std::vector<std::int64_t>& shape,
                     std::span<const float> values);
  std::string doubles(const std::string& name, const std::vector<std::int64_t>& shape,
                      std::span<const double> values);
  std::string integers(const std::string& name, const std::vector<std::int64_t>& values);
  // The same under exactly this name, which must be free or reserved.
  void floats_as(const std::string& name, const std::vector<std::int64_t>& shape,
                 std::span<const float> values);
  std::string one();  // the double 1, a single initialiser for all that need it

  // Inputs and outputs. A dimension: its size, or a symbol, or neither where it is any.
  struct Dimension {
    std::int64_t size = 0;
    std::string_view symbol{};
  };
  void input(const std::string& name, Number of, const std::vector<Dimension>& shape, std::string_view help);
  void output(const std::string& name, Number of, const std::vector<Dimension>& shape, std::string_view help);
  // The same of a body, of any shape; an input's name is returned.
  std::string body_input(const std::string& wanted, Number of);
  void body_output(const std::string& name, Number of);

 private:
  using Names = std::unordered_map<std::string, int>;  // and the number that the last with this name got

  Graph(messages::GraphProto& to, messages::GraphProto& outermost, std::shared_ptr<Names> taken,
        std::shared_ptr<std::string> one);
  void tensor(const std::string& name, Number of, const std::vector<std::int64_t>& shape,
              std::span<const std::uint8_t> bytes);

  messages::GraphProto* to_;
  messages::GraphProto* outermost_;
  std::shared_ptr<Names> taken_;
  std::shared_ptr<std::string> one_;
};

// The number of a kind of number in the specification.
std::int64_t element_type(Number of);

}  // namespace synann::exports::onnx
