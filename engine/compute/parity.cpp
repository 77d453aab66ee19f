// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/compute/parity.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <fmt/format.h>
#include <initializer_list>
#include <map>
#include <numeric>

#include "engine/compute/batch.h"
#include "engine/io/safetensors.h"
#include "engine/model/model_file.h"

namespace synann::compute {
namespace {

constexpr double kForwardTolerance = 1e-5, kGradientTolerance = 1e-4;

// A gradient that vanishes mathematically (of a bias before BatchNorm) holds rounding only, in PyTorch's
// float32 as well: where the expected length is below this part of the whole gradient's, errors count against
// the whole.
constexpr double kVanishing = 1e-9;

double length(std::span<const double> v) {
  return std::sqrt(std::inner_product(v.begin(), v.end(), v.begin(), 0.0));
}

// ‖found − expected‖ / ‖expected‖, or / `whole` where what is expected vanishes beside it.
double relative_error(std::span<const float> found, std::span<const double> expected, double whole) {
  if (found.size() != expected.size()) return std::nan("");
  double difference = 0;
  for (std::size_t k = 0; k < expected.size(); ++k) {
    const double d = static_cast<double>(found[k]) - expected[k];
    difference += d * d;
  }
  const double norm = length(expected);
  const double scale = norm <= kVanishing * whole ? whole : norm;
  return scale > 0 ? std::sqrt(difference) / scale : std::sqrt(difference);
}

// A golden file, opened: the model, its state, the batch, and the expectations by name.
struct Golden {
  io::SafeTensors content;
  std::shared_ptr<const model::Model> model{};
  model::State state{};
  std::vector<float> input{};
  std::vector<std::uint8_t> target{};

