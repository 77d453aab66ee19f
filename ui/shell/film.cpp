// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/film.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fmt/format.h>
#include <memory>
#include <optional>

#include "engine/train/record.h"
#include "engine/train/synapse_frame.h"
#include "ui/pages/page_table.h"
#include "ui/plots/picture_file.h"
#include "ui/plots/webp_film.h"
#include "ui/session/words.h"

namespace synann::ui {

namespace {

namespace fs = std::filesystem;

constexpr int kLastStays = 1000;  // milliseconds longer than the others

Result<ShownFigure> figureAt(ViewOptions options, std::int64_t step) {
  options.step = step;
  return pageOfView(options.view)->viewFigure(options);
}

// Every frame says its step above it, unless a title was typed or the figure says it itself.
FigureOptions lookAt(const ViewOptions& options, const ShownFigure& shown, std::int64_t step) {
  FigureOptions look = options.figure;
  const QString own = shown.figure->title();
  if (!look.title && shown.figure->headed() && !own.contains(u"step "))
    look.title = QStringLiteral("%1 · step %2").arg(own, countWords(step));
  return look;
}

Result<QImage> imageAt(const ViewOptions& options, std::int64_t step) {
  const auto shown = figureAt(options, step);
  if (!shown) return shown.error();
  const FigureOptions look = lookAt(options, *shown, step);
  const auto file = fileOf(*shown, look);
  if (!file) return file.error();
  return figureImage(*figureOf(*shown, look), *file, file->pixels);
}

// Colours that mean the same in all frames, where nobody has said what they are to mean.
void keepColours(ViewOptions& options) {
  const std::string option = "--color-scale";
  for (const FieldInfo& info : pageOfView(options.view)->fields)
    if (info.option == option && !options.typed.contains(option))
      options.typed[option] = {fromJson(info, QStringLiteral("run"))};
}

// "beta.png" and 7: "beta-0007.png".
fs::path frameFile(const fs::path& path, std::size_t number) {
  return path.parent_path() /
         fmt::format("{}-{:04}{}", path.stem().string(), number, path.extension().string());
}

Result<QByteArray> filmBytes(const ViewOptions& options, const FilmOptions& how,
                             const std::vector<std::int64_t>& steps,
                             const std::function<void(int, int)>& progress) {
  std::optional<WebpFilm> film;
  const int stays = static_cast<int>(std::lround(1000 / how.rate));
  for (std::size_t k = 0; k < steps.size(); ++k) {
    const auto image = imageAt(options, steps[k]);
    if (!image) return image.error();
    if (!film) {
      auto begun = WebpFilm::begin(image->size());
      if (!begun) return begun.error();
      film = std::move(*begun);
    }
    if (const Status added = film->add(*image, stays + (k + 1 == steps.size() ? kLastStays : 0)); !added)
      return added.error();
    progress(static_cast<int>(k + 1), static_cast<int>(steps.size()));
  }
  return film->finish();
}

Result<QStringList> writePictures(const ViewOptions& options, const std::vector<std::int64_t>& steps,
                                  const std::function<void(int, int)>& progress) {
  QStringList written;
  for (std::size_t k = 0; k < steps.size(); ++k) {
    const auto shown = figureAt(options, steps[k]);
    if (!shown) return shown.error();
    const fs::path file = frameFile(options.export_path, k + 1);
    if (const Status saved = saveFigure(*shown, lookAt(options, *shown, steps[k]), file); !saved)
      return saved.error();
    written << QString::fromStdString(file.string());
    progress(static_cast<int>(k + 1), static_cast<int>(steps.size()));
  }
  return written;
}

}  // namespace

bool isFilmFile(const std::string& path) {
  return fs::path(path).extension() == ".webp";
}

Result<std::vector<std::int64_t>> filmSteps(const std::string& run, int frames) {
  const fs::path folder = run;
  std::error_code ignored;
  const bool synapses = fs::exists(folder / train::kSynapseRecord, ignored);
  const auto record =
      train::RecordReader::open(folder / (synapses ? train::kSynapseRecord : train::kNetworkRecord));
  if (!record) return record.error();
  const auto all = record->frames();
  if (all.empty()) return input_error(run, "the run has recorded no step yet");
  std::vector<std::int64_t> steps;
  const std::int64_t first = all.front().steps, last = all.back().steps;
  for (int k = 0; k < frames; ++k) {
    const std::int64_t wanted = first + (last - first) * k / (frames - 1);
    const auto at = record->at_or_before(wanted);
    if (at && (steps.empty() || all[*at].steps > steps.back())) steps.push_back(all[*at].steps);
  }
  return steps;
}

Result<QStringList> writeFilm(const ViewOptions& asked, const FilmOptions& film,
                              const std::function<void(int, int)>& progress) {
  ViewOptions options = asked;
  options.reader = std::make_shared<train::SynapseReader>();
  keepColours(options);
  const auto steps = filmSteps(options.history, film.frames);
  if (!steps) return steps.error();
  ViewOptions bare = options;
  bare.figure.title = QString();  // else the step in it would be a difference
  const auto first = imageAt(bare, steps->front());
  if (!first) return first.error();
  const auto last = imageAt(bare, steps->back());
  if (!last) return last.error();
  if (steps->size() > 1 && *first == *last)
    return input_error("--view", fmt::format("{} is the same at every step of the run", options.view),
                       "choose one that --step changes, such as synapses");
  if (!isFilmFile(options.export_path)) return writePictures(options, *steps, progress);
  const auto bytes = filmBytes(options, film, *steps, progress);
  if (!bytes) return bytes.error();
  if (const Status saved = writeWhole(options.export_path, *bytes); !saved) return saved.error();
  return QStringList{QString::fromStdString(options.export_path)};
}

}  // namespace synann::ui
