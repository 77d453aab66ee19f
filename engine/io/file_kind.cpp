// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/io/file_kind.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <string>

namespace synann::io {
namespace {

using namespace std::string_view_literals;

bool starts(std::string_view head, std::string_view magic) {
  return head.starts_with(magic);
}

bool has(std::string_view head, std::string_view words) {
  return head.find(words) != std::string_view::npos;
}

// Where text begins: behind a byte order mark and white space; in lower case.
std::string text_of(std::string_view head) {
  if (starts(head, "\xef\xbb\xbf")) head.remove_prefix(3);
  head.remove_prefix(std::min(head.find_first_not_of(" \t\r\n"), head.size()));
  std::string text(head);
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

bool is_zip(std::string_view head) {
  return starts(head, "PK\x03\x04") || starts(head, "PK\x05\x06") || starts(head, "PK\x07\x08");
}

// The name of a zip's first member.
std::string_view first_member(std::string_view head) {
  if (!starts(head, "PK\x03\x04") || head.size() < 30) return {};
  const auto low = static_cast<unsigned char>(head[26]), high = static_cast<unsigned char>(head[27]);
  return head.substr(30, std::size_t{low} + 256u * high);
}

// torch.save since 1.6 writes a zip whose members lie in one folder, the pickle among the first of them.
bool is_torch_zip(std::string_view head) {
  const std::string_view name = first_member(head);
  for (const auto part : {"data.pkl"sv, ".format_version"sv, ".data/serialization_id"sv, "byteorder"sv,
                          "constants.pkl"sv, "/version"sv})
    if (name.ends_with(part)) return true;
  return is_zip(head) && has(head, "/data.pkl");
}

// torch.jit.save writes the tensors first.
bool is_torch_script(std::string_view head) {
  return first_member(head).ends_with("/data/0") || has(head, "/code/__torch__");
}

// The protocol, then whatever is pickled; before 1.6 torch.save wrote a magic number first.
bool is_pickle(std::string_view head) {
  return head.size() > 2 && head[0] == '\x80' && head[1] >= 2 && head[1] <= 5;
}

// A ModelProto: field 1, the version of the format, then the producer, the graph or the opsets.
bool is_onnx(std::string_view head) {
  if (head.size() < 4 || head[0] != '\x08' || head[1] < 1 || head[1] > 30) return false;
  return "\x12\x1a\x22\x28\x32\x3a\x42\x72"sv.find(head[2]) != std::string_view::npos;
}

bool is_tar(std::string_view head) {
  return head.size() > 262 && head.substr(257, 5) == "ustar";
}

struct Kind {
  const char *what, *remedy;
  bool (*is)(std::string_view head);
};

constexpr const char* kFromTorch =
    "convert it in Python: import torch, safetensors.torch; safetensors.torch.save_file({k: v.contiguous() "
    "for "
    "k, v in torch.load(\"model.pth\", map_location=\"cpu\", weights_only=True).items()}, "
    "\"model.safetensors\")";
constexpr const char* kFromTorchScript =
    "convert it in Python: import torch, safetensors.torch; safetensors.torch.save_file({k: v.contiguous() "
    "for "
    "k, v in torch.jit.load(\"model.pt\", map_location=\"cpu\").state_dict().items()}, "
    "\"model.safetensors\")";
constexpr const char* kFromModel =
    "save the model's state dict where it was trained: safetensors.torch.save_file(model.state_dict(), "
    "\"model.safetensors\")";

// The first that fits counts.
constexpr std::array kKinds = {
    Kind{"is a file of PyTorch's torch.save (.pth, .pt)", kFromTorch, is_torch_zip},
    Kind{"is a TorchScript file (.pt)", kFromTorchScript, is_torch_script},
    Kind{"is a pickle, as torch.save wrote before PyTorch 1.6 (.pth, .pt)", kFromTorch, is_pickle},
    Kind{"is an archive of NumPy arrays (.npz)",
         "convert it in Python: safetensors.numpy.save_file(dict(numpy.load(\"model.npz\")), "
         "\"model.safetensors\")",
         [](std::string_view head) { return first_member(head).ends_with(".npy"); }},
    Kind{"is a zip archive",
         "unpack it and give the safetensors file inside; of a PyTorch or Keras model save "
         "the weights as safetensors first",
         is_zip},
    Kind{"is an HDF5 file, as Keras writes (.h5)",
         "its layers are Keras's and have other names and layouts, so build the network in PyTorch and save "
         "its "
         "state dict: safetensors.torch.save_file(model.state_dict(), \"model.safetensors\")",
         [](std::string_view head) { return starts(head, "\x89HDF\r\n\x1a\n"); }},
    Kind{"is a GGUF file, the format of llama.cpp", kFromModel,
         [](std::string_view head) {
           return starts(head, "GGUF") || starts(head, "FUGG") || starts(head, "tjgg") ||
                  starts(head, "lmgg");
         }},
    Kind{"is a Git LFS pointer, which stands for the file",
         "get the file itself with \"git lfs pull\" in its folder",
         [](std::string_view head) {
           return starts(head, "version https://git-lfs.") || starts(head, "version https://hawser.");
         }},
    Kind{"is an HTML page, as a server sends in the place of a file",
         "download it again by its direct link (on Hugging Face \"resolve\" in the place of \"blob\"), "
         "signed in "
         "where that is needed",
         [](std::string_view head) {
           const std::string text = text_of(head);
           return starts(text, "<!doctype html") || starts(text, "<html") || starts(text, "<head") ||
                  starts(text, "<!--") || starts(text, "<body") ||
                  (starts(text, "<?xml") && has(text, "<html"));
         }},
    Kind{"is an XML document, as a server sends in the place of a file", "download the file again",
         [](std::string_view head) { return starts(text_of(head), "<?xml"); }},
    Kind{"is an index (index.json) of a state dict that is spread over several files",
         "join the files that it lists, in Python: whole = {}; for each of them: "
         "whole.update(safetensors.torch.load_file(part)); then safetensors.torch.save_file(whole, "
         "\"model.safetensors\")",
         [](std::string_view head) {
           const std::string text = text_of(head);
           return starts(text, "{") && has(text, "\"weight_map\"");
         }},
    Kind{"is JSON text", "give the safetensors file that lies beside it, or that it tells of",
         [](std::string_view head) { return starts(text_of(head), "{"); }},
    Kind{"is a NumPy array (.npy)", kFromModel,
         [](std::string_view head) { return starts(head, "\x93NUMPY"); }},
    Kind{"is a TensorFlow Lite model", kFromModel,
         [](std::string_view head) { return head.size() >= 8 && head.substr(4, 4) == "TFL3"; }},
    Kind{"is a compressed file or an archive", "unpack it first",
         [](std::string_view head) {
           return starts(head, "\x1f\x8b") ||
                  starts(head,
                         "\xfd"
                         "7zXZ") ||
                  starts(head, "BZh") || starts(head, "\x28\xb5\x2f\xfd") || starts(head, "7z\xbc\xaf") ||
                  starts(head, "Rar!") || is_tar(head);
         }},
    Kind{"is an ONNX model",
         "it holds a graph and not a state dict, so save that where the model was trained: "
         "safetensors.torch.save_file(model.state_dict(), \"model.safetensors\")",
         is_onnx},
};

// The upper half of the header's length is zero, and JSON follows it.
bool may_be_safetensors(std::string_view head) {
  return head.size() >= 8 && head.substr(4, 4) == "\0\0\0\0"sv && (head.size() == 8 || head[8] == '{');
}

}  // namespace

std::optional<Error> other_kind_of_file(std::span<const std::uint8_t> bytes, std::string_view file) {
  const auto looked_at = bytes.first(std::min(bytes.size(), kHeadOfFile));
  const std::string_view head(reinterpret_cast<const char*>(looked_at.data()), looked_at.size());
  if (head.empty()) return Error{.where = std::string(file), .problem = "is empty"};
  if (may_be_safetensors(head)) return std::nullopt;
  for (const Kind& kind : kKinds) {
    if (!kind.is(head)) continue;
    return Error{.where = std::string(file),
                 .problem = std::string(kind.what) + " and not a safetensors file",
                 .remedy = kind.remedy};
  }
  return std::nullopt;
}

}  // namespace synann::io
