// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/film.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fmt/format.h>
#include <memory>
#include <utility>

#include "engine/train/record.h"
#include "engine/train/synapse_frame.h"
#include "ui/pages/page_table.h"
#include "ui/plots/picture_file.h"
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

Result<ViewOptions> filmView(const QJsonObject& view, const std::string& run) {
  ViewOptions options;
  options.view = view.value(u"view").toString().toStdString();
  const PageInfo* const page = pageOfView(options.view);
  if (page == nullptr || !page->of_run || !view.contains(u"step"))
    return input_error("film", "the figure is none of a step of a run",
                       "show one that the time line changes");
  options.history = view.value(u"run").toString().toStdString();
  if (options.history.empty()) options.history = run;
  options.layer = view.value(u"layer").toString().toStdString();
  if (view.contains(u"minus_step")) {
    options.minus_step = view.value(u"minus_step").toInteger();
    options.minus_run = view.value(u"minus_run").toString().toStdString();
  }
  for (const FieldInfo& info : page->fields)
    if (const QJsonValue value = view.value(QLatin1String(info.id.c_str()));
        !info.option.empty() && !value.isUndefined())
      options.typed[info.option].push_back(fromJson(info, value));
  return options;
}

Film::Film(ViewOptions options, const FilmOptions& how, std::vector<std::int64_t> steps)
    : options_(std::move(options)), how_(how), steps_(std::move(steps)) {}

Result<Film> Film::begin(ViewOptions options, const FilmOptions& how) {
  options.reader = std::make_shared<train::SynapseReader>();
  keepColours(options);
  auto steps = filmSteps(options.history, how.frames);
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
  return Film(std::move(options), how, std::move(*steps));
}

Status Film::next() {
  const std::int64_t step = steps_[static_cast<std::size_t>(done_)];
  Status made = isFilmFile(options_.export_path) ? addFrame(step) : writePicture(step);
  if (made) ++done_;
  return made;
}

Status Film::addFrame(std::int64_t step) {
  const auto image = imageAt(options_, step);
  if (!image) return image.error();
  if (!film_) {
    auto begun = WebpFilm::begin(image->size());
    if (!begun) return begun.error();
    film_ = std::move(*begun);
  }
  const int stays = static_cast<int>(std::lround(1000 / how_.rate));
  return film_->add(*image, stays + (done_ + 1 == frames() ? kLastStays : 0));
}

Status Film::writePicture(std::int64_t step) {
  const auto shown = figureAt(options_, step);
  if (!shown) return shown.error();
  const fs::path file = frameFile(options_.export_path, static_cast<std::size_t>(done_) + 1);
  if (Status saved = saveFigure(*shown, lookAt(options_, *shown, step), file); !saved) return saved;
  written_ << QString::fromStdString(file.string());
  return {};
}

Status Film::finish() {
  if (!film_) return {};
  const auto bytes = film_->finish();
  if (!bytes) return bytes.error();
  if (Status saved = writeWhole(options_.export_path, *bytes); !saved) return saved;
  written_ << QString::fromStdString(options_.export_path);
  return {};
}

Result<QStringList> writeFilm(const ViewOptions& options, const FilmOptions& how,
                              const std::function<void(int, int)>& progress) {
  auto film = Film::begin(options, how);
  if (!film) return film.error();
  while (film->done() < film->frames()) {
    if (const Status drawn = film->next(); !drawn) return drawn.error();
    progress(film->done(), film->frames());
  }
  if (const Status finished = film->finish(); !finished) return finished.error();
  return film->written();
}

}  // namespace synann::ui
