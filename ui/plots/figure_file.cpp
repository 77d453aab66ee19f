// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plots/figure_file.h"

#include <array>
#include <charconv>

#include <QApplication>
#include <QBuffer>
#include <QFile>
#include <QFontInfo>
#include <QImage>
#include <QImageReader>
#include <QJsonDocument>
#include <QPageSize>
#include <QPdfWriter>
#include <QRegularExpression>
#include <QSaveFile>
#include <QSvgGenerator>

#include "engine/io/npy.h"

namespace synann::ui {
namespace {

using namespace Qt::StringLiterals;

constexpr int kDotsPerPixel = 2;                  // of a PNG
constexpr int kResolution = 96;                   // dots per inch of the figure's own pixels
constexpr int kSmallest = 160, kLargest = 16384;  // pixels
constexpr int kMargin = 12;                       // pixels
constexpr const char* kKey = "synann-figure";
constexpr qint64 kLargestFile = 256ll << 20;  // bytes that are searched for a view

// The application's font by its real name: "Sans Serif" means nothing to those who open the file elsewhere.
QFont figureFont() {
  QFont font = QApplication::font();
  font.setFamily(QFontInfo(font).family());
  return font;
}

void paintWhole(QPainter& painter, const Figure& figure, const FigureFile& file, bool vector) {
  const QRectF all(0, 0, file.width, file.height);
  const FigurePaint how{.look = file.dark ? FigureLook::dark() : FigureLook::light(),
                        .font = figureFont(),
                        .vector = vector,
                        .current = {}};
  painter.setRenderHint(QPainter::Antialiasing);
  painter.setFont(how.font);
  painter.fillRect(all, how.look.background);
  painter.setPen(how.look.text);
  painter.drawText(all.adjusted(kMargin, kMargin / 2.0, -kMargin, 0), Qt::AlignTop | Qt::AlignHCenter,
                   figure.title());
  const double heading = QFontMetricsF(how.font).height() + kMargin;
  figure.paint(painter, all.adjusted(kMargin, heading, -kMargin, -kMargin), how);
}

QString jsonText(const FigureFile& file) {
  return QString::fromUtf8(QJsonDocument(file.view).toJson(QJsonDocument::Compact));
}

QByteArray pngBytes(const Figure& figure, const FigureFile& file) {
  QImage image(file.width * kDotsPerPixel, file.height * kDotsPerPixel, QImage::Format_RGB32);
  image.setDevicePixelRatio(kDotsPerPixel);
  {
    QPainter painter(&image);
    paintWhole(painter, figure, file, false);
  }
  image.setText(u"Title"_s, figure.title());
  image.setText(u"Software"_s, u"SynaNN Studio"_s);
  image.setText(QString::fromLatin1(kKey), jsonText(file));
  QByteArray bytes;
  QBuffer buffer(&bytes);
  buffer.open(QIODevice::WriteOnly);
  if (!image.save(&buffer, "PNG")) bytes.clear();
  return bytes;
}

QByteArray svgBytes(const Figure& figure, const FigureFile& file) {
  QByteArray bytes;
  QBuffer buffer(&bytes);
  QSvgGenerator generator;
  generator.setOutputDevice(&buffer);
  generator.setResolution(kResolution);  // otherwise texts come out a quarter too small
  generator.setSize({file.width, file.height});
  generator.setViewBox(QRect(0, 0, file.width, file.height));
  generator.setTitle(figure.title().toHtmlEscaped());
  generator.setDescription(jsonText(file).toHtmlEscaped());
  {
    QPainter painter(&generator);
    paintWhole(painter, figure, file, true);
  }
  // A hundred empty groups less; another font without serifs where ours is missing; cells with sharp edges.
  static const QRegularExpression empty_group(u"<g [^>]*>\\s*</g>\\s*"_s);
  const QString family = figureFont().family();
  QString text = QString::fromUtf8(bytes);
  text.remove(empty_group);
  text.replace(u"font-family=\"%1\""_s.arg(family), u"font-family=\"%1, sans-serif\""_s.arg(family));
  text.replace(u"<image "_s, u"<image style=\"image-rendering:pixelated\" "_s);
  return text.toUtf8();
}

QByteArray xmp(const QString& json) {
  return "<?xpacket begin=\"\xef\xbb\xbf\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?><x:xmpmeta "
         "xmlns:x=\"adobe:ns:meta/\">"
         "<rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\"><rdf:Description rdf:about=\"\" "
         "xmlns:synann=\"urn:synann-studio\"><synann:figure>" +
         json.toHtmlEscaped().toUtf8() +
         "</synann:figure></rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end=\"r\"?>";
}

QByteArray pdfBytes(const Figure& figure, const FigureFile& file) {
  QByteArray bytes;
  QBuffer buffer(&bytes);
  buffer.open(QIODevice::WriteOnly);
  QPdfWriter writer(&buffer);
  writer.setResolution(kResolution);
  writer.setCreator(u"SynaNN Studio"_s);
  writer.setTitle(figure.title());
  writer.setDocumentXmpMetadata(xmp(jsonText(file)));
  const QSizeF points = QSizeF(file.width, file.height) * (72.0 / kResolution);
  writer.setPageSize(QPageSize(points, QPageSize::Point, {}, QPageSize::ExactMatch));
  writer.setPageMargins({0, 0, 0, 0});
  {
    QPainter painter(&writer);
    paintWhole(painter, figure, file, true);
  }
  return bytes;
}

template <class Number>
void appendNumber(QByteArray& text, Number number) {
  std::array<char, 32> buffer{};
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), number).ptr;
  text.append(buffer.data(), end - buffer.data());
}

