// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/twins/twins_page.h"

#include <algorithm>
#include <utility>

#include <QComboBox>
#include <QLabel>
#include <QStackedWidget>

#include "engine/train/history.h"
#include "engine/train/own_model.h"
#include "engine/train/run_folder.h"
#include "ui/pages/asked_figure.h"
#include "ui/pages/figure_deck.h"
#include "ui/pages/runs/runs_scene.h"
#include "ui/plots/figure_view.h"
#include "ui/session/words.h"
#include "ui/widgets/calm_spin_box.h"

namespace synann::ui {

namespace fs = std::filesystem;

namespace {

constexpr double kFasterRate = 2;  // the rate that is offered for the second one: so many times the first's

// What is offered beside a network: the named one without inhibition, where there is one, else the rival with
// a linear layer.
QString offeredBeside(const train::Settings& first) {
  const QString id = QString::fromStdString(first.model);
  if (!first.own && id.startsWith(QLatin1String("syna-"))) return QStringLiteral("dense-") + id.mid(5);
  return textOfPick(ModelPick{}.with(model::Rival::Dense));
}

}  // namespace

PageInfo TwinsPage::info() {
  const QString menu = tr("Tw&ins");
  return {.id = QStringLiteral("twins"),
          .text = tr("Tw&ins"),
          .help = tr("Two runs in lock-step on the same batches with one difference, and what it does"),
          .glyph = Glyph::Twins,
          .time_line = false,
          .actions =
              {{"twins.train",
                tr("Train &twins"),
                {},
                tr("Train two runs step by step beside each other: one with the settings on the screen, one "
                   "with the difference that is chosen"),
                Glyph::Train,
                MenuId::View,
                menu},
               {"twins.pause",
                tr("&Pause twins"),
                {},
                tr("Both wait after the same step; again lets them go on"),
                Glyph::Pause,
                MenuId::View,
                menu},
               {"twins.stop",
                tr("&Stop twins"),
                {},
                tr("Finish the current step, save both runs and end them"),
                Glyph::Stop,
                MenuId::View,
                menu}},
          .views = {kTwinLosses, kTwinDifference, kTwinDistance, kTwinImages},
          .make = [](Workspace& workspace, const PageActions& actions, QWidget* parent) -> Page* {
            return new TwinsPage(workspace, actions, parent);
          },
          .viewFigure = twinsViewFigure,
          .checkView = checkTwins,
          .of_run = false};
}

TwinsPage::TwinsPage(Workspace& workspace, const PageActions& actions, QWidget* parent)
    : Page(parent),
      workspace_(workspace),
      losses_(new FigureView(this)),
      deck_(new FigureDeck(QStringLiteral("twins"), losses_, this)),
      train_(actions("twins.train")),
      pause_(actions("twins.pause")),
      stop_(actions("twins.stop")),
      files_(modelFilesWork(), [this](const ModelFilesRead& read) { takeFiles(read); }),
      reader_(
          [](const std::array<fs::path, 2>& folders, const std::stop_token&, const auto& tell) {
            Pair pair{.folders = folders, .trace = nullptr, .names = {}, .problem = {}};
            auto trace = runs::read_twins(folders);
            if (!trace) {
              pair.problem = QString::fromStdString(trace.error().sentence());
            } else {
              pair.names = twinNames(trace->runs[0].start.settings, trace->runs[1].start.settings);
              pair.trace = std::make_shared<const runs::TwinTrace>(std::move(*trace));
            }
            tell(std::move(pair));
          },
          [this](const Pair& pair) {
            if (!pair.problem.isEmpty()) return void(emit failed(pair.problem));
            folders_ = pair.folders;
            names_ = pair.names;
            trace_ = pair.trace;
            drawn_ = false;
            showFigures();
            askImages();
          }) {
  layOut(actions);
  connect(train_, &QAction::triggered, this, &TwinsPage::startTwins);
  connect(pause_, &QAction::triggered, this, [this] {
    runner_.paused() ? runner_.goOn() : runner_.pause();
    updateActions();
  });
  connect(stop_, &QAction::triggered, this, [this] {
    runner_.stop();
    updateActions();
  });
  connect(&runner_, &TwinsRunner::changed, this, &TwinsPage::takeTrace);
  connect(&runner_, &TwinsRunner::ended, this, &TwinsPage::takeEnd);
  connect(&workspace_.plan(), &RunPlan::changed, this, &TwinsPage::showValue);
  connect(&workspace_.controller(), &TrainingController::idle, this, &TwinsPage::showRun);
  connect(other_, &QComboBox::currentIndexChanged, this, [this] {
    showValue();
    emit rememberWanted();
  });
  connect(model_, &QComboBox::activated, this, &TwinsPage::onModelActivated);
  connect(model_, &QComboBox::currentIndexChanged, this, &TwinsPage::checkSecond);
  connect(deck_, &FigureDeck::tabChanged, this, [this] {
    drawn_ = drawn_ && !runner_.busy();
    showFigures();
    deck_->showTable();
  });
  connect(deck_, &FigureDeck::exportWanted, this, &Page::exportWanted);
  for (AskedFigure* asked : {asked_losses_, asked_images_})
    connect(asked, &AskedFigure::changed, this, [this] {
      deck_->showTable();
      emit exportableChanged();
    });
  showValue();
  updateActions();
}

TwinsPage::~TwinsPage() = default;

// What is offered for the second one follows the settings on the screen until a person has changed it.
void TwinsPage::showValue() {
  const train::Settings& settings = workspace_.plan().settings();
  const auto other = static_cast<TwinOther>(other_->currentIndex());
  offerModel(settings);
  if (rate_->property("of").toDouble() != settings.learning_rate) {
    rate_->setProperty("of", settings.learning_rate);
    rate_->setValue(kFasterRate * settings.learning_rate);
  }
  const auto seed = static_cast<double>(settings.seed);
  if (!seed_->property("of").isValid() || seed_->property("of").toDouble() != seed) {
    seed_->setProperty("of", seed);
    seed_->setValue(seed < seed_->maximum() ? seed + 1 : 0);
  }
  switch (other) {
    case TwinOther::Nothing:
      words_->setText(tr("Both are the same run: they stay equal to the bit."));
      value_->setCurrentWidget(words_);
      break;
    case TwinOther::Synapse:
      words_->setText(settings.synapse == "per-sample" ? tr("batch-coupled instead of per sample")
                                                       : tr("per sample instead of batch-coupled"));
      value_->setCurrentWidget(words_);
      break;
    case TwinOther::Model:
      value_->setCurrentWidget(model_);
      break;
    case TwinOther::Rate:
      value_->setCurrentWidget(rate_);
      break;
    case TwinOther::Seed:
      value_->setCurrentWidget(seed_);
      break;
  }
  checkSecond();
}

void TwinsPage::offerModel(const train::Settings& first) {
  const QString of = QString::fromStdString(first.model);
  if (model_->property("of").toString() == of) return;
  model_->setProperty("of", of);
  model_->setCurrentIndex(std::max(0, model_->findData(offeredBeside(first))));
}

// What the engine refuses is told before anything is trained.
void TwinsPage::checkSecond() {
  if (model_->currentIndex() != model_->count() - 1) model_before_ = model_->currentIndex();
  problem_.clear();
  if (static_cast<TwinOther>(other_->currentIndex()) == TwinOther::Model) {
    const auto both = settings();
    const Status possible = both ? checkBoth(*both) : Status(both.error());
    if (!possible) problem_ = QString::fromStdString(possible.error().sentence());
  }
  state_->setText(stateWords());
  updateActions();
}

Status TwinsPage::checkBoth(const std::array<train::Settings, 2>& both) const {
  for (const train::Settings& one : both) {
    if (Status valid = train::validate(one); !valid) return valid;
    if (Status fits = fitsImages(one, workspace_.source().data()); !fits) return fits;
  }
  return {};
}

Result<std::array<train::Settings, 2>> TwinsPage::settings() const {
  const train::Settings first = workspace_.plan().settings();
  train::Settings second = first;
  switch (static_cast<TwinOther>(other_->currentIndex())) {
    case TwinOther::Nothing:
      break;
    case TwinOther::Model: {
      const ModelPick pick = pickOfText(model_->currentData().toString()).value_or(ModelPick{});
      // A rival of the network as it is on the screen, its options too.
      const auto other = pick.onScreen() && pick.rival ? train::settings_of_rival(first, *pick.rival)
                                                       : settingsOfPick(pick, first, first.data);
      if (!other) return other.error();
      second.model = other->model;
      second.own = other->own;
      if (!second.own) break;
      const train::Settings usual;  // the layers say these themselves
      second.synapse = usual.synapse, second.beta = usual.beta;
      second.alpha = usual.alpha, second.diagonal = usual.diagonal;
      break;
    }
    case TwinOther::Synapse:
      second.synapse = first.synapse == "per-sample" ? "batch-coupled" : "per-sample";
      break;
    case TwinOther::Rate:
      second.learning_rate = rate_->value();
      break;
    case TwinOther::Seed:
      second.seed = static_cast<std::uint64_t>(seed_->value());
      break;
  }
  return std::array{first, second};
}

void TwinsPage::startTwins() {
  emit askedFor();
  if (runner_.busy()) return;
  const auto chosen = settings();
  const Status possible = chosen ? checkBoth(*chosen) : Status(chosen.error());
  if (!possible) return void(emit failed(QString::fromStdString(possible.error().sentence())));
  const auto& both = *chosen;
  const fs::path folder = train::default_run_folder(both[0]);
  runs::TwinsRequest request{.settings = both,
                             .execution = workspace_.controller().execution(),
                             .folders = {folder / "a", folder / "b"}};
  if (const data::DataPairPtr& open = workspace_.source().data(); open && open->spec == both[0].data)
    request.data = open;
  folders_ = request.folders;
  names_ = twinNames(both[0], both[1]);
  asked_losses_->release();
  asked_images_->clear(images_->whatsThis());
  runner_.start(std::move(request));
  updateActions();
}

void TwinsPage::takeTrace() {
  trace_ = runner_.trace();
  drawn_ = false;
  showFigures();
}

// A hidden page draws when it is shown.
void TwinsPage::showFigures() {
  state_->setText(stateWords());
  updateActions();
  if (drawn_ || !isVisible() || !trace_) return;
  drawn_ = true;
  asked_losses_->release();
  losses_->setFigure(twinLossFigure(*trace_, names_));
  // While they train, what is not seen waits.
  const auto due = [this](const FigureView* view) { return !runner_.busy() || deck_->wanted(view); };
  if (due(difference_)) difference_->setFigure(twinDifferenceFigure(*trace_));
  if (due(distance_)) distance_->setFigure(twinDistanceFigure(*trace_));
  deck_->showTable();
  emit exportableChanged();
}

void TwinsPage::showEvent(QShowEvent* event) {
  Page::showEvent(event);
  showFigures();
  showRun();
}

// Where there are no twins yet, the first of them: the run at hand.
void TwinsPage::showRun() {
  const fs::path run = workspace_.controller().runFolder();
  if (trace_ || run.empty() || !isVisible() || workspace_.controller().busy()) return;
  const QString name = tr("run at hand");
  asked_losses_->ask(run.string() + ' ' + std::to_string(workspace_.marks().revision()), {},
                     [run, name](const infer::Work&) -> AskedFigure::Made {
                       const auto history = train::read_history(run);
                       if (!history) return history.error();
                       runs::TwinTrace trace;
                       trace.steps_per_epoch = history->start.steps_per_epoch;
                       trace.runs[0].losses = history->losses;
                       trace.runs[0].evaluations = history->evaluations;
                       return twinLossFigure(trace, {name, {}});
                     });
}

void TwinsPage::takeEnd(const QString& problem) {
  showFigures();
  if (!problem.isEmpty()) return void(emit failed(problem));
  emit told(tr("Both runs are saved in %1: %2.")
                .arg(QString::fromStdString(folders_[0].parent_path().string()), divergenceWords(*trace_)));
  askImages();
}

void TwinsPage::askImages() {
  const auto folders = folders_;
  asked_images_->ask(
      folders[0].string() + ' ' + folders[1].string() + ' ' + std::to_string(trace_->steps), {},
      [folders, start = trace_->runs[0].start,
       open = workspace_.source().data()](const infer::Work& work) -> AskedFigure::Made {
        const auto set = twinsData(start, folders[0], open);
        if (!set) return set.error();
        const auto images = runs::differing_predictions(folders, **set, work);
        if (!images) return images.error();
        auto figure = twinImagesFigure(*images, **set);
        if (!figure) return Error{.problem = tr("Both give each test image the same class").toStdString()};
        return figure;
      });
}

QString TwinsPage::stateWords() const {
  if (!problem_.isEmpty() && !runner_.busy()) return problem_;
  if (!trace_) return tr("The first has the settings on the screen. Both are saved as runs of their own.");
  QStringList words{names_[0] + QStringLiteral(" | ") + names_[1]};
  if (runner_.busy())
    words.append(runner_.stopping() ? tr("stopping") : runner_.paused() ? tr("paused") : tr("training"));
  words.append(tr("step %1, epoch %2").arg(countWords(trace_->steps)).arg(trace_->epoch()));
  words.append(divergenceWords(*trace_));
  return words.join(QStringLiteral(" · "));
}

void TwinsPage::updateActions() {
  const bool busy = runner_.busy();
  train_->setEnabled(!busy && problem_.isEmpty());
  pause_->setEnabled(busy && !runner_.stopping());
  pause_->setText(busy && runner_.paused() ? tr("&Go on with twins") : tr("&Pause twins"));
  stop_->setEnabled(busy && !runner_.stopping());
  other_->setEnabled(!busy);
  value_->setEnabled(!busy);
}

bool TwinsPage::busy() const {
  return runner_.busy() || asked_losses_->busy() || asked_images_->busy() || reader_.busy() || files_.busy();
}

QVariantMap TwinsPage::remembered() const {
  return {{"other", other_->currentIndex()}};
}

void TwinsPage::remember(const QVariantMap& kept) {
  const int other = kept.value("other", 0).toInt();
  if (other >= 0 && other < other_->count()) other_->setCurrentIndex(other);
}

bool TwinsPage::canExport() const {
  return deck_->figure() != nullptr;
}

QString TwinsPage::figureName() const {
  return deck_->figureName();
}

Result<ShownFigure> TwinsPage::shownFigure() const {
  return deck_->shown(twinsView(QStringLiteral("twins-") + figureName(), folders_));
}

Status TwinsPage::restoreView(const QJsonObject& view) {
  const std::vector<fs::path> folders = runsFromJson(view);
  if (folders.size() != 2) return input_error({}, "the figure does not name two runs", "open another one");
  if (runner_.busy())
    return input_error({}, "twins are being trained", "stop them, then open the figure again");
  deck_->choose(view.value(QLatin1String("view")).toString().mid(6));
  reader_.ask({folders[0], folders[1]});
  return {};
}

}  // namespace synann::ui
