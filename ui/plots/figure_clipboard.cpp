// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plots/figure_clipboard.h"

#include <QImage>

#include "ui/plots/figure_file.h"

namespace synann::ui {

using namespace Qt::StringLiterals;

std::unique_ptr<QMimeData> pictureForClipboard(const Figure& figure, QSize size, bool dark) {
  const QSize whole = size.expandedTo({kSmallestFigure, kSmallestFigure});
  const FigureFile file{.width = whole.width(), .height = whole.height(), .pixels = {}, .dark = dark};
  auto data = std::make_unique<QMimeData>();
  if (const auto png = figureBytes(figure, u".png"_s, file))
    data->setImageData(QImage::fromData(*png, "PNG"));
  if (const auto svg = figureBytes(figure, u".svg"_s, file)) data->setData(u"image/svg+xml"_s, *svg);
  if (const auto pdf = figureBytes(figure, u".pdf"_s, file)) data->setData(u"application/pdf"_s, *pdf);
  return data;
}

std::unique_ptr<QMimeData> numbersForClipboard(const Figure& figure) {
  auto data = std::make_unique<QMimeData>();
  data->setText(QString::fromUtf8(figureText(figure, '\t')));
  data->setData(u"text/csv"_s, figureCsv(figure));
  return data;
}

}  // namespace synann::ui
