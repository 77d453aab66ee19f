// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>

#include <QObject>
#include <QString>

#include "engine/infer/network.h"
#include "engine/synapse/cell.h"

namespace synann::ui {

// What all pages look at: one layer, one cell of β (unit i, synapse j), one image of the test set, two
// classes and one step of the run. Whoever changes it tells it here; everyone else follows. Lives in the
// window's thread.
class Selection : public QObject {
  Q_OBJECT

 public:
  static constexpr std::int64_t kLive = -1;  // the step: follow the training, or the end of the run

  using QObject::QObject;

  QString layer() const { return layer_; }
  synapse::Cell cell() const { return cell_; }
  int image() const { return image_; }  // of the test set
  int classA() const { return class_a_; }
  int classB() const { return class_b_; }
  std::int64_t step() const { return step_; }  // steps done since the start of the run, or kLive
  bool live() const { return step_ == kLive; }

  void setLayer(const QString& layer) {
    if (set(layer_, layer)) emit layerChanged(layer);
  }
  void setCell(const synapse::Cell& cell) {
    if (set(cell_, cell)) emit cellChanged(cell);
  }
  // Asks for the selected cell to be shown by itself, as a surface.
  void openCell() { emit cellOpened(); }
  // Asks for the selected unit to be shown by itself, as a circuit.
  void openUnit() { emit unitOpened(); }
  // Asks for an image of any set to be shown by itself.
  void openImage(infer::Part part, int image) { emit imageOpened(part, image); }
  void setImage(int image) {
    if (set(image_, image)) emit imageChanged(image);
  }
  void setClasses(int a, int b) {
    const bool first = set(class_a_, a), second = set(class_b_, b);
    if (first || second) emit classesChanged(a, b);
  }
  void setStep(std::int64_t step) {
    if (set(step_, step)) emit stepChanged(step);
  }

 signals:
  void layerChanged(const QString& layer);
  void cellChanged(const synann::synapse::Cell& cell);
  void cellOpened();
  void unitOpened();
  void imageOpened(synann::infer::Part part, int image);
  void imageChanged(int image);
  void classesChanged(int a, int b);
  void stepChanged(qint64 step);

 private:
  template <class T>
  static bool set(T& kept, const T& value) {
    if (kept == value) return false;
    kept = value;
    return true;
  }

  QString layer_;
  synapse::Cell cell_;
  int image_ = 0, class_a_ = 0, class_b_ = 1;
  std::int64_t step_ = kLive;
};

}  // namespace synann::ui
