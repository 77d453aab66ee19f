// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include <QObject>
#include <QStringList>

#include "engine/data/picture.h"
#include "engine/infer/network.h"
#include "engine/infer/normalise.h"
#include "ui/plots/figure.h"
#include "ui/session/latest_value_worker.h"

class QMimeData;
class QWidget;

namespace synann::ui {

class DigitAdding;
class DrawPad;
class FigureDeck;
class FigureView;

// A digit that a person draws, what becomes of it when it is made as MNIST's images are, and what the network
// says of that, while it is drawn. Lives in the window's thread; asks on one of its own.
class DigitDrawing : public QObject {
  Q_OBJECT

 public:
  // Of the network that is asked and its images.
  struct Asked {
    infer::Network network;  // without a model: none, only the picture is made
    int classes = 0;
    QStringList names;
  };
  struct Answer {
    std::optional<data::Picture> normalised;
    std::vector<float> log_probs;  // [classes]; empty: not known
    QStringList names;             // of the classes
    QString error;                 // one sentence
  };

  // The deck must outlive it; `page` owns what is made.
  DigitDrawing(FigureDeck& deck, QWidget* page);

  void addTab();
  void setNetwork(const Asked& asked);
  DrawPad* pad() const { return pad_; }
  DigitAdding& adding() const { return *adding_; }
  const Answer& answer() const { return answer_; }
  bool busy() const { return worker_.busy(); }
  void take(const data::Picture& picture);
  Status openFile(const QString& path);  // PNG, JPEG, or FILE#INDEX
  void paste();                          // an image of the clipboard

 signals:
  void changed();
  void told(const QString& sentence);
  void failed(const QString& sentence);
  void imageWanted();  // the chosen one of the data

 private:
  struct Query {
    data::Picture picture;
    infer::Origin origin = infer::Origin::Pen;
    Asked asked;
  };
  QWidget* makeButtons();
  void ask();
  void show(const Answer& answer);
  void openDialog();

  FigureDeck& deck_;
  QWidget* page_;
  DrawPad* pad_;
  DigitAdding* adding_;
  FigureView* normalised_;
  FigureView* probabilities_;
  Asked asked_;
  Answer answer_;
  int said_ = -1;                            // the class that was told last
  LatestValueWorker<Query, Answer> worker_;  // last: its thread is gone before anything it uses
};

}  // namespace synann::ui
