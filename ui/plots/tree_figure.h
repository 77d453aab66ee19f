// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include <QStringList>

#include "ui/plots/axes.h"
#include "ui/plots/figure.h"

namespace synann::ui {

// Branches that leave each other: a line each along a common axis, from where it left its parent to its end,
// with its name on the left and a number on the right. The points are the branches, from above.
class TreeFigure : public Figure {
 public:
  struct Branch {
    QString name{};
    int parent = -1;  // a branch above this one; −1: a root
    double from = 0, to = 0;
    QString words{};       // what is different from its parent
    double value = 0;      // not finite: none
    QStringList others{};  // cells of the columns behind
  };
  struct Content {
    QString title{}, x{}, value{};              // names of the figure, of the axis, of the number
    QString name{}, parent{}, from{}, words{};  // of the columns
    std::vector<Branch> branches{};
    QStringList others{};  // names of the columns behind
  };
  explicit TreeFigure(Content content);

  const Content& content() const { return content_; }
  int depth(int branch) const { return depth_[static_cast<std::size_t>(branch)]; }

  QString title() const override { return content_.title; }
  void paint(QPainter& painter, const QRectF& area, const FigurePaint& how) const override;
  int pointCount() const override { return static_cast<int>(content_.branches.size()); }
  QString pointText(int point) const override;
  std::optional<int> pointAt(QPointF place, const QRectF& area, const FigurePaint& how) const override;
  int columnCount() const override { return 6 + static_cast<int>(content_.others.size()); }
  QString columnName(int column) const override;
  QString rowName(int row) const override { return QString::number(row + 1); }
  QVariant cell(int row, int column) const override;

 private:
  struct Frame;
  Frame frame(const QRectF& area, const FigurePaint& how) const;
  void paintAxis(QPainter& painter, const Frame& frame, const FigurePaint& how) const;
  void paintBranch(QPainter& painter, const Frame& frame, int branch, const FigurePaint& how) const;

  Content content_;
  std::vector<int> depth_;
  double last_ = 1;  // the end of the axis
};

}  // namespace synann::ui
