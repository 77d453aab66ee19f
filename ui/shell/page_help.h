// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDialog>

namespace synann::ui {

class Page;
struct PageInfo;

// What a page shows, and what can be done there: its figures with their keys and the manners of the mouse,
// its controls, its actions and the names of its views at the prompt. Made of the page's row of the page
// table and of what its widgets tell of themselves.
class PageHelpDialog : public QDialog {
  Q_OBJECT

 public:
  PageHelpDialog(const PageInfo& info, const Page& page, QWidget* parent = nullptr);

 signals:
  void shortcutsWanted();  // the list of every key
};

// The same as HTML.
QString pageHelp(const PageInfo& info, const Page& page);

}  // namespace synann::ui
