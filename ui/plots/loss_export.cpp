// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plots/loss_export.h"

#include <array>
#include <charconv>
#include <string>
#include <system_error>

#include <QApplication>
#include <QBuffer>
#include <QFontInfo>
#include <QGraphicsLayout>
#include <QGraphicsScene>
#include <QImage>
#include <QPageSize>
#include <QPainter>
#include <QPdfWriter>
#include <QRegularExpression>
#include <QSaveFile>
#include <QSvgGenerator>

#include "ui/plots/loss_figure.h"

namespace synann::ui {
namespace {

using namespace Qt::StringLiterals;

constexpr int kDotsPerPixel = 2;                  // of a PNG
constexpr int kResolution = 96;                   // dots per inch of the figure's own pixels
constexpr int kSmallest = 240, kLargest = 16384;  // pixels; below, the axis titles do not fit
constexpr const char* kCreator = "SynaNN Studio";

QString titleOf(const LossFigureOptions& options) {
  return options.title.isEmpty() ? u"Loss"_s : options.title;
}

// The application's font by its real name: "Sans Serif" means nothing to those who open the file elsewhere.
QFont figureFont() {
  QFont font = QApplication::font();
  font.setFamily(QFontInfo(font).family());
  return font;
}

// The figure in a scene of its own, laid out and ready to be painted anywhere.
class FigureScene {
 public:
  FigureScene(const LossCurve& curve, const LossFigureOptions& options, bool vector)
      : figure_(new LossFigure), size_(options.width, options.height) {
    scene_.addItem(figure_);
    figure_->setFont(figureFont());
    figure_->setDrawsForFile(kDotsPerPixel, vector);
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
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setFont(figureFont());
    const QRectF all(QPointF(), size_);
    scene_.render(&painter, all, all);
  }

 private:
  QGraphicsScene scene_;
  LossFigure* figure_;  // owned by the scene
  QSizeF size_;
};

QByteArray pngBytes(const LossCurve& curve, const LossFigureOptions& options) {
  FigureScene scene(curve, options, false);
  QImage image(options.width * kDotsPerPixel, options.height * kDotsPerPixel, QImage::Format_RGB32);
  image.setDevicePixelRatio(kDotsPerPixel);
  image.fill(options.dark ? FigureLook::dark().background : FigureLook::light().background);
  image.setText(u"Title"_s, titleOf(options));
  image.setText(u"Description"_s, options.settings);
  image.setText(u"Software"_s, QString::fromLatin1(kCreator));
  {
    QPainter painter(&image);
    scene.paint(painter);
  }
  QByteArray bytes;
  QBuffer buffer(&bytes);
  buffer.open(QIODevice::WriteOnly);
  if (!image.save(&buffer, "PNG")) bytes.clear();
  return bytes;
}

// QSvgGenerator can name only one font; where that is missing, another one without serifs shall do. And it
// leaves a hundred empty groups.
QByteArray tidied(const QByteArray& svg) {
  static const QRegularExpression empty_group(u"<g [^>]*>\\s*</g>\\s*"_s);
  const QString family = figureFont().family();
  QString text = QString::fromUtf8(svg);
  text.remove(empty_group);
  text.replace(u"font-family=\"%1\""_s.arg(family), u"font-family=\"%1, sans-serif\""_s.arg(family));
  return text.toUtf8();
}

QByteArray svgBytes(const LossCurve& curve, const LossFigureOptions& options) {
  FigureScene scene(curve, options, true);
  QByteArray bytes;
  QBuffer buffer(&bytes);
  QSvgGenerator generator;
  generator.setOutputDevice(&buffer);
  generator.setResolution(kResolution);  // otherwise texts come out a quarter too small
  generator.setSize({options.width, options.height});
  generator.setViewBox(QRect(0, 0, options.width, options.height));
  generator.setTitle(titleOf(options).toHtmlEscaped());  // it writes both as they are
  generator.setDescription(options.settings.toHtmlEscaped());
  {
    QPainter painter(&generator);
    scene.paint(painter);
  }
  return tidied(bytes);
}

QByteArray pdfBytes(const LossCurve& curve, const LossFigureOptions& options) {
  FigureScene scene(curve, options, true);
  QByteArray bytes;
  QBuffer buffer(&bytes);
  buffer.open(QIODevice::WriteOnly);
  QPdfWriter writer(&buffer);
  writer.setResolution(kResolution);
  writer.setCreator(QString::fromLatin1(kCreator));
  writer.setTitle(options.settings.isEmpty() ? titleOf(options)
                                             : titleOf(options) + u" – "_s + options.settings);
  const QSizeF points = QSizeF(options.width, options.height) * (72.0 / kResolution);
  writer.setPageSize(QPageSize(points, QPageSize::Point, {}, QPageSize::ExactMatch));
  writer.setPageMargins({0, 0, 0, 0});
  {
    QPainter painter(&writer);
    scene.paint(painter);
  }
  return bytes;
}

// The shortest decimal text that reads back as the same number, with a point in every locale.
template <class Number>
void appendNumber(QByteArray& text, Number number) {
  std::array<char, 32> buffer{};
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), number).ptr;
  text.append(buffer.data(), end - buffer.data());
}

