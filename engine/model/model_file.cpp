// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/model/model_file.h"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <set>
#include <utility>

#include "engine/core/file.h"
#include "engine/core/text_value.h"
#include "engine/io/json_reader.h"
#include "engine/model/layer_keys.h"
#include "engine/model/layer_words.h"

namespace synann::model {
namespace {

constexpr const char* kModelFormat = "synann-model-1";
constexpr int kDeepestModel = 64;  // levels of brackets
constexpr std::size_t kLongestId = 40, kLongestTitle = 80, kLongestHelp = 400;
constexpr std::string_view kResidual = "residual", kExposes = "exposes";

std::string value_text(const JsonTree& value) {
  if (value.is_string()) return in_quotes(value.get<std::string>());
  return in_quotes(value.dump(-1, ' ', false, JsonTree::error_handler_t::replace));
}

// Reads one model file and keeps the first complaint.
class ModelReader : private JsonReader {
 public:
  explicit ModelReader(std::string file) : JsonReader(std::move(file)) {}
  Result<Definition> read(std::string_view text);

 private:
  std::string text(const JsonTree& root, const char* key, std::size_t longest, const std::string& fallback);
  void read_id(const JsonTree& root, Definition& d);
  void read_input(const JsonTree& input, Definition& d);
  void read_layers(const JsonTree& layers, const std::string& where, std::vector<Layer>& into);
  void read_layer(const JsonTree& value, std::vector<Layer>& into);
  void read_block(const JsonTree& value, const std::string& where, std::vector<Layer>& into);
  bool read_kind(const JsonTree& value, std::string& where, Layer& layer, bool& block);
  void check_layer(const Layer& layer, const std::string& where);

