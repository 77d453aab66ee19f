// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/digits/digits_page.h"

#include <algorithm>
#include <utility>

#include <QAccessible>
#include <QComboBox>
#include <QFile>
#include <QFileInfo>
#include <QLabel>
#include <QSignalBlocker>

#include "engine/data/picture.h"
#include "engine/io/safetensors.h"
#include "ui/pages/activations.h"
#include "ui/pages/asked_figure.h"
#include "ui/pages/busy_row.h"
#include "ui/pages/digits/digit_adding.h"
#include "ui/pages/digits/digit_drawing.h"
#include "ui/pages/digits/digits_beside.h"
#include "ui/pages/digits/digits_export.h"
#include "ui/pages/digits/digits_figures.h"
#include "ui/pages/digits/digits_minus.h"
#include "ui/pages/field_controls.h"
#include "ui/pages/figure_deck.h"
#include "ui/pages/synapses/synapse_figures.h"
#include "ui/plots/figure_file.h"
#include "ui/plots/figure_view.h"
#include "ui/session/class_words.h"

namespace synann::ui {

namespace {
constexpr qsizetype kFirstAsked = 5;      // of kDigitsFigures
constexpr qint64 kLongestSilence = 1000;  // milliseconds in which the time line overtakes every pass
}  // namespace

DigitsPage::DigitsPage(Workspace& workspace, QWidget* parent)
    : PicturePage(QStringLiteral("digits"), parent),
      workspace_(workspace),
      matrix_(new FigureView(this)),
      fields_(new FieldControls(QStringLiteral("digits"), this)),
      deck_(new FigureDeck(QStringLiteral("digits"), matrix_, this)),
      minus_(new DigitsMinus(this)),
      images_([this] { ask(); }),
      worker_(
          [askers = std::make_shared<DigitsAskers>(), done = done_](
              const DigitsQuery& query, const std::stop_token& cancelled, const DigitsWorker::Tell& tell) {
            std::stop_source stop = query.stop;
            const std::stop_callback relay(cancelled, [&stop] { stop.request_stop(); });
            tell(askDigits(query, *askers,
                           {.stop = stop.get_token(), .progress = [&done](int part, int count) {
                              *done = count > 0 ? static_cast<double>(part) / count : 0.0;
                            }}));
          },
          [this](const DigitsOutcome& outcome) { answered(outcome); }) {
  makeControls();
  connectAll();
  fields_->show(digitsFields(), scene_);
  showNothing({});
}

void DigitsPage::showEvent(QShowEvent* event) {
  Page::showEvent(event);
  workspace_.source().setShown(this, true);
  workspace_.source().setNetworkWanted(this, true);
  ask();
  refresh();  // another page may have chosen another image
}

void DigitsPage::hideEvent(QHideEvent* event) {
  Page::hideEvent(event);
  workspace_.source().setNetworkWanted(this, false);
  workspace_.source().setShown(this, false);
}

bool DigitsPage::busy() const {
  const auto waits = [](const AskedFigure* asked) { return asked->busy(); };
  return worker_.busy() || images_.busy() || drawing_->busy() || forgotten_->busy() ||
         std::any_of(asked_figures_.begin(), asked_figures_.end(), waits);
}

void DigitsPage::take(const SynapseFramePtr& frame) {
  if (!isVisible()) return;
  const bool none = !frame->live && workspace_.source().run().empty();
  frame_ = none || !frame->model || !frame->network ? nullptr : frame;
  if (!frame_) {
    asked_.reset();
    return showNothing(none ? QString() : tr("The whole network is not known at this step."));
  }
  ask();
}

// While a run trains, once an epoch: a pass over ten thousand images takes its time from the training.
void DigitsPage::ask() {
  if (!isVisible() || !frame_) return;
  const data::DataPairPtr& opened = workspace_.source().data();
  const infer::SetPtr set = shownSet();
  if (!set || set->count() == 0) {
    asked_.reset();
    return showNothing(!opened                     ? tr("Open the data of the run to ask its network.")
                       : set                       ? tr("There are no such images in the data.")
                       : images_.error().isEmpty() ? tr("Computing…")
                                                   : images_.error());
  }
  DigitsQuery query{.network = {frame_->model, frame_->network},
                    .before = minus_->network(*frame_),
                    .set = set,
                    .part = scene_.part,
                    .frame = frame_,
                    .before_when = minus_->when()};
  if (asked_ && query.same(*asked_)) return;
  const int epoch = frame_->network_at.position.epoch;
  const bool trains = workspace_.controller().busy() && frame_->live;
  const bool only_later = asked_ && query.set == asked_->set && query.before == asked_->before &&
                          query.network.model == asked_->network.model;
  if (trains && only_later && epoch == asked_epoch_) return;
  // Where the time line plays quicker than a pass takes, one is finished now and then.
  overtaken_ = only_later && worker_.busy() && since_.hasExpired(kLongestSilence);
  if (overtaken_) return;
  if (!worker_.busy()) since_.start();
  asked_epoch_ = epoch;
  for (int label = 0; label < set->classes; ++label)
    query.names.append(className(opened->class_names, label));
  train::SynapseFrame at = *frame_;
  at.at = frame_->network_at;
  query.when = stepText(at);
  query.number = ++number_;
  query.stop = std::stop_source();
  asked_ = query;
  *done_ = 0;
  worker_.ask(std::move(query));
  busy_->begin();
  if (!answer_) matrix_->setPlaceholder(tr("Computing…"));
}

// The test set is the same for every run; the two others are what the run makes of the training images.
infer::SetPtr DigitsPage::shownSet() {
  const data::DataPairPtr& opened = workspace_.source().data();
  if (scene_.part == infer::Part::Test) return infer::set_of(opened, scene_.part);
  return infer::set_of(images_.of(opened, workspace_.controller().runSettings()), scene_.part);
}

void DigitsPage::answered(const DigitsOutcome& outcome) {
  // What was asked meanwhile, or asked of nothing any more, counts.
  if (!frame_ || !asked_ || outcome.number != asked_->number) return;
  busy_->end();
  since_.start();
  answer_ = outcome.answer;
  if (answer_) {
    minus_->setShown(answer_, workspace_.source().run());
    refresh();
  } else {
    showNothing(outcome.error);
  }
  if (std::exchange(overtaken_, false)) ask();
}

void DigitsPage::tell(const QString& sentence) {
  numbers()->setText(sentence);
  QAccessibleEvent alert(numbers(), QAccessible::Alert);
  QAccessible::updateAccessibility(&alert);
}

void DigitsPage::showNothing(const QString& why) {
  answer_.reset();
  busy_->end();
  for (AskedFigure* asked : asked_figures_) asked->clear(tr("Appears with the confusion matrix."));
  forgotten_->clear(tr("Images appear with the confusion matrix."));
  drawing_->setNetwork({});
  for (FigureView* view : {matrix_, classes_, digit_, probabilities_}) view->setFigure(nullptr);
  matrix_->setPlaceholder(why.isEmpty() ? tr("What the network says of each class appears here: press Train "
                                             "(F5), or open a run.")
                                        : why);
  setRemark({});
  deck_->showTable();
  emit exportableChanged();
}

void DigitsPage::changeScene(const QString& field) {
  fields_->take(digitsFields(), field, scene_);
  if (field == QLatin1String("part")) {
    scene_.image = scene_.part == infer::Part::Test ? workspace_.selection().image() : 0;
    return ask();
  }
  refresh();
}

void DigitsPage::chooseCell(int truth, int said) {
  scene_.truth = truth;
  scene_.said = said;
  truth_->setCurrentIndex(std::max(0, truth_->findData(truth)));
  said_->setCurrentIndex(std::max(0, said_->findData(said)));
  refresh();
}

void DigitsPage::chooseImage(int image) {
  if (image == scene_.image) return;
  scene_.image = image;
  if (scene_.part == infer::Part::Test) workspace_.selection().setImage(image);
  refresh();
}

void DigitsPage::figureChanged() {
  deck_->showTable();
  emit exportableChanged();
}

// As if its set and then the image had been chosen.
void DigitsPage::openImage(infer::Part part, int image) {
  scene_.part = part;
  scene_.image = image;
  if (part == infer::Part::Test) workspace_.selection().setImage(image);
  fields_->show(digitsFields(), scene_);
  deck_->choose(QStringLiteral("digit"));
  emit askedFor();
  ask();
  refresh();
}

void DigitsPage::refresh() {
  // What is shown is of one set at all times.
  if (!isVisible() || !answer_ || answer_->part != scene_.part) return;
  matrix_->setFigure(confusionFigure(scene_, *answer_));
  refreshGallery();
  if (deck_->wanted(classes_)) classes_->setFigure(classesFigure(scene_, *answer_));
  if (deck_->wanted(digit_)) digit_->setFigure(digitFigure(scene_, *answer_));
  if (deck_->wanted(probabilities_)) probabilities_->setFigure(probabilitiesFigure(scene_, *answer_));
  setRemark(answer_->when + QStringLiteral(" · ") + scoreWords(*answer_));
  drawing_->setNetwork(
      {.network = answer_->network, .classes = answer_->now.classes, .names = answer_->names});
  fillLayers();
  refreshAsked();
  figureChanged();
}

// By how often they were forgotten it takes its time.
void DigitsPage::refreshGallery() {
  if (!deck_->wanted(gallery_)) return;
  if (gallery_set_ != answer_->set) forgotten_->clear(tr("Computing…"));
  gallery_set_ = answer_->set;
  if (scene_.order == DigitsOrder::Forgotten) {
    const std::filesystem::path run = workspace_.source().run();
    return forgotten_->ask(forgottenKey(scene_, *answer_, run, lastStep()), {answer_},
                           forgottenJob(scene_, answer_, run, lives_));
  }
  forgotten_->release();
  QString why;
  gallery_->setFigure(galleryFigure(scene_, *answer_, why));
  if (!why.isEmpty()) gallery_->setPlaceholder(why);
}

std::int64_t DigitsPage::lastStep() const {
  const auto& frames = answer_->frame->network_frames;
  return frames && !frames->empty() ? frames->back().steps : 0;
}

// Those that are seen, or at hand.
void DigitsPage::refreshAsked() {
  if (!isVisible() || !answer_ || answer_->part != scene_.part) return;
  DigitsContext of = contextOf(*answer_, workspace_.source().run());
  of.beside = beside_->networks();
  of.known = curves_;
  beside_->setImages(answer_->set);
  AskedFigure::Kept kept{of.network.values, of.set};
  for (const OtherNetwork& one : of.beside) kept.emplace_back(one.network.values);
  const std::int64_t last = lastStep();
  for (std::size_t k = 0; k < asked_figures_.size(); ++k) {
    AskedFigure* const asked = asked_figures_[k];
    const QString& figure = kDigitsFigures[kFirstAsked + static_cast<qsizetype>(k)];
    if (deck_->wanted(asked->view()))
      asked->ask(digitsKey(scene_, of, figure, last), kept, digitsJob(scene_, of, figure));
  }
}

void DigitsPage::fillLayers() {
  const QStringList names = activationNames(*answer_->network.model);
  QStringList present;
  for (int k = 0; k < layer_->count(); ++k) present.append(layer_->itemText(k));
  const QSignalBlocker quiet(layer_);
  if (names != present) {
    layer_->clear();
    layer_->addItems(names);
  }
  const auto chosen = names.indexOf(QString::fromStdString(scene_.layer));
  layer_->setCurrentIndex(static_cast<int>(chosen < 0 ? names.size() - 1 : chosen));
}

// A picture may be a digit, where it is not a figure of this program; a checkpoint is one more curve where
// such are seen.
Page::Claim DigitsPage::claims(const QString& path) const {
  QFile file(path);
  if (!QFileInfo(path).isFile() || !file.open(QIODevice::ReadOnly)) return Claim::None;
  if (beside_->addButton()->isVisible() && io::read_tensor_metadata(path.toStdString()))
    return Claim::WhileShown;
  const QByteArray head = file.read(16);
  const std::span bytes(reinterpret_cast<const std::uint8_t*>(head.constData()), std::size_t(head.size()));
  const bool picture = data::is_png(bytes) || data::is_jpeg(bytes);
  return picture && !readFigureView(path.toStdString()) ? Claim::WhileShown : Claim::None;
}

Status DigitsPage::openFile(const QString& file) {
  if (io::read_tensor_metadata(file.toStdString())) return beside_->add(file);
  const Status opened = drawing_->openFile(file);
  if (opened) deck_->choose(QStringLiteral("drawn"));
  return opened;
}

QVariantMap DigitsPage::remembered() const {
  return {{"own_set", QString::fromStdString(drawing_->adding().folder().string())}};
}

void DigitsPage::remember(const QVariantMap& kept) {
  drawing_->adding().setFolder(kept.value("own_set").toString().toStdString());
}

QString DigitsPage::figureName() const {
  return deck_->figureName();
}

QJsonObject DigitsPage::view() const {
  DigitsScene scene = scene_;
  scene.figure = figureName();
  for (const OtherNetwork& one : beside_->networks()) scene.checkpoints.push_back(one.path.string());
  if (!answer_) return {};
  QJsonObject json = digitsJson(scene, *answer_->frame, workspace_.source().run());
  minus_->write(json);
  return json;
}

Result<ShownFigure> DigitsPage::shownFigure() const {
  return deck_->shown(view());
}

Status DigitsPage::restoreView(const QJsonObject& json) {
  if (json.value("figure").toString().startsWith(QLatin1String("drawn")))
    return Error{.problem = "what was drawn is not kept in its figure",
                 .remedy = "open the picture itself on the Digits page"};
  scene_ = digitsSceneFromJson(json);
  for (const Status& other : {beside_->restore(std::exchange(scene_.checkpoints, {})), minus_->restore(json)})
    if (!other) emit failed(QString::fromStdString(other.error().sentence()));
  fields_->show(digitsFields(), scene_);
  nameClasses();
  deck_->choose(scene_.figure);
  if (json.contains("step")) workspace_.selection().setStep(json.value("step").toInteger());
  ask();
  refresh();
  return {};
}

}  // namespace synann::ui
