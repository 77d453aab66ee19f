// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/digits/digits_scene.h"

#include <QCoreApplication>
#include <QJsonArray>

namespace synann::ui {

namespace {

struct DigitsWords {
  Q_DECLARE_TR_FUNCTIONS(digits_scene)
};

constexpr double kMostClass = 255;

FieldInfo classField(const char* id, const char* option, const char* help) {
  return {.id = id,
          .kind = FieldKind::Whole,
          .least = -1,
          .most = kMostClass,
          .fallback = -1,
          .plain = false,
          .option = option,
          .option_help = help};
}

FieldInfo partField() {
  return {
      .id = "part",
      .label = DigitsWords::tr("Images"),
      .help = DigitsWords::tr("Which images the network is asked about: training and validation set are "
                              "those of the run, without the images that it leaves out"),
      .kind = FieldKind::Word,
      .words = {{QStringLiteral("test"), DigitsWords::tr("test set")},
                {QStringLiteral("validation"), DigitsWords::tr("validation set")},
                {QStringLiteral("train"), DigitsWords::tr("training set")}},
      .option = "--part",
      .option_help =
          "Which images are asked about: test, the default, or validation or train, as the run had them."};
}

FieldInfo numbersField() {
  return {.id = "numbers",
          .label = DigitsWords::tr("Numbers"),
          .help = DigitsWords::tr("Counts of images; of the images of a true class, how many percent are "
                                  "said to be each; or of those said to be a class, how many are of each"),
          .kind = FieldKind::Word,
          .words = {{QStringLiteral("counts"), DigitsWords::tr("counts")},
                    {QStringLiteral("row-percent"), DigitsWords::tr("% of row")},
                    {QStringLiteral("column-percent"), DigitsWords::tr("% of column")}},
          .option = "--numbers",
          .option_help = "confusion: counts, the default, row-percent or column-percent."};
}

FieldInfo disturbanceField() {
  FieldInfo field{.id = "disturbance",
                  .label = DigitsWords::tr("Disturbance"),
                  .help = DigitsWords::tr("What is done to every image before the network is asked"),
                  .kind = FieldKind::Word};
  for (const infer::DisturbanceInfo& info : infer::disturbance_infos())
    field.words.push_back({QString::fromUtf8(info.id.data(), qsizetype(info.id.size())),
                           QString::fromUtf8(info.label.data(), qsizetype(info.label.size()))});
  field.option = "--disturbance";
  field.option_help = "robustness: rotate, the default, shift, noise or thicken.";
  return field;
}

FieldInfo orderField() {
  return {.id = "order",
          .label = DigitsWords::tr("Order"),
          .help = DigitsWords::tr("In which order the images stand: hardest = those whose true class has the "
                                  "smallest probability first; surest = by the probability of what is said; "
                                  "forgotten = right at one recorded step and wrong at the next"),
          .kind = FieldKind::Word,
          .fallback = static_cast<double>(DigitsOrder::Hardest),
          .words = {{QStringLiteral("data"), DigitsWords::tr("as in the data")},
                    {QStringLiteral("surest"), DigitsWords::tr("surest first")},
                    {QStringLiteral("hardest"), DigitsWords::tr("hardest first")},
                    {QStringLiteral("mistakes"), DigitsWords::tr("surest mistakes first")},
                    {QStringLiteral("forgotten"), DigitsWords::tr("forgotten most often first")}},
          .option = "--images-by",
          .option_help =
              "digits: hardest, the default, surest, mistakes (alone, the surest first), forgotten "
              "(most often first, over the recorded steps) or data."};
}

}  // namespace

const FieldTable<DigitsScene>& digitsFields() {
  static const FieldTable<DigitsScene> table = [] {
    FieldInfo logarithmic{.id = "log_colors",
                          .label = DigitsWords::tr("Log colours"),
                          .help = DigitsWords::tr("Logarithmic colours: so that few can be told from none "
                                                  "beside many"),
                          .kind = FieldKind::Switch,
                          .fallback = 1};
    FieldInfo image{
        .id = "image",
        .kind = FieldKind::Whole,
        .most = kMostIndex,
        .plain = false,
        .option = "--image",
        .option_help = "Of digit, probabilities, biography, why, occlusion, activations: which image."};
    FieldInfo patch{.id = "patch",
                    .label = DigitsWords::tr("Patch"),
                    .help = DigitsWords::tr("The side of the square that is hidden, in pixels"),
                    .kind = FieldKind::Whole,
                    .least = 1,
                    .most = 14,
                    .fallback = 5,
                    .suffix = DigitsWords::tr(" pixels"),
                    .option = "--patch",
                    .option_help = "occlusion: the side of the square that is hidden, 5 pixels unless told."};
    return FieldTable<DigitsScene>{
        fieldOf<DigitsScene, &DigitsScene::part>(partField()),
        fieldOf<DigitsScene, &DigitsScene::numbers>(numbersField()),
        fieldOf<DigitsScene, &DigitsScene::logarithmic>(logarithmic),
        fieldOf<DigitsScene, &DigitsScene::order>(orderField()),
        fieldOf<DigitsScene, &DigitsScene::truth>(
            classField("truth", "--true-class", "digits: only those of this true class.")),
        fieldOf<DigitsScene, &DigitsScene::said>(
            classField("said", "--said-class", "digits: only those said to be of this class.")),
        fieldOf<DigitsScene, &DigitsScene::image>(image),
        fieldOf<DigitsScene, &DigitsScene::against>(classField(
            "against", "--against", "why: rather than this class; the second most probable unless told.")),
        fieldOf<DigitsScene, &DigitsScene::patch>(patch),
        fieldOf<DigitsScene, &DigitsScene::disturbance>(disturbanceField())};
  }();
  return table;
}

std::vector<int> listedDigits(const DigitsScene& scene, const DigitsAnswer& answer,
                              std::span<const int> forgotten) {
  const auto chosen = [&](int label) {
    return label >= 0 && label < answer.now.classes ? std::optional(label) : std::nullopt;
  };
  const bool as_given = scene.order == DigitsOrder::Forgotten;
  return infer::listed(answer.now,
                       {.truth = chosen(scene.truth),
                        .said = chosen(scene.said),
                        .order = as_given ? infer::Order::Given : static_cast<infer::Order>(scene.order),
                        .given = forgotten});
}

DigitsScene digitsSceneFromJson(const QJsonObject& json) {
  DigitsScene scene;
  readFields(digitsFields(), json, scene);
  scene.layer = json.value("activations_of").toString().toStdString();
  for (const QJsonValue& path : json.value("checkpoints").toArray())
    if (path.isString()) scene.checkpoints.push_back(path.toString().toStdString());
  const QString figure = json.value("figure").toString();
  if (kDigitsFigures.contains(figure)) scene.figure = figure;
  return scene;
}

void writeDigitsScene(const DigitsScene& scene, QJsonObject& json) {
  writeFields(digitsFields(), scene, json);
  if (!scene.layer.empty()) json["activations_of"] = QString::fromStdString(scene.layer);
  QJsonArray checkpoints;
  for (const std::string& path : scene.checkpoints) checkpoints.append(QString::fromStdString(path));
  if (!checkpoints.isEmpty()) json["checkpoints"] = checkpoints;
  json["view"] = kDigitsFigures[0];
  json["figure"] = scene.figure;
}

QString imageWords(infer::Part part, int image) {
  switch (part) {
    case infer::Part::Test:
      return DigitsWords::tr("test image %1").arg(image);
    case infer::Part::Validation:
      return DigitsWords::tr("validation image %1").arg(image);
    case infer::Part::Train:
      return DigitsWords::tr("training image %1").arg(image);
  }
  return {};
}

}  // namespace synann::ui
