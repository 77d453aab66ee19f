// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/digits/digits_jobs.h"

#include <algorithm>
#include <fmt/format.h>
#include <numeric>
#include <utility>

#include "ui/pages/activations.h"
#include "ui/pages/digits/answer_figures.h"
#include "ui/pages/digits/digits_figures.h"
#include "ui/pages/synapses/synapse_figures.h"

namespace synann::ui {

namespace {

using Made = AskedFigure::Made;

constexpr int kPoints = 13;              // of a robustness curve
constexpr std::size_t kKeptCurves = 64;  // that are not measured again

// "test image 12 · step 470": which image, and what is said of it when.
QString imageOf(const DigitsScene& scene, const DigitsContext& of) {
  return imageWords(of.part, scene.image) + QStringLiteral(" · ") + of.when;
}

Result<std::vector<float>> logProbsOf(infer::Asker& asker, const DigitsContext& of, std::uint32_t image,
                                      const infer::Work& work) {
  auto said = asker.predict(of.network, *of.set, std::array{image}, work);
  if (!said) return said.error();
  return said->log_probs;
}

Status checkRun(const std::filesystem::path& run) {
  if (!run.empty()) return {};
  return Error{.problem = "there is no run whose steps could be looked at",
               .remedy = "a checkpoint alone knows one moment"};
}

Made makeBiography(const DigitsScene& scene, const DigitsContext& of, const infer::Work& work) {
  if (auto status = checkRun(of.run); !status) return status.error();
  infer::Asker asker;
  const auto lives = infer::biographies(
      asker, {.run = of.run, .set = of.set, .samples = {static_cast<std::uint32_t>(scene.image)}}, work);
  if (!lives) return lives.error();
  return biographyFigure(*lives, 0, imageWords(of.part, scene.image), of.names);
}

Made makeWhy(const DigitsScene& scene, const DigitsContext& of, const infer::Work& work) {
  infer::Asker asker;
  const auto image = static_cast<std::uint32_t>(scene.image);
  const auto log_probs = logProbsOf(asker, of, image, work);
  if (!log_probs) return log_probs.error();
  const DigitsPair pair = digitsPair(scene, *log_probs);
  const auto found =
      infer::explain({.network = of.network, .set = of.set, .image = image, .a = pair.a, .b = pair.b});
  if (!found) return found.error();
  return explanationFigure(*found, imageOf(scene, of), of.names.value(pair.a), of.names.value(pair.b));
}

Made makeOcclusion(const DigitsScene& scene, const DigitsContext& of, const infer::Work& work) {
  infer::Asker asker;
  const auto image = static_cast<std::uint32_t>(scene.image);
  const auto log_probs = logProbsOf(asker, of, image, work);
  if (!log_probs) return log_probs.error();
  const int label = digitsPair(scene, *log_probs).a;
  const infer::OcclusionQuery query{
      .network = of.network, .set = of.set, .image = image, .label = label, .side = scene.patch};
  const auto found = infer::occlude(asker, query, work);
  if (!found) return found.error();
  return occlusionFigure(*found, of.set->rows, of.set->columns, imageOf(scene, of), of.names.value(label),
                         scene.patch);
}

Made makeActivations(const DigitsScene& scene, const DigitsContext& of, const infer::Work& work) {
  return activationJob({of.network, of.set, scene.image, scene.layer, imageOf(scene, of)})(work);
}

// One curve, out of those that are known where it is one of them.
Result<std::vector<infer::RobustnessPoint>> curveOf(const infer::RobustnessQuery& query, DigitsCurves& known,
                                                    const infer::Work& work) {
  for (const DigitsCurves::Curve& one : known.curves)
    if (one.network == query.network && one.set == query.set && one.kind == query.kind) return one.points;
  infer::Asker asker;
  auto points = infer::robustness(asker, query, work);
  if (!points) return points.error();
  known.curves.push_back({query.network, query.set, query.kind, *points});
  if (known.curves.size() > kKeptCurves) known.curves.erase(known.curves.begin());
  return points;
}

Made makeRobustness(const DigitsScene& scene, const DigitsContext& of, const infer::Work& work) {
  const infer::DisturbanceInfo& info = infer::info_of(scene.disturbance);
  infer::RobustnessQuery query{.network = of.network, .set = of.set, .kind = scene.disturbance};
  for (int k = 0; k < kPoints; ++k)
    query.amounts.push_back(info.least + (info.most - info.least) * k / (kPoints - 1));
  std::vector<OtherNetwork> networks{
      {.path = of.run, .network = of.network, .run = runName(of.run), .what = of.when}};
  networks.insert(networks.end(), of.beside.begin(), of.beside.end());
  const QStringList names = namesApart(networks);
  std::vector<RobustnessCurve> curves;
  const int count = kPoints * static_cast<int>(networks.size());
  for (const OtherNetwork& network : networks) {
    const int before = kPoints * static_cast<int>(curves.size());
    query.network = network.network;
    auto points =
        curveOf(query, *of.known,
                {.stop = work.stop, .progress = [&](int done, int) { work.tell(before + done, count); }});
    if (!points) {
      Error error = points.error();
      if (!curves.empty() && error.kind != ErrorKind::Cancelled) error.where = network.path.string();
      return error;
    }
    curves.push_back({names[static_cast<qsizetype>(curves.size())], std::move(*points)});
  }
  return robustnessFigure(curves, scene.disturbance, of.when);
}

struct AskedKind {
  QString figure;
  Made (*make)(const DigitsScene& scene, const DigitsContext& of, const infer::Work& work);
};

const QList<AskedKind>& askedKinds() {
  static const QList<AskedKind> all = {{QStringLiteral("biography"), makeBiography},
                                       {QStringLiteral("why"), makeWhy},
                                       {QStringLiteral("occlusion"), makeOcclusion},
                                       {QStringLiteral("activations"), makeActivations},
                                       {QStringLiteral("robustness"), makeRobustness}};
  return all;
}

std::string robustnessKey(const DigitsScene& scene, const DigitsContext& of) {
  std::string key = fmt::format("robustness {} {} {}", static_cast<const void*>(of.network.values.get()),
                                static_cast<const void*>(of.set.get()), static_cast<int>(scene.disturbance));
  for (const OtherNetwork& one : of.beside)
    key += fmt::format(" {}", static_cast<const void*>(one.network.values.get()));
  return key;
}

}  // namespace

bool isAsked(const QString& figure) {
  return std::any_of(askedKinds().begin(), askedKinds().end(),
                     [&](const AskedKind& kind) { return kind.figure == figure; });
}

DigitsContext contextOf(const DigitsAnswer& answer, const std::filesystem::path& run) {
  return {.network = answer.network,
          .set = answer.set,
          .part = answer.part,
          .names = answer.names,
          .run = run,
          .when = answer.when};
}

std::string digitsKey(const DigitsScene& scene, const DigitsContext& of, const QString& figure,
                      std::int64_t last) {
  if (figure == askedKinds()[0].figure)
    return fmt::format("{} {} {} {} {}", figure.toStdString(), of.run.string(), last,
                       static_cast<const void*>(of.set.get()), scene.image);
  if (figure == askedKinds()[4].figure) return robustnessKey(scene, of);
  return fmt::format(
      "{} {} {} {} {} {} {}", figure.toStdString(), static_cast<const void*>(of.network.values.get()),
      static_cast<const void*>(of.set.get()), scene.image, scene.against, scene.patch, scene.layer);
}

AskedFigure::Job digitsJob(const DigitsScene& scene, const DigitsContext& context, const QString& figure) {
  for (const AskedKind& kind : askedKinds())
    if (kind.figure == figure)
      return
          [scene, context, make = kind.make](const infer::Work& work) { return make(scene, context, work); };
  return {};
}

std::string forgottenKey(const DigitsScene& scene, const DigitsAnswer& answer,
                         const std::filesystem::path& run, std::int64_t last) {
  return fmt::format("{} {} {} {} {} {}", run.string(), last, static_cast<const void*>(&answer), scene.truth,
                     scene.said, scene.image);
}

AskedFigure::Job forgottenJob(const DigitsScene& scene, DigitsAnswerPtr answer,
                              const std::filesystem::path& run, std::shared_ptr<DigitsLives> known) {
  return [scene, answer = std::move(answer), run, known = std::move(known)](const infer::Work& work) -> Made {
    if (auto status = checkRun(run); !status) return status.error();
    if (known->run != run || known->set != answer->set) {
      known->run = run;
      known->set = answer->set;
      known->lives = {};
    }
    const auto status = infer::follow(known->asker, {.run = run, .set = answer->set}, known->lives, work);
    if (!status) return status.error();
    QString why;
    auto figure = galleryFigure(scene, *answer, why, &known->lives);
    if (!figure) return Error{.problem = why.chopped(1).toStdString()};
    return std::shared_ptr<const Figure>(std::move(figure));
  };
}

DigitsPair digitsPair(const DigitsScene& scene, std::span<const float> log_probs) {
  std::vector<int> order(log_probs.size());
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(), [&](int a, int b) {
    return log_probs[static_cast<std::size_t>(a)] > log_probs[static_cast<std::size_t>(b)];
  });
  if (order.size() < 2) return {0, 0};
  const bool chosen =
      scene.against >= 0 && scene.against < static_cast<int>(order.size()) && scene.against != order[0];
  return {order[0], chosen ? scene.against : order[1]};
}

}  // namespace synann::ui
