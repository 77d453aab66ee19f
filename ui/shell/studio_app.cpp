// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/studio_app.h"

#include <cstdio>
#include <cstdlib>
#include <fmt/format.h>

#include <QApplication>
#include <QFontMetrics>

#include "engine/core/result.h"
#include "engine/train/history.h"
#include "ui/shell/figure_export.h"
#include "ui/shell/main_window.h"
#include "ui/shell/signal_watcher.h"
#include "ui/shell/studio_options.h"
#include "ui/shell/surface_export.h"
#include "ui/shell/synapse_export.h"
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

int exportFigureFile(const StudioOptions& options) {
  const Result<train::History> history = train::read_history(options.history);
  if (!history) return complain(history.error());
  if (const std::string note = history->unknown_note(); !note.empty())
    fmt::print(stderr, "synann-studio: {}\n", note);
  train::StartInfo run = history->start;
  run.settings = history->settings();
  const std::filesystem::path place = options.history;
  std::error_code code;
  const LossFigure figure(
      {.curves = {LossSeries{std::make_shared<const LossCurve>(LossCurve::fromHistory(*history))}},
       .part = {.log_y = options.log_y},
       .title = lossTitle(run)});
  FigureFile file =
      lossFile(figure, run, std::filesystem::is_directory(place, code) ? place : place.parent_path());
  file.width = options.width;
  file.height = options.height;
  file.pixels = {options.pixels_wide, options.pixels_high};
  file.dark = options.dark;
  const Status saved = exportFigure(figure, options.export_path, file);
  return saved ? 0 : complain(saved.error());
}

int openWindow(QApplication& app, const StudioOptions& options) {
  AppSettings settings = loadSettings();
  if (options.dark) settings.theme = ThemeChoice::Dark;
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
  window.show();
  window.start(QString::fromStdString(options.data), QString::fromStdString(options.history));
  return QApplication::exec();
}

}  // namespace

int runStudio(const StudioOptions& options, int argc, char** argv) {
  const bool exporting = !options.export_path.empty(), picture = !options.picture.empty();
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
  if (options.font_size > 0) {
    QFont font = QApplication::font();
    font.setPointSizeF(options.font_size);
    QApplication::setFont(font);
  }
  if (picture) {
    const Status saved = saveWindowPicture(options);
    return saved ? 0 : complain(saved.error());
  }
  if (exporting && options.view != "loss") {
    const Status saved = isSurfaceView(options.view) ? exportSurface(options) : exportSynapses(options);
    return saved ? 0 : complain(saved.error());
  }
  return exporting ? exportFigureFile(options) : openWindow(app, options);
}

}  // namespace synann::ui