  double number(const char* key, double fallback) const {
    const auto it = content.metadata.find(key);
    if (it == content.metadata.end()) return fallback;
    double value = fallback;
    std::from_chars(it->second.data(), it->second.data() + it->second.size(), value);
    return value;
  }
};

Error not_golden(const std::string& file, std::string problem) {
  return {
      .where = file, .problem = std::move(problem), .expected = "a golden file of format synann-parity-1"};
}

Status read_parameters(Golden& g, const std::string& file) {
  g.state = model::initialise(*g.model, 0);
  for (const Parameter& p : g.model->parameters.all()) {
    const auto* tensor = g.content.find("param/" + p.name);
    if (tensor == nullptr || tensor->element_count() != p.size()) {
      return not_golden(file, fmt::format("param/{} is missing or has another size", p.name));
    }
    if (p.type == ElementType::I64) {
      g.state.counters[p.offset] = tensor->to_int64().front();
    } else {
      const auto values = tensor->to_float();
      std::copy(values.begin(), values.end(), g.state.values.begin() + static_cast<std::ptrdiff_t>(p.offset));
    }
  }
  return {};
}

// The layer's options under the names that settings have; "synapse" must be there, the others may be.
Result<model::SynapseOptions> synapse_options(const std::map<std::string, std::string>& metadata,
                                              const std::string& file) {
  using Options = model::SynapseOptions;
  std::string unknown;
  const auto choice = [&](const char* key, std::initializer_list<std::string_view> names) {
    const auto it = metadata.find(key);
    const std::string_view value = it == metadata.end() ? *names.begin() : std::string_view(it->second);
    const auto found = std::find(names.begin(), names.end(), value);
    if (found == names.end()) unknown = fmt::format("its {} \"{}\" is not known", key, value);
    return static_cast<int>(found - names.begin());
  };
  const Options options{
      .semantics = static_cast<Options::Semantics>(choice("synapse", {"per-sample", "batch-coupled"})),
      .beta = static_cast<Options::Beta>(choice("beta", {"free", "sigmoid", "clamp"})),
      .alpha = static_cast<Options::Alpha>(choice("alpha", {"one", "exp", "softplus"})),
      .diagonal = static_cast<Options::Diagonal>(choice("diagonal", {"keep", "zero"}))};
  if (!metadata.contains("synapse")) unknown = "it does not say which synapse semantics it was made with";
  if (!unknown.empty()) return not_golden(file, std::move(unknown));
  return options;
}

// The network of the model file that the golden file has with it, or else the known model that it names.
Result<model::Model> golden_model(std::map<std::string, std::string>& metadata, const std::string& file,
                                  int rows, int columns, int classes) {
  if (const auto text = metadata.find("model_file"); text != metadata.end()) {
    const auto definition = model::parse_model_file(text->second, file);
    if (!definition) return definition.error();
    return model::build(*definition, rows, columns, classes);
  }
  const auto options = synapse_options(metadata, file);
  if (!options) return options.error();
  return model::build(metadata["model"], rows, columns, classes, *options);
}

Result<Golden> open_golden(std::span<const std::uint8_t> bytes, const std::string& file) {
  auto content = io::parse_safetensors(bytes, file);
  if (!content) return content.error();
  Golden g{.content = std::move(*content)};
  if (g.content.metadata["format"] != "synann-parity-1") return not_golden(file, "has another format");
  const auto *input = g.content.find("input"), *target = g.content.find("target"),
             *log_probs = g.content.find("expect/log_probs");
  if (!input || !target || !log_probs || input->shape.size() != 4 || log_probs->shape.size() != 2 ||
      target->type != io::TensorType::I64) {
    return not_golden(file, "input, target or expect/log_probs is missing");
  }
  const auto classes = static_cast<int>(log_probs->shape[1]);
  if (classes < 1) return not_golden(file, "it has no classes");
  auto built = golden_model(g.content.metadata, file, static_cast<int>(input->shape[2]),
                            static_cast<int>(input->shape[3]), classes);
  if (!built) return built.error();
  g.model = std::make_shared<const model::Model>(std::move(*built));
  g.input = input->to_float();
  for (const std::int64_t label : target->to_int64()) {
    if (label < 0 || label >= classes)
      return not_golden(file, fmt::format("target {} is out of range", label));
    g.target.push_back(static_cast<std::uint8_t>(label));
  }
  if (g.input.size() != g.target.size() * static_cast<std::size_t>(g.model->input.size())) {
    return not_golden(file, "input and target do not belong together");
  }
  if (auto status = read_parameters(g, file); !status) return status.error();
  return g;
}

// Collects rows for the expectations that the file holds.
class GoldenRows {
 public:
  GoldenRows(const Golden& golden, ParityReport& report) : golden_(golden), report_(report) {
    double squares = 0;
    for (const Parameter& p : golden.model->parameters.all()) {
      const auto* expected = golden.content.find("expect/grad/" + p.name);
      if (expected != nullptr) squares += std::pow(length(expected->to_double()), 2);
    }
    gradient_ = std::sqrt(squares);
  }

  void compare(const std::string& name, std::span<const float> found, double tolerance) {
    if (const auto* expected = golden_.content.find("expect/" + name)) {
      const double whole = name.starts_with("grad/") ? gradient_ : 0;
      report_.rows.push_back({name, relative_error(found, expected->to_double(), whole), tolerance});
    }
  }
  void compare_parameters(const std::string& prefix, std::span<const float> block, double tolerance,
                          bool buffers) {
    for (const Parameter& p : golden_.model->parameters.all()) {
      if (p.type != ElementType::F32 || (p.role == Role::Buffer && !buffers)) continue;
      compare(prefix + p.name, block.subspan(p.offset, p.size()), tolerance);
    }
  }

