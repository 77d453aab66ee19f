// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include <QJsonObject>

#include "ui/pages/page.h"
#include "ui/pages/page_table.h"
#include "ui/pages/swap/swap_scene.h"
#include "ui/session/workspace.h"

class QLabel;
class QPushButton;
class QTabWidget;

namespace synann::ui {

class FieldControls;
class FigureDeck;
class FigureView;

// The swap equation and what it means: a map of it, odds ratios of matched pairs, and the project's linear
// unit, each on a tab with its controls and numbers beside its figures. Of no run.
class SwapPage : public Page {
  Q_OBJECT

 public:
  static PageInfo info();

  explicit SwapPage(QWidget* parent = nullptr);

  QVariantMap remembered() const override;
  void remember(const QVariantMap& kept) override;
  bool canExport() const override { return true; }
  QString figureName() const override;
  Result<ShownFigure> shownFigure() const override;
  Status restoreView(const QJsonObject& view) override;
  // Tables of matched pairs, and of day and exposures, whatever page is shown; other tables of two columns
  // while it is.
  Claim claims(const QString& file) const override;
  Status openFile(const QString& file) override;

  const SwapScene& scene() const { return scene_; }
  QJsonObject view() const;

 protected:
  void showEvent(QShowEvent* event) override;

 private:
  // A tab: figures on the left, controls above the numbers and a remark on the right.
  struct Side {
    QLabel* numbers = nullptr;
    QLabel* remark = nullptr;
  };

  // swap_page_layout.cpp
  FigureView* makeFigure(const char* name, const QString& help);
  QWidget* makeTab(QWidget* figures, const std::vector<QWidget*>& controls, const char* id, Side& side);
  QWidget* line(const QString& label, std::initializer_list<QWidget*> widgets);
  QWidget* fieldLine(const QString& label, const char* field);
  QWidget* sliderLine(const QString& label, const char* field);
  QWidget* countsTable();
  QWidget* exampleButtons();
  QWidget* openButton(const char* name, const QString& text, const QString& help, bool pairs);
  QWidget* swapTab();
  QWidget* pairsTab();
  QWidget* sarsTab();

  void changeScene(const QString& field);
  void chooseExample(int example);
  void openDialog(bool pairs);
  void chooseTab();
  void showScene();
  void showFigures();
  void showWords();

  SwapScene scene_;
  FieldControls* fields_;
  FigureView* map_;
  FigureDeck* deck_;
  QTabWidget* tabs_ = nullptr;
  std::vector<FigureView*> figures_;    // in the order of kSwapFigures
  std::vector<QPushButton*> examples_;  // in the order of the engine
  Side swap_side_, pairs_side_, sars_side_;
};

}  // namespace synann::ui
