// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plots/figure_clipboard.h"

#include <QImage>

namespace synann::ui {

using namespace Qt::StringLiterals;

namespace {

void addPixels(QMimeData& data, const Figure& figure, const FigureFile& file) {
  if (const auto png = figureBytes(figure, u".png"_s, file)) data.setImageData(QImage::fromData(*png, "PNG"));
}

void addVectors(QMimeData& data, const Figure& figure, const FigureFile& file) {
  if (const auto svg = figureBytes(figure, u".svg"_s, file)) data.setData(u"image/svg+xml"_s, *svg);
  if (const auto pdf = figureBytes(figure, u".pdf"_s, file)) data.setData(u"application/pdf"_s, *pdf);
}

std::unique_ptr<QMimeData> filled(std::unique_ptr<QMimeData> data) {
  return data->formats().isEmpty() ? nullptr : std::move(data);
}

}  // namespace

std::unique_ptr<QMimeData> pictureForClipboard(const Figure& figure, QSize size, bool dark) {
  const QSize whole = size.expandedTo({kSmallestFigure, kSmallestFigure});
  const FigureFile file{.width = whole.width(), .height = whole.height(), .pixels = {}, .dark = dark};
  auto data = std::make_unique<QMimeData>();
  addPixels(*data, figure, file);
  addVectors(*data, figure, file);
  return data;
}

std::unique_ptr<QMimeData> pixelsForClipboard(const Figure& figure, const FigureFile& file) {
  auto data = std::make_unique<QMimeData>();
  addPixels(*data, figure, file);
  return filled(std::move(data));
}

std::unique_ptr<QMimeData> vectorsForClipboard(const Figure& figure, const FigureFile& file) {
  auto data = std::make_unique<QMimeData>();
  addVectors(*data, figure, file);
  return filled(std::move(data));
}

std::unique_ptr<QMimeData> numbersForClipboard(const Figure& figure) {
  auto data = std::make_unique<QMimeData>();
  data->setText(QString::fromUtf8(figureText(figure, '\t')));
  data->setData(u"text/csv"_s, figureCsv(figure));
  return data;
}

}  // namespace synann::ui
