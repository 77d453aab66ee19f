// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/train/augment_preview.h"

#include <algorithm>
#include <cstring>
#include <memory>
#include <vector>

#include <QLabel>
#include <QPixmap>
#include <QPushButton>
#include <QVBoxLayout>

#include "engine/compute/augment_sheet.h"
#include "engine/data/digits.h"
#include "engine/data/registry.h"

namespace synann::ui {
namespace {

constexpr int kShownImages = 5, kShownEpochs = 2;  // side by side, below each other
constexpr int kKeptImages = 500;                   // of the data, that take turns
constexpr int kSheetSide = 48;                     // of an image in the window, pixels

QImage sheetImage(const data::Picture& picture) {
  QImage image(picture.columns, picture.rows, QImage::Format_Grayscale8);
  for (int r = 0; r < picture.rows; ++r)
    std::memcpy(image.scanLine(r), picture.pixels.data() + static_cast<std::ptrdiff_t>(r) * picture.columns,
                static_cast<std::size_t>(picture.columns));
  return image;
}

}  // namespace

AugmentPreview::AugmentPreview(QWidget* parent)
    : QWidget(parent),
      sheet_(new QLabel(this)),
      problem_(new QLabel(this)),
      others_(new QPushButton(tr("New examples"), this)),
      worker_(
          [opened = std::make_shared<Opened>()](const Query& query, const std::stop_token& cancelled,
                                                const auto& tell) {
            if (!cancelled.stop_requested()) tell(make(query, *opened));
          },
          [this](const Answer& answer) { take(answer); }) {
  setObjectName("augment.preview");
  sheet_->setObjectName("augment.sheet");
  sheet_->setFixedSize(kShownImages * kSheetSide, (1 + kShownEpochs) * kSheetSide);
  problem_->setWordWrap(true);
  problem_->hide();
  others_->setObjectName("augment.others");
  others_->setAutoDefault(false);
  others_->setAccessibleName(others_->text());
  others_->setToolTip(tr("Show other training images, and what augmentation makes of them"));
  connect(others_, &QPushButton::clicked, this, &AugmentPreview::showOthers);
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(0, 0, 0, 0);
  column->addWidget(sheet_, 0, Qt::AlignHCenter);
  column->addWidget(problem_);
  column->addWidget(others_, 0, Qt::AlignHCenter);
}

AugmentPreview::~AugmentPreview() = default;

void AugmentPreview::follow(const std::string& spec, const data::Augmentation& augmentation,
                            std::uint64_t seed) {
  query_.data = spec;
  query_.augmentation = augmentation;
  query_.seed = seed;
  ask();
}

void AugmentPreview::showOthers() {
  ++query_.page;
  ask();
}

void AugmentPreview::showEvent(QShowEvent* event) {
  QWidget::showEvent(event);
  ask();
}

void AugmentPreview::ask() {
  if (!isVisible() || !query_.augmentation.on() || query_ == asked_) return;
  asked_ = query_;
  worker_.ask(query_);
}

void AugmentPreview::take(const Answer& answer) {
  picture_ = answer.picture;
  problem_->setText(answer.problem);
  problem_->setVisible(!answer.problem.isEmpty());
  sheet_->setVisible(answer.problem.isEmpty());
  if (picture_.isNull()) return;
  const double ratio = devicePixelRatioF();
  QPixmap pixmap = QPixmap::fromImage(picture_.scaled(sheet_->size() * ratio, Qt::KeepAspectRatio));
  pixmap.setDevicePixelRatio(ratio);
  sheet_->setPixmap(pixmap);
  sheet_->setAccessibleName(answer.words);
  sheet_->setToolTip(answer.words);
}

// A sentence where it cannot be had.
QString AugmentPreview::open(const std::string& data, Opened& opened) {
  if (opened.data == data && opened.first_images.count() > 0) return {};
  opened = {.data = data};
  if (data == "digits") {
    opened.first_images = data::make_digits(kKeptImages, data::kDigitsTrainSeed, 1);
    return {};
  }
  const auto pair = data::open_dataset(data);
  if (!pair) return QString::fromStdString(pair.error().sentence());
  const data::Dataset& all = (*pair)->train;
  const auto count = static_cast<std::ptrdiff_t>(std::min(kKeptImages, all.count()));
  opened.first_images = {
      .rows = all.rows, .columns = all.columns, .classes = all.classes, .pixels = {}, .labels = {}};
  opened.first_images.labels.assign(all.labels.begin(), all.labels.begin() + count);
  for (int k = 0; k < count; ++k) {
    const auto image = all.image(k);
    opened.first_images.pixels.insert(opened.first_images.pixels.end(), image.begin(), image.end());
  }
  return {};
}

AugmentPreview::Answer AugmentPreview::make(const Query& query, Opened& opened) {
  if (const QString problem = open(query.data, opened); !problem.isEmpty())
    return {.picture = {}, .words = {}, .problem = problem};
  const data::Dataset& set = opened.first_images;
  std::vector<std::uint32_t> samples(static_cast<std::size_t>(std::min(kShownImages, set.count())));
  const auto first = static_cast<std::uint32_t>(query.page * kShownImages);
  for (std::size_t k = 0; k < samples.size(); ++k)
    samples[k] = (first + static_cast<std::uint32_t>(k)) % static_cast<std::uint32_t>(set.count());
  const int epoch = 1 + query.page * kShownEpochs;
  const auto sheet = compute::augment_sheet(
      set, samples,
      {.augmentation = query.augmentation, .seed = query.seed, .first_epoch = epoch, .epochs = kShownEpochs});
  return {.picture = sheetImage(sheet),
          .words = tr("Training images %1 to %2 as they are, and below as epochs %3 and %4 train on them")
                       .arg(samples.front())
                       .arg(samples.back())
                       .arg(epoch)
                       .arg(epoch + 1),
          .problem = {}};
}

}  // namespace synann::ui