 private:
  const Golden& golden_;
  ParityReport& report_;
  double gradient_ = 0;  // length of the whole expected gradient
};

// The running statistics that one step from the file's would give: each by its name, and those of the first
// layer that has them as "running_mean" and "running_var" (of a model with one such layer).
void compare_running(const Golden& g, std::span<const float> gradients, GoldenRows& comparison) {
  std::vector<std::string> begun;
  for (const Parameter& p : g.model->parameters.all()) {
    if (p.type != ElementType::F32 || p.role != Role::Buffer) continue;
    std::vector<float> values(p.size());
    for (std::size_t k = 0; k < p.size(); ++k) {
      constexpr auto kTowards = static_cast<float>(kBatchNormMomentum);
      values[k] = (1 - kTowards) * g.state.values[p.offset + k] + kTowards * gradients[p.offset + k];
    }
    comparison.compare("running/" + p.name, values, kForwardTolerance);
    const std::string suffix = p.name.substr(p.name.rfind('.') + 1);
    if (std::find(begun.begin(), begun.end(), suffix) != begun.end()) continue;
    begun.push_back(suffix);
    comparison.compare(suffix, values, kForwardTolerance);
  }
}

Status compare_batch(const Golden& g, Backend& backend, GoldenRows& comparison) {
  const auto probe = backend.probe(g.input, g.target);
  if (!probe) return probe.error();
  for (const auto& [name, values] : probe->activations)
    comparison.compare("act/" + name, values, kForwardTolerance);
  comparison.compare("log_probs", probe->log_probs, kForwardTolerance);
  comparison.compare("loss", std::vector<float>{static_cast<float>(probe->loss)}, kForwardTolerance);
  comparison.compare("eval_log_probs", probe->eval_log_probs, kForwardTolerance);
  comparison.compare_parameters("grad/", probe->gradients, kGradientTolerance, false);
  compare_running(g, probe->gradients, comparison);
  return {};
}

Status compare_trained(const Golden& g, Backend& backend, int train_count, GoldenRows& comparison) {
  const int steps = static_cast<int>(g.number("steps", 5)), batch = static_cast<int>(g.number("batch", 100));
  const auto offset = static_cast<std::uint32_t>(g.number("train_offset", 0));
  if (steps < 1 || batch < 1 ||
      static_cast<std::int64_t>(offset) + std::int64_t{steps} * batch > train_count) {
    return Error{.where = "golden file", .problem = "its steps lie outside the training set"};
  }
  std::vector<std::uint32_t> order(static_cast<std::size_t>(steps) * static_cast<std::size_t>(batch));
  std::iota(order.begin(), order.end(), offset);
  const std::vector<float> rates(static_cast<std::size_t>(steps), static_cast<float>(g.number("lr", 0.012)));
  const auto result = backend.run({.step_count = steps,
                                   .batch_size = batch,
                                   .order = order,
                                   .learning_rates = rates,
                                   .optimiser = {.momentum = g.number("momentum", 0.5)},
                                   .dropout = false,
                                   .watch = {}},
                                  {});
  if (!result) return result.error();
  comparison.compare("step_losses", result->losses, kGradientTolerance);
  model::State state;
  if (auto status = backend.fetch(state); !status) return status;
  comparison.compare_parameters("after_5_steps/", state.values, kGradientTolerance, true);
  return {};
}

}  // namespace

Result<std::vector<ParityReport>> check_parity(std::span<const std::uint8_t> bytes, const std::string& file,
                                               const std::vector<std::string>& tiers, data::DataPairPtr mnist,
                                               const std::string& device) {
  const auto golden = open_golden(bytes, file);
  if (!golden) return golden.error();
  std::vector<ParityReport> reports;
  for (const std::string& tier : tiers) {
    if (tiers.size() > 1 && !tier_runs(device, tier, *golden->model)) continue;
    ParityReport& report = reports.emplace_back(ParityReport{.device = device, .tier = tier, .rows = {}});
    GoldenRows comparison(*golden, report);
    auto backend = make_backend({.device = device, .tier = tier}, golden->model, mnist);
    if (!backend) return backend.error();
    if (auto status = (*backend)->load(golden->state); !status) return status.error();
    if (auto status = compare_batch(*golden, **backend, comparison); !status) return status.error();
    report.steps_checked = mnist != nullptr && golden->content.find("expect/step_losses") != nullptr;
    if (!report.steps_checked) continue;
    if (auto status = compare_trained(*golden, **backend, mnist->train.count(), comparison); !status)
      return status.error();
  }
  return reports;
}

}  // namespace synann::compute
