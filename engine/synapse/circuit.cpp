// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/synapse/circuit.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <unordered_map>
#include <utility>

#include "engine/core/text_value.h"

namespace synann::synapse {
namespace {

// Numbers of inputs and synapses by name.
struct Names {
  std::unordered_map<std::string_view, std::uint32_t> inputs, synapses;
};

std::string who(const CircuitSynapse& s) {
  return "synapse " + in_quotes(s.name);
}

Status check_name(const std::string& name, const char* what) {
  if (name.empty()) return Error{.where = what, .problem = "has an empty name"};
  if (name.size() > kLongestName) {
    return Error{.where = what,
                 .problem = "has too long a name",
                 .expected = fmt::format("{} bytes at most", kLongestName),
                 .found = in_quotes(name)};
  }
  if (std::any_of(name.begin(), name.end(), [](char c) { return static_cast<unsigned char>(c) < ' '; }))
    return Error{.where = what, .problem = "has a control character in its name", .found = in_quotes(name)};
  return {};
}

// `where` is called where something is wrong.
template <class Where>
Status check_number(const Where& where, const char* what, double value) {
  if (std::isfinite(value)) return {};
  return Error{.where = where(),
               .problem = fmt::format("{} is no finite number", what),
               .found = fmt::format("{}", value)};
}

Error used_twice(const std::string& name) {
  return {.where = in_quotes(name),
          .problem = "is the name of two parts",
          .remedy = "names are unique over inputs and synapses"};
}

Result<Names> take_names(const Circuit& c) {
  if (c.synapses.size() > kMostSynapses || c.inputs.size() > kMostInputs) {
    return Error{.where = "circuit",
                 .problem = "has too many parts",
                 .expected = fmt::format("{} synapses and {} inputs at most", kMostSynapses, kMostInputs),
                 .found = fmt::format("{} and {}", c.synapses.size(), c.inputs.size())};
  }
  Names names;
  names.inputs.reserve(c.inputs.size());
  names.synapses.reserve(c.synapses.size());
  for (const CircuitInput& input : c.inputs) {
    if (auto status = check_name(input.name, "an input"); !status) return status.error();
    if (auto status =
            check_number([&] { return "input " + in_quotes(input.name); }, "its value", input.value);
        !status)
      return status.error();
    if (!names.inputs.emplace(input.name, names.inputs.size()).second) return used_twice(input.name);
  }
  for (const CircuitSynapse& s : c.synapses) {
    if (auto status = check_name(s.name, "a synapse"); !status) return status.error();
    if (names.inputs.contains(s.name) || !names.synapses.emplace(s.name, names.synapses.size()).second)
      return used_twice(s.name);
    for (const auto& [what, value] :
         {std::pair("alpha", s.alpha), std::pair("beta", s.beta), std::pair("start", s.start)})
      if (auto status = check_number([&s = s] { return who(s); }, what, value); !status)
        return status.error();
  }
  for (const std::string& output : c.outputs)
    if (!names.synapses.contains(output))
      return Error{.where = "outputs", .problem = "there is no synapse " + in_quotes(output)};
  return names;
}

Error no_such_source(const CircuitSynapse& s, const char* which, const CircuitSource& source,
                     const Circuit& c) {
  std::vector<std::string> candidates;
  for (const CircuitSynapse& other : c.synapses) candidates.push_back(other.name);
  if (source.kind != SourceKind::Previous)
    for (const CircuitInput& input : c.inputs) candidates.push_back(input.name);
  const std::string near = nearest_word(source.name, candidates);
  return {.where = who(s),
          .problem = fmt::format("its {} source is the name of nothing", which),
          .found = in_quotes(source.name),
          .remedy = near.empty() ? std::string() : fmt::format("did you mean \"{}\"?", near)};
}

// One cycle through wires of the same step, as "p → q → p".
std::string cycle_words(const Circuit& c, const std::vector<std::vector<std::uint32_t>>& needs,
                        const std::vector<std::uint32_t>& open) {
  // Every open synapse needs another open one: following them comes round.
  std::vector<std::uint32_t> way;
  std::vector<int> seen(c.synapses.size(), -1);
  std::uint32_t at = 0;
  while (open[at] == 0) ++at;
  while (seen[at] < 0) {
    seen[at] = static_cast<int>(way.size());
    way.push_back(at);
    at = *std::find_if(needs[at].begin(), needs[at].end(), [&](std::uint32_t n) { return open[n] > 0; });
  }
  constexpr std::size_t kMostNamed = 8;
  const auto first = static_cast<std::size_t>(seen[at]);
  std::string words = c.synapses[at].name;
  // The wires go the other way round: from what is needed to what needs it.
  for (std::size_t k = way.size(), named = 0; k-- > first && named < kMostNamed; ++named)
    words += " → " + c.synapses[way[k]].name;
  return way.size() - first > kMostNamed ? words + " → …" : words;
}

// Each synapse behind those whose values of the same step it needs.
Result<std::vector<std::uint32_t>> topological_order(const Circuit& c,
                                                     const std::vector<std::vector<std::uint32_t>>& needs) {
  const std::size_t n = c.synapses.size();
  std::vector<std::vector<std::uint32_t>> feeds(n);
  std::vector<std::uint32_t> open(n, 0), order;
  for (std::size_t k = 0; k < n; ++k)
    for (const std::uint32_t other : needs[k]) {
      feeds[other].push_back(static_cast<std::uint32_t>(k));
      ++open[k];
    }
  for (std::size_t k = 0; k < n; ++k)
    if (open[k] == 0) order.push_back(static_cast<std::uint32_t>(k));
  for (std::size_t k = 0; k < order.size(); ++k)
    for (const std::uint32_t fed : feeds[order[k]])
      if (--open[fed] == 0) order.push_back(fed);
  if (order.size() == n) return order;
  return Error{.where = c.name,
               .problem = fmt::format("has a cycle within one step: {}", cycle_words(c, needs, open)),
               .remedy = "let one of its wires take the value of the step before: {\"previous\": NAME}"};
}

}  // namespace

Result<CircuitRun> CircuitRun::create(const Circuit& circuit) {
  const auto names = take_names(circuit);
  if (!names) return names.error();
  const std::size_t n = circuit.synapses.size();
  CircuitRun run;
  run.synapses_ = n;
  run.inputs_ = circuit.inputs.size();
  run.values_.assign(2 * n, 0.0);
  for (const CircuitInput& input : circuit.inputs) run.values_.push_back(input.value);
  std::vector<std::vector<std::uint32_t>> needs(n);
  for (std::size_t k = 0; k < n; ++k) {
    const CircuitSynapse& s = circuit.synapses[k];
    Node node{.alpha = s.alpha, .beta = s.beta};
    for (const auto& [which, source, place] : {std::tuple("excitatory", &s.excitatory, &node.excitatory),
                                               std::tuple("inhibitory", &s.inhibitory, &node.inhibitory)}) {
      if (source->kind == SourceKind::Constant) {
        if (auto status = check_number([&] { return who(s); }, which, source->value); !status)
          return status.error();
        *place = static_cast<std::uint32_t>(run.values_.size());
        run.values_.push_back(source->value);
        continue;
      }
      const bool of_input = source->kind == SourceKind::Input;
      const auto& numbers = of_input ? names->inputs : names->synapses;
      const auto found = numbers.find(source->name);
      if (found == numbers.end()) return no_such_source(s, which, *source, circuit);
      const bool previous = source->kind == SourceKind::Previous;
      *place = found->second + static_cast<std::uint32_t>(of_input ? 2 * n : previous ? n : 0);
      if (!of_input && !previous) needs[k].push_back(found->second);
    }
    run.nodes_.push_back(node);
    run.starts_.push_back(s.start);
  }
  auto order = topological_order(circuit, needs);
  if (!order) return order.error();
  run.order_ = std::move(*order);
  run.reset();
  return run;
}

void CircuitRun::reset() {
  steps_ = 0;
  set_state(starts_);
}

void CircuitRun::step() {
  const auto n = static_cast<std::ptrdiff_t>(synapses_);
  std::copy_n(values_.begin(), n, values_.begin() + n);
  for (const std::uint32_t k : order_) {
    const Node& node = nodes_[k];
    const double value =
        evaluate({node.alpha, node.beta}, values_[node.excitatory], values_[node.inhibitory]);
    raw_[k] = value;
    values_[k] = clamped_ ? std::clamp(value, 0.0, 1.0) : value;
  }
  ++steps_;
}

std::vector<std::uint32_t> CircuitRun::outside() const {
  std::vector<std::uint32_t> numbers;
  for (std::size_t k = 0; k < synapses_; ++k)
    if (!(raw_[k] >= 0 && raw_[k] <= 1)) numbers.push_back(static_cast<std::uint32_t>(k));
  return numbers;
}

void CircuitRun::set_input(std::size_t input, double value) {
  values_[2 * synapses_ + input] = value;
}

void CircuitRun::set_parameters(std::size_t synapse, double alpha, double beta) {
  nodes_[synapse].alpha = alpha;
  nodes_[synapse].beta = beta;
}

void CircuitRun::set_state(std::span<const double> values) {
  std::copy_n(values.begin(), synapses_, values_.begin());
  raw_.assign(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(synapses_));
}

}  // namespace synann::synapse
