// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/export_dialog.h"

#include <algorithm>
#include <array>
#include <cmath>

#include <QCheckBox>
#include <QClipboard>
#include <QFileInfo>
#include <QGuiApplication>
#include <QLabel>
#include <QLineEdit>
#include <QMimeData>
#include <QPushButton>

#include "ui/plots/figure_clipboard.h"
#include "ui/plots/picture_file.h"
#include "ui/shell/figure_export.h"
#include "ui/shell/figure_preview.h"
#include "ui/widgets/calm_combo_box.h"
#include "ui/widgets/calm_spin_box.h"

namespace synann::ui {

using namespace Qt::StringLiterals;

namespace {
constexpr int kPresets = 3;  // of FigurePreset; behind them the person's own
constexpr std::array<const char*, kPresets + 1> kPresetIds = {"as-shown", "paper-column", "slide", "own"};
}  // namespace

ExportDialog::ExportDialog(ShownFigure shown, const Kept& kept, QWidget* parent)
    : QDialog(parent), shown_(std::move(shown)), kept_(kept), preview_(new FigurePreview(this)) {
  setWindowTitle(tr("Export figure"));
  setObjectName("export");
  makeControls();
  layOut();
  restore(kept.choices);
  connectControls();
  refresh();
}

// The preset by its name, for its sizes are those of this figure; else what was chosen.
void ExportDialog::restore(const QVariantMap& choices) {
  const QString id = choices.value(u"preset"_s).toString();
  const FigureOptions own = figureOptionsFromMap(choices);
  const auto found = std::find(kPresetIds.begin(), kPresetIds.end(), id);
  const int index = found == kPresetIds.end() ? 0 : static_cast<int>(found - kPresetIds.begin());
  options_ = index < kPresets ? preset(index) : own;
  if (!options_.width || !options_.height) options_ = preset(0);
  if (index > 0) {
    options_.legend = own.legend;
    options_.marks = own.marks;
    options_.title = own.title;
    options_.whole = own.whole;
  }
  const int unit = choices.value(u"unit"_s, -1).toInt();
  if (unit >= 0 && unit < unit_->count()) chooseUnit(unit);
  showOptions();
}

QVariantMap ExportDialog::choices() const {
  QVariantMap map = toMap(options_);
  map.insert(u"preset"_s, QLatin1String(kPresetIds[static_cast<std::size_t>(preset_->currentIndex())]));
  map.insert(u"unit"_s, unit_->currentIndex());
  return map;
}

FigureOptions ExportDialog::preset(int index) const {
  return presetOptions(static_cast<FigurePreset>(index), shown_.size, shown_.dark);
}

// Whether the choices are those of a preset: all of them for the figure as shown, else those of size and
// look.
bool ExportDialog::matches(int index) const {
  const FigureOptions wanted = preset(index);
  const auto size = sizeOf(options_), other = sizeOf(wanted);
  if (!size || !other || size->laid_out != other->laid_out || size->pixels != other->pixels) return false;
  const bool look = options_.font_size == wanted.font_size && options_.line_width == wanted.line_width &&
                    options_.dark == wanted.dark;
  const bool rest = !options_.legend && !options_.marks && !options_.title && !options_.whole;
  return look && (rest || index > 0);
}

void ExportDialog::choosePreset(int index) {
  if (filling_ || index < 0) return;
  if (index >= kPresets) return refresh();  // one's own comes of other choices
  FigureOptions chosen = preset(index);
  if (index > 0) {
    chosen.legend = options_.legend;
    chosen.marks = options_.marks;
    chosen.title = options_.title;
    chosen.whole = options_.whole;
  }
  options_ = chosen;
  showOptions();
  refresh();
}

void ExportDialog::chooseUnit(int index) {
  const double dots = options_.dotsPerInch();
  options_.resolution = dots;  // no other one for another unit
  for (std::optional<Length>* side : {&options_.width, &options_.height})
    *side = inUnit(**side, static_cast<LengthUnit>(index), dots);
}

bool ExportDialog::titled() const {
  return options_.title ? !options_.title->isEmpty() : shown_.figure->headed();
}

// The sides and how far they reach in their unit.
void ExportDialog::showSides() {
  const LengthUnit unit = options_.width->unit;
  const LengthUnitInfo& info = kLengthUnits[static_cast<std::size_t>(unit)];
  const auto fill = [&](CalmSpinBox* box, const Length& side, int least) {
    const auto bound = [&](int units) {
      return inUnit({units / FigureOptions::kScreen, LengthUnit::Inch}, unit, options_.dotsPerInch()).value;
    };
    box->setDecimals(info.decimals);
    box->setRange(bound(least), bound(FigureOptions::kLargest));
    box->setSingleStep(unit == LengthUnit::Inch || unit == LengthUnit::Centimetre ? 0.1 : 10);
    box->setSuffix(' ' + QLatin1String(info.name));
    box->setValue(side.value);
  };
  fill(width_, *options_.width, FigureOptions::kNarrowest);
  fill(height_, *options_.height, FigureOptions::kLowest);
}

void ExportDialog::showOptions() {
  filling_ = true;
  unit_->setCurrentIndex(static_cast<int>(options_.width->unit));
  showSides();
  resolution_->setValue(options_.dotsPerInch());
  font_->setValue(options_.font_size > 0 ? options_.font_size : figurePoints());
  line_->setValue(options_.line_width);
  const int legend = options_.legend ? legend_->findData(static_cast<int>(*options_.legend)) : 0;
  legend_->setCurrentIndex(std::max(0, legend));
  marks_->setChecked(options_.marks.value_or(shown_.figure->shownStyle().marks));
  title_shown_->setChecked(titled());
  title_->setEnabled(titled());
  part_->setCurrentIndex(options_.whole ? 1 : 0);
  look_->setCurrentIndex(options_.dark ? 1 : 0);
  filling_ = false;
}

void ExportDialog::takeControls() {
  if (filling_) return;
  const auto side = [](CalmSpinBox* box, std::optional<Length>& length) {
    // What is shown is rounded; the length is not.
    if (box->value() != QString::number(length->value, 'f', box->decimals()).toDouble())
      length->value = box->value();
  };
  side(width_, options_.width);
  side(height_, options_.height);
  options_.resolution = resolution_->value();
  options_.font_size = std::abs(font_->value() - figurePoints()) <= 0.05 ? 0 : font_->value();
  options_.line_width = line_->value();
  options_.legend.reset();
  if (legend_->currentIndex() > 0) options_.legend = static_cast<LegendPlace>(legend_->currentData().toInt());
  options_.marks.reset();
  if (marks_->isChecked() != shown_.figure->shownStyle().marks) options_.marks = marks_->isChecked();
  const QString words = title_->text().trimmed();
  const bool shown = title_shown_->isChecked();
  options_.title = shown ? words : QString();
  const bool own =
      shown ? shown_.figure->headed() && words == shown_.figure->title() : !shown_.figure->headed();
  if (own) options_.title.reset();
  options_.whole = part_->currentIndex() == 1;
  options_.dark = look_->currentIndex() == 1;
  filling_ = true;
  title_->setEnabled(shown);
  if (options_.width->unit == LengthUnit::Pixel) showSides();  // their bounds follow the resolution
  filling_ = false;
  refresh();
}

Result<FigureFile> ExportDialog::file() const {
  return fileOf(shown_, options_, tr("Width").toStdString(), tr("Height").toStdString());
}

// What follows from the choices: the preset's name, the pixels, the preview.
void ExportDialog::refresh() {
  int index = 0;
  while (index < kPresets && !matches(index)) ++index;
  filling_ = true;
  preset_->setCurrentIndex(index);
  filling_ = false;
  const auto drawn = file();
  for (QPushButton* button : {save_, copy_picture_, copy_vectors_}) button->setEnabled(drawn.ok());
  tell(drawn ? QString() : QString::fromStdString(drawn.error().sentence()));
  pixels_->setText(drawn ? tr("PNG: %1 × %2 pixels").arg(drawn->pixels.width()).arg(drawn->pixels.height())
                         : QString());
  preview_->show(figureOf(shown_, options_), drawn ? std::optional(*drawn) : std::nullopt);
}

void ExportDialog::tell(const QString& sentence) {
  note_->setText(sentence);
  note_->setVisible(!sentence.isEmpty());
}

void ExportDialog::askAndSave() {
  const QString path =
      askForFigurePath(this, kept_.folder, shown_.name, kept_.kind, shown_.figure->matrix().has_value());
  if (!path.isEmpty()) save(path);
}

bool ExportDialog::save(const QString& path) {
  const Status written = saveFigure(shown_, options_, path.toStdString());
  if (!written) {
    tell(QString::fromStdString(written.error().sentence()));
    return false;
  }
  saved_ = path;
  accept();
  return true;
}

void ExportDialog::copy(std::unique_ptr<QMimeData> copied, const QString& words) {
  if (!copied) return;
  QGuiApplication::clipboard()->setMimeData(copied.release());  // the clipboard owns it
  tell(words);
}

void ExportDialog::copyPicture() {
  if (const auto drawn = file())
    copy(pixelsForClipboard(*figureOf(shown_, options_), *drawn), tr("The picture is in the clipboard."));
}

void ExportDialog::copyVectors() {
  if (const auto drawn = file())
    copy(vectorsForClipboard(*figureOf(shown_, options_), *drawn),
         tr("The figure is in the clipboard, as SVG and PDF."));
}

}  // namespace synann::ui
