// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/network/model_editor.h"

#include <algorithm>
#include <utility>

#include <QApplication>
#include <QFileDialog>
#include <QFormLayout>
#include <QGridLayout>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QScrollArea>
#include <QShortcut>
#include <QTreeWidget>
#include <QVBoxLayout>

#include "engine/core/file.h"
#include "engine/model/layer_keys.h"
#include "engine/model/layer_words.h"
#include "engine/model/model_file.h"
#include "engine/train/own_model.h"
#include "ui/pages/page_controls.h"
#include "ui/widgets/calm_combo_box.h"

namespace synann::ui {
namespace {

QString textOf(std::string_view text) {
  return QString::fromUtf8(text.data(), static_cast<qsizetype>(text.size()));
}

}  // namespace

ModelEditor::ModelEditor(Workspace& workspace, QWidget* parent)
    : QWidget(parent),
      workspace_(workspace),
      list_(new QTreeWidget(this)),
      kinds_(new CalmComboBox(this)),
      id_(new QLineEdit(this)),
      form_box_(new QWidget(this)),
      form_(new QFormLayout(form_box_)),
      words_(new QLabel(this)) {
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(4, 4, 4, 4);
  makeList();
  makeKinds();
  named(id_, "network.edit.id", tr("Name of the network"),
        tr("What runs call it: 1 to 40 of a–z, 0–9, - and _. A network with a name of its own gets another "
           "one as soon as it "
           "is changed."));
  named(words_, "network.edit.words", tr("State of the network"), {});
  words_->setWordWrap(true);
  form_->setContentsMargins(0, 0, 0, 0);
  form_->setFieldGrowthPolicy(QFormLayout::AllNonFixedFieldsGrow);
  form_->setRowWrapPolicy(QFormLayout::DontWrapRows);
  column->addWidget(list_, 1);
  column->addWidget(makeButtons());
  auto* scroll = new QScrollArea(this);
  scroll->setWidget(form_box_);
  scroll->setWidgetResizable(true);
  scroll->setFrameShape(QFrame::NoFrame);
  scroll->setFocusPolicy(Qt::NoFocus);
  scroll->setMinimumHeight(70);
  column->addWidget(scroll, 1);
  column->addWidget(words_);
  connect(id_, &QLineEdit::editingFinished, this, [this] {
    if (filling_ || id_->text().toStdString() == document_.definition().id) return;
    if (const Status renamed = document_.rename(id_->text().toStdString()); !renamed)
      return say(QString::fromStdString(renamed.error().sentence()));
    changed();
  });
  connect(&workspace_.plan(), &RunPlan::changed, this, &ModelEditor::takePlan);
  takePlan();
}

void ModelEditor::makeList() {
  named(list_, "network.edit.layers", tr("Layers of the network"),
        tr("From the image to the class scores. Alt+Up and Alt+Down move a layer, Delete takes it out"));
  list_->setHeaderLabels({tr("Layer"), tr("Output"), tr("Trained"), tr("Share")});
  list_->setRootIsDecorated(false);
  list_->setUniformRowHeights(true);
  list_->setItemsExpandable(false);
  list_->setMinimumHeight(90);
  list_->header()->setStretchLastSection(false);
  list_->header()->setSectionResizeMode(0, QHeaderView::Stretch);
  for (const int k : {1, 2, 3}) list_->header()->setSectionResizeMode(k, QHeaderView::ResizeToContents);
  connect(list_, &QTreeWidget::currentItemChanged, this, [this] {
    if (filling_) return;
    fillForm();
    emit layerChosen(current());
  });
}

void ModelEditor::makeKinds() {
  named(kinds_, "network.edit.kind", tr("Kind of layer to add"), tr("What Add puts behind the chosen layer"));
  for (const model::KindInfo& info : model::kind_infos()) {
    if (info.kind == model::LayerKind::LogSoftmax) continue;  // the last, which is always there
    kinds_->addItem(textOf(model::kind_id(info.kind)), static_cast<int>(info.kind));
  }
  kinds_->addItem(tr("residual"), static_cast<int>(model::LayerKind::ResidualBegin));
  kinds_->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
  kinds_->setMinimumContentsLength(10);
}

QPushButton* ModelEditor::button(const QString& name, const QString& text, const QString& help,
                                 const QKeySequence& keys) {
  const QString hint =
      keys.isEmpty() ? help : QStringLiteral("%1 (%2)").arg(help, keys.toString(QKeySequence::NativeText));
  auto* made = named(new QPushButton(text, this), "network.edit." + name, help, hint);
  made->setAutoDefault(false);
  if (!keys.isEmpty()) {
    auto* shortcut = new QShortcut(keys, this);
    shortcut->setContext(Qt::WidgetWithChildrenShortcut);
    connect(shortcut, &QShortcut::activated, made, &QPushButton::click);
  }
  buttons_[name] = made;
  return made;
}

QWidget* ModelEditor::makeButtons() {
  auto* box = new QWidget(this);
  auto* grid = new QGridLayout(box);
  grid->setContentsMargins(0, 0, 0, 0);
  grid->addWidget(kinds_, 0, 0, 1, 2);
  grid->addWidget(button("add", tr("&Add"), tr("Put a layer of this kind behind the chosen one"), {}), 0, 2);
  grid->addWidget(button("remove", tr("Remo&ve"), tr("Take the chosen layer out"), QKeySequence::Delete), 0,
                  3);
  grid->addWidget(button("up", tr("Up"), tr("Move the chosen layer towards the image"), Qt::ALT | Qt::Key_Up),
                  1, 0);
  grid->addWidget(
      button("down", tr("Down"), tr("Move the chosen layer towards the classes"), Qt::ALT | Qt::Key_Down), 1,
      1);
  grid->addWidget(button("undo", tr("Undo"), tr("Take the last change back"), QKeySequence::Undo), 1, 2);
  grid->addWidget(button("redo", tr("Redo"), tr("Make the change again"), QKeySequence::Redo), 1, 3);
  grid->addWidget(id_, 2, 0, 1, 3);
  grid->addWidget(button("save", tr("&Save as…"), tr("Write the network as a model file"), {}), 2, 3);
  const auto on = [this](const char* name, auto work) {
    connect(buttons_[name], &QPushButton::clicked, this, [this, work] {
      if (work()) changed();
    });
  };
  on("add", [this] {
    const auto kind = static_cast<model::LayerKind>(kinds_->currentData().toInt());
    const auto at = static_cast<std::size_t>(std::max(0, current()));
    if (kind == model::LayerKind::ResidualBegin) return document_.enclose(at);
    const std::size_t place = document_.add(at, kind);
    changed();
    chooseLayer(static_cast<int>(place));
    return false;
  });
  on("remove", [this] { return document_.remove(static_cast<std::size_t>(std::max(0, current()))); });
  const auto move = [this](int by) {
    const int at = current();
    if (at < 0 || !document_.move(static_cast<std::size_t>(at), by)) return false;
    changed();
    chooseLayer(at + by);
    return false;
  };
  on("up", [move] { return move(-1); });
  on("down", [move] { return move(1); });
  on("undo", [this] { return document_.canUndo() && (document_.undo(), true); });
  on("redo", [this] { return document_.canRedo() && (document_.redo(), true); });
  connect(buttons_["save"], &QPushButton::clicked, this, &ModelEditor::save);
  return box;
}

int ModelEditor::current() const {
  return list_->indexOfTopLevelItem(list_->currentItem());
}

void ModelEditor::chooseLayer(int index) {
  if (index == current() || index < 0 || index >= list_->topLevelItemCount()) return;
  list_->setCurrentItem(list_->topLevelItem(index));
}

void ModelEditor::setSizes(int rows, int columns, int classes) {
  if (std::tuple(rows, columns, classes) == std::tuple(rows_, columns_, classes_)) return;
  rows_ = rows, columns_ = columns, classes_ = classes;
  fillList();
}

// The plan's network, unless it is the one that was given to it.
void ModelEditor::takePlan() {
  const train::Settings& plan = workspace_.plan().settings();
  const bool locked = workspace_.controller().sessionOpen();
  for (QWidget* part : {static_cast<QWidget*>(kinds_), static_cast<QWidget*>(id_), form_box_})
    part->setEnabled(!locked);
  if (!giving_) {
    const auto definition = train::definition_of_settings(plan);
    const bool same = definition && definition->layers == document_.definition().layers &&
                      definition->id == document_.definition().id;
    if (definition && !same) {
      const auto known = train::named_models();
      const bool taken = std::any_of(known.begin(), known.end(),
                                     [&](const auto& info) { return info.id == definition->id; });
      document_.open(*definition, taken ? definition->id + "-edited" : std::string());
      fillList();
    }
  }
  if (locked == locked_) return;
  locked_ = locked;
  for (QPushButton* button : std::as_const(buttons_))
    button->setEnabled(!locked || button == buttons_["save"]);
  fillList();
}

void ModelEditor::changed() {
  fillList();
  if (!seen_.wrong.empty()) return;
  giving_ = true;
  workspace_.plan().takeDefinition(document_.definition());
  giving_ = false;
}

void ModelEditor::fillList() {
  filling_ = true;
  const int at = std::max(0, current());
  seen_ = document_.look(rows_, columns_, classes_);
  list_->clear();
  for (const EditedLayer& layer : seen_.layers) {
    const QString name =
        layer.name.empty() ? QString() : QStringLiteral("  ") + QString::fromStdString(layer.name);
    auto* item = new QTreeWidgetItem(
        {QString(4 * layer.depth, ' ') + QString::fromStdString(layer.kind) + name,
         QString::fromStdString(layer.shape),
         layer.trained > 0 ? locale().toString(static_cast<qlonglong>(layer.trained)) : QString(),
         layer.share > 0 ? tr("%1 %").arg(100 * layer.share, 0, 'f', 1) : QString()});
    for (const int k : {2, 3}) item->setTextAlignment(k, Qt::AlignRight | Qt::AlignVCenter);
    if (layer.wrong) {
      QFont bold = list_->font();
      bold.setBold(true);
      item->setFont(0, bold);
      item->setText(1, tr("does not fit"));
      item->setToolTip(0, QString::fromStdString(seen_.wrong));
    }
    list_->addTopLevelItem(item);
  }
  list_->setCurrentItem(list_->topLevelItem(std::min(at, list_->topLevelItemCount() - 1)));
  id_->setText(QString::fromStdString(document_.definition().id));
  filling_ = false;
  buttons_["undo"]->setEnabled(!locked_ && document_.canUndo());
  buttons_["redo"]->setEnabled(!locked_ && document_.canRedo());
  buttons_["save"]->setEnabled(seen_.wrong.empty());
  say(QString::fromStdString(seen_.wrong));
  fillForm();
}

void ModelEditor::addRow(const QString& key, const QString& help, QWidget* field) {
  named(field, "network.edit.key." + key, key, help);
  form_->addRow(key, field);
}

void ModelEditor::fillForm() {
  while (form_->rowCount() > 0) {
    // One of them may be what this is called from.
    const QFormLayout::TakeRowResult row = form_->takeRow(0);
    for (QLayoutItem* item : {row.labelItem, row.fieldItem})
      if (item != nullptr && item->widget() != nullptr) item->widget()->hide(), item->widget()->deleteLater();
    delete row.labelItem;
    delete row.fieldItem;
  }
  const int at = current();
  if (at < 0) return;
  const model::Layer& layer = document_.definition().layers[static_cast<std::size_t>(at)];
  for (const model::LayerKey& key : model::layer_keys(layer.kind)) {
    const QString name = textOf(key.name), help = tr("%1: %2.").arg(textOf(key.help), textOf(key.expected));
    const QString value = QString::fromStdString(ModelDocument::valueOf(layer, std::string(key.name)));
    if (!key.words.empty() || key.name == "bias") {
      auto* box = new CalmComboBox(form_box_);
      if (key.words.empty()) box->addItems({QStringLiteral("true"), QStringLiteral("false")});
      for (const std::string_view word : key.words) box->addItem(textOf(word));
      box->setCurrentIndex(std::max(0, box->findText(value)));
      connect(box, &QComboBox::activated, this, [this, box, name] { setKeyLater(name, box->currentText()); });
      addRow(name, help, box);
    } else {
      auto* line = new QLineEdit(value, form_box_);
      line->setPlaceholderText(key.required ? QString() : tr("default"));
      connect(line, &QLineEdit::editingFinished, this, [this, line, name] {
        if (!line->isModified()) return;
        line->setModified(false);
        setKeyLater(name, line->text().trimmed());
      });
      addRow(name, help, line);
    }
  }
}

// The widget that asks for it goes with the form; the layer is the one that was chosen then.
void ModelEditor::setKeyLater(const QString& key, const QString& value) {
  QMetaObject::invokeMethod(
      this, [this, at = current(), key, value] { setKey(at, key, value); }, Qt::QueuedConnection);
}

void ModelEditor::setKey(int at, const QString& key, const QString& value) {
  if (at < 0 || std::cmp_greater_equal(at, document_.definition().layers.size())) return;
  const Status taken = document_.set(static_cast<std::size_t>(at), key.toStdString(), value.toStdString());
  if (!taken) return say(QString::fromStdString(taken.error().sentence()));
  const QString field = "network.edit.key." + key;
  const bool keyboard = form_box_->isAncestorOf(QApplication::focusWidget());
  changed();
  // The form was made anew: the keyboard stays where it was.
  const auto again = form_box_->findChildren<QWidget*>(field);
  if (at == current() && !again.isEmpty() && keyboard) again.last()->setFocus();
}

void ModelEditor::say(const QString& wrong) {
  if (locked_) return words_->setText(tr("The network cannot be changed in the middle of a run."));
  if (!wrong.isEmpty()) return words_->setText(wrong + '.');
  words_->setText(
      tr("%1 trained parameters, %2 operations a sample in training. Train begins with this network.")
          .arg(locale().toString(static_cast<qlonglong>(seen_.trained)),
               locale().toString(static_cast<qlonglong>(seen_.operations))));
}

void ModelEditor::save() {
  const QString path = QFileDialog::getSaveFileName(
      this, tr("Save the network as a model file"),
      QString::fromStdString(document_.definition().id) + ".json", tr("Model files (*.json)"));
  if (path.isEmpty()) return;
  auto definition = document_.definition();
  if (const auto trained = train::definition_of_settings(workspace_.plan().settings()))
    definition.training = trained->training;
  const std::string text = model::model_file_text(definition);
  const Status written = write_file_atomically(
      path.toStdString(), {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
  say(written ? QString() : QString::fromStdString(written.error().sentence()));
}

}  // namespace synann::ui