  int number_ = 0;  // of the layer being read
  std::set<std::string> names_, exposed_;
  bool exposes_ = false;  // whether the file says what is exposed
};

std::string ModelReader::text(const JsonTree& root, const char* key, std::size_t longest,
                              const std::string& fallback) {
  const auto found = root.find(key);
  if (found == root.end()) return fallback;
  if (!found->is_string() || found->get_ref<const std::string&>().size() > longest) {
    fail({}, fmt::format("its \"{}\" cannot be taken", key),
         fmt::format("a text of at most {} bytes", longest), value_text(*found));
    return fallback;
  }
  return found->get<std::string>();
}

void ModelReader::read_id(const JsonTree& root, Definition& d) {
  d.id = text(root, "id", kLongestId, {});
  const auto fits = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
  };
  if (!failed() && (d.id.empty() || !std::all_of(d.id.begin(), d.id.end(), fits)))
    fail({}, "has no usable \"id\"", fmt::format("1 to {} of a–z, 0–9, \"-\" and \"_\"", kLongestId),
         in_quotes(d.id));
}

void ModelReader::read_input(const JsonTree& input, Definition& d) {
  constexpr const char* kExpected =
      "{\"scale\": [mean, deviation]} of pixels from 0 to 1, the deviation above 0";
  if (!input.is_object()) return fail("input", "is no object", kExpected, value_text(input));
  check_keys(input, "input", {"scale"});
  const auto scale = input.find("scale");
  if (scale == input.end()) return;
  const bool pair =
      scale->is_array() && scale->size() == 2 && (*scale)[0].is_number() && (*scale)[1].is_number();
  if (!pair || !((*scale)[1].get<double>() > 0))
    return fail("input", "has no usable scale", kExpected, value_text(*scale));
  d.scaling = {(*scale)[0].get<double>(), (*scale)[1].get<double>()};
}

// Also says where the layer is, with its kind.
bool ModelReader::read_kind(const JsonTree& value, std::string& where, Layer& layer, bool& block) {
  if (!value.is_object()) {
    fail(where, "is no object", "{\"kind\": …}", value_text(value));
    return false;
  }
  std::vector<std::string> kinds{std::string(kResidual)};
  for (const KindInfo& info : kind_infos()) kinds.emplace_back(kind_id(info.kind));
  const auto kind = value.find("kind");
  const std::string word =
      kind != value.end() && kind->is_string() ? kind->get<std::string>() : std::string();
  if (const auto known = check_word("kind", word, kinds); !known) {
    const std::string near = nearest_word(word, kinds);
    fail(where, kind == value.end() ? "has no \"kind\"" : "is of an unknown kind",
         fmt::format("one of {}", fmt::join(kinds, ", ")),
         kind == value.end() ? std::string() : value_text(*kind),
         near.empty() ? std::string() : fmt::format("did you mean \"{}\"?", near));
    return false;
  }
  where += fmt::format(" ({})", word);
  block = word == kResidual;
  for (const KindInfo& info : kind_infos())
    if (kind_id(info.kind) == word) layer.kind = info.kind;
  return true;
}

// What no key says by itself.
void ModelReader::check_layer(const Layer& l, const std::string& where) {
  if (l.kind == LayerKind::Clamp && !(l.least < l.most))
    fail(where, "clamps to nothing", "\"min\" below \"max\"", fmt::format("{} and {}", l.least, l.most));
  if (!l.name.empty() && !names_.insert(l.name).second)
    fail(where, fmt::format("has the name \"{}\", which an earlier layer has", l.name), "a name of its own");
  if (!l.exposes.empty() && !exposed_.insert(l.exposes).second)
    fail(where, fmt::format("exposes \"{}\", which an earlier layer does", l.exposes), "another word");
}

void ModelReader::read_block(const JsonTree& value, const std::string& where, std::vector<Layer>& into) {
  check_keys(value, where, {"kind", "layers"});
  const auto layers = value.find("layers");
  if (layers == value.end() || !layers->is_array() || layers->empty())
    return fail(where, "has no layers", "\"layers\": an array of at least one");
  into.push_back({.kind = LayerKind::ResidualBegin});
  read_layers(*layers, where, into);
  into.push_back({.kind = LayerKind::ResidualEnd});
}

void ModelReader::read_layer(const JsonTree& value, std::vector<Layer>& into) {
  std::string where = fmt::format("layer {}", ++number_);
  Layer layer{.kind = LayerKind::Relu};
  bool block = false;
  if (!read_kind(value, where, layer, block)) return;
  if (block) return read_block(value, where, into);
  const auto keys = layer_keys(layer.kind);
  std::vector<std::string_view> known{"kind"};
  for (const LayerKey& key : keys) known.push_back(key.name);
  known.push_back(kExposes);
  check_keys(value, where, known);
  for (const LayerKey& key : keys) {
    const auto found = value.find(std::string(key.name));
    if (found == value.end()) {
      if (key.required) fail(where, fmt::format("has no \"{}\"", key.name), std::string(key.expected));
    } else if (!key.read(*found, layer)) {
      fail(where, fmt::format("its \"{}\" cannot be taken", key.name), std::string(key.expected),
           value_text(*found));
    }
  }
  // As many outputs as are excited, unless told otherwise.
  if (layer.kind == LayerKind::Synapse && layer.out == 0)
    layer.out = static_cast<int>(layer.excitatory.size());
  if (const auto exposes = value.find(std::string(kExposes)); exposes != value.end()) {
    exposes_ = true;
    if (exposes->is_string() && exposes->get_ref<const std::string&>().size() <= kLongestId) {
      layer.exposes = exposes->get<std::string>();
    } else {
      fail(where, "its \"exposes\" cannot be taken", fmt::format("a text of at most {} bytes", kLongestId),
           value_text(*exposes));
    }
  }
  check_layer(layer, where);
  into.push_back(std::move(layer));
}

void ModelReader::read_layers(const JsonTree& layers, const std::string& where, std::vector<Layer>& into) {
  for (const JsonTree& value : layers) {
    if (failed()) return;
    if (number_ >= kMostLayers)
      return fail(where, "has too many layers", fmt::format("at most {}", kMostLayers), "more");
    read_layer(value, into);
  }
}

Result<Definition> ModelReader::read(std::string_view content) {
  if (content.size() > kLargestModelFile) {
    fail({}, "is too large for a model file", fmt::format("at most {} bytes", kLargestModelFile),
         fmt::format("{}", content.size()));
    return error_;
  }
  const auto tree = parse_json_tree(content, file_, kDeepestModel);
  if (!tree) return tree.error();
  const JsonTree& root = *tree;
  if (!root.is_object() || root.find("format") == root.end() || *root.find("format") != kModelFormat)
    return Error{.where = file_,
                 .problem = "is no model file",
                 .expected = fmt::format("a JSON object with \"format\": \"{}\"", kModelFormat)};
  check_keys(root, {}, {"format", "id", "title", "help", "input", "layers", "training"});
  Definition d;
  read_id(root, d);
  d.title = text(root, "title", kLongestTitle, d.id);
  d.help = text(root, "help", kLongestHelp, {});
  if (const auto input = root.find("input"); input != root.end()) read_input(*input, d);
  const auto layers = root.find("layers");
  if (layers == root.end() || !layers->is_array() || layers->empty())
    fail({}, "has no layers", "\"layers\": an array of at least one");
  else
    read_layers(*layers, {}, d.layers);
  if (!failed() && d.layers.back().kind != LayerKind::LogSoftmax)
    fail({}, "does not end with log_softmax", {}, {}, "add {\"kind\": \"log_softmax\"} as the last layer");
  const auto early = [](const Layer& l) { return l.kind == LayerKind::LogSoftmax; };
  if (!failed() && std::count_if(d.layers.begin(), d.layers.end(), early) > 1)
    fail({}, "has log_softmax before its end", "log_softmax as the last layer alone");
  if (const auto training = root.find("training"); training != root.end()) {
    if (!training->is_object()) fail("training", "is no object", "settings by name", value_text(*training));
    d.training = nlohmann::json::parse(training->dump()).dump();  // in one order, however it was written
  }
  if (failed()) return error_;
  for (Layer& l : d.layers)
    if (!exposes_) l.exposes = l.name;
  return d;
}

// Whether a file without a word about it would say that each layer with a name exposes it.
bool exposes_names(const Definition& d) {
  return std::all_of(d.layers.begin(), d.layers.end(), [](const Layer& l) { return l.exposes == l.name; });
}

JsonTree layer_json(const Layer& l, bool exposes) {
  JsonTree json{{"kind", kind_id(l.kind)}};
  for (const LayerKey& key : layer_keys(l.kind)) {
    JsonTree value = key.write(l);
    const bool counted = key.name == "out" && std::ssize(l.excitatory) == l.out && !l.excitatory.empty();
    if (!value.is_null() && !counted) json[std::string(key.name)] = std::move(value);
  }
  if (exposes) json[std::string(kExposes)] = l.exposes;
  return json;
}

}  // namespace

