// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plots/figure_file.h"

#include <cmath>
#include <cstring>

#include <QFile>
#include <QImage>
#include <QPainter>
#include <QRegularExpression>
#include <QSvgRenderer>
#include <QTemporaryDir>
#include <QTest>
#include <QXmlStreamReader>

#include "sample_frame.h"
#include "tests/test_main.h"
#include "ui/pages/synapses/synapse_view.h"

using namespace synann;
using namespace synann::ui;

namespace {

QByteArray bytesOf(const QString& path) {
  QFile file(path);
  return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

std::shared_ptr<const Figure> figureOf(const QString& name) {
  SynapseView view;
  view.figure = name;
  QString why;
  return synapseFigure(view, test::sampleFrame(24), why);
}

int differentColors(const QImage& image) {
  QSet<QRgb> colors;
  for (int y = 0; y < image.height(); y += 2)
    for (int x = 0; x < image.width(); x += 2) colors.insert(image.pixel(x, y));
  return static_cast<int>(colors.size());
}

}  // namespace

// Every figure leaves the program whole, and remembers where it came from.
class FigureFileTest : public QObject {
  Q_OBJECT
 private slots:
  void everyKindOfEveryFigure_data();
  void everyKindOfEveryFigure();
  void matricesAreOnePixelACell();
  void curvesAreVectors();
  void numbersReadBackExactly();
  void theViewIsRemembered();
  void whatIsNotOursIsRefused();
  void badRequestsAreOneSentence();

