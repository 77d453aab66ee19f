// SPDX-License-Identifier: GPL-3.0-or-later
// What the Synapses page hands to files, and takes back from them.
#include <QCheckBox>
#include <QComboBox>
#include <QDoubleSpinBox>
#include <QEvent>
#include <QSpinBox>

#include "ui/pages/synapses/synapse_view.h"
#include "ui/pages/synapses/synapses_page.h"
#include "ui/plots/figure_file.h"
#include "ui/plots/figure_view.h"
#include "ui/plots/heat_view.h"

namespace synann::ui {

bool SynapsesPage::eventFilter(QObject* watched, QEvent* event) {
  if (event->type() == QEvent::FocusIn) {
    last_figure_ = qobject_cast<QWidget*>(watched);
    showTable();
  }
  return Page::eventFilter(watched, event);
}

QJsonObject SynapsesPage::view() const {
  if (!frame_) return {};
  const Selection& selection = source_.selection();
  SynapseView view{.query = source_.options(),
                   .style = style_,
                   .unit = heat_->row(),
                   .synapse = heat_->column(),
                   .figure = figureName()};
  view.query.run = source_.run();
  view.query.image = selection.image();
  view.query.class_a = selection.classA();
  view.query.class_b = selection.classB();
  view.style.slope = slope_->isChecked();
  return toJson(view, *frame_);
}

Status SynapsesPage::exportFigure(const QString& path) {
  const auto figure = currentFigure();
  if (!figure) return input_error(path.toStdString(), "there is no figure yet", "train, or open a run");
  const auto* shown = last_figure_ && figure != heat_->sharedFigure() ? last_figure_ : heat_;
  return synann::ui::exportFigure(*figure, path.toStdString(),
                                  {.width = std::max(480, shown->width()),
                                   .height = std::max(360, shown->height() + 24),
                                   .dark = isDarkLook(FigureLook::fromPalette(palette())),
                                   .view = view()});
}

Status SynapsesPage::restoreView(const QJsonObject& json) {
  const SynapseView view = synapseViewFromJson(json);
  const train::SynapseQuery& q = view.query;
  restoring_ = true;  // every control first, one question then
  lens_->setCurrentIndex(static_cast<int>(q.lens));
  rows_->setCurrentIndex(static_cast<int>(q.row_order));
  columns_->setCurrentIndex(static_cast<int>(q.column_order));
  other_run_ = q.other_run;
  compare_->setCurrentIndex(!q.compare ? 0 : !q.other_run.empty() ? 3 : q.other_steps == 0 ? 1 : 2);
  colors_->setCurrentIndex(static_cast<int>(view.style.colors));
  scale_->setCurrentIndex(static_cast<int>(view.style.scale));
  least_->setValue(view.style.least);
  most_->setValue(view.style.most);
  terms_->setValue(view.style.terms);
  slope_->setChecked(view.style.slope);
  class_a_->setValue(q.class_a);
  class_b_->setValue(q.class_b);
  restoring_ = false;
  const auto at = kSynapseFigures.indexOf(view.figure);
  tabs_->setCurrentIndex(at < 2 ? 0 : std::min(3, static_cast<int>(at) - 2));
  Selection& selection = source_.selection();
  selection.setLayer(QString::fromStdString(q.layer));
  selection.setCell(view.unit, view.synapse);
  image_->setMaximum(std::max(image_->maximum(), q.image));
  selection.setImage(q.image);
  selection.setClasses(q.class_a, q.class_b);
  selection.setStep(q.steps);
  train::SynapseQuery options = source_.options();
  options.other_steps = q.other_steps;
  source_.setOptions(options);
  ++order_number_;
  changeStyle();
  changeOptions();
  return {};
}

}  // namespace synann::ui
