// SPDX-License-Identifier: GPL-3.0-or-later
// How the Circuit page is put together.
#include <utility>

#include <QAction>
#include <QCheckBox>
#include <QComboBox>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QLabel>
#include <QScrollArea>
#include <QTabWidget>
#include <QVBoxLayout>

#include "engine/synapse/circuit_examples.h"
#include "ui/pages/circuit/circuit_analysis.h"
#include "ui/pages/circuit/circuit_editor.h"
#include "ui/pages/circuit/circuit_export.h"
#include "ui/pages/circuit/circuit_page.h"
#include "ui/pages/circuit/circuit_panel.h"
#include "ui/pages/circuit/circuit_view.h"
#include "ui/pages/figure_deck.h"
#include "ui/pages/page_controls.h"
#include "ui/plots/figure_view.h"
#include "ui/widgets/action_button.h"

namespace synann::ui {

namespace {

constexpr int kRates[] = {1, 2, 5, 10, 30, 100, 1000};  // steps a second
constexpr int kUsualRate = 2;                           // its place
constexpr int kExampleWide = 9;                         // characters
constexpr int kLeastTabs = 110, kLeastPanel = 96;       // pixels

QString fromView(std::string_view text) {
  return QString::fromUtf8(text.data(), static_cast<qsizetype>(text.size()));
}

ActionInfo circuitAction(const char* id, const QString& text, const char* shortcut, const QString& help,
                         bool separator = false) {
  ActionInfo info{.id = QLatin1String(id),
                  .text = text,
                  .shortcut = QLatin1String(shortcut),
                  .help = help,
                  .menu = MenuId::View,
                  .submenu = CircuitPage::tr("&Circuit")};
  info.separator_before = separator;
  return info;
}

std::vector<ActionInfo> circuitActions() {
  using P = CircuitPage;
  std::vector<ActionInfo> all = {
      circuitAction("circuit.new", P::tr("&New circuit"), "",
                    P::tr("Begin an empty circuit; Undo brings this one back")),
      circuitAction("circuit.open", P::tr("&Open circuit…"), "",
                    P::tr("Open a file of a circuit; Undo brings this one back")),
      circuitAction("circuit.save", P::tr("&Save circuit"), "Ctrl+S",
                    P::tr("Write the circuit into its file")),
      circuitAction("circuit.save-as", P::tr("Save &as…"), "Ctrl+Shift+S",
                    P::tr("Write the circuit into another file")),
      circuitAction("circuit.undo", P::tr("&Undo"), "Ctrl+Z",
                    P::tr("Take the last change of the circuit back")),
      circuitAction("circuit.redo", P::tr("&Redo"), "Ctrl+Shift+Z",
                    P::tr("Make the change again that was taken back")),
      circuitAction("circuit.add-synapse", P::tr("Add s&ynapse"), "",
                    P::tr("Add a synapse to the circuit; in the drawing, S")),
      circuitAction("circuit.add-input", P::tr("Add i&nput"), "",
                    P::tr("Add an input to the circuit; in the drawing, I")),
      circuitAction("circuit.remove", P::tr("&Delete"), "",
                    P::tr("Remove what is chosen from the circuit; in the drawing, Delete")),
      circuitAction("circuit.duplicate", P::tr("Dupl&icate"), "Ctrl+D",
                    P::tr("Add a copy of what is chosen, with its wires")),
      circuitAction("circuit.arrange", P::tr("Arran&ge"), "Ctrl+G",
                    P::tr("Put every symbol where the wires cross least")),
      circuitAction("circuit.fit", P::tr("Show a&ll"), "",
                    P::tr("Zoom until the whole circuit is seen; in the drawing, 0")),
      circuitAction("circuit.step", P::tr("S&tep"), "Ctrl+.", P::tr("Evaluate one step")),
      circuitAction("circuit.play", P::tr("&Play"), "Ctrl+P", P::tr("Evaluate step after step, or pause")),
      circuitAction("circuit.reset", P::tr("R&eset to start"), "",
                    P::tr("Go back to the first step from the starts")),
      circuitAction("circuit.settle", P::tr("&Fixed point"), "",
                    P::tr("Go on to where no value changes by more than 1e−12, or to a cycle")),
  };
  return all;
}

}  // namespace

PageInfo CircuitPage::info() {
  return {.id = QStringLiteral("circuit"),
          .text = tr("&Circuit"),
          .help = tr("Circuits of synapses: draw them, run them step by step, gates, latches and units"),
          .glyph = Glyph::Circuit,
          .time_line = false,
          .actions = circuitActions(),
          .views = circuitViews(),
          .make = [](Workspace& workspace, const PageActions& actions, QWidget* parent) -> Page* {
            return new CircuitPage(workspace, actions, parent);
          },
          .viewFigure = circuitViewFigure,
          .checkView = checkCircuit,
          .heading = "Views of a circuit",
          .fields = circuitFields(),
          .files = circuitFiles(),
          .of_run = false};
}

void CircuitPage::makeControls() {
  example_ = named(makeChoice({tr("Examples…")}, this, kExampleWide), "circuit.example", tr("Examples"),
                   tr("Open one of the circuits of the theory; Undo brings this one back"));
  for (const synapse::CircuitExample& example : synapse::circuit_examples()) {
    example_->addItem(fromView(example.title), fromView(example.id));
    example_->setItemData(example_->count() - 1, fromView(example.help), Qt::ToolTipRole);
  }
  rate_ = named(new CalmComboBox(this), "circuit.rate", tr("Rate"), tr("How many steps a second Play makes"));
  for (const int rate : kRates) rate_->addItem(tr("%1/s").arg(rate), rate);
  rate_->setCurrentIndex(kUsualRate);
  clamp_ = named(new QCheckBox(tr("Clamp"), this), "circuit.clamp", tr("Clamp to 0 … 1"),
                 tr("Every value is clamped to 0 … 1 before anything takes it"));
  previous_ = named(
      new QCheckBox(tr("Wires of the step before"), this), "circuit.previous", tr("Wires of the step before"),
      tr("New wires give what their synapse gave one step before; P in the drawing, or Shift while "
         "dragging"));
}

QWidget* CircuitPage::makePicture() {
  // Beside the drawing a word is enough.
  for (const auto& [id, word] :
       {std::pair("circuit.new", tr("New")), std::pair("circuit.open", tr("Open…")),
        std::pair("circuit.save", tr("Save")), std::pair("circuit.add-synapse", tr("Synapse")),
        std::pair("circuit.add-input", tr("Input")), std::pair("circuit.reset", tr("Reset"))})
    action(id)->setIconText(word);
  auto* left = new QWidget(this);
  auto* column = new QVBoxLayout(left);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(4);
  const auto bar = [&](std::initializer_list<const char*> ids, QWidget* first, QWidget* last) {
    auto* row = new QHBoxLayout;
    row->setSpacing(4);
    if (first != nullptr) row->addWidget(first);
    for (const char* id : ids) row->addWidget(new ActionButton(action(id), Qt::ToolButtonTextOnly, left));
    if (last != nullptr) row->addWidget(last);
    row->addStretch(1);
    column->addLayout(row);
  };
  bar({"circuit.new", "circuit.open", "circuit.save", "circuit.undo", "circuit.redo"}, example_, nullptr);
  bar({"circuit.add-synapse", "circuit.add-input", "circuit.remove", "circuit.arrange", "circuit.fit"},
      nullptr, nullptr);
  view_->setObjectName("circuit.circuit");
  view_->setToolTip({});
  view_->setWhatsThis(tr("The circuit: symbols of synapses, inputs and constants, joined by wires"));
  column->addWidget(view_, 1);
  numbers()->setObjectName("circuit.numbers");
  return left;
}

QWidget* CircuitPage::makeSide() {
  const auto button = [this](const char* id) {
    return new ActionButton(action(id), Qt::ToolButtonTextOnly, this);
  };
  addControls(tr("Run"),
              {together({button("circuit.step"), button("circuit.play"), button("circuit.settle")})});
  addControls(tr("Rate"), {together({rate_, button("circuit.reset"), clamp_})});
  addControls(tr("Wires"), {previous_});
  trace_ = deck_->add("circuit-trace", tr("The values over the steps appear here."),
                      tr("What the outputs gave at each step; without outputs, the first synapses"));
  truth_ =
      deck_->add("truth-table", tr("The truth table appears here."),
                 tr("The outputs for each choice of 0 and 1 at the inputs, after one step from the starts"));
  deck_->addTab(tr("Trace"), {trace_});
  deck_->addTab(tr("Truth table"), {truth_});
  analysis_->addTabs();
  auto* side = new QWidget(this);
  auto* column = new QVBoxLayout(side);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(6);
  // A small screen has no room for all of its lines.
  auto* scroll = new QScrollArea(side);
  scroll->setWidget(panel_);
  scroll->setWidgetResizable(true);
  scroll->setFrameShape(QFrame::NoFrame);
  scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  scroll->setMinimumHeight(kLeastPanel);
  scroll->setFocusPolicy(Qt::NoFocus);
  scroll->setMaximumHeight(panel_->sizeHint().height());
  column->addWidget(scroll, 100);  // all that it needs, before the tabs have more than their least
  column->addWidget(analysis_->settleRow());
  QTabWidget* const tabs = deck_->finish();
  tabs->setMinimumHeight(kLeastTabs);
  column->addWidget(tabs, 1);
  return side;
}

void CircuitPage::connectDocument() {
  connect(&document_, &CircuitDocument::changed, this, &CircuitPage::documentChanged);
  // The stack knows of an edit only after the document has changed.
  connect(&document_.undoStack(), &QUndoStack::indexChanged, this, &CircuitPage::updateActions);
  connect(&document_.undoStack(), &QUndoStack::cleanChanged, this, &CircuitPage::updateActions);
  connect(&player_, &CircuitPlayer::stepped, this, &CircuitPage::stepped);
  connect(&player_, &CircuitPlayer::playingChanged, this, &CircuitPage::updateActions);
  connect(&workspace_.selection(), &Selection::unitOpened, this, &CircuitPage::openUnit);
  connect(panel_, &CircuitPanel::failed, this, &Page::failed);
  connect(panel_, &CircuitPanel::noted, this, &CircuitPage::tell);
  connect(deck_, &FigureDeck::tabChanged, this, &CircuitPage::showFigures);
  connect(deck_, &FigureDeck::exportWanted, this, &Page::exportWanted);
  for (FigureView* figure : {trace_, truth_})
    connect(figure, &FigureView::currentPointChanged, this, [this](const QString& text) {
      if (!text.isEmpty()) setRemark(text);
    });
  connect(example_, &QComboBox::activated, this, [this] {
    const QString id = example_->currentData().toString();
    example_->setCurrentIndex(0);
    openExample(id);
  });
  connect(rate_, &QComboBox::activated, this, [this] { player_.setRate(rate_->currentData().toInt()); });
  connect(clamp_, &QCheckBox::toggled, this, [this](bool clamped) {
    analysis_->setCircuit(clamped);
    player_.setClamped(clamped);
  });
  connectAnalysis();
}

void CircuitPage::connectAnalysis() {
  connect(analysis_, &CircuitAnalysis::settled, this,
          [this](const std::vector<double>& before, qint64 step, const QString& words) {
            if (!player_.passTo(step)) player_.place(before, step);
            tell(words);
          });
  connect(analysis_, &CircuitAnalysis::settlingChanged, this, &CircuitPage::updateActions);
  connect(analysis_, &CircuitAnalysis::told, this, &CircuitPage::tell);
  connect(analysis_, &CircuitAnalysis::failed, this, &Page::failed);
  connect(analysis_, &CircuitAnalysis::studyChanged, this, &Page::rememberWanted);
  connect(analysis_, &CircuitAnalysis::figuresChanged, this, [this] {
    deck_->showTable();
    emit exportableChanged();
  });
}

void CircuitPage::connectView() {
  connect(view_, &CircuitView::moved, editor_, &CircuitEditor::takeLayout);
  connect(view_, &CircuitView::wireWanted, editor_, &CircuitEditor::wire);
  connect(editor_, &CircuitEditor::told, this, &CircuitPage::tell);
  connect(editor_, &CircuitEditor::failed, this, &Page::failed);
  connect(view_, &CircuitView::selectionChanged, this, [this] {
    showCurrent();
    updateActions();
  });
  connect(view_, &CircuitView::addWanted, editor_, &CircuitEditor::add);
  connect(view_, &CircuitView::removeWanted, editor_, &CircuitEditor::remove);
  connect(view_, &CircuitView::copyWanted, editor_, &CircuitEditor::copy);
  connect(view_, &CircuitView::cutWanted, editor_, &CircuitEditor::cut);
  connect(view_, &CircuitView::pasteWanted, editor_, &CircuitEditor::paste);
  connect(view_, &CircuitView::told, this, &CircuitPage::tell);
  connect(view_, &CircuitView::previousWiresChanged, previous_, &QCheckBox::setChecked);
  connect(previous_, &QCheckBox::toggled, view_, &CircuitView::setPreviousWires);
  connect(panel_, &CircuitPanel::renamed, this, [this](const QString&, const QString& to) {
    // The name is new to the drawing only once the document has changed.
    QMetaObject::invokeMethod(
        this, [this, to] { view_->choose({to.toStdString()}); }, Qt::QueuedConnection);
  });
  connect(view_, &CircuitView::editWanted, this, [this] {
    showCurrent();
    const CircuitItem& item = view_->current();
    const CircuitGraph& graph = view_->scene().graph();
    using Field = CircuitPanel::Field;
    if (item.kind == CircuitItem::Kind::Wire)
      panel_->edit(graph.wire(item.number).inhibitory ? Field::Inhibitory : Field::Excitatory);
    else
      panel_->edit(graph.isInput(item.number) ? Field::Value : Field::Alpha);
  });
}

void CircuitPage::connectActions() {
  const auto on = [this](const char* id, auto&& work) {
    connect(action(id), &QAction::triggered, this, std::forward<decltype(work)>(work));
  };
  on("circuit.new", [this] { begin(); });
  on("circuit.open", [this] { openDialog(); });
  on("circuit.save", [this] { save(false); });
  on("circuit.save-as", [this] { save(true); });
  on("circuit.undo", [this] { document_.undoStack().undo(); });
  on("circuit.redo", [this] { document_.undoStack().redo(); });
  on("circuit.add-synapse", [this] { editor_->add(false); });
  on("circuit.add-input", [this] { editor_->add(true); });
  on("circuit.remove", [this] { editor_->remove(); });
  on("circuit.duplicate", [this] { editor_->duplicate(); });
  on("circuit.arrange", [this] { editor_->arrange(); });
  on("circuit.fit", [this] { view_->resetView(); });
  on("circuit.step", [this] {
    analysis_->stopSettling();
    player_.pause();
    player_.step();
  });
  on("circuit.play", [this] {
    if (analysis_->settling())
      analysis_->stopSettling();
    else if (player_.playing())
      player_.pause();
    else
      player_.setPlaying(true);
  });
  on("circuit.reset", [this] {
    analysis_->stopSettling();
    player_.reset();
  });
  on("circuit.settle", [this] { settle(); });
  fillMenuOfView();
}

// What a right click on the drawing offers beside copying its picture. The keys of the clipboard belong to
// whatever has the focus: they are named here, not taken.
void CircuitPage::fillMenuOfView() {
  const auto add = [this](const char* name, const QString& text, QKeySequence::StandardKey key, auto work) {
    auto* made = new QAction(text + '\t' + QKeySequence(key).toString(QKeySequence::NativeText), view_);
    made->setObjectName(QLatin1String(name));
    connect(made, &QAction::triggered, editor_, work);
    view_->addAction(made);
    return made;
  };
  for (const char* id : {"circuit.undo", "circuit.redo"}) view_->addAction(action(id));
  QAction* const cut = add("circuit.cut", tr("C&ut symbols"), QKeySequence::Cut, &CircuitEditor::cut);
  QAction* const copy = add("circuit.copy", tr("Cop&y symbols"), QKeySequence::Copy, &CircuitEditor::copy);
  add("circuit.paste", tr("&Paste symbols"), QKeySequence::Paste, &CircuitEditor::paste);
  for (const char* id : {"circuit.duplicate", "circuit.remove", "circuit.add-synapse", "circuit.add-input",
                         "circuit.arrange", "circuit.fit"})
    view_->addAction(action(id));
  const auto follow = [this, cut, copy] {
    for (QAction* one : {cut, copy}) one->setEnabled(action("circuit.duplicate")->isEnabled());
  };
  connect(action("circuit.duplicate"), &QAction::changed, view_, follow);
  follow();
}

// They belong to the page alone: elsewhere their keys do nothing.
void CircuitPage::updateActions() {
  const bool here = isVisible(), synapses = !document_.circuit().synapses.empty();
  const bool chosen = !view_->chosen().empty() || static_cast<bool>(view_->current());
  for (const char* id : {"circuit.new", "circuit.open", "circuit.add-synapse", "circuit.add-input"})
    action(id)->setEnabled(here);
  for (const char* id :
       {"circuit.save", "circuit.save-as", "circuit.step", "circuit.play", "circuit.reset", "circuit.settle"})
    action(id)->setEnabled(here && synapses);
  for (const char* id : {"circuit.remove", "circuit.duplicate"}) action(id)->setEnabled(here && chosen);
  for (const char* id : {"circuit.arrange", "circuit.fit"})
    action(id)->setEnabled(here && !document_.empty());
  action("circuit.undo")->setEnabled(here && document_.canUndo());
  action("circuit.redo")->setEnabled(here && document_.undoStack().canRedo());
  const QString file = document_.path().isEmpty() ? QString() : QFileInfo(document_.path()).fileName();
  const QString name = QString::fromStdString(document_.circuit().name);
  const QString changed = (file.isEmpty() ? name.isEmpty() ? tr("circuit") : name : file) + '*';
  example_->setItemText(0, document_.modified() ? changed : file.isEmpty() ? tr("Examples…") : file);
  action("circuit.play")->setText(player_.playing() || analysis_->settling() ? tr("&Pause") : tr("&Play"));
}

}  // namespace synann::ui
