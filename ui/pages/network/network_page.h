// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <tuple>

#include <QJsonObject>

#include "engine/infer/asker.h"
#include "ui/pages/network/network_scene.h"
#include "ui/pages/page_table.h"
#include "ui/pages/picture_page.h"
#include "ui/session/workspace.h"

class QComboBox;
class QLabel;

namespace synann::ui {

class AskedFigure;
class FieldControls;
class FigureDeck;
class FigureView;
class ModelEditor;

// The network as a graph from input to output, and one layer of it from within: what it computes, its weights
// as pictures and their spread, what it gives for the chosen image, for the run that trains, at any recorded
// step, or for the model that Train would begin with.
class NetworkPage : public PicturePage {
  Q_OBJECT

 public:
  static PageInfo info();

  // The workspace must outlive the page.
  explicit NetworkPage(Workspace& workspace, QWidget* parent = nullptr);

  bool canExport() const override { return true; }
  FigureWidget* emptyFigure() const override;  // the weights: the graph needs no run
  bool busy() const override;
  QString figureName() const override;
  Result<ShownFigure> shownFigure() const override;
  Status restoreView(const QJsonObject& view) override;

  const NetworkScene& scene() const { return scene_; }
  const NetworkMoment& moment() const { return moment_; }

 protected:
  void showEvent(QShowEvent* event) override;
  void hideEvent(QHideEvent* event) override;

 private:
  void makeControls();
  QWidget* makeFigures();
  void connectAll();

  void take(const SynapseFramePtr& frame);
  void planChanged();
  void chooseLayer(int index);
  void chooseUnit(int point);
  void refresh();
  void askActivations();
  void fillChoices();
  QJsonObject view() const;

  Workspace& workspace_;
  SynapseFramePtr frame_;  // what the weights are of; null: none
  NetworkMoment moment_;
  NetworkScene scene_;
  // The model, the layer's number and the tensor that graph, words and lists show.
  std::tuple<std::shared_ptr<const bench::ModelSummary>, int, int> told_;

  FigureView* graph_;
  FieldControls* fields_;
  FigureDeck* deck_;
  QComboBox* layer_ = nullptr;
  QComboBox* tensor_ = nullptr;
  QLabel* words_ = nullptr;
  FigureView* weights_ = nullptr;
  FigureView* histogram_ = nullptr;
  AskedFigure* activations_ = nullptr;
  ModelEditor* editor_ = nullptr;
  std::shared_ptr<infer::Asker> asker_ = std::make_shared<infer::Asker>();  // of that figure's thread
};

}  // namespace synann::ui
