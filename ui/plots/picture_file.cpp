// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plots/picture_file.h"

#include <algorithm>
#include <cmath>

#include <QApplication>
#include <QBuffer>
#include <QFontInfo>
#include <QImage>
#include <QPageSize>
#include <QPainter>
#include <QPdfWriter>
#include <QRegularExpression>
#include <QScreen>
#include <QSvgGenerator>

#include "engine/core/file.h"

namespace synann::ui {
namespace {

using namespace Qt::StringLiterals;

constexpr int kLargest = 16384;  // pixels
constexpr int kResolution = 96;  // dots per inch of a picture's own pixels
constexpr const char* kCreator = "SynaNN Studio";

Error error(const std::filesystem::path& path, ErrorKind kind, std::string problem, std::string expected,
            std::string found, std::string remedy) {
  return {.kind = kind,
          .where = path.string(),
          .problem = std::move(problem),
          .offset = {},
          .expected = std::move(expected),
          .found = std::move(found),
          .remedy = std::move(remedy)};
}

// Dots that the screen counts to an inch when it draws and measures letters. A file that counted otherwise
// would have letters of another size than its layout has room for.
int letterResolution() {
  const QScreen* const screen = QGuiApplication::primaryScreen();
  return screen ? static_cast<int>(std::lround(screen->logicalDotsPerInchY())) : kResolution;
}

void paint(const Picture& picture, QPaintDevice& device, bool vector, double scale = 1) {
  QPainter painter(&device);
  painter.scale(scale, scale);
  painter.setRenderHint(QPainter::Antialiasing);
  painter.setFont(figureFont());
  picture.paint(painter, vector);
}

// QSvgGenerator can name only one font; where that is missing, another one without serifs shall do. It leaves
// a hundred empty groups, and would let viewers smooth the cells of a matrix.
QByteArray tidied(const QByteArray& svg) {
  static const QRegularExpression empty_group(u"<g [^>]*>\\s*</g>\\s*"_s);
  const QString family = figureFont().family();
  QString text = QString::fromUtf8(svg);
  text.remove(empty_group);
  text.replace(u"font-family=\"%1\""_s.arg(family), u"font-family=\"%1, sans-serif\""_s.arg(family));
  text.replace(u"<image "_s, u"<image style=\"image-rendering:pixelated\" "_s);
  return text.toUtf8();
}

QSize pixelsOf(const Picture& picture) {
  return picture.pixels.isEmpty() ? 2 * QSize(picture.width, picture.height) : picture.pixels;
}

QByteArray pngBytes(const Picture& picture) {
  QImage image = pictureImage(picture);
  image.setText(u"Title"_s, picture.title);
  for (const auto& [key, value] : picture.text) image.setText(key, value);
  image.setText(u"Software"_s, QString::fromLatin1(kCreator));
  // Told when all is drawn: texts would grow with it.
  const double dots = static_cast<double>(pixelsOf(picture).width()) / picture.width;
  constexpr double kInchesPerMetre = 1 / 0.0254;
  const int per_metre = static_cast<int>(std::lround(dots * kResolution * kInchesPerMetre));
  image.setDotsPerMeterX(per_metre);
  image.setDotsPerMeterY(per_metre);
  QByteArray bytes;
  QBuffer buffer(&bytes);
  buffer.open(QIODevice::WriteOnly);
  if (!image.save(&buffer, "PNG")) bytes.clear();
  return bytes;
}

QByteArray svgBytes(const Picture& picture) {
  QByteArray bytes;
  QBuffer buffer(&bytes);
  QSvgGenerator generator;
  generator.setOutputDevice(&buffer);
  const int dots = letterResolution();
  generator.setResolution(dots);  // otherwise texts come out a quarter too small
  generator.setSize(QSize(picture.width, picture.height) * dots / kResolution);
  generator.setViewBox(QRect(0, 0, picture.width, picture.height));
  generator.setTitle(picture.title.toHtmlEscaped());  // it writes both as they are
  generator.setDescription(picture.description.toHtmlEscaped());
  paint(picture, generator, true);
  return tidied(bytes);
}

QByteArray pdfBytes(const Picture& picture) {
  QByteArray bytes;
  QBuffer buffer(&bytes);
  buffer.open(QIODevice::WriteOnly);
  {
    QPdfWriter writer(&buffer);
    const int dots = letterResolution();
    writer.setResolution(dots);
    writer.setCreator(QString::fromLatin1(kCreator));
    writer.setTitle(picture.document_title);
    if (!picture.xmp.isEmpty()) writer.setDocumentXmpMetadata(picture.xmp);
    const QSizeF points = QSizeF(picture.width, picture.height) * (72.0 / kResolution);
    writer.setPageSize(QPageSize(points, QPageSize::Point, {}, QPageSize::ExactMatch));
    writer.setPageMargins({0, 0, 0, 0});
    paint(picture, writer, true, static_cast<double>(dots) / kResolution);
  }
  return bytes;
}

}  // namespace

QImage pictureImage(const Picture& picture) {
  const QSize pixels = pixelsOf(picture);
  QImage image(pixels, QImage::Format_RGB32);
  // A painter heeds the ratio only where there are more dots than pixels.
  const double dots = static_cast<double>(pixels.width()) / picture.width;
  image.setDevicePixelRatio(std::max(1.0, dots));
  image.fill(picture.background);
  paint(picture, image, false, std::min(1.0, dots));
  return image;
}

QFont figureFont(double points) {
  QFont font = QApplication::font();
  font.setFamily(QFontInfo(font).family());
  if (points > 0) font.setPointSizeF(points * kResolution / letterResolution());
  return font;
}

double figurePoints() {
  return QFontInfo(QApplication::font()).pointSizeF() * letterResolution() / kResolution;
}

Status writeWhole(const std::filesystem::path& path, const QByteArray& bytes) {
  const Status written = write_file_atomically(
      path,
      {reinterpret_cast<const std::uint8_t*>(bytes.constData()), static_cast<std::size_t>(bytes.size())});
  if (written) return {};
  Error failed = written.error();
  failed.kind = ErrorKind::Failed;  // what was asked for is drawn; it is the writing that failed
  return failed;
}

Result<QByteArray> pictureBytes(const Picture& picture, const std::filesystem::path& path, int smallest,
                                const std::string& extensions) {
  const QString extension = QString::fromStdString(path.extension().string()).toLower();
  const bool png = extension == u".png"_s, svg = extension == u".svg"_s, pdf = extension == u".pdf"_s;
  if (!png && !svg && !pdf)
    return error(path, ErrorKind::Input, "the kind of figure is not known by this file name",
                 "the extension " + extensions, extension.isEmpty() ? "none" : extension.toStdString(), {});
  const auto outside = [smallest](int pixels) { return pixels < smallest || pixels > kLargest; };
  if (outside(picture.width) || outside(picture.height))
    return error(
        path, ErrorKind::Input, "the figure's size cannot be used",
        "width and height from " + std::to_string(smallest) + " to " + std::to_string(kLargest) + " pixels",
        std::to_string(picture.width) + " x " + std::to_string(picture.height), {});
  QByteArray bytes = png ? pngBytes(picture) : svg ? svgBytes(picture) : pdfBytes(picture);
  if (bytes.isEmpty())
    return error(path, ErrorKind::Failed, "the figure could not be drawn", {}, {}, "try a smaller size");
  return bytes;
}

QByteArray csvText(const QString& text, char separator) {
  const QChar mark = QLatin1Char(separator);
  if (!text.contains(mark) && !text.contains('"') && !text.contains('\n')) return text.toUtf8();
  return '"' + QString(text).replace('"', u"\"\""_s).toUtf8() + '"';
}

}  // namespace synann::ui
