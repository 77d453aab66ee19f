// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/studio_app.h"

#include <cstdio>
#include <cstdlib>
#include <fmt/format.h>
#include <unistd.h>

#include <QApplication>
#include <QEventLoop>
#include <QFontMetrics>

#include "engine/core/result.h"
#include "ui/pages/page_table.h"
#include "ui/shell/export_all.h"
#include "ui/shell/film.h"
#include "ui/shell/main_window.h"
#include "ui/shell/signal_watcher.h"
#include "ui/shell/studio_options.h"
#include "ui/shell/version.h"
#include "ui/shell/window_picture.h"

namespace synann::ui {

namespace {

constexpr const char* kNoDisplay =
    "synann-studio: there is no display to open a window on; set DISPLAY or WAYLAND_DISPLAY, or use synann "
    "train and "
    "synann-studio --export\n";

bool isUnset(const char* name) {
  return qEnvironmentVariableIsEmpty(name);
}

bool displayIsMissing() {
  return isUnset("QT_QPA_PLATFORM") && isUnset("DISPLAY") && isUnset("WAYLAND_DISPLAY");
}

// Qt ends the process with a signal when the display does not answer; a user is told in one sentence instead.
void tellStartFailure(QtMsgType type, const QMessageLogContext&, const QString&) {
  if (type != QtFatalMsg) return;
  std::fputs(kNoDisplay, stderr);
  std::_Exit(2);
}

// What Qt mutters about the system is nothing a person can do anything about; SYNANN_QT_MESSAGES=1 lets it
// through.
void tellSerious(QtMsgType type, const QMessageLogContext&, const QString& message) {
  const bool serious = type == QtCriticalMsg || type == QtFatalMsg;
  if (serious || qEnvironmentVariableIsSet("SYNANN_QT_MESSAGES"))
    fmt::print(stderr, "synann-studio: {}\n", message.toStdString());
  if (type == QtFatalMsg) std::abort();
}

// Without any font Qt draws boxes, whatever family it claims to have.
bool canWrite() {
  const QFontMetrics font(QApplication::font());
  return font.inFont(QChar('a')) && font.inFont(QChar('0'));
}

Error noFont() {
  return {.kind = ErrorKind::Failed,
          .problem = "no font is found, so no text can be drawn",
          .remedy = "install one, such as the package fonts-dejavu-core"};
}

void nameApplication() {
  QApplication::setApplicationName(QStringLiteral("synann-studio"));
  QApplication::setApplicationDisplayName(QStringLiteral("SynaNN Studio"));
  QApplication::setApplicationVersion(programVersion());
  QApplication::setDesktopFileName(QStringLiteral("synann-studio"));
}

int complain(const Error& error) {
  fmt::print(stderr, "synann-studio: {}\n", error.sentence());
  return error.kind == ErrorKind::Input ? 2 : 1;
}

int openWindow(QApplication& app, const StudioOptions& options) {
  AppSettings settings = loadSettings();
  if (options.figure.dark) settings.theme = ThemeChoice::Dark;
  if (options.light) settings.theme = ThemeChoice::Light;
  MainWindow window(settings);
  SignalWatcher watcher;
  int exit_code = 0;
  // The window decides when it is over: it may still be saving when it is no longer seen.
  QApplication::setQuitOnLastWindowClosed(false);
  QObject::connect(
      &window, &MainWindow::closed, &app, [&exit_code] { QApplication::exit(exit_code); },
      Qt::QueuedConnection);
  QObject::connect(&watcher, &SignalWatcher::asked, &window, [&window, &exit_code](int number) {
    exit_code = 128 + number;
    window.close();
  });
  window.rememberOnTheWay();
  window.show();
  window.start(QString::fromStdString(options.data), QString::fromStdString(options.history));
  return QApplication::exec();
}

// Names what was written; what the run cannot give is a sentence, not a failure.
int exportAll(const StudioOptions& options) {
  ExportAll work(options, QString::fromStdString(options.export_all));
  QEventLoop loop;
  QObject::connect(&work, &ExportAll::finished, &loop, &QEventLoop::quit);
  if (const Status begun = work.start(); !begun) return complain(begun.error());
  loop.exec();
  for (const QString& file : work.written())
    fmt::print("{}/{}\n", work.folder().toStdString(), file.toStdString());
  for (const QString& sentence : work.failures())
    fmt::print(stderr, "synann-studio: {}\n", sentence.toStdString());
  return work.writeFailed() || work.written().isEmpty() ? 1 : 0;
}

int exportFilm(const StudioOptions& options) {
  const bool terminal = ::isatty(STDERR_FILENO) != 0;
  const auto written =
      writeFilm(options, {.frames = options.frames.value_or(FilmOptions::kUsual), .rate = options.frame_rate},
                [terminal](int done, int count) {
                  if (terminal)
                    fmt::print(stderr, "\rframe {} of {}{}", done, count, done == count ? "\n" : "");
                });
  if (!written) return complain(written.error());
  for (const QString& file : *written) fmt::print("{}\n", file.toStdString());
  return 0;
}

}  // namespace

int runStudio(const StudioOptions& options, int argc, char** argv) {
  const bool all = !options.export_all.empty(), exporting = all || !options.export_path.empty(),
             picture = !options.picture.empty();
  if (exporting || picture) {
    qputenv("QT_QPA_PLATFORM", "offscreen");
  } else if (displayIsMissing()) {
    std::fputs(kNoDisplay, stderr);
    return 2;
  }
  qInstallMessageHandler(tellStartFailure);
  QApplication app(argc, argv);
  qInstallMessageHandler(tellSerious);
  nameApplication();
  if (!canWrite()) return complain(noFont());
  if (picture) {
    const Status saved = saveWindowPicture(options);
    return saved ? 0 : complain(saved.error());
  }
  if (!exporting) return openWindow(app, options);
  if (all) return exportAll(options);
  if (options.frames || isFilmFile(options.export_path)) return exportFilm(options);
  const auto shown = pageOfView(options.view)->viewFigure(options);
  if (!shown) return complain(shown.error());
  const Status saved = saveFigure(*shown, options.figure, options.export_path);
  return saved ? 0 : complain(saved.error());
}

}  // namespace synann::ui
