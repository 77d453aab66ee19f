// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/swap/swap_page.h"

#include <QApplication>
#include <QDoubleSpinBox>
#include <QFile>
#include <QLabel>
#include <QPushButton>
#include <QRegularExpression>
#include <QSignalSpy>
#include <QSlider>
#include <QSpinBox>
#include <QTabWidget>
#include <QTableView>
#include <QTest>

#include "tests/test_main.h"
#include "tests/ui/pages/window_bench.h"
#include "ui/plots/figure_view.h"
#include "ui/shell/message_bar.h"

namespace synann::ui {

namespace {

struct SwapBench : testing::WindowBench {
  SwapBench() { window->showPage(&page()); }
  SwapPage& page() const { return *static_cast<SwapPage*>(window->pageNamed("swap")); }
  void type(const QString& box, const QString& text) const {
    auto* edit = find<QAbstractSpinBox>("swap." + box);
    edit->setFocus();
    edit->selectAll();
    QTest::keyClicks(edit, text);
    QTest::keyClick(edit, Qt::Key_Return);
  }
  void showTab(int tab) const { find<QTabWidget>("swap.figures")->setCurrentIndex(tab); }
  QString words(const QString& label) const { return find<QLabel>("swap." + label)->text(); }
  QString write(const QString& name, const char* text) const {
    QFile file(home.filePath(name));
    if (file.open(QIODevice::WriteOnly)) file.write(text);
    return file.fileName();
  }
};

}  // namespace

// The swap equation, matched pairs and the linear unit as the window shows them.
class SwapPageTest : public QObject {
  Q_OBJECT

