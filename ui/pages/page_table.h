// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <string>
#include <vector>

#include <QAction>
#include <QString>

#include "engine/core/result.h"
#include "ui/pages/view_options.h"
#include "ui/plots/shown_figure.h"
#include "ui/widgets/action_info.h"

class QWidget;

namespace synann::ui {

class Page;
class Workspace;

// The actions of a page's row by their ids; the window owns them.
using PageActions = std::function<QAction*(const QString& id)>;

// A file or a text that a page's views are made of, as an option of the prompt.
struct PageFile {
  std::string option, value, help;  // "--circuit", "FILE|EXAMPLE"
};

// Everything the window and the prompt know of a page. A new page is a row here and a folder.
struct PageInfo {
  QString id;    // "train": --page, settings, "page.train"
  QString text;  // with its mnemonic: "Trai&n"
  QString help;  // what it shows, one sentence without a full stop
  Glyph glyph = Glyph::None;
  bool time_line = false;           // whether the time line belongs to it
  std::vector<ActionInfo> actions;  // of its own
  std::vector<std::string> views;   // what --view exports of it, by name
  Page* (*make)(Workspace& workspace, const PageActions& actions, QWidget* parent) = nullptr;
  // One of its views without a window; any thread may ask for it, the window's alone may paint it.
  Result<ShownFigure> (*viewFigure)(const ViewOptions& options) = nullptr;
  // What is wrong with the options of such a view beside each other, before anything is read.
  Status (*checkView)(const ViewOptions& options) = nullptr;
  // Of its views: the options of the prompt, under this heading.
  std::string heading{};
  std::vector<FieldInfo> fields{};
  std::vector<PageFile> files{};
  bool of_run = true;  // whether its views are of a run, and thus of all that is exported of one
  std::vector<std::string> what_if{};  // those that are not: of a run as it might be
};

// In the order of the rail; a page's shortcut is Ctrl and its number, 0 for the tenth.
const std::vector<PageInfo>& pageTable();

// By page id, and by view; null where there is none.
const PageInfo* pageInfo(const QString& id);
const PageInfo* pageOfView(const std::string& view);
std::vector<std::string> allViews();
std::vector<std::string> runViews();  // those of a run
// "train, synapses, surface"
QString pageNames();

}  // namespace synann::ui
