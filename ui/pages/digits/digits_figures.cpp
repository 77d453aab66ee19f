// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/digits/digits_figures.h"

#include <algorithm>
#include <cmath>

#include <QCoreApplication>

#include "ui/session/words.h"

namespace synann::ui {

namespace {

struct DigitsFigureWords {
  Q_DECLARE_TR_FUNCTIONS(digits_figures)
};

constexpr double kInk = 255;  // of a pixel

QString partWords(infer::Part part) {
  switch (part) {
    case infer::Part::Test:
      return DigitsFigureWords::tr("test set");
    case infer::Part::Validation:
      return DigitsFigureWords::tr("validation set");
    case infer::Part::Train:
      return DigitsFigureWords::tr("training set");
  }
  return {};
}

QString titled(const QString& what, const DigitsAnswer& answer) {
  return DigitsFigureWords::tr("%1, %2 · %3").arg(what, partWords(answer.part), answer.when);
}

void addPixels(const DigitsAnswer& answer, int k, std::vector<float>& values) {
  const auto image = answer.set->image(static_cast<int>(answer.now.samples[static_cast<std::size_t>(k)]));
  for (const std::uint8_t pixel : image) values.push_back(pixel / static_cast<float>(kInk));
}

// Where the chosen image is within the predictions; none where it is not one of them.
std::optional<int> placeOfImage(const DigitsScene& scene, const DigitsAnswer& answer) {
  const auto& samples = answer.now.samples;
  const auto found = std::find(samples.begin(), samples.end(), static_cast<std::uint32_t>(scene.image));
  if (found == samples.end()) return std::nullopt;
  return static_cast<int>(found - samples.begin());
}

TilesFigure::Content pictures(const DigitsAnswer& answer) {
  TilesFigure::Content content;
  content.rows = answer.set->rows;
  content.columns = answer.set->columns;
  content.scale = {.least = 0, .most = 1, .colors = ColorMap::Grey};
  content.value = DigitsFigureWords::tr("ink");
  content.bar = false;
  return content;
}

}  // namespace

QString digitWords(const DigitsAnswer& answer, int k) {
  const infer::Predictions& p = answer.now;
  const int image = static_cast<int>(p.samples[static_cast<std::size_t>(k)]);
  return DigitsFigureWords::tr("%1: true %2, said %3, p %4%5")
      .arg(imageWords(answer.part, image), answer.names.value(p.truth(k)), answer.names.value(p.said(k)),
           numberText(p.confidence(k), 4),
           p.right(k) ? QString()
                      : DigitsFigureWords::tr(", p of the true one %1")
                            .arg(numberText(std::exp(-p.surprisal(k)), 4)));
}

QString scoreWords(const DigitsAnswer& answer) {
  const infer::Score& score = answer.score;
  return DigitsFigureWords::tr("%1 of %2 right (%3 %), mean loss %4")
      .arg(countWords(score.correct), countWords(score.count),
           QString::number(100 * score.accuracy(), 'f', 2), numberText(score.loss(), 4));
}

std::shared_ptr<const ConfusionFigure> confusionFigure(const DigitsScene& scene, const DigitsAnswer& answer) {
  ConfusionFigure::Content content{.title = titled(DigitsFigureWords::tr("Confusion matrix"), answer),
                                   .counts = answer.counts,
                                   .before = std::nullopt,
                                   .names = answer.names,
                                   .numbers = scene.numbers,
                                   .logarithmic = scene.logarithmic};
  content.note = scoreWords(answer);
  if (answer.before && answer.before->classes == answer.now.classes) {
    content.before = answer.counts_before;
    content.title = titled(DigitsFigureWords::tr("Change of the confusion matrix"), answer);
    content.note = DigitsFigureWords::tr("minus %1 · %2").arg(answer.before_when, content.note);
  } else if (!answer.before_when.isEmpty()) {
    content.note =
        DigitsFigureWords::tr("%1 · %2 is not known here, or of other classes: nothing is subtracted")
            .arg(content.note, answer.before_when);
  }
  if (scene.truth >= 0 && scene.said >= 0 && std::max(scene.truth, scene.said) < answer.now.classes)
    content.marked = scene.truth * answer.now.classes + scene.said;
  return std::make_shared<const ConfusionFigure>(std::move(content));
}

std::shared_ptr<const TilesFigure> galleryFigure(const DigitsScene& scene, const DigitsAnswer& answer,
                                                 QString& why, const infer::Biographies* lives) {
  const bool forgotten = lives && lives->samples == answer.now.samples;
  const std::vector<int> listed =
      listedDigits(scene, answer, forgotten ? infer::by_forgetting(*lives) : std::vector<int>());
  if (listed.empty()) {
    why = DigitsFigureWords::tr("There are no such images.");
    return nullptr;
  }
  TilesFigure::Content content = pictures(answer);
  content.count = std::min(static_cast<int>(listed.size()), kMostPictures);
  for (int place = 0; place < content.count; ++place) {
    const int k = listed[static_cast<std::size_t>(place)];
    addPixels(answer, k, content.values);
    QString words = digitWords(answer, k);
    if (forgotten)
      words +=
          DigitsFigureWords::tr(" · forgotten %1 times").arg(lives->forgotten(static_cast<std::size_t>(k)));
    content.names.push_back(words);
    content.keys.push_back(static_cast<int>(answer.now.samples[static_cast<std::size_t>(k)]));
    if (content.keys.back() == scene.image) content.marked = place;
  }
  const QString count = countWords(static_cast<qint64>(listed.size()));
  const QString what = content.count < static_cast<int>(listed.size())
                           ? DigitsFigureWords::tr("The first %1 of %2 images").arg(content.count).arg(count)
                       : listed.size() == 1 ? DigitsFigureWords::tr("1 image")
                                            : DigitsFigureWords::tr("%1 images").arg(count);
  content.title = titled(what, answer);
  if (forgotten)
    content.title +=
        DigitsFigureWords::tr(" · most often forgotten first, %1 recorded steps").arg(lives->steps.size());
  return std::make_shared<const TilesFigure>(std::move(content));
}

std::shared_ptr<const BarsFigure> classesFigure(const DigitsScene& scene, const DigitsAnswer& answer) {
  const compute::Confusion& counts = answer.counts;
  BarsFigure::Content content{.title = titled(DigitsFigureWords::tr("Each class"), answer),
                              .rows = DigitsFigureWords::tr("class"),
                              .names = answer.names,
                              .columns = {{.name = DigitsFigureWords::tr("precision"), .values = {}},
                                          {.name = DigitsFigureWords::tr("recall"), .values = {}, .color = 1},
                                          {.name = DigitsFigureWords::tr("F1"), .values = {}, .color = 2}},
                              .digits = 4};
  for (int label = 0; label < counts.classes; ++label) {
    content.columns[0].values.push_back(counts.precision(label));
    content.columns[1].values.push_back(counts.recall(label));
    content.columns[2].values.push_back(counts.f1(label));
  }
  content.marked = scene.truth;
  return std::make_shared<const BarsFigure>(std::move(content));
}

std::shared_ptr<const TilesFigure> digitFigure(const DigitsScene& scene, const DigitsAnswer& answer) {
  const auto k = placeOfImage(scene, answer);
  if (!k) return nullptr;
  TilesFigure::Content content = pictures(answer);
  content.count = 1;
  content.per_line = 1;
  addPixels(answer, *k, content.values);
  content.names = {digitWords(answer, *k)};
  content.title = content.names.front();
  return std::make_shared<const TilesFigure>(std::move(content));
}

std::shared_ptr<const BarsFigure> probabilitiesFigure(const DigitsScene& scene, const DigitsAnswer& answer) {
  const auto k = placeOfImage(scene, answer);
  if (!k) return nullptr;
  BarsFigure::Content content{.title = DigitsFigureWords::tr("Probabilities of %1 · %2")
                                           .arg(imageWords(answer.part, scene.image), answer.when),
                              .rows = DigitsFigureWords::tr("class"),
                              .names = answer.names,
                              .columns = {{.name = DigitsFigureWords::tr("probability"), .values = {}}},
                              .marked = answer.now.truth(*k),
                              .digits = 4};
  for (const float log_prob : answer.now.row(*k))
    content.columns[0].values.push_back(std::exp(static_cast<double>(log_prob)));
  if (answer.before && answer.before->classes == answer.now.classes) {
    content.columns.push_back({.name = answer.before_when, .values = {}, .color = 1});
    for (const float log_prob : answer.before->row(*k))
      content.columns[1].values.push_back(std::exp(static_cast<double>(log_prob)));
  }
  content.note = DigitsFigureWords::tr("True class in bold.");
  return std::make_shared<const BarsFigure>(std::move(content));
}

std::shared_ptr<const Figure> digitsFigure(const DigitsScene& scene, const DigitsAnswer& answer,
                                           QString& why) {
  switch (std::max<qsizetype>(0, kDigitsFigures.indexOf(scene.figure))) {
    case 1:
      return galleryFigure(scene, answer, why);
    case 2:
      return classesFigure(scene, answer);
    case 3:
    case 4:
      if (!placeOfImage(scene, answer)) {
        why = DigitsFigureWords::tr("There is no %1.").arg(imageWords(answer.part, scene.image));
        return nullptr;
      }
      if (scene.figure == kDigitsFigures[3]) return digitFigure(scene, answer);
      return probabilitiesFigure(scene, answer);
    default:
      return confusionFigure(scene, answer);
  }
}

}  // namespace synann::ui
