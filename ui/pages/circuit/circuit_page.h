// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <utility>

#include "ui/pages/circuit/circuit_document.h"
#include "ui/pages/circuit/circuit_player.h"
#include "ui/pages/page_table.h"
#include "ui/pages/picture_page.h"
#include "ui/session/workspace.h"

class QCheckBox;
class QComboBox;

namespace synann::ui {

class CircuitAnalysis;
class CircuitEditor;
class CircuitPanel;
class CircuitView;
class FigureDeck;
class FigureView;

// Circuits of synapses: drawn, edited, run step by step, opened and saved. Of no run; a unit of a synapse
// layer can be opened as one.
class CircuitPage : public PicturePage {
  Q_OBJECT

 public:
  static PageInfo info();

  // The workspace must outlive the page.
  CircuitPage(Workspace& workspace, const PageActions& actions, QWidget* parent = nullptr);

  QVariantMap remembered() const override;
  void remember(const QVariantMap& kept) override;
  bool canExport() const override { return !document_.empty(); }
  QString figureName() const override;
  Result<ShownFigure> shownFigure() const override;
  Status restoreView(const QJsonObject& view) override;
  Claim claims(const QString& file) const override;
  Status openFile(const QString& file) override;

  CircuitDocument& document() { return document_; }
  CircuitPlayer& player() { return player_; }
  CircuitView* view() const { return view_; }
  CircuitPanel* panel() const { return panel_; }
  CircuitAnalysis& analysis() { return *analysis_; }
  void openExample(const QString& id);
  // An empty one, in place of this one.
  void begin();
  // The selected unit of the layer that is shown, with the chosen image's x.
  void openUnit();
  bool saveTo(const QString& path);

 protected:
  void showEvent(QShowEvent* event) override;
  void hideEvent(QHideEvent* event) override;

 private:
  // circuit_page_layout.cpp
  void makeControls();
  QWidget* makePicture();
  QWidget* makeSide();
  void connectDocument();
  void connectAnalysis();
  void connectView();
  void connectActions();
  void fillMenuOfView();

  void documentChanged();
  void stepped();
  void settle();
  void showCurrent();
  QString circuitWords() const;
  void showFigures();
  void updateActions();
  void tell(const QString& sentence);
  void fail(const Error& error);
  Status show(const QString& text, synapse::DrawnCircuit other, const QString& path, bool saved);
  void openDialog();
  void save(bool as);
  QAction* action(const char* id) const { return actions_(QLatin1String(id)); }

  Workspace& workspace_;
  PageActions actions_;
  CircuitDocument document_;
  CircuitPlayer player_;
  bool kept_playing_ = false;

  CircuitView* view_;
  CircuitEditor* editor_;
  CircuitPanel* panel_;
  FigureDeck* deck_;
  CircuitAnalysis* analysis_;
  QComboBox* example_ = nullptr;
  QComboBox* rate_ = nullptr;
  QCheckBox* clamp_ = nullptr;
  QCheckBox* previous_ = nullptr;
  FigureView* trace_ = nullptr;
  FigureView* truth_ = nullptr;
  std::pair<synapse::Circuit, bool> truth_of_;  // whose truth table is shown, and whether clamped
};

}  // namespace synann::ui
