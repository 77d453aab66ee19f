// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/circuit/circuit_edit.h"

#include <algorithm>
#include <fmt/format.h>
#include <map>
#include <unordered_map>
#include <unordered_set>

#include "engine/core/text_value.h"
#include "ui/pages/circuit/circuit_graph.h"

namespace synann::ui {
namespace {

using synapse::Circuit;
using synapse::CircuitSource;
using synapse::CircuitSynapse;
using synapse::DrawnCircuit;
using synapse::SourceKind;

constexpr double kNewInput = 0.5;

bool isNamed(const Circuit& circuit, std::string_view name) {
  const auto same = [name](const auto& part) { return part.name == name; };
  return std::any_of(circuit.inputs.begin(), circuit.inputs.end(), same) ||
         std::any_of(circuit.synapses.begin(), circuit.synapses.end(), same);
}

// What a port takes while nothing is connected to it: then α, or α e, goes through.
CircuitSource idleSource(bool inhibitory) {
  return {.kind = SourceKind::Constant, .value = inhibitory ? 0.0 : 1.0};
}

template <class Visit>
void eachSource(Circuit& circuit, Visit&& visit) {
  for (CircuitSynapse& s : circuit.synapses) {
    visit(s.excitatory, false);
    visit(s.inhibitory, true);
  }
}

}  // namespace

std::string freeName(const Circuit& circuit, std::string_view stem) {
  std::set<std::string_view> taken;
  for (const auto& input : circuit.inputs) taken.insert(input.name);
  for (const auto& s : circuit.synapses) taken.insert(s.name);
  std::string name(stem);
  for (int k = 2; taken.contains(name); ++k) name = fmt::format("{}{}", stem, k);
  return name;
}

std::string addSynapse(DrawnCircuit& drawn, const synapse::CircuitPlace& at) {
  const std::string name = freeName(drawn.circuit, "s");
  drawn.circuit.synapses.push_back(
      {.name = name, .excitatory = idleSource(false), .inhibitory = idleSource(true)});
  drawn.layout[name] = at;
  return name;
}

std::string addInput(DrawnCircuit& drawn, const synapse::CircuitPlace& at) {
  const std::string name = freeName(drawn.circuit, "x");
  drawn.circuit.inputs.push_back({name, kNewInput});
  drawn.layout[name] = at;
  return name;
}

Status renamePart(DrawnCircuit& drawn, const std::string& from, const std::string& to) {
  if (from == to) return {};
  if (to.empty()) return input_error({}, "a name is empty", "type at least one letter");
  if (to.size() > synapse::kLongestName)
    return Error{.where = in_quotes(to),
                 .problem = "is too long for a name",
                 .expected = fmt::format("{} bytes at most", synapse::kLongestName)};
  if (isNamed(drawn.circuit, to))
    return input_error(in_quotes(to), "is the name of another input or synapse", "choose another one");
  for (auto& input : drawn.circuit.inputs)
    if (input.name == from) input.name = to;
  for (CircuitSynapse& s : drawn.circuit.synapses)
    if (s.name == from) s.name = to;
  eachSource(drawn.circuit, [&](CircuitSource& source, bool) {
    if (source.kind != SourceKind::Constant && source.name == from) source.name = to;
  });
  std::replace(drawn.circuit.outputs.begin(), drawn.circuit.outputs.end(), from, to);
  if (const auto place = drawn.layout.find(from); place != drawn.layout.end()) {
    drawn.layout[to] = place->second;
    drawn.layout.erase(from);
  }
  return {};
}

void removeParts(DrawnCircuit& drawn, const std::set<std::string>& names) {
  const auto gone = [&](const auto& part) { return names.contains(part.name); };
  std::erase_if(drawn.circuit.inputs, gone);
  std::erase_if(drawn.circuit.synapses, gone);
  std::erase_if(drawn.circuit.outputs, [&](const std::string& name) { return names.contains(name); });
  eachSource(drawn.circuit, [&](CircuitSource& source, bool inhibitory) {
    if (source.kind != SourceKind::Constant && names.contains(source.name)) source = idleSource(inhibitory);
  });
  for (const std::string& name : names) drawn.layout.erase(name);
}

bool closesCycle(const Circuit& circuit, const std::string& source, const std::string& synapse) {
  const CircuitGraph graph(circuit);
  const int from = graph.node(source), to = graph.node(synapse);
  if (from < 0 || to < 0 || graph.isInput(from)) return false;
  std::vector<char> met(static_cast<std::size_t>(graph.nodeCount()), 0);
  std::vector<int> open = {to};
  while (!open.empty()) {
    const int node = open.back();
    open.pop_back();
    if (node == from) return true;
    if (met[static_cast<std::size_t>(node)] != 0) continue;
    met[static_cast<std::size_t>(node)] = 1;
    for (const int wire : graph.wiresFrom(node))
      if (!graph.wire(wire).previous) open.push_back(graph.wire(wire).to);
  }
  return false;
}

CircuitSource sourceOf(const Circuit& circuit, const std::string& name, bool previous) {
  const bool input = std::any_of(circuit.inputs.begin(), circuit.inputs.end(),
                                 [&](const auto& one) { return one.name == name; });
  return {.kind = input      ? SourceKind::Input
                  : previous ? SourceKind::Previous
                             : SourceKind::Synapse,
          .name = name};
}

void setSource(DrawnCircuit& drawn, const std::string& synapse, bool inhibitory,
               const CircuitSource& source) {
  for (CircuitSynapse& s : drawn.circuit.synapses)
    if (s.name == synapse) (inhibitory ? s.inhibitory : s.excitatory) = source;
}

DrawnCircuit partOf(const DrawnCircuit& drawn, const std::set<std::string>& names, bool whole) {
  DrawnCircuit part = drawn;
  const auto other = [&](const auto& one) { return !names.contains(one.name); };
  std::erase_if(part.circuit.inputs, other);
  std::erase_if(part.circuit.synapses, other);
  std::erase_if(part.circuit.outputs, [&](const std::string& name) { return !names.contains(name); });
  std::erase_if(part.layout, [&](const auto& place) { return !names.contains(place.first); });
  if (whole)
    eachSource(part.circuit, [&](CircuitSource& source, bool inhibitory) {
      if (source.kind != SourceKind::Constant && !names.contains(source.name))
        source = idleSource(inhibitory);
    });
  return part;
}

namespace {

// Names that are taken, and for each stem the number that was free last: many copies take linear time.
class FreeNames {
 public:
  explicit FreeNames(const Circuit& circuit) {
    for (const auto& input : circuit.inputs) taken_.insert(input.name);
    for (const auto& s : circuit.synapses) taken_.insert(s.name);
  }
  bool taken(const std::string& name) const { return taken_.contains(name); }
  std::string take(const std::string& wish) {
    std::string found = wish;
    if (taken_.contains(wish)) {
      // Without the number behind it: copies of s2 are s3, s4, not s22.
      std::string stem = wish;
      while (stem.size() > 1 && stem.back() >= '0' && stem.back() <= '9') stem.pop_back();
      int& number = numbers_.try_emplace(stem, 1).first->second;
      for (found = stem; taken_.contains(found);) found = fmt::format("{}{}", stem, ++number);
    }
    taken_.insert(found);
    return found;
  }