 private:
  QString at(const QString& name) const { return folder_.filePath(name); }
  QTemporaryDir folder_;
};

void FigureFileTest::everyKindOfEveryFigure_data() {
  QTest::addColumn<QString>("name");
  for (const QString& name : kSynapseFigures) QTest::newRow(qPrintable(name)) << name;
}

void FigureFileTest::everyKindOfEveryFigure() {
  QFETCH(QString, name);
  const auto figure = figureOf(name);
  for (const char* kind : {"png", "svg", "pdf", "csv", "npy"}) {
    const QString path = at(name + "." + kind);
    QVERIFY(
        exportFigure(*figure, path.toStdString(), {.width = 400, .height = 300, .dark = false, .view = {}})
            .ok());
    QVERIFY(bytesOf(path).size() > 80);
  }
  const QImage png(at(name + ".png"));
  QCOMPARE(png.size(), QSize(800, 600));
  QVERIFY(differentColors(png) > 8);
  QSvgRenderer svg(at(name + ".svg"));
  QVERIFY(svg.isValid());
  QCOMPARE(svg.viewBox(), QRect(0, 0, 400, 300));
  QImage drawn(400, 300, QImage::Format_RGB32);
  drawn.fill(Qt::magenta);
  QPainter painter(&drawn);
  svg.render(&painter);
  painter.end();
  QVERIFY(differentColors(drawn) > 8);
  QVERIFY(bytesOf(at(name + ".pdf")).startsWith("%PDF-"));
}

void FigureFileTest::matricesAreOnePixelACell() {
  const auto figure = figureOf("beta");
  QVERIFY(exportFigure(*figure, at("m.svg").toStdString(), {.view = {}}).ok());
  QXmlStreamReader xml(bytesOf(at("m.svg")));
  QList<QSize> sizes;
  while (!xml.atEnd()) {
    if (xml.readNext() != QXmlStreamReader::StartElement || xml.name() != QLatin1String("image")) continue;
    const QByteArray link = xml.attributes().value(QLatin1String("xlink:href")).toLatin1();
    const QImage image = QImage::fromData(QByteArray::fromBase64(link.mid(link.indexOf(',') + 1)));
    sizes.append(image.size());
    if (image.size() != QSize(24, 24)) continue;
    const auto& heat = dynamic_cast<const HeatFigure&>(*figure);
    QCOMPARE(image.convertToFormat(QImage::Format_RGB32), heatImage(heat.data(), heat.scale(), false));
    QCOMPARE(xml.attributes().value(QLatin1String("style")), QLatin1String("image-rendering:pixelated"));
  }
  QVERIFY(!xml.hasError());
  QVERIFY(sizes.contains(QSize(24, 24)));
  QVERIFY(exportFigure(*figure, at("m.pdf").toStdString(), {.view = {}}).ok());
  const QByteArray pdf = bytesOf(at("m.pdf"));
  QVERIFY(pdf.contains("/Width 24\n/Height 24"));
  QVERIFY(!pdf.contains("/DCTDecode"));  // no JPEG
}

void FigureFileTest::curvesAreVectors() {
  for (const QString& name : {QStringLiteral("row"), QStringLiteral("histogram"), QStringLiteral("waterfall"),
                              QStringLiteral("proof")}) {
    QVERIFY(exportFigure(*figureOf(name), at("v.svg").toStdString(), {.view = {}}).ok());
    const QByteArray svg = bytesOf(at("v.svg"));
    QVERIFY2(!svg.contains("<image"), qPrintable(name));
    QVERIFY(svg.contains("<text"));
  }
}

void FigureFileTest::numbersReadBackExactly() {
  const auto frame = test::sampleFrame(24);
  const auto figure = figureOf("beta");
  const QByteArray csv = figureCsv(*figure);
  const QList<QByteArray> lines = csv.trimmed().split('\n');
  QCOMPARE(lines.size(), 25);
  for (int r = 0; r < 24; ++r) {
    const QList<QByteArray> cells = lines[r + 1].split(',');
    QCOMPARE(cells.size(), 25);
    QCOMPARE(cells[0].toInt(), r);
    for (int c = 0; c < 24; ++c)
      QCOMPARE(cells[c + 1].toFloat(), frame.shown[static_cast<std::size_t>(24 * r + c)]);
  }
  const QByteArray npy = figureNpy(*figure);
  QVERIFY(npy.startsWith(QByteArray("\x93NUMPY\x01\x00", 8)));
  QVERIFY(npy.contains("{'descr': '<f4', 'fortran_order': False, 'shape': (24, 24), }"));
  const qsizetype begin = npy.size() - 24 * 24 * 4;
  QCOMPARE(begin % 64, 0);
  QCOMPARE(npy[begin - 1], '\n');
  QVERIFY(std::memcmp(npy.data() + begin, frame.shown.data(), frame.shown.size() * sizeof(float)) == 0);
  QVERIFY(figureCsv(*figureOf("waterfall")).startsWith("term,nats,sum before\n−log x,"));
}

void FigureFileTest::theViewIsRemembered() {
  const QJsonObject view{
      {"program", "synann-studio"}, {"view", "synapses"}, {"run", "/a \"run\" <&>'"}, {"step", 40}};
  for (const char* kind : {"png", "svg", "pdf"}) {
    const std::string path = at(QStringLiteral("w.") + kind).toStdString();
    QVERIFY(exportFigure(*figureOf("beta"), path, {.width = 300, .height = 240, .dark = true, .view = view})
                .ok());
    const auto read = readFigureView(path);
    QVERIFY2(read.ok(), kind);
    QCOMPARE(*read, view);
  }
}

void FigureFileTest::whatIsNotOursIsRefused() {
  QImage(20, 20, QImage::Format_RGB32).save(at("other.png"));
  QFile svg(at("other.svg"));
  QVERIFY(svg.open(QIODevice::WriteOnly));
  svg.write("<svg><desc>{\"program\":\"another\"}</desc></svg>");
  svg.close();
  for (const QString& name :
       {QStringLiteral("other.png"), QStringLiteral("other.svg"), QStringLiteral("none.pdf")}) {
    const auto read = readFigureView(at(name).toStdString());
    QVERIFY(!read.ok());
    QVERIFY(QString::fromStdString(read.error().sentence()).contains(name));
  }
}

void FigureFileTest::badRequestsAreOneSentence() {
  const auto error = [&](const QString& path, int width) {
    const auto status = exportFigure(*figureOf("row"), path.toStdString(), {.width = width, .view = {}});
    return status ? QString() : QString::fromStdString(status.error().sentence());
  };
  QVERIFY(
      error(at("x.gif"), 400).contains("expected the extension .png, .svg, .pdf, .csv or .npy, found .gif"));
  QVERIFY(error(at("x.png"), 20).contains("found 20 x 600"));
  QVERIFY(error(at("no/such/folder/x.svg"), 400).contains("cannot be written"));
  QVERIFY(!QFile::exists(at("x.png")));
}

SYNANN_WINDOW_TEST(FigureFileTest)
#include "figure_file_test.moc"
