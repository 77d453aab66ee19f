// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/data/source.h"

#include <algorithm>
#include <fmt/format.h>
#include <map>
#include <optional>
#include <set>
#include <system_error>
#include <utility>

#include "engine/core/file.h"
#include "engine/core/lower_case.h"
#include "engine/data/family.h"
#include "engine/data/formats.h"
#include "engine/data/packing.h"

namespace synann::data {
namespace {

namespace fs = std::filesystem;
using Kind = Source::Kind;

constexpr int kDeepest = 3;         // folders below the one that was named: ./data/MNIST/raw
constexpr int kMostFolders = 2000;  // that are looked into

std::string extension_of(const fs::path& path) {
  const std::string name = plain_name(path.filename().string());
  const std::size_t dash = name.rfind('-');
  return dash == std::string::npos ? std::string() : name.substr(dash + 1);
}

// What lies in a folder, sorted by name; hidden files are not looked at.
struct Entries {
  std::vector<fs::path> files, folders;
};

Entries entries_of(const fs::path& folder) {
  Entries entries;
  std::error_code error;
  for (fs::directory_iterator it(folder, fs::directory_options::skip_permission_denied, error), end;
       !error && it != end; it.increment(error)) {
    const std::string name = it->path().filename().string();
    std::error_code ignored;
    if (name.starts_with('.') || name.starts_with("__MACOSX")) continue;
    if (it->is_directory(ignored)) {
      entries.folders.push_back(folder / name);
    } else if (it->is_regular_file(ignored)) {
      entries.files.push_back(folder / name);
    }
  }
  std::ranges::sort(entries.files);
  std::ranges::sort(entries.folders);
  return entries;
}

// Kaggle unpacks a file into a folder of the file's name: what lies there counts as lying here.
void add_files_in_their_folders(Entries& entries) {
  for (const fs::path& folder : entries.folders) {
    const std::string name = plain_name(folder.filename().string());
    if (!file_role(name) && !name.ends_with("-csv") && !name.ends_with("-npz")) continue;
    for (const fs::path& file : entries_of(folder).files)
      if (plain_name(file.filename().string()) == name) entries.files.push_back(file);
  }
}

// Plain files first, then gzip, then what must be unpacked by hand; dashes before dots.
int rank(const fs::path& path) {
  const std::string name = lower_case(path.filename().string());
  const int dots = name.find(".idx") != std::string::npos ? 1 : 0;
  if (name.ends_with(".gz")) return 2 + dots;
  for (const char* packed : {".xz", ".zst", ".zip", ".bz2", ".lz4"})
    if (name.ends_with(packed)) return 4;
  return dots;
}

void sort_by_rank(Source::Paths& paths) {
  std::ranges::stable_sort(paths, {}, rank);
  // What must be unpacked by hand is only of interest where there is nothing else.
  if (!paths.empty() && rank(paths.front()) < 4)
    std::erase_if(paths, [](const fs::path& p) { return rank(p) == 4; });
}

Source::Paths& part(Source& source, const FileRole& role) {
  if (role.test) return role.labels ? source.test_labels : source.test_images;
  return role.labels ? source.train_labels : source.train_images;
}

std::vector<Source> four_files(const fs::path& folder, const Entries& entries) {
  std::map<std::string, Source> groups;
  for (const fs::path& file : entries.files) {
    const auto role = file_role(file.filename().string());
    if (!role) continue;
    Source& source = groups[role->prefix];
    source.folder = folder;
    source.prefix = role->prefix;
    part(source, *role).push_back(file);
  }
  std::vector<Source> sources;
  for (auto& [prefix, source] : groups) {
    for (auto* paths : {&source.train_images, &source.train_labels, &source.test_images, &source.test_labels})
      sort_by_rank(*paths);
    sources.push_back(std::move(source));
  }
  const bool any_complete = std::ranges::any_of(sources, &Source::complete);
  if (any_complete) std::erase_if(sources, [](const Source& s) { return !s.complete(); });
  return sources;
}

bool is_table(const fs::path& file) {
  const std::string extension = extension_of(file);
  return (extension == "csv" || extension == "tsv" || extension == "npz") &&
         !file_role(file.filename().string());
}

std::vector<Source> tables(const fs::path& folder, const Entries& entries) {
  std::map<std::string, Source> groups;
  const bool several = std::ranges::count_if(entries.files, is_table) > 1;
  for (const fs::path& file : entries.files) {
    if (!is_table(file)) continue;
    const TableRole role = table_role(file.filename().string());
    // A form to fill in for Kaggle, and tables that only say which label is which, are no data.
    if (several && !role.train && !role.test) {
      const std::string& name = role.prefix;
      if (name.find("submission") != std::string::npos || name.find("mapping") != std::string::npos) continue;
    }
    Source& source = groups[role.prefix + "/" + extension_of(file)];
    source.kind = Kind::Tables;
    source.folder = folder;
    source.prefix = role.prefix;
    (role.test && !role.train ? source.test_images : source.train_images).push_back(file);
  }
  std::vector<Source> sources;
  for (auto& [key, source] : groups) {
    sort_by_rank(source.train_images);
    sort_by_rank(source.test_images);
    if (source.train_images.empty()) std::swap(source.train_images, source.test_images);
    sources.push_back(std::move(source));
  }
  return sources;
}

bool holds_an_image(const fs::path& folder) {
  std::error_code error;
  for (fs::directory_iterator it(folder, fs::directory_options::skip_permission_denied, error), end;
       !error && it != end; it.increment(error)) {
    const std::string extension = lower_case(it->path().extension().string());
    if (extension.size() > 1 && is_image_extension(extension.substr(1))) return true;
  }
  return false;
}

bool holds_classes(const fs::path& folder) {
  return std::ranges::any_of(entries_of(folder).folders, holds_an_image);
}

std::optional<fs::path> named(const Entries& entries, std::initializer_list<const char*> names) {
  for (const char* name : names) {
    for (const fs::path& folder : entries.folders)
      if (lower_case(folder.filename().string()) == name) return folder;
  }
  return std::nullopt;
}

std::vector<Source> image_folders(const fs::path& folder, const Entries& entries) {
  Source source;
  source.kind = Kind::Images;
  source.folder = folder;
  const auto train = named(entries, {"train", "training", "trainingset", "trainset"});
  if (train && holds_classes(*train)) {
    source.train_images = {*train};
    const auto test = named(entries, {"test", "testing", "testset", "t10k", "val", "valid", "validation"});
    if (test && holds_classes(*test)) source.test_images = {*test};
    return {source};
  }
  if (!std::ranges::any_of(entries.folders, holds_an_image)) return {};
  source.train_images = {folder};
  return {source};
}

// Every data set of a folder itself. The formats are tried one after the other; what is passed over is told.
std::vector<Source> sources_in(const fs::path& folder) {
  Entries entries = entries_of(folder);
  add_files_in_their_folders(entries);
  auto sources = four_files(folder, entries);
  auto others = tables(folder, entries);
  if (sources.empty()) return others.empty() ? image_folders(folder, entries) : others;
  if (sources.size() == 1) {
    for (const Source& other : others)
      sources[0].passed_over.insert(sources[0].passed_over.end(), other.train_images.begin(),
                                    other.train_images.end());
  }
  return sources;
}

// Breadth first: the nearest folders that hold something.
std::vector<Source> search(const fs::path& folder) {
  std::vector<fs::path> level{folder};
  int looked_into = 0;
  for (int depth = 0; depth <= kDeepest; ++depth) {
    std::vector<Source> found;
    std::vector<fs::path> next;
    for (const fs::path& next_folder : level) {
      if (++looked_into > kMostFolders) return found;
      std::ranges::move(sources_in(next_folder), std::back_inserter(found));
      std::ranges::move(entries_of(next_folder).folders, std::back_inserter(next));
    }
    if (!found.empty()) return found;
    level = std::move(next);
  }
  return {};
}

// What to name for this one of several: one of its files, or its folder.
fs::path way_to(const Source& source, bool same_folder) {
  return same_folder && !source.train_images.empty() ? source.train_images.front() : source.folder;
}

Error several(const fs::path& folder, const std::vector<Source>& sources) {
  const bool same =
      std::ranges::all_of(sources, [&](const Source& s) { return s.folder == sources[0].folder; });
  Error error = input_error(folder.string(), fmt::format("holds {} data sets", sources.size()));
  std::string names;
  for (std::size_t k = 0; k < std::min<std::size_t>(sources.size(), 8); ++k)
    names += fmt::format("{}{}", k > 0 ? ", " : "", way_to(sources[k], same).string());
  error.remedy = fmt::format("name one: {}", names);
  return error;
}

Error nothing(const fs::path& folder) {
  Error error = input_error(folder.string(), "holds no data set");
  error.expected =
      "MNIST's four IDX files, mnist.npz, a CSV file, or a folder of PNG or JPEG images for each class";
  error.remedy = "name the folder or the file that holds the data";
  const Entries entries = entries_of(folder);
  const auto archive = std::ranges::find_if(entries.files, [](const fs::path& file) {
    const std::string extension = lower_case(file.extension().string());
    return extension == ".zip" || extension == ".xz" || extension == ".zst" || extension == ".7z" ||
           extension == ".rar" || extension == ".tar" || extension == ".tgz";
  });
  const std::string name = archive == entries.files.end() ? "" : archive->string();
  error.found = fmt::format("{} files and {} folders", entries.files.size(), entries.folders.size());
  if (!name.empty()) error.found = archive->filename().string();
  const bool tar = name.find(".tar") != std::string::npos || name.ends_with(".tgz");
  if (tar) {
    error.remedy = fmt::format("unpack it: tar -xf {}", shell_word(name));
  } else if (name.ends_with(".zip")) {
    error.remedy = fmt::format("unpack it: unzip {}", shell_word(name));
  } else if (!name.empty()) {
    error.remedy = "unpack it";
  }
  return error;
}

bool contains(const Source::Paths& paths, const fs::path& file) {
  return std::ranges::count(paths, file) > 0;
}

// The file that a person named comes first.
void prefer(Source::Paths& paths, const fs::path& file) {
  const auto at = std::ranges::find(paths, file);
  if (at != paths.end()) std::rotate(paths.begin(), at, at + 1);
}

Result<Source> source_of_file(const fs::path& file) {
  const fs::path folder = file.parent_path();
  const auto role = file_role(file.filename().string());
  const bool four = role.has_value();
  std::vector<fs::path> folders{folder};
  if (four) folders.push_back(folder.parent_path());  // Kaggle's folder of the file's name
  std::optional<Source> best;
  for (const fs::path& searched : folders) {
    Entries entries = entries_of(searched.empty() ? fs::path(".") : searched);
    add_files_in_their_folders(entries);
    for (fs::path& path : entries.files)
      if (searched.empty()) path = path.lexically_relative(".");
    const fs::path here = searched.empty() ? fs::path(".") : searched;
    for (Source source : four ? four_files(here, entries) : tables(here, entries)) {
      auto all = {&source.train_images, &source.train_labels, &source.test_images, &source.test_labels};
      if (std::ranges::none_of(all, [&](const auto* paths) { return contains(*paths, file); })) continue;
      for (auto* paths : all) prefer(*paths, file);
      if (!best || source.complete()) best = std::move(source);
      break;
    }
    if (best && (best->complete() || !four)) return *best;
  }
  if (best) return *best;
  Source alone;
  alone.kind = four ? Kind::Four : Kind::Tables;
  alone.folder = folder.empty() ? fs::path(".") : folder;
  (four ? part(alone, *role) : alone.train_images) = {file};
  if (four) alone.prefix = role->prefix;
  return alone;
}

}  // namespace

bool holds_four_files(const fs::path& folder) {
  return std::ranges::any_of(search(folder), &Source::complete);
}

Result<Source> find_source(const fs::path& path) {
  std::error_code error;
  const auto status = fs::status(path, error);
  if (!fs::exists(status)) {
    return input_error(path.string(),
                       error && error != std::errc::no_such_file_or_directory ? "cannot be looked at"
                                                                              : "no such file or folder",
                       "give a folder or a file of images, or digits");
  }
  if (!fs::is_directory(status)) return source_of_file(path);
  fs::directory_iterator readable(path, error);
  if (error) return input_error(path.string(), "the folder may not be read", "check its permissions");
  auto sources = search(path);
  if (sources.empty()) return nothing(path);
  if (sources.size() > 1) return several(path, sources);
  return std::move(sources[0]);
}

}  // namespace synann::data