void appendCell(QByteArray& csv, const QVariant& value) {
  switch (value.typeId()) {
    case QMetaType::Float:
      return appendNumber(csv, value.value<float>());
    case QMetaType::Double:
      return appendNumber(csv, value.value<double>());
    case QMetaType::Int:
      return appendNumber(csv, value.value<int>());
    default:
      break;
  }
  const QString text = value.toString();
  if (!text.contains(QRegularExpression(u"[,\"\n]"_s))) {
    csv.append(text.toUtf8());
    return;
  }
  csv.append('"').append(QString(text).replace('"', u"\"\""_s).toUtf8()).append('"');
}

Error error(const std::filesystem::path& path, ErrorKind kind, std::string problem, std::string expected,
            std::string found, std::string remedy) {
  return {.kind = kind,
          .where = path.string(),
          .problem = std::move(problem),
          .expected = std::move(expected),
          .found = std::move(found),
          .remedy = std::move(remedy)};
}

Status writeWhole(const std::filesystem::path& path, const QByteArray& bytes) {
  QSaveFile file(QString::fromStdString(path.string()));
  if (file.open(QIODevice::WriteOnly) && file.write(bytes) == bytes.size() && file.commit()) return {};
  return error(path, ErrorKind::Failed,
               "the figure cannot be written (" + file.errorString().toStdString() + ")", {}, {},
               "choose a folder that exists, may be written to and has room");
}

// What stands between two marks, the last time; the marks do not count.
QByteArray between(const QByteArray& bytes, const char* from, const char* to) {
  const qsizetype start = bytes.lastIndexOf(from);
  if (start < 0) return {};
  const qsizetype begin = start + static_cast<qsizetype>(std::char_traits<char>::length(from));
  const qsizetype end = bytes.indexOf(to, begin);
  return end < 0 ? QByteArray() : bytes.mid(begin, end - begin);
}

QByteArray plain(QByteArray text) {
  return text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&amp;", "&");
}

}  // namespace