Status writeWhole(const std::filesystem::path& path, const QByteArray& bytes) {
  const auto failed = [&](const QString& reason) {
    return Error{.kind = ErrorKind::Failed,
                 .where = path.string(),
                 .problem = "the figure cannot be written (" + reason.toStdString() + ")",
                 .offset = {},
                 .expected = {},
                 .found = {},
                 .remedy = "choose a folder that exists, may be written to and has room"};
  };
  QSaveFile file(QString::fromStdString(path.string()));
  if (!file.open(QIODevice::WriteOnly) || file.write(bytes) != bytes.size() || !file.commit())
    return failed(file.errorString());
  return {};
}

Status checkOptions(const std::filesystem::path& path, const LossFigureOptions& options) {
  const auto outside = [](int pixels) { return pixels < kSmallest || pixels > kLargest; };
  if (outside(options.width) || outside(options.height))
    return Error{.kind = ErrorKind::Input,
                 .where = path.string(),
                 .problem = "the figure's size cannot be used",
                 .offset = {},
                 .expected = "width and height from " + std::to_string(kSmallest) + " to " +
                             std::to_string(kLargest) + " pixels",
                 .found = std::to_string(options.width) + " x " + std::to_string(options.height),
                 .remedy = {}};
  return {};
}

}  // namespace

QByteArray lossCsv(const LossCurve& curve) {
  QByteArray csv("series,epoch,examples,loss,accuracy\n");
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
    csv.append(",\n");
  }
  for (const train::Evaluation& evaluation : curve.evaluations()) {
    start("test", evaluation.epoch, evaluation.examples);
    appendNumber(csv, evaluation.test_loss);
    csv.append(',');
    appendNumber(csv, evaluation.accuracy());
    csv.append('\n');
  }
  return csv;
}

Status exportLossFigure(const LossCurve& curve, const std::filesystem::path& path,
                        const LossFigureOptions& options) {
  const QString extension = QString::fromStdString(path.extension().string()).toLower();
  if (extension == u".csv"_s) return writeWhole(path, lossCsv(curve));
  const bool png = extension == u".png"_s, svg = extension == u".svg"_s, pdf = extension == u".pdf"_s;
  if (!png && !svg && !pdf)
    return Error{.kind = ErrorKind::Input,
                 .where = path.string(),
                 .problem = "the kind of figure is not known by this file name",
                 .offset = {},
                 .expected = "the extension .png, .svg, .pdf or .csv",
                 .found = extension.isEmpty() ? "none" : extension.toStdString(),
                 .remedy = {}};
  if (const Status checked = checkOptions(path, options); !checked) return checked;
  const QByteArray bytes = png   ? pngBytes(curve, options)
                           : svg ? svgBytes(curve, options)
                                 : pdfBytes(curve, options);
  if (bytes.isEmpty())
    return Error{.kind = ErrorKind::Failed,
                 .where = path.string(),
                 .problem = "the figure could not be drawn",
                 .offset = {},
                 .expected = {},
                 .found = {},
                 .remedy = "try a smaller size"};
  return writeWhole(path, bytes);
}

}  // namespace synann::ui
