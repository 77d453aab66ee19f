// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/digits/digit_drawing.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include <QClipboard>
#include <QFileDialog>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QMimeData>

#include "engine/data/content.h"
#include "engine/infer/asker.h"
#include "engine/infer/image_files.h"
#include "engine/infer/normalise.h"
#include "ui/pages/digits/digit_adding.h"
#include "ui/pages/digits/draw_pad.h"
#include "ui/pages/figure_deck.h"
#include "ui/pages/page_controls.h"
#include "ui/plots/bars_figure.h"
#include "ui/plots/figure_view.h"
#include "ui/plots/tiles_figure.h"
#include "ui/widgets/ring_button.h"

namespace synann::ui {

namespace {

constexpr int kLargestPasted = 8192;  // pixels a side, of the clipboard

// A picture of a person's own, as grey ink or paper: what normalise_as_mnist() tells apart.
std::optional<data::Picture> pictureOf(const QImage& image) {
  if (image.isNull() || std::max(image.width(), image.height()) > kLargestPasted) return std::nullopt;
  // As large as any picture of a file: what is larger has no more to say about one digit.
  const QImage small = std::max(image.width(), image.height()) > data::kLargestSide
                           ? image.scaled(data::kLargestSide, data::kLargestSide, Qt::KeepAspectRatio,
                                          Qt::SmoothTransformation)
                           : image;
  const QImage grey = small.convertToFormat(QImage::Format_Grayscale8);
  data::Picture picture{.rows = grey.height(), .columns = grey.width(), .pixels = {}};
  for (int y = 0; y < grey.height(); ++y)
    picture.pixels.insert(picture.pixels.end(), grey.constScanLine(y), grey.constScanLine(y) + grey.width());
  return picture;
}

}  // namespace

DigitDrawing::DigitDrawing(FigureDeck& deck, QWidget* page)
    : QObject(page),
      deck_(deck),
      page_(page),
      pad_(named(new DrawPad(page), "digits.pad", tr("Paper to draw a digit on"), QString())),
      adding_(new DigitAdding(page)),
      normalised_(
          deck.add("drawn", tr("What is drawn appears here as the network sees it."),
                   tr("The drawing as MNIST's images are made: longest side 20 pixels, centre of mass "
                      "at (14, 14)"))),
      probabilities_(deck.add("drawn-probabilities", tr("What the network says of it appears here."),
                              tr("What the network gives for the drawing"))),
      worker_(
          // One image is not worth a helper, for which it would have to wait while every core trains.
          [asker = std::make_shared<infer::Asker>(infer::Asking{.backend = {.device = "cpu", .threads = 1}})](
              const Query& query, const std::stop_token& cancelled, const auto& tell) {
            Answer answer;
            auto normalised = infer::normalise_as_mnist(query.picture, query.origin);
            if (!normalised) {
              answer.error = QString::fromStdString(normalised.error().sentence());
              return tell(std::move(answer));
            }
            answer.normalised = *normalised;
            if (query.asked.network.model) {
              const data::Dataset one{.rows = normalised->rows,
                                      .columns = normalised->columns,
                                      .classes = query.asked.classes,
                                      .pixels = normalised->pixels,
                                      .labels = {0}};
              auto said = asker->predict(query.asked.network, one, {}, {.stop = cancelled, .progress = {}});
              answer.names = query.asked.names;
              if (said)
                answer.log_probs = said->log_probs;
              else
                answer.error = QString::fromStdString(said.error().sentence());
            }
            if (!cancelled.stop_requested()) tell(std::move(answer));
          },
          [this](const Answer& answer) { show(answer); }, WorkerPriority::Usual) {
  pad_->setToolTip(
      tr("Draw with mouse or pen. By keyboard: arrows move the pen, Space puts it down or up, "
         "Ctrl+arrows shift, [ and ] turn, Delete clears, Ctrl+Z undoes, Ctrl+V pastes"));
  pad_->setAccessibleDescription(pad_->toolTip());
  connect(pad_, &DrawPad::drawn, this, &DigitDrawing::ask);
  connect(pad_, &DrawPad::pasteWanted, this, &DigitDrawing::paste);
  connect(pad_, &DrawPad::told, this, &DigitDrawing::told);
  connect(adding_, &DigitAdding::told, this, &DigitDrawing::told);
  connect(adding_, &DigitAdding::failed, this, &DigitDrawing::failed);
}

QWidget* DigitDrawing::makeButtons() {
  auto* line = new QWidget(page_);
  auto* row = new QHBoxLayout(line);
  row->setContentsMargins(0, 0, 0, 0);
  const auto button = [&](const char* name, const QString& text, const QString& help, auto&& work) {
    auto* made = named(new RingButton(text, line), QLatin1String(name), text, help);
    connect(made, &QToolButton::clicked, this, work);
    row->addWidget(made);
  };
  button("digits.draw-clear", tr("Clear"), tr("Begin with empty paper; Undo brings this back"),
         [this] { pad_->clear(); });
  button("digits.draw-undo", tr("Undo"), tr("Take the last stroke or change back"), [this] { pad_->undo(); });
  button("digits.draw-open", tr("Open…"),
         tr("Take a picture of a PNG or JPEG file; it may be dropped as well"), [this] { openDialog(); });
  button("digits.draw-image", tr("Chosen image"), tr("Take the image that is chosen in the data"),
         [this] { emit imageWanted(); });
  row->addStretch(1);
  return line;
}

void DigitDrawing::addTab() {
  // What is drawn, and beside it what the network sees.
  auto* both = new QWidget(page_);
  both->setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Expanding);
  auto* row = new QHBoxLayout(both);
  row->setContentsMargins(0, 0, 0, 0);
  row->addWidget(pad_, 1);
  row->addWidget(normalised_, 1);
  deck_.addTab(tr("Draw"), {both, makeButtons(), adding_->row(), probabilities_});
}

