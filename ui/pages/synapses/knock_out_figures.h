// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <QStringList>

#include "engine/infer/ablation.h"
#include "engine/infer/cells.h"
#include "ui/pages/asked_figure.h"
#include "ui/plots/tiles_figure.h"

// What knocking cells of β out does, as figures; made on any thread.
namespace synann::ui {

inline constexpr int kMostRanked = 20;     // cells that are listed
inline constexpr int kMostSwitched = 120;  // images that are shown

// What is asked; a plain value.
struct KnockOutQuestion {
  infer::Network network;
  infer::SetPtr set;
  std::string layer;
  std::vector<infer::CellValue> changes;
  QStringList names;  // of the classes
  QString when;
};

// The images that are taken for another class.
class SwitchedFigure : public TilesFigure {
 public:
  SwitchedFigure(Content content, std::vector<int> images)
      : TilesFigure(std::move(content)), images_(std::move(images)) {}
  int image(int point) const { return images_[static_cast<std::size_t>(point)]; }

 private:
  std::vector<int> images_;
};

// An ablator is used by one job at a time. The accuracy of each class before and after, with loss, right
// answers and how many images changed class; those images; and the cells whose setting to 0 changes the loss
// most.
AskedFigure::Job knockOutJob(const std::shared_ptr<infer::Ablator>& ablator,
                             const KnockOutQuestion& question);
AskedFigure::Job switchedJob(const std::shared_ptr<infer::Ablator>& ablator,
                             const KnockOutQuestion& question);
AskedFigure::Job effectsJob(const std::shared_ptr<infer::Ablator>& ablator, const KnockOutQuestion& question);

}  // namespace synann::ui
