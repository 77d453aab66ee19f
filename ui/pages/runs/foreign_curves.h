// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <vector>

#include <QObject>
#include <QPointer>
#include <QString>
#include <QVariantList>

#include "engine/core/result.h"
#include "ui/pages/runs/foreign_dialog.h"
#include "ui/pages/runs/foreign_scene.h"
#include "ui/session/latest_value_worker.h"

class QMenu;
class QToolButton;
class QWidget;

namespace synann::ui {

// The curves of other programs' runs that a person added: reads their files on threads of its own, asks which
// of their curves are drawn, and takes them away again. Lives in the window's thread.
class ForeignCurves : public QObject {
  Q_OBJECT

 public:
  // What is proposed for a new one is asked for when it is added.
  ForeignCurves(std::function<ForeignChoice()> usual, QWidget* parent);

  QToolButton* button() const { return button_; }
  void add(const QString& path);  // reads it, then asks what of it is drawn
  const std::vector<DrawnForeign>& drawn() const { return drawn_; }
  ForeignDialog* dialog() const { return dialog_; }  // that is open; else null
  bool busy() const { return reader_.busy() || again_.busy(); }

  QVariantList kept() const;
  void take(const QVariantList& kept);  // reads their files again

 signals:
  void changed();
  void failed(const QString& sentence);
  void told(const QString& sentence);

 private:
  using Runs = std::map<QString, Result<exports::ForeignRun>>;
  using RunsPtr = std::shared_ptr<const Runs>;

  static RunsPtr readAll(const std::vector<QString>& paths, const std::stop_token& stop);
  void ask(const QString& path, const Result<exports::ForeignRun>& run);
  void takeAgain(const Runs& runs);
  void askForFile();
  void askForFolder();
  void fillMenu();
  void draw(const ForeignChoice& choice, const exports::ForeignRun& run);

  std::function<ForeignChoice()> usual_;
  QWidget* widget_;
  QToolButton* button_;
  QMenu* menu_;
  QPointer<ForeignDialog> dialog_;
  std::vector<DrawnForeign> drawn_;
  std::vector<ForeignChoice> awaited_;  // whose files are read again

  // Last: their threads are gone before anything that they tell.
  LatestValueWorker<std::vector<QString>, RunsPtr> reader_, again_;
};

}  // namespace synann::ui