void DigitDrawing::setNetwork(const Asked& asked) {
  const bool same =
      asked.network == asked_.network && asked.classes == asked_.classes && asked.names == asked_.names;
  asked_ = asked;
  adding_->setNames(asked.names);
  if (!same && !pad_->ink().empty()) ask();
}

void DigitDrawing::ask() {
  if (pad_->ink().empty()) return show({});
  const Ink& ink = pad_->ink();
  worker_.ask({ink.picture(), ink.drawn() ? infer::Origin::Pen : infer::Origin::File, asked_});
}

void DigitDrawing::show(const Answer& answer) {
  answer_ = pad_->ink().empty() ? Answer() : answer;
  adding_->setPicture(answer_.normalised);
  std::shared_ptr<const Figure> picture, bars;
  if (answer_.normalised) {
    TilesFigure::Content content;
    content.rows = answer_.normalised->rows;
    content.columns = answer_.normalised->columns;
    content.count = content.per_line = 1;
    content.scale = {.least = 0, .most = 1, .colors = ColorMap::Grey};
    content.title = tr("As the network sees it");
    content.value = tr("ink");
    content.bar = false;
    content.names = {content.title};
    for (const std::uint8_t pixel : answer_.normalised->pixels)
      content.values.push_back(static_cast<float>(pixel) / 255.0F);
    picture = std::make_shared<const TilesFigure>(std::move(content));
  }
  if (!answer_.log_probs.empty()) {
    BarsFigure::Content content{.title = tr("What the network says of the drawing"),
                                .rows = tr("class"),
                                .names = answer_.names,
                                .columns = {{.name = tr("probability"), .values = {}}},
                                .digits = 4};
    for (const float log_prob : answer_.log_probs)
      content.columns[0].values.push_back(std::exp(static_cast<double>(log_prob)));
    const auto& values = content.columns[0].values;
    content.marked = static_cast<int>(std::max_element(values.begin(), values.end()) - values.begin());
    if (content.marked != said_)
      emit told(tr("The network says %1, p %2.")
                    .arg(answer_.names.value(content.marked),
                         numberText(values[static_cast<std::size_t>(content.marked)], 3)));
    said_ = content.marked;
    bars = std::make_shared<const BarsFigure>(std::move(content));
  } else {
    said_ = -1;
  }
  normalised_->setFigure(picture);
  probabilities_->setFigure(bars);
  if (!answer_.error.isEmpty()) (picture ? probabilities_ : normalised_)->setPlaceholder(answer_.error);
  emit changed();
}

void DigitDrawing::take(const data::Picture& picture) {
  pad_->take(picture);
}

Status DigitDrawing::openFile(const QString& path) {
  infer::ImageFiles files;
  auto picture = files.read(path.toStdString());
  if (!picture) return picture.error();
  take(*picture);
  return {};
}

void DigitDrawing::openDialog() {
  const QString file =
      QFileDialog::getOpenFileName(page_, tr("Open a picture"), {}, tr("Pictures (*.png *.jpg *.jpeg)"));
  if (file.isEmpty()) return;
  if (const Status opened = openFile(file); !opened)
    emit failed(QString::fromStdString(opened.error().sentence()));
}

void DigitDrawing::paste() {
  const QMimeData* const clip = QGuiApplication::clipboard()->mimeData();
  if (const auto picture =
          clip != nullptr ? pictureOf(qvariant_cast<QImage>(clip->imageData())) : std::nullopt)
    return take(*picture);
  emit failed(
      tr("The clipboard holds no picture of at most %1 pixels a side: copy one first.").arg(kLargestPasted));
}

}  // namespace synann::ui
