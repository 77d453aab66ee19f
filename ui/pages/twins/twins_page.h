// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <filesystem>
#include <memory>

#include "ui/pages/model_pick.h"
#include "ui/pages/page.h"
#include "ui/pages/page_table.h"
#include "ui/pages/twins/twins_figures.h"
#include "ui/pages/twins/twins_runner.h"
#include "ui/session/workspace.h"

class QComboBox;
class QLabel;
class QStackedWidget;

namespace synann::ui {

class AskedFigure;
class CalmSpinBox;
class FigureDeck;
class FigureView;

// What the second of the twins has instead of what the first has.
enum class TwinOther { Nothing, Model, Synapse, Rate, Seed };

// Two runs in lock-step with one difference: their losses, how far these and the parameters are apart at each
// step, and the test images that they see differently. The first has the settings on the screen.
class TwinsPage : public Page {
  Q_OBJECT

 public:
  static PageInfo info();

  // The workspace must outlive the page.
  TwinsPage(Workspace& workspace, const PageActions& actions, QWidget* parent = nullptr);
  ~TwinsPage() override;

  QVariantMap remembered() const override;
  void remember(const QVariantMap& kept) override;
  bool busy() const override;
  bool canExport() const override;
  QString figureName() const override;
  Result<ShownFigure> shownFigure() const override;
  Status restoreView(const QJsonObject& view) override;

  const TwinsRunner& runner() const { return runner_; }
  // The settings of both, as they would be trained now. Errors: the engine's, which say why the second one
  // cannot be.
  Result<std::array<train::Settings, 2>> settings() const;
  // A network for the second one; read on a thread, then chosen.
  void addModelFile(const QString& path);

 protected:
  void showEvent(QShowEvent* event) override;

 private:
  void layOut(const PageActions& actions);
  QWidget* makeChoices(const PageActions& actions);
  void fillModels();
  void onModelActivated(int index);
  void takeFiles(const ModelFilesRead& read);
  void showValue();
  void offerModel(const train::Settings& first);
  void checkSecond();
  Status checkBoth(const std::array<train::Settings, 2>& both) const;
  void startTwins();
  void takeTrace();
  void takeEnd(const QString& problem);
  void showFigures();
  void showRun();
  void askImages();
  void updateActions();
  QString stateWords() const;

  Workspace& workspace_;
  TwinsRunner runner_;
  std::array<std::filesystem::path, 2> folders_;  // of the twins that are shown; empty: of none
  TwinNames names_;
  std::shared_ptr<const runs::TwinTrace> trace_;
  bool drawn_ = true;  // what is shown is of the latest trace

  FigureView* losses_;
  FigureDeck* deck_;
  FigureView* difference_ = nullptr;
  FigureView* distance_ = nullptr;
  FigureView* images_ = nullptr;
  QComboBox* other_ = nullptr;
  QStackedWidget* value_ = nullptr;
  QComboBox* model_ = nullptr;
  int model_before_ = 0;  // the item of model_ that is chosen
  QString problem_;       // why the second one cannot be trained; empty: it can
  CalmSpinBox* rate_ = nullptr;
  CalmSpinBox* seed_ = nullptr;
  QLabel* words_ = nullptr;
  QLabel* state_ = nullptr;
  QAction *train_, *pause_, *stop_;
  AskedFigure* asked_losses_ = nullptr;
  AskedFigure* asked_images_ = nullptr;
  struct Pair {
    std::array<std::filesystem::path, 2> folders;
    std::shared_ptr<const runs::TwinTrace> trace;
    TwinNames names;
    QString problem;
  };
  // Last: their threads are gone before anything that they tell.
  ModelFilesReader files_;
  LatestValueWorker<std::array<std::filesystem::path, 2>, Pair> reader_;
};

}  // namespace synann::ui
