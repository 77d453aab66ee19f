// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

#include <QVariantMap>
#include <QWidget>

#include "engine/core/result.h"
#include "engine/runs/study_plan.h"

class QComboBox;
class QLabel;
class QPlainTextEdit;

namespace synann::ui {

class CalmSpinBox;
class StudyModels;

// What a study is to train, as a person chooses it: models, settings and seeds. Lives in the window's thread.
class StudyForm : public QWidget {
  Q_OBJECT

 public:
  explicit StudyForm(QWidget* parent = nullptr);

  // The plan on these data, without folder; an error names what is wrong with the choices.
  Result<runs::StudyPlan> plan(const std::string& spec) const;
  // The settings on the screen, whose network can be one of the models.
  void setScreen(const train::Settings& screen);
  StudyModels& models() { return *models_; }
  bool busy() const;
  int seeds() const;
  void setSeeds(int seeds);  // tells nobody
  // Those of a plan that came from elsewhere, until a person's own are taken back.
  void lendSeeds(int seeds);
  void takeSeedsBack();
  // A plan that came from elsewhere is told in words instead of models and settings; empty: the person's own.
  void setFixed(const QString& words);
  // Whether seeds, and the rest where it is there, can be changed.
  void setOpen(bool open);

  QVariantMap remembered() const;
  void remember(const QVariantMap& kept);

 signals:
  void changed();  // by a person

 private:
  QWidget* makeOwn();
  QStringList chosenModels() const;  // what the others are compared with is the first
  void fillFirst();

  int own_seeds_ = 0;       // while others are lent; 0: none are
  QWidget* own_ = nullptr;  // models and settings
  QLabel* fixed_;
  StudyModels* models_ = nullptr;
  QComboBox* first_ = nullptr;
  QPlainTextEdit* settings_ = nullptr;
  CalmSpinBox* seeds_;
  CalmSpinBox* first_seed_;
  QLabel* first_seed_label_ = nullptr;
};

}  // namespace synann::ui
