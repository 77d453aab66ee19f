// SPDX-License-Identifier: GPL-3.0-or-later
// The Export dialog: what it offers for a figure, what it shows of it, and what it writes.
#include "ui/shell/export_dialog.h"

#include <QAccessible>
#include <QCheckBox>
#include <QClipboard>
#include <QComboBox>
#include <QGuiApplication>
#include <QLabel>
#include <QLineEdit>
#include <QMimeData>
#include <QPushButton>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

#include "tests/test_main.h"
#include "tests/ui/plots/sample_frame.h"
#include "tests/ui/plots/sample_loss.h"
#include "ui/pages/synapses/synapse_view.h"
#include "ui/plots/figure_part.h"
#include "ui/shell/figure_preview.h"
#include "ui/widgets/calm_spin_box.h"

using namespace synann;
using namespace synann::ui;

namespace {

ShownFigure shownLoss(const LossPart& part = {}) {
  return {.figure = std::make_shared<const LossFigure>(
              LossFigure::Content{.curves = {ui::test::series(*ui::test::sampleCurve(3, 200))},
                                  .part = part,
                                  .title = ui::test::kTitle}),
          .name = "loss",
          .view = {{"program", "synann-studio"}, {"view", "loss"}},
          .size = QSize(700, 420)};
}

ShownFigure shownSynapses(const QString& name) {
  SynapseView view;
  view.figure = name;
  QString why;
  return {
      .figure = synapseFigure(view, ui::test::sampleFrame(24), why), .name = name, .size = QSize(480, 360)};
}

struct ShownDialog {
  explicit ShownDialog(const ShownFigure& figure, const ExportDialog::Kept& kept = {})
      : dialog(figure, kept) {
    dialog.show();
  }
  template <class Widget>
  Widget* find(const char* name) const {
    return dialog.findChild<Widget*>(QLatin1String(name));
  }
  CalmSpinBox* number(const char* name) const {
    return static_cast<CalmSpinBox*>(find<QDoubleSpinBox>(name));
  }
  QComboBox* choice(const char* name) const { return find<QComboBox>(name); }

  ExportDialog dialog;
};

}  // namespace

class ExportDialogTest : public QObject {
  Q_OBJECT

 private slots:
  void beginsWithTheFigureAsShown();
  void unitsConvertWhatStandsThere();
  void aPresetIsSizeLettersAndLook();
  void whatChangesItMakesItOnesOwn();
  void whatDoesNotApplyIsNotThere();
  void thePreviewIsTheFile();
  void choicesComeBack();
  void savesWhatIsShown();
  void tellsWhyItCannotSave();
  void copiesPixelsAndVectors();
  void worksByKeyboard();
  void everyControlHasItsLabelAsName();
  void fitsASmallScreen();
};

void ExportDialogTest::beginsWithTheFigureAsShown() {
  ShownDialog b(shownLoss());
  QCOMPARE(b.choice("export.preset")->currentIndex(), 0);
  QCOMPARE(b.number("export.width")->value(), 1400.0);
  QCOMPARE(b.number("export.resolution")->value(), 192.0);
  QCOMPARE(b.find<QLabel>("export.pixels")->text(), "PNG: 1400 × 840 pixels");
  QVERIFY(!b.find<QCheckBox>("export.title")->isChecked());  // the loss figure has none of its own
  QCOMPARE(b.dialog.options(), presetOptions(FigurePreset::AsShown, QSize(700, 420), false));
}

void ExportDialogTest::unitsConvertWhatStandsThere() {
  ShownDialog b(shownLoss());
  b.choice("export.unit")->setCurrentIndex(1);
  QCOMPARE(b.number("export.width")->value(), 7.292);
  QCOMPARE(b.number("export.width")->suffix(), " in");
  b.choice("export.unit")->setCurrentIndex(2);
  QCOMPARE(b.number("export.width")->value(), 185.2);
  b.choice("export.unit")->setCurrentIndex(0);
  QCOMPARE(b.number("export.width")->value(), 1400.0);  // nothing is lost by rounding
  QCOMPARE(b.choice("export.preset")->currentIndex(), 0);
  b.choice("export.unit")->setCurrentIndex(1);
  b.number("export.resolution")->setValue(600);
  QCOMPARE(b.find<QLabel>("export.pixels")->text(), "PNG: 4375 × 2625 pixels");
}

