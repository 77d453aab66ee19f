// SPDX-License-Identifier: GPL-3.0-or-later
#include <cmath>
#include <limits>
#include <vector>

#include <QFile>
#include <QImage>
#include <QJsonArray>
#include <QLocale>
#include <QPainter>
#include <QRegularExpression>
#include <QSet>
#include <QSvgRenderer>
#include <QTemporaryDir>
#include <QTest>
#include <QXmlStreamReader>

#include "sample_curve.h"
#include "sample_loss.h"
#include "tests/test_main.h"
#include "ui/plots/figure_file.h"
#include "ui/plots/figure_look.h"
#include "ui/plots/loss_figure.h"
#include "ui/plots/picture_file.h"

using namespace synann;
using namespace synann::ui;
using test::contents, test::count, test::figureOf, test::kTitle, test::pathHeights;

namespace {

// At the size of the PNG.
QImage rendered(const QByteArray& svg) {
  QImage picture(1280, 800, QImage::Format_RGB32);
  picture.fill(Qt::white);
  QPainter painter(&picture);
  QSvgRenderer(svg).render(&painter);
  return picture;
}

}  // namespace

class LossExportTest : public QObject, test::LossFiles {
  Q_OBJECT

 private slots:
  void pngHasTwoDotsPerPixelAndTheCurves() {
    QVERIFY(save(*curve_, "a.png", options_).ok());
    const QImage picture(QString::fromStdString(path("a.png")));
    QCOMPARE(picture.size(), QSize(1280, 800));
    QVERIFY(count(picture, QColor(0, 0, 255)) > 500);
    QVERIFY(count(picture, QColor(255, 0, 0)) > 500);
    QCOMPARE(picture.pixelColor(2, 2), QColor(255, 255, 255));
    QCOMPARE(picture.text("Title"), kTitle);
    QCOMPARE(picture.text("Description"), options_.settings);
    QCOMPARE(readFigureView(path("a.png"))->value("view").toString(), QString("loss"));
  }

  void darkIsDark() {
    FigureFile dark = options_;
    dark.dark = true;
    QVERIFY(save(*curve_, "dark.png", dark).ok());
    const QImage picture(QString::fromStdString(path("dark.png")));
    QCOMPARE(picture.pixelColor(2, 2), FigureLook::dark().background);
    QVERIFY(count(picture, FigureLook::dark().train) > 500);
    QCOMPARE(count(picture, QColor(0, 0, 255)), 0);
  }

  void svgIsWellFormedAndDrawsTheSame() {
    QVERIFY(save(*curve_, "a.svg", options_).ok());
    const QByteArray svg = contents(path("a.svg"));
    QXmlStreamReader xml(svg);
    QStringList texts;
    QString title, description;
    while (!xml.atEnd()) {
      if (xml.readNext() != QXmlStreamReader::StartElement) continue;
      if (xml.name() == u"title")
        title = xml.readElementText();
      else if (xml.name() == u"desc")
        description = xml.readElementText();
      else if (xml.name() == u"text")
        texts << xml.readElementText().trimmed();
    }
    QVERIFY2(!xml.hasError(), qPrintable(xml.errorString()));
    QCOMPARE(title, kTitle);
    QCOMPARE(description.section('\n', 0, 0), options_.settings);
    QCOMPARE(readFigureView(path("a.svg"))->value("view").toString(), QString("loss"));
    for (const char* text : {"Train Loss", "Test Loss", "number of training examples seen",
                             "negative log likelihood loss", "20,000", "best accuracy 91.00 %"})
      QVERIFY2(texts.contains(text), text);

    QCOMPARE(QSvgRenderer(svg).viewBox(), QRect(0, 0, 640, 400));
    const QImage picture = rendered(svg);
    QVERIFY(count(picture, QColor(0, 0, 255)) > 500);
    QVERIFY(count(picture, QColor(255, 0, 0)) > 500);
  }

  void inVectorFilesTooThePointsLieOnTheLine() {
    const auto dense = test::sampleCurve(12, 600);
    const LossPart log{.log_y = true};
    QVERIFY(save(*dense, "d.png", options_, log).ok());
    QVERIFY(save(*dense, "d.svg", options_, log).ok());
    const int png = count(QImage(QString::fromStdString(path("d.png"))), QColor(255, 0, 0));
    const int svg = count(rendered(contents(path("d.svg"))), QColor(255, 0, 0));
    QVERIFY2(std::abs(png - svg) < png / 10,
             qPrintable(QString("%1 red dots, %2 in the SVG").arg(png).arg(svg)));
  }

  void aZoomedSvgStaysInsideItsFrame() {
    const LossPart zoomed{.range = LossRange{10000, 30000, 0.3, 0.6}};
    QVERIFY(save(*curve_, "z.svg", options_, zoomed).ok());
    const QList<double> heights = pathHeights(contents(path("z.svg")), "#0000ff");
    QVERIFY(heights.size() > 100);
    QVERIFY(*std::ranges::min_element(heights) >= 0);  // the curve itself reaches far beyond the figure
    QVERIFY(*std::ranges::max_element(heights) < 360);
  }

