// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>

#include <QJsonObject>

#include "ui/pages/page.h"
#include "ui/pages/page_table.h"
#include "ui/pages/synapses/synapse_figures.h"
#include "ui/session/workspace.h"

class QCheckBox;
class QComboBox;
class QDoubleSpinBox;
class QLabel;
class QSpinBox;
class QSplitter;

namespace synann::ui {

class FigureDeck;
class FigureView;
class HeatView;

// β from within: the matrix as a heat map, its lenses and comparisons, and beside it profiles, histogram,
// waterfall and the proof of both spaces, for the run that trains, for any recorded step of it, or for a
// checkpoint.
class SynapsesPage : public Page {
  Q_OBJECT

 public:
  static PageInfo info();

  // The workspace must outlive the page.
  explicit SynapsesPage(Workspace& workspace, QWidget* parent = nullptr);

  QList<QSplitter*> splitters() const override;
  bool canExport() const override;
  QString figureName() const override;
  Status exportFigure(const QString& path) override;

  SynapseSource& source() const { return source_; }
  const SynapseFramePtr& frame() const { return frame_; }  // what is shown; null = nothing
  HeatView* heatView() const { return heat_; }
  const SynapseStyle& style() const { return style_; }
  // What the controls stand at, for a figure's file.
  QJsonObject view() const;
  Status restoreView(const QJsonObject& view) override;

 protected:
  void showEvent(QShowEvent* event) override;
  void hideEvent(QHideEvent* event) override;

 private:
  // synapses_page_layout.cpp
  void makeControls();
  QWidget* makeSide();
  void nameClasses();
  QWidget* makeFigures();
  void layOut();
  void connectControls();
  void connectFigures();

  static QString emptyWords();
  void take(const SynapseFramePtr& frame);
  void showNothing(const QString& why);
  void changeOptions();
  void changeStyle();
  void chooseComparison(int index);
  void showFrame();
  void showCell();
  void showReadOut(int row, int column);
  void fillLayers();
  void updateControls();

  SynapseSource& source_;
  SynapseFramePtr frame_;
  SynapseStyle style_;
  std::filesystem::path other_run_;
  std::shared_ptr<const HeatData> data_;
  std::uint64_t order_number_ = 0;
  bool restoring_ = false;

  HeatView* heat_;
  FigureDeck* deck_;
  QLabel* read_out_;
  QLabel* note_;
  QComboBox* layer_ = nullptr;
  QComboBox* lens_ = nullptr;
  QSpinBox* image_ = nullptr;
  QLabel* image_words_ = nullptr;
  QSpinBox* class_a_ = nullptr;
  QSpinBox* class_b_ = nullptr;
  QComboBox* compare_ = nullptr;
  QComboBox* colors_ = nullptr;
  QComboBox* scale_ = nullptr;
  QDoubleSpinBox* least_ = nullptr;
  QDoubleSpinBox* most_ = nullptr;
  QComboBox* rows_ = nullptr;
  QComboBox* columns_ = nullptr;
  QCheckBox* gradient_ = nullptr;
  FigureView* row_profile_ = nullptr;
  FigureView* column_profile_ = nullptr;
  FigureView* histogram_ = nullptr;
  FigureView* waterfall_ = nullptr;
  QSpinBox* terms_ = nullptr;
  FigureView* proof_ = nullptr;
  QCheckBox* slope_ = nullptr;
  QSplitter* split_ = nullptr;
};

}  // namespace synann::ui