void ExportDialogTest::aPresetIsSizeLettersAndLook() {
  ShownDialog b(shownLoss());
  b.choice("export.legend")->setCurrentIndex(b.choice("export.legend")->findText("Lower left"));
  b.choice("export.preset")->setCurrentIndex(1);
  QCOMPARE(b.number("export.width")->value(), 3.5);
  QCOMPARE(b.number("export.font")->value(), 8.0);
  QCOMPARE(b.find<QLabel>("export.pixels")->text(), "PNG: 1050 × 750 pixels");
  QCOMPARE(b.dialog.options().legend, LegendPlace::LowerLeft);  // that is another matter
  b.choice("export.preset")->setCurrentIndex(2);
  QCOMPARE(b.find<QLabel>("export.pixels")->text(), "PNG: 1920 × 1080 pixels");
  b.choice("export.preset")->setCurrentIndex(0);
  QVERIFY(!b.dialog.options().legend);
}

void ExportDialogTest::whatChangesItMakesItOnesOwn() {
  ShownDialog b(shownLoss());
  b.choice("export.preset")->setCurrentIndex(1);
  b.number("export.font")->setValue(9.5);
  QCOMPARE(b.choice("export.preset")->currentIndex(), 3);
  b.number("export.font")->setValue(8);
  QCOMPARE(b.choice("export.preset")->currentIndex(), 1);
}

void ExportDialogTest::whatDoesNotApplyIsNotThere() {
  {
    ShownDialog b(shownLoss());
    QVERIFY(b.choice("export.legend")->isVisible() && b.find<QCheckBox>("export.marks")->isVisible());
    QVERIFY(!b.choice("export.part")->isVisible());
    QCOMPARE(b.choice("export.legend")->count(), 7);
  }
  {
    ShownDialog b(shownLoss({.range = LossRange{0, 50, 0, 1}}));
    QVERIFY(b.choice("export.part")->isVisible());
  }
  {
    ShownDialog b(shownSynapses("beta"));
    for (const char* name : {"export.legend", "export.part", "export.line", "export.marks"})
      QVERIFY2(!b.find<QWidget>(name)->isVisible(), name);
    QVERIFY(b.find<QCheckBox>("export.title")->isChecked());
  }
  ShownDialog b(shownSynapses("histogram"));
  QCOMPARE(b.choice("export.legend")->count(), 2);  // as shown, or none
}

void ExportDialogTest::thePreviewIsTheFile() {
  ShownDialog b(shownLoss());
  QTRY_VERIFY(!b.dialog.preview()->image().isNull());
  b.choice("export.preset")->setCurrentIndex(1);
  QSignalSpy drawn(b.dialog.preview(), &FigurePreview::drawn);
  QVERIFY(drawn.wait());
  const QImage shown = b.dialog.preview()->image();
  QVERIFY(std::abs(shown.width() * 2.5 - shown.height() * 3.5) < 4);
  const auto file = fileOf(shownLoss(), b.dialog.options());
  QImage same = figureImage(*shownLoss().figure, *file, shown.size());
  same.setDevicePixelRatio(shown.devicePixelRatio());
  QVERIFY(same == shown);
  b.find<QCheckBox>("export.title")->setChecked(true);
  QVERIFY(drawn.wait());
  QVERIFY(b.dialog.preview()->image() != shown);
}

void ExportDialogTest::choicesComeBack() {
  QVariantMap kept;
  FigureOptions chosen;
  {
    ShownDialog b(shownLoss());
    b.choice("export.unit")->setCurrentIndex(2);
    b.number("export.width")->setValue(100);
    b.choice("export.look")->setCurrentIndex(1);
    b.find<QCheckBox>("export.marks")->setChecked(false);
    kept = b.dialog.choices();
    chosen = b.dialog.options();
  }
  ShownDialog b(shownLoss(), {.choices = kept});
  QCOMPARE(b.dialog.options(), chosen);
  QCOMPARE(b.number("export.width")->suffix(), " mm");
  QCOMPARE(b.choice("export.preset")->currentIndex(), 3);
  // A preset is that of the new figure.
  ShownDialog other(shownSynapses("beta"), {.choices = {{"preset", "as-shown"}, {"width", "900px"}}});
  QCOMPARE(other.number("export.width")->value(), 960.0);
}

void ExportDialogTest::savesWhatIsShown() {
  QTemporaryDir folder;
  for (const char* kind : {"png", "svg", "pdf", "csv"}) {
    ShownDialog b(shownLoss());
    b.choice("export.preset")->setCurrentIndex(1);
    b.find<QCheckBox>("export.title")->setChecked(true);
    b.find<QLineEdit>("export.title-text")->setText("Of my paper");
    const QString path = folder.filePath(QStringLiteral("figure.") + kind);
    QVERIFY(b.dialog.save(path));
    QCOMPARE(b.dialog.savedPath(), path);
    QCOMPARE(b.dialog.result(), int(QDialog::Accepted));
  }
  QCOMPARE(QImage(folder.filePath("figure.png")).size(), QSize(1050, 750));
  const QByteArray svg = ui::test::contents(folder.filePath("figure.svg").toStdString());
  QVERIFY(svg.contains("Of my paper"));
  QVERIFY(readFigureView(folder.filePath("figure.svg").toStdString()).ok());
}

