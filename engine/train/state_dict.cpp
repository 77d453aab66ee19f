// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/train/state_dict.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <limits>
#include <map>
#include <string_view>

#include "engine/train/own_model.h"

namespace synann::train {
namespace {

std::string shape_text(std::span<const std::int64_t> shape) {
  constexpr std::size_t kMost = 8;
  std::string text = "[";
  for (std::size_t k = 0; k < std::min(shape.size(), kMost); ++k)
    text += fmt::format("{}{}", k ? ", " : "", shape[k]);
  return text + (shape.size() > kMost ? ", …]" : "]");
}

std::string type_and_shape(const io::Tensor& t) {
  return fmt::format("{} {}", io::type_name(t.type), shape_text(t.shape));
}
std::string type_and_shape(const Parameter& p) {
  return fmt::format("{} {}", p.type == ElementType::F32 ? "F32" : "I64", shape_text(p.shape));
}

// As a sentence shows a name that may be anything.
std::string shown(const std::string& name) {
  constexpr std::size_t kLongest = 100;  // bytes
  return name.size() <= kLongest ? name : name.substr(0, kLongest) + "…";
}

// PyTorch writes scalars as []; some writers as [1].
bool same_shape(const Parameter& p, const io::Tensor& t) {
  return p.shape == t.shape || (p.shape.empty() && t.shape == std::vector<std::int64_t>{1});
}

// Counters that were converted together with everything else are whole numbers still.
bool same_type(const Parameter& p, const io::Tensor& t) {
  return p.type == ElementType::I64 || t.type != io::TensorType::I64;
}

// "syna-cnn", and what of the data shapes it.
std::string model_words(const model::Model& m) {
  return fmt::format("{} on images of {} × {} pixels and {} classes", m.id, m.input.rows, m.input.columns,
                     m.classes);
}

std::map<std::string_view, const io::Tensor*> by_name(const io::SafeTensors& content) {
  std::map<std::string_view, const io::Tensor*> tensors;
  for (const io::Tensor& t : content.tensors) tensors.emplace(t.name, &t);
  return tensors;
}

Error misshapen(const Parameter& p, const io::Tensor& t, const model::Model& model, const std::string& file) {
  return {.where = file,
          .problem = fmt::format("tensor \"{}\" does not fit {}", p.name, model_words(model)),
          .expected = type_and_shape(p),
          .found = type_and_shape(t)};
}

// What to do where a tensor has that name behind a prefix that is not known; empty where none has.
std::string prefix_remedy(const io::SafeTensors& content, const std::string& name) {
  for (const io::Tensor& t : content.tensors) {
    if (!t.name.ends_with("." + name)) continue;
    return fmt::format(
        "take \"{0}\" off its names, in Python with {{k.removeprefix(\"{0}\"): v for k, v in d.items()}}",
        shown(t.name.substr(0, t.name.size() - name.size())));
  }
  return {};
}

// What is wrong with a file as the state dict of a model: how many tensors, and the first of them.
struct Misfit {
  std::size_t missing = 0, superfluous = 0, misshapen = 0;
  Error first{};
  std::size_t all() const { return named() + misshapen; }
  std::size_t named() const {
    return missing + superfluous;
  }  // names say more than shapes: those follow sizes
};

Misfit misfit(const io::SafeTensors& content, const model::Model& model, const std::string& file) {
  Misfit result;
  const auto tensors = by_name(content);
  const io::Tensor* stranger = nullptr;
  for (const io::Tensor& t : content.tensors) {
    if (model.parameters.find(t.name)) continue;
    if (!stranger || t.name < stranger->name) stranger = &t;
    ++result.superfluous;
  }
  for (const Parameter& p : model.parameters.all()) {
    const auto it = tensors.find(p.name);
    const bool first = result.missing + result.misshapen == 0;
    if (it == tensors.end()) {
      if (first) {
        result.first = {
            .where = file,
            .problem = fmt::format("tensor \"{}\" of {} is missing", p.name, model.id),
            .expected = type_and_shape(p),
            .found = stranger ? fmt::format("\"{}\", which it does not have", shown(stranger->name)) : "none",
            .remedy = prefix_remedy(content, p.name)};
      }
      ++result.missing;
    } else if (!same_shape(p, *it->second) || !same_type(p, *it->second)) {
      if (first) result.first = misshapen(p, *it->second, model, file);
      ++result.misshapen;
    }
  }
  if (stranger && result.missing + result.misshapen == 0) {
    result.first = {.where = file,
                    .problem = fmt::format("holds a tensor \"{}\" that {} does not have",
                                           shown(stranger->name), model.id),
                    .expected = fmt::format("its {} tensors", model.parameters.all().size()),
                    .found = fmt::format("{}", content.tensors.size())};
    if (stranger->name.ends_with(".alpha"))
      result.first.remedy = "import it with --alpha exp or --alpha softplus, whichever it was trained with";
  }
  return result;
}

// The first number that cannot be one of the model's, in words; empty where all can.
std::string complaint(const Parameter& p, const io::Tensor& t) {
  const bool variance = p.role == Role::Buffer && p.name.ends_with(".running_var");
  const auto values = t.to_double();
  for (std::size_t k = 0; k < values.size(); ++k) {
    const double v = values[k];
    if (!std::isfinite(v))
      return fmt::format("tensor \"{}\" holds a number that is not finite at element {}", p.name, k);
    if (std::abs(v) > static_cast<double>(std::numeric_limits<float>::max()))
      return fmt::format("tensor \"{}\" holds a number that is too large for F32 at element {}: {}", p.name,
                         k, v);
    if (variance && v < 0)
      return fmt::format("tensor \"{}\" holds a negative variance at element {}: {}", p.name, k, v);
    constexpr double kLargestCount = 1ll << 53;
    if (p.type == ElementType::I64 && !(v >= 0 && v <= kLargestCount && v == std::floor(v)))
      return fmt::format("tensor \"{}\" holds {}, which is no number of batches", p.name, v);
  }
  return {};
}

// A part of a name that wrappers put there, at the start of it or further on.
bool is_wrapper(std::string_view part, bool at_start) {
  return part == "module" || part == "_orig_mod" || (at_start && part == "model");
}

// The name without them; what was taken off in `taken`.
std::string unwrapped(std::string_view name, std::string& taken) {
  std::string kept;
  while (true) {
    const auto dot = name.find('.');
    if (dot == std::string_view::npos) return kept.append(name);
    const std::string_view part = name.substr(0, dot + 1);
    (is_wrapper(name.substr(0, dot), kept.empty()) ? taken : kept).append(part);
    name.remove_prefix(dot + 1);
  }
}

constexpr int kLargestSide = 4096, kMostClasses = 4096;

int classes_of(const io::SafeTensors& content) {
  const io::Tensor* head = content.find("fc2.bias");
  if (!head) head = content.find("fc2.weight");
  const std::int64_t classes = head && !head->shape.empty() ? head->shape.front() : DataSizes{}.classes;
  return static_cast<int>(std::clamp<std::int64_t>(classes, 1, kMostClasses));
}

// The floating-point numbers of a state dict; those of a model grow with its images.
std::size_t float_count(const io::SafeTensors& content) {
  std::size_t count = 0;
  for (const io::Tensor& t : content.tensors)
    if (t.type != io::TensorType::I64 && !t.shape.empty()) count += t.element_count();
  return count;
}

// A known model with some options, for images of any size.
class Candidate {
 public:
  Candidate(const io::SafeTensors& content, const Settings& settings, const std::string& file)
      : content_(content), settings_(settings), file_(file), floats_(float_count(content)) {}

