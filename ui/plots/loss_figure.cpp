// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plots/loss_figure.h"

#include <algorithm>
#include <array>
#include <cmath>

#include <QGraphicsLayout>
#include <QGraphicsScene>
#include <QPainter>

#include "ui/plots/crosshair.h"
#include "ui/plots/loss_chart_item.h"
#include "ui/plots/picture_file.h"

namespace synann::ui {
namespace {

using namespace Qt::StringLiterals;

constexpr double kLossReach = 20;  // pixels around a point that belong to it
constexpr double kVectorDots = 2;  // of a pixel, in files of lines

int countOf(const LossCurve& curve) {
  return static_cast<int>(curve.losses().size() + curve.evaluations().size());
}

CurvePoint pointOf(const LossCurve& curve, std::size_t index) {
  const std::size_t train = curve.losses().size();
  return index < train ? CurvePoint{CurveSeries::Train, index} : CurvePoint{CurveSeries::Test, index - train};
}

QString learningRate(const LossEvaluation& evaluation) {
  if (evaluation.epoch == 0) return {};
  QByteArray text("learning rate ");
  appendNumber(text, evaluation.learning_rate);
  return QString::fromLatin1(text);
}

}  // namespace

// The chart, laid out and ready to be painted anywhere.
class LossFigure::Scene {
 public:
  Scene(const Content& content, QSizeF size, const FigurePaint& how, double dots)
      : chart_(new LossChartItem), cross_(new Crosshair(chart_)), size_(size), how_(how), dots_(dots) {
    scene_.addItem(chart_);
    chart_->setFont(how.font);
    chart_->setDrawsForFile(static_cast<int>(std::ceil(dots)), how.vector);
    chart_->setLook(how.look);
    chart_->setStyle(how.style);
    cross_->setLook(how.look);
    chart_->resize(size);
    const LossPart& part = content.part;
    const LossRange range = part.range.value_or(fullRange(content.curves, part.log_y));
    // The room for the plot is known only after the labels are: twice is enough.
    for (int pass = 0; pass < 3; ++pass) {
      chart_->display(content.curves, range, part.log_y, part.smoothing);
      chart_->layout()->activate();
    }
    scene_.setSceneRect(QRectF(QPointF(), size));
  }

  // Dots of a pixel do not move anything.
  bool isFor(QSizeF size, const FigurePaint& how, std::optional<double> dots) const {
    return size == size_ && dots.value_or(dots_) == dots_ && how.look == how_.look && how.font == how_.font &&
           how.vector == how_.vector && how.style == how_.style;
  }

  const LossChartItem& chart() const { return *chart_; }

  void mark(std::optional<QPointF> place, const QString& text) {
    cross_->hide();
    const QRectF plot = chart_->plotArea();
    if (place && plot.contains(*place)) cross_->place(*place, plot, text, how_.font);
  }

  void paint(QPainter& painter, QPointF corner) {
    const QRectF all(QPointF(), size_);
    scene_.render(&painter, all.translated(corner), all);
  }

