// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plots/figure_widget.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QKeyEvent>
#include <QMenu>
#include <QMimeData>
#include <QPainter>
#include <QRubberBand>

#include "ui/plots/figure_accessible.h"
#include "ui/plots/figure_clipboard.h"

namespace synann::ui {
namespace {

constexpr int kWidgetMargin = 6;          // pixels
constexpr std::size_t kMostEarlier = 64;  // zooms that can be undone
constexpr quint64 kOneGesture = 700;      // milliseconds between turns of a wheel that belong together

bool isMenuKey(const QKeyEvent& event) {
  return event.key() == Qt::Key_Menu ||
         (event.key() == Qt::Key_F10 && event.modifiers() == Qt::ShiftModifier);
}

}  // namespace

FigureWidget::FigureWidget(QWidget* parent) : QWidget(parent) {
  installFigureAccessibility();
  setFocusPolicy(Qt::StrongFocus);
  setMouseTracking(true);
}

void FigureWidget::setPlaceholder(const QString& words) {
  placeholder_ = words;
  if (shownFigure()) return;
  updateAccessibleName();
  update();
}

FigurePaint FigureWidget::how() const {
  return {.look = FigureLook::fromPalette(palette()), .font = font(), .vector = false, .current = {}};
}

QRectF FigureWidget::area() const {
  return QRectF(rect()).adjusted(kWidgetMargin, kWidgetMargin, -kWidgetMargin, -kWidgetMargin);
}

void FigureWidget::updateAccessibleName() {
  const auto figure = shownFigure();
  const QString title = figure ? figure->title() : placeholder_, text = currentPointText();
  setAccessibleName(text.isEmpty() ? title : tr("%1: %2").arg(title, text));
}

void FigureWidget::rememberPart(Change change, quint64 time) {
  const bool same = change == Change::Turn && last_change_ == Change::Turn && !earlier_.empty() &&
                    time - last_time_ < kOneGesture;
  last_change_ = change;
  last_time_ = time;
  if (same) return;
  if (earlier_.size() == kMostEarlier) earlier_.erase(earlier_.begin());
  earlier_.push_back(shownPart());
}

void FigureWidget::forgetParts() {
  earlier_.clear();
}

void FigureWidget::zoomBack() {
  // A gesture that changed nothing is not worth a key press.
  while (!earlier_.empty()) {
    const View part = earlier_.back();
    earlier_.pop_back();
    last_change_ = Change::Zoom;
    if (part == shownPart()) continue;
    showPart(part);
    return;
  }
}

void FigureWidget::resetView() {
  if (shownPart()) rememberPart(Change::Zoom);
  showPart(std::nullopt);
}

void FigureWidget::copyPicture() const {
  const auto figure = shownFigure();
  if (!figure) return;
  QGuiApplication::clipboard()->setMimeData(
      pictureForClipboard(*figure, size(), isDarkLook(how().look)).release());  // the clipboard owns it
}

void FigureWidget::copyNumbers() const {
  const auto figure = shownFigure();
  if (figure) QGuiApplication::clipboard()->setMimeData(numbersForClipboard(*figure).release());
}

QMenu* FigureWidget::makeMenu() {
  auto* menu = new QMenu(this);
  const bool there = shownFigure() != nullptr;
  const auto add = [&](const char* name, const QString& text, auto act) {
    QAction* action = menu->addAction(text, this, act);
    action->setObjectName(QLatin1String(name));
    action->setEnabled(there);
    return action;
  };
  // Named, not taken: the key belongs to whichever figure has the focus.
  add("figure.copy",
      tr("&Copy picture") + '\t' + QKeySequence(QKeySequence::Copy).toString(QKeySequence::NativeText),
      &FigureWidget::copyPicture);
  add("figure.copy-numbers", tr("Copy &numbers"), &FigureWidget::copyNumbers);
  add("figure.export", tr("&Export…"), &FigureWidget::exportWanted);
  add("figure.table", tr("Show as &table"), &FigureWidget::tableWanted);
  if (canZoom()) {
    add("figure.back",
        tr("Zoom &back") + '\t' + QKeySequence(Qt::Key_Backspace).toString(QKeySequence::NativeText),
        &FigureWidget::zoomBack)
        ->setEnabled(there && canZoomBack());
    add("figure.reset",
        tr("&Reset the view") + '\t' + QKeySequence(Qt::Key_Escape).toString(QKeySequence::NativeText),
        &FigureWidget::resetView)
        ->setEnabled(there && shownPart().has_value());
  }
  if (!actions().isEmpty()) {
    menu->addSeparator();
    menu->addActions(actions());
  }
  return menu;
}

void FigureWidget::openMenu(QPoint global) {
  if (menu_) return;  // on some systems the key tells of itself twice
  menu_ = makeMenu();
  menu_->setAttribute(Qt::WA_DeleteOnClose);
  menu_->popup(global);
}

void paintFocusFrame(QPainter& painter, const QWidget& widget) {
  painter.setRenderHint(QPainter::Antialiasing, false);
  painter.setPen(QPen(widget.palette().color(QPalette::Highlight), 1));
  painter.setBrush(Qt::NoBrush);
  painter.drawRect(widget.rect().adjusted(0, 0, -1, -1));
}

void FigureWidget::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  const FigurePaint paint = how();
  painter.fillRect(rect(), paint.look.background);
  if (const auto figure = shownFigure()) {
    painter.setRenderHint(QPainter::Antialiasing);
    figure->paint(painter, area(), paint);
  } else {
    painter.setPen(palette().color(QPalette::PlaceholderText));
    painter.drawText(rect().adjusted(16, 8, -16, -8), Qt::AlignCenter | Qt::TextWordWrap, placeholder_);
  }
  if (hasFocus()) paintFocusFrame(painter, *this);
}

bool FigureWidget::event(QEvent* event) {
  // Before a shortcut of the window may take it.
  if (event->type() == QEvent::ShortcutOverride &&
      static_cast<QKeyEvent*>(event)->matches(QKeySequence::Copy))
    event->accept();
  return QWidget::event(event);
}

void FigureWidget::keyPressEvent(QKeyEvent* event) {
  const bool back = event->key() == Qt::Key_Backspace && canZoomBack();
  if (event->matches(QKeySequence::Copy)) {
    copyPicture();
  } else if (isMenuKey(*event)) {
    openMenu(mapToGlobal(rect().center()));
  } else if (back) {
    zoomBack();
  } else if (!(event->key() == Qt::Key_Escape && escape()) && !figureKey(*event)) {
    event->ignore();  // shortcuts and the focus chain come next
  }
}

// Whether there was anything to leave: a drag, or a part that is zoomed into.
bool FigureWidget::escape() {
  const bool dragging = drag_ != Drag::None;
  endDrag();
  if (dragging) return true;
  if (!canZoom() || !shownPart()) return false;
  resetView();
  return true;
}

void FigureWidget::contextMenuEvent(QContextMenuEvent* event) {
  openMenu(event->globalPos());
  event->accept();
}

void FigureWidget::focusInEvent(QFocusEvent* event) {
  QWidget::focusInEvent(event);
  update();
}

void FigureWidget::focusOutEvent(QFocusEvent* event) {
  QWidget::focusOutEvent(event);
  update();
}

}  // namespace synann::ui
