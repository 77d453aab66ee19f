// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>

#include <QJsonObject>
#include <QList>
#include <QObject>
#include <QPointer>
#include <QString>

#include "engine/core/result.h"
#include "ui/plots/shown_figure.h"

class QTableView;
class QTabWidget;
class QWidget;

namespace synann::ui {

class FigureTableModel;
class FigureView;
class FigureWidget;

// The figures of a page: its large picture, and tabs of others beside it with a table as the last tab.
// Whichever had the focus last is the one that is exported and shown as numbers. Lives in the window's
// thread.
class FigureDeck : public QObject {
  Q_OBJECT

 public:
  // Names of figures are "<page>.<figure>", as --view and files have them. The page owns what is made.
  FigureDeck(const QString& page, FigureWidget* picture, QWidget* parent);

  // A figure for a tab, which must be put into one.
  FigureView* add(const QString& name, const QString& placeholder, const QString& help);
  // Figures above each other, which share the tab's height, and other widgets as high as they need.
  void addTab(const QString& title, const QList<QWidget*>& parts);
  // Whether the tab of a figure is there; once all tabs are.
  void setTabShown(const FigureView* view, bool shown);
  // The tabs with their table, once everything is in them.
  QTabWidget* finish();

  // The figure at hand, and its name: of the picture where none of the others was chosen, or shows anything.
  std::shared_ptr<const Figure> figure() const;
  QString figureName() const;
  // A figure that is not seen is still kept true where the table or a file may show it.
  bool wanted(const FigureView* view) const;
  void choose(const QString& name);  // as if it had been given the focus; brings its tab forward
  void showTable();                  // fills the table, where it is seen
  // The figure at hand as it is seen; `view` is what its file remembers. An error where there is none.
  Result<ShownFigure> shown(const QJsonObject& view) const;

 signals:
  void tabChanged();
  void exportWanted();  // of the figure at hand

 protected:
  bool eventFilter(QObject* watched, QEvent* event) override;

 private:
  void follow(FigureWidget* view);
  FigureWidget* current() const;

  QString page_;
  FigureWidget* picture_;
  QTabWidget* tabs_;
  QTableView* table_;
  FigureTableModel* model_;
  QPointer<FigureWidget> last_;
};

}  // namespace synann::ui
