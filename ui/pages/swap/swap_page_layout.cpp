// SPDX-License-Identifier: GPL-3.0-or-later
// How the Swap page is put together.
#include <QFontDatabase>
#include <QGridLayout>
#include <QLabel>
#include <QPushButton>
#include <QScrollArea>
#include <QVBoxLayout>

#include "engine/synapse/matched_pairs.h"
#include "ui/pages/field_controls.h"
#include "ui/pages/figure_deck.h"
#include "ui/pages/page_controls.h"
#include "ui/pages/swap/swap_page.h"
#include "ui/plots/figure_view.h"

namespace synann::ui {

namespace {

constexpr int kSwapLabelWidth = 92;  // pixels

QWidget* sideBySide(QWidget* parent, std::initializer_list<QWidget*> widgets) {
  auto* both = new QWidget(parent);
  auto* row = new QHBoxLayout(both);
  row->setContentsMargins(0, 0, 0, 0);
  row->setSpacing(4);
  for (QWidget* widget : widgets) row->addWidget(widget, 1);
  return both;
}

}  // namespace

FigureView* SwapPage::makeFigure(const char* name, const QString& help) {
  FigureView* const view = deck_->add(QString::fromLatin1(name), tr("Appears with its numbers."), help);
  figures_.push_back(view);
  return view;
}

QWidget* SwapPage::line(const QString& label, std::initializer_list<QWidget*> widgets) {
  auto* whole = new QWidget(this);
  auto* row = new QHBoxLayout(whole);
  row->setContentsMargins(0, 0, 0, 0);
  row->setSpacing(6);
  auto* words = new QLabel(label, whole);
  words->setMinimumWidth(kSwapLabelWidth);
  words->setBuddy(*widgets.begin());
  row->addWidget(words);
  for (QWidget* widget : widgets) row->addWidget(widget, 1);
  return whole;
}

QWidget* SwapPage::fieldLine(const QString& label, const char* field) {
  return line(label, {fields_->widget(field)});
}

QWidget* SwapPage::sliderLine(const QString& label, const char* field) {
  QWidget* const whole = line(label, {fields_->slider(field), fields_->widget(field)});
  whole->findChild<QLabel*>()->setMinimumWidth(12);
  return whole;
}

QWidget* SwapPage::makeTab(QWidget* figures, const std::vector<QWidget*>& controls, const char* id,
                           Side& side) {
  auto* tab = new QWidget(this);
  auto* area = new QScrollArea(tab);
  auto* inside = new QWidget(area);
  auto* column = new QVBoxLayout(inside);
  column->setContentsMargins(4, 0, 4, 0);
  column->setSpacing(4);
  for (QWidget* control : controls) column->addWidget(control);
  side.numbers = named(new QLabel(inside), QStringLiteral("swap.%1-numbers").arg(QLatin1String(id)),
                       tr("Numbers"), tr("To be copied; the table has all their digits"));
  side.numbers->setFont(QFontDatabase::systemFont(QFontDatabase::FixedFont));
  side.numbers->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
  side.remark = named(new QLabel(inside), QStringLiteral("swap.%1-note").arg(QLatin1String(id)), tr("Remark"),
                      tr("What there is to say about these numbers"));
  side.remark->setWordWrap(true);
  column->addWidget(side.numbers);
  column->addWidget(side.remark);
  column->addStretch(1);
  area->setWidget(inside);
  area->setWidgetResizable(true);
  area->setFrameShape(QFrame::NoFrame);
  area->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  area->setFocusPolicy(Qt::NoFocus);
  area->setFixedWidth(kSideWidth);
  auto* row = new QHBoxLayout(tab);
  row->setContentsMargins(0, 0, 0, 0);
  row->setSpacing(4);
  row->addWidget(figures, 1);
  row->addWidget(area);
  return tab;
}

QWidget* SwapPage::swapTab() {
  map_->setObjectName(QStringLiteral("swap.swap"));
  map_->setPlaceholder(tr("Appears with its numbers."));
  const QString help =
      tr("The chosen quantity over x and y as colours, with lines on which it is the same; a click chooses a "
         "place");
  map_->setWhatsThis(help);
  map_->setToolTip(help);
  figures_.push_back(map_);
  FigureView* const section =
      makeFigure("swap-section", tr("The chosen quantity along one input, the other one held"));
  auto* figures = new QWidget(this);
  auto* column = new QVBoxLayout(figures);
  column->setContentsMargins(0, 0, 0, 0);
  column->addWidget(map_, 3);
  column->addWidget(section, 2);
  return makeTab(figures,
                 {sliderLine(tr("x"), "x"), sliderLine(tr("y"), "y"), sliderLine(tr("α"), "alpha"),
                  sliderLine(tr("β"), "beta"), fieldLine(tr("Show"), "quantity"),
                  fieldLine(tr("Section along"), "along"),
                  line(tr("Colours"), {fields_->widget("colors"), fields_->widget("lines")})},
                 "swap", swap_side_);
}

// The 2 × 2 table: the case in columns, the control in rows.
QWidget* SwapPage::countsTable() {
  auto* table = new QWidget(this);
  auto* grid = new QGridLayout(table);
  grid->setContentsMargins(0, 0, 0, 0);
  grid->setSpacing(4);
  const auto head = [&](const QString& text, int row, int column) {
    auto* label = new QLabel(text, table);
    label->setAlignment(row == 0 ? Qt::AlignCenter : Qt::AlignLeft | Qt::AlignVCenter);
    grid->addWidget(label, row, column);
  };
  head(tr("case exposed"), 0, 1);
  head(tr("case not"), 0, 2);
  head(tr("control exposed"), 1, 0);
  head(tr("control not"), 2, 0);
  grid->addWidget(fields_->widget("both"), 1, 1);
  grid->addWidget(fields_->widget("control_only"), 1, 2);
  grid->addWidget(fields_->widget("case_only"), 2, 1);
  grid->addWidget(fields_->widget("neither"), 2, 2);
  for (const char* id : {"both", "control_only", "case_only", "neither"})
    fields_->widget(id)->setMinimumWidth(60);
  grid->setColumnStretch(1, 1);
  grid->setColumnStretch(2, 1);
  return table;
}

QWidget* SwapPage::exampleButtons() {
  auto* all = new QWidget(this);
  auto* column = new QVBoxLayout(all);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(2);
  column->addWidget(new QLabel(tr("Examples with invented numbers:"), all));
  auto* row = new QHBoxLayout;
  row->setSpacing(4);
  column->addLayout(row);
  for (const synapse::PairsExample& example : synapse::pairs_examples()) {
    const auto words = [](std::string_view text) {
      return QString::fromUtf8(text.data(), static_cast<qsizetype>(text.size()));
    };
    auto* button =
        named(new QPushButton(words(example.title), all),
              QStringLiteral("swap.example-%1").arg(words(example.id)), words(example.title),
              tr("Invented numbers. %1. Exposed: %2").arg(words(example.help), words(example.exposure)));
    button->setCheckable(true);
    button->setAutoDefault(false);
    examples_.push_back(button);
    const auto number = static_cast<int>(examples_.size());
    connect(button, &QPushButton::clicked, this, [this, number] { chooseExample(number); });
    row->addWidget(button);
  }
  return all;
}

QWidget* SwapPage::openButton(const char* name, const QString& text, const QString& help, bool pairs) {
  auto* button = named(new QPushButton(text, this), QString::fromLatin1(name), text, help);
  button->setAutoDefault(false);
  connect(button, &QPushButton::clicked, this, [this, pairs] { openDialog(pairs); });
  return button;
}

QWidget* SwapPage::pairsTab() {
  auto* figures = new QWidget(this);
  auto* column = new QVBoxLayout(figures);
  column->setContentsMargins(0, 0, 0, 0);
  column->addWidget(
      makeFigure("pairs",
                 tr("The matched odds ratio b/c of the discordant pairs with its intervals, beside the "
                    "crude one of the exposed shares; an arrow: no end there")),
      1);
  column->addWidget(
      makeFigure("pairs-bias",
                 tr("What is measured of the crude odds ratio where an exposure shows in a share β of "
                    "those it reached")),
      1);
  QWidget* const open = openButton(
      "swap.open-pairs", tr("Open CSV…"),
      tr("A table with both,case_only,control_only,neither in one row, or case,control as 0 or 1, a "
         "row for each pair; it can be dropped on the window too"),
      true);
  return makeTab(figures,
                 {exampleButtons(), open, countsTable(), fieldLine(tr("Confidence"), "confidence"),
                  line(tr("Effect β"), {fields_->slider("effect"), fields_->widget("effect")})},
                 "pairs", pairs_side_);
}

QWidget* SwapPage::sarsTab() {
  auto* figures = new QWidget(this);
  auto* column = new QVBoxLayout(figures);
  column->setContentsMargins(0, 0, 0, 0);
  column->addWidget(makeFigure("sars", tr("The data, the line of least squares with the interval for a new "
                                          "observation, and the line that Adam found")),
                    3);
  FigureView* const residuals = makeFigure("sars-residuals", tr("What both lines leave of the data"));
  FigureView* const loss = makeFigure("sars-loss", tr("How Adam's loss falls, and where it would end"));
  column->addWidget(sideBySide(this, {residuals, loss}), 2);
  QWidget* const open = openButton("swap.open-series", tr("Open CSV…"),
                                   tr("A table with the columns day and exposures, or of two columns; it can "
                                      "be dropped on the window too"),
                                   false);
  auto* back = named(new QPushButton(tr("The six days"), this), "swap.six-days", tr("The six days"),
                     tr("Back to the data of the project's script, and its 3,000 steps"));
  back->setAutoDefault(false);
  connect(back, &QPushButton::clicked, this, [this] {
    const SwapScene usual;
    scene_.series = usual.series;
    scene_.series_source.clear();
    scene_.series_path.clear();
    scene_.steps = usual.steps;
    scene_.start = usual.start;
    scene_.ahead = usual.ahead;
    showScene();
    emit rememberWanted();
  });
  return makeTab(figures,
                 {fieldLine(tr("Steps of Adam"), "steps"), fieldLine(tr("Start weight"), "start"),
                  fieldLine(tr("Days ahead"), "ahead"), sideBySide(this, {open, back})},
                 "sars", sars_side_);
}

}  // namespace synann::ui
