// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <QComboBox>
#include <QDir>
#include <QTabWidget>
#include <QTest>

#include "engine/core/file.h"
#include "engine/data/idx.h"
#include "tests/ui/pages/window_bench.h"
#include "ui/pages/digits/digits_page.h"
#include "ui/plots/figure_view.h"

namespace synann::ui::testing {

// A window with a run of the small digits, and its Digits page.
struct DigitsBench : WindowBench {
  explicit DigitsBench(const char* model = "syna-cnn", int epochs = 2) : WindowBench(model, epochs) {
    train();
  }
  DigitsPage& page() const { return *window->page<DigitsPage>(); }
  void show() const {
    window->showPage(&page());
    [&] { QTRY_VERIFY_WITH_TIMEOUT(page().answer() && !page().busy(), kWait); }();
  }
  FigureView& figure(const char* name) const {
    return *find<FigureView>(QStringLiteral("digits.") + QLatin1String(name));
  }
  void look(const char* name) const {
    auto* const tabs = find<QTabWidget>("digits.figures");
    for (int k = 0; k < tabs->count(); ++k)
      if (tabs->widget(k)->isAncestorOf(&figure(name))) tabs->setCurrentIndex(k);
  }
  void choose(const char* name, int index) const {
    auto* const box = find<QComboBox>(name);
    box->setCurrentIndex(index);
    emit box->activated(index);
  }
};

// The data as a folder that the prompt can open.
inline std::string writeIdx(const data::DataPair& pair, const QString& folder) {
  QDir().mkpath(folder);
  const auto write = [&](const char* name, std::initializer_list<std::uint32_t> dimensions,
                         std::span<const std::uint8_t> bytes) {
    const auto file = data::format_idx(std::vector<std::uint32_t>(dimensions), bytes);
    [&] { QVERIFY(write_file_atomically((folder + '/' + name).toStdString(), file)); }();
  };
  for (const auto& [name, set] : {std::pair("train", &pair.train), std::pair("t10k", &pair.test)}) {
    const auto count = static_cast<std::uint32_t>(set->count());
    write(qPrintable(QString("%1-images-idx3-ubyte").arg(name)),
          {count, static_cast<std::uint32_t>(set->rows), static_cast<std::uint32_t>(set->columns)},
          set->pixels);
    write(qPrintable(QString("%1-labels-idx1-ubyte").arg(name)), {count}, set->labels);
  }
  return folder.toStdString();
}

}  // namespace synann::ui::testing
