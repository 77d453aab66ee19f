// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/study/study_models.h"

#include <algorithm>
#include <utility>

#include <QGridLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QListWidget>
#include <QMenu>
#include <QSignalBlocker>

#include "ui/pages/page_controls.h"
#include "ui/widgets/ring_button.h"

namespace synann::ui {

namespace {

const QStringList kUsualModels{"syna-pixel", "dense-pixel", "identity-pixel"};
constexpr int kModelLines = 7;

QString pickOf(const QListWidgetItem* item) {
  return item->data(Qt::UserRole).toString();
}

// Of texts that are in the list.
ModelPick pickIn(const QString& text) {
  return pickOfText(text).value_or(ModelPick{});
}

bool isNamedPick(const ModelPick& pick) {
  return !pick.name.empty() && !pick.rival;
}

QToolButton* smallButton(const QString& text, const QString& name, const QString& help, QWidget* parent) {
  auto* button = named(new RingButton(text, parent), name, QString(text).remove('&'), help);
  button->setToolButtonStyle(Qt::ToolButtonTextOnly);
  return button;
}

}  // namespace

StudyModels::StudyModels(QWidget* parent)
    : QWidget(parent),
      list_(named(new QListWidget(this), "study.models", tr("Models"),
                  tr("The networks that are compared, with the settings they are recommended with. Delete "
                     "takes out a rival or a file that was added"))),
      rivals_(smallButton(tr("R&ivals"), "study.rivals",
                          tr("Add rivals of the model that is chosen in the list: something else in the "
                             "place of its synapse layers"),
                          this)),
      file_(smallButton(tr("Add &file…"), "study.add-file", tr("Add networks from model files"), this)),
      menu_(new QMenu(rivals_)),
      words_(new QLabel(this)),
      reader_(modelFilesWork(), [this](const ModelFilesRead& read) { takeFiles(read); }) {
  const int line = list_->fontMetrics().height();
  list_->setMinimumHeight(kModelLines * (line + 4) + 6);
  list_->setSizeAdjustPolicy(QAbstractScrollArea::AdjustToContents);  // all of them where there is room
  list_->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  list_->installEventFilter(this);
  for (const model::ModelInfo& info : train::named_models()) {
    const QString id = QString::fromUtf8(info.id.data(), static_cast<qsizetype>(info.id.size()));
    add(id)->setCheckState(kUsualModels.contains(id) ? Qt::Checked : Qt::Unchecked);
  }
  list_->setCurrentItem(find(kUsualModels.front()));
  rivals_->setMenu(menu_);
  rivals_->setPopupMode(QToolButton::InstantPopup);
  words_->setObjectName("study.models-words");
  words_->setWordWrap(true);
  words_->hide();
  auto* label = new QLabel(tr("&Models"), this);
  label->setBuddy(list_);
  auto* grid = new QGridLayout(this);
  grid->setContentsMargins(0, 0, 0, 0);
  grid->setHorizontalSpacing(4);
  grid->addWidget(label, 0, 0);
  grid->addWidget(rivals_, 0, 2);
  grid->addWidget(file_, 0, 3);
  grid->addWidget(list_, 1, 0, 1, 4);
  grid->addWidget(words_, 2, 0, 1, 4);
  grid->setColumnStretch(1, 1);
  setTabOrder(list_, rivals_);
  setTabOrder(rivals_, file_);
  connect(list_, &QListWidget::itemChanged, this, &StudyModels::changed);
  connect(menu_, &QMenu::aboutToShow, this, &StudyModels::fillRivals);
  connect(file_, &QToolButton::clicked, this, [this] { addFiles(askForModelFiles(this)); });
}

QListWidgetItem* StudyModels::find(const QString& pick) const {
  for (int k = 0; k < list_->count(); ++k)
    if (pickOf(list_->item(k)) == pick) return list_->item(k);
  return nullptr;
}

QStringList StudyModels::ticked() const {
  QStringList picks;
  for (int k = 0; k < list_->count(); ++k)
    if (list_->item(k)->checkState() == Qt::Checked) picks.append(pickOf(list_->item(k)));
  return picks;
}

// A rival stands behind its model and the rivals that this has already, anything else at the end; the network
// on the screen at the beginning. Tells nobody.
QListWidgetItem* StudyModels::add(const QString& text) {
  if (QListWidgetItem* const there = find(text)) return there;
  const QSignalBlocker quiet(list_);
  const ModelPick pick = pickIn(text);
  auto* item = new QListWidgetItem;
  item->setData(Qt::UserRole, text);
  int at = pick.onScreen() ? 0 : list_->count();
  if (pick.rival) {
    const QString base = textOfPick(pick.base());
    at = list_->row(find(base) ? find(base) : add(base)) + 1;
    while (at < list_->count() && pickIn(pickOf(list_->item(at))).rival) ++at;
  }
  item->setText(pick.rival        ? QStringLiteral("    ") + rivalWords(*pick.rival)
                : pick.onScreen() ? tr("%1 (on the screen)").arg(baseWords(pick, screen_))
                                  : baseWords(pick, screen_));
  item->setToolTip(words(text));
  item->setData(Qt::AccessibleTextRole, words(text));
  item->setFlags(item->flags() | Qt::ItemIsUserCheckable);
  item->setCheckState(Qt::Unchecked);
  list_->insertItem(at, item);
  return item;
}

// A file of the network on the screen is that one, and a rival that has a name is the model of that name, as
// DenseCNN is.
QString StudyModels::inList(const QString& text) const {
  const ModelPick pick = pickIn(text);
  if (pick.rival) {
    const auto made = settings(text, screen_.data);
    if (const std::string name = made ? namedAlike(*made) : std::string(); !name.empty())
      return QString::fromStdString(name);
  }
  const model::DefinitionPtr own = ownOnScreen(screen_);
  if (!own || !pick.file || *pick.file != *own) return text;
  ModelPick shown;
  shown.rival = pick.rival;
  return textOfPick(shown);
}

void StudyModels::tick(const QStringList& picks) {
  const QSignalBlocker quiet(list_);
  QStringList wanted;
  for (const QString& text : picks) {
    const auto known = pickOfText(text);
    if (!known || (known->onScreen() && !ownOnScreen(screen_))) continue;
    wanted.append(inList(text));
    add(wanted.back());
  }
  for (int k = 0; k < list_->count(); ++k)
    list_->item(k)->setCheckState(wanted.contains(pickOf(list_->item(k))) ? Qt::Checked : Qt::Unchecked);
}

QStringList StudyModels::remembered(const QStringList& picks) const {
  QStringList kept;
  for (const QString& text : picks) {
    ModelPick pick = pickIn(text);
    if (pick.onScreen()) pick.file = ownOnScreen(screen_);
    kept.append(textOfPick(pick));
  }
  return kept;
}

void StudyModels::leaveScreen() {
  const model::DefinitionPtr own = ownOnScreen(screen_);
  if (!own) return;
  const QStringList now = ticked();
  if (std::ranges::any_of(now, [](const QString& pick) { return pickIn(pick).onScreen(); })) {
    rename({}, textOfPick({.name = {}, .file = own, .rival = {}}));
  } else {
    remove({});
  }
}

bool StudyModels::setScreen(const train::Settings& screen) {
  if (screen.model == screen_.model && screen.own == screen_.own) return false;
  const QSignalBlocker quiet(list_);
  const model::DefinitionPtr before = ownOnScreen(screen_), now = ownOnScreen(screen);
  // The same one as it is edited goes on; another one takes its place.
  if (before && (!now || now->id != before->id)) leaveScreen();
  screen_ = screen;
  known_.clear();
  if (!now) return true;
  const QString as_file = textOfPick({.name = {}, .file = now, .rival = {}});
  if (find(as_file)) rename(as_file, {});
  QListWidgetItem* const item = add({});
  item->setText(tr("%1 (on the screen)").arg(baseWords({}, screen_)));
  return true;
}

void StudyModels::rename(const QString& from, const QString& to) {
  const ModelPick target = pickIn(to);
  for (int k = 0; k < list_->count(); ++k) {
    QListWidgetItem* const item = list_->item(k);
    const ModelPick pick = pickIn(pickOf(item));
    if (textOfPick(pick.base()) != from) continue;
    ModelPick renamed = target;
    renamed.rival = pick.rival;
    item->setData(Qt::UserRole, textOfPick(renamed));
    if (!pick.rival) item->setText(baseWords(target, screen_));
  }
}

Result<train::Settings> StudyModels::settings(const QString& pick, const std::string& data_spec) const {
  const std::string key = data_spec + '\n' + pick.toStdString();
  const auto there = known_.find(key);
  if (there != known_.end()) return there->second;
  return known_.emplace(key, settingsOfPick(pickIn(pick), screen_, data_spec)).first->second;
}

// Rivals by the name that runs and tables have, the others by their titles.
QString StudyModels::words(const QString& text) const {
  const ModelPick pick = pickIn(text);
  const QString base = baseWords(pick, screen_);
  if (!pick.rival) return base;
  const auto made = settings(text, screen_.data);
  return made ? QStringLiteral("%1: %2 %3")
                    .arg(QString::fromStdString(made->model), base, rivalWords(*pick.rival))
              : QStringLiteral("%1 %2").arg(base, rivalWords(*pick.rival));
}

QString StudyModels::chosen() const {
  const QListWidgetItem* const item = list_->currentItem();
  return item ? textOfPick(pickIn(pickOf(item)).base()) : QString();
}

void StudyModels::fillRivals() {
  menu_->clear();
  if (list_->currentItem() == nullptr) return;
  const QString base = chosen();
  const ModelPick pick = pickIn(base);
  menu_->addSection(tr("Instead of the synapse layers of %1").arg(baseWords(pick, screen_)));
  menu_->addAction(tr("&All rivals"), this, [this, base] { addRivals(base, allRivals()); });
  menu_->addSeparator();
  for (const model::Rival rival : allRivals()) {
    const QString text = inList(textOfPick(pick.with(rival)));
    QAction* const action = menu_->addAction(rivalWords(rival));
    action->setCheckable(true);
    const QListWidgetItem* const item = find(text);
    action->setChecked(item && item->checkState() == Qt::Checked);
    connect(action, &QAction::triggered, this, [this, base, text, rival](bool wanted) {
      if (wanted) return addRivals(base, {rival});
      if (isNamedPick(pickIn(text))) return find(text)->setCheckState(Qt::Unchecked);
      remove(text);
      emit changed();
    });
  }
}

// What the engine refuses is in the news.
void StudyModels::addRival(const ModelPick& pick, QStringList& news) {
  const QString text = textOfPick(pick);
  if (const auto made = settings(text, screen_.data); !made) {
    const QString sentence = QString::fromStdString(made.error().sentence());
    if (!news.contains(sentence)) news.append(sentence);
    return;
  }
  add(inList(text))->setCheckState(Qt::Checked);
}

void StudyModels::addRivals(const QString& base, const std::vector<model::Rival>& rivals) {
  QStringList news;
  {
    const QSignalBlocker quiet(list_);
    for (const model::Rival rival : rivals) addRival(pickIn(base).with(rival), news);
  }
  if (QListWidgetItem* const item = find(base)) list_->setCurrentItem(item);
  tell(news.join('\n'));
  emit changed();
}

void StudyModels::addFiles(const QStringList& paths) {
  if (!paths.isEmpty()) reader_.ask(paths);
}

// A file that was changed takes the place of what it was.
void StudyModels::takeFiles(const ModelFilesRead& read) {
  for (const model::DefinitionPtr& file : read.files) {
    const QString text = inList(textOfPick({.name = {}, .file = file, .rival = {}}));
    for (int k = 0; k < list_->count() && !find(text); ++k) {
      const QString before = pickOf(list_->item(k));
      const ModelPick pick = pickIn(before);
      if (!pick.rival && pick.file && pick.file->id == file->id) rename(before, text);
    }
    QListWidgetItem* const item = add(text);
    item->setCheckState(Qt::Checked);
    list_->setCurrentItem(item);
  }
  tell(read.problem);
  emit changed();
}

// A model with its rivals, or a rival alone.
void StudyModels::remove(const QString& text) {
  const QSignalBlocker quiet(list_);
  for (int k = list_->count() - 1; k >= 0; --k) {
    const ModelPick pick = pickIn(pickOf(list_->item(k)));
    if (pickOf(list_->item(k)) == text || textOfPick(pick.base()) == text) delete list_->takeItem(k);
  }
}

void StudyModels::removeChosen() {
  const QListWidgetItem* const item = list_->currentItem();
  if (item == nullptr) return;
  const QString text = pickOf(item);
  const ModelPick pick = pickIn(text);
  if (isNamedPick(pick))
    return tell(tr("Models that come with the program stay in the list: Space unticks one."));
  if (pick.onScreen() && !pick.rival)
    return tell(tr("The network on the screen stays in the list: Space unticks it."));
  remove(text);
  tell({});
  emit changed();
}

bool StudyModels::eventFilter(QObject* watched, QEvent* event) {
  if (watched == list_ && event->type() == QEvent::KeyPress &&
      static_cast<QKeyEvent*>(event)->key() == Qt::Key_Delete) {
    removeChosen();
    return true;
  }
  return QWidget::eventFilter(watched, event);
}

void StudyModels::tell(const QString& words) {
  words_->setText(words);
  words_->setVisible(!words.isEmpty());
}

}  // namespace synann::ui