Result<Definition> parse_model_file(std::string_view text, const std::string& file) {
  return ModelReader(file).read(text);
}

Result<Definition> read_model_file(const std::filesystem::path& path) {
  const auto bytes = read_file(path, kLargestModelFile);
  if (!bytes) return bytes.error();
  return parse_model_file({reinterpret_cast<const char*>(bytes->data()), bytes->size()}, path.string());
}

// A line for each layer, so that people and diff can read it.
std::string model_file_text(const Definition& d) {
  const auto text = [](const JsonTree& json) {
    return json.dump(-1, ' ', false, JsonTree::error_handler_t::replace);
  };
  std::string out = fmt::format("{{\"format\": \"{}\", \"id\": {}, \"title\": {},\n", kModelFormat,
                                text(d.id), text(d.title));
  if (!d.help.empty()) out += fmt::format(" \"help\": {},\n", text(d.help));
  out +=
      fmt::format(" \"input\": {{\"scale\": [{}, {}]}},\n", text(d.scaling.mean), text(d.scaling.deviation));
  if (!d.training.empty()) out += fmt::format(" \"training\": {},\n", d.training);
  out += " \"layers\": [";
  const bool by_name = exposes_names(d);
  bool said = by_name, comma = false;
  std::string indent = "\n  ";
  for (const Layer& l : d.layers) {
    if (l.kind == LayerKind::ResidualEnd) {
      indent.resize(indent.size() - 2);
      out += "]}";
      comma = true;
      continue;
    }
    out += (comma ? "," : "") + indent;
    comma = l.kind != LayerKind::ResidualBegin;
    if (comma) {
      // Where nothing is exposed the first name says so.
      const bool says = !by_name && (!l.exposes.empty() || (!said && !l.name.empty()));
      out += text(layer_json(l, says));
      said |= says;
    } else {
      out += "{\"kind\": \"residual\", \"layers\": [";
      indent += "  ";
    }
  }
  return out + "\n ]}\n";
}

bool is_model_file_name(const std::string& name) {
  std::error_code code;
  return name.ends_with(".json") || std::filesystem::is_regular_file(name, code);
}

}  // namespace synann::model