  Result<model::Model> build(const DataSizes& s) const {
    return build_model(settings_, s.rows, s.columns, s.classes);
  }
  Misfit judge(const DataSizes& s) const {
    const auto model = build(s);
    if (model) return misfit(content_, *model, file_);
    Misfit found = judge({.classes = s.classes});  // images are too small for it, which is one thing more
    ++found.missing;
    found.first = model.error();
    found.first.where = file_;
    return found;
  }
  // The sizes that give the shapes, or come closest: those of MNIST, else of square images, else of others.
  DataSizes guess() const {
    DataSizes best{.classes = classes_of(content_)};
    Misfit least = judge(best);
    const auto consider = [&](int rows, int columns) {
      if (least.all() == 0 || rows < 1 || rows > kLargestSide || columns > kLargestSide) return;
      const DataSizes sizes{rows, columns, best.classes};
      Misfit found = judge(sizes);
      if (found.all() >= least.all()) return;
      best = sizes;
      least = std::move(found);
    };
    if (least.misshapen == 0) return best;  // names do not depend on sizes
    const int side = smallest([](int n) { return std::pair(n, n); });
    consider(side, side);
    consider(side - 1, side - 1);
    for (int rows = side; rows > 0 && least.all() > 0 && least.named() == 0; --rows)
      consider(rows, smallest([rows](int n) { return std::pair(rows, n); }));
    while (best.rows != best.columns && least.all() == 0 && best.rows > 1 &&
           judge({best.rows - 1, best.columns, best.classes}).all() == 0)
      --best.rows;
    return best;
  }