void ExportDialogTest::tellsWhyItCannotSave() {
  QTemporaryDir folder;
  ShownDialog b(shownLoss());
  QVERIFY(!b.find<QLabel>("export.note")->isVisible());
  QVERIFY(!b.dialog.save(folder.filePath("not/there/figure.png")));
  QVERIFY(b.dialog.isVisible() && b.dialog.savedPath().isEmpty());
  QVERIFY(b.find<QLabel>("export.note")->isVisible());
  b.choice("export.unit")->setCurrentIndex(1);
  b.number("export.width")->setValue(80);
  b.number("export.resolution")->setValue(2400);  // more pixels than a PNG may have
  QVERIFY(b.find<QLabel>("export.note")->text().startsWith("Width: has too many pixels"));
  QVERIFY(!b.find<QPushButton>("export.save")->isEnabled());
  b.number("export.resolution")->setValue(96);
  QVERIFY(b.find<QPushButton>("export.save")->isEnabled());
}

void ExportDialogTest::copiesPixelsAndVectors() {
  ShownDialog b(shownLoss());
  b.choice("export.preset")->setCurrentIndex(1);
  b.find<QPushButton>("export.copy")->click();
  const QMimeData* copied = QGuiApplication::clipboard()->mimeData();
  QVERIFY(copied->hasImage() && !copied->hasFormat("image/svg+xml"));
  QCOMPARE(qvariant_cast<QImage>(copied->imageData()).size(), QSize(1050, 750));
  b.find<QPushButton>("export.copy-vectors")->click();
  copied = QGuiApplication::clipboard()->mimeData();
  QVERIFY(copied->hasFormat("image/svg+xml") && copied->hasFormat("application/pdf") && !copied->hasImage());
  QVERIFY(b.dialog.isVisible());
}

void ExportDialogTest::worksByKeyboard() {
  ShownDialog b(shownLoss());
  QVERIFY(b.find<QPushButton>("export.save")->isDefault());
  // From the preset all the way round, each control once.
  QStringList seen;
  QWidget* w = b.choice("export.preset");
  do {
    if (w->isVisible() && w->isEnabled() && (w->focusPolicy() & Qt::TabFocus)) seen << w->objectName();
    w = w->nextInFocusChain();
  } while (w != b.choice("export.preset"));
  seen.removeAll(QString());
  const QStringList wanted = {"export.preset",       "export.width", "export.height", "export.unit",
                              "export.resolution",   "export.font",  "export.line",   "export.legend",
                              "export.look",         "export.title", "export.marks",  "export.copy",
                              "export.copy-vectors", "export.close", "export.save"};
  QStringList order;
  for (const QString& name : seen)
    if (wanted.contains(name)) order << name;
  QCOMPARE(order, wanted);
  QTest::keyClick(&b.dialog, Qt::Key_Escape);
  QCOMPARE(b.dialog.result(), int(QDialog::Rejected));
  QVERIFY(!b.dialog.isVisible());
}

void ExportDialogTest::everyControlHasItsLabelAsName() {
  ShownDialog b(shownLoss());
  for (const char* name : {"export.preset", "export.unit", "export.legend", "export.look", "export.width",
                           "export.height", "export.resolution", "export.font", "export.line"}) {
    QWidget* const control = b.find<QWidget>(name);
    QString label;
    for (const QLabel* words : b.dialog.findChildren<QLabel*>())
      if (words->buddy() == control) label = words->text().remove('&');
    QVERIFY2(!label.isEmpty(), name);
    QCOMPARE(control->accessibleName(), label);
    const QAccessibleInterface* const spoken = QAccessible::queryAccessibleInterface(control);
    QVERIFY(spoken);
    QCOMPARE(spoken->text(QAccessible::Name), label);
  }
  QCOMPARE(QAccessible::queryAccessibleInterface(b.choice("export.look"))->text(QAccessible::Value), "Light");
}

void ExportDialogTest::fitsASmallScreen() {
  ShownDialog b(shownLoss({.range = LossRange{0, 50, 0, 1}}));
  const QSize size = b.dialog.size().expandedTo(b.dialog.minimumSizeHint());
  QVERIFY2(size.width() <= 1024 && size.height() <= 560,
           qPrintable(QString("%1 × %2").arg(size.width()).arg(size.height())));
}

SYNANN_WINDOW_TEST(ExportDialogTest)
#include "export_dialog_test.moc"
