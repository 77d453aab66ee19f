// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QStringList>
#include <QWidget>

class QAction;
class QMenu;
class QToolButton;
class QVBoxLayout;

namespace synann::ui {

class FigureWidget;
class TrainingController;

// What fills a figure that is empty because there is no run yet: Train, on the first page the race to 99 %
// where MNIST is there, the last runs, and what else was opened of late. It stands below the figure's own
// words, and goes as soon as there is a run. Lives in the window's thread.
class EmptyOffer : public QWidget {
  Q_OBJECT

 public:
  // Inside `figure`, its parent. `ways`: the actions that fill it, Train first. The controller, these and the
  // menu of what was opened of late must outlive it.
  EmptyOffer(const TrainingController& controller, const QList<QAction*>& ways, QMenu* recent,
             FigureWidget* figure);

  // Folders of runs, the latest first; those that cannot be read are left out. `others`: the menu has data or
  // figures too.
  void setRuns(const QStringList& folders, bool others);

 signals:
  void runWanted(const QString& folder);

 public slots:
  void check();  // whether there is a run

 protected:
  bool eventFilter(QObject* object, QEvent* event) override;

 private:
  void moveToCentre();

  const TrainingController& controller_;
  const FigureWidget* figure_;
  QVBoxLayout* column_;
  QToolButton* recent_;
  QList<QToolButton*> runs_;
};

}  // namespace synann::ui
