// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/data/registry.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <fmt/format.h>
#include <memory>
#include <string_view>
#include <system_error>
#include <utility>

#include "engine/core/file.h"
#include "engine/data/digits.h"
#include "engine/data/family.h"
#include "engine/data/gzip.h"
#include "engine/data/idx.h"
#include "engine/data/read_source.h"
#include "engine/data/source.h"

namespace synann::data {
namespace {

namespace fs = std::filesystem;

// data_digest of the original MNIST, by which a folder of any name is recognised.
constexpr std::string_view kMnistDigest = "29551ad1fc8536c1f6c93d62af26d5ab3bfe41cbc11258e751fd17a291f7c6cf";

// The files of one set, in both spellings that are around; each may also end in .gz.
struct FileName {
  const char* usual;
  const char* other;
};
struct SetNames {
  FileName images, labels;
};
constexpr SetNames kTrainFiles{{"train-images-idx3-ubyte", "train-images.idx3-ubyte"},
                               {"train-labels-idx1-ubyte", "train-labels.idx1-ubyte"}};
constexpr SetNames kTestFiles{{"t10k-images-idx3-ubyte", "t10k-images.idx3-ubyte"},
                              {"t10k-labels-idx1-ubyte", "t10k-labels.idx1-ubyte"}};

bool is_there(const fs::path& path) {
  std::error_code ignored;
  return fs::exists(path, ignored);
}

// Every form in which `name` is accepted, the preferred first.
std::array<std::string, 4> forms(const FileName& name) {
  const std::string usual = name.usual, other = name.other;
  return {usual, usual + ".gz", other, other + ".gz"};
}

// An absolute path from the environment; the XDG standard wants relative ones ignored.
std::optional<fs::path> folder_from(const char* variable) {
  const char* value = std::getenv(variable);
  if (!value || value[0] != '/') return std::nullopt;
  return fs::path(value);
}

// The folder in SYNANN_MNIST. Where it is set no other is looked at: a person who names a folder means that
// folder.
std::optional<fs::path> named_mnist_folder() {
  const char* named = std::getenv("SYNANN_MNIST");
  if (!named || !*named) return std::nullopt;
  return fs::path(named);
}

// Where MNIST lies if it was installed for the user or the system.
std::vector<fs::path> usual_mnist_folders() {
  std::vector<fs::path> folders;
  if (const auto user = user_data_folder()) folders.push_back(*user / "mnist");
  const char* list = std::getenv("XDG_DATA_DIRS");
  std::string_view rest = list && *list ? list : "/usr/local/share:/usr/share";
  while (!rest.empty()) {
    const std::string_view entry = rest.substr(0, rest.find(':'));
    rest.remove_prefix(std::min(rest.size(), entry.size() + 1));
    if (entry.starts_with('/')) folders.push_back(fs::path(entry) / "synann-studio" / "mnist");
  }
  return folders;
}

std::optional<fs::path> find_mnist() {
  std::vector<fs::path> folders = usual_mnist_folders();
  if (const auto named = named_mnist_folder()) folders = {*named};
  const auto found = std::find_if(folders.begin(), folders.end(), holds_four_files);
  if (found == folders.end()) return std::nullopt;
  return *found;
}

std::string name_of(const fs::path& folder) {
  std::error_code error;
  const fs::path full = fs::weakly_canonical(folder, error);
  const std::string name = (error ? folder : full).filename().string();
  return name.empty() ? folder.string() : name;
}

std::string place_of(const fs::path& path) {
  std::error_code error;
  auto full = fs::absolute(path, error).lexically_normal();
  if (full.has_parent_path() && !full.has_filename())
    full = full.parent_path();  // without a slash at the end
  return error ? path.string() : full.string();
}

Result<DataPairPtr> open_path(const fs::path& path) {
  const auto source = find_source(path);
  if (!source) return source.error();
  auto parts = read_source(*source);
  if (!parts) return parts.error();
  const Family family = family_of(source->prefix, source->folder);
  auto pair = assemble(std::move(*parts), family);
  if (!pair) return pair.error();
  pair->name = pair->sha256 == kMnistDigest ? "MNIST" : family.title.empty() ? name_of(path) : family.title;
  pair->spec = path.string();
  pair->location = place_of(path);
  return std::make_shared<const DataPair>(std::move(*pair));
}

DataPairPtr make_builtin() {
  DataPair pair;
  pair.name = "Digits (built in)";
  pair.spec = "digits";
  pair.train = make_digits(kDigitsTrainCount, kDigitsTrainSeed);
  pair.test = make_digits(kDigitsTestCount, kDigitsTestSeed);
  pair.sha256 = data_digest(pair.train, pair.test);
  pair.class_names = class_names_or_numbers({}, pair.train.classes);
  return std::make_shared<const DataPair>(std::move(pair));
}

Result<DataPairPtr> open_mnist() {
  // A folder that a person named is opened even where files are missing: the error then says which.
  if (const auto named = named_mnist_folder()) return open_path(*named);
  if (const auto found = find_mnist()) return open_path(*found);
  Error error = input_error("mnist", "MNIST is not on this machine",
                            "set SYNANN_MNIST to the folder that holds it, or give the folder itself");
  if (const auto user = user_data_folder())
    error.expected = fmt::format("its files in {}", (*user / "mnist").string());
  return error;
}

// One file to write: its final name and what it will hold.
struct OutputFile {
  const FileName* name;
  std::vector<std::uint8_t> bytes;
};

std::array<OutputFile, 4> format_files(const DataPair& data) {
  const auto images = [](const Dataset& set) {
    return format_idx(
        std::array{static_cast<std::uint32_t>(set.count()), static_cast<std::uint32_t>(set.rows),
                   static_cast<std::uint32_t>(set.columns)},
        set.pixels);
  };
  const auto labels = [](const Dataset& set) {
    return format_idx(std::array{static_cast<std::uint32_t>(set.count())}, set.labels);
  };
  return {{{&kTrainFiles.images, images(data.train)},
           {&kTrainFiles.labels, labels(data.train)},
           {&kTestFiles.images, images(data.test)},
           {&kTestFiles.labels, labels(data.test)}}};
}

// A file in the way of `name` is an error; with `force` only one that would not simply be replaced, but
// shadow or accompany the new file under another spelling.
Status check_free(const fs::path& folder, const FileName& name, bool force) {
  const std::string written = std::string(name.usual) + ".gz";
  for (const std::string& form : forms(name)) {
    if (!is_there(folder / form) || (force && form == written)) continue;
    return input_error((folder / form).string(), "exists already",
                       form == written ? "choose an empty folder or ask to overwrite"
                                       : "choose an empty folder or remove it");
  }
  return {};
}

}  // namespace

std::optional<fs::path> user_data_folder() {
  if (const auto data = folder_from("XDG_DATA_HOME")) return *data / "synann-studio";
  if (const auto home = folder_from("HOME")) return *home / ".local" / "share" / "synann-studio";
  return std::nullopt;
}

std::optional<fs::path> user_cache_folder() {
  if (const auto cache = folder_from("XDG_CACHE_HOME")) return *cache / "synann-studio";
  if (const auto home = folder_from("HOME")) return *home / ".cache" / "synann-studio";
  return std::nullopt;
}

std::vector<KnownDataset> known_datasets() {
  std::vector<KnownDataset> known{{"digits", "Digits (built in)"}};
  if (const auto mnist = find_mnist()) known.push_back({mnist->string(), "MNIST"});
  return known;
}

Result<DataPairPtr> open_dataset(const std::string& spec) {
  if (spec.empty())
    return input_error("data", "no data set is named", "say digits, mnist, or a folder or file");
  if (spec == "digits") return make_builtin();
  if (spec == "mnist") return open_mnist();
  return open_path(spec);
}

Status write_idx_folder(const DataPair& data, const fs::path& folder, bool force) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (error)
    return input_error(folder.string(), fmt::format("the folder cannot be made ({})", error.message()));
  const auto files = format_files(data);
  for (const OutputFile& file : files) {
    if (const Status free = check_free(folder, *file.name, force); !free) return free;
  }
  for (const OutputFile& file : files) {
    const fs::path path = folder / (std::string(file.name->usual) + ".gz");
    const auto packed = gzip(file.bytes);
    if (!packed) {
      Error failed = packed.error();
      failed.where = path.string();
      return failed;
    }
    if (const Status written = write_file_atomically(path, *packed); !written) return written;
  }
  return {};
}

}  // namespace synann::data
