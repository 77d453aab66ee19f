// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/dropped.h"

#include <algorithm>
#include <array>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include <QFile>

#include "engine/core/lower_case.h"
#include "engine/data/formats.h"
#include "engine/data/packing.h"
#include "engine/io/file_kind.h"
#include "engine/io/safetensors.h"
#include "engine/train/checkpoint.h"
#include "engine/train/history.h"
#include "ui/plots/figure_file.h"

namespace synann::ui {
namespace {

namespace fs = std::filesystem;
using Head = std::vector<std::uint8_t>;

constexpr std::array kFigureExtensions = {".png", ".svg", ".pdf"};
constexpr std::array kOtherPictures = {".gif", ".bmp", ".webp", ".tif", ".tiff", ".pgm", ".ppm"};

bool oneOf(std::span<const char* const> extensions, const std::string& extension) {
  return std::ranges::any_of(extensions, [&](const char* one) { return extension == one; });
}

bool isThere(const fs::path& file) {
  std::error_code code;
  return fs::is_regular_file(file, code);
}

Result<Head> headOf(const fs::path& path) {
  QFile file(QString::fromStdString(path.string()));
  if (!file.open(QIODevice::ReadOnly))
    return input_error(path.string(), "cannot be read (" + file.errorString().toStdString() + ")");
  const QByteArray bytes = file.read(static_cast<qint64>(io::kHeadOfFile));
  return Head(bytes.begin(), bytes.end());
}

// A checkpoint is opened with the run around it, which alone has the curves.
Result<Dropped> checkpointRun(const fs::path& file) {
  if (isThere(file.parent_path() / train::kHistoryFile))
    return Dropped{Dropped::Kind::Run, file.parent_path()};
  Error error = input_error(file.string(), "is a checkpoint without its run");
  error.expected = std::string(train::kHistoryFile) + " beside it";
  error.remedy = "begin a run with it: synann import " + data::shell_word(file.string()) + " --out new-run";
  return error;
}

bool isModel(const Head& head) {
  const std::string_view text(reinterpret_cast<const char*>(head.data()), head.size());
  return text.find("\"synann-model-") != std::string_view::npos;
}

Error imageAlone(const fs::path& file) {
  return input_error(file.string(), "is an image, and no figure that was saved here",
                     "to train on images, drop the folder that holds a folder of them for each class");
}

// Text is data where its name says so: prose has commas too.
bool mayBeData(const Head& head, const std::string& extension) {
  if (extension == ".gz") return true;
  for (const data::Format& format : data::formats()) {
    if (!format.probe(head)) continue;
    return format.name == "IDX" || std::ranges::any_of(format.extensions, [&](auto one) {
             return extension == "." + std::string(one);
           });
  }
  return false;
}

bool isImage(const Head& head, const std::string& extension) {
  if (oneOf(kOtherPictures, extension)) return true;
  return std::ranges::any_of(data::formats(), [&](const data::Format& format) {
    return (format.name == "PNG" || format.name == "JPEG") && format.probe(head);
  });
}

Error unknown(const fs::path& file) {
  Error error = input_error(file.string(), "is nothing that can be opened here");
  error.expected = "a data set, a run, a checkpoint, a model file, or a figure that was saved here";
  return error;
}

Result<Dropped> recogniseFile(const fs::path& file) {
  if (file.filename() == train::kHistoryFile) return Dropped{Dropped::Kind::Run, file.parent_path()};
  const auto head = headOf(file);
  if (!head) return head.error();
  const std::string extension = lower_case(file.extension().string());
  const bool image = isImage(*head, extension);
  if (image || oneOf(kFigureExtensions, extension)) {
    const auto view = readFigureView(file);
    if (view) return Dropped{Dropped::Kind::Figure, file};
    return image ? imageAlone(file) : view.error();
  }
  if (isModel(*head)) return Dropped{Dropped::Kind::Model, file};
  if (mayBeData(*head, extension)) return Dropped{Dropped::Kind::Data, file};
  if (const auto other = io::other_kind_of_file(*head, file.string())) return *other;
  if (extension == ".safetensors" || io::read_tensor_metadata(file)) return checkpointRun(file);
  return unknown(file);
}

}  // namespace

Result<Dropped> recogniseDropped(const fs::path& path) {
  std::error_code code;
  if (!fs::is_directory(path, code)) return recogniseFile(path);
  const bool run = isThere(path / train::kHistoryFile) || isThere(path / train::kLastCheckpoint);
  return Dropped{run ? Dropped::Kind::Run : Dropped::Kind::Data, path};
}

}  // namespace synann::ui
