// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plots/figure_file.h"

#include <limits>

#include <QFile>
#include <QImageReader>
#include <QJsonDocument>
#include <QPainter>
#include <QRegularExpression>

#include "engine/io/npy.h"
#include "ui/plots/picture_file.h"

namespace synann::ui {
namespace {

using namespace Qt::StringLiterals;

constexpr int kMargin = 12;  // pixels
constexpr const char* kKey = "synann-figure";
constexpr qint64 kLargestFile = 256ll << 20;  // bytes that are searched for a view

FigurePaint paintOf(const Figure& figure, const FigureFile& file, bool vector) {
  return {.look = file.dark ? FigureLook::dark() : FigureLook::light(),
          .font = figureFont(file.font_size),
          .vector = vector,
          .current = {},
          .titled = true,
          .style = file.style.value_or(figure.shownStyle())};
}

// Empty where there is no view to remember.
QString jsonText(const FigureFile& file) {
  if (file.view.isEmpty()) return {};
  return QString::fromUtf8(QJsonDocument(file.view).toJson(QJsonDocument::Compact));
}

QByteArray xmp(const QString& json) {
  return "<?xpacket begin=\"\xef\xbb\xbf\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?><x:xmpmeta "
         "xmlns:x=\"adobe:ns:meta/\">"
         "<rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\"><rdf:Description rdf:about=\"\" "
         "xmlns:synann=\"urn:synann-studio\"><synann:figure>" +
         json.toHtmlEscaped().toUtf8() +
         "</synann:figure></rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end=\"r\"?>";
}

Picture picture(const Figure& figure, const FigureFile& file) {
  const QString json = jsonText(file), above = file.title.value_or(QString());
  const QString title = above.isEmpty() ? figure.title() : above;
  // The view is the last line: the settings may hold anything else.
  QStringList description = {file.settings, json};
  description.removeAll(QString());
  Picture picture{
      .width = file.width,
      .height = file.height,
      .pixels = file.pixels,
      .background = file.dark ? FigureLook::dark().background : FigureLook::light().background,
      .title = title,
      .description = description.join('\n'),
      .document_title = file.settings.isEmpty() ? title : title + u" – "_s + file.settings,
      .xmp = json.isEmpty() ? QByteArray() : xmp(json),
      .text = {},
      .paint = [&](QPainter& painter, bool vector) { paintFigureFile(painter, figure, file, vector); }};
  if (!file.settings.isEmpty()) picture.text.emplace_back(u"Description"_s, file.settings);
  if (!json.isEmpty()) picture.text.emplace_back(QString::fromLatin1(kKey), json);
  return picture;
}

bool isNumber(const QVariant& value) {
  const int type = value.typeId();
  return type == QMetaType::Double || type == QMetaType::Int || type == QMetaType::Float ||
         type == QMetaType::LongLong;
}

Error figureFileError(const std::filesystem::path& path, ErrorKind kind, std::string problem,
                      std::string expected, std::string found, std::string remedy) {
  return {.kind = kind,
          .where = path.string(),
          .problem = std::move(problem),
          .expected = std::move(expected),
          .found = std::move(found),
          .remedy = std::move(remedy)};
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

void paintFigureFile(QPainter& painter, const Figure& figure, const FigureFile& file, bool vector) {
  const QRectF all(0, 0, file.width, file.height);
  const FigurePaint how = paintOf(figure, file, vector);
  painter.setFont(how.font);
  painter.fillRect(all, how.look.background);
  const QString title = file.title.value_or(figure.headed() ? figure.title() : QString());
  const double air = figure.headed() ? kMargin : 0;  // others have margins of their own
  double heading = air;
  if (!title.isEmpty()) {
    const QRectF room = all.adjusted(kMargin, kMargin / 2.0, -kMargin, 0);
    const int flags = Qt::AlignTop | Qt::AlignHCenter | Qt::TextWordWrap;
    painter.setPen(how.look.text);
    painter.drawText(room, flags, title);
    heading = QFontMetricsF(how.font).boundingRect(room, flags, title).height() + kMargin;
  }
  figure.paint(painter, all.adjusted(air, heading, -air, -air), how);
}

QImage figureImage(const Figure& figure, const FigureFile& file, QSize pixels) {
  Picture drawn = picture(figure, file);
  drawn.pixels = pixels;
  return pictureImage(drawn);
}

void appendField(QByteArray& text, const QVariant& value, char separator) {
  switch (value.typeId()) {
    case QMetaType::Float:
      return appendNumber(text, value.value<float>());
    case QMetaType::Double:
      return appendNumber(text, value.value<double>());
    case QMetaType::Int:
      return appendNumber(text, value.value<int>());
    case QMetaType::LongLong:
      return appendNumber(text, value.value<qlonglong>());
    case QMetaType::UnknownType:
      return;
    default:
      text.append(csvText(value.toString(), separator));
  }
}

QByteArray figureText(const Figure& figure, char separator) {
  QByteArray text;
  const bool matrix = figure.matrix().has_value();
  const int columns = figure.columnCount();
  if (matrix) text.append("row").append(separator);  // a matrix names its rows too
  for (int c = 0; c < columns; ++c) {
    if (c > 0) text.append(separator);
    appendField(text, figure.columnName(c), separator);
  }
  text.append('\n');
  for (int r = 0; r < figure.rowCount(); ++r) {
    if (matrix) text.append(figure.rowName(r).toUtf8()).append(separator);
    for (int c = 0; c < columns; ++c) {
      if (c > 0) text.append(separator);
      appendField(text, figure.cell(r, c), separator);
    }
    text.append('\n');
  }
  return text;
}

QByteArray figureCsv(const Figure& figure) {
  return figureText(figure, ',');
}

QByteArray figureNpy(const Figure& figure) {
  auto matrix = figure.matrix();
  if (!matrix) {
    QList<int> columns;
    for (int c = 0; c < figure.columnCount(); ++c)
      if (figure.rowCount() > 0 && isNumber(figure.cell(0, c))) columns.append(c);
    matrix = Figure::Matrix{{}, figure.rowCount(), static_cast<int>(columns.size())};
    for (int r = 0; r < figure.rowCount(); ++r)
      for (const int c : columns) {
        const QVariant value = figure.cell(r, c);
        matrix->values.push_back(isNumber(value) ? value.toFloat() : std::numeric_limits<float>::quiet_NaN());
      }
  }
  const std::array<std::int64_t, 2> shape = {matrix->rows, matrix->columns};
  const auto bytes = io::format_npy(matrix->values, shape);
  return {reinterpret_cast<const char*>(bytes.data()), static_cast<qsizetype>(bytes.size())};
}

Status exportFigure(const Figure& figure, const std::filesystem::path& path, const FigureFile& file) {
  const QString extension = QString::fromStdString(path.extension().string()).toLower();
  if (extension == u".csv"_s) return writeWhole(path, figureCsv(figure));
  if (extension == u".npy"_s) return writeWhole(path, figureNpy(figure));
  const auto bytes =
      pictureBytes(picture(figure, file), path, kSmallestFigure, ".png, .svg, .pdf, .csv or .npy");
  return bytes ? writeWhole(path, *bytes) : Status(bytes.error());
}

Result<QByteArray> figureBytes(const Figure& figure, const QString& extension, const FigureFile& file) {
  const std::filesystem::path name = "figure" + extension.toStdString();
  return pictureBytes(picture(figure, file), name, kSmallestFigure, ".png, .svg or .pdf");
}

Result<QJsonObject> readFigureView(const std::filesystem::path& path) {
  QFile file(QString::fromStdString(path.string()));
  if (!file.open(QIODevice::ReadOnly))
    return figureFileError(path, ErrorKind::Input,
                           "cannot be read (" + file.errorString().toStdString() + ")", {}, {}, {});
  QByteArray json;
  if (QImageReader::imageFormat(file.fileName()) == "png") {
    json = QImageReader(file.fileName(), "PNG").text(QString::fromLatin1(kKey)).toUtf8();
  } else if (file.size() <= kLargestFile) {
    const QByteArray bytes = file.readAll();
    json = plain(bytes.startsWith("%PDF") ? between(bytes, "<synann:figure>", "</synann:figure>")
                                          : between(bytes, "<desc>", "</desc>").split('\n').last());
  }
  const QJsonObject view = QJsonDocument::fromJson(json).object();
  if (view.value(u"program"_s).toString() == u"synann-studio"_s) return view;
  return figureFileError(path, ErrorKind::Input, "is not a figure of this program",
                         "a .png, .svg or .pdf that remembers its view", {},
                         "choose a figure exported from a run");
}

}  // namespace synann::ui