 private:
  // The smallest n for which images of that size give as many numbers as there are.
  template <class Size>
  int smallest(Size size) const {
    int low = 1, high = kLargestSide;
    while (low < high) {
      const int middle = (low + high) / 2;
      const auto [rows, columns] = size(middle);
      const auto built = build({rows, columns, classes_of(content_)});
      // Where it cannot be built the images are too small for a layer, or too large for this program.
      const bool large = built ? built->parameters.float_count() >= floats_
                               : built.error().problem != model::kImagesTooSmall;
      if (large) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return low;
  }

  const io::SafeTensors& content_;
  const Settings& settings_;
  const std::string& file_;
  std::size_t floats_;
};

// Which networks are tried. Options of the synapse layer are asked for because there is one.
Result<std::vector<Settings>> networks_to_try(const AskedSettings& asked) {
  if (asked.own) {
    auto settings = recommended_settings(asked.own.definition, "");
    if (!settings) return settings.error();
    return std::vector<Settings>{std::move(*settings)};
  }
  std::vector<Settings> candidates;
  const bool synapse = std::any_of(asked.choices.begin(), asked.choices.end(), [](const auto& choice) {
    return choice.first == "synapse" || choice.first == "beta" || choice.first == "alpha" ||
           choice.first == "diagonal";
  });
  for (const model::ModelInfo& info : model::known_models()) {
    const DataSizes usual;
    const auto model = model::build(info.id, usual.rows, usual.columns, usual.classes);
    const bool wanted =
        asked.model.empty() ? !synapse || (model && has_synapse(*model)) : info.id == asked.model;
    if (wanted) candidates.push_back(recommended_settings(info.id, ""));
  }
  if (!candidates.empty()) return candidates;
  return model::build(asked.model, 1, 1, 1).error();  // which lists them
}

// Nothing that is known comes close.
Error unknown_state_dict(const io::SafeTensors& content, const std::string& file) {
  const auto first =
      std::min_element(content.tensors.begin(), content.tensors.end(),
                       [](const io::Tensor& a, const io::Tensor& b) { return a.name < b.name; });
  return {.where = file,
          .problem = "is neither a checkpoint of this program nor the state dict of one of its models",
          .expected = "the tensors of a known model, as \"fc2.weight\" and \"fc2.bias\"",
          .found = first == content.tensors.end()
                       ? "no tensors"
                       : fmt::format("\"{}\" and {} more", shown(first->name), content.tensors.size() - 1),
          .remedy = prefix_remedy(content, "fc2.weight")};
}

}  // namespace

Status strip_prefixes(io::SafeTensors& content, const std::string& file, std::vector<std::string>& notes) {
  std::map<std::string, std::string> names;  // new → old
  std::vector<std::string> all_taken;
  for (io::Tensor& t : content.tensors) {
    std::string taken, name = unwrapped(t.name, taken);
    const auto [it, fresh] = names.emplace(name, t.name);
    if (!fresh) {
      return Error{
          .where = file,
          .problem = fmt::format("holds both \"{}\" and \"{}\", which are one tensor without prefixes",
                                 shown(it->second), shown(t.name)),
          .remedy = "keep one of them"};
    }
    t.name = std::move(name);
    if (!taken.empty() && std::find(all_taken.begin(), all_taken.end(), taken) == all_taken.end())
      all_taken.push_back(std::move(taken));
  }
  if (all_taken.empty()) return {};
  std::string list;
  for (std::size_t k = 0; k < std::min<std::size_t>(all_taken.size(), 4); ++k)
    list += fmt::format("{}\"{}\"", k ? ", " : "", shown(all_taken[k]));
  notes.push_back(fmt::format("{}: {} {} taken off the tensors' names", file, list,
                              all_taken.size() == 1 ? "is" : "are"));
  return {};
}

Status read_tensors(const io::SafeTensors& content, const model::Model& model, const std::string& file,
                    model::State& state, std::vector<std::string>& notes) {
  if (auto wrong = misfit(content, model, file); wrong.all() > 0) return wrong.first;
  std::map<io::TensorType, int> converted;
  for (const Parameter& p : model.parameters.all()) {
    const io::Tensor& t = *content.find(p.name);
    if (const std::string words = complaint(p, t); !words.empty()) {
      return Error{
          .where = file, .problem = words, .remedy = "go back to an earlier checkpoint, or to sound weights"};
    }
    if (p.type == ElementType::I64) {
      state.counters[p.offset] = t.to_int64().front();
      continue;
    }
    if (t.type != io::TensorType::F32) ++converted[t.type];
    const auto values = t.to_float();
    std::copy(values.begin(), values.end(), state.values.begin() + static_cast<std::ptrdiff_t>(p.offset));
  }
  for (const auto& [type, count] : converted) {
    notes.push_back(fmt::format("{}: {} of its tensors {} converted from {} to F32", file, count,
                                count == 1 ? "is" : "are", io::type_name(type)));
  }
  return {};
}

Result<Fit> fit_state_dict(const io::SafeTensors& content, const Reading& reading, const std::string& file,
                           std::vector<std::string>& notes) {
  const auto candidates = networks_to_try(reading.asked);
  if (!candidates) return candidates.error();
  std::optional<Fit> taken;
  std::string others;
  std::optional<Misfit> closest;
  bool related = false;  // to any of them, by a name at least
  for (Settings settings : *candidates) {
    apply_settings(settings, reading.asked);
    if (auto status = validate(settings); !status) return status.error();
    const Candidate candidate(content, settings, file);
    const DataSizes sizes = reading.sizes ? *reading.sizes : candidate.guess();
    Misfit found = candidate.judge(sizes);
    if (found.all() == 0 && taken) {
      others += fmt::format("{}{}", others.empty() ? "" : ", ", settings.model);
    } else if (found.all() == 0) {
      taken = Fit{.settings = settings, .sizes = sizes, .model = *candidate.build(sizes)};
    } else if (!closest || found.named() < closest->named()) {
      related = related || found.superfluous < content.tensors.size();
      closest = std::move(found);
    }
  }
  if (!taken && !related && reading.asked.model.empty()) return unknown_state_dict(content, file);
  if (!taken) {
    if (reading.sizes && closest->named() == 0 && closest->first.remedy.empty())
      closest->first.remedy = "choose the data it was trained on";
    return closest->first;
  }
  if (!others.empty()) {
    notes.push_back(
        fmt::format("{}: is read as the state dict of {}, and {} would fit as well; --model names another",
                    file, taken->settings.model, others));
  }
  return std::move(*taken);
}

}  // namespace synann::train
