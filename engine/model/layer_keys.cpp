// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/model/layer_keys.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <limits>

namespace synann::model {
namespace {

using enum LayerKind;

constexpr int kMostOut = 1 << 20, kMostWindow = 255, kMostExcitatory = 1 << 16;
constexpr std::size_t kLongestName = 64;

// Whole numbers may be written as 3 or 3.0.
bool read_whole(const JsonTree& value, int least, int most, int& out) {
  if (!value.is_number()) return false;
  const auto number = value.get<double>();
  if (number != std::floor(number) || number < least || number > most) return false;
  out = static_cast<int>(number);
  return true;
}

bool read_real(const JsonTree& value, double least, double most, double& out) {
  if (!value.is_number()) return false;
  const auto number = value.get<double>();
  if (!(number >= least && number <= most)) return false;
  out = number;
  return true;
}

bool read_name(const JsonTree& value, std::string& out) {
  if (!value.is_string()) return false;
  out = value.get<std::string>();
  const auto fits = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '.' || c == '-';
  };
  return !out.empty() && out.size() <= kLongestName && std::all_of(out.begin(), out.end(), fits) &&
         out.front() != '.' && out.back() != '.';
}

// A choice whose enumerators stand in the order of its words.
template <class Enum>
bool read_word(const JsonTree& value, std::span<const std::string_view> words, Enum& out) {
  if (!value.is_string()) return false;
  const auto found = std::find(words.begin(), words.end(), value.get_ref<const std::string&>());
  if (found == words.end()) return false;
  out = static_cast<Enum>(found - words.begin());
  return true;
}
template <class Enum>
JsonTree written_word(std::span<const std::string_view> words, Enum value) {
  const auto k = static_cast<std::size_t>(value);
  return k == 0 ? JsonTree() : JsonTree(words[k]);
}

JsonTree unless(int value, int fallback) {
  return value == fallback ? JsonTree() : JsonTree(value);
}
JsonTree unless(double value, double fallback) {
  return value == fallback ? JsonTree() : JsonTree(value);
}

constexpr std::array<std::string_view, 2> kSemantics{"per-sample", "batch-coupled"},
    kDiagonals{"keep", "zero"};
constexpr std::array<std::string_view, 3> kBetas{"free", "sigmoid", "clamp"},
    kAlphas{"one", "exp", "softplus"}, kOvers{"features", "channels", "positions"},
    kInhibitions{"synapse", "dense", "none"};

const LayerKey kName{"name",
                     "the prefix of its tensors in a state_dict",
                     "1 to 64 letters, digits, \"_\", \"-\" and points between them",
                     [](const JsonTree& v, Layer& l) { return read_name(v, l.name); },
                     [](const Layer& l) { return JsonTree(l.name); },
                     true};
const LayerKey kOut{"out",
                    "output channels or features",
                    "a whole number from 1 to 1048576",
                    [](const JsonTree& v, Layer& l) { return read_whole(v, 1, kMostOut, l.out); },
                    [](const Layer& l) { return JsonTree(l.out); },
                    true};
const LayerKey kFeatures{
    "out",
    "output features, or \"classes\"",
    "a whole number from 1 to 1048576, or \"classes\"",
    [](const JsonTree& v, Layer& l) {
      if (v == "classes") l.out = kOutClasses;
      return v == "classes" || read_whole(v, 1, kMostOut, l.out);
    },
    [](const Layer& l) { return l.out == kOutClasses ? JsonTree("classes") : JsonTree(l.out); },
    true};
const LayerKey kOutputs{"out", "outputs; as many as inputs unless told otherwise",
                        "a whole number from 1 to 1048576",
                        [](const JsonTree& v, Layer& l) { return read_whole(v, 1, kMostOut, l.out); },
                        [](const Layer& l) { return unless(l.out, 0); }};
const LayerKey kKernel{"kernel",
                       "side of its window, pixels",
                       "a whole number from 1 to 255",
                       [](const JsonTree& v, Layer& l) { return read_whole(v, 1, kMostWindow, l.kernel); },
                       [](const Layer& l) { return JsonTree(l.kernel); },
                       true};
const LayerKey kStride{"stride", "from one window to the next, pixels", "a whole number from 1 to 255",
                       [](const JsonTree& v, Layer& l) {
                         if (!read_whole(v, 1, kMostWindow, l.stride)) return false;
                         if (l.stride == (l.kind == Conv2d ? 1 : l.kernel)) l.stride = 0;
                         return true;
                       },
                       [](const Layer& l) { return unless(l.stride, 0); }};
const LayerKey kPadding{"padding", "zeros on each side, pixels", "a whole number from 0 to 255",
                        [](const JsonTree& v, Layer& l) { return read_whole(v, 0, kMostWindow, l.padding); },
                        [](const Layer& l) { return unless(l.padding, 0); }};
const LayerKey kGroups{"groups", "parts of the channels that do not see each other",
                       "a whole number from 1 to 1048576",
                       [](const JsonTree& v, Layer& l) { return read_whole(v, 1, kMostOut, l.groups); },
                       [](const Layer& l) { return unless(l.groups, 1); }};
const LayerKey kBias{"bias", "whether it adds a trained constant", "true or false",
                     [](const JsonTree& v, Layer& l) {
                       if (v.is_boolean()) l.bias = v.get<bool>();
                       return v.is_boolean();
                     },
                     [](const Layer& l) { return l.bias ? JsonTree() : JsonTree(false); }};
const LayerKey kProbability{"p",
                            "probability of being dropped",
                            "a number from 0 to below 1",
                            [](const JsonTree& v, Layer& l) { return read_real(v, 0, 0.999999, l.p); },
                            [](const Layer& l) { return JsonTree(l.p); },
                            true};
const LayerKey kLeast{"min", "smallest output", "a number",
                      [](const JsonTree& v, Layer& l) { return read_real(v, -1e6, 1e6, l.least); },
                      [](const Layer& l) { return unless(l.least, 0.0); }};
const LayerKey kMost{"max", "largest output", "a number",
                     [](const JsonTree& v, Layer& l) { return read_real(v, -1e6, 1e6, l.most); },
                     [](const Layer& l) { return unless(l.most, 1.0); }};
const LayerKey kTemperature{
    "temperature", "divides what is exponentiated", "a number from 0.001 to 1000000",
    [](const JsonTree& v, Layer& l) { return read_real(v, 1e-3, 1e6, l.temperature); },
    [](const Layer& l) { return unless(l.temperature, 1.0); }};
const LayerKey kScale{"scale", "multiplies the probabilities", "a number from 0.000001 to 1000000",
                      [](const JsonTree& v, Layer& l) { return read_real(v, 1e-6, 1e6, l.scale); },
                      [](const Layer& l) { return unless(l.scale, 1.0); }};
const LayerKey kExcitatory{
    "excitatory", "which input excites each output", "\"first\", or a list of input indices from 0",
    [](const JsonTree& v, Layer& l) {
      l.excitatory.clear();
      if (v == "first") return true;
      if (!v.is_array() || v.empty() || v.size() > kMostExcitatory) return false;
      for (const JsonTree& index : v)
        if (!read_whole(index, 0, std::numeric_limits<int>::max(), l.excitatory.emplace_back())) return false;
      return true;
    },
    [](const Layer& l) { return l.excitatory.empty() ? JsonTree() : JsonTree(l.excitatory); }};
const LayerKey kOver{"over",
                     "what its inputs are",
                     "\"features\", \"channels\" or \"positions\"",
                     [](const JsonTree& v, Layer& l) { return read_word(v, kOvers, l.over); },
                     [](const Layer& l) { return written_word<Over>(kOvers, l.over); },
                     false,
                     kOvers};
const LayerKey kSemanticsKey{
    "semantics",
    "over which samples its product runs",
    "\"per-sample\" or \"batch-coupled\"",
    [](const JsonTree& v, Layer& l) { return read_word(v, kSemantics, l.synapse.semantics); },
    [](const Layer& l) { return written_word(kSemantics, l.synapse.semantics); },
    false,
    kSemantics};
const LayerKey kBeta{"beta",
                     "what its weights mean",
                     "\"free\", \"sigmoid\" or \"clamp\"",
                     [](const JsonTree& v, Layer& l) { return read_word(v, kBetas, l.synapse.beta); },
                     [](const Layer& l) { return written_word(kBetas, l.synapse.beta); },
                     false,
                     kBetas};
const LayerKey kAlpha{"alpha",
                      "what multiplies its outputs",
                      "\"one\", \"exp\" or \"softplus\"",
                      [](const JsonTree& v, Layer& l) { return read_word(v, kAlphas, l.synapse.alpha); },
                      [](const Layer& l) { return written_word(kAlphas, l.synapse.alpha); },
                      false,
                      kAlphas};
const LayerKey kDiagonal{
    "diagonal",
    "whether an output's own input inhibits it",
    "\"keep\" or \"zero\"",
    [](const JsonTree& v, Layer& l) { return read_word(v, kDiagonals, l.synapse.diagonal); },
    [](const Layer& l) { return written_word(kDiagonals, l.synapse.diagonal); },
    false,
    kDiagonals};
const LayerKey kInhibition{"inhibition",
                           "what inhibits the candidate state",
                           "\"synapse\", \"dense\" or \"none\"",
                           [](const JsonTree& v, Layer& l) { return read_word(v, kInhibitions, l.twin); },
                           [](const Layer& l) { return written_word(kInhibitions, l.twin); },
                           false,
                           kInhibitions};

const std::array kConvKeys{kName, kOut, kKernel, kStride, kPadding, kGroups, kBias};
const std::array kPoolKeys{kKernel, kStride};
const std::array kLinearKeys{kName, kFeatures, kBias};
const std::array kNameOnly{kName};
const std::array kClampKeys{kLeast, kMost};
const std::array kDropoutKeys{kProbability};
const std::array kSoftmaxKeys{kTemperature, kScale};
const std::array kRnnKeys{kName, kOut, kInhibition};
const std::array kSynapseKeys{kName, kOutputs, kExcitatory, kOver, kSemanticsKey, kBeta, kAlpha, kDiagonal};

}  // namespace

