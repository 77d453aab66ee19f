// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QList>
#include <QString>

class QAbstractItemModel;
class QTableView;
class QTabWidget;
class QWidget;

namespace synann::ui {

class FigureView;

// The parts of the tabs with figures beside a page's picture. `parent` owns what is made.
FigureView* makeFigureView(const QString& name, const QString& placeholder, const QString& help,
                           QWidget* parent);
// A tab of figures above each other, which share its height, and of other widgets as high as they need.
QWidget* makeFigureTab(const QList<QWidget*>& parts, QWidget* parent);
// Sets a table up for the numbers of a figure, and the tabs to stand beside a picture.
void prepareFigureTabs(QTabWidget* tabs, QTableView* table, QAbstractItemModel* model);

}  // namespace synann::ui
