// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/train/train_page.h"

#include <algorithm>
#include <utility>

#include <QAction>
#include <QFontDatabase>
#include <QHBoxLayout>
#include <QLabel>
#include <QPlainTextEdit>
#include <QSplitter>
#include <QToolButton>
#include <QVBoxLayout>

#include "ui/pages/train/loss_export.h"
#include "ui/pages/train/loss_points.h"
#include "ui/pages/train/setting_form.h"
#include "ui/pages/train/train_tables.h"
#include "ui/plots/figure.h"
#include "ui/plots/loss_chart.h"
#include "ui/session/words.h"
#include "ui/widgets/action_button.h"
#include "ui/widgets/calm_combo_box.h"
#include "ui/widgets/elided_label.h"

namespace synann::ui {

namespace {

constexpr LossSmoothing kSmoothings[] = {{},
                                         {SmoothingKind::MovingAverage, 1'000},
                                         {SmoothingKind::MovingAverage, 10'000},
                                         {SmoothingKind::MovingAverage, 100'000},
                                         {SmoothingKind::EpochMean}};
constexpr QSize kLeastFigure(480, 360);  // of a file, pixels
constexpr int kTabColumns =
    40;  // beyond "Train Epoch: 123 [59000/60000 (98%)]", so that the losses stand below each other

QLabel* makeHeading(const QString& words, QWidget* buddy, QWidget* parent) {
  auto* heading = new ElidedLabel(words, parent);
  QFont bold = heading->font();
  bold.setBold(true);
  heading->setFont(bold);
  heading->setBuddy(buddy);
  return heading;
}

}  // namespace

PageInfo TrainPage::info() {
  return {.id = QStringLiteral("train"),
          .text = tr("Trai&n"),
          .help = tr("The loss figure, the hyper-parameters and the log"),
          .glyph = Glyph::Curves,
          .time_line = false,
          .actions = {{"view.log-y",
                       tr("&Logarithmic loss"),
                       "Ctrl+L",
                       tr("Show the loss on a logarithmic axis"),
                       Glyph::LogY,
                       MenuId::View,
                       {},
                       true},
                      {"view.follow",
                       tr("&Follow"),
                       "Ctrl+F",
                       tr("Show the whole curve and keep up with the training"),
                       Glyph::Follow,
                       MenuId::View,
                       {},
                       true}},
          .views = {"loss"},
          .make = [](Workspace& workspace, const PageActions& actions, QWidget* parent) -> Page* {
            return new TrainPage(workspace, actions, parent);
          },
          .viewFigure = lossViewFigure,
          .checkView = requireRun};
}

TrainPage::TrainPage(Workspace& workspace, const PageActions& actions, QWidget* parent)
    : Page(parent),
      workspace_(workspace),
      curve_(std::make_shared<LossCurve>()),
      chart_(new LossChart(this)),
      form_(new SettingForm(workspace.plan(), this)),
      tables_(new TrainTables(*chart_, this)) {
  chart_->setCurve(curve_);
  tables_->setCurve(curve_);
  QAction* const log_y = actions("view.log-y");
  QAction* const follow = actions("view.follow");
  layOut(log_y, follow);
  connectFigure(log_y, follow);
  TrainingController& controller = workspace.controller();
  connect(&controller, &TrainingController::updated, this, &TrainPage::take);
  connect(&controller, &TrainingController::runBegan, this, &TrainPage::clear);
  connect(&controller, &TrainingController::stateChanged, this,
          [this] { form_->setLocked(workspace_.controller().sessionOpen()); });
  connect(&controller, &TrainingController::idle, this, [this] { form_->setLocked(false); });
  connect(form_, &SettingForm::recordChosen, &controller,
          [&controller](int mib) { controller.setRecordBytes(std::int64_t{mib} << 20); });
}

FigureWidget* TrainPage::emptyFigure() const {
  return chart_;
}

void TrainPage::layOut(QAction* log_y, QAction* follow) {
  auto* side = new QWidget(this);
  auto* side_column = new QVBoxLayout(side);
  side_column->setContentsMargins(0, 5, 0, 0);
  QLabel* const heading = makeHeading(tr("Hyper-parameters"), nullptr, side);
  heading->setContentsMargins(8, 0, 0, 0);
  side_column->addWidget(heading);
  side_column->addWidget(form_, 1);
  side->setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Preferred);

  auto* top = new QWidget(this);
  auto* top_row = new QHBoxLayout(top);
  top_row->setContentsMargins(0, 0, 0, 0);
  top_row->addWidget(makeFigure(log_y, follow), 1);
  top_row->addWidget(side);

  bottom_ = new QSplitter(Qt::Horizontal, this);
  bottom_->setObjectName("train.bottom");
  bottom_->addWidget(makeLog());
  bottom_->addWidget(tables_);
  bottom_->setChildrenCollapsible(false);
  bottom_->setSizes({500, 500});

  rows_ = new QSplitter(Qt::Vertical, this);
  rows_->setObjectName("train.rows");
  rows_->addWidget(top);
  rows_->addWidget(bottom_);
  rows_->setChildrenCollapsible(false);
  rows_->setStretchFactor(0, 3);
  rows_->setStretchFactor(1, 1);
  rows_->setSizes({480, 180});
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(0, 0, 0, 0);
  column->addWidget(rows_);
}

QWidget* TrainPage::makeFigure(QAction* log_y, QAction* follow) {
  auto* figure = new QWidget(this);
  auto* column = new QVBoxLayout(figure);
  column->setContentsMargins(8, 0, 0, 0);
  column->setSpacing(0);
  auto* row = new QHBoxLayout;
  title_ = makeHeading(tr("Loss"), chart_, figure);
  title_->setObjectName("train.title");
  row->addWidget(title_, 1);
  row->addWidget(makeSmoothing(figure));
  row->addWidget(new ActionButton(log_y, Qt::ToolButtonTextBesideIcon, figure));
  row->addWidget(new ActionButton(follow, Qt::ToolButtonTextBesideIcon, figure));
  column->addLayout(row);
  column->addWidget(chart_, 1);
  return figure;
}

QWidget* TrainPage::makeLog() {
  auto* box = new QWidget(this);
  auto* column = new QVBoxLayout(box);
  column->setContentsMargins(8, 4, 0, 8);
  column->setSpacing(4);
  log_ = new QPlainTextEdit(box);
  log_->setObjectName("log");
  log_->setReadOnly(true);
  log_->setTabChangesFocus(true);
  log_->setFont(QFontDatabase::systemFont(QFontDatabase::FixedFont));
  log_->setLineWrapMode(QPlainTextEdit::NoWrap);
  log_->setTabStopDistance(kTabColumns * QFontMetricsF(log_->font()).horizontalAdvance('0'));
  log_->setPlaceholderText(tr("The log appears here while training, in the original's format."));
  log_->setAccessibleName(tr("Log"));
  log_->setToolTip(
      tr("Losses of single steps, and the test set after each epoch, as the original script prints them"));
  log_->setMinimumHeight(48);
  column->addWidget(makeHeading(tr("Log"), log_, box));
  column->addWidget(log_);
  return box;
}

// How the noise of single batches is calmed; the raw losses stay faintly behind.
QWidget* TrainPage::makeSmoothing(QWidget* parent) {
  smoothing_ = new CalmComboBox(parent);
  smoothing_->setObjectName("train.smoothing");
  smoothing_->setAccessibleName(tr("Smoothing"));
  smoothing_->setToolTip(
      tr("Smooths the train loss: by a moving average whose width is counted in training examples, or to the "
         "mean of "
         "each epoch. The raw losses stay faintly behind"));
  for (const LossSmoothing& one : kSmoothings) {
    const QString words = smoothingWords(one);
    smoothing_->addItem(words.isEmpty() ? tr("raw losses") : words);
  }
  smoothing_->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
  smoothing_->setMinimumContentsLength(12);
  connect(smoothing_, &QComboBox::currentIndexChanged, this, [this](int index) {
    if (index >= 0) chart_->setSmoothing(kSmoothings[static_cast<std::size_t>(index)]);
  });
  // One of a figure's file may be none of ours.
  connect(chart_, &LossChart::smoothingChanged, this, [this] {
    const auto* found = std::find(std::begin(kSmoothings), std::end(kSmoothings), chart_->smoothing());
    smoothing_->setCurrentIndex(
        found == std::end(kSmoothings) ? -1 : static_cast<int>(found - std::begin(kSmoothings)));
  });
  return smoothing_;
}

void TrainPage::connectFigure(QAction* log_y, QAction* follow) {
  follow->setChecked(chart_->follow());
  log_y->setChecked(chart_->logY());
  connect(log_y, &QAction::toggled, chart_, &LossChart::setLogY);
  connect(chart_, &LossChart::logYChanged, log_y, &QAction::setChecked);
  connect(chart_, &FigureWidget::exportWanted, this, &Page::exportWanted);
  connect(chart_, &FigureWidget::tableWanted, tables_, &TrainTables::showNumbers);
  connect(follow, &QAction::toggled, chart_, &LossChart::setFollow);
  connect(chart_, &LossChart::followChanged, follow, &QAction::setChecked);
}

Result<ShownFigure> TrainPage::shownFigure() const {
  const auto figure = chart_->lossFigure();
  if (!figure) return input_error({}, "there is no figure yet", "train, or open a run");
  ShownFigure shown = lossShown(figure, start_, workspace_.controller().runFolder());
  shown.size = chart_->size().expandedTo(kLeastFigure);
  shown.dark = isDarkLook(FigureLook::fromPalette(palette()));
  return shown;
}

Status TrainPage::restoreView(const QJsonObject& view) {
  chart_->setPart(lossPartFromJson(view));
  // Its run may still be on the way, and a curve that is not there yet has no part to show.
  wanted_part_ = workspace_.controller().busy() ? std::optional(lossPartFromJson(view)) : std::nullopt;
  return {};
}

QVariantMap TrainPage::remembered() const {
  return {{"log_y", chart_->logY()},
          {"smoothing", smoothing_->currentIndex()},
          {"legend", QLatin1String(legendId(chart_->style().legend))},
          {"marks", chart_->style().marks},
          {"record_mib", form_->recordMib()}};
}

void TrainPage::remember(const QVariantMap& kept) {
  chart_->setLogY(kept.value("log_y").toBool());
  chart_->setStyle({.legend = legendFromId(kept.value("legend").toString().toStdString()),
                    .marks = kept.value("marks", true).toBool()});
  const int smoothing = kept.value("smoothing").toInt();
  if (smoothing > 0 && smoothing < smoothing_->count()) smoothing_->setCurrentIndex(smoothing);
  form_->setRecordMib(std::clamp(kept.value("record_mib", 64).toInt(), 0, 1 << 20));
  workspace_.controller().setRecordBytes(std::int64_t{form_->recordMib()} << 20);
}

QList<QSplitter*> TrainPage::splitters() const {
  return {rows_, bottom_};
}

// Which run the figure is of: the choices in the run bar may already stand for the next one.
void TrainPage::showTitle() {
  const QString model = modelWords(start_.settings.model);
  const QString set = QString::fromStdString(start_.data_name);
  title_->setText(set.isEmpty() ? tr("Loss")
                                : tr("Loss · %1 · %2 · seed %3").arg(model, set).arg(start_.settings.seed));
  chart_->setTitle(lossTitle(start_));
}

void TrainPage::clear() {
  start_ = {};
  showTitle();
  form_->showRecordUse(0);
  curve_->clear();
  log_->clear();
  chart_->setFollow(true);
  refresh();
}

void TrainPage::take(const Snapshot& snapshot) {
  if (snapshot.start) {
    start_ = *snapshot.start;
    curve_->setTrainCount(start_.train_count);
  }
  if (snapshot.history) {
    start_ = snapshot.start.value_or(snapshot.history->start);
    start_.settings = snapshot.history->settings();
    curve_ = std::make_shared<LossCurve>(lossCurve(*snapshot.history));
    chart_->setCurve(curve_);
    tables_->setCurve(curve_);
    log_->clear();
  }
  if (snapshot.start || snapshot.history) showTitle();
  if (snapshot.history && wanted_part_) chart_->setPart(*std::exchange(wanted_part_, std::nullopt));
  const std::uint64_t recorded = snapshot.progress.resources.record_bytes;
  if (recorded > 0 || snapshot.history) form_->showRecordUse(recorded);
  for (const LossBatch& batch : snapshot.losses)
    curve_->append({batch.batch_size, batch.first_examples, batch.losses});
  for (const train::Evaluation& evaluation : snapshot.evaluations) curve_->append(lossEvaluation(evaluation));
  for (const train::SettingChange& change : snapshot.changes) {
    const std::int64_t seen = std::int64_t{change.position.step} * start_.settings.batch_size;
    curve_->mark(std::int64_t{change.position.epoch - 1} * start_.train_count +
                     std::min<std::int64_t>(seen, start_.train_count),
                 train::setting_words(change.key, change.value));
    train::apply_setting(start_.settings, change.key, change.value);
  }
  if (!snapshot.log_lines.empty()) {
    QStringList lines;
    for (const std::string& line : snapshot.log_lines) lines.append(QString::fromStdString(line));
    log_->appendPlainText(lines.join('\n'));
  }
  const bool drawn = snapshot.history || !snapshot.losses.empty() || !snapshot.evaluations.empty() ||
                     !snapshot.changes.empty();
  if (drawn) refresh();
}

void TrainPage::refresh() {
  if (isVisible()) {
    chart_->refresh();
    tables_->refresh();
  }
  emit exportableChanged();
}

void TrainPage::showEvent(QShowEvent* event) {
  Page::showEvent(event);
  refresh();
}

}  // namespace synann::ui
