// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QJsonObject>

#include "ui/pages/page.h"
#include "ui/pages/page_table.h"
#include "ui/pages/surface/surface_scene.h"
#include "ui/session/workspace.h"

class QCheckBox;
class QComboBox;
class QGridLayout;
class QLabel;
class QSpinBox;
class QSplitter;

namespace synann::ui {

class ExactBox;
class FigureDeck;
class FigureView;
class NumberSlider;
class SurfaceView;

// One synapse as a surface: S, what it can learn, and its surprisal over both inputs, with sections, the
// Bose–Einstein curve and the data of a cell by class. Follows the selected cell of the run while it trains,
// or α and β as a person sets them.
class SurfacePage : public Page {
  Q_OBJECT

 public:
  static PageInfo info();

  // The workspace must outlive the page.
  explicit SurfacePage(Workspace& workspace, QWidget* parent = nullptr);

  QList<QSplitter*> splitters() const override;
  bool canExport() const override { return true; }
  QString figureName() const override;
  Status exportFigure(const QString& path) override;

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
  void makeNumbers();
  void makeChoices();
  QWidget* makeSide();
  QGridLayout* makeGrid(QWidget* side);
  void fillClasses();
  QWidget* makeFigures();
  void layOut();
  void connectControls();
  void connectFigures();

  void take(const SynapseFramePtr& frame);
  void changeSynapse();
  void changeScene();
  void choosePlace(double a, double b);
  void showScene();
  void showControls();
  void showFigures();
  void showReadOut(const QString& hovered);
  const train::SynapseFrame* shownFrame() const { return frame_.get(); }

  SynapseSource& source_;
  SynapseFramePtr frame_;
  SurfaceScene scene_;
  QString trouble_;  // why there is no run to follow; empty = there is, or none was asked for
  bool filling_ = false;
  bool place_data_ = false;  // the chosen place is to lie among the data, as soon as they are known

  SurfaceView* surface_;
  FigureDeck* deck_;
  QLabel* read_out_;
  QLabel* note_;
  QCheckBox* follow_ = nullptr;
  QSpinBox* unit_ = nullptr;
  QSpinBox* cell_ = nullptr;
  NumberSlider* alpha_ = nullptr;
  NumberSlider* beta_ = nullptr;
  NumberSlider* x_ = nullptr;
  NumberSlider* y_ = nullptr;
  QComboBox* shown_ = nullptr;
  ExactBox* share_ = nullptr;
  QComboBox* range_ = nullptr;
  QComboBox* points_ = nullptr;
  QComboBox* colors_ = nullptr;
  QCheckBox* contours_ = nullptr;
  QCheckBox* lines_ = nullptr;
  ExactBox* temperature_ = nullptr;
  FigureView* section_x_ = nullptr;
  FigureView* section_y_ = nullptr;
  FigureView* bose_ = nullptr;
  FigureView* data_ = nullptr;
  QSplitter* split_ = nullptr;
};

}  // namespace synann::ui
