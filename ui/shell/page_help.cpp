// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/page_help.h"

#include <algorithm>
#include <optional>

#include <QDialogButtonBox>
#include <QKeySequence>
#include <QLabel>
#include <QPushButton>
#include <QScreen>
#include <QSet>
#include <QTabWidget>
#include <QTextBrowser>
#include <QVBoxLayout>

#include "ui/pages/page.h"
#include "ui/pages/page_table.h"
#include "ui/plots/figure_widget.h"

namespace synann::ui {

namespace {

constexpr QSize kHelpSize(720, 520);  // fits the smallest screen

QString plainText(QString text) {
  return text.remove('&').remove(QStringLiteral("…"));
}

QString helpRow(const QString& name, const QString& words) {
  return QStringLiteral("<p><b>%1</b><br>%2</p>").arg(name.toHtmlEscaped(), words.toHtmlEscaped());
}

QString helpSection(const QString& heading, const QString& rows) {
  return rows.isEmpty() ? QString() : QStringLiteral("<h3>%1</h3>%2").arg(heading.toHtmlEscaped(), rows);
}

QString sentence(QString words) {
  if (!words.isEmpty() && !words.endsWith('.')) words += '.';
  return words;
}

// The title of the tab it stands in; the page's own picture has none.
std::optional<QString> tabOf(const QWidget* figure) {
  for (const QWidget* part = figure; part->parentWidget() != nullptr; part = part->parentWidget()) {
    const auto* tabs = qobject_cast<const QTabWidget*>(part->parentWidget()->parentWidget());
    const int at = tabs == nullptr ? -1 : tabs->indexOf(const_cast<QWidget*>(part));
    if (at >= 0) return plainText(tabs->tabText(at));
  }
  return std::nullopt;
}

QString figureRows(const Page& page) {
  QString rows;
  QSet<QString> told;  // figures of one kind have the same keys
  QList<FigureWidget*> figures = page.findChildren<FigureWidget*>();
  std::stable_partition(figures.begin(), figures.end(), [](const auto* one) { return !tabOf(one); });
  for (const FigureWidget* figure : figures) {
    QStringList words = {sentence(figure->whatsThis())};
    if (const QString keys = figure->accessibleDescription(); !told.contains(keys)) {
      told.insert(keys);
      words.append(PageHelpDialog::tr("Keys: %1").arg(sentence(keys)));
    }
    words.removeAll(QString());
    rows += helpRow(tabOf(figure).value_or(PageHelpDialog::tr("The large picture")), words.join(' '));
  }
  return rows;
}

// Everything else that has a name and says what it does, each once.
QString controlRows(const Page& page) {
  QString rows;
  QSet<QString> told;
  for (const QWidget* widget : page.findChildren<QWidget*>()) {
    const QString name = plainText(widget->accessibleName()), help = widget->toolTip();
    if (name.isEmpty() || help.isEmpty() || qobject_cast<const FigureWidget*>(widget)) continue;
    const QString id = widget->objectName();  // actions have a part of their own
    if (id.startsWith(QLatin1String("button.")) || id.startsWith(QLatin1String("empty."))) continue;
    if (told.contains(name)) continue;
    told.insert(name);
    rows += helpRow(name, sentence(help));
  }
  return rows;
}

QString actionRows(const PageInfo& info) {
  QString rows;
  for (const ActionInfo& action : info.actions) {
    const QString key = QKeySequence(action.shortcut).toString(QKeySequence::NativeText);
    const QString name = plainText(action.text);
    rows += helpRow(key.isEmpty() ? name : name + QStringLiteral(" (") + key + ')', sentence(action.help));
  }
  return rows;
}

}  // namespace

QString pageHelp(const PageInfo& info, const Page& page) {
  QStringList views;
  for (const std::string& view : info.views) views.append(QString::fromStdString(view));
  const QString prompt =
      PageHelpDialog::tr(
          "Each of these can be saved without a window: synann-studio --export FILE.pdf --view NAME")
          .toHtmlEscaped();
  return QStringLiteral("<h2>%1</h2><p>%2</p>")
             .arg(plainText(info.text).toHtmlEscaped(), sentence(info.help).toHtmlEscaped()) +
         helpSection(PageHelpDialog::tr("Figures"), figureRows(page)) +
         helpSection(PageHelpDialog::tr("Controls"), controlRows(page)) +
         helpSection(PageHelpDialog::tr("Actions"), actionRows(info)) +
         helpSection(PageHelpDialog::tr("Views at the prompt"),
                     QStringLiteral("<p>%1<br>%2</p>").arg(views.join(QStringLiteral(", ")), prompt));
}

PageHelpDialog::PageHelpDialog(const PageInfo& info, const Page& page, QWidget* parent) : QDialog(parent) {
  setWindowTitle(tr("The %1 page").arg(plainText(info.text)));
  auto* const text = new QTextBrowser(this);
  text->setObjectName("page-help");
  text->setAccessibleName(windowTitle());
  text->setHtml(pageHelp(info, page));
  auto* const buttons = new QDialogButtonBox(QDialogButtonBox::Close, this);
  buttons->button(QDialogButtonBox::Close)->setIcon(QIcon());  // the style's own is black on dark
  auto* const keys = buttons->addButton(tr("&All keys"), QDialogButtonBox::ActionRole);
  keys->setObjectName("page-help.keys");
  keys->setAutoDefault(false);
  keys->setToolTip(tr("List every action and its key"));
  connect(keys, &QPushButton::clicked, this, &PageHelpDialog::shortcutsWanted);
  connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
  auto* const column = new QVBoxLayout(this);
  column->addWidget(text);
  column->addWidget(buttons);
  resize(kHelpSize.boundedTo(screen()->availableSize()));
}

}  // namespace synann::ui
