// SPDX-License-Identifier: GPL-3.0-or-later
// What pages of one picture share: lines of controls that fold with their labels, remarks, tabs that come and
// go.
#include "ui/pages/picture_page.h"

#include <QComboBox>
#include <QImage>
#include <QLabel>
#include <QSpinBox>
#include <QSplitter>
#include <QTabWidget>
#include <QTest>

#include "tests/test_main.h"
#include "tests/ui/session/small_data.h"
#include "ui/pages/figure_deck.h"
#include "ui/plots/figure_view.h"
#include "ui/widgets/image_picture.h"

namespace synann::ui {

namespace {

// A page that shows nothing of its own.
class SamplePage : public PicturePage {
 public:
  explicit SamplePage(int remark_lines) : PicturePage(QStringLiteral("sample"), nullptr) {
    addControls("First", {one, two});
    addControls("Second", {together({three, four})});
    layOut(picture, new QLabel("figures", this), "numbers", "help", remark_lines);
  }
  bool canExport() const override { return false; }
  QString figureName() const override { return "sample"; }
  Result<ShownFigure> shownFigure() const override { return input_error("sample", "has no figure"); }
  Status restoreView(const QJsonObject&) override { return {}; }
  using PicturePage::numbers;
  using PicturePage::setRemark;
  using PicturePage::showControl;

  QSpinBox* one = new QSpinBox(this);
  QSpinBox* two = new QSpinBox(this);
  QSpinBox* three = new QSpinBox(this);
  QSpinBox* four = new QSpinBox(this);
  QLabel* picture = new QLabel("picture", this);
};

const QLabel* labelOf(const QWidget& page, const QString& text) {
  for (const QLabel* label : page.findChildren<QLabel*>())
    if (label->text() == text) return label;
  return nullptr;
}

}  // namespace

class PicturePageTest : public QObject {
  Q_OBJECT

 private slots:
  void labelsFoldWithTheirControls();
  void labelsAreBuddies();
  void remarksFoldOrKeepTheirRoom();
  void thePictureTakesTheRoom();
  void tabsComeAndGo();
  void imagesAreInkOnPaper();
  void imagesThatAreNotThereAreEmpty();
};

void PicturePageTest::labelsFoldWithTheirControls() {
  SamplePage page(0);
  page.show();
  const QLabel* const first = labelOf(page, "First");
  page.showControl(page.two, false);
  QVERIFY(first->isVisible() && !page.two->isVisible());
  page.showControl(page.one, false);
  QVERIFY(!first->isVisible());
  page.showControl(page.two, true);
  QVERIFY(first->isVisible());
}

void PicturePageTest::labelsAreBuddies() {
  const SamplePage page(0);
  QCOMPARE(labelOf(page, "First")->buddy(), page.one);
}

void PicturePageTest::remarksFoldOrKeepTheirRoom() {
  SamplePage folding(0), fixed(2);
  folding.show();
  fixed.show();
  const auto remark = [](const SamplePage& page) { return page.findChild<QLabel*>("sample.note"); };
  QVERIFY(!remark(folding)->isVisible());
  QVERIFY(remark(fixed)->isVisible());
  const int height = remark(fixed)->height();
  for (SamplePage* page : {&folding, &fixed}) page->setRemark("a remark");
  QVERIFY(remark(folding)->isVisible());
  QCOMPARE(remark(fixed)->toolTip(), QStringLiteral("a remark"));
  fixed.setRemark({});
  QCOMPARE(remark(fixed)->height(), height);
  folding.setRemark({});
  QVERIFY(!remark(folding)->isVisible());
}

void PicturePageTest::thePictureTakesTheRoom() {
  SamplePage page(0);
  page.resize(1000, 600);
  page.show();
  QCOMPARE(page.splitters().size(), 1);
  QCOMPARE(page.splitters().front()->objectName(), QStringLiteral("sample.split"));
  QVERIFY(page.picture->width() > 500 && page.picture->height() > 500);
  QCOMPARE(page.numbers()->accessibleName(), QStringLiteral("numbers"));
}

void PicturePageTest::tabsComeAndGo() {
  QWidget parent;
  FigureView picture(&parent);
  FigureDeck deck("sample", &picture, &parent);
  FigureView* const one = deck.add("one", "later", "help");
  FigureView* const two = deck.add("two", "later", "help");
  deck.addTab("One", {one});
  deck.addTab("Two", {two});
  const QTabWidget* const tabs = deck.finish();
  QCOMPARE(tabs->count(), 3);  // and the table
  deck.setTabShown(two, false);
  QVERIFY(tabs->isTabVisible(0) && !tabs->isTabVisible(1) && tabs->isTabVisible(2));
  deck.setTabShown(two, true);
  QVERIFY(tabs->isTabVisible(1));
}

void PicturePageTest::imagesAreInkOnPaper() {
  const data::DataPairPtr digits = testing::smallDigits(20, 20);
  ImagePicture picture(56);
  picture.showImage(digits, 3, "Test image 3");
  QCOMPARE(picture.image().size(), QSize(28, 28));
  QCOMPARE(picture.accessibleName(), QStringLiteral("Test image 3"));
  const auto pixels = digits->test.image(3);
  for (int r = 0; r < 28; ++r)
    for (int c = 0; c < 28; ++c)
      QCOMPARE(qGray(picture.image().pixel(c, r)), 255 - pixels[static_cast<std::size_t>(28 * r + c)]);
  picture.resize(56, 56);
  QVERIFY(!picture.grab().toImage().isNull());
}

void PicturePageTest::imagesThatAreNotThereAreEmpty() {
  ImagePicture picture(56);
  picture.showImage(nullptr, 0, {});
  QVERIFY(picture.image().isNull());
  const data::DataPairPtr digits = testing::smallDigits(20, 20);
  for (const int index : {-1, 20, 1 << 20}) {
    picture.showImage(digits, index, {});
    QVERIFY(picture.image().isNull());
  }
}

}  // namespace synann::ui

SYNANN_WINDOW_TEST(synann::ui::PicturePageTest)
#include "picture_page_test.moc"
