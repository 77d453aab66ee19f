// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/export_all.h"

#include <utility>

#include <QDir>
#include <QTimer>

#include "engine/train/history.h"
#include "ui/pages/page_table.h"

namespace synann::ui {

using namespace Qt::StringLiterals;

namespace {

constexpr int kMostFolders = 1000;  // of one run beside each other

QString sentenceOf(const QString& name, const Error& error) {
  return u"%1: %2"_s.arg(name, QString::fromStdString(error.sentence()));
}

}  // namespace

ExportAll::ExportAll(const ViewOptions& options, const QString& parent_folder, QObject* parent)
    : QObject(parent), options_(options), parent_folder_(parent_folder), views_(runViews()) {
  // The views of one synapse show the cell of the views of its layer.
  const auto typed = [&](const char* option) {
    const auto found = options_.typed.find(option);
    return found == options_.typed.end() ? 0.0 : found->second.front();
  };
  if (!options_.typed.contains("--cell")) options_.typed["--cell"] = {typed("--unit"), typed("--synapse")};
}

// What the thread works on goes after it.
ExportAll::~ExportAll() {
  if (thread_.joinable()) thread_.join();
}

Status ExportAll::start() {
  if (const auto history = train::read_history(options_.history); !history) return history.error();
  if (auto made = makeFolder(); !made) return made;
  nextView();
  return {};
}

// "<run>-figures", or with a number behind it where that is there.
Status ExportAll::makeFolder() {
  const QDir parent(parent_folder_);
  QString run = QDir(QDir(QString::fromStdString(options_.history)).absolutePath()).dirName();
  if (run.isEmpty()) run = u"run"_s;
  for (int k = 1; k <= kMostFolders; ++k) {
    const QString name = k == 1 ? run + u"-figures"_s : u"%1-figures-%2"_s.arg(run).arg(k);
    if (parent.exists(name)) continue;
    folder_ = parent.filePath(name);
    if (QDir().mkpath(folder_)) return {};
    break;
  }
  return Error{.kind = ErrorKind::Failed,
               .where = parent_folder_.toStdString(),
               .problem = "no folder for the figures can be made in it",
               .remedy = "choose another folder"};
}

void ExportAll::nextView() {
  if (stopped_ || next_ == viewCount()) return end();
  thread_ = std::jthread([this, view = views_[static_cast<std::size_t>(next_)]] {
    Read done = read(view);
    QMetaObject::invokeMethod(
        this, [this, done = std::move(done)]() mutable { take(std::move(done)); }, Qt::QueuedConnection);
  });
}

ExportAll::Read ExportAll::read(const std::string& view) const {
  Read done;
  ViewOptions options = options_;
  options.view = view;
  auto figure = pageOfView(view)->viewFigure(options);
  const QString name = QString::fromStdString(view);
  if (!figure) {
    done.failures.append(sentenceOf(name, figure.error()));
    return done;
  }
  QStringList numbers = {u".csv"_s};
  if (figure->figure->matrix()) numbers.append(u".npy"_s);
  for (const QString& extension : numbers) {
    const QString file = name + extension;
    const Status saved = saveFigure(*figure, options.figure, (folder_ + '/' + file).toStdString());
    if (saved)
      done.written.append(file);
    else
      done.failures.append(QString::fromStdString(saved.error().sentence()));
    done.write_failed = done.write_failed || !saved;
  }
  done.figure = std::move(*figure);
  return done;
}

void ExportAll::take(Read read) {
  written_ += read.written;
  failures_ += read.failures;
  write_failed_ = write_failed_ || read.write_failed;
  figure_ = std::move(read.figure);
  to_draw_ = figure_ ? QStringList{u".pdf"_s, u".png"_s} : QStringList();
  drawNext();
}

// One picture, then whatever else the window has to do.
void ExportAll::drawNext() {
  if (to_draw_.isEmpty() || stopped_) {
    figure_.reset();
    if (!stopped_) ++next_;
    emit progressed();
    return nextView();
  }
  const QString file = QString::fromStdString(views_[static_cast<std::size_t>(next_)]) + to_draw_.takeFirst();
  const Status saved = saveFigure(*figure_, options_.figure, (folder_ + '/' + file).toStdString());
  if (saved) {
    written_.append(file);
  } else {
    failures_.append(QString::fromStdString(saved.error().sentence()));
    write_failed_ = true;
  }
  emit progressed();
  QTimer::singleShot(0, this, &ExportAll::drawNext);
}

void ExportAll::end() {
  if (written_.isEmpty()) QDir().rmdir(folder_);
  emit finished();
}

}  // namespace synann::ui
