// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <memory>
#include <optional>
#include <vector>

#include <QCursor>
#include <QPointer>
#include <QWidget>

#include "ui/plots/figure.h"

class QMenu;
class QRubberBand;

namespace synann::ui {

// What every figure in the window has: focus and its frame, words where there is no figure, a name for screen
// readers, a menu, and one set of manners. Window's thread only.
//
// Mouse: drag = zoom into the band (a surface turns), Shift (but see selectsOnShift()) or middle drag = move,
// wheel = zoom about the pointer, click = choose, double click = all of it again. Keys: Escape = all of it
// again, Backspace = back one zoom, Ctrl+C = copy the picture, Menu or Shift+F10 = the menu. A kind of figure
// says what these mean to it by the virtual functions below, and adds keys of its own.
class FigureWidget : public QWidget {
  Q_OBJECT

 public:
  explicit FigureWidget(QWidget* parent = nullptr);

  // What is shown now, the part that is zoomed into included; null where there are only words.
  virtual std::shared_ptr<const Figure> shownFigure() const = 0;
  virtual QString currentPointText() const = 0;  // of the point that is chosen; empty without one
  virtual bool canZoom() const { return false; }

  void setPlaceholder(const QString& words);  // shown instead of a figure
  const QString& placeholder() const { return placeholder_; }
  virtual int wordsMiddle() const { return height() / 2; }  // where they stand, pixels from the top

  bool canZoomBack() const { return !earlier_.empty(); }
  void zoomBack();   // to what was shown before the last zoom, move or turn
  void resetView();  // all of it

  // The menu of a right click: what can be copied and saved, then the widget's own actions. The menu belongs
  // to this widget, the caller shows or deletes it.
  QMenu* makeMenu();

 public slots:
  // Nothing where there is no figure. The picture has the size and the ground of the widget, as pixels, SVG
  // and PDF; the numbers are the table twin, as text with tabs and as CSV.
  void copyPicture() const;
  void copyNumbers() const;

 signals:
  void exportWanted();  // to be saved as a file
  void tableWanted();   // to be read as a table

 protected:
  // A part of the figure that is shown, in whatever four numbers describe it; none = all of it.
  using View = std::optional<std::array<double, 4>>;

  virtual FigurePaint how() const;
  QRectF area() const;  // where the figure is painted, in pixels
  void updateAccessibleName();

  virtual View shownPart() const { return std::nullopt; }
  virtual void showPart(const View& /*part*/) {}
  // Before a change, so that Backspace undoes it. Turns of the wheel and keys that follow each other quickly
  // are one change. `time`: of the event, milliseconds.
  enum class Change { Zoom, Turn };
  void rememberPart(Change change, quint64 time = 0);
  void forgetParts();  // they are of another figure
  void endDrag();

  // What gestures mean; places and ways in pixels of this widget.
  virtual QRectF zoomArea() const { return {}; }      // where a band may reach
  virtual void zoomToBand(const QRectF& /*band*/) {}  // flat in a direction: not in that one
  virtual void moveBy(QPointF /*way*/) {}             // what is shown goes with the pointer
  virtual void zoomAbout(QPointF /*place*/, double /*factor*/, Qt::KeyboardModifiers /*held*/) {}
  virtual bool turnsOnDrag() const { return false; }  // then a drag is turnBy(), not a band
  virtual void turnBy(QPointF /*way*/) {}
  // Whether Shift and a drag choose what lies between two places, rather than move. None as the first place:
  // a click with Shift, from what is chosen already.
  virtual bool selectsOnShift() const { return false; }
  virtual void selectBetween(std::optional<QPointF> /*from*/, QPointF /*to*/) {}
  virtual void pointTo(std::optional<QPointF> /*place*/) {}             // the pointer is there; none: it left
  virtual void chooseAt(QPointF /*place*/) {}                           // a click
  virtual void menuAt(QPointF /*place*/) {}                             // a menu is about to open there
  virtual void openAt(QPointF /*place*/) { resetView(); }               // a double click
  virtual bool figureKey(const QKeyEvent& /*event*/) { return false; }  // whether it was used

  bool event(QEvent* event) override;
  void paintEvent(QPaintEvent* event) override;
  void keyPressEvent(QKeyEvent* event) override;
  void mousePressEvent(QMouseEvent* event) override;
  void mouseMoveEvent(QMouseEvent* event) override;
  void mouseReleaseEvent(QMouseEvent* event) override;
  void mouseDoubleClickEvent(QMouseEvent* event) override;
  void wheelEvent(QWheelEvent* event) override;
  void contextMenuEvent(QContextMenuEvent* event) override;
  void leaveEvent(QEvent* event) override;
  void hideEvent(QHideEvent* event) override;
  void focusInEvent(QFocusEvent* event) override;
  void focusOutEvent(QFocusEvent* event) override;

 private:
  enum class Drag { None, Press, Band, Move, Turn, Select };

  void beginDrag(const QMouseEvent& event);
  void dragTo(QPointF place);
  void showBand(QPointF place);
  void openMenu(QPoint global);
  bool escape();

  QString placeholder_;
  Drag drag_ = Drag::None;
  Drag becomes_ = Drag::Band;  // what a press is once it is dragged
  QPointF press_, last_;
  QCursor cursor_before_;
  QRubberBand* band_ = nullptr;
  QPointer<QMenu> menu_;
  std::vector<View> earlier_;
  Change last_change_ = Change::Zoom;
  quint64 last_time_ = 0;
};

// The frame of a widget that has the focus.
void paintFocusFrame(QPainter& painter, const QWidget& widget);

}  // namespace synann::ui
