// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QPaintEvent>
#include <QPainter>
#include <QString>
#include <QTableView>

namespace synann::ui {

// A table that says what will be in it while it is empty.
class PlaceholderTable : public QTableView {
 public:
  explicit PlaceholderTable(QString placeholder, QWidget* parent = nullptr)
      : QTableView(parent), placeholder_(std::move(placeholder)) {}

 protected:
  void paintEvent(QPaintEvent* event) override {
    QTableView::paintEvent(event);
    if (model() && model()->rowCount() > 0) return;
    QPainter painter(viewport());
    painter.setPen(palette().color(QPalette::PlaceholderText));
    painter.drawText(viewport()->rect().adjusted(12, 8, -12, -8), Qt::AlignCenter | Qt::TextWordWrap,
                     placeholder_);
  }

 private:
  QString placeholder_;
};

}  // namespace synann::ui
