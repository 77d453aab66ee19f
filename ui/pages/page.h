// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QJsonObject>
#include <QList>
#include <QString>
#include <QVariantMap>
#include <QWidget>

#include "engine/core/result.h"
#include "ui/plots/shown_figure.h"

class QAction;
class QSplitter;

namespace synann::ui {

class FigureWidget;

// One page of the window. A hidden page does no work; it catches up when it is shown. It knows the workspace
// and nothing of the window around it.
class Page : public QWidget {
  Q_OBJECT

 public:
  using QWidget::QWidget;

  // The parts that a person can move; their state is remembered under their object names.
  virtual QList<QSplitter*> splitters() const { return {}; }
  // What else is remembered from one start to the next, and back; what is missing or makes no sense is left
  // as it is.
  virtual QVariantMap remembered() const { return {}; }
  virtual void remember(const QVariantMap& /*kept*/) {}

  // Whether something that it shows is still to come.
  virtual bool busy() const { return false; }

  // The figure at hand, which Export previews, copies and saves: whether there is one, a file name for it
  // without extension, and the figure with its view; an error where there is none. What is shown later does
  // not change it.
  virtual bool canExport() const = 0;
  virtual QString figureName() const = 0;
  virtual Result<ShownFigure> shownFigure() const = 0;
  // Stands as it stood when a figure was exported, whose view this is; an error where it cannot.
  virtual Status restoreView(const QJsonObject& view) = 0;
  // A figure that stays empty while there is no run; the window puts into it what fills it. Null: none.
  virtual FigureWidget* emptyFigure() const { return nullptr; }
  // Shows the selected cell, where it shows one cell.
  virtual void followCell() {}
  // The folders of the runs that a person has chosen on it; none where it shows the window's run.
  virtual std::vector<std::filesystem::path> chosenRuns() const { return {}; }
  // Whether a file is the page's to open: by what is in it, or only while the page is shown, because others
  // could want it too. Looks at no more than the beginning of the file.
  enum class Claim { None, WhileShown, Always };
  virtual Claim claims(const QString& /*file*/) const { return Claim::None; }
  // Opens such a file; an error leaves the page as it is.
  virtual Status openFile(const QString& file);

 signals:
  void exportableChanged();
  void exportWanted();                   // of the figure at hand
  void askedFor();                       // something asks for this page to be seen
  void failed(const QString& sentence);  // to be told in the message bar
  void told(const QString& sentence);    // likewise, where nothing is wrong
  // Likewise, with one thing to do about it, which an action of the page does.
  void offered(const QString& sentence, QAction* action);
  // A new run is wanted out of the last step of this one.
  void forkWanted(const QString& folder);
  void opened(const QString& file);  // a file of the page's own, from now on a recent one
  void rememberWanted();             // what remembered() gives has changed and would be missed
};

}  // namespace synann::ui
