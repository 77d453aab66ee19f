// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QJsonObject>

#include "ui/pages/page_table.h"
#include "ui/pages/picture_page.h"
#include "ui/pages/surface/surface_scene.h"
#include "ui/session/workspace.h"

class QComboBox;

namespace synann::ui {

class FieldControls;
class FigureDeck;
class FigureView;
class SurfaceView;

// One synapse as a surface: S, what it can learn, and its surprisal over both inputs, with sections, the
// Bose–Einstein curve and the data of a cell by class. Follows the selected cell of the run while it trains,
// or α and β as a person sets them.
class SurfacePage : public PicturePage {
  Q_OBJECT

 public:
  static PageInfo info();

  // The workspace must outlive the page.
  explicit SurfacePage(Workspace& workspace, QWidget* parent = nullptr);

  bool canExport() const override { return true; }
  QString figureName() const override;
  Result<ShownFigure> shownFigure() const override;

  SynapseSource& source() const { return source_; }
  const SynapseFramePtr& frame() const { return frame_; }  // null where there is no run
  SurfaceView* surfaceView() const { return surface_; }
  const SurfaceScene& scene() const { return scene_; }
  // As chosen on the Synapses page: its α and β, and its data where they lie.
  void followCell() override;
  // What the controls stand at, for a figure's file.
  QJsonObject view() const;
  Status restoreView(const QJsonObject& view) override;

 protected:
  void showEvent(QShowEvent* event) override;
  void hideEvent(QHideEvent* event) override;

 private:
  // surface_page_layout.cpp
  void makePoints();
  void fillClasses();
  QWidget* makeFigures();
  void addTheoryTabs();
  void putControls();
  void connectControls();
  void connectFigures();

  void take(const SynapseFramePtr& frame);
  void changeScene(const QString& field);
  void choosePoint(double a, double b);
  void showScene();
  void showControls();
  void showFigures();
  void showReadOut(const QString& hovered);
  const train::SynapseFrame* shownFrame() const { return frame_.get(); }

  SynapseSource& source_;
  SynapseFramePtr frame_;
  SurfaceScene scene_;
  QString trouble_;            // why there is no run to follow; empty = there is, or none was asked for
  bool move_to_data_ = false;  // the chosen point is to lie among the data, as soon as they are known

  SurfaceView* surface_;
  FieldControls* fields_;
  FigureDeck* deck_;
  QComboBox* points_ = nullptr;
  FigureView* section_x_ = nullptr;
  FigureView* section_y_ = nullptr;
  FigureView* bose_ = nullptr;
  FigureView* data_ = nullptr;
  FigureView* iterates_ = nullptr;
  FigureView* log_line_ = nullptr;
  FigureView* occupations_ = nullptr;
};

}  // namespace synann::ui
