// SPDX-License-Identifier: GPL-3.0-or-later
// How the Twins page is put together.
#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QStackedWidget>
#include <QTabWidget>
#include <QVBoxLayout>

#include "engine/train/own_model.h"
#include "ui/pages/asked_figure.h"
#include "ui/pages/figure_deck.h"
#include "ui/pages/page_controls.h"
#include "ui/pages/twins/twins_page.h"
#include "ui/plots/figure_view.h"
#include "ui/session/words.h"
#include "ui/widgets/action_button.h"
#include "ui/widgets/calm_spin_box.h"
#include "ui/widgets/elided_label.h"

namespace synann::ui {

void TwinsPage::layOut(const PageActions& actions) {
  losses_->setObjectName(QStringLiteral("twins.loss"));
  losses_->setPlaceholder(tr("Train twins to see their losses here."));
  const QString help = tr("The loss of both at each step, and on the test set at the ends of epochs");
  losses_->setWhatsThis(help);
  losses_->setToolTip(help);
  difference_ =
      deck_->add(QStringLiteral("difference"), tr("Train twins to see how far their losses are apart."),
                 tr("How far the losses are apart at each step; a gap where they are equal to the bit"));
  distance_ = deck_->add(QStringLiteral("beta"), tr("Train twins to see how far their parameters are apart."),
                         tr("The norm of the difference of β, and of all parameters that both have"));
  images_ = deck_->add(QStringLiteral("images"),
                       tr("When twins have ended, the test images that they see differently are shown here."),
                       tr("Test images to which the two give different classes"));
  asked_losses_ = new AskedFigure(losses_, QStringLiteral("twins.run"), tr("reading the run"), this);
  asked_images_ = new AskedFigure(images_, QStringLiteral("twins.asking"), tr("predictions of both"), this);
  deck_->addTab(tr("Losses"), {asked_losses_->busyRow(), losses_});
  deck_->addTab(tr("Difference"), {difference_});
  deck_->addTab(tr("Δβ"), {distance_});
  deck_->addTab(tr("Images"), {asked_images_->busyRow(), images_});
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(4, 4, 4, 2);
  column->setSpacing(4);
  column->addWidget(makeChoices(actions));
  state_ = named(new ElidedLabel(this), "twins.state", tr("How far the twins are"), QString());
  column->addWidget(state_);
  column->addWidget(deck_->finish(), 1);
}

QWidget* TwinsPage::makeChoices(const PageActions& actions) {
  auto* whole = new QWidget(this);
  other_ = named(
      makeChoice({tr("Nothing"), tr("Network"), tr("Synapse"), tr("Learning rate"), tr("Seed")}, whole, 12),
      "twins.other", tr("Different"),
      tr("What the second one has instead; the first has the settings on the screen"));
  model_ =
      named(makeChoice({}, whole, 14), "twins.model", tr("Network of the second"),
            tr("A rival of the network on the screen: something else in the place of its synapse layers; or "
               "another network, or that of a model file"));
  fillModels();
  rate_ = named(new CalmSpinBox(whole), "twins.rate", tr("Learning rate of the second"), QString());
  rate_->setLocale(QLocale::c());
  rate_->setDecimals(6);
  rate_->setRange(0, 10);
  rate_->setSingleStep(0.001);
  seed_ = named(new CalmSpinBox(whole), "twins.seed", tr("Seed of the second"), QString());
  seed_->setLocale(QLocale::c());
  seed_->setDecimals(0);
  seed_->setRange(0, 2147483647);
  words_ = named(new ElidedLabel(whole), "twins.words", tr("What is different"), QString());
  value_ = new QStackedWidget(whole);
  value_->setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
  for (QWidget* editor : {static_cast<QWidget*>(words_), static_cast<QWidget*>(model_),
                          static_cast<QWidget*>(rate_), static_cast<QWidget*>(seed_)})
    value_->addWidget(editor);
  auto* label = new QLabel(tr("&Different"), whole);
  label->setBuddy(other_);
  auto* row = new QHBoxLayout(whole);
  row->setContentsMargins(0, 0, 0, 0);
  row->setSpacing(8);
  row->addWidget(label);
  row->addWidget(other_);
  row->addWidget(value_, 1);
  for (const char* id : {"twins.train", "twins.pause", "twins.stop"})
    row->addWidget(new ActionButton(actions(id), Qt::ToolButtonTextOnly, whole));
  return whole;
}

// Rivals of the network on the screen, then all that have a name, those of files, and what opens one.
void TwinsPage::fillModels() {
  for (const model::Rival rival : allRivals())
    model_->addItem(tr("the same %1").arg(rivalWords(rival)), textOfPick(ModelPick{}.with(rival)));
  model_->insertSeparator(model_->count());
  for (const model::ModelInfo& info : train::named_models())
    model_->addItem(modelWords(std::string(info.id)),
                    QString::fromUtf8(info.id.data(), static_cast<qsizetype>(info.id.size())));
  model_->insertSeparator(model_->count());
  model_->addItem(tr("Model file…"));
}

// The last item opens a file; until that is read, what was chosen stays.
void TwinsPage::onModelActivated(int index) {
  if (index != model_->count() - 1) return;
  model_->setCurrentIndex(model_before_);
  if (const QStringList paths = askForModelFiles(this); !paths.isEmpty()) files_.ask(paths);
}

void TwinsPage::addModelFile(const QString& path) {
  files_.ask({path});
}

void TwinsPage::takeFiles(const ModelFilesRead& read) {
  if (!read.problem.isEmpty()) emit failed(read.problem);
  for (const model::DefinitionPtr& file : read.files) {
    const ModelPick pick{.name = {}, .file = file, .rival = {}};
    const int there = model_->findData(textOfPick(pick)), end = model_->count() - 2;
    if (there < 0) model_->insertItem(end, baseWords(pick, {}), textOfPick(pick));
    model_->setCurrentIndex(there < 0 ? end : there);
  }
}

}  // namespace synann::ui
