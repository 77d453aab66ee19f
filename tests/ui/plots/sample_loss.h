// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QFile>
#include <QImage>
#include <QRegularExpression>
#include <QTemporaryDir>
#include <QXmlStreamReader>

#include "sample_curve.h"
#include "ui/plots/figure_file.h"
#include "ui/plots/loss_figure.h"

// Loss figures to be saved, and what is in the files.
namespace synann::ui::test {

inline int count(const QImage& picture, const QColor& color) {
  int found = 0;
  for (int y = 0; y < picture.height(); ++y)
    for (int x = 0; x < picture.width(); ++x) found += picture.pixelColor(x, y) == color;
  return found;
}

inline QByteArray contents(const std::string& path) {
  QFile file(QString::fromStdString(path));
  return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

// The largest and smallest y of the drawn path whose pen has this colour.
inline QList<double> pathHeights(const QByteArray& svg, const QByteArray& color) {
  QXmlStreamReader xml(svg);
  QByteArray stroke;
  QList<double> heights;
  while (!xml.atEnd()) {
    if (xml.readNext() != QXmlStreamReader::StartElement) continue;
    if (xml.name() == u"g") stroke = xml.attributes().value("stroke").toUtf8();
    if (xml.name() != u"path" || stroke != color) continue;
    static const QRegularExpression pair("[ML]([-0-9.e]+),([-0-9.e]+)");
    auto matches = pair.globalMatch(xml.attributes().value("d").toString());
    while (matches.hasNext()) heights << matches.next().captured(2).toDouble();
  }
  return heights;
}

inline const QString kTitle = "SynaCNN on digits";

inline LossSeries series(const LossCurve& curve, const QString& name = {}, int color = 0) {
  return {std::make_shared<const LossCurve>(curve), name, color};
}

inline LossFigure figureOf(const LossCurve& curve, const LossPart& part = {}) {
  return LossFigure({.curves = {series(curve)}, .part = part, .title = kTitle});
}

// A curve and a folder to save its figure in.
struct LossFiles {
  QTemporaryDir folder_;
  std::shared_ptr<LossCurve> curve_ = test::sampleCurve(3, 200);
  LossPart part_{};
  FigureFile options_{.width = 640,
                      .height = 400,
                      .view = {{"program", "synann-studio"}, {"view", "loss"}},
                      .settings = "seed 5, lr 0.012 <&>"};

  std::string path(const char* name) const { return folder_.filePath(name).toStdString(); }
  Status save(const LossCurve& curve, const char* name, const FigureFile& file,
              const LossPart& part = {}) const {
    return exportFigure(figureOf(curve, part), path(name), file);
  }
};

}  // namespace synann::ui::test
