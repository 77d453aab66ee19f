// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/figure_deck.h"

#include <algorithm>

#include <QEvent>
#include <QHeaderView>
#include <QStyle>
#include <QTabWidget>
#include <QTableView>
#include <QVBoxLayout>

#include "ui/pages/page_controls.h"
#include "ui/plots/figure_table_model.h"
#include "ui/plots/figure_view.h"
#include "ui/plots/table_copy.h"

namespace synann::ui {

namespace {
constexpr QSize kLeastPicture(480, 360);  // of a file, pixels
constexpr int kTitle = 24;                // pixels that a file needs for the title above the figure

// Columns wide enough for so many digits with sign, point and exponent.
void fitDigits(QTableView& table, int digits) {
  QHeaderView* const header = table.horizontalHeader();
  const int wide = table.fontMetrics().horizontalAdvance(QString(digits + 7, '0')) + 8;
  const int usual =
      table.style()->pixelMetric(QStyle::PM_HeaderDefaultSectionSizeHorizontal, nullptr, header);
  if (header->defaultSectionSize() != std::max(usual, wide))
    header->setDefaultSectionSize(std::max(usual, wide));
}
}  // namespace

FigureDeck::FigureDeck(const QString& page, FigureWidget* picture, QWidget* parent)
    : QObject(parent),
      page_(page),
      picture_(picture),
      tabs_(named(new QTabWidget(parent), page + ".figures", tr("Figures"), QString())),
      table_(named(new QTableView(parent), page + ".table", tr("Numbers"),
                   tr("The figure that had the focus last, as numbers"))),
      model_(new FigureTableModel(this)) {
  table_->setModel(model_);
  table_->setTabKeyNavigation(false);
  addTableCopy(table_);
  keepHeadingsWhole(table_);
  table_->verticalHeader()->setDefaultSectionSize(table_->fontMetrics().height() + 6);
  tabs_->setDocumentMode(true);
  tabs_->setUsesScrollButtons(true);  // a page may have more tabs than fit
  follow(picture_);
  // Another tab than that of the figure with the focus: the picture is at hand again.
  connect(tabs_, &QTabWidget::currentChanged, this, [this] {
    if (tabs_->currentWidget() != table_ && last_ && !last_->isVisible()) last_ = picture_;
    emit tabChanged();
  });
}

void FigureDeck::follow(FigureWidget* view) {
  view->installEventFilter(this);
  connect(view, &FigureWidget::exportWanted, this, [this, view] {
    last_ = view;
    emit exportWanted();
  });
  connect(view, &FigureWidget::tableWanted, this, [this, view] {
    last_ = view;
    tabs_->setCurrentWidget(table_);
    showTable();
  });
}

FigureView* FigureDeck::add(const QString& name, const QString& placeholder, const QString& help) {
  auto* view = new FigureView(tabs_);
  view->setObjectName(page_ + '.' + name);
  view->setPlaceholder(placeholder);
  view->setWhatsThis(help);
  view->setToolTip(help);
  follow(view);
  return view;
}

void FigureDeck::addTab(const QString& title, const QList<QWidget*>& parts) {
  auto* tab = new QWidget(tabs_);
  auto* column = new QVBoxLayout(tab);
  column->setContentsMargins(0, 4, 0, 0);
  column->setSpacing(4);
  for (QWidget* part : parts) {
    const bool grows = qobject_cast<FigureView*>(part) != nullptr ||
                       part->sizePolicy().verticalPolicy() == QSizePolicy::Expanding;
    column->addWidget(part, grows ? 1 : 0);
  }
  tabs_->addTab(tab, title);
}

void FigureDeck::setTabShown(const FigureView* view, bool shown) {
  for (int tab = 0; tab < tabs_->count(); ++tab)
    if (tabs_->widget(tab)->isAncestorOf(view) && tabs_->isTabVisible(tab) != shown)
      tabs_->setTabVisible(tab, shown);
}

QTabWidget* FigureDeck::finish() {
  tabs_->addTab(table_, tr("Table"));
  return tabs_;
}

FigureWidget* FigureDeck::current() const {
  return last_ && last_->shownFigure() ? last_.data() : picture_;
}

std::shared_ptr<const Figure> FigureDeck::figure() const {
  return current()->shownFigure();
}

QString FigureDeck::figureName() const {
  return current()->objectName().section('.', 1);
}

bool FigureDeck::wanted(const FigureView* view) const {
  return view->isVisible() || view == last_;
}

void FigureDeck::choose(const QString& name) {
  auto* const view = parent()->findChild<FigureWidget*>(page_ + '.' + name);
  last_ = view ? view : picture_;
  for (int tab = 0; tab < tabs_->count(); ++tab)
    if (tabs_->widget(tab)->isAncestorOf(last_)) tabs_->setCurrentIndex(tab);
}

void FigureDeck::showTable() {
  if (!table_->isVisible()) return;
  const auto shown = figure();
  if (shown) fitDigits(*table_, shown->shownDigits());
  model_->setFigure(shown);
}

Result<ShownFigure> FigureDeck::shown(const QJsonObject& view) const {
  auto shown = figure();
  if (!shown) return input_error({}, "there is no figure yet", "train, or open a run");
  const FigureWidget* const widget = current();
  return ShownFigure{.figure = std::move(shown),
                     .name = figureName(),
                     .view = view,
                     .size = (widget->size() + QSize(0, kTitle)).expandedTo(kLeastPicture),
                     .dark = isDarkLook(FigureLook::fromPalette(widget->palette()))};
}

bool FigureDeck::eventFilter(QObject* watched, QEvent* event) {
  if (event->type() == QEvent::FocusIn) {
    last_ = qobject_cast<FigureWidget*>(watched);
    showTable();
  }
  return QObject::eventFilter(watched, event);
}

}  // namespace synann::ui