 private:
  std::unordered_set<std::string> taken_;
  std::unordered_map<std::string, int> numbers_;
};

}  // namespace

std::set<std::string> putPart(DrawnCircuit& drawn, const DrawnCircuit& part, double x, double y) {
  std::map<std::string, std::string> names;
  std::set<std::string> fresh;
  FreeNames free(drawn.circuit);
  const FreeNames present = free;
  const auto name = [&](const std::string& old) {
    const std::string found = free.take(old);
    names[old] = found;
    fresh.insert(found);
    if (const auto place = part.layout.find(old); place != part.layout.end())
      drawn.layout[found] = {place->second.x + x, place->second.y + y};
    return found;
  };
  std::unordered_set<std::string> inputs;
  for (const auto& input : drawn.circuit.inputs) inputs.insert(input.name);
  for (const auto& input : part.circuit.inputs)
    drawn.circuit.inputs.push_back({name(input.name), input.value});
  const std::size_t first = drawn.circuit.synapses.size();
  for (const CircuitSynapse& s : part.circuit.synapses) {
    CircuitSynapse copy = s;
    copy.name = name(s.name);
    drawn.circuit.synapses.push_back(std::move(copy));
  }
  const auto lead = [&](CircuitSource& source, bool inhibitory) {
    if (source.kind == SourceKind::Constant) return;
    if (const auto own = names.find(source.name); own != names.end()) {
      source.name = own->second;
    } else if (present.taken(source.name)) {
      source.kind = inputs.contains(source.name)          ? SourceKind::Input
                    : source.kind == SourceKind::Previous ? SourceKind::Previous
                                                          : SourceKind::Synapse;
    } else {
      source = idleSource(inhibitory);
    }
  };
  for (std::size_t k = first; k < drawn.circuit.synapses.size(); ++k) {
    lead(drawn.circuit.synapses[k].excitatory, false);
    lead(drawn.circuit.synapses[k].inhibitory, true);
  }
  return fresh;
}

}  // namespace synann::ui
