// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/action_registry.h"

#include <QImage>
#include <QMenu>
#include <QMenuBar>
#include <QPainter>
#include <QTableWidget>
#include <QTest>

#include "tests/test_main.h"
#include "ui/shell/help_dialogs.h"

namespace synann::ui {

class ActionRegistryTest : public QObject {
  Q_OBJECT

 private slots:
  void theTableHasNoFaults();
  void faultsAreFound();
  void everyActionIsInItsMenu();
  void helpCarriesTheShortcut();
  void theShortcutListIsComplete();
  void everyGlyphLeavesInk();
};

void ActionRegistryTest::theTableHasNoFaults() {
  const ActionRegistry registry;
  const std::vector<QString> faults = ActionRegistry::faults(registry.infos());
  QVERIFY2(faults.empty(), faults.empty() ? "" : qPrintable(faults.front()));
}

void ActionRegistryTest::faultsAreFound() {
  const ActionInfo one{"a.one", "&One", "F5", "Does one thing"};
  const auto faultsWith = [&one](const ActionInfo& two) { return ActionRegistry::faults({one, two}).size(); };
  QCOMPARE(faultsWith({"a.two", "&Two", "F6", "Does another"}), 0u);
  QCOMPARE(faultsWith({"a.two", "&Two", "F5", "Does another"}), 1u);
  QCOMPARE(faultsWith({"a.two", "T&o", "F6", "Does another"}), 1u);
  QCOMPARE(faultsWith({"a.two", "&Two", "F6", ""}), 1u);
  QCOMPARE(faultsWith({"a.two", "&Two", "Strg+Nix", "Does another"}), 1u);
  QCOMPARE(faultsWith({"a.one", "&Two", "F6", "Does another"}), 1u);
}

void ActionRegistryTest::everyActionIsInItsMenu() {
  const ActionRegistry registry;
  QMenuBar bar;
  registry.fillMenus(&bar);
  QList<QAction*> found;
  for (const QMenu* menu : bar.findChildren<QMenu*>()) found += menu->actions();
  for (const ActionInfo& info : registry.infos()) {
    QCOMPARE(found.count(registry.action(info.id)), 1);
  }
  QCOMPARE(bar.actions().size(), 4);
}

void ActionRegistryTest::helpCarriesTheShortcut() {
  ActionRegistry registry;
  QCOMPARE(registry.action("run.train")->toolTip(), QStringLiteral("Train until the last epoch (F5)"));
  registry.setText("run.train", "&Train on", "Go on");
  QCOMPARE(registry.action("run.train")->text(), QStringLiteral("&Train on"));
  QCOMPARE(registry.action("run.train")->toolTip(), QStringLiteral("Go on (F5)"));
  QVERIFY(!registry.action("no.such"));
}

void ActionRegistryTest::theShortcutListIsComplete() {
  const ActionRegistry registry;
  const ShortcutsDialog dialog(registry.infos());
  const auto* const table = dialog.findChild<QTableWidget*>("shortcuts");
  for (const ActionInfo& info : registry.infos()) {
    const QList<QTableWidgetItem*> rows = table->findItems(info.help, Qt::MatchExactly);
    QCOMPARE(rows.size(), 1);
    QCOMPARE(table->item(rows[0]->row(), 1)->text(),
             QKeySequence(info.shortcut).toString(QKeySequence::NativeText));
  }
}

void ActionRegistryTest::everyGlyphLeavesInk() {
  for (int k = 1; k <= static_cast<int>(Glyph::Help); ++k) {
    QImage image(32, 32, QImage::Format_ARGB32);
    image.fill(Qt::white);
    QPainter painter(&image);
    painter.scale(2, 2);
    painter.setPen(QPen(Qt::black, 1.3));
    drawGlyph(painter, static_cast<Glyph>(k));
    painter.end();
    int ink = 0;
    for (int y = 0; y < 32; ++y) {
      for (int x = 0; x < 32; ++x) ink += qGray(image.pixel(x, y)) < 128;
    }
    QVERIFY2(ink > 20 && ink < 700, qPrintable(QString::number(k)));
  }
}

}  // namespace synann::ui

SYNANN_WINDOW_TEST(synann::ui::ActionRegistryTest)
#include "action_registry_test.moc"
