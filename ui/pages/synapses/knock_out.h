// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <string>
#include <vector>

#include <QElapsedTimer>
#include <QObject>
#include <QStringList>
#include <QTimer>
#include <QUndoStack>

#include "engine/infer/ablation.h"
#include "engine/infer/cells.h"
#include "engine/train/synapse_frame.h"
#include "ui/session/network_start.h"
#include "ui/session/selection.h"

class QComboBox;
class QLabel;
class QSpinBox;
class QToolButton;
class QWidget;

namespace synann::ui {

class AskedFigure;
class FigureDeck;
class NumberSlider;

// What becomes of the network where cells of β have other values: a lab beside the matrix. Cells, rows,
// columns, blocks or the strongest are set to a value, or dragged to one, with undo; loss, accuracy and each
// class are measured anew in the background, and every cell is ranked by what setting it does to the loss.
// The run itself is never changed; another one can begin with the changed network. Lives in the window's
// thread.
class KnockOut : public QObject {
  Q_OBJECT

 public:
  // What is asked: a network at one moment, its layer, and images.
  struct Moment {
    infer::Network network;  // without a model: none
    infer::SetPtr set;
    std::string layer;
    int n = 0;
    QStringList names;  // of the classes
    QString when;
    train::Settings settings;  // of the run, for a checkpoint of the changed network
    bool live = false;         // of a run that may train on
  };
  enum class What { Cell, Row, Column, Strongest, Block };

  // Both must outlive it; `page` owns what is made.
  KnockOut(FigureDeck& deck, Selection& selection, QWidget* page);
  ~KnockOut() override;

  void addTabs();
  bool wanted() const;  // whether its figures are seen, or at hand
  void setMoment(const Moment& moment);
  void follow();                   // asks for what is seen
  void clear(const QString& why);  // there is no network
  bool busy() const;

  void set(What what, int count, double value);  // of the selected cell, or its row or column
  // The same as part of a drag: calls for the same cells that follow each other quickly are one step of undo.
  void drag(What what, int count, double value);
  // The cells of the block that is chosen in the matrix, which are set from now on; empty: none is.
  void setBlock(std::vector<infer::Cell> cells);
  const std::vector<infer::CellValue>& changes() const { return changes_; }
  QUndoStack& undoStack() { return undo_; }
  void restore(const std::vector<infer::CellValue>& changes);  // of an exported figure
  // A checkpoint of the changed network, from which a run can begin.
  Status save(const QString& path) const;
  // A new run from the changed network: told by trainWanted().
  enum class Train { ChangedFrozen, All };
  void trainOn(Train which);

 signals:
  void changed();       // its figures
  void cellsChanged();  // changes()
  void failed(const QString& sentence);
  void told(const QString& sentence);
  void trainWanted(const synann::ui::NetworkStartPtr& start);

 private:
  class Command;
  // knock_out_layout.cpp
  QWidget* makeControls();
  QWidget* makeSlider();
  QWidget* makeButtons();
  QToolButton* makeTrainButton(QWidget* parent);
  QString changedWords() const;
  QString selectedWords() const;
  void showRange();
  void update();
  void saveDialog();

  What what() const;
  Result<std::vector<infer::CellValue>> changesWith(What what, int count, double value) const;
  void push(const QString& text, Result<std::vector<infer::CellValue>> after, int stroke);
  Result<train::Checkpoint> checkpoint() const;
  std::string changedCells() const;
  void endStroke() { since_drag_.invalidate(); }  // other cells, or a value taken hold of anew
  void take(const std::vector<infer::CellValue>& changes);

  FigureDeck& deck_;
  Selection& selection_;
  QWidget* page_;
  AskedFigure* effect_;
  AskedFigure* switched_;
  AskedFigure* ranking_;
  QComboBox* what_ = nullptr;
  QSpinBox* count_ = nullptr;
  NumberSlider* value_ = nullptr;
  QLabel* words_ = nullptr;
  QToolButton* undo_button_ = nullptr;
  QToolButton* redo_button_ = nullptr;
  QToolButton* restore_ = nullptr;
  QToolButton* save_ = nullptr;
  QToolButton* train_ = nullptr;
  // What each figure's thread keeps of the network it asked last.
  std::shared_ptr<infer::Ablator> effect_ablator_ = std::make_shared<infer::Ablator>();
  std::shared_ptr<infer::Ablator> switched_ablator_ = std::make_shared<infer::Ablator>();
  std::shared_ptr<infer::Ablator> ranking_ablator_ = std::make_shared<infer::Ablator>();
  Moment moment_;
  QElapsedTimer since_;
  QTimer later_;
  QUndoStack undo_;
  std::vector<infer::CellValue> changes_;
  std::vector<infer::Cell> block_;
  int version_ = 0;           // of changes_
  int stroke_ = 0;            // number of the drag at hand
  QElapsedTimer since_drag_;  // its last value
  bool ask_again_ = false;    // what is measured is not what is set by now
};

}  // namespace synann::ui
