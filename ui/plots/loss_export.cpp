// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plots/loss_export.h"

#include <cmath>
#include <string>

#include <QGraphicsLayout>
#include <QGraphicsScene>
#include <QPainter>

#include "ui/plots/loss_figure.h"
#include "ui/plots/picture_file.h"

namespace synann::ui {
namespace {

using namespace Qt::StringLiterals;

constexpr int kSmallestCurves = 150;  // pixels; below, the axis titles do not fit

QString titleOf(const LossFigureOptions& options) {
  return options.title.isEmpty() ? u"Loss"_s : options.title;
}

// The figure in a scene of its own, laid out and ready to be painted anywhere.
class FigureScene {
 public:
  FigureScene(const LossCurve& curve, const LossFigureOptions& options, bool vector)
      : figure_(new LossFigure), size_(options.width, options.height) {
    scene_.addItem(figure_);
    figure_->setFont(figureFont());
    const double dots =
        options.pixels.isEmpty() ? 2.0 : static_cast<double>(options.pixels.width()) / options.width;
    figure_->setDrawsForFile(static_cast<int>(std::ceil(dots)), vector);
    figure_->setLook(options.dark ? FigureLook::dark() : FigureLook::light());
    figure_->resize(size_);
    const LossRange range = options.range.value_or(fullRange(curve, options.logY));
    // The room for the plot is known only after the labels are: twice is enough.
    for (int pass = 0; pass < 3; ++pass) {
      figure_->display(curve, range, options.logY);
      figure_->layout()->activate();
    }
    scene_.setSceneRect(QRectF(QPointF(), size_));
  }

  void paint(QPainter& painter) {
    const QRectF all(QPointF(), size_);
    scene_.render(&painter, all, all);
  }

 private:
  QGraphicsScene scene_;
  LossFigure* figure_;  // owned by the scene
  QSizeF size_;
};

Picture picture(const LossCurve& curve, const LossFigureOptions& options) {
  const QString title = titleOf(options);
  return {
      .width = options.width,
      .height = options.height,
      .pixels = options.pixels,
      .background = options.dark ? FigureLook::dark().background : FigureLook::light().background,
      .title = title,
      .description = options.settings,
      .document_title = options.settings.isEmpty() ? title : title + u" – "_s + options.settings,
      .xmp = {},
      .text = {{u"Description"_s, options.settings}},
      .paint = [&](QPainter& painter, bool vector) { FigureScene(curve, options, vector).paint(painter); }};
}

}  // namespace

QByteArray lossCsv(const LossCurve& curve) {
  QByteArray csv("series,epoch,examples,loss,accuracy,setting\n");
  const auto examples = curve.examples();
  csv.reserve(static_cast<qsizetype>(examples.size()) * 32 + 64);
  const auto start = [&](const char* series, int epoch, std::int64_t x) {
    csv.append(series).append(',');
    if (epoch >= 0) appendNumber(csv, epoch);
    csv.append(',');
    appendNumber(csv, x);
    csv.append(',');
  };
  for (std::size_t k = 0; k < examples.size(); ++k) {
    start("train", curve.trainCount() > 0 ? curve.epochAt(examples[k]) : -1, examples[k]);
    appendNumber(csv, curve.losses()[k]);
    csv.append(",,\n");
  }
  for (const train::Evaluation& evaluation : curve.evaluations()) {
    start("test", evaluation.epoch, evaluation.examples);
    appendNumber(csv, evaluation.test_loss);
    csv.append(',');
    appendNumber(csv, evaluation.accuracy());
    csv.append(',');
    if (evaluation.epoch > 0) appendNumber(csv.append("learning rate "), evaluation.learning_rate);
    csv.append('\n');
  }
  for (const SettingMark& mark : curve.marks()) {
    start("change", curve.trainCount() > 0 ? curve.epochAt(mark.examples) : -1, mark.examples);
    csv.append(",,").append(csvText(QString::fromStdString(mark.words))).append('\n');
  }
  return csv;
}

Status exportLossFigure(const LossCurve& curve, const std::filesystem::path& path,
                        const LossFigureOptions& options) {
  const QString extension = QString::fromStdString(path.extension().string()).toLower();
  if (extension == u".csv"_s) return writeWhole(path, lossCsv(curve));
  return writePicture(picture(curve, options), path, kSmallestCurves, ".png, .svg, .pdf or .csv");
}

}  // namespace synann::ui
