// SPDX-License-Identifier: GPL-3.0-or-later
// The controls of the Export dialog and where they stand.
#include <QCheckBox>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QScrollArea>
#include <QScrollBar>
#include <QVBoxLayout>

#include "ui/pages/page_controls.h"
#include "ui/shell/export_dialog.h"
#include "ui/shell/figure_preview.h"
#include "ui/widgets/calm_combo_box.h"
#include "ui/widgets/calm_spin_box.h"

namespace synann::ui {

namespace {

constexpr QSize kExportSize(900, 540);  // fits a screen of 1024 × 600

CalmSpinBox* makeNumber(QWidget* parent, const OptionRange& range, int decimals, double step,
                        const QString& suffix) {
  auto* const box = new CalmSpinBox(parent);
  box->setRange(range.least, range.most);
  box->setDecimals(decimals);
  box->setSingleStep(step);
  box->setSuffix(suffix);
  return box;
}

}  // namespace

void ExportDialog::makeControls() {
  preset_ = named(new CalmComboBox(this), "export.preset", tr("Preset"),
                  tr("Size and look for a purpose; what is chosen below changes them"));
  preset_->addItems({tr("As shown"), tr("Column of a paper (3.5 in, 8 pt)"), tr("Slide (13.33 in, 18 pt)"),
                     tr("Your own")});
  makeSizes();
  makeLook();
  makeTitle();
  preview_->setObjectName("export.preview");
  preview_->setAccessibleName(tr("Preview"));
  preview_->setToolTip(tr("The figure as its file will have it, scaled to fit"));
  note_ = named(new QLabel(this), "export.note", tr("Message"), QString());
  note_->setWordWrap(true);
}

void ExportDialog::makeSizes() {
  using O = FigureOptions;
  width_ = named(new CalmSpinBox(this), "export.width", tr("Width"), tr("Of the whole figure"));
  height_ = named(new CalmSpinBox(this), "export.height", tr("Height"), tr("Of the whole figure"));
  unit_ = named(new CalmComboBox(this), "export.unit", tr("Unit"),
                tr("In which width and height are given; they are converted. A pixel is one of a PNG"));
  unit_->addItems({tr("pixels"), tr("inches"), tr("millimetres"), tr("centimetres"), tr("points")});
  resolution_ = named(makeNumber(this, O::kResolution, 0, 50, tr(" dpi")), "export.resolution",
                      tr("Resolution"), tr("Pixels an inch of a PNG; SVG and PDF are sharp at any size"));
  pixels_ = named(new QLabel(this), "export.pixels", tr("Pixels"), QString());
  font_ = named(makeNumber(this, O::kFontSize, 1, 1, tr(" pt")), "export.font", tr("Text size"),
                tr("Of all texts in the figure, in points"));
}

void ExportDialog::makeLook() {
  line_ = named(makeNumber(this, FigureOptions::kLineWidth, 2, 0.25, tr(" ×")), "export.line",
                tr("Line width"), tr("Of the curves and their points: so many times as wide as shown"));
  legend_ = named(new CalmComboBox(this), "export.legend", tr("Legend"), tr("Where the legend stands"));
  legend_->addItem(tr("As shown"), -1);
  if (shown_.figure->parts().legend == FigureParts::Legend::Movable) {
    const std::pair<LegendPlace, QString> kPlaces[] = {{LegendPlace::Automatic, tr("Where there is room")},
                                                       {LegendPlace::UpperRight, tr("Upper right")},
                                                       {LegendPlace::UpperLeft, tr("Upper left")},
                                                       {LegendPlace::LowerLeft, tr("Lower left")},
                                                       {LegendPlace::LowerRight, tr("Lower right")}};
    for (const auto& [place, words] : kPlaces) legend_->addItem(words, static_cast<int>(place));
  }
  legend_->addItem(tr("None"), static_cast<int>(LegendPlace::None));
  marks_ = named(new QCheckBox(tr("&Marks"), this), "export.marks", tr("Marks"),
                 tr("The best point and changes of settings, chosen points, data by class"));
  part_ = named(new CalmComboBox(this), "export.part", tr("Part"),
                tr("The part that is zoomed into, or all of the data"));
  part_->addItems({tr("As shown"), tr("Everything")});
  look_ = named(new CalmComboBox(this), "export.look", tr("Look"), tr("Dark text on light, or the reverse"));
  look_->addItems({tr("Light"), tr("Dark")});
}

void ExportDialog::makeTitle() {
  title_shown_ = named(new QCheckBox(tr("&Title"), this), "export.title", tr("Title"),
                       tr("Whether a title stands above the figure"));
  title_ = named(new QLineEdit(shown_.figure->title(), this), "export.title-text", tr("Text of the title"),
                 tr("What stands above the figure"));
  title_->setCursorPosition(0);
}

QWidget* ExportDialog::makeForm() {
  auto* const form = new QWidget;
  auto* const rows = new QFormLayout(form);
  rows->setFieldGrowthPolicy(QFormLayout::AllNonFixedFieldsGrow);
  const FigureParts parts = shown_.figure->parts();
  // What changes nothing about this figure stays hidden.
  const auto add = [&](const QString& label, QWidget* control, bool applies = true) {
    if (!applies) return control->hide();
    auto* const words = new QLabel(label, form);
    words->setBuddy(control);
    rows->addRow(words, control);
  };
  add(tr("&Preset"), preset_);
  add(tr("&Width"), width_);
  add(tr("&Height"), height_);
  add(tr("&Unit"), unit_);
  add(tr("&Resolution"), resolution_);
  rows->addRow(QString(), pixels_);
  add(tr("Te&xt size"), font_);
  add(tr("&Line width"), line_, parts.lines);
  add(tr("Le&gend"), legend_, parts.legend != FigureParts::Legend::Absent);
  add(tr("P&art"), part_, shown_.figure->whole() != nullptr);
  add(tr("Loo&k"), look_);
  rows->addRow(title_shown_, title_);
  if (parts.marks)
    rows->addRow(QString(), marks_);
  else
    marks_->hide();
  return form;
}

QWidget* ExportDialog::makeButtons() {
  auto* const bar = new QWidget(this);
  auto* const row = new QHBoxLayout(bar);
  row->setContentsMargins(0, 0, 0, 0);
  const auto add = [&](const char* name, const QString& words, const QString& help) {
    auto* const button = new QPushButton(words, bar);
    button->setObjectName(QLatin1String(name));
    button->setToolTip(help);
    button->setAutoDefault(false);
    row->addWidget(button);
    return button;
  };
  row->addStretch(1);
  copy_picture_ = add("export.copy", tr("&Copy picture"), tr("Put the pixels into the clipboard"));
  copy_vectors_ =
      add("export.copy-vectors", tr("Copy as &vectors"), tr("Put SVG and PDF into the clipboard"));
  close_ = add("export.close", tr("Clos&e"), tr("Keep the choices for the next time"));
  save_ = add("export.save", tr("&Save…"),
              shown_.figure->matrix() ? tr("As PNG, SVG or PDF, or the numbers as CSV or NPY")
                                      : tr("As PNG, SVG or PDF, or the numbers as CSV"));
  save_->setDefault(true);
  return bar;
}

void ExportDialog::layOut() {
  auto* const scroll = new QScrollArea(this);
  scroll->setFrameShape(QFrame::NoFrame);
  scroll->setFocusPolicy(Qt::NoFocus);
  scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  scroll->setWidgetResizable(true);
  QWidget* const form = makeForm();
  scroll->setWidget(form);
  scroll->setFixedWidth(std::max(kSideWidth, form->minimumSizeHint().width()) +
                        scroll->verticalScrollBar()->sizeHint().width());
  auto* const top = new QHBoxLayout;
  top->addWidget(preview_, 1);
  top->addWidget(scroll);
  auto* const column = new QVBoxLayout(this);
  column->addLayout(top, 1);
  column->addWidget(note_);
  column->addWidget(makeButtons());
  QWidget* const order[] = {preset_, width_,        height_,       unit_,  resolution_,  font_,
                            line_,   legend_,       part_,         look_,  title_shown_, title_,
                            marks_,  copy_picture_, copy_vectors_, close_, save_};
  for (std::size_t k = 1; k < std::size(order); ++k) setTabOrder(order[k - 1], order[k]);
  preset_->setFocus();
  resize(kExportSize);
}

void ExportDialog::connectControls() {
  connect(preset_, &QComboBox::currentIndexChanged, this, &ExportDialog::choosePreset);
  connect(unit_, &QComboBox::currentIndexChanged, this, [this](int index) {
    if (filling_) return;
    chooseUnit(index);
    showOptions();
    refresh();
  });
  for (CalmSpinBox* box : {width_, height_, resolution_, font_, line_})
    connect(box, &CalmSpinBox::valueChanged, this, &ExportDialog::takeControls);
  for (CalmComboBox* box : {legend_, part_, look_})
    connect(box, &QComboBox::currentIndexChanged, this, &ExportDialog::takeControls);
  for (QCheckBox* box : {marks_, title_shown_})
    connect(box, &QCheckBox::toggled, this, &ExportDialog::takeControls);
  connect(title_, &QLineEdit::textChanged, this, &ExportDialog::takeControls);
  connect(save_, &QPushButton::clicked, this, &ExportDialog::askAndSave);
  connect(close_, &QPushButton::clicked, this, &ExportDialog::reject);
  connect(copy_picture_, &QPushButton::clicked, this, &ExportDialog::copyPicture);
  connect(copy_vectors_, &QPushButton::clicked, this, &ExportDialog::copyVectors);
}

}  // namespace synann::ui