std::span<const KindInfo> kind_infos() {
  static const std::array kinds{KindInfo{Conv2d, kConvKeys},
                                KindInfo{MaxPool2d, kPoolKeys},
                                KindInfo{AvgPool2d, kPoolKeys},
                                KindInfo{GlobalMaxPool2d, {}},
                                KindInfo{GlobalAvgPool2d, {}},
                                KindInfo{Linear, kLinearKeys},
                                KindInfo{BatchNorm1d, kNameOnly},
                                KindInfo{BatchNorm2d, kNameOnly},
                                KindInfo{Relu, {}},
                                KindInfo{Sigmoid, {}},
                                KindInfo{Tanh, {}},
                                KindInfo{Glu, {}},
                                KindInfo{Clamp, kClampKeys},
                                KindInfo{Dropout, kDropoutKeys},
                                KindInfo{Dropout2d, kDropoutKeys},
                                KindInfo{Softmax, kSoftmaxKeys},
                                KindInfo{Synapse, kSynapseKeys},
                                KindInfo{SynaRnn, kRnnKeys},
                                KindInfo{LogSoftmax, {}}};
  return kinds;
}

std::span<const LayerKey> layer_keys(LayerKind kind) {
  for (const KindInfo& info : kind_infos())
    if (info.kind == kind) return info.keys;
  return {};
}

}  // namespace synann::model
