// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <vector>

#include <QJsonObject>

#include "engine/infer/cells.h"
#include "ui/pages/page_table.h"
#include "ui/pages/picture_page.h"
#include "ui/pages/synapses/synapse_view.h"
#include "ui/session/workspace.h"

class QComboBox;
class QLabel;

namespace synann::ui {

class FieldControls;
class FigureDeck;
class FigureView;
class HeatView;
class ImagePicture;
class KnockOut;

// β from within: the matrix as a heat map, its lenses and comparisons, and beside it profiles, histogram,
// waterfall and the proof of both spaces, for the run that trains, for any recorded step of it, or for a
// checkpoint.
class SynapsesPage : public PicturePage {
  Q_OBJECT

 public:
  static PageInfo info();

  // The workspace must outlive the page.
  SynapsesPage(Workspace& workspace, const PageActions& actions, QWidget* parent = nullptr);

  FigureWidget* emptyFigure() const override;
  bool canExport() const override;
  bool busy() const override;
  QString figureName() const override;
  Result<ShownFigure> shownFigure() const override;

  SynapseSource& source() const { return source_; }
  const SynapseFramePtr& frame() const { return frame_; }  // what is shown; null = nothing
  HeatView* heatView() const { return heat_; }
  KnockOut& knockOut() const { return *knock_; }
  const SynapseStyle& style() const { return scene_.style; }
  // What the controls stand at, for a figure's file.
  QJsonObject view() const;
  Status restoreView(const QJsonObject& view) override;

 protected:
  void showEvent(QShowEvent* event) override;
  void hideEvent(QHideEvent* event) override;

 private:
  // synapses_page_layout.cpp
  void makeControls();
  void nameClasses();
  QWidget* makeFigures();
  void putControls();
  void connectControls();
  void connectFigures();
  std::vector<infer::Cell> chosenBlock() const;

  static QString emptyWords();
  void take(const SynapseFramePtr& frame);
  void showNothing(const QString& why);
  void changeScene(const QString& field);
  void pushScene();
  void chooseComparison(int index);
  void showFrame();
  void showImage();
  void showKnockOut();
  void showRows(const synapse::Cell& cell);
  void showCell();
  void showReadOut(const synapse::Cell& cell);
  void showChangedCells();
  void fillLayers();
  void updateControls();

  SynapseSource& source_;
  SynapseFramePtr frame_;
  HeatScale scale_;    // of data_
  SynapseView scene_;  // what the controls stand at; cell, image and classes follow the selection
  std::filesystem::path other_run_;
  std::shared_ptr<const HeatData> data_;

  HeatView* heat_;
  FieldControls* fields_;
  FigureDeck* deck_;
  QComboBox* layer_ = nullptr;
  QComboBox* compare_ = nullptr;
  QLabel* image_words_ = nullptr;
  ImagePicture* image_picture_ = nullptr;
  FigureView* row_profile_ = nullptr;
  FigureView* column_profile_ = nullptr;
  FigureView* row_pictures_ = nullptr;
  FigureView* strongest_ = nullptr;
  FigureView* histogram_ = nullptr;
  FigureView* waterfall_ = nullptr;
  FigureView* proof_ = nullptr;
  KnockOut* knock_ = nullptr;
};

}  // namespace synann::ui
