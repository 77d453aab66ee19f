// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "ui/pages/circuit/circuit_scene.h"
#include "ui/plots/figure_widget.h"

namespace synann::ui {

class CircuitFigure;

// Shows a circuit and tells what a person does to it; changes nothing of the document itself. Only what moves
// is led and painted anew.
//
// Mouse: drag a symbol = move it, from an output to a port or back = wire, on the ground = choose by a band;
// Ctrl+click = choose one more, double click = edit; as every figure: wheel = zoom, middle, Shift or Space
// drag = pan. Keys: Tab and Shift+Tab = all symbols and ports in order, arrows = the next symbol that way,
// Ctrl+arrows = move what is chosen, Space = choose one more, Enter = edit, S = add a synapse, I = add an
// input, W = wire from here (then walk to a port and Enter; P = from the step before), Delete, + − 0 = zoom.
class CircuitView : public FigureWidget {
  Q_OBJECT

 public:
  explicit CircuitView(QWidget* parent = nullptr);

  // What is chosen stays so by its name.
  void setDrawn(const synapse::DrawnCircuit& drawn);
  void setValues(CircuitValues values);
  const CircuitScene& scene() const { return scene_; }

  std::shared_ptr<const Figure> shownFigure() const override;
  QString currentPointText() const override;
  bool canZoom() const override { return !scene_.empty(); }

  const std::set<int>& chosen() const { return chosen_; }  // nodes
  std::set<std::string> chosenNames() const;
  void choose(const std::set<std::string>& names);
  const CircuitItem& current() const { return current_; }
  void setCurrent(const CircuitItem& item);
  void chooseAll();

  // Whether new wires are from the step before.
  void setPreviousWires(bool previous);
  bool previousWires() const { return previous_; }
  bool wiring() const { return wire_from_ >= 0 || wire_to_ >= 0; }
  void beginWire(int node);

  double zoom() const { return zoom_; }
  void fitAll();
  QPointF toScene(QPointF place) const { return place / zoom_ + origin_; }
  QPointF toWidget(QPointF place) const { return (place - origin_) * zoom_; }
  // Near the middle of what is seen, where nothing stands yet.
  QPointF freePlace(bool input) const;

  QSize sizeHint() const override { return {640, 420}; }
  QSize minimumSizeHint() const override { return {260, 160}; }

 signals:
  void moved();  // symbols stand where scene().layout() says
  void wireWanted(int from, int wire, bool previous);
  void selectionChanged();
  void editWanted();  // of current()
  void addWanted(bool input);
  void removeWanted();
  void copyWanted();
  void cutWanted();
  void pasteWanted();
  void previousWiresChanged(bool previous);
  void told(const QString& sentence);  // what a screen reader should say too

 protected:
  View shownPart() const override;
  void showPart(const View& part) override;
  QRectF zoomArea() const override { return rect(); }
  void moveBy(QPointF way) override;
  void zoomAbout(QPointF place, double factor, Qt::KeyboardModifiers held) override;
  void pointTo(std::optional<QPointF> place) override;
  void menuAt(QPointF place) override;
  void openAt(QPointF place) override;
  bool figureKey(const QKeyEvent& event) override;

  bool event(QEvent* event) override;
  void paintEvent(QPaintEvent* event) override;
  void resizeEvent(QResizeEvent* event) override;
  void showEvent(QShowEvent* event) override;
  bool focusNextPrevChild(bool next) override;
  // circuit_view_input.cpp
  void keyPressEvent(QKeyEvent* event) override;
  void keyReleaseEvent(QKeyEvent* event) override;
  void mousePressEvent(QMouseEvent* event) override;
  void mouseMoveEvent(QMouseEvent* event) override;
  void mouseReleaseEvent(QMouseEvent* event) override;

 private:
  enum class Drag { None, Press, Move, Band, Wire, Pan };

  bool walkKey(const QKeyEvent& event);
  bool editKey(const QKeyEvent& event);
  bool zoomKey(const QKeyEvent& event);
  bool wireKey(const QKeyEvent& event);
  void pressAt(QPointF place, Qt::KeyboardModifiers held);
  void dragTo(QPointF place);
  void dropWire(QPointF place, bool shift);
  void moveChosen(QPointF by);
  void showBand(QPointF place);
  void endEdit();
  void walkTo(const CircuitItem& item, bool more);
  void bringIntoView(const CircuitItem& item);
  void tellCurrent();
  void repaintChanged();
  // How near is at something, in the scene: nine pixels, but never so far that a symbol could not be grabbed.
  double reach() const { return std::min(9 / zoom_, 12.0); }

  CircuitScene scene_;
  mutable std::shared_ptr<const CircuitFigure> figure_;  // of the scene, where it was asked for
  std::set<int> chosen_;
  CircuitItem current_;
  double zoom_ = 1;
  QPointF origin_;      // of the scene at the widget's corner
  bool fitted_ = true;  // all is shown, and stays so
  bool previous_ = false, space_ = false, space_used_ = false;

  Drag edit_ = Drag::None;
  QPointF pressed_, at_;  // pixels
  QPointF grabbed_;       // where the symbol under the pointer stood, scene
  int grabbed_node_ = -1;
  bool deselect_ = false;              // a click that turns out to be none of a drag
  int wire_from_ = -1, wire_to_ = -1;  // a node, or a wire whose port it is
  QRubberBand* band_ = nullptr;
};

}  // namespace synann::ui
