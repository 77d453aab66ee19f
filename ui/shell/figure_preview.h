// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <optional>

#include <QImage>
#include <QTimer>
#include <QWidget>

#include "ui/plots/figure_file.h"

namespace synann::ui {

// A figure as its file will have it, scaled to fit. Drawn a moment after the last change, so that typing
// stays quick. Window's thread only.
class FigurePreview : public QWidget {
  Q_OBJECT

 public:
  explicit FigurePreview(QWidget* parent = nullptr);

  // Nothing is drawn without a file, whose size is one of FigureOptions'.
  void show(std::shared_ptr<const Figure> figure, const std::optional<FigureFile>& file);
  // What is drawn, in the screen's pixels; null before.
  const QImage& image() const { return image_; }

  QSize sizeHint() const override { return {560, 420}; }
  QSize minimumSizeHint() const override { return {240, 180}; }

 signals:
  void drawn();

 protected:
  void paintEvent(QPaintEvent* event) override;
  void resizeEvent(QResizeEvent* event) override;

 private:
  void draw();

  std::shared_ptr<const Figure> figure_;
  std::optional<FigureFile> file_;
  QImage image_;
  QTimer timer_;
};

}  // namespace synann::ui
