// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <vector>

#include <QElapsedTimer>
#include <QJsonObject>

#include "ui/pages/digits/digits_jobs.h"
#include "ui/pages/digits/digits_scene.h"
#include "ui/pages/digits/digits_worker.h"
#include "ui/pages/digits/run_images.h"
#include "ui/pages/page_table.h"
#include "ui/pages/picture_page.h"
#include "ui/session/workspace.h"

class QComboBox;

namespace synann::ui {

class AskedFigure;
class BusyRow;
class DigitDrawing;
class DigitsBeside;
class DigitsMinus;
class FieldControls;
class FigureDeck;
class FigureView;

// What the network says of images: how often each class is taken for another, which images those are, and
// what it gives for one of them; for the run that trains, at any recorded step, and minus another moment.
class DigitsPage : public PicturePage {
  Q_OBJECT

 public:
  static PageInfo info();

  // The workspace must outlive the page.
  explicit DigitsPage(Workspace& workspace, QWidget* parent = nullptr);

  FigureWidget* emptyFigure() const override;
  bool canExport() const override { return answer_ != nullptr; }
  QVariantMap remembered() const override;  // the folder of a data set of one's own
  void remember(const QVariantMap& kept) override;
  QString figureName() const override;
  Result<ShownFigure> shownFigure() const override;
  Status restoreView(const QJsonObject& view) override;

  const DigitsScene& scene() const { return scene_; }
  const DigitsAnswerPtr& answer() const { return answer_; }  // null: none yet
  bool busy() const override;
  DigitDrawing& drawing() { return *drawing_; }
  DigitsMinus& minus() { return *minus_; }
  DigitsBeside& beside() { return *beside_; }
  Claim claims(const QString& file) const override;  // a picture; a checkpoint, where curves are compared
  Status openFile(const QString& file) override;
  // Lists the images of one cell of the matrix; −1: of any class.
  void chooseCell(int truth, int said);
  void chooseImage(int image);  // of the part that is shown
  void openImage(infer::Part part, int image);

 protected:
  void showEvent(QShowEvent* event) override;
  void hideEvent(QHideEvent* event) override;

 private:
  // digits_page_layout.cpp
  void makeControls();
  QWidget* makeFigures();
  QWidget* labelled(const QString& label, std::initializer_list<QWidget*> widgets);
  void addAskedTabs();
  void connectAll();
  void nameClasses();

  void take(const SynapseFramePtr& frame);
  void ask();
  infer::SetPtr shownSet();  // null: there is none, or not yet
  void answered(const DigitsOutcome& outcome);
  void changeScene(const QString& field);
  void showNothing(const QString& why);
  void tell(const QString& sentence);  // to a screen reader too
  void figureChanged();                // one that is not the page's own to make
  void refresh();
  void refreshGallery();
  void refreshAsked();
  std::int64_t lastStep() const;  // that is recorded
  void fillLayers();
  QJsonObject view() const;

  Workspace& workspace_;
  DigitsScene scene_;
  SynapseFramePtr frame_;  // null: there is no network
  DigitsAnswerPtr answer_;
  std::optional<DigitsQuery> asked_;
  int asked_epoch_ = -1;      // of a run that trains
  QElapsedTimer since_;       // the last answer, or the first question after it
  bool overtaken_ = false;    // the pass that is finished all the same is of an earlier step
  std::uint64_t number_ = 0;  // of the question asked last
  std::shared_ptr<std::atomic<double>> done_ = std::make_shared<std::atomic<double>>(0);

  FigureView* matrix_;
  FieldControls* fields_;
  FigureDeck* deck_;
  QComboBox* truth_ = nullptr;
  QComboBox* said_ = nullptr;
  DigitsMinus* minus_;
  FigureView* gallery_ = nullptr;
  AskedFigure* forgotten_ = nullptr;  // the gallery, where it takes its time
  infer::SetPtr gallery_set_;         // that the gallery shows
  std::shared_ptr<DigitsLives> lives_ = std::make_shared<DigitsLives>();
  FigureView* classes_ = nullptr;
  FigureView* digit_ = nullptr;
  FigureView* probabilities_ = nullptr;
  QComboBox* against_ = nullptr;
  QComboBox* layer_ = nullptr;
  std::vector<AskedFigure*> asked_figures_;  // as kAskedDigits
  std::shared_ptr<DigitsCurves> curves_ = std::make_shared<DigitsCurves>();
  DigitsBeside* beside_ = nullptr;
  DigitDrawing* drawing_ = nullptr;
  BusyRow* busy_ = nullptr;
  RunImages images_;
  DigitsWorker worker_;  // these two last: their threads are gone before anything they use
};

}  // namespace synann::ui
