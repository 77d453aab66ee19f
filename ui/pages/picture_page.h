// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <initializer_list>

#include <QString>

#include "ui/pages/page.h"

class QGridLayout;
class QLabel;
class QSplitter;

namespace synann::ui {

// A page of one large picture with a line of numbers and a remark below it, and controls and smaller figures
// beside it: how it is laid out. What it shows is the derived page's. Lives in the window's thread.
class PicturePage : public Page {
  Q_OBJECT

 public:
  QList<QSplitter*> splitters() const override { return {split_}; }

 protected:
  void resizeEvent(QResizeEvent* event) override;
  // `id` begins the names of its parts.
  PicturePage(const QString& id, QWidget* parent);

  // The line of numbers: of the place under the pointer, else of the chosen one.
  QLabel* numbers() const { return numbers_; }
  // What there is to say about what is shown; as high as `lines` at all times, so that nothing jumps, or,
  // with 0, hidden while empty.
  void setRemark(const QString& remark);

  // A line of the controls: a label and widgets side by side, which share the room.
  void addControls(const QString& label, std::initializer_list<QWidget*> widgets);
  // Shows a widget of the controls or takes it away; the label goes with the last one of its line.
  void showControl(QWidget* widget, bool shown);
  // Widgets side by side in the room of one.
  QWidget* together(std::initializer_list<QWidget*> widgets, int spacing = 4);
  // Once all controls are added: the picture on the left, the controls above `figures` on the right.
  void layOut(QWidget* picture, QWidget* figures, const QString& numbers_name, const QString& numbers_help,
              int remark_lines);

 private:
  struct Line {
    QWidget* label = nullptr;
    QList<QWidget*> widgets;
  };
  QWidget* makePicture(QWidget* picture);

  QString id_;
  QLabel* numbers_;
  QLabel* remark_;
  QWidget* side_;
  QGridLayout* controls_;
  QList<Line> lines_;
  QSplitter* split_;
  bool remark_folds_ = true;
};

}  // namespace synann::ui
