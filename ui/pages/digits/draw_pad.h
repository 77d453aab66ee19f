// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

#include "ui/pages/digits/ink.h"

namespace synann::ui {

// Paper to draw a digit on. Mouse or pen: draw; a pen's pressure is the width. Keys: arrows = the keyboard's
// pen goes one of 28 × 28 fields on, Space = pen down or up (down, it draws where it goes), Ctrl+arrows =
// shift the ink, [ and ] = turn it by 5 degrees, Delete = clear, Ctrl+Z and Ctrl+Shift+Z = undo and redo,
// Ctrl+V = an image of the clipboard. Lives in the window's thread.
class DrawPad : public QWidget {
  Q_OBJECT

 public:
  static constexpr int kFields = 28;
  static constexpr double kTurn = 5;  // degrees

  explicit DrawPad(QWidget* parent = nullptr);

  const Ink& ink() const { return ink_; }
  void take(const data::Picture& picture);
  void undo();
  void redo();
  void clear();
  QPoint cursorField() const { return cursor_; }
  bool penDown() const { return pen_down_; }

  QSize sizeHint() const override { return {220, 220}; }
  QSize minimumSizeHint() const override { return {96, 96}; }

 signals:
  void drawn();                        // the ink has changed
  void pasteWanted();                  // an image of the clipboard
  void told(const QString& sentence);  // what a screen reader should say

 protected:
  void paintEvent(QPaintEvent* event) override;
  void keyPressEvent(QKeyEvent* event) override;
  void mousePressEvent(QMouseEvent* event) override;
  void mouseMoveEvent(QMouseEvent* event) override;
  void mouseReleaseEvent(QMouseEvent* event) override;
  void tabletEvent(QTabletEvent* event) override;
  void focusInEvent(QFocusEvent* event) override;
  void focusOutEvent(QFocusEvent* event) override;

 private:
  QRectF paper() const;  // the square it is drawn in, pixels
  QPointF toInk(QPointF place) const;
  bool arrowKey(const QKeyEvent& event);
  bool editKey(const QKeyEvent& event);
  void changed();
  void liftPen();

  Ink ink_;
  QPoint cursor_{kFields / 2, kFields / 2};
  bool pen_down_ = false, drawing_ = false;
};

}  // namespace synann::ui