 private:
  QGraphicsScene scene_;
  LossChartItem* chart_;  // owned by the scene
  Crosshair* cross_;      // owned by the chart
  QSizeF size_;
  FigurePaint how_;
  double dots_;
};

LossFigure::LossFigure(Content content) : content_(std::move(content)) {
  for (const LossSeries& series : content_.curves) {
    points_ += countOf(*series.curve);
    marks_ += static_cast<int>(series.curve->marks().size());
    named_ = named_ || !series.name.isEmpty();
  }
}

LossFigure::~LossFigure() = default;

QString LossFigure::title() const {
  return content_.title.isEmpty() ? u"Loss"_s : content_.title;
}

FigureParts LossFigure::parts() const {
  const LossCurve& first = *content_.curves.front().curve;
  const bool best = std::ranges::any_of(
      content_.curves, [](const LossSeries& series) { return series.curve->best().has_value(); });
  return {.legend = FigureParts::Legend::Movable,
          .marks = best || (content_.curves.size() == 1 && !first.marks().empty()),
          .lines = true};
}

std::shared_ptr<const Figure> LossFigure::whole() const {
  if (!content_.part.range) return nullptr;
  Content all = content_;
  all.part.range.reset();
  return std::make_shared<const LossFigure>(std::move(all));
}

LossFigure::Scene& LossFigure::scene(QSizeF size, const FigurePaint& how, double dots) const {
  if (!scene_ || !scene_->isFor(size, how, dots)) scene_ = std::make_unique<Scene>(content_, size, how, dots);
  return *scene_;
}

void LossFigure::paint(QPainter& painter, const QRectF& area, const FigurePaint& how) const {
  if (area.width() < 1 || area.height() < 1) return;
  const double dots = how.vector ? kVectorDots : painter.device()->devicePixelRatioF();
  Scene& laid_out = scene(area.size(), how, dots);
  std::optional<QPointF> mark;
  QString text;
  if (how.current && *how.current >= 0 && *how.current < points_) {
    const Place place = placeOf(*how.current);
    const LossSeries& series = content_.curves[place.curve];
    mark = laid_out.chart().toPixel(pointExamples(*series.curve, place.point),
                                    pointLoss(*series.curve, place.point));
    text = detailedPoint(*series.curve, place.point);
    if (!series.name.isEmpty()) text.prepend(series.name + '\n');
  }
  laid_out.mark(mark, text);
  laid_out.paint(painter, area.topLeft());
}

LossFigure::Place LossFigure::placeOf(int row) const {
  auto left = static_cast<std::size_t>(row);
  for (std::size_t k = 0; k < content_.curves.size(); ++k) {
    const LossCurve& curve = *content_.curves[k].curve;
    const auto count = static_cast<std::size_t>(countOf(curve));
    if (left < count) return {k, pointOf(curve, left), {}};
    left -= count;
  }
  for (std::size_t k = 0; k < content_.curves.size(); ++k) {
    const std::size_t count = content_.curves[k].curve->marks().size();
    if (left < count) return {k, {}, left};
    left -= count;
  }
  return {};
}

QString LossFigure::pointText(int point) const {
  const Place place = placeOf(point);
  const LossSeries& series = content_.curves[place.curve];
  const QString text = spokenPoint(*series.curve, place.point);
  return series.name.isEmpty() ? text : u"%1, %2"_s.arg(series.name, text);
}

std::optional<int> LossFigure::pointAt(QPointF place, const QRectF& area, const FigurePaint& how) const {
  if (points_ == 0 || area.width() < 1 || area.height() < 1) return std::nullopt;
  const bool fits = scene_ && scene_->isFor(area.size(), how, {});
  const LossChartItem& chart = (fits ? *scene_ : scene(area.size(), how, 1)).chart();
  const QPointF pixel = place - area.topLeft();
  const QRectF plot = chart.plotArea();
  if (!plot.contains(pixel)) return std::nullopt;
  const auto to_pixel = [&chart](double examples, double loss) { return chart.toPixel(examples, loss); };
  const double per_pixel = (chart.range().maxX - chart.range().minX) / plot.width();
  std::optional<int> nearest;
  double least = kLossReach;
  int first = 0;
  for (const LossSeries& series : content_.curves) {
    const LossCurve& curve = *series.curve;
    if (const auto point = nearestToPixel(curve, pixel, chart.toData(pixel).x(), per_pixel, to_pixel)) {
      const QPointF way = to_pixel(pointExamples(curve, *point), pointLoss(curve, *point)) - pixel;
      if (const double far = std::hypot(way.x(), way.y()); far < least) {
        least = far;
        const std::size_t before = point->series == CurveSeries::Test ? curve.losses().size() : 0;
        nearest = first + static_cast<int>(before + point->index);
      }
    }
    first += countOf(curve);
  }
  return nearest;
}

int LossFigure::columnCount() const {
  return named_ ? 7 : 6;
}

QString LossFigure::columnName(int column) const {
  static const std::array<QString, 7> names = {u"run"_s,  u"series"_s,   u"epoch"_s,  u"examples"_s,
                                               u"loss"_s, u"accuracy"_s, u"setting"_s};
  return names[static_cast<std::size_t>(column + (named_ ? 0 : 1))];
}

QVariant LossFigure::cell(int row, int column) const {
  const Place place = placeOf(row);
  const LossSeries& series = content_.curves[place.curve];
  if (named_ && column == 0) return series.name;
  const int what = column - (named_ ? 1 : 0);
  if (place.mark) return markCell(*series.curve, series.curve->marks()[*place.mark], what);
  return pointCell(*series.curve, place.point, what);
}

QVariant LossFigure::pointCell(const LossCurve& curve, CurvePoint point, int column) const {
  const bool train = point.series == CurveSeries::Train;
  const std::int64_t examples =
      train ? curve.examples()[point.index] : curve.evaluations()[point.index].examples;
  switch (column) {
    case 0:
      return train ? u"train"_s : u"test"_s;
    case 1:
      if (!train) return curve.evaluations()[point.index].epoch;
      return curve.trainCount() > 0 ? QVariant(curve.epochAt(examples)) : QVariant();
    case 2:
      return static_cast<qlonglong>(examples);
    case 3:
      return train ? QVariant(curve.losses()[point.index])
                   : QVariant(curve.evaluations()[point.index].test_loss);
    case 4:
      return train ? QVariant() : QVariant(curve.evaluations()[point.index].accuracy());
    default:
      return train ? QVariant() : QVariant(learningRate(curve.evaluations()[point.index]));
  }
}

QVariant LossFigure::markCell(const LossCurve& curve, const SettingMark& mark, int column) const {
  switch (column) {
    case 0:
      return u"change"_s;
    case 1:
      return curve.trainCount() > 0 ? QVariant(curve.epochAt(mark.examples)) : QVariant();
    case 2:
      return static_cast<qlonglong>(mark.examples);
    case 5:
      return QString::fromStdString(mark.words);
    default:
      return {};
  }
}

}  // namespace synann::ui
