// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/page_table.h"

#include <algorithm>
#include <iterator>

#include <QStringList>

#include "ui/pages/circuit/circuit_page.h"
#include "ui/pages/digits/digits_page.h"
#include "ui/pages/network/network_page.h"
#include "ui/pages/runs/runs_page.h"
#include "ui/pages/study/study_page.h"
#include "ui/pages/surface/surface_page.h"
#include "ui/pages/swap/swap_page.h"
#include "ui/pages/synapses/synapses_page.h"
#include "ui/pages/train/train_page.h"
#include "ui/pages/twins/twins_page.h"

namespace synann::ui {

const std::vector<PageInfo>& pageTable() {
  static const std::vector<PageInfo> table = {
      TrainPage::info(), NetworkPage::info(), SynapsesPage::info(), SurfacePage::info(), DigitsPage::info(),
      RunsPage::info(),  CircuitPage::info(), SwapPage::info(),     StudyPage::info(),   TwinsPage::info()};
  return table;
}

const PageInfo* pageInfo(const QString& id) {
  for (const PageInfo& page : pageTable())
    if (page.id == id) return &page;
  return nullptr;
}

const PageInfo* pageOfView(const std::string& view) {
  for (const PageInfo& page : pageTable())
    if (std::find(page.views.begin(), page.views.end(), view) != page.views.end()) return &page;
  return nullptr;
}

std::vector<std::string> allViews() {
  std::vector<std::string> views;
  for (const PageInfo& page : pageTable()) views.insert(views.end(), page.views.begin(), page.views.end());
  return views;
}

std::vector<std::string> runViews() {
  std::vector<std::string> views;
  for (const PageInfo& page : pageTable())
    if (page.of_run)
      std::ranges::copy_if(page.views, std::back_inserter(views), [&](const std::string& view) {
        return std::ranges::find(page.what_if, view) == page.what_if.end();
      });
  return views;
}

QString pageNames() {
  QStringList names;
  for (const PageInfo& page : pageTable()) names.append(page.id);
  return names.join(QStringLiteral(", "));
}

}  // namespace synann::ui