  void pdfHasTextAsText() {
    QVERIFY(save(*curve_, "a.pdf", options_).ok());
    const QByteArray pdf = contents(path("a.pdf"));
    QVERIFY(pdf.startsWith("%PDF-"));
    QVERIFY(pdf.contains("%%EOF"));
    QVERIFY(pdf.contains("/Type /Font"));
    QCOMPARE(readFigureView(path("a.pdf"))->value("view").toString(), QString("loss"));
    QVERIFY(pdf.contains("/MediaBox [0 0 480"));  // 640 pixels of 1/96 inch in points
  }

  void csvReadsBackExactly() {
    curve_->append(LossSteps{.batch_size = 100,
                             .first_examples = 60000,
                             .losses = std::vector<float>{NAN, INFINITY, 1e-38F, 0.1F}});
    const QLocale before;
    QLocale::setDefault(QLocale(QLocale::German));
    QVERIFY(save(*curve_, "a.csv", options_).ok());
    QLocale::setDefault(before);
    const QList<QByteArray> lines = contents(path("a.csv")).trimmed().split('\n');
    QCOMPARE(lines[0], QByteArray("series,epoch,examples,loss,accuracy,setting"));
    QCOMPARE(lines.size(),
             static_cast<qsizetype>(1 + curve_->losses().size() + curve_->evaluations().size()));
    for (std::size_t k = 0; k < curve_->losses().size(); ++k) {
      const QList<QByteArray> fields = lines[static_cast<qsizetype>(k) + 1].split(',');
      QCOMPARE(fields.size(), 6);
      QCOMPARE(fields[0], QByteArray("train"));
      QCOMPARE(fields[1].toInt(), curve_->epochAt(curve_->examples()[k]));
      QCOMPARE(fields[2].toLongLong(), curve_->examples()[k]);
      const float loss = std::strtof(fields[3].constData(), nullptr), expected = curve_->losses()[k];
      QVERIFY(loss == expected || (std::isnan(loss) && std::isnan(expected)));
    }
    const QList<QByteArray> last = lines.back().split(',');
    QCOMPARE(last[0], QByteArray("test"));
    QVERIFY(last[3].toDouble() == curve_->evaluations().back().test_loss);
    QVERIFY(last[4].toDouble() == curve_->evaluations().back().accuracy());
  }

  // Each change of a setting is a line of its own, and stands in the figure.
  void changesOfSettingsAreNamed() {
    LossCurve curve = *curve_;
    const std::int64_t half = curve.lastExamples() / 2;
    curve.mark(half, "learning rate 0.05");
    curve.mark(half, "momentum 0.25");
    QVERIFY(save(curve, "m.csv", options_).ok());
    const QList<QByteArray> lines = contents(path("m.csv")).trimmed().split('\n');
    const QByteArray place =
        QByteArray::number(curve.epochAt(half)) + ',' + QByteArray::number(qlonglong{half});
    QCOMPARE(lines.back(), "change," + place + R"(,,,"learning rate 0.05, momentum 0.25")");
    QVERIFY(lines[lines.size() - 2].startsWith("test,") &&
            lines[lines.size() - 2].contains(",learning rate "));
    QVERIFY(save(curve, "m.svg", options_).ok());
    QVERIFY(contents(path("m.svg")).contains(">learning rate 0.05, momentum 0.25<"));
    QVERIFY(save(*curve_, "n.svg", options_).ok());
    QVERIFY(!contents(path("n.svg")).contains("learning rate"));
  }

  void anEmptyCurveIsAFigureToo() {
    for (const char* name : {"e.png", "e.svg", "e.pdf", "e.csv"})
      QVERIFY(save(LossCurve(), name, options_).ok());
    QCOMPARE(contents(path("e.csv")), QByteArray("series,epoch,examples,loss,accuracy,setting\n"));
  }

  void theExtensionMayBeInCapitals() {
    QVERIFY(save(*curve_, "B.PNG", options_).ok());
    QVERIFY(!QImage(QString::fromStdString(path("B.PNG"))).isNull());
  }

  void anUnknownExtensionNamesTheKnownOnes() {
    const Status status = save(*curve_, "a.gif", options_);
    QVERIFY(!status.ok());
    QVERIFY(status.error().kind == ErrorKind::Input);
    const QString sentence = QString::fromStdString(status.error().sentence());
    for (const char* word : {"a.gif", ".png", ".svg", ".pdf", ".csv"}) QVERIFY(sentence.contains(word));
    QVERIFY(!QFile::exists(folder_.filePath("a.gif")));
    QVERIFY(!save(*curve_, "none", options_).ok());
  }

  void aFolderThatIsNotThereIsOneSentence() {
    const Status status = save(*curve_, "no/such/a.png", options_);
    QVERIFY(!status.ok());
    QVERIFY(status.error().kind == ErrorKind::Failed);
    QVERIFY(QString::fromStdString(status.error().sentence()).contains("no/such/a.png"));
  }

  void asFailedWriteLeavesTheOldFile() {
    QFile old(folder_.filePath("kept.png"));
    QVERIFY(old.open(QIODevice::WriteOnly));
    old.write("old");
    old.close();
    FigureFile huge = options_;
    huge.width = 1000000;
    const Status status = save(*curve_, "kept.png", huge);
    QVERIFY(!status.ok());
    QVERIFY(QString::fromStdString(status.error().sentence()).contains("1000000 x 400"));
    QCOMPARE(contents(path("kept.png")), QByteArray("old"));
  }
};

SYNANN_WINDOW_TEST(LossExportTest)
#include "loss_export_test.moc"