 private slots:
  void numbersFollowTheControls();
  void eachTabHasItsFigureAtHand();
  void countsAreEditedByHand();
  void examplesAreOneClick();
  void tablesAreOpened();
  void theTableHasEveryDigitOrTheReason();
  void whatWasOpenedIsThereAgain();
  void everyBetaIsToldAsWhatItIs();
  void whatCannotBeOpenedIsTold();
  void theSixDaysComeBack();
  void anExportedFigureRebuildsTheView();
  void aClickOnTheMapChoosesThePlace();
  void keyboardAloneReachesEverything();
  void everyControlHasANameAndHelp();
  void fitsASmallWindow();
};

void SwapPageTest::numbersFollowTheControls() {
  const SwapBench b;
  QVERIFY(b.words("swap-numbers").contains("3.5"));  // theory.json: (.6, .3) at β = 1
  b.type("beta", "0.5");
  QVERIFY(b.words("swap-numbers").contains("2.42857142857143"));
  QVERIFY(b.words("swap-note").contains("imperfect"));
  b.find<QSlider>("swap.x-slider")->setFocus();
  QTest::keyClick(b.find<QSlider>("swap.x-slider"), Qt::Key_Home);
  QCOMPARE(b.page().scene().x, 0.0);
  b.type("beta", "2");
  b.type("x", "0.75");
  QVERIFY(b.words("swap-note").contains("no odds"));
}

// Export and table show a figure of the tab that is seen, before any of them had the focus.
void SwapPageTest::eachTabHasItsFigureAtHand() {
  const SwapBench b;
  QCOMPARE(b.page().figureName(), QStringLiteral("swap"));
  b.showTab(1);
  QCOMPARE(b.page().figureName(), QStringLiteral("pairs"));
  b.find<FigureView>("swap.pairs-bias")->setFocus();
  QCOMPARE(b.page().figureName(), QStringLiteral("pairs-bias"));
  b.showTab(3);  // the table, of the same figure
  QCOMPARE(b.page().figureName(), QStringLiteral("pairs-bias"));
  b.showTab(2);
  QCOMPARE(b.page().figureName(), QStringLiteral("sars"));
  for (const QString& name : kSwapFigures.mid(4)) QVERIFY(b.find<FigureView>("swap." + name)->figure());
  const auto shown = b.page().shownFigure();
  QVERIFY(shown && shown->name == "sars");
}

void SwapPageTest::countsAreEditedByHand() {
  const SwapBench b;
  b.showTab(1);
  QVERIFY(b.words("pairs-note").startsWith("Invented numbers"));
  b.type("control-only", "0");
  QVERIFY(b.words("pairs-numbers").contains("infinite"));
  QVERIFY(b.words("pairs-note").contains("no upper end"));
  QVERIFY(!b.words("pairs-note").contains("Invented"));
  for (const auto* button : b.page().findChildren<QPushButton*>()) QVERIFY(!button->isChecked());
  b.type("confidence", "90");
  QCOMPARE(b.page().scene().confidence, 0.9);
}

void SwapPageTest::examplesAreOneClick() {
  const SwapBench b;
  b.showTab(1);
  for (const char* id : {"insurance", "fin-tech", "health-care"}) {
    auto* button = b.find<QPushButton>(QString("swap.example-") + id);
    button->click();
    QVERIFY(button->isChecked());
    QVERIFY(b.words("pairs-note").startsWith("Invented numbers"));
    QVERIFY(b.find<FigureView>("swap.pairs")->figure()->title().contains("invented"));
  }
  QCOMPARE(b.find<QSpinBox>("swap.case-only")->value(), 34);
}

void SwapPageTest::tablesAreOpened() {
  const SwapBench b;
  b.window->showPage(b.window->pageNamed("train"));
  // As if they were dropped on the window, on another page.
  QVERIFY(b.window->openDropped(b.write("p.csv", "case,control\n1,0\n1,0\n0,1\n1,1\n")));
  QVERIFY(b.page().isVisible());
  QVERIFY(b.page().scene().counts == (synapse::PairCounts{1, 2, 1, 0}));
  QCOMPARE(b.page().figureName(), QStringLiteral("pairs"));
  QVERIFY(b.words("pairs-note").contains("p.csv"));
  QVERIFY(b.window->openDropped(b.write("s.csv", "day,exposures\n1,3\n2,5\n3,7\n")));
  QCOMPARE(b.page().figureName(), QStringLiteral("sars"));
  QVERIFY(b.words("sars-numbers").contains("at 4"));
  QVERIFY(b.window->openDropped(b.write("t.csv", "week,cases\n1,3\n2,5\n3,8\n")));
  QCOMPARE(b.page().scene().series.x_name, std::string("week"));
}

void SwapPageTest::theTableHasEveryDigitOrTheReason() {
  const SwapBench b;
  const auto cell = [&](int row, int column, int role = Qt::DisplayRole) {
    const QAbstractItemModel* model = b.find<QTableView>("swap.table")->model();
    return model->index(row, column).data(role).toString();
  };
  b.showTab(1);
  b.showTab(3);
  QCOMPARE(cell(0, 1), QStringLiteral("2.42857142857143"));  // 34 / 14
  const auto* const table = b.find<QTableView>("swap.table");
  QVERIFY(table->fontMetrics().horizontalAdvance(cell(0, 1)) + 6 < table->columnWidth(1));
  QCOMPARE(cell(2, 2), QStringLiteral("—"));  // the crude ratio has no interval
  QVERIFY(cell(2, 2, Qt::ToolTipRole).contains("no interval"));
  b.showTab(1);
  b.type("control-only", "0");
  b.showTab(3);
  QCOMPARE(cell(0, 1), QStringLiteral("∞"));
  QCOMPARE(cell(0, 2), QStringLiteral("—"));
  QCOMPARE(cell(0, 2, Qt::AccessibleTextRole), QStringLiteral("no value: a count is 0"));
  b.showTab(2);
  b.showTab(3);
  QCOMPARE(cell(0, 1), QStringLiteral("139"));
  QCOMPARE(cell(1, 1), QStringLiteral("—"));  // between two days
  QVERIFY(cell(1, 1, Qt::ToolTipRole).contains("the data have none"));
  QCOMPARE(cell(0, 2), QStringLiteral("147.238095238095"));
}

void SwapPageTest::whatWasOpenedIsThereAgain() {
  const SwapBench b;
  QSignalSpy wanted(&b.page(), &Page::rememberWanted);
  QVERIFY(b.window->openDropped(b.write("p.csv", "case,control\n1,0\n1,0\n0,1\n1,1\n")));
  QVERIFY(b.window->openDropped(b.write("s.csv", "day,exposures\n1,3\n2,5\n3,7.25\n")));
  QVERIFY(wanted.count() >= 2);
  b.type("ahead", "3");
  const QVariantMap kept = b.page().remembered();
  const SwapBench other;
  other.page().remember(kept);
  QVERIFY(other.page().scene().counts == (synapse::PairCounts{1, 2, 1, 0}));
  QCOMPARE(other.page().scene().source, QStringLiteral("p.csv"));
  QVERIFY(other.page().scene().series.y == std::vector<double>({3, 5, 7.25}));
  QCOMPARE(other.page().scene().ahead, 3);
  QCOMPARE(other.page().figureName(), QStringLiteral("sars"));
  QVERIFY(other.page().remembered() == kept);
  // A long one is read anew; once it is gone the six days are back.
  QByteArray rows("day,exposures\n");
  for (int k = 0; k < 3000; ++k) rows += QByteArray::number(k) + ",1." + QByteArray::number(k) + '\n';
  const QString path = b.write("long.csv", rows.constData());
  QVERIFY(b.window->openDropped(path));
  const QVariantMap long_kept = b.page().remembered();
  QVERIFY(long_kept.value("view").toString().size() < 3000);
  other.page().remember(long_kept);
  QVERIFY(other.page().scene().series.x == b.page().scene().series.x);
  QVERIFY(QFile::remove(path));
  other.page().remember(long_kept);
  QVERIFY(other.page().scene().series.x == synapse::sars_series().x);
  // Nothing kept, or nonsense, changes nothing.
  const SwapScene before = other.page().scene();
  other.page().remember({});
  other.page().remember({{"view", "[]"}, {"series_path", 7}});
  QVERIFY(other.page().scene().counts == before.counts);
}

void SwapPageTest::everyBetaIsToldAsWhatItIs() {
  const SwapBench b;
  b.type("beta", "0");
  QVERIFY(b.words("swap-note").contains("nothing inhibits"));
  QVERIFY(b.words("swap-numbers").contains(QRegularExpression("swap ratio +2\n")));  // .6 / .3
  b.type("beta", "-0.5");
  QVERIFY(b.words("swap-note").contains("not from 0 to 1"));
  b.type("beta", "1");
  b.type("x", "0");
  b.type("y", "0");
  QVERIFY(b.words("swap-note").contains("no value"));
  QVERIFY(b.words("swap-numbers").contains("no value"));
}

void SwapPageTest::whatCannotBeOpenedIsTold() {
  const SwapBench b;
  const SwapScene before = b.page().scene();
  QVERIFY(!b.window->openDropped(b.write("bad.csv", "case,control\n1,0\n1,7\n")));
  QVERIFY(b.window->findChild<MessageBar*>()->isVisible());
  QVERIFY(b.page().scene().counts == before.counts);
  QVERIFY(!b.window->openDropped(b.write("flat.csv", "day,exposures\n1,2\n1,3\n1,4\n")));
  QVERIFY(b.page().scene().series.x == before.series.x);
  QCOMPARE(b.page().claims(b.home.filePath("no-such.csv")), Page::Claim::None);
  QCOMPARE(b.page().claims(b.write("many.csv", "label,a,b\n1,2,3\n")), Page::Claim::None);
  QCOMPARE(b.page().claims(b.write("two.csv", "a,b\n1,2\n")), Page::Claim::WhileShown);
}

void SwapPageTest::theSixDaysComeBack() {
  const SwapBench b;
  QVERIFY(b.window->openDropped(b.write("s.csv", "day,exposures\n1,3\n2,5\n3,7\n")));
  b.type("steps", "10");
  QVERIFY(!b.words("sars-note").contains("486"));
  b.find<QPushButton>("swap.six-days")->click();
  QVERIFY(b.words("sars-note").contains("486"));
  QVERIFY(b.words("sars-numbers").contains("483.0952381"));
  QCOMPARE(b.page().scene().steps, 3000);
}

void SwapPageTest::anExportedFigureRebuildsTheView() {
  const SwapBench b;
  b.showTab(1);
  b.find<QPushButton>("swap.example-insurance")->click();
  b.find<FigureView>("swap.pairs-bias")->setFocus();
  const QString path = b.home.filePath("bias.png");
  QVERIFY(b.window->exportFigure(path));
  const SwapBench other;
  QVERIFY(other.window->openFigure(path));
  QCOMPARE(other.page().figureName(), QStringLiteral("pairs-bias"));
  QCOMPARE(other.page().view(), b.page().view());
}

void SwapPageTest::aClickOnTheMapChoosesThePlace() {
  const SwapBench b;
  auto* map = b.find<FigureView>("swap.swap");
  QTRY_VERIFY(map->isVisible() && map->figure());
  QTest::mouseClick(map, Qt::LeftButton, {}, {map->width() / 3, map->height() / 3});
  QVERIFY(b.page().scene().x != 0.6 && b.page().scene().y != 0.3);
  map->setFocus();
  const double x = b.page().scene().x;
  QTest::keyClick(map, Qt::Key_Right);
  QTest::keyClick(map, Qt::Key_Return);
  QVERIFY(b.page().scene().x != x);
}

void SwapPageTest::keyboardAloneReachesEverything() {
  const SwapBench b;
  QSet<QString> reached;
  for (int tab = 0; tab < 3; ++tab) {
    b.showTab(tab);
    b.find<QTabWidget>("swap.figures")->setFocus();
    for (int k = 0; k < 60; ++k) {
      QTest::keyClick(QApplication::focusWidget(), Qt::Key_Tab);
      for (const QWidget* w = QApplication::focusWidget(); w != nullptr; w = w->parentWidget())
        if (w->objectName().startsWith("swap.")) {
          reached.insert(w->objectName());
          break;
        }
    }
  }
  for (const char* name : {"swap.swap",
                           "swap.swap-section",
                           "swap.x",
                           "swap.x-slider",
                           "swap.y",
                           "swap.alpha",
                           "swap.beta",
                           "swap.quantity",
                           "swap.along",
                           "swap.colors",
                           "swap.lines",
                           "swap.pairs",
                           "swap.pairs-bias",
                           "swap.both",
                           "swap.case-only",
                           "swap.control-only",
                           "swap.neither",
                           "swap.confidence",
                           "swap.effect",
                           "swap.example-health-care",
                           "swap.example-insurance",
                           "swap.open-pairs",
                           "swap.sars",
                           "swap.sars-residuals",
                           "swap.sars-loss",
                           "swap.steps",
                           "swap.start",
                           "swap.ahead",
                           "swap.open-series",
                           "swap.six-days"})
    QVERIFY2(reached.contains(name), name);
}

void SwapPageTest::everyControlHasANameAndHelp() {
  const SwapBench b;
  for (int tab = 0; tab < 4; ++tab) {
    b.showTab(tab);
    for (const QWidget* widget : b.page().findChildren<QWidget*>()) {
      if (!widget->objectName().startsWith("swap.") || widget->focusPolicy() == Qt::NoFocus) continue;
      QVERIFY2(!widget->accessibleName().isEmpty(), qPrintable(widget->objectName()));
      QVERIFY2(
          !widget->toolTip().isEmpty() || !widget->whatsThis().isEmpty() || widget->inherits("QTabWidget"),
          qPrintable(widget->objectName()));
    }
  }
}

void SwapPageTest::fitsASmallWindow() {
  const SwapBench b;
  for (int tab = 0; tab < 4; ++tab) {
    b.showTab(tab);
    QVERIFY2(b.window->minimumSizeHint().width() <= 1024,
             QByteArray::number(b.window->minimumSizeHint().width()).constData());
    QVERIFY2(b.window->minimumSizeHint().height() <= 600,
             QByteArray::number(b.window->minimumSizeHint().height()).constData());
  }
}

}  // namespace synann::ui

SYNANN_WINDOW_TEST(synann::ui::SwapPageTest)
#include "swap_page_test.moc"