QByteArray figureCsv(const Figure& figure) {
  QByteArray csv;
  const bool matrix = figure.matrix().has_value();
  const int columns = figure.columnCount();
  if (matrix) csv.append("row,");  // a matrix names its rows too
  for (int c = 0; c < columns; ++c) {
    if (c > 0) csv.append(',');
    appendCell(csv, figure.columnName(c));
  }
  csv.append('\n');
  for (int r = 0; r < figure.rowCount(); ++r) {
    if (matrix) csv.append(figure.rowName(r).toUtf8()).append(',');
    for (int c = 0; c < columns; ++c) {
      if (c > 0) csv.append(',');
      appendCell(csv, figure.cell(r, c));
    }
    csv.append('\n');
  }
  return csv;
}

QByteArray figureNpy(const Figure& figure) {
  auto matrix = figure.matrix();
  if (!matrix) {
    QList<int> columns;
    for (int c = 0; c < figure.columnCount(); ++c) {
      const int type = figure.rowCount() > 0 ? figure.cell(0, c).typeId() : QMetaType::UnknownType;
      if (type == QMetaType::Double || type == QMetaType::Int || type == QMetaType::Float) columns.append(c);
    }
    matrix = Figure::Matrix{{}, figure.rowCount(), static_cast<int>(columns.size())};
    for (int r = 0; r < figure.rowCount(); ++r)
      for (const int c : columns) matrix->values.push_back(figure.cell(r, c).toFloat());
  }
  const std::array<std::int64_t, 2> shape = {matrix->rows, matrix->columns};
  const auto bytes = io::format_npy(matrix->values, shape);
  return {reinterpret_cast<const char*>(bytes.data()), static_cast<qsizetype>(bytes.size())};
}

Status exportFigure(const Figure& figure, const std::filesystem::path& path, const FigureFile& file) {
  const QString extension = QString::fromStdString(path.extension().string()).toLower();
  if (extension == u".csv"_s) return writeWhole(path, figureCsv(figure));
  if (extension == u".npy"_s) return writeWhole(path, figureNpy(figure));
  const bool png = extension == u".png"_s, svg = extension == u".svg"_s, pdf = extension == u".pdf"_s;
  if (!png && !svg && !pdf)
    return error(path, ErrorKind::Input, "the kind of figure is not known by this file name",
                 "the extension .png, .svg, .pdf, .csv or .npy",
                 extension.isEmpty() ? "none" : extension.toStdString(), {});
  const auto outside = [](int pixels) { return pixels < kSmallest || pixels > kLargest; };
  if (outside(file.width) || outside(file.height))
    return error(
        path, ErrorKind::Input, "the figure's size cannot be used",
        "width and height from " + std::to_string(kSmallest) + " to " + std::to_string(kLargest) + " pixels",
        std::to_string(file.width) + " x " + std::to_string(file.height), {});
  const QByteArray bytes = png   ? pngBytes(figure, file)
                           : svg ? svgBytes(figure, file)
                                 : pdfBytes(figure, file);
  if (bytes.isEmpty())
    return error(path, ErrorKind::Failed, "the figure could not be drawn", {}, {}, "try a smaller size");
  return writeWhole(path, bytes);
}

Result<QJsonObject> readFigureView(const std::filesystem::path& path) {
  QFile file(QString::fromStdString(path.string()));
  if (!file.open(QIODevice::ReadOnly))
    return error(path, ErrorKind::Input, "cannot be read (" + file.errorString().toStdString() + ")", {}, {},
                 {});
  QByteArray json;
  if (QImageReader::imageFormat(file.fileName()) == "png") {
    json = QImageReader(file.fileName(), "PNG").text(QString::fromLatin1(kKey)).toUtf8();
  } else if (file.size() <= kLargestFile) {
    const QByteArray bytes = file.readAll();
    json = plain(bytes.startsWith("%PDF") ? between(bytes, "<synann:figure>", "</synann:figure>")
                                          : between(bytes, "<desc>", "</desc>"));
  }
  const QJsonObject view = QJsonDocument::fromJson(json).object();
  if (view.value(u"program"_s).toString() == u"synann-studio"_s) return view;
  return error(path, ErrorKind::Input, "is not a figure of this program",
               "a .png, .svg or .pdf that remembers its view", {}, "choose a figure exported from a run");
}

}  // namespace synann::ui
