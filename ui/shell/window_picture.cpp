// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/window_picture.h"

#include <QApplication>
#include <QBuffer>
#include <QElapsedTimer>
#include <QEventLoop>
#include <QPixmap>
#include <QTabWidget>
#include <QTimer>

#include "ui/pages/page.h"
#include "ui/pages/synapses/synapse_export.h"
#include "ui/plots/picture_file.h"
#include "ui/shell/main_window.h"
#include "ui/shell/message_bar.h"

namespace synann::ui {

namespace {

constexpr int kLook = 25;            // milliseconds between two looks
constexpr int kStill = 12;           // looks in a row at which nothing was going on
constexpr int kTimeLimit = 120'000;  // milliseconds

// Whether everything that was asked for came to rest.
bool settle(MainWindow& window) {
  const SynapseSource& source = window.workspace().source();
  QEventLoop loop;
  QTimer timer;
  QElapsedTimer clock;
  int still = 0;
  QObject::connect(&timer, &QTimer::timeout, &loop, [&] {
    const Page* const page = window.currentPage();
    const bool busy =
        window.controller().busy() || (source.active() && source.busy()) || (page != nullptr && page->busy());
    still = busy ? 0 : still + 1;
    if (still >= kStill || clock.elapsed() > kTimeLimit) loop.quit();
  });
  clock.start();
  timer.start(kLook);
  loop.exec();
  return still >= kStill;
}

// Shows one cell of β; on the Surface page as a double click on it would.
Status chooseCell(MainWindow& window, const StudioOptions& options) {
  const SynapseSource& source = window.workspace().source();
  if (!source.frame())
    return input_error("--cell", "the " + options.page + " page shows no cell",
                       "choose --page synapses or --page surface");
  if (auto status = checkCell(options, *source.frame()); !status) return status;
  source.selection().setCell(typedCell(options));
  window.currentPage()->followCell();
  if (!settle(window)) return input_error(options.history, "the window did not come to rest");
  return {};
}

// Brings one of the page's tabs forward.
Status chooseTab(const MainWindow& window, const std::string& title) {
  QStringList titles;
  for (QTabWidget* const tabs : window.currentPage()->findChildren<QTabWidget*>())
    for (int k = 0; k < tabs->count(); ++k) {
      titles.append(tabs->tabText(k).remove('&'));
      if (titles.back() == QString::fromStdString(title)) return tabs->setCurrentIndex(k), Status();
    }
  return input_error("--tab", "there is no tab \"" + title + "\"",
                     "choose one of " + titles.join(QStringLiteral(", ")).toStdString());
}

// What a person would have opened and chosen in it.
Status showAsked(MainWindow& window, const StudioOptions& options) {
  if (!options.open.empty()) window.openDropped(QString::fromStdString(options.open));
  if (!settle(window)) return input_error(options.open, "the window did not come to rest");
  if (window.messageBar()->isError()) return Error{.problem = window.messageBar()->text().toStdString()};
  if (!options.tab.empty()) {
    if (const Status chosen = chooseTab(window, options.tab); !chosen) return chosen;
  }
  if (options.typed.contains("--cell")) return chooseCell(window, options);
  return settle(window) ? Status() : input_error(options.history, "the window did not come to rest");
}

}  // namespace

Status saveWindowPicture(const StudioOptions& options) {
  if (!QString::fromStdString(options.picture).endsWith(QLatin1String(".png"), Qt::CaseInsensitive))
    return input_error(options.picture, "a picture of the window is a PNG", "name a .png file");
  AppSettings settings;  // as at the first start
  settings.theme = options.figure.dark ? ThemeChoice::Dark : ThemeChoice::Light;
  MainWindow window(settings);
  Page* const page = window.pageNamed(QString::fromStdString(options.page));
  if (!page)
    return input_error("--page", "there is no page \"" + options.page + "\"",
                       "choose one of " + pageNames().toStdString());
  const auto size = sizeOf(options.figure);
  if (!size) return size.error();
  window.resize(size->laid_out);
  window.show();
  window.showPage(page);
  window.start(QString::fromStdString(options.data), QString::fromStdString(options.history));
  if (!settle(window)) return input_error(options.history, "the window did not come to rest");
  if (window.messageBar()->isError())
    return Error{.where = {}, .problem = window.messageBar()->text().toStdString()};
  if (const Status shown = showAsked(window, options); !shown) return shown;
  if (QWidget* const focus = window.focusWidget()) focus->clearFocus();
  QApplication::processEvents();
  QByteArray bytes;
  QBuffer buffer(&bytes);
  buffer.open(QIODevice::WriteOnly);
  constexpr int kSmall = 0;  // Qt's name for the most thorough compression of a PNG
  window.grab().save(&buffer, "PNG", kSmall);
  return writeWhole(options.picture, bytes);
}

}  // namespace synann::ui
