// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <memory>
#include <vector>

#include <QJsonObject>
#include <QVariantMap>
#include <QWidget>

#include "engine/core/result.h"
#include "ui/pages/runs/foreign_scene.h"
#include "ui/pages/runs/run_looks.h"
#include "ui/pages/runs/runs_reader.h"
#include "ui/pages/runs/runs_scene.h"
#include "ui/plots/shown_figure.h"
#include "ui/session/latest_value_worker.h"

class QCheckBox;
class QTabWidget;

namespace synann::ui {

class FieldControls;
class ForeignCurves;
class FigureDeck;
class FigureView;
class RunDifferencesModel;
class RunsTable;

// What is seen of the runs in a table: the curves of the selected ones, which are read on a thread of their
// own, in what they differ, which was made out of which, and how they compare. Lives in the window's thread.
class RunsFigures : public QWidget {
  Q_OBJECT

 public:
  // The table must outlive the figures, which follow it where they are told to.
  RunsFigures(const RunsTable& table, QWidget* parent);

  void showRead();                   // all runs were read again
  void showSelected();               // others are selected
  void showComparisons();            // others are listed
  void showFresh(bool of_selected);  // some were read again, and of those that are selected too

  const RunsScene& scene() const { return scene_; }
  const std::vector<RunCurve>& curves() const { return curves_; }  // as they are drawn
  ForeignCurves& foreign() const { return *foreign_; }             // of other programs, among them
  bool busy() const;
  QWidgetList inOrder() const;  // as the eye goes

  // As those of a page.
  bool canExport() const;
  QString figureName() const;
  Result<ShownFigure> shownFigure() const;
  void setScene(const RunsScene& scene);         // drawn with the next runs
  void restoreForeign(const QJsonObject& view);  // the curves of other programs that a figure had
  void choose(const QString& figure);
  QVariantMap remembered() const;
  void remember(const QVariantMap& kept);

 signals:
  void exportableChanged();
  void exportWanted();
  void rememberWanted();
  void failed(const QString& sentence);
  void told(const QString& sentence);

 private:
  void addCurves();
  ForeignChoice usualForeign() const;  // what is proposed for a curve of another program
  void addTree();
  void addDifferences();
  void addComparisons();
  QWidget* makeControls(const std::vector<const char*>& labelled, const std::vector<const char*>& others);
  void askCurves(std::vector<runs::RunSummary> runs);
  void takeCurves(std::vector<RunCurve> curves);
  void showCurves();
  void showTree();
  std::vector<runs::RunSummary> comparedRuns() const;

  const RunsTable& table_;
  RunsScene scene_;
  RunLooks looks_;
  std::vector<RunCurve> curves_;

  RunDifferencesModel* differences_;
  FieldControls* fields_;
  ForeignCurves* foreign_;
  FigureView* figure_;
  FigureDeck* deck_;
  FigureView* tree_ = nullptr;
  FigureView* parallel_ = nullptr;
  FigureView* scatter_ = nullptr;
  QCheckBox* only_ = nullptr;
  QTabWidget* tabs_ = nullptr;

  // Last: its thread is gone before anything that it tells.
  LatestValueWorker<std::vector<runs::RunSummary>, std::vector<RunCurve>> reader_;
};

}  // namespace synann::ui
