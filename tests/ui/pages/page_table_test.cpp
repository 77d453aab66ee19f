// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/page_table.h"

#include <QAction>
#include <QSet>
#include <QTemporaryDir>
#include <QTest>

#include "tests/test_main.h"
#include "tests/ui/session/small_data.h"
#include "ui/pages/page.h"
#include "ui/session/workspace.h"

namespace synann::ui {

// Every page by itself, without the window around it.
class PageTableTest : public QObject {
  Q_OBJECT

 private slots:
  void rowsAreWhole();
  void everyViewBelongsToOnePage();
  void everyPageLivesAlone();
  void aPageRemembersWhatItTells();
  void nonsenseIsNotRemembered();
};

namespace {

// Actions as the window would make them.
struct Actions {
  PageActions find = [this](const QString& id) {
    auto& action = made[id];
    if (!action) {
      action = std::make_unique<QAction>(id);
      action->setObjectName(id);
      action->setCheckable(true);
    }
    return action.get();
  };
  std::map<QString, std::unique_ptr<QAction>> made;
};

}  // namespace

void PageTableTest::rowsAreWhole() {
  QSet<QString> ids;
  for (const PageInfo& page : pageTable()) {
    QVERIFY(!page.id.isEmpty() && !ids.contains(page.id));
    ids.insert(page.id);
    QCOMPARE(page.text.count('&'), 1);
    QVERIFY(!page.help.isEmpty() && !page.help.endsWith('.'));
    QVERIFY(page.glyph != Glyph::None);
    QVERIFY(page.make != nullptr && page.viewFigure != nullptr);
    QCOMPARE(pageInfo(page.id), &page);
    QVERIFY(pageNames().contains(page.id));
  }
  QVERIFY(pageInfo("no-such-page") == nullptr);
}

void PageTableTest::everyViewBelongsToOnePage() {
  const std::vector<std::string> views = allViews();
  for (const std::string& view : views) {
    QCOMPARE(std::count(views.begin(), views.end(), view), 1);
    const PageInfo* const page = pageOfView(view);
    QVERIFY(page != nullptr);
    QVERIFY(std::find(page->views.begin(), page->views.end(), view) != page->views.end());
  }
  QVERIFY(pageOfView("no-such-view") == nullptr);
  for (const std::string& view : runViews()) QVERIFY(pageOfView(view)->of_run);
  QVERIFY(runViews().size() > 10);
  for (const PageInfo& page : pageTable())
    for (const std::string& view : page.what_if) {
      QVERIFY(pageOfView(view) == &page);
      QCOMPARE(std::ranges::count(runViews(), view), 0);
    }
}

void PageTableTest::everyPageLivesAlone() {
  QTemporaryDir home;
  Workspace workspace;
  Actions actions;
  testing::prepare(workspace.controller(), home);
  std::vector<std::unique_ptr<Page>> pages;
  for (const PageInfo& info : pageTable()) {
    pages.emplace_back(info.make(workspace, actions.find, nullptr));
    pages.back()->resize(800, 500);
    pages.back()->show();
    QVERIFY(!pages.back()->figureName().isEmpty());
  }
  workspace.controller().train(testing::smallSettings(1));
  QTRY_VERIFY_WITH_TIMEOUT(!workspace.controller().busy(), 60'000);
  QTRY_VERIFY_WITH_TIMEOUT(workspace.source().frame() && !workspace.source().busy(), 60'000);
  for (std::size_t k = 0; k < pages.size(); ++k) {
    QTRY_VERIFY2_WITH_TIMEOUT(pages[k]->canExport(), qPrintable(pageTable()[k].id), 60'000);
    const QString path = home.path() + '/' + pageTable()[k].id + ".csv";
    const auto shown = pages[k]->shownFigure();
    QVERIFY2(shown.ok(), shown.ok() ? "" : shown.error().sentence().c_str());
    QCOMPARE(shown->name, pages[k]->figureName());
    const Status saved = saveAsSeen(*shown, path.toStdString());
    QVERIFY2(saved.ok(), saved.ok() ? "" : saved.error().sentence().c_str());
    QVERIFY(QFileInfo(path).size() > 40);
  }
}

void PageTableTest::aPageRemembersWhatItTells() {
  Workspace workspace;
  Actions actions;
  for (const PageInfo& info : pageTable()) {
    const std::unique_ptr<Page> one(info.make(workspace, actions.find, nullptr));
    QVariantMap kept = one->remembered();
    if (info.id == QLatin1String("train"))
      kept = {
          {"log_y", true}, {"record_mib", 12}, {"smoothing", 2}, {"legend", "lower-left"}, {"marks", false}};
    const std::unique_ptr<Page> other(info.make(workspace, actions.find, nullptr));
    other->remember(kept);
    QCOMPARE(other->remembered(), kept);
  }
}

void PageTableTest::nonsenseIsNotRemembered() {
  Workspace workspace;
  Actions actions;
  const std::unique_ptr<Page> page(pageInfo("train")->make(workspace, actions.find, nullptr));
  page->remember({{"smoothing", -5}, {"record_mib", "much"}});
  QCOMPARE(page->remembered()["smoothing"].toInt(), 0);
  QCOMPARE(page->remembered()["record_mib"].toInt(), 0);
}

}  // namespace synann::ui

SYNANN_WINDOW_TEST(synann::ui::PageTableTest)
#include "page_table_test.moc"
