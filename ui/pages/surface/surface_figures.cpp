// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/surface/surface_figures.h"

#include <algorithm>
#include <cmath>

#include <QCoreApplication>
#include <QStringList>

#include "engine/synapse/surprisal.h"
#include "ui/pages/surface/surface_lines.h"
#include "ui/pages/surface/surface_theory_figures.h"
#include "ui/pages/synapses/synapse_figures.h"
#include "ui/session/class_words.h"

namespace synann::ui {
namespace {

constexpr std::size_t kSide = 49;    // points of the grid along each axis
constexpr std::size_t kCurve = 201;  // of a section
constexpr int kDensityBins = 24;     // of the density
constexpr double kSurprisals = 5;    // nats that the axes span in surprisal space
constexpr double kLeastEnergy = 1e-3, kMostOccupied = 5;

struct SurfaceFigureWords {
  Q_DECLARE_TR_FUNCTIONS(surface_figures)
};

synapse::Field fieldOf(SurfaceShown shown) {
  if (shown == SurfaceShown::Slope) return synapse::Field::SlopeBeta;
  return shown == SurfaceShown::Surprisal ? synapse::Field::Surprisal : synapse::Field::Value;
}

// How the axes are called.
struct Names {
  QString x, y, value;
};
Names namesOf(SurfaceShown shown) {
  if (shown == SurfaceShown::Surprisal)
    return {QStringLiteral("u = −log x"), QStringLiteral("v = −log y"), QStringLiteral("−log S")};
  return {QStringLiteral("x"), QStringLiteral("y"),
          shown == SurfaceShown::Slope ? QStringLiteral("∂S/∂β") : QStringLiteral("S")};
}

// The data of the cell, as the axes count them.
std::vector<synapse::OperatingPoint> pointsOf(const SurfaceScene& scene, const train::SynapseFrame* frame) {
  if (frame == nullptr || scene.points == SurfaceScene::kNoClass || frame->samples.empty()) return {};
  const auto n = static_cast<std::size_t>(frame->n());
  const auto [i, j] = cellIn(*frame, scene.cell);
  auto points = synapse::operating_points(frame->samples, n, frame->labels, static_cast<std::size_t>(i),
                                          static_cast<std::size_t>(j));
  if (scene.points >= 0) std::erase_if(points, [&](const auto& p) { return p.label != scene.points; });
  return scene.shown == SurfaceShown::Surprisal ? synapse::surprisal_points(points) : points;
}

synapse::Ranges rangesOf(const SurfaceScene& scene, const std::vector<synapse::OperatingPoint>& points) {
  const bool surprisal = scene.shown == SurfaceShown::Surprisal;
  const synapse::Range whole{0, surprisal ? kSurprisals : 1.0};
  const synapse::Ranges usual{whole, whole};
  return scene.data_range ? synapse::ranges_of(points, usual) : usual;
}

// The chosen point as the axes count it.
double onAxis(const SurfaceScene& scene, double probability) {
  return scene.shown == SurfaceShown::Surprisal ? synapse::surprisal(probability) : probability;
}

// The inhibition alone, α has no part in it; none where β is not finite, as in a run that diverged.
std::optional<synapse::Mode> modeOf(const synapse::Synapse& s) {
  const auto there = synapse::to_surprisal({1, s.beta});
  return there ? std::optional(there->mode) : std::nullopt;
}

QString synapseText(const synapse::Synapse& s) {
  return QStringLiteral("α %1, β %2").arg(numberText(s.alpha), numberText(s.beta));
}

QString cellTitle(const SurfaceScene& scene, const train::SynapseFrame* frame) {
  const QString numbers = synapseText(synapseOf(scene, frame));
  if (frame == nullptr || !scene.follow) return numbers;
  return SurfaceFigureWords::tr("%1, unit i %2, synapse j %3: %4")
      .arg(QString::fromStdString(frame->layer.name))
      .arg(scene.cell.i)
      .arg(scene.cell.j)
      .arg(numbers);
}

QString shownTitle(SurfaceShown shown) {
  switch (shown) {
    case SurfaceShown::Slope:
      return QStringLiteral("∂S/∂β = −αxy");
    case SurfaceShown::Surprisal:
      return QStringLiteral("−log S = θ + u + G(γ + v)");
    case SurfaceShown::Value:
    case SurfaceShown::Flat:
      break;
  }
  return QStringLiteral("S = αx(1 − βy)");
}

// β of the followed cell at the start of the run, where it is known.
std::optional<synapse::Synapse> startOf(const SurfaceScene& scene, const train::SynapseFrame* frame) {
  if (frame == nullptr || !scene.follow || frame->initial.empty()) return std::nullopt;
  const auto [i, j] = cellIn(*frame, scene.cell);
  const auto k =
      static_cast<std::size_t>(i) * static_cast<std::size_t>(frame->n()) + static_cast<std::size_t>(j);
  synapse::Synapse start = synapseOf(scene, frame);
  start.beta = static_cast<double>(frame->initial[k]);
  return start;
}

}  // namespace

std::shared_ptr<const SurfaceData> surfaceData(const SurfaceScene& scene, const train::SynapseFrame* frame) {
  const synapse::Synapse s = synapseOf(scene, frame);
  const synapse::Field field = fieldOf(scene.shown);
  auto points = pointsOf(scene, frame);
  const synapse::Ranges ranges = rangesOf(scene, points);
  auto grid = synapse::sample_field(field, s, ranges.x, ranges.y, kSide, kSide);
  if (!grid) return nullptr;
  const Names names = namesOf(scene.shown);
  auto data = std::make_shared<SurfaceData>(
      SurfaceData{.synapse = s,
                  .field = field,
                  .grid = std::move(*grid),
                  .title = QStringLiteral("%1   %2").arg(shownTitle(scene.shown), cellTitle(scene, frame)),
                  .x = names.x,
                  .y = names.y,
                  .value = names.value,
                  .chosen_x = onAxis(scene, scene.x),
                  .chosen_y = onAxis(scene, scene.y),
                  .points = {},
                  .clusters = synapse::point_density(points, ranges, kDensityBins),
                  .flat = {},
                  .lines = {}});
  data->points = std::move(points);
  if (frame) data->class_names = classNames(frame->class_names);
  if (scene.shown == SurfaceShown::Flat)
    data->flat = synapse::flat_region(s, ranges.x, ranges.y, scene.share);
  if (scene.lines) data->lines = specialLines(s, field, ranges);
  return data;
}

std::shared_ptr<const CurveFigure> sectionFigure(const SurfaceScene& scene, const train::SynapseFrame* frame,
                                                 synapse::Along along) {
  const bool by_x = along == synapse::Along::X;
  const synapse::Field field = fieldOf(scene.shown);
  const synapse::Ranges ranges = rangesOf(scene, pointsOf(scene, frame));
  const Names names = namesOf(scene.shown);
  const double chosen = onAxis(scene, by_x ? scene.x : scene.y),
               held = onAxis(scene, by_x ? scene.y : scene.x);
  const auto section = [&](const synapse::Synapse& s) {
    return synapse::sample_section(field, s, along, held, by_x ? ranges.x : ranges.y, kCurve);
  };
  const synapse::Synapse s = synapseOf(scene, frame);
  auto own = section(s);
  if (!own) return nullptr;
  const QString held_name = (by_x ? names.y : names.x).left(1);
  CurveFigure::Content content{
      .title = SurfaceFigureWords::tr("%1 at %2 = %3").arg(names.value, held_name, numberText(held, 4)),
      .x = by_x ? names.x : names.y,
      .y = names.value,
      .at = std::move(own->at),
      .series = {{names.value, std::move(own->values), by_x ? 0 : 1, Qt::SolidLine}},
      .marked = QPointF(chosen, by_x ? synapse::field_at(field, s, chosen, held)
                                     : synapse::field_at(field, s, held, chosen)),
      .y_range = {},
      .note = {}};
  const auto add = [&](const QString& name, const synapse::Synapse& other, int color, Qt::PenStyle pen) {
    if (auto values = section(other)) content.series.push_back({name, std::move(values->values), color, pen});
  };
  const bool slope = field == synapse::Field::SlopeBeta;
  if (const auto start = startOf(scene, frame); start && !slope)
    add(SurfaceFigureWords::tr("at the start"), *start, 3, Qt::DotLine);
  if (!slope) add(QStringLiteral("β = 0"), {s.alpha, 0}, 2, Qt::DashLine);
  return std::make_shared<const CurveFigure>(std::move(content));
}

std::shared_ptr<const CurveFigure> boseFigure(const SurfaceScene& scene, const train::SynapseFrame* frame) {
  const synapse::Synapse s = synapseOf(scene, frame);
  const auto known = modeOf(s);
  if (!known) return nullptr;
  synapse::Mode mode = *known;
  mode.temperature = scene.temperature;
  const bool fermi = mode.statistics == synapse::Statistics::FermiDirac;
  const double v = synapse::surprisal(scene.y);
  const auto occupied = [](const synapse::Mode& m, double at) {
    const double n = synapse::occupation(m, at);
    return n < 0 ? std::nan("") : n;  // left of the pole nothing is counted
  };
  CurveFigure::Content content{
      .title = fermi ? SurfaceFigureWords::tr("Fermi–Dirac (β < 0): n = 1/(e^((v − μ)/T) + 1)")
                     : SurfaceFigureWords::tr("Bose–Einstein: n = 1/(e^((v − μ)/T) − 1)"),
      .x = QStringLiteral("v = −log y"),
      .y = QStringLiteral("n"),
      .at = {},
      .series = {{SurfaceFigureWords::tr("n at T = %1").arg(numberText(scene.temperature, 4)),
                  {},
                  0,
                  Qt::SolidLine}},
      .marked = QPointF(v, occupied(mode, v)),
      .x_range = Axes::Range{0, kSurprisals},
      .y_range = {},
      .note = SurfaceFigureWords::tr("μ = log %1 = %2; at y = %3: n = %4")
                  .arg(fermi ? QStringLiteral("|β|") : QStringLiteral("β"), numberText(mode.potential(), 4),
                       numberText(scene.y, 4), numberText(occupied(mode, v), 4))};
  const bool other = scene.temperature != 1;
  if (other) content.series.push_back({SurfaceFigureWords::tr("T = 1, the theory's"), {}, 2, Qt::DashLine});
  synapse::Mode theory = mode;
  theory.temperature = 1;
  double most = 0;
  for (std::size_t k = 0; k < kCurve; ++k) {
    const double at = std::max(kLeastEnergy, kSurprisals * static_cast<double>(k) / (kCurve - 1.0));
    content.at.push_back(at);
    content.series[0].values.push_back(occupied(mode, at));
    if (other) content.series[1].values.push_back(occupied(theory, at));
    if (std::isfinite(content.series[0].values.back()))
      most = std::max(most, content.series[0].values.back());
  }
  const double marked = content.marked->y();
  if (most > kMostOccupied)
    content.y_range = Axes::Range{0, std::max(kMostOccupied, std::isfinite(marked) ? 1.2 * marked : 0)};
  return std::make_shared<const CurveFigure>(std::move(content));
}

std::shared_ptr<const PointsFigure> pointsFigure(const SurfaceScene& scene, const train::SynapseFrame* frame,
                                                 QString& why) {
  SurfaceScene plain = scene;  // the plane of the probabilities, also in surprisal space
  plain.shown = SurfaceShown::Value;
  auto points = pointsOf(plain, frame);
  if (points.empty()) {
    why =
        frame == nullptr ? SurfaceFigureWords::tr(
                               "The data of a cell appear here with a run: press Train (F5), or open one.")
        : frame->layer.recurrent
            ? SurfaceFigureWords::tr("A recurrent layer has other inputs at every row of the image.")
            : SurfaceFigureWords::tr(
                  "The inputs of the data are known while training, at ends of epochs and where the run was "
                  "paused or stopped, with the run's data open. Move the time there.");
    if (scene.points != SurfaceScene::kAllClasses && frame != nullptr && !frame->samples.empty())
      why = SurfaceFigureWords::tr("No data of the chosen class: choose all classes.");
    return nullptr;
  }
  const synapse::Ranges ranges = synapse::ranges_of(points, {{0, 1}, {0, 1}});
  auto clusters = synapse::point_density(points, ranges, kDensityBins);
  return std::make_shared<const PointsFigure>(PointsFigure::Content{
      .synapse = synapseOf(scene, frame),
      .points = std::move(points),
      .clusters = std::move(clusters),
      .ranges = ranges,
      .title =
          SurfaceFigureWords::tr("Inputs of unit i %1 and synapse j %2").arg(scene.cell.i).arg(scene.cell.j),
      .x = SurfaceFigureWords::tr("x of i %1").arg(scene.cell.i),
      .y = SurfaceFigureWords::tr("x of j %1").arg(scene.cell.j),
      .class_names = classNames(frame->class_names)});
}

std::shared_ptr<const Figure> surfaceFigure(const SurfaceScene& scene, const train::SynapseFrame* frame,
                                            QString& why) {
  why = SurfaceFigureWords::tr("This synapse has no such figure: α and β must be finite.");
  switch (kSurfaceFigures.indexOf(scene.figure)) {
    case 1:
      return sectionFigure(scene, frame, synapse::Along::X);
    case 2:
      return sectionFigure(scene, frame, synapse::Along::Y);
    case 3:
      return boseFigure(scene, frame);
    case 4:
      return pointsFigure(scene, frame, why);
    case 5:
      return iteratesFigure(scene, frame, why);
    case 6:
      return logLineFigure(scene, frame, why);
    case 7:
      return occupationFigure(scene, frame, why);
    default:
      break;
  }
  auto data = surfaceData(scene, frame);
  if (!data) return nullptr;
  return std::make_shared<const SurfaceFigure>(std::move(data), scene.style, scene.camera);
}

void moveAmongData(SurfaceScene& scene, const train::SynapseFrame& frame) {
  SurfaceScene plain = scene;
  plain.shown = SurfaceShown::Value;
  plain.data_range = true;
  const synapse::Ranges ranges = rangesOf(plain, pointsOf(plain, &frame));
  if (scene.x >= ranges.x.to) scene.x = ranges.x.middle();
  if (scene.y >= ranges.y.to) scene.y = ranges.y.middle();
}

QString pointNumbers(const SurfaceScene& scene, const train::SynapseFrame* frame) {
  const synapse::Synapse s = synapseOf(scene, frame);
  const auto number = [](double value) { return numberText(value, 9); };
  const auto mode = modeOf(s);
  const double n = mode ? synapse::occupation(*mode, synapse::surprisal(scene.y)) : std::nan("");
  return QStringLiteral("x %1   y %2   ").arg(numberText(scene.x), numberText(scene.y)) +
         QStringLiteral("S %1   ∂S/∂β %2   −log S %3   n %4")
             .arg(number(synapse::evaluate(s, scene.x, scene.y)),
                  number(synapse::derivatives(s, scene.x, scene.y).beta),
                  number(synapse::minus_log(s, scene.x, scene.y)), number(n));
}

QString pointRemark(const SurfaceScene& scene, const train::SynapseFrame* frame) {
  const synapse::Synapse s = synapseOf(scene, frame);
  QStringList parts;
  if (scene.shown == SurfaceShown::Flat) {
    const auto points = pointsOf(scene, frame);
    if (!points.empty()) {
      const synapse::Ranges ranges = rangesOf(scene, points);
      const auto flat = synapse::flat_region(s, ranges.x, ranges.y, scene.share);
      parts.append(SurfaceFigureWords::tr(
                       "%1 % of %2 data points lie in the flat region, where they can hardly teach β")
                       .arg(numberText(100 * synapse::flat_share(points, s, flat), 3))
                       .arg(points.size()));
    }
  }
  for (const synapse::Remark remark : synapse::remarks(s, scene.x, scene.y)) {
    const bool edge = remark == synapse::Remark::XOutside || remark == synapse::Remark::YOutside;
    if (remark == synapse::Remark::InsideTheory || edge) continue;
    const auto words = synapse::sentence(remark);
    parts.append(QString::fromUtf8(words.data(), static_cast<qsizetype>(words.size())));
  }
  return parts.mid(0, 2).join(QStringLiteral("; "));
}

}  // namespace synann::ui
